/* kernels.h - the kernels of an exact softmax: what each of them computes.
 *
 * A row of scores is cut into slices, so that one fits into the second-level cache with its output rows, and
 * several workers can share a row.  Each slice has its own largest score and its own sum; all slices together
 * then give the sum of the row (docs/method.md).
 */
#ifndef FASTVEC_SOFTMAX_KERNELS_H
#define FASTVEC_SOFTMAX_KERNELS_H

enum {
    SOFTMAX_FLOATS = 16, /* n is a multiple of this; NO_SCORE stands where there is no output */
    MAX_LOGISTICS = 64,
};
#define NO_SCORE (-1e30f)

/* The kernels of one instruction set. */
typedef struct {
    int width; /* floats in a vector */
    /* scores: (n), in place: e^(score + bias - largest), where *largest becomes the largest of these sums.
     * Returns the sum of the powers.  Differences beyond 87 count as 87. */
    float (*exponentials)(float *scores, const float *biases, int n, float *largest);
    /* scores *= scale;  biases -= rate * scores */
    void (*finish)(float *scores, float *biases, int n, float scale, float rate);
    /* scores: (n), n <= MAX_LOGISTICS, in place: 1 / (1 + e^-(score + bias)), the probability of a label that is
     * wrong.  Returns the sum of -log(1 - probability).  Powers beyond 87 count as 87. */
    float (*logistics)(float *scores, const float *biases, int n);
} softmax_kernels;

#endif
