/* subwords.h - the n-grams of words, whose rows are inputs beside the words' own rows (fastText).
 *
 * The bag of a word is its own row and the rows of its n-grams; the mean of them is the word's vector.
 * One row may stand for several that are always in the same bags, and so always change alike.
 */
#ifndef FASTVEC_SUBWORDS_H
#define FASTVEC_SUBWORDS_H

#include <stdint.h>
#include <stdlib.h>

#include "base/cache_lines.h"
#include "word2vec/batches.h"
#include "word2vec/hot_rows.h"

enum { MOST_NGRAMS = 1 << 24 }; /* of one word */

typedef struct {
    weights weights;        /* the rows of n-grams; NULL: words have none */
    const int64_t *offsets; /* (n_words + 1,): where the n-grams of each word begin in the next two: */
    const int32_t *rows;    /* their rows, */
    const float *counts;    /* and how many rows of the bag each of these stands for; */
    const int32_t *sizes;   /* (n_words,): how many rows each bag has, in all */
    int longest;            /* so many n-grams a word has at most */
} subwords;

/* What one worker keeps for itself: the bags that are open (open_bags.h). */
typedef struct {
    hot_rows ngrams;
    float **list;       /* (1 + longest,): the rows of a bag, */
    float *counts;      /* and how many rows each stands for */
    float *means;       /* (slots, 2, stride): of each open bag the mean, and what it was at first */
    int32_t *uses;      /* (slots,): positions that share the bag */
    int32_t *vacant;    /* (slots,): a stack of the slots without a bag */
    int n_vacant;
    uint16_t *slots;    /* (n_words,): 1 + the slot of a word's bag; 0: it is not open */
    int opened, closed; /* positions closed .. opened of the chunk are open */
} open_bags;

static inline void open_bags_free(open_bags *b) {
    hot_rows_free(&b->ngrams);
    aligned_free(b->list);
    aligned_free(b->counts);
    aligned_free(b->means);
    aligned_free(b->uses);
    aligned_free(b->vacant);
    aligned_free(b->slots);
}

/* Room for the bags of so many positions at a time, at most 65535.  -1 when out of memory. */
static inline int open_bags_init(open_bags *b, const subwords *s, int64_t n_words, int64_t stride,
                                 int positions) {
    const size_t slots = (size_t)positions;
    b->list = cache_line_alloc((size_t)(1 + s->longest) * sizeof *b->list);
    b->counts = cache_line_alloc((size_t)(1 + s->longest) * sizeof *b->counts);
    b->means = cache_line_alloc(2 * slots * (size_t)stride * sizeof *b->means);
    b->uses = cache_line_alloc(slots * sizeof *b->uses);
    b->vacant = cache_line_alloc(slots * sizeof *b->vacant);
    b->slots = cache_line_alloc((size_t)n_words * sizeof *b->slots);
    if (!b->list || !b->counts || !b->means || !b->uses || !b->vacant || !b->slots) return -1;
    for (int i = 0; i < positions; i++) b->vacant[i] = i;
    b->n_vacant = positions;
    return 0;
}

#endif
