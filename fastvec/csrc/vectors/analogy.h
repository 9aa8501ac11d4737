/* analogy.h - the best answer to analogies. */
#ifndef FASTVEC_ANALOGY_H
#define FASTVEC_ANALOGY_H

#include <math.h>
#include <stdint.h>

enum { ANALOGY_STRIDE = 32 }; /* rows looked at together, so that the compiler can use vectors */

/* How an analogy a : b = c : ? scores a row d, from the cosines of a, b, c with d.
 * Sources: 3CosAdd, Mikolov et al. 2013; 3CosMul, Levy and Goldberg 2014; the cosine of d - c and
 * b - a, "PairDirection", Mikolov et al. 2013. */
enum { ANALOGY_ADD = 0, ANALOGY_MULTIPLY = 1, ANALOGY_DIRECTION = 2 };

/* Scores of n <= ANALOGY_STRIDE rows. */
static inline void analogy_scores(float *out, const float *a, const float *b, const float *c,
                                  float shift, int64_t n, int method) {
    if (method == ANALOGY_ADD)
        for (int64_t i = 0; i < n; i++) out[i] = b[i] - a[i] + c[i];
    else if (method == ANALOGY_MULTIPLY)
        for (int64_t i = 0; i < n; i++)
            out[i] = (1 + b[i]) * (1 + c[i]) / (1 + a[i] + 2e-6f);
    else /* unit vectors: |d - c|^2 = 2 - 2 cos(c, d) */
        for (int64_t i = 0; i < n; i++)
            out[i] = (b[i] - a[i] - shift) / sqrtf(fmaxf(2 - 2 * c[i], 1e-12f));
}

typedef struct {
    float score;
    int64_t row;
} analogy_best;

/* Compares n rows with the best answer so far.  names[i] is the name of row i; rows that have the name of
 * one of the three given words are no answers. */
static inline void analogy_add(analogy_best *best, const float *a, const float *b, const float *c,
                                float shift, int64_t n, int64_t first, int method,
                                const int64_t *names, const int64_t *given) {
    float score[ANALOGY_STRIDE];
    for (int64_t at = 0; at < n; at += ANALOGY_STRIDE) {
        int64_t m = n - at < ANALOGY_STRIDE ? n - at : ANALOGY_STRIDE;
        int any = 0;
        analogy_scores(score, a + at, b + at, c + at, shift, m, method);
        for (int64_t i = 0; i < m; i++) any |= score[i] > best->score;
        if (!any) continue;
        for (int64_t i = 0; i < m; i++) {
            int64_t row = first + at + i, name = names[row];
            if (score[i] > best->score && name != given[0] && name != given[1] && name != given[2])
                *best = (analogy_best){score[i], row};
        }
    }
}

#endif
