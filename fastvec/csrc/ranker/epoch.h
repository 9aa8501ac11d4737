/* epoch.h - the loop of Collobert and Weston's network: walk the corpus, and compare each window with a
 * wrong one.
 *
 * Chunks of tokens are taken from a shared counter.  Random numbers are seeded by (seed, epoch, chunk) and
 * the learning rate follows from the position in the corpus, so neither depends on which worker takes a
 * chunk, or on how many there are.
 */
#ifndef FASTVEC_RANKER_EPOCH_H
#define FASTVEC_RANKER_EPOCH_H

#include "ranker/ranker.h"

/* A wrong word: drawn by the table, or without one any with the same probability.  The right word itself is
 * drawn as another one. */
static inline uint32_t draw_wrong_word(const ranker *r, uint32_t right, uint64_t *random) {
    const uint32_t words = (uint32_t)r->windows.n_words;
    if (r->noise) {
        const uint32_t drawn = alias_draw(r->noise, words, random);
        if (drawn != right) return drawn;
    }
    const uint32_t others = right < words ? words - 1 : words; /* a rare word is none of them */
    const uint32_t drawn = rng_below((uint32_t)rng_next(random), others);
    return drawn + (drawn >= right);
}

static inline void draw_wrong_words(const ranker *r, ranker_worker *w, int m) {
    const int size = window_size(&r->windows);
    for (int i = 0; i < m; i++) {
        const uint32_t right = (uint32_t)w->ids[i * size + r->windows.before];
        w->noise[i] = (int32_t)draw_wrong_word(r, right, &w->random);
    }
}

static inline void prefetch_vector(const ranker *r, int32_t id) {
    const float *vector = vector_of(r, id);
    for (int k = 0; k < r->stride; k += 16) __builtin_prefetch(vector + k, 1, 3);
}

static inline void train_windows(const ranker *r, ranker_worker *w, int m, float alpha) {
    const int size = window_size(&r->windows);
    draw_wrong_words(r, w, m);
    for (int i = 0; i < m; i++) {
        const int32_t *ids = w->ids + i * size;
        if (i + 2 < m) { /* all other words are in this window already */
            prefetch_vector(r, ids[3 * size - 1]);
            prefetch_vector(r, w->noise[i + 2]);
        }
        const float loss = compare(r, w, ids, w->noise[i]);
        if (loss <= 0) continue; /* not so if it is NaN */
        w->loss += loss;
        if (!r->frozen) descend(r, w, ids, w->noise[i], alpha);
    }
}

static inline void train_chunk_of_windows(const ranker *r, ranker_worker *w, const control *c, int64_t chunk,
                                          int64_t *counters) {
    const double slope = ((double)r->alpha_end - (double)r->alpha_start) / (double)r->windows.n_tokens;
    const int64_t end = (chunk + 1) * RANKER_CHUNK, n = r->windows.n_tokens, last = end < n ? end : n;
    w->random = r->seed ^ ((uint64_t)chunk * 0xD1B54A32D192ED03u);
    for (int64_t at = chunk * RANKER_CHUNK; at < last && !control_stopped(c);) {
        const float alpha = (float)(r->alpha_start + slope * (double)at);
        const int m = list_windows(&r->windows, &at, last, RANKER_BATCH, w->ids);
        train_windows(r, w, m, alpha);
        if (w->local && ++w->batches % MERGE_BATCHES == 0) merge_network(r, w);
        w->windows += m;
        counters[0] += m;
        counters[1] += m;
    }
}

/* One worker's share of one epoch.  It trains on a chunk before it pauses: pauses never keep it from getting
 * on. */
static inline void ranker_epoch(const ranker *r, ranker_worker *w, control *c, int64_t *counters) {
    const int64_t chunks = (r->windows.n_tokens + RANKER_CHUNK - 1) / RANKER_CHUNK;
    take_network(r, w);
    while (!control_stopped(c)) {
        const int64_t chunk = control_next(c, 1);
        if (chunk >= chunks) break;
        train_chunk_of_windows(r, w, c, chunk, counters);
        if (control_ending(c)) break;
    }
    if (w->local) merge_network(r, w);
}

#endif
