/* context.h - how far a window reaches, and its inputs: the rows of its context words and of its documents, and those that are
 * locked. */
#ifndef FASTVEC_CONTEXT_H
#define FASTVEC_CONTEXT_H

#include "base/rng.h"
#include "word2vec/open_bags.h"

/* How far the window of a word reaches. */
static inline int draw_reach(const training *t, uint64_t *random) {
    if (!t->shrink_windows) return t->reach;
    const int drawn = 1 + (int)rng_below((uint32_t)rng_next(random), (uint32_t)t->window);
    return drawn < t->reach ? drawn : t->reach;
}

/* Words on either side up to which whole windows are copied. */
enum { MAX_WHOLE_WINDOW = 32 };

/* List the context words of position i in the sentence [start, end): at most `reach` on either side;
 * returns the first one's position.  Always copies whole windows, so that no loop's length has to be
 * predicted, unless they are so wide that they may be mostly empty. */
static inline int list_context(const training *t, worker *w, int i, int start, int end, int reach) {
    window *v = &w->window;
    const int from = i - reach > start ? i - reach : start;
    const int to = i + reach < end - 1 ? i + reach : end - 1;
    float *const *left = w->rows + t->reach + from, *const *right = w->rows + t->reach + i + 1;
    const int whole = t->reach <= MAX_WHOLE_WINDOW;
    const int n_left = whole ? t->reach : i - from, n_right = whole ? t->reach : to - i;
    for (int k = 0; k < n_left; k++) v->inputs[k] = left[k];
    float **rest = v->inputs + (i - from);
    for (int k = 0; k < n_right; k++) rest[k] = right[k];
    v->words = v->m = to - from;
    return from;
}

/* The same where the context words are no inputs. */
static inline int no_context(worker *w, int i) {
    w->window.words = w->window.m = 0;
    return i;
}

/* The rows of the documents that a sentence belongs to are inputs, too. */
static inline void list_documents(const training *t, worker *w, int64_t sentence) {
    window *v = &w->window;
    v->m = add_documents(&t->documents, t->stride, sentence, v->inputs, v->words);
}

/* Where the k-th context word of position i is, whose context begins at `from`. */
static inline int context_position(int i, int from, int k) {
    return from + k < i ? from + k : from + k + 1;
}

static inline int32_t context_word(const worker *w, int i, int from, int k) {
    return w->kept[context_position(i, from, k)];
}

/* How many rows the bag of each context word has (open_bags.h), and all of them. */
static inline float weigh_inputs(const training *t, worker *w, int i, int from) {
    window *v = &w->window;
    float all = 0;
    for (int k = 0; k < v->m; k++) {
        v->weights[k] = (float)t->subwords.sizes[context_word(w, i, from, k)];
        all += v->weights[k];
    }
    return all;
}

/* A row whose lock is 0 is never written, whatever other workers do: so the rows that have a lock other
 * than 1 are not trained, but copies of them.  copies: room for the row before and after. */
static inline void lock_row(const training *t, int32_t word, float **row, float *copies) {
    if (t->locks[word] == 1.0f) return;
    memcpy(copies, *row, (size_t)t->stride * sizeof *copies);
    *row = memcpy(copies + t->stride, copies, (size_t)t->stride * sizeof *copies);
}

/* Change the row by what its copy learned, times the lock. */
static inline void unlock_row(const training *t, int32_t word, float *row, const float *copies) {
    const float lock = t->locks[word], *after = copies + t->stride;
    if (lock == 0.0f || lock == 1.0f) return;
    for (int c = 0; c < t->floats; c++) row[c] += lock * (after[c] - copies[c]);
}

static inline void lock_inputs(const training *t, worker *w, int i, int from) {
    window *v = &w->window;
    for (int k = 0; k < v->words; k++)
        lock_row(t, context_word(w, i, from, k), &v->inputs[k], v->locked + 2 * k * t->stride);
}

static inline void unlock_inputs(const training *t, worker *w, int i, int from) {
    const window *v = &w->window;
    for (int k = 0; k < v->words; k++) {
        const int position = context_position(i, from, k);
        unlock_row(t, w->kept[position], w->rows[t->reach + position], v->locked + 2 * k * t->stride);
    }
}

#endif
