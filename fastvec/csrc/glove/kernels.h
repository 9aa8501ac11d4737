/* kernels.h - GloVe's kernels: what each of them computes, and on which records.
 *
 * A word's record holds four rows of `stride` floats, so that everything a pair needs is side by side:
 *     its vector, its vector as a context, and the sums of squared steps of each.
 * The biases are two more columns of the vectors: a word's bias is in the column where contexts have the
 * constant 1, and a context's bias where words have it.  A sum of squares that starts at eta^2
 * instead of 1 makes AdaGrad's step of a bias GloVe's own (without eta), and one of 1e30 holds the
 * constant still: the kernels know nothing of biases.  The columns after them are zero, and stay so.
 */
#ifndef FASTVEC_GLOVE_KERNELS_H
#define FASTVEC_GLOVE_KERNELS_H

#include <stdint.h>

#include "counting/tiles.h" /* the sides */

enum { GLOVE_FLOATS = 16, VECTOR = 0, CONTEXT, VECTOR_SQUARES, CONTEXT_SQUARES, GLOVE_ROWS };

/* One tile, prepared: its pairs in the order of training. */
typedef struct {
    int64_t n;
    uint32_t *cells; /* (n) row << 16 | column, both within their blocks */
    float *targets;   /* (n) log(x) */
    float *weights;   /* (n) f(x) = min(1, (x / x_max)^alpha) */
    float *rows, *columns; /* records of the first word of each block */
    int32_t side;
} glove_tile;

typedef struct {
    int64_t stride;  /* floats from one row of a record to the next */
    int32_t floats;  /* columns in use: a multiple of the kernel's width */
    float eta;       /* step size */
    float limit;     /* a step is at most this large before AdaGrad divides it */
    float alpha, log2_x_max;
} glove_rule;

/* The kernels of one instruction set. */
typedef struct {
    int width; /* floats in a vector */
    /* targets: (n) values x > 0, in place: log(x).  weights: (n) written: f(x).  Both have room for
     * n rounded up to GLOVE_FLOATS. */
    void (*weigh)(float *targets, float *weights, int64_t n, const glove_rule *rule);
    /* Train on the pairs of a tile, one after the other; returns the sum of f(x) diff^2 / 2. */
    double (*train)(const glove_tile *tile, const glove_rule *rule);
    /* The same sum without training: no record changes. */
    double (*cost)(const glove_tile *tile, const glove_rule *rule);
} glove_kernels;

#endif
