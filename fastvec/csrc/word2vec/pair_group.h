/* pair_group.h - some pairs that are trained at once, with noise words that they share. */
#ifndef FASTVEC_PAIR_GROUP_H
#define FASTVEC_PAIR_GROUP_H

#include "word2vec/update.h"

/* What is trained at once: m inputs, m centres, and noise words, each listed once. */
typedef struct {
    float **rows;   /* (2 * MAX_PAIRS + most noise words,) */
    float *weights; /* (most noise words + ROW_FLOATS,): how often each of them was drawn */
    const uint32_t *pairs; /* m of them */
    int m, noise;
} pair_group;

/* A word that is drawn twice for one group has twice the weight. */
static inline void add_noise(pair_group *g, float *row) {
    float **noise = g->rows + 2 * g->m;
    int k = 0;
    while (k < g->noise && noise[k] != row) k++;
    g->weights[k] = k < g->noise ? g->weights[k] + 1 : 1;
    noise[k] = row;
    g->noise += k == g->noise;
}

/* The noise words from `from` on, more than go along with the pairs: one after another. */
static inline void train_more_noise(updater *u, const pair_group *g, int from, float alpha) {
    static const float sign[1 + ROW_FLOATS] = {-1};
    for (int i = from; i < g->noise; i++)
        update(u, g->rows, g->m, g->rows + 2 * g->m + i, sign, 1, alpha * g->weights[i]);
}

static inline void train_group(updater *u, const pair_group *g, float alpha) {
    const int shared = g->noise < MAX_SHARED ? g->noise : MAX_SHARED;
    u->kernel->pairs(g->rows, g->rows + g->m, g->m, g->rows + 2 * g->m, g->weights, shared, u->floats,
                     alpha, &u->likelihood, u->g, &u->prefetch);
    u->predictions += g->m * (1 + shared);
    u->prefetch.n = 0;
    train_more_noise(u, g, shared, alpha);
}

#endif
