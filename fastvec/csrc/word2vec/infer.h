/* infer.h - vectors of new documents: the walk of epoch.h over each of them, with kernels that change nothing
 * but its row.
 *
 * The random numbers of a document follow from its words, so that it gets the same vector alone or among
 * others, with any number of workers; and its noise words from the seed alone.  All documents have the same
 * ones, whose rows stay in a near cache, and which do not tell two documents apart.
 */
#ifndef FASTVEC_INFER_H
#define FASTVEC_INFER_H

#include "base/hash.h"
#include "word2vec/epoch.h"

enum { INFERRED = 32 }; /* documents that a worker takes at a time */

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

/* One epoch over document s.  own: the random numbers of its words, noise: those of all documents. */
static inline void infer_epoch(const training *t, worker *w, const control *c, int64_t s, float alpha,
                               uint64_t *own, uint64_t noise) {
    const int64_t from = t->offsets[s], to = t->offsets[s + 1];
    if (from < 0 || to > t->n_tokens) return; /* the array is the caller's, who may have changed it */
    for (int64_t at = from; at < to; at += CHUNK) {
        w->random = *own;
        const int n = subsample_sentence(t, w, s, at, at + CHUNK < to ? at + CHUNK : to, 0);
        *own = w->random;
        if (n == 0) continue;
        w->random = hash_mix(noise ^ (uint64_t)(at - from), HASH_A);
        w->ends[0] = n;
        w->sentences[0] = s;
        train_kept(t, w, c, n, alpha, 0.0f);
    }
}

/* Begin the row of document s; returns the state of its random numbers. */
static inline uint64_t start_document(const training *t, const inference *how, int64_t s) {
    const int64_t from = t->offsets[s], to = t->offsets[s + 1];
    if (from < 0 || from >= to || to > t->n_tokens) return 0; /* without words it stays zeros */
    uint64_t own = seed_of_words(t, from, to);
    draw_row(t->documents.rows + s * t->stride, how->vector_size, &own);
    return own;
}

/* Some documents, in each epoch one after the other: its noise words are drawn once for all of them. */
static inline void infer_some(const training *t, worker *w, const control *c, const inference *how,
                              int64_t first, int64_t last) {
    uint64_t own[INFERRED];
    for (int64_t s = first; s < last; s++) own[s - first] = start_document(t, how, s);
    const float step = (how->alpha - how->min_alpha) / (float)(how->epochs > 1 ? how->epochs - 1 : 1);
    for (int epoch = 0; epoch < how->epochs; epoch++) {
        const float alpha = how->alpha - step * (float)epoch;
        const uint64_t noise = hash_mix(t->seed + (uint64_t)epoch, HASH_B);
        for (int64_t s = first; s < last && !control_stopped(c); s++)
            infer_epoch(t, w, c, s, alpha, &own[s - first], noise);
    }
}

/* One worker's share of the documents. */
static inline void infer_documents(const training *t, worker *w, control *c, const inference *how,
                                   int64_t *counters) {
    start_chunk(t, w, 0);
    while (!control_stopped(c)) {
        const int64_t first = control_next(c, INFERRED);
        if (first >= t->n_sentences) break;
        const int64_t last = first + INFERRED < t->n_sentences ? first + INFERRED : t->n_sentences;
        infer_some(t, w, c, how, first, last);
        update_collect_loss(&w->updater);
        counters[WORDS_DONE] += t->offsets[last] - t->offsets[first];
    }
}

#endif
