/* open_bags.h - inputs that are bags of rows: a word and its n-grams (subwords.h).
 *
 * A bag is opened when its word comes into reach of a window: the mean of its rows is computed.  While it is
 * open, the windows train that mean as if it were the row of a word.  It is closed when no window reaches
 * the word any more: then each of its rows gets the whole change of the mean, as in fastText.  So the rows
 * of n-grams are read and written once for each word of the text instead of once for each prediction, and
 * nothing else has to know of them.
 *
 * A chunk is walked through in blocks.  A bag stays open until its word's last place in the block, and the
 * word's other places share it, as two places of a word share its row.  So it is read and written once
 * for all of them.  A bag that is open where the next block begins is brought up to date there.  Meanwhile
 * other bags with the same rows do not see what this one has learned, and what they all have learned is
 * added up: the length of a block limits how much (ngram_table.py).
 */
#ifndef FASTVEC_OPEN_BAGS_H
#define FASTVEC_OPEN_BAGS_H

#include "word2vec/training.h"

enum {
    NGRAMS_AHEAD = 6,  /* the n-grams of a word are prefetched so many positions before they are listed, */
    NGRAMS_AT_AHEAD = 12, /* and where they begin before that; */
    FETCHED_LINES = 3,   /* a word's n-grams are mostly on so many cache lines */
};

/* List the rows of a word's n-grams, at most so many; returns how many. */
static inline int list_ngrams(const training *t, const worker *w, int32_t word, int most, float **list) {
    const bag_ngram *its = t->subwords.ngrams + t->subwords.offsets[word];
    const hot_rows ngrams = w->bags.ngrams; /* a local copy: a pointer that is stored might have changed w's */
    const int all = (int)(t->subwords.offsets[word + 1] - t->subwords.offsets[word]);
    const int n = all < most ? all : most;
    for (int k = 0; k < n; k++) list[k] = hot_rows_at(&ngrams, its[k].row);
    return n;
}

/* Fetch what list_ngrams will read of a position that comes NGRAMS_AHEAD positions later. */
static inline void fetch_lists(const training *t, const worker *w, int position) {
    const subwords *s = &t->subwords;
    __builtin_prefetch(s->offsets + w->kept[position + NGRAMS_AT_AHEAD]);
    const char *its = (const char *)(s->ngrams + s->offsets[w->kept[position + NGRAMS_AHEAD]]);
    for (int line = 0; line < FETCHED_LINES; line++) __builtin_prefetch(its + 64 * line);
}

/* List the n-grams of a position that will come into reach, and of one that will leave it, if their rows
 * are needed then and are in no cache. */
static inline int list_ngrams_ahead(const training *t, const worker *w, int comes, int leaves, int most,
                                    float **list) {
    const open_bags *b = &w->bags;
    int n = 0;
    fetch_lists(t, w, comes);
    if (b->words[w->kept[comes]].slot == 0) n = list_ngrams(t, w, w->kept[comes], most, list);
    if (leaves < 0) return n;
    fetch_lists(t, w, leaves);
    const word_in_block leaving = b->words[w->kept[leaves]];
    if (n == most || leaving.left != 1 || !leaving.slot || b->taken[leaving.slot - 1] >= leaves) return n;
    list[n++] = hot_rows_at(&w->vectors, w->kept[leaves]);
    return n + list_ngrams(t, w, w->kept[leaves], most - n, list + n);
}

/* List all rows of a bag. */
static inline int list_bag(const training *t, worker *w, int32_t word) {
    w->bags.list[0] = hot_rows_at(&w->vectors, word);
    return 1 + list_ngrams(t, w, word, t->subwords.longest, w->bags.list + 1);
}

/* Compute the mean of a bag, twice: a copy of it stays as it is. */
static inline void take_mean(const training *t, worker *w, int32_t word, float *mean) {
    open_bags *b = &w->bags;
    const bag_ngram *its = t->subwords.ngrams + t->subwords.offsets[word];
    const int m = list_bag(t, w, word);
    b->counts[0] = t->subwords.own[word];
    for (int k = 1; k < m; k++) b->counts[k] = its[k - 1].count;
    const float size = (float)t->subwords.sizes[word];
    const cbow_input input = {.rows = b->list, .weights = b->counts, .m = m, .scale = 1.0f / size, .sum = mean};
    t->kernel->mean(&input, t->floats);
    memcpy(mean + t->stride, mean, (size_t)t->stride * sizeof *mean);
}

/* Give the rows of a bag what its mean has learned. */
static inline void spread_mean(const training *t, worker *w, int32_t word, const float *mean) {
    const int m = list_bag(t, w, word);
    t->kernel->spread(w->bags.list, m, t->floats, mean, mean + t->stride);
}

/* Enter the block at `start`: count its words. */
static inline void enter_block(const training *t, worker *w, int start, int n) {
    open_bags *b = &w->bags;
    b->block = start;
    b->end = n - start < t->subwords.block ? n : start + t->subwords.block;
    for (int i = start; i < b->end; i++) b->words[w->kept[i]].left++;
}

static inline void open_bag(const training *t, worker *w, int position) {
    open_bags *b = &w->bags;
    const int32_t word = w->kept[position];
    word_in_block *its = &b->words[word];
    const int is_open = its->slot > 0;
    if (!is_open) its->slot = (uint16_t)(1 + b->vacant[--b->n_vacant]);
    const int slot = its->slot - 1;
    float *mean = b->means + 2 * slot * t->stride;
    w->rows[t->reach + position] = mean;
    if (is_open && b->taken[slot] >= b->block) return;
    if (is_open) spread_mean(t, w, word, mean);
    take_mean(t, w, word, mean);
    b->taken[slot] = position;
}

static inline void shut_bag(const training *t, worker *w, int32_t word) {
    open_bags *b = &w->bags;
    const int slot = b->words[word].slot - 1;
    spread_mean(t, w, word, b->means + 2 * slot * t->stride);
    b->words[word].slot = 0;
    b->vacant[b->n_vacant++] = slot;
}

static inline void close_bag(const training *t, worker *w, int position) {
    const int32_t word = w->kept[position];
    if (--w->bags.words[word].left == 0) shut_bag(t, w, word);
}

/* Close the bags that position i of the sentence [start, end) does not reach any more, and open those that
 * it does; n: how many positions the chunk has. */
static inline void move_bags(const training *t, worker *w, int i, int start, int end, int n) {
    open_bags *b = &w->bags;
    const int from = i - t->reach > start ? i - t->reach : start;
    const int to = i + t->reach < end ? i + t->reach + 1 : end;
    while (b->closed < from) close_bag(t, w, b->closed++);
    for (; b->opened < to; b->opened++) {
        if (b->opened == b->end) enter_block(t, w, b->end, n);
        open_bag(t, w, b->opened);
    }
}

static inline void close_all_bags(const training *t, worker *w) {
    open_bags *b = &w->bags;
    for (int i = b->closed; i < b->end; i++) {
        const int32_t word = w->kept[i];
        if (b->words[word].slot) shut_bag(t, w, word);
        b->words[word].left = 0;
    }
    b->closed = b->opened = b->end = 0;
}

#endif
