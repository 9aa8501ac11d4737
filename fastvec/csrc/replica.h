/* replica.h - a worker's own copies of the hottest rows of a shared matrix.
 *
 * Words are Zipf distributed: a few frequent rows take most of the steps.  Where several workers change
 * them in place, their cache lines travel from core to core all the time.  So each worker changes a
 * copy, and now and then adds what it changed to the shared row and takes over what the others added.
 * (One worker may do without copies: its changes are in the shared rows at once.)
 *
 * Rows are merged in tiers of falling frequency (nodes: about), each as large as all before it and
 * merged half as often: between two merges every row sees about the same number of steps, and every tier
 * costs the same.
 *
 * Workers that all move a row to where it wants to be would together move it too far: with many of them
 * it would swing ever wider.  If one worker's steps leave e^-x of a row's distance to its goal, those of
 * W in a row leave e^-Wx, so of the sum of their changes a part of (1 - e^-Wx) / (W (1 - e^-x)) is
 * right: all of it for rows that moved little, the mean for rows that arrived.
 */
#ifndef FASTVEC_REPLICA_H
#define FASTVEC_REPLICA_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

typedef struct {
    const kernels *kernel;
    float *shared; /* the matrix: rows of `stride` floats */
    float *own;    /* (rows, stride): copies of the first rows, which are the hottest */
    float *base;   /* the same: what the copies were when they last were the shared rows */
    int64_t stride, rows;
    int floats; /* of each row that are used */
    const float *steps; /* (rows,): expected steps of each row for every word trained on */
    float decay;        /* x of one step */
    float *shares;      /* (rows,): what part of a row's changes a merge takes that is in time */
} replica;

enum {
    TIER_ROWS = 64,     /* in the hottest tier */
    TIERS = 8,
    HOT_ROWS = TIER_ROWS << (TIERS - 1),
};

/* x after one step with a learning rate of 1, found by experiment (docs/method.md). */
#define WORD_DECAY 0.03f
#define NODE_DECAY 0.3f

/* No copies if rows is 0.  -1 when out of memory. */
static inline int replica_init(replica *r, const kernels *kernel, float *shared, int64_t stride,
                               int floats, int64_t rows, const float *steps, float decay) {
    *r = (replica){.kernel = kernel, .shared = shared, .stride = stride, .rows = rows,
                   .floats = floats, .steps = steps, .decay = decay};
    if (rows == 0) return 0;
    const size_t bytes = ((size_t)(rows * stride) * sizeof *shared + 4095) / 4096 * 4096;
    r->own = aligned_alloc(4096, bytes);
    r->base = aligned_alloc(4096, bytes);
    r->shares = aligned_alloc(128, ((size_t)rows * sizeof *r->shares + 127) / 128 * 128);
    return r->own && r->base && r->shares ? 0 : -1;
}

static inline void replica_free(replica *r) {
    free(r->own);
    free(r->base);
    free(r->shares);
}

/* Where a worker finds a row. */
static inline float *replica_row(const replica *r, int64_t row) {
    return (row < r->rows ? r->own : r->shared) + row * r->stride;
}

static inline float replica_share(float decay, int workers) {
    if (decay < 1e-4f) return 1.0f;
    const float many = (float)workers;
    return expm1f(-many * decay) / (many * expm1f(-decay));
}

/* The same of one row, after so many words. */
static inline float replica_share_of(const replica *r, int64_t row, int64_t words, float alpha,
                                     int workers) {
    return replica_share(r->decay * alpha * r->steps[row] * (float)words, workers);
}

/* Begin an epoch; the hottest tier will be merged every `words` words. */
static inline void replica_load(replica *r, int64_t words, float alpha, int workers) {
    const size_t bytes = (size_t)(r->rows * r->stride) * sizeof *r->own;
    if (bytes == 0) return;
    memcpy(r->own, r->shared, bytes);
    memcpy(r->base, r->own, bytes);
    for (int64_t row = 0, end = TIER_ROWS; row < r->rows; row++) {
        if (row == end) end *= 2, words *= 2;
        r->shares[row] = replica_share_of(r, row, words, alpha, workers);
    }
}

/* Merge the copies from .. to, each row by its share. */
static inline void replica_merge(replica *r, int64_t from, int64_t to) {
    if (to > r->rows) to = r->rows;
    if (from >= to) return;
    const int64_t at = from * r->stride;
    r->kernel->merge(r->shared + at, r->own + at, r->base + at, r->stride, r->floats,
                     r->shares + from, to - from);
}

/* Merge early, at the end of an epoch, after so many words. */
static inline void replica_merge_early(replica *r, int64_t from, int64_t to, int64_t words,
                                       float alpha, int workers) {
    for (int64_t row = from; row < to && row < r->rows; row++)
        r->shares[row] = replica_share_of(r, row, words, alpha, workers);
    replica_merge(r, from, to);
}

#endif
