/* ranker.h - Collobert and Weston's network: what one run trains on, what it changes, and one step.
 *
 * A window's score is f = top . HardTanh(bias + input . weights), where the input is the vectors of its words
 * side by side.  Each window is compared with the same window around a wrong word; their loss is
 * max(0, 1 - f(right) + f(wrong)).  All but the word in the middle is the same in both, so it is put through
 * the first layer once.
 *
 * Sources: Collobert & Weston (2008); Collobert et al. (2011, sections 3.4.3 and 4.2).
 */
#ifndef FASTVEC_RANKER_H
#define FASTVEC_RANKER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache_lines.h"
#include "base/control.h"
#include "base/rng.h"
#include "base/windows.h"
#include "ranker/kernels.h"
#include "word2vec/alias.h"

enum {
    RANKER_CHUNK = 10000, /* tokens that a worker takes at a time */
    RANKER_BATCH = 64,    /* windows that are listed at a time */
    MERGE_BATCHES = 4,    /* after which workers put together what they learned */
};

/* The rows of a network: those of its input, then its bias and its top.  The input has the vectors of the
 * context words, without gaps, and then that of the word in the middle. */
typedef struct {
    ranker_layer context, centre;
    float *bias, *top;
} network;

typedef struct {
    const ranker_kernels *kernels;
    windows windows;
    float *vectors; /* (words + 2, stride): the last two are those of rare words, and beyond the sentence */
    int stride, vector_size;
    float *shared; /* (rows, hidden_stride) the network */
    int hidden_size, hidden_stride, floats, context_rows, centre_rows;
    const alias_column *noise; /* (windows.n_words,): wrong words are drawn by it; or NULL */
    int workers;
    int frozen; /* change nothing */
    float alpha_start, alpha_end; /* at the first and after the last token of this epoch */
    uint64_t seed;                /* of this epoch */
} ranker;

typedef struct {
    network network; /* of several workers each has a copy of its own */
    float *local, *base; /* this copy, and what it was when it was last put together with the others */
    float *input, *gradient; /* (context rows) */
    float *right_gradient, *wrong_gradient; /* (centre rows) */
    ranker_hidden hidden;
    int32_t *ids, *noise; /* (RANKER_BATCH, window), (RANKER_BATCH) */
    float *block;         /* all the scratch above is in one piece */
    uint64_t random;
    int64_t batches, windows, wrong; /* windows of this epoch, and those that were ranked wrongly */
    double loss;
} __attribute__((aligned(128))) ranker_worker;

static inline int64_t network_rows(const ranker *r) { return r->context_rows + r->centre_rows + 2; }

static inline int64_t network_floats(const ranker *r) { return network_rows(r) * r->hidden_stride; }

static inline network network_at(const ranker *r, float *rows) {
    network n = {.context = {rows, r->context_rows, r->hidden_stride, r->floats}};
    rows += (int64_t)r->context_rows * r->hidden_stride;
    n.centre = (ranker_layer){rows, r->centre_rows, r->hidden_stride, r->floats};
    n.bias = rows + (int64_t)r->centre_rows * r->hidden_stride;
    n.top = n.bias + r->hidden_stride;
    return n;
}

static inline void ranker_worker_free(ranker_worker *w) {
    aligned_free(w->local);
    aligned_free(w->base);
    aligned_free(w->block);
    aligned_free(w->ids);
    aligned_free(w->noise);
    memset(w, 0, sizeof *w);
}

/* w: all zeros.  -1 when out of memory. */
static inline int ranker_worker_init(ranker_worker *w, const ranker *r) {
    const size_t hidden = (size_t)r->hidden_stride, window = (size_t)window_size(&r->windows);
    const size_t context = (size_t)r->context_rows, centre = (size_t)r->centre_rows;
    const size_t whole = (size_t)network_floats(r) * sizeof(float);
    const int copied = r->workers > 1 && !r->frozen;
    if (copied) {
        w->local = cache_line_alloc(whole);
        w->base = cache_line_alloc(whole);
    }
    w->block = cache_line_alloc((2 * context + 2 * centre + 5 * hidden) * sizeof(float));
    w->ids = cache_line_alloc(RANKER_BATCH * window * sizeof *w->ids);
    w->noise = cache_line_alloc(RANKER_BATCH * sizeof *w->noise);
    if ((copied && (!w->local || !w->base)) || !w->block || !w->ids || !w->noise) {
        ranker_worker_free(w);
        return -1;
    }
    float *next = w->block;
#define TAKE(field, n) w->field = next, next += n
    TAKE(input, context), TAKE(gradient, context), TAKE(right_gradient, centre);
    TAKE(wrong_gradient, centre), TAKE(hidden.right, hidden), TAKE(hidden.wrong, hidden);
    TAKE(hidden.right_slopes, hidden), TAKE(hidden.wrong_slopes, hidden), TAKE(hidden.slopes, hidden);
#undef TAKE
    return 0;
}

