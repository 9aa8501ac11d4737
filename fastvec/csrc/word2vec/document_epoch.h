/* document_epoch.h - PV-DBOW whose documents share noise words: one chunk, one group of pairs
 * (document_streams.h).
 */
#ifndef FASTVEC_DOCUMENT_EPOCH_H
#define FASTVEC_DOCUMENT_EPOCH_H

#include "word2vec/training.h"

/* List the documents of kept[0 .. n) in random order (Fisher-Yates). */
static inline void order_documents(worker *w, int n) {
    document_streams *s = &w->streams;
    s->count = 0;
    s->used = LISTED;
    for (int at = 0; at < n; at = w->ends[s->count++]) s->documents[s->count] = s->count;
    for (int i = s->count - 1; i > 0; i--) {
        const uint32_t j = rng_below((uint32_t)(rng_next(&w->random) >> 32), (uint32_t)i + 1);
        const int32_t document = s->documents[i];
        s->documents[i] = s->documents[j];
        s->documents[j] = document;
    }
}

/* The words of the documents that have a k-th tag, and its row, become streams; returns how many words these
 * are.  Documents that have no more tags are forgotten. */
static inline int fill_streams(const training *t, worker *w, int k) {
    document_streams *s = &w->streams;
    int left = 0, n = 0;
    for (int i = 0; i < s->count; i++) {
        const int32_t document = s->documents[i];
        float *row = document_row(&t->documents, t->stride, w->sentences[document], k);
        if (!row) continue;
        s->documents[left++] = document;
        for (int at = document > 0 ? w->ends[document - 1] : 0; at < w->ends[document]; at++, n++) {
            s->words[n] = w->kept[at];
            s->rows[n] = row;
        }
    }
    s->count = left;
    s->n = n;
    s->each = (n + MAX_PAIRS - 1) / MAX_PAIRS;
    return n;
}

/* As in word2vec.c a word is no noise word for itself: where one is drawn that is the word of some pair, only
 * the others are trained with it, one after the other. */
static inline void add_noise_or_clash(stream_group *g, float *row) {
    int clash = 0;
    for (int i = 0; i < g->pairs.m; i++) clash |= g->pairs.rows[g->pairs.m + i] == row;
    if (clash)
        g->clashes[g->n_clashes++] = row;
    else
        add_noise(&g->pairs, row);
}

static inline int32_t next_noise(worker *w) {
    document_streams *s = &w->streams;
    if (s->used == LISTED) {
        draw_negatives(w->negative_sampling.shard, s->drawn, LISTED, &w->random);
        s->used = 0;
    }
    return s->drawn[s->used++];
}

/* List the i-th group: an empty one behind the last. */
static inline void list_stream_group(const training *t, worker *w, int i) {
    const document_streams *s = &w->streams;
    const hot_rows rows = w->negative_sampling.rows;
    stream_group *g = &w->streams.groups[i % 2];
    const int m = i < s->each ? (s->n - i + s->each - 1) / s->each : 0;
    g->pairs.m = m;
    g->pairs.noise = g->n_clashes = 0;
    for (int k = 0, at = i; k < m; k++, at += s->each) {
        g->pairs.rows[k] = s->rows[at];
        g->pairs.rows[m + k] = hot_rows_at(&rows, s->words[at]);
    }
    for (int k = 0; k < t->negative_sampling.negative && m > 0; k++)
        add_noise_or_clash(g, hot_rows_at(&rows, next_noise(w)));
}

static inline void train_clash(updater *u, const pair_group *g, float *row, float alpha) {
    static const float sign[1 + ROW_FLOATS] = {-1};
    float *inputs[MAX_PAIRS];
    int m = 0;
    for (int i = 0; i < g->m; i++)
        if (g->rows[g->m + i] != row) inputs[m++] = g->rows[i];
    if (m > 0) update(u, inputs, m, &row, sign, 1, alpha);
}

/* Train the i-th group, and fetch the outputs of the next one. */
static inline void train_stream_group(worker *w, int i, float alpha) {
    const stream_group *g = &w->streams.groups[i % 2];
    const pair_group *next = &w->streams.groups[1 - i % 2].pairs;
    const int rows = next->m + next->noise;
    w->updater.prefetch = (prefetch_list){next->rows + next->m,
                                          rows < MAX_PREFETCHED ? rows : MAX_PREFETCHED, w->whole_rows};
    train_group(&w->updater, &g->pairs, alpha);
    for (int k = 0; k < g->n_clashes; k++) train_clash(&w->updater, &g->pairs, g->clashes[k], alpha);
}

#endif
