/* best.h - the k best of many scores, without sorting them; and the best answer to analogies.
 *
 * Knows nobody.
 */
#ifndef FASTVEC_BEST_H
#define FASTVEC_BEST_H

#include <math.h>
#include <stdint.h>

enum { BEST_STRIDE = 32 }; /* scores looked at together, so that the compiler can use vectors */

/* (a, i) ranks behind (b, j): a lower score, or the same score and a later row. */
static inline int best_behind(float a, int64_t i, float b, int64_t j) {
    return a < b || (a == b && i > j);
}

/* Puts (score, id) in place of the root of a heap whose root ranks last. */
static inline void best_replace(float *scores, int64_t *ids, int64_t k, float score, int64_t id) {
    int64_t at = 0;
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child >= k) break;
        if (child + 1 < k && best_behind(scores[child + 1], ids[child + 1], scores[child], ids[child]))
            child++;
        if (!best_behind(scores[child], ids[child], score, id)) break;
        scores[at] = scores[child];
        ids[at] = ids[child];
        at = child;
    }
    scores[at] = score;
    ids[at] = id;
}

/* Shows scores[i] * scale[i], i < n, of rows first .. first + n, to a heap of the k best.
 * NaN is never among the best. */
static inline void best_show(float *best, int64_t *ids, int64_t k, const float *scores,
                             const float *scale, int64_t n, int64_t first) {
    for (int64_t at = 0; at < n; at += BEST_STRIDE) {
        int64_t end = at + BEST_STRIDE < n ? at + BEST_STRIDE : n;
        float bar = best[0];
        int any = 0;
        if (end == at + BEST_STRIDE)
            for (int i = 0; i < BEST_STRIDE; i++) any |= scores[at + i] * scale[at + i] > bar;
        else
            any = 1;
        if (!any) continue;
        for (int64_t i = at; i < end; i++) {
            float score = scores[i] * scale[i];
            if (score > best[0]) best_replace(best, ids, k, score, first + i);
        }
    }
}

/* Sorts a heap, best first. */
static inline void best_sort(float *scores, int64_t *ids, int64_t k) {
    for (int64_t n = k - 1; n > 0; n--) {
        float score = scores[n];
        int64_t id = ids[n];
        scores[n] = scores[0];
        ids[n] = ids[0];
        best_replace(scores, ids, n, score, id);
    }
}

/* How an analogy a : b = c : ? scores a row d, from the cosines of a, b, c with d.
 * Sources: 3CosAdd, Mikolov et al. 2013; 3CosMul, Levy and Goldberg 2014; the cosine of d - c and
 * b - a, "PairDirection", Mikolov et al. 2013. */
enum { ANALOGY_ADD = 0, ANALOGY_MULTIPLY = 1, ANALOGY_DIRECTION = 2 };

/* Scores of n <= BEST_STRIDE rows. */
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

/* Shows n rows to the best answer so far.  names[i] is the name of row i; rows named as one of
 * the three words that were given are no answers. */
static inline void analogy_show(analogy_best *best, const float *a, const float *b, const float *c,
                                float shift, int64_t n, int64_t first, int method,
                                const int64_t *names, const int64_t *given) {
    float score[BEST_STRIDE];
    for (int64_t at = 0; at < n; at += BEST_STRIDE) {
        int64_t m = n - at < BEST_STRIDE ? n - at : BEST_STRIDE;
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
