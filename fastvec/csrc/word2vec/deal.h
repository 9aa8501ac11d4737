/* deal.h - dealing the words to blocks, whose rows one worker has to itself for a while (blocks.h).
 *
 * All blocks get about the same load.  A block is some bricks of BRICK rows that stand together in memory,
 * so that a place in it is a brick and a row.  Most bricks are neighbours in the vocabulary, and their rows
 * stay where they are.  The most frequent words are dealt one by one, and so are those that are left over;
 * their rows are copied into bricks, those of a block on pages of their own: processors also fetch the
 * lines behind those that they are asked for, and these must not be another worker's.
 */
#ifndef FASTVEC_DEAL_H
#define FASTVEC_DEAL_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache_lines.h"
#include "base/rng.h"

enum {
    BRICK = 16,
    SINGLE_WORDS = 1024,        /* frequent words that are dealt one by one */
    DEAL_TRIES = 8,             /* blocks of which the one with the least load gets the next words */
    MOST_PLACES = 1 << 16,      /* of a block: a place is 16 bits */
    PAGE_FLOATS = 4096 / sizeof(float),
};

/* The words of one matrix in blocks. */
typedef struct {
    int32_t n, n_words; /* blocks, words */
    double *loads;      /* (n_words,): the share of the work that each word is */
    uint32_t *places;   /* (n_words,): block << 16 | place in the block */
    int32_t *starts;    /* (n + 1,): where each block begins in the next two, a multiple of BRICK */
    int32_t *words;     /* (places,): of each place, or -1 */
    float **bricks;     /* (places / BRICK,): where their rows are */
    int32_t *copied;    /* (n,): the first places of a block, whose rows are copied, */
    int64_t *copies;    /* (n,): and where in `copy` */
    float *copy;
    float *matrix;
    int64_t stride;
    double *dealt; /* (n,): the load of each block */
} deal;

static inline void deal_free(deal *d) {
    aligned_free(d->loads);
    aligned_free(d->places);
    aligned_free(d->starts);
    aligned_free(d->words);
    aligned_free(d->bricks);
    aligned_free(d->copied);
    aligned_free(d->copies);
    aligned_free(d->copy);
    aligned_free(d->dealt);
    memset(d, 0, sizeof *d);
}

/* -1 when out of memory. */
static inline int deal_init(deal *d, int32_t n, int32_t n_words, float *matrix, int64_t stride) {
    const size_t words = (size_t)n_words, blocks = (size_t)n, places = words + blocks * BRICK;
    const size_t copies = (SINGLE_WORDS + (blocks + 1) * BRICK) * (size_t)stride;
    *d = (deal){.n = n, .n_words = n_words, .matrix = matrix, .stride = stride};
    d->loads = cache_line_alloc(words * sizeof *d->loads);
    d->places = cache_line_alloc(words * sizeof *d->places);
    d->starts = cache_line_alloc((blocks + 1) * sizeof *d->starts);
    d->words = cache_line_alloc(places * sizeof *d->words);
    d->bricks = cache_line_alloc((places / BRICK + 1) * sizeof *d->bricks);
    d->copied = cache_line_alloc(blocks * sizeof *d->copied);
    d->copies = cache_line_alloc(blocks * sizeof *d->copies);
    d->copy = cache_line_alloc((copies + 2 * (blocks + 1) * PAGE_FLOATS) * sizeof *d->copy);
    d->dealt = cache_line_alloc(blocks * sizeof *d->dealt);
    const int good = d->loads && d->places && d->starts && d->words && d->bricks && d->copied &&
                     d->copies && d->copy && d->dealt;
    if (!good) deal_free(d);
    return good ? 0 : -1;
}

static inline int32_t whole_bricks(int32_t n) { return (n + BRICK - 1) / BRICK * BRICK; }

