/* kernels.h - the kernels of Collobert and Weston's network: what each of them computes.
 *
 * The network has one row of weights for each number of its input: row k holds what input k adds to each
 * hidden unit.  So the hidden units stay in registers while the rows stream by, without sums across lanes.
 * Rows are `stride` floats, of which the first `floats`, a multiple of the kernels' width, are used; the
 * weights of units that do not exist are zero, and stay so.
 */
#ifndef FASTVEC_RANKER_KERNELS_H
#define FASTVEC_RANKER_KERNELS_H

#include <stdint.h>

/* Some rows of weights. */
typedef struct {
    float *rows;
    int n; /* how many: a multiple of 16 */
    int stride, floats;
} ranker_layer;

/* An input of a layer, the slopes of the hidden units that it leads to, and its own gradient. */
typedef struct {
    const float *input; /* (n,) */
    const float *slopes; /* (floats,) by how much the score changes with each hidden unit */
    float *gradient; /* (n,) written */
} ranker_path;

/* The two windows that are compared. */
typedef struct {
    float *right, *wrong; /* (stride,) the hidden units, before HardTanh */
    float *right_slopes, *wrong_slopes, *slopes; /* (stride,) written: of either score, and of their difference */
} ranker_hidden;

/* The kernels of one instruction set.  All arrays begin at a multiple of 64 bytes. */
typedef struct {
    int width; /* floats in a vector */
    /* hidden += input . rows */
    void (*add)(const ranker_layer *layer, const float *input, float *hidden);
    /* The score: top . HardTanh(hidden). */
    float (*score)(const float *hidden, const float *top, int floats);
    /* The slopes of right - wrong, and a step of the top and of the bias:
     *     right_slopes = top where |right| < 1, else 0;  wrong_slopes = -(top where |wrong| < 1, else 0)
     *     slopes = right_slopes + wrong_slopes;  bias += bias_rate * slopes
     *     top += top_rate * (HardTanh(right) - HardTanh(wrong))      (from the old values) */
    void (*slopes)(const ranker_hidden *h, float *top, float *bias, int floats, float top_rate,
                   float bias_rate);
    /* One step of a layer that n <= 2 paths go through:
     *     gradient[k] = rows[k] . slopes;  rows[k] += rate * input[k] * slopes
     * of each path, all from the old values. */
    void (*descend)(const ranker_layer *layer, const ranker_path *paths, int n, float rate);
} ranker_kernels;

#endif