/* --- several workers */

/* The weights change at every step, so workers that wrote to the same ones would wait for each other's
 * cache lines all the time.  Each trains a copy, and adds what it learned now and then. */
static inline void merge_network(const ranker *r, ranker_worker *w) {
    const int64_t n = network_floats(r);
    for (int64_t i = 0; i < n; i++) {
        r->shared[i] += w->local[i] - w->base[i];
        w->local[i] = w->base[i] = r->shared[i];
    }
}

static inline void take_network(const ranker *r, ranker_worker *w) {
    w->network = network_at(r, w->local ? w->local : r->shared);
    if (!w->local) return;
    const size_t bytes = (size_t)network_floats(r) * sizeof(float);
    memcpy(w->local, r->shared, bytes);
    memcpy(w->base, r->shared, bytes);
}

/* --- one window */

static inline float *vector_of(const ranker *r, int32_t id) { return r->vectors + (int64_t)id * r->stride; }

/* The vectors of the context words, side by side. */
static inline void gather(const ranker *r, ranker_worker *w, const int32_t *ids) {
    float *to = w->input;
    for (int i = 0; i < window_size(&r->windows); i++) {
        if (i == r->windows.before) continue;
        memcpy(to, vector_of(r, ids[i]), (size_t)r->vector_size * sizeof *to);
        to += r->vector_size;
    }
}

static inline void move_vector(float *restrict vector, const float *restrict gradient, float alpha, int n) {
    for (int k = 0; k < n; k++) vector[k] += alpha * gradient[k];
}

/* The opposite of gather: move the vectors. */
static inline void scatter(const ranker *r, const ranker_worker *w, const int32_t *ids, float alpha) {
    const float *from = w->gradient;
    for (int i = 0; i < window_size(&r->windows); i++) {
        if (i == r->windows.before) continue;
        move_vector(vector_of(r, ids[i]), from, alpha, r->vector_size);
        from += r->vector_size;
    }
}

/* The loss of a window, with `noise` as the wrong word; the hidden units are computed on the way. */
static inline float compare(const ranker *r, ranker_worker *w, const int32_t *ids, int32_t noise) {
    const size_t bytes = (size_t)r->hidden_stride * sizeof(float);
    const network *n = &w->network;
    const ranker_hidden *h = &w->hidden;
    gather(r, w, ids);
    memcpy(h->right, n->bias, bytes);
    r->kernels->add(&n->context, w->input, h->right);
    memcpy(h->wrong, h->right, bytes);
    r->kernels->add(&n->centre, vector_of(r, ids[r->windows.before]), h->right);
    r->kernels->add(&n->centre, vector_of(r, noise), h->wrong);
    const float right = r->kernels->score(h->right, n->top, r->floats);
    const float wrong = r->kernels->score(h->wrong, n->top, r->floats);
    w->wrong += !(right > wrong);
    return 1 - right + wrong;
}

/* Move everything against the gradient of the loss, which is above 0.  The rate of a layer is alpha divided
 * by how many numbers each of its outputs is computed from. */
static inline void descend(const ranker *r, ranker_worker *w, const int32_t *ids, int32_t noise,
                           float alpha) {
    network *n = &w->network;
    const ranker_hidden *h = &w->hidden;
    const float rate = alpha / (float)(window_size(&r->windows) * r->vector_size);
    float *right = vector_of(r, ids[r->windows.before]), *wrong = vector_of(r, noise);
    const ranker_path context = {w->input, h->slopes, w->gradient};
    const ranker_path centre[] = {{right, h->right_slopes, w->right_gradient},
                                  {wrong, h->wrong_slopes, w->wrong_gradient}};
    r->kernels->slopes(h, n->top, n->bias, r->floats, alpha / (float)r->hidden_size, rate);
    r->kernels->descend(&n->context, &context, 1, rate);
    r->kernels->descend(&n->centre, centre, 2, rate);
    scatter(r, w, ids, alpha);
    move_vector(right, w->right_gradient, alpha, r->vector_size);
    move_vector(wrong, w->wrong_gradient, alpha, r->vector_size);
}

#endif
