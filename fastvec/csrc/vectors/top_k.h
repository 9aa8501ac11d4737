/* top_k.h - the k best of many scores, without sorting them. */
#ifndef FASTVEC_TOP_K_H
#define FASTVEC_TOP_K_H

#include <stdint.h>

enum { TOP_K_STRIDE = 32 }; /* scores looked at together, so that the compiler can use vectors */

/* (a, i) ranks behind (b, j): a lower score, or the same score and a later row. */
static inline int top_k_behind(float a, int64_t i, float b, int64_t j) {
    return a < b || (a == b && i > j);
}

/* Puts (score, id) in place of the root of a heap whose root ranks last. */
static inline void top_k_replace(float *scores, int64_t *ids, int64_t k, float score, int64_t id) {
    int64_t at = 0;
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child >= k) break;
        if (child + 1 < k && top_k_behind(scores[child + 1], ids[child + 1], scores[child], ids[child]))
            child++;
        if (!top_k_behind(scores[child], ids[child], score, id)) break;
        scores[at] = scores[child];
        ids[at] = ids[child];
        at = child;
    }
    scores[at] = score;
    ids[at] = id;
}

/* Adds scores[i] * scale[i], i < n, of rows first .. first + n, to a heap of the k best.
 * NaN is never among them. */
static inline void top_k_add(float *best, int64_t *ids, int64_t k, const float *scores,
                             const float *scale, int64_t n, int64_t first) {
    for (int64_t at = 0; at < n; at += TOP_K_STRIDE) {
        int64_t end = at + TOP_K_STRIDE < n ? at + TOP_K_STRIDE : n;
        float bar = best[0];
        int any = 0;
        if (end == at + TOP_K_STRIDE)
            for (int i = 0; i < TOP_K_STRIDE; i++) any |= scores[at + i] * scale[at + i] > bar;
        else
            any = 1;
        if (!any) continue;
        for (int64_t i = at; i < end; i++) {
            float score = scores[i] * scale[i];
            if (score > best[0]) top_k_replace(best, ids, k, score, first + i);
        }
    }
}

/* Sorts a heap, best first. */
static inline void top_k_sort(float *scores, int64_t *ids, int64_t k) {
    for (int64_t n = k - 1; n > 0; n--) {
        float score = scores[n];
        int64_t id = ids[n];
        scores[n] = scores[0];
        ids[n] = ids[0];
        top_k_replace(scores, ids, n, score, id);
    }
}

#endif
