/* pair_groups.h - training on a list of pairs: some of them at a time, with noise words that they share.
 *
 * The centre words of a list are in one half block and its noise words in another, so no noise word is the
 * centre word.
 */
#ifndef FASTVEC_PAIR_GROUPS_H
#define FASTVEC_PAIR_GROUPS_H

#include <stdint.h>

#include "base/rng.h"
#include "word2vec/alias.h"
#include "word2vec/context.h"
#include "word2vec/deal.h"
#include "word2vec/pair_group.h"

/* Pairs, and where their rows and their noise words are. */
typedef struct {
    const uint32_t *pairs; /* n of them, in the order of training */
    int64_t n, at;         /* how many of them have been listed */
    int64_t stride;
    float *const *inputs;  /* the bricks of the block of the contexts, */
    float *const *centres; /* of the half block of the centres */
    float *const *noise;   /* and of that of the noise words, */
    const alias_column *columns; /* whose places are drawn from this table */
    uint32_t places;
    float draws; /* for a group: a share of one more is one more in that share of the groups */
    int most;    /* pairs at a time */
} pair_list;

static inline void draw_noise(const pair_list *l, pair_group *g, uint64_t *random) {
    const uint64_t chance = rng_next(random) >> 40; /* 24 bits: all of them fit a float */
    const int n = l->places ? (int)(l->draws + (float)chance * 0x1p-24f) : 0;
    g->noise = 0;
    for (int i = 0; i < n; i++)
        add_noise(g, deal_row(l->noise, l->stride, alias_draw(l->columns, l->places, random)));
}

/* List the next group. */
static inline void list_group(pair_list *l, pair_group *g, uint64_t *random) {
    const int64_t left = l->n - l->at;
    const int m = g->m = left < l->most ? (int)left : l->most;
    const uint32_t *pairs = g->pairs = l->pairs + l->at;
    for (int i = 0; i < m; i++) {
        g->rows[i] = deal_row(l->inputs, l->stride, pairs[i] & 0xffff);
        g->rows[m + i] = deal_row(l->centres, l->stride, pairs[i] >> 16);
    }
    l->at += m;
    draw_noise(l, g, random);
}

/* Train copies of the inputs that have a lock other than 1 (context.h). */
static inline void lock_group(const training *t, const pair_group *g, const int32_t *words,
                              float *copies) {
    for (int i = 0; i < g->m; i++)
        lock_row(t, words[g->pairs[i] & 0xffff], &g->rows[i], copies + 2 * i * t->stride);
}

static inline void unlock_group(const training *t, const pair_group *g, const int32_t *words,
                                float *const *bricks, const float *copies) {
    for (int i = 0; i < g->m; i++) {
        const uint32_t place = g->pairs[i] & 0xffff;
        unlock_row(t, words[place], deal_row(bricks, t->stride, place), copies + 2 * i * t->stride);
    }
}

#endif
