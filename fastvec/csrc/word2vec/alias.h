/* alias.h - drawing from any discrete distribution in constant time, 8 bytes an outcome.
 *
 * Walker's alias method in Vose's form (Vose 1991, "A linear algorithm for generating random numbers
 * with a given distribution"): column i holds outcome i below its threshold and `other` above it.
 * word2vec.c uses a table of 10^8 integers (400 MB) for the same.
 */
#ifndef FASTVEC_ALIAS_H
#define FASTVEC_ALIAS_H

#include <stdint.h>
#include <stdlib.h>

#include "base/rng.h"

typedef struct {
    uint32_t threshold; /* outcome i if 32 random bits are at most this */
    uint32_t other;     /* else this one */
} alias_column;

/* weights: n non-negative numbers, not all zero.  table: n columns.  Scratch: n shares and n of the queue. */
static inline void alias_fill(const double *weights, uint32_t n, alias_column *table, double *share,
                              uint32_t *queue) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += weights[i];
    uint32_t small = 0, large = n; /* in the queue small ones from the left, large from the right */
    for (uint32_t i = 0; i < n; i++) {
        share[i] = weights[i] / sum * n;
        if (share[i] < 1)
            queue[small++] = i;
        else
            queue[--large] = i;
    }
    while (small > 0 && large < n) {
        uint32_t s = queue[--small], l = queue[large];
        table[s] = (alias_column){(uint32_t)(share[s] * 4294967295.0), l};
        share[l] -= 1 - share[s];
        if (share[l] < 1) {
            large++;
            queue[small++] = l;
        }
    }
    while (small > 0) { /* what rounding left over */
        uint32_t s = queue[--small];
        table[s] = (alias_column){UINT32_MAX, s};
    }
    for (; large < n; large++) table[queue[large]] = (alias_column){UINT32_MAX, queue[large]};
}

/* The same with scratch of its own.  -1 when out of memory. */
static inline int alias_build(const double *weights, uint32_t n, alias_column *table) {
    double *share = malloc(n * sizeof *share);
    uint32_t *queue = malloc(n * sizeof *queue);
    const int good = share && queue;
    if (good) alias_fill(weights, n, table, share, queue);
    free(share);
    free(queue);
    return good ? 0 : -1;
}

/* The column that 64 random bits fall into. */
static inline uint32_t alias_column_of(uint64_t bits, uint32_t n) {
    return rng_below((uint32_t)(bits >> 32), n);
}

/* a or b, by the other half of these bits. */
static inline uint32_t alias_choose(alias_column column, uint64_t bits, uint32_t a, uint32_t b) {
    /* No branch: it would be mispredicted half of the time. */
    const uint32_t below = -(uint32_t)((uint32_t)bits <= column.threshold);
    return (a & below) | (b & ~below);
}

static inline uint32_t alias_pick(const alias_column *table, uint64_t bits, uint32_t n) {
    const uint32_t i = alias_column_of(bits, n);
    return alias_choose(table[i], bits, i, table[i].other);
}

static inline uint32_t alias_draw(const alias_column *table, uint32_t n, uint64_t *state) {
    return alias_pick(table, rng_next(state), n);
}

#endif
