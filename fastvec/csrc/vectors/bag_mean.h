/* bag_mean.h - the vector of a word with subwords: the mean of its own row and those of its n-grams. */
#ifndef FASTVEC_BAG_MEAN_H
#define FASTVEC_BAG_MEAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Rows of `size` numbers; from one to the next it is `stride` bytes.  base NULL: there are none. */
typedef struct {
    const char *base;
    int64_t rows, stride;
} bag_rows;

static inline void bag_add(float *out, const bag_rows *from, int64_t row, int64_t size) {
    const float *vector = (const float *)(from->base + row * from->stride);
    for (int64_t k = 0; k < size; k++) out[k] += vector[k];
}

/* The mean of row `own` of `words`, if there are words, and of rows `bag` of `ngrams`.  A row -1 counts
 * as zeros; without any row, the mean is zeros.  0, or -1 for a row that is not there. */
static int bag_mean(const bag_rows *words, int64_t own, const bag_rows *ngrams, const int32_t *bag,
                    int64_t n, float *out, int64_t size) {
    memset(out, 0, (size_t)size * sizeof *out);
    if (words->base) bag_add(out, words, own, size);
    for (int64_t i = 0; i < n; i++) {
        if (bag[i] < -1 || bag[i] >= ngrams->rows) return -1;
        if (bag[i] >= 0) bag_add(out, ngrams, bag[i], size);
    }
    const int64_t count = n + (words->base != NULL);
    const float scale = count ? (float)(1.0 / (double)count) : 0;
    for (int64_t k = 0; k < size; k++) out[k] *= scale;
    return 0;
}

#endif
