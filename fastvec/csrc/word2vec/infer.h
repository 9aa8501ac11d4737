/* infer.h - vectors of new documents: the walk of epoch.h over each of them, with kernels that change nothing
 * but its row.
 *
 * The random numbers of a document follow from its words: it gets the same vector alone or among
 * others, with any number of workers.
 */
#ifndef FASTVEC_INFER_H
#define FASTVEC_INFER_H

#include "base/hash.h"
#include "word2vec/epoch.h"

typedef struct {
    int epochs;
    float alpha, min_alpha; /* learning rate in the first and in the last epoch */
    int vector_size;
} inference;

static inline uint64_t seed_of_words(const training *t, int64_t from, int64_t to) {
    uint64_t seed = t->seed;
    for (int64_t i = from; i < to; i++) seed = hash_mix(seed ^ (uint64_t)(t->tokens[i] + 1), HASH_B);
    return seed;
}

/* Numbers uniform in [-1 / size, 1 / size), as training begins. */
static inline void draw_row(float *row, int size, uint64_t *random) {
    for (int c = 0; c < size; c++)
        row[c] = ((float)(rng_next(random) >> 40) * 0x1p-23f - 1.0f) / (float)size;
}

/* One epoch over the words from .. to of sentence s. */
static inline void infer_epoch(const training *t, worker *w, const control *c, int64_t s, int64_t from,
                               int64_t to, float alpha) {
    for (int64_t at = from; at < to; at += CHUNK) {
        const int n = subsample_sentence(t, w, s, at, at + CHUNK < to ? at + CHUNK : to, 0);
        if (n == 0) continue;
        w->ends[0] = n;
        w->sentences[0] = s;
        train_kept(t, w, c, n, alpha, 0.0f);
    }
}

/* The row of document s, which has no words: zeros, as it was. */
static inline void infer_document(const training *t, worker *w, const control *c, const inference *how,
                                  int64_t s, int64_t *counters) {
    const int64_t from = t->offsets[s], to = t->offsets[s + 1];
    if (from < 0 || from >= to || to > t->n_tokens) return;
    start_chunk(t, w, 0);
    w->random = seed_of_words(t, from, to);
    draw_row(t->documents.rows + s * t->stride, how->vector_size, &w->random);
    const float step = (how->alpha - how->min_alpha) / (float)(how->epochs > 1 ? how->epochs - 1 : 1);
    for (int epoch = 0; epoch < how->epochs && !control_stopped(c); epoch++)
        infer_epoch(t, w, c, s, from, to, how->alpha - step * (float)epoch);
    update_collect_loss(&w->updater);
    counters[WORDS_DONE] += to - from;
}

/* One worker's share of the documents. */
static inline void infer_documents(const training *t, worker *w, control *c, const inference *how,
                                   int64_t *counters) {
    enum { AT_ONCE = 16 };
    while (!control_stopped(c)) {
        const int64_t first = control_next(c, AT_ONCE);
        if (first >= t->n_sentences) break;
        for (int64_t s = first; s < first + AT_ONCE && s < t->n_sentences; s++)
            infer_document(t, w, c, how, s, counters);
    }
}

#endif
