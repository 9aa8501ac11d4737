/* kernels.h - word2vec's kernels: what each of them computes. */
#ifndef FASTVEC_KERNELS_H
#define FASTVEC_KERNELS_H

#include <stdint.h>

#define SLOTS 8 /* room for the steps of an input with a block of outputs */

enum {
    ROW_FLOATS = 16,  /* rows are padded to a multiple of this and start on a cache line */
    MAX_INPUTS = 10,  /* rows that one update takes; the loops split longer lists */
    MAX_OUTPUTS = 64,
    MAX_BLOCKS = 11,
    MAX_PAIRS = 16, /* pairs that one update takes, with at most MAX_SHARED shared outputs */
    MAX_SHARED = 6,
    BLOCK_FLOATS = MAX_INPUTS * SLOTS,
    GRADIENT_FLOATS = MAX_BLOCKS * BLOCK_FLOATS,
};

/* The likelihood: the product of the probabilities of all right answers so far, for each vector lane as a
 * number in [1, 2) and a power of two: an exact log-likelihood for the price of five integer operations a
 * vector, instead of a logarithm a prediction. */
typedef struct {
    float mantissa[16] __attribute__((aligned(64)));
    int32_t exponent[16];
    int64_t factors; /* vectors multiplied since it was 1: each added 127 to the exponents */
} likelihood;

/* Rows that a later window needs, which a kernel prefetches on the way.  Column by column of all rows is
 * the quickest, unless another core that is far away wrote them last: between two columns the processor
 * fetches more of the rows by itself, but only to read them, and asks again, and waits, when they are
 * written.  Then whole rows, one after another, are quicker. */
typedef struct {
    float *const *rows;
    int n, whole_rows;
} prefetch_list;

/* CBOW's input, the sum of m rows times `scale`, or of their products with weights; each row gets `share`
 * of the input's change. */
typedef struct {
    float *const *rows;
    const float *weights; /* (m,), or NULL */
    int m;
    float scale, share;
    float *sum; /* scratch: room for one row */
    int fixed;  /* the kernels that infer vectors change only the rows from this one on */
} cbow_input;

/* The kernels of one instruction set. */
typedef struct {
    int width; /* floats in a vector */

    /* One step of stochastic gradient descent on M x N logistic predictions, in two halves:
     *     gradient:  G = alpha * (label - sigmoid(inputs . outputs^T))
     *     apply:     inputs += G . outputs;  outputs += G^T . inputs    (both from the old values)
     * inputs:  M <= MAX_INPUTS rows of `floats` floats.  A row that is listed twice gets both
     *          changes.
     * outputs: N <= MAX_OUTPUTS rows; no row may be listed twice.
     * signs:   N floats, +1 for label 1 and -1 for label 0; ROW_FLOATS more can be read.
     * g:       GRADIENT_FLOATS floats of scratch, aligned to 64 bytes.
     * prefetch: rows to fetch meanwhile. */
    void (*gradient)(float *const *inputs, int m, float *const *outputs, const float *signs, int n,
                     int floats, float alpha, likelihood *likely, float *g);
    void (*apply)(float *const *inputs, int m, float *const *outputs, int n, const float *g,
                  int floats, const prefetch_list *prefetch);

    /* CBOW's step:
     *     x = scale * (weights[0] * rows[0] + ... + weights[m - 1] * rows[m - 1])
     *     G = alpha * (label - sigmoid(x . outputs))
     *     rows += share * (G . outputs);  outputs += G * x    (from the old values)
     * signs: times the weights of the steps (the loss is not).  Everything else as above. */
    void (*cbow)(const cbow_input *input, float *const *outputs, const float *signs, int n, int floats,
                 float alpha, likelihood *likely, const prefetch_list *prefetch);

    /* Skip-gram's step on pairs that share their noise words: m <= MAX_PAIRS inputs, each with an output
     * of label 1 of its own, and all of them with n <= MAX_SHARED outputs of label 0.
     *     inputs += own . partners + G . outputs;  partners += own . inputs;  outputs += G^T . inputs
     * own and G are steps from the old values, those of outputs times their weights (the loss is not).  No
     * row may be in two of the three lists.  In `outputs` no row may be listed twice; an input or partner that
     * is listed twice gets both changes.
     * weights: n floats; ROW_FLOATS more can be read. */
    void (*pairs)(float *const *inputs, float *const *partners, int m, float *const *outputs,
                  const float *weights, int n, int floats, float alpha, likelihood *likely, float *g,
                  const prefetch_list *prefetch);

    /* A worker's copies of n rows that others change too (word2vec/hot_rows.h), each `stride` floats
     * after the one before:  shared += scale * d;  local = base = shared,  where d = local - base.
     * The scale is one of n, but if it is below 1, and |d|^2 > far * max(1, |shared|^2), then at most
     * 1 - o.d / |d|^2  (or 0), where o = shared - base. */
    void (*merge)(float *shared, float *local, float *base, int64_t stride, int floats,
                  const float *scales, float far, int64_t n);

    /* A row of which several virtual workers changed copies (word2vec/shared_rows.h): it moves by
     *     sum(d) * min(1, max(least, sum(|d|^2) / |sum(d)|^2))
     * where the d are the changes of its n copies.  The first copy is scratch afterwards. */
    void (*combine)(float *row, float *const *copies, int n, float least, int floats);

    /* Bags of rows:  input->sum = x, as CBOW's kernel computes it from the input,  and  rows += now - was.
     * A row that is listed twice counts twice. */
    void (*mean)(const cbow_input *input, int floats);
    void (*spread)(float *const *rows, int m, int floats, const float *now, const float *was);
} kernels;

#endif
