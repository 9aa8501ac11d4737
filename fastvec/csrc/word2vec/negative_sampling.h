/* negative_sampling.h - the output layer that tells the centre word from noise words.
 *
 * One row for each word.  The targets of a window are the centre word with label 1 and `negative` noise
 * words with label 0.  Negatives are drawn for a batch of windows at a time, side by side, and each
 * window's rows are listed before they are used, so that they are prefetched meanwhile.  (output_layers.h
 * says what the functions are for.)
 */
#ifndef FASTVEC_NEGATIVE_SAMPLING_H
#define FASTVEC_NEGATIVE_SAMPLING_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache_lines.h"
#include "base/rng.h"
#include "word2vec/batches.h"
#include "word2vec/hot_rows.h"
#include "word2vec/noise.h"
#include "word2vec/update.h"

typedef struct {
    weights weights; /* a row for each word */
    noise noise;
    int negative;
} negative_sampling;

typedef struct {
    hot_rows rows;
    noise_shard shard;       /* where this chunk's negatives come from */
    int32_t *negatives;      /* (negative, LISTED): window by window in each row */
    uint8_t clashes[LISTED]; /* a negative of this window equals another one or the centre */
    float *signs;            /* (1 + negative + ROW_FLOATS,) +1, -1, -1, ... */
    float **targets;         /* of this window: the rows of the centre word and of its negatives */
    int clash;               /* some of them may be the same */
    float **distinct;        /* (negative + 1,): then a list of those that are not */
} negative_sampling_worker;

static inline int negative_sampling_init(negative_sampling_worker *w, const negative_sampling *layer) {
    const size_t targets = (size_t)layer->negative + 1, signs = targets + ROW_FLOATS;
    w->negatives = cache_line_alloc(targets * LISTED * sizeof *w->negatives);
    w->signs = cache_line_alloc(signs * sizeof *w->signs);
    w->distinct = cache_line_alloc(targets * sizeof *w->distinct);
    if (!w->negatives || !w->signs || !w->distinct) return -1;
    for (size_t i = 0; i < signs; i++) w->signs[i] = i ? -1.0f : 1.0f;
    return 0;
}

static inline void negative_sampling_free(negative_sampling_worker *w) {
    aligned_free(w->negatives);
    aligned_free(w->signs);
    aligned_free(w->distinct);
}

static inline int negative_sampling_listed(const negative_sampling *layer) {
    return layer->negative + 1;
}

static inline void negative_sampling_start_chunk(const negative_sampling *layer,
                                                 negative_sampling_worker *w, int64_t chunk,
                                                 uint64_t seed) {
    w->shard = noise_shard_of(&layer->noise, chunk, seed);
}

/* Draw n <= LISTED negatives; the table is mostly not in the nearest caches. */
static inline void draw_negatives(noise_shard from, int32_t *negatives, int n, uint64_t *state) {
    uint64_t random = *state, bits[LISTED];
    for (int i = 0; i < n; i++) {
        bits[i] = rng_next(&random);
        noise_prefetch(from, bits[i]);
    }
    *state = random;
    for (int i = 0; i < n; i++) negatives[i] = noise_draw(from, bits[i]);
}

/* Draw the negatives of windows from .. to of a batch whose first centre word is *centres, and find those
 * that clash. */
static inline void draw_batch(const negative_sampling *layer, negative_sampling_worker *w,
                              const int32_t *centres, int from, int to, uint64_t *random) {
    uint8_t *clashes = w->clashes;
    memset(clashes + from, 0, (size_t)(LISTED - from));
    for (int k = 0; k < layer->negative; k++) {
        int32_t *drawn = w->negatives + k * LISTED;
        draw_negatives(w->shard, drawn + from, to - from, random);
        for (int i = from; i < to; i++) clashes[i] |= drawn[i] == centres[i];
        for (int32_t *other = w->negatives; other < drawn; other += LISTED)
            for (int i = from; i < to; i++) clashes[i] |= drawn[i] == other[i];
    }
}

/* The last AHEAD windows of the batch before were listed already: their negatives stay. */
static inline void negative_sampling_start_batch(const negative_sampling *layer,
                                                 negative_sampling_worker *w, const int32_t *kept,
                                                 int i, int listed, uint64_t *random) {
    for (int k = 0; k < layer->negative && i > 0; k++)
        memcpy(w->negatives + k * LISTED, w->negatives + k * LISTED + BATCH,
               AHEAD * sizeof *w->negatives);
    memcpy(w->clashes, w->clashes + BATCH, AHEAD);
    draw_batch(layer, w, kept + i, i > 0 ? AHEAD : 0, listed, random);
}

/* The centre's row and its negatives'.  Positions past the end list what was drawn for nothing. */
static inline void negative_sampling_list(const negative_sampling *layer,
                                          const negative_sampling_worker *w, const int32_t *kept,
                                          int i, int slot, float **list) {
    const hot_rows rows = w->rows; /* a local copy: a pointer that is stored might have changed w's */
    const int32_t *negatives = w->negatives + slot;
    const int n_negatives = layer->negative;
    list[0] = hot_rows_at(&rows, kept[i]);
    for (int k = 0; k < n_negatives; k++) list[1 + k] = hot_rows_at(&rows, negatives[k * LISTED]);
}

static inline int negative_sampling_most(const negative_sampling *layer) { return layer->negative + 1; }

static inline int negative_sampling_rows(const negative_sampling *layer,
                                         const negative_sampling_worker *w, int32_t word, int slot,
                                         int32_t *rows) {
    *rows++ = word;
    for (int k = 0; k < layer->negative; k++) *rows++ = w->negatives[k * LISTED + slot];
    return layer->negative + 1;
}

static inline void negative_sampling_start_window(negative_sampling_worker *w, int slot,
                                                  float **list) {
    w->targets = list;
    w->clash = w->clashes[slot];
}

/* New negatives for the next input of the same window. */
static inline void negative_sampling_next_input(const negative_sampling *layer,
                                                negative_sampling_worker *w, uint64_t *random) {
    for (int k = 1; k <= layer->negative; k++) {
        int32_t negative;
        draw_negatives(w->shard, &negative, 1, random);
        w->targets[k] = hot_rows_at(&w->rows, negative);
    }
    w->clash = 1; /* perhaps */
}

static inline void negative_sampling_predict(const negative_sampling *layer,
                                             negative_sampling_worker *w, updater *u,
                                             float *const *inputs, int m, int32_t centre,
                                             float alpha) {
    float **targets = w->targets, **distinct = w->distinct;
    const int all = layer->negative + 1;
    (void)centre; /* its row is the first target */
    if (!w->clash) {
        update(u, inputs, m, targets, w->signs, all, alpha);
        return;
    }
    /* As in word2vec.c a draw that equals the centre is left out.  A word drawn twice becomes a
     * second, later update: the rows of one must differ. */
    int n = 0, again = all;
    for (int i = 0; i < all; i++) {
        int seen = 0;
        for (int j = 0; j < i; j++) seen |= targets[j] == targets[i];
        if (!seen)
            distinct[n++] = targets[i];
        else if (targets[i] != targets[0])
            distinct[--again] = targets[i];
    }
    update(u, inputs, m, distinct, w->signs, n, alpha);
    for (; again < all; again++) update(u, inputs, m, distinct + again, w->signs + 1, 1, alpha);
}

#endif
