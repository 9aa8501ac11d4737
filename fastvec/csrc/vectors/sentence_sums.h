/* sentence_sums.h - the weighted sum of the vectors of each sentence's words. */
#ifndef FASTVEC_SENTENCE_SUMS_H
#define FASTVEC_SENTENCE_SUMS_H

#include <stdint.h>

enum { SUMS_AHEAD = 8 }; /* words between asking for a vector and adding it */

typedef struct {
    const float *vectors;   /* (count, stride) */
    int64_t stride, count;
    const float *inferred;  /* (more, inferred_stride): the vectors of the rows behind these */
    int64_t inferred_stride, more;
    const float *weights;   /* (count + more,), or NULL if all of them are 1 */
    int64_t floats;
    const int64_t *starts;  /* (words + 1,): word i has the vectors of rows[starts[i] .. starts[i + 1]) */
    const int32_t *rows;
    int64_t words;
} sentence_words;

static inline const float *sentence_row(const sentence_words *t, int32_t row) {
    if (row < t->count) return t->vectors + row * t->stride;
    return t->inferred + (row - t->count) * t->inferred_stride;
}

static inline void sentence_prefetch(const sentence_words *t, int32_t id) {
    if (id == 0 || t->starts[id - 1] == t->starts[id]) return;
    const float *row = sentence_row(t, t->rows[t->starts[id - 1]]);
    for (int64_t c = 0; c < t->floats; c += 16) __builtin_prefetch(row + c);
}

static inline void sentence_add(const sentence_words *t, int32_t row, float *restrict sum) {
    const float *restrict vector = sentence_row(t, row);
    const float weight = t->weights ? t->weights[row] : 1.0f;
    for (int64_t c = 0; c < t->floats; c++) sum[c] += weight * vector[c];
}

/* Add the vectors of the n words `ids` (text_reader.h: 0 ends a sentence, 1 + i is word i) to `sums`, of
 * each sentence (sentences, floats), and how many vectors that were to `known`.  The last sentence is what
 * follows the last end.  0, or -1 for an id that is no word, or more sentences. */
static int sum_sentences(const sentence_words *t, const int32_t *ids, int64_t n, float *sums,
                         int64_t *known, int64_t sentences) {
    for (int64_t i = 0; i < n; i++)
        if ((uint64_t)(int64_t)ids[i] > (uint64_t)t->words) return -1;
    for (int64_t i = 0; i < n; i++) {
        if (i + SUMS_AHEAD < n) sentence_prefetch(t, ids[i + SUMS_AHEAD]);
        if (ids[i] == 0) {
            if (--sentences == 0) return -1;
            sums += t->floats;
            known++;
            continue;
        }
        const int64_t start = t->starts[ids[i] - 1], stop = t->starts[ids[i]];
        for (int64_t k = start; k < stop; k++) sentence_add(t, t->rows[k], sums);
        *known += stop - start;
    }
    return 0;
}

#endif