/* Of some random blocks that have room, the one with the least load.  sizes: of the blocks. */
static inline int32_t deal_choose(const deal *d, const int32_t *sizes, uint64_t *random) {
    int32_t best = -1;
    for (int i = 0; i < DEAL_TRIES; i++) {
        const int32_t block = (int32_t)rng_below((uint32_t)(rng_next(random) >> 32), (uint32_t)d->n);
        const int room = sizes[block] <= MOST_PLACES - 2 * BRICK;
        if (room && (best < 0 || d->dealt[block] < d->dealt[best])) best = block;
    }
    for (int32_t block = 0; best < 0; block++) /* there is always one: blocks are about half full */
        if (sizes[block] <= MOST_PLACES - 2 * BRICK) best = block;
    return best;
}

/* Deal the words from .. end together. */
static inline void deal_together(deal *d, int32_t *sizes, int32_t from, int32_t end,
                                 uint64_t *random) {
    const int32_t block = deal_choose(d, sizes, random);
    for (int32_t word = from; word < end; word++) {
        d->dealt[block] += d->loads[word];
        d->places[word] = (uint32_t)block << 16 | (uint32_t)sizes[block]++;
    }
}

/* Deal all words anew; deal_open must follow for each block. */
static inline void deal_words(deal *d, uint64_t random) {
    const int32_t single = d->n_words < SINGLE_WORDS ? d->n_words : SINGLE_WORDS;
    const int32_t rest = d->n_words - (d->n_words - single) % BRICK; /* of the words, they are left over */
    int32_t *sizes = d->starts + 1;
    memset(d->starts, 0, ((size_t)d->n + 1) * sizeof *d->starts);
    memset(d->dealt, 0, (size_t)d->n * sizeof *d->dealt);
    for (int32_t word = 0; word < single; word++) deal_together(d, sizes, word, word + 1, &random);
    for (int32_t word = rest; word < d->n_words; word++)
        deal_together(d, sizes, word, word + 1, &random);
    for (int32_t block = 0; block < d->n; block++)
        d->copied[block] = sizes[block] = whole_bricks(sizes[block]);
    for (int32_t word = single; word < rest; word += BRICK)
        deal_together(d, sizes, word, word + BRICK, &random);
    int64_t at = 0;
    for (int32_t block = 0; block < d->n; block++) {
        d->starts[block + 1] += d->starts[block];
        d->copies[block] = at;
        at += d->copied[block] * d->stride;
        at = (at + PAGE_FLOATS - 1) / PAGE_FLOATS * PAGE_FLOATS + PAGE_FLOATS;
    }
    memset(d->words, -1, (size_t)d->starts[d->n] * sizeof *d->words);
    for (int32_t word = 0; word < d->n_words; word++)
        d->words[d->starts[d->places[word] >> 16] + (int32_t)(d->places[word] & 0xffff)] = word;
}

/* The row of a place of a block whose bricks these are. */
static inline float *deal_row(float *const *bricks, int64_t stride, uint32_t place) {
    return bricks[place / BRICK] + place % BRICK * stride;
}

/* Copy the rows of a block that are copied; `back`: to the matrix. */
static inline void deal_copy(const deal *d, int32_t block, int back) {
    const int32_t *words = d->words + d->starts[block];
    float *copy = d->copy + d->copies[block];
    for (int32_t i = 0; i < d->copied[block]; i++, copy += d->stride) {
        if (words[i] < 0) continue;
        float *row = d->matrix + words[i] * d->stride;
        memcpy(back ? row : copy, back ? copy : row, (size_t)d->stride * sizeof *row);
    }
}

/* Find the rows of a block, and copy those that are copied. */
static inline void deal_open(deal *d, int32_t block) {
    const int32_t start = d->starts[block], copied = start + d->copied[block];
    float **bricks = d->bricks + start / BRICK;
    for (int32_t at = start; at < d->starts[block + 1]; at += BRICK)
        *bricks++ = at < copied ? d->copy + d->copies[block] + (at - start) * d->stride
                                : d->matrix + d->words[at] * d->stride;
    deal_copy(d, block, 0);
}

static inline void deal_close(const deal *d, int32_t block) { deal_copy(d, block, 1); }

#endif
