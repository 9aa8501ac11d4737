/* open_bags.h - inputs that are bags of rows: a word and its n-grams (subwords.h).
 *
 * A bag is opened when its word comes into reach of a window: the mean of its rows is computed.  While it is
 * open, the windows train that mean as if it were the row of a word.  It is closed when no window reaches
 * the word any more: then each of its rows gets the whole change of the mean, as in fastText.  So the rows
 * of n-grams are read and written once for each word of the text instead of once for each prediction, and
 * nothing else has to know of them.
 *
 * A word that comes again while its bag is open shares it, as two places of a word share its row; the
 * bag is brought up to date then.
 */
#ifndef FASTVEC_OPEN_BAGS_H
#define FASTVEC_OPEN_BAGS_H

#include "word2vec/training.h"

enum {
    NGRAMS_AHEAD = 4,  /* the n-grams of a word are prefetched so many positions before they are listed, */
    NGRAMS_AT_AHEAD = 8, /* and where they begin before that */
};

/* List the rows of a word's n-grams, at most so many; returns how many. */
static inline int list_ngrams(const training *t, const worker *w, int32_t word, int most, float **list) {
    const int32_t *rows = t->subwords.rows + t->subwords.offsets[word];
    const hot_rows ngrams = w->bags.ngrams; /* a local copy: a pointer that is stored might have changed w's */
    const int all = (int)(t->subwords.offsets[word + 1] - t->subwords.offsets[word]);
    const int n = all < most ? all : most;
    for (int k = 0; k < n; k++) list[k] = hot_rows_at(&ngrams, rows[k]);
    return n;
}

/* The same for a position that will come into reach: what is listed is prefetched. */
static inline int list_ngrams_ahead(const training *t, const worker *w, int position, int most,
                                    float **list) {
    const subwords *s = &t->subwords;
    __builtin_prefetch(s->offsets + w->kept[position + NGRAMS_AT_AHEAD]);
    const int64_t start = s->offsets[w->kept[position + NGRAMS_AHEAD]];
    __builtin_prefetch(s->rows + start);
    __builtin_prefetch(s->counts + start);
    return list_ngrams(t, w, w->kept[position], most, list);
}

/* List all rows of a bag. */
static inline int list_bag(const training *t, worker *w, int32_t word) {
    w->bags.list[0] = hot_rows_at(&w->vectors, word);
    return 1 + list_ngrams(t, w, word, t->subwords.longest, w->bags.list + 1);
}

/* Compute the mean of a bag, twice: a copy of it stays as it is. */
static inline void take_mean(const training *t, worker *w, int32_t word, float *mean) {
    open_bags *b = &w->bags;
    const float *its = t->subwords.counts + t->subwords.offsets[word];
    const int m = list_bag(t, w, word);
    const float size = (float)t->subwords.sizes[word];
    float own = size;
    for (int k = 1; k < m; k++) own -= b->counts[k] = its[k - 1];
    b->counts[0] = own;
    const cbow_input input = {.rows = b->list, .weights = b->counts, .m = m, .scale = 1.0f / size, .sum = mean};
    t->kernel->mean(&input, t->floats);
    memcpy(mean + t->stride, mean, (size_t)t->stride * sizeof *mean);
}

/* Give the rows of a bag what its mean has learned. */
static inline void spread_mean(const training *t, worker *w, int32_t word, const float *mean) {
    const int m = list_bag(t, w, word);
    t->kernel->spread(w->bags.list, m, t->floats, mean, mean + t->stride);
}

static inline void open_bag(const training *t, worker *w, int position) {
    open_bags *b = &w->bags;
    const int32_t word = w->kept[position];
    const int again = b->slots[word];
    const int slot = again ? again - 1 : b->vacant[--b->n_vacant];
    float *mean = b->means + 2 * slot * t->stride;
    if (again) spread_mean(t, w, word, mean);
    b->uses[slot] = again ? b->uses[slot] + 1 : 1;
    b->slots[word] = (uint16_t)(slot + 1);
    take_mean(t, w, word, mean);
    w->rows[t->reach + position] = mean;
}

static inline void close_bag(const training *t, worker *w, int position) {
    open_bags *b = &w->bags;
    const int32_t word = w->kept[position];
    const int slot = b->slots[word] - 1;
    if (--b->uses[slot] > 0) return;
    spread_mean(t, w, word, b->means + 2 * slot * t->stride);
    b->slots[word] = 0;
    b->vacant[b->n_vacant++] = slot;
}

/* Close the bags that position i of the sentence [start, end) does not reach any more, and open those that
 * it does. */
static inline void move_bags(const training *t, worker *w, int i, int start, int end) {
    open_bags *b = &w->bags;
    const int from = i - t->reach > start ? i - t->reach : start;
    const int to = i + t->reach < end ? i + t->reach + 1 : end;
    while (b->closed < from) close_bag(t, w, b->closed++);
    while (b->opened < to) open_bag(t, w, b->opened++);
}

static inline void close_all_bags(const training *t, worker *w) {
    open_bags *b = &w->bags;
    while (b->closed < b->opened) close_bag(t, w, b->closed++);
    b->closed = b->opened = 0;
}

#endif
