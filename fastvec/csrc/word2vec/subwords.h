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

/* A row of n-grams in a bag, and how many rows of the bag it stands for. */
typedef struct {
    int32_t row;
    float count;
} bag_ngram;

typedef struct {
    weights weights;         /* the rows of n-grams; NULL: words have none */
    const int64_t *offsets;  /* (n_words + 1,): where the n-grams of each word begin in the next: */
    const bag_ngram *ngrams;
    const float *own;        /* (n_words,): how many rows of the bag the word's own row stands for, and */
    const int32_t *sizes;    /* how many rows each bag has, in all */
    int longest;            /* so many n-grams a word has at most */
    int block;              /* positions that bags are open for, at most (open_bags.h) */
} subwords;

/* What is known of a word in the block that is walked through. */
typedef struct {
    uint16_t slot; /* 1 + the slot of its bag; 0: it is not open */
    uint16_t left; /* how often the word is in the block from the first position on that is not closed */
} word_in_block;

/* What one worker keeps for itself: the bags that are open (open_bags.h). */
typedef struct {
    hot_rows ngrams;
    float **list;       /* (1 + longest,): the rows of a bag, */
    float *counts;      /* and how many rows each stands for */
    float *means;       /* (slots, 2, stride): of each open bag the mean, and what it was at first */
    int32_t *taken;     /* (slots,): the position at which the mean was taken */
    int32_t *vacant;    /* (slots,): a stack of the slots without a bag */
    int n_vacant;
    word_in_block *words; /* (n_words,) */
    int block;          /* where the block begins that was entered last, and */
    int end;            /* where it ends, in the chunk */
    int opened, closed; /* positions closed .. opened of the chunk are in reach */
} open_bags;

static inline void open_bags_free(open_bags *b) {
    hot_rows_free(&b->ngrams);
    aligned_free(b->list);
    aligned_free(b->counts);
    aligned_free(b->means);
    aligned_free(b->taken);
    aligned_free(b->vacant);
    aligned_free(b->words);
}

/* Room for so many bags at a time, at most MAX_CHUNK.  -1 when out of memory. */
static inline int open_bags_init(open_bags *b, const subwords *s, int64_t n_words, int64_t stride, int bags) {
    const size_t slots = (size_t)bags;
    b->list = cache_line_alloc((size_t)(1 + s->longest) * sizeof *b->list);
    b->counts = cache_line_alloc((size_t)(1 + s->longest) * sizeof *b->counts);
    b->means = aligned_new(128, (2 * slots * (size_t)stride * sizeof *b->means + 127) / 128 * 128);
    b->taken = cache_line_alloc(slots * sizeof *b->taken);
    b->vacant = cache_line_alloc(slots * sizeof *b->vacant);
    b->words = cache_line_alloc((size_t)n_words * sizeof *b->words);
    if (!b->list || !b->counts || !b->means || !b->taken || !b->vacant || !b->words) return -1;
    for (int i = 0; i < bags; i++) b->vacant[i] = bags - 1 - i;
    b->n_vacant = bags;
    return 0;
}

#endif
