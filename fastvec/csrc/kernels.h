/* kernels.h - the kernels, one table of them for each instruction set. */
#ifndef FASTVEC_KERNELS_H
#define FASTVEC_KERNELS_H

#include <stdint.h>

#define SLOTS 8 /* room for the steps of an input with a block of outputs */

enum {
    ROW_FLOATS = 16,  /* rows are padded to a multiple of this and start on a cache line */
    MAX_INPUTS = 10,  /* rows that one update takes; the loops split longer lists */
    MAX_OUTPUTS = 64,
    MAX_BLOCKS = 11,
    BLOCK_FLOATS = MAX_INPUTS * SLOTS,
    GRADIENT_FLOATS = MAX_BLOCKS * BLOCK_FLOATS,
};

/* The product of the probabilities of all right answers so far, for each vector lane as a number
 * in [1, 2) and a power of two: an exact log-likelihood for the price of five integer operations a
 * vector, instead of a logarithm a prediction. */
typedef struct {
    float mantissa[16] __attribute__((aligned(64)));
    int32_t exponent[16];
    int64_t steps; /* vectors multiplied since the last loss_take: each added 127 to an exponent */
} loss;

/* Rows that will be needed soon, fetched into the cache on the way.  Column by column of all rows is the
 * quickest, unless another core that is far away wrote them last: between two columns the processor
 * fetches more of the rows by itself, but only to read them, and asks again, and waits, when they are
 * written.  Then whole rows, one after another. */
typedef struct {
    float *const *rows;
    int n, whole;
} upcoming;

/* CBOW's input, the sum of m rows times `scale`; each of them gets `share` of what changes in it. */
typedef struct {
    float *const *rows;
    int m;
    float scale, share;
    float *hidden; /* room for one row, which means nothing before and after */
} bag;

typedef struct {
    const char *name;
    int width; /* floats in a vector */

    /* One step of stochastic gradient descent on M x N logistic predictions, in two halves:
     *     gradient:  G = alpha * (label - sigmoid(inputs . outputs^T))
     *     apply:     inputs += G . outputs;  outputs += G^T . inputs    (both from the old values)
     * inputs:  M <= MAX_INPUTS rows of `floats` floats.  A row that stands there twice gets both
     *          changes.
     * outputs: N <= MAX_OUTPUTS rows; no row may stand there twice.
     * signs:   N floats, +1 for label 1 and -1 for label 0; ROW_FLOATS more can be read.
     * g:       GRADIENT_FLOATS floats of scratch, aligned to 64 bytes.
     * soon:    rows to fetch meanwhile. */
    void (*gradient)(float *const *inputs, int m, float *const *outputs, const float *signs, int n,
                     int floats, float alpha, loss *sum, float *g);
    void (*apply)(float *const *inputs, int m, float *const *outputs, int n, const float *g,
                  int floats, const upcoming *soon);

    /* CBOW's step, with a bag as the one input:
     *     hidden = scale * (rows[0] + ... + rows[m - 1])
     *     G = alpha * (label - sigmoid(hidden . outputs))
     *     rows += share * (G . outputs);  outputs += G * hidden    (from the old values)
     * Everything else as above. */
    void (*bag)(const bag *b, float *const *outputs, const float *signs, int n, int floats, float alpha,
                loss *sum, const upcoming *soon);

    /* A worker's copies of n rows that others change too (replica.h), each `stride` floats after the
     * one before:  shared += share * (own - base);  own = base = shared.  shares: n of them. */
    void (*merge)(float *shared, float *own, float *base, int64_t stride, int floats,
                  const float *shares, int64_t n);
} kernels;

/* The i-th best table that this machine runs, or NULL. */
const kernels *kernels_at(int i);

/* The best table that this machine runs (name NULL), or the one of that name; NULL if there is none
 * of that name or this machine does not run it. */
const kernels *kernels_pick(const char *name);

#endif
