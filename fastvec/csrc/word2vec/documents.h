/* documents.h - rows for documents, or whatever else sentences are tagged with.
 *
 * They are inputs of every window of their sentences, besides the context words (PV-DM, and PV-DBOW that
 * trains words too) or instead of them (PV-DBOW): Le and Mikolov 2014.  A document is mostly in one
 * chunk of the corpus, so that no two workers change its row at the same time, and no copies are needed.
 */
#ifndef FASTVEC_DOCUMENTS_H
#define FASTVEC_DOCUMENTS_H

#include <stdint.h>

#include "word2vec/batches.h"

typedef struct {
    float *rows;           /* (count, stride) of the vectors' stride; NULL: there are none */
    int64_t count;
    const int64_t *starts; /* (n_sentences + 1,): sentence s has the rows tags[starts[s] .. starts[s + 1]) */
    const int32_t *tags;
    int64_t n_tags;
    int most;              /* tags of one sentence */
    int alone;             /* the context words are no inputs */
} documents;

/* The row of a sentence's k-th document, or NULL if it has fewer.  The arrays were checked before, but they are
 * the caller's, who may have changed them since. */
static inline float *document_row(const documents *d, int64_t stride, int64_t sentence, int k) {
    const int64_t start = __atomic_load_n(&d->starts[sentence], __ATOMIC_RELAXED);
    const int64_t stop = __atomic_load_n(&d->starts[sentence + 1], __ATOMIC_RELAXED);
    if (start < 0 || stop > d->n_tags || k >= stop - start || k >= d->most) return NULL;
    const int64_t tag = __atomic_load_n(&d->tags[start + k], __ATOMIC_RELAXED);
    return (uint64_t)tag < (uint64_t)d->count ? d->rows + tag * stride : NULL;
}

/* Append the rows of a sentence's documents to the m inputs of a window; returns how many these are then. */
static inline int add_documents(const documents *d, int64_t stride, int64_t sentence, float **inputs, int m) {
    float *row;
    for (int k = 0; (row = document_row(d, stride, sentence, k)); k++) inputs[m++] = row;
    return m;
}

#endif
