/* hot_rows.h - a worker's own copies of the hottest rows of a shared matrix.
 *
 * Words are Zipf distributed: a few frequent rows get most of the updates.  Where several workers
 * change them in place, their cache lines travel from core to core all the time.  So each worker changes
 * a local copy, and now and then adds its delta to the shared row and loads what the others added.
 * (One worker may do without copies: its changes are in the shared rows at once.)
 *
 * Rows are merged in tiers of falling frequency (nodes of a tree: about), each as large as all before it
 * and merged half as often: between two merges every row sees about the same number of updates, and every
 * tier costs the same.
 *
 * Workers that all move a row towards its optimum would together move it too far: with many of them
 * it would swing ever wider.  If one worker's updates leave e^-x of a row's distance to its optimum, those
 * of W workers one after the other leave e^-Wx, so the sum of their deltas has to be scaled by
 * (1 - e^-Wx) / (W (1 - e^-x)): by 1 for rows that moved little, by 1 / W for rows that arrived.
 *
 * x is an estimate, which is far too low for a small vocabulary: where all words lie in a few directions, a
 * row arrives between two merges.  So of a delta d of a row that moved far not more is added than what the
 * others have left to do: if they have moved the row by o meanwhile, the share 1 - o.d / |d|^2.
 */
#ifndef FASTVEC_HOT_ROWS_H
#define FASTVEC_HOT_ROWS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/cache_lines.h"
#include "kernels/kernels.h"
#include "word2vec/batches.h"

enum {
    TIER_ROWS = 64, /* in the hottest tier */
    TIERS = 8,
    HOT_ROWS = TIER_ROWS << (TIERS - 1),

    /* Batches between two merges of the hottest tier, divided by the number of workers (found by
     * experiment, docs/performance.md): of a model with words only, four times as many if deltas are summed
     * unscaled, and of a model that has a tree. */
    WORD_BATCHES_PER_MERGE = 32,
    NODE_BATCHES_PER_MERGE = 16,
    MAX_HOT_NODES = 512,      /* copies that a model with a tree has at most */
    MIN_MERGES_PER_EPOCH = 12, /* of every row that has a copy */
};

/* x after one update with a learning rate of 1, found by experiment (docs/performance.md). */
#define WORD_DECAY 0.03f
#define NODE_DECAY 0.3f

/* W x of rows whose deltas are summed as they are. */
#define LITTLE 0.1f

/* Of the squared length of a row: it moved far between two merges (by an eleventh of its length or more). */
#define FAR (1.0f / 128.0f)

/* What the rows of a matrix stand for, which decides how their copies are merged. */
typedef enum { WORD_ROWS, NODE_ROWS } row_kind;

/* How many rows have copies and how often these are merged, in one run. */
typedef struct {
    int workers;
    int sum_deltas;   /* deltas of words are summed unscaled */
    int64_t interval; /* batches between two merges of the hottest tier */
    int64_t rows;     /* that have copies */
} merge_plan;

/* Two workers' deltas of words are summed unscaled: a row that goes twice as far as to its optimum does
 * not swing wider, and that learns best.  Those of nodes are not. */
static inline int plan_sums_deltas(int workers, int has_tree) { return workers == 2 && !has_tree; }

/* The fewer batches between two merges the more workers there are to keep up with. */
static inline int64_t plan_interval(int workers, int has_tree) {
    const int factor = plan_sums_deltas(workers, has_tree) ? 4 : 1;
    const int batches = has_tree ? NODE_BATCHES_PER_MERGE : factor * WORD_BATCHES_PER_MERGE;
    const int interval = batches / workers;
    return interval > 1 ? interval : 1;
}

/* The fewer rows the more often they are merged, so that a copy is used more than it is merged; and only
 * tiers that are merged a few times in an epoch, or workers would learn on their own for too long. */
static inline int64_t plan_rows(int workers, int64_t n_tokens, int has_tree) {
    const int64_t share = 2 * HOT_ROWS / workers, tokens = n_tokens / workers;
    const int64_t most = has_tree && share > MAX_HOT_NODES ? MAX_HOT_NODES : share;
    int64_t rows = 0, words = plan_interval(workers, has_tree) * BATCH;
    for (int tier = 0; tier < TIERS && words * MIN_MERGES_PER_EPOCH <= tokens; tier++, words *= 2)
        if (tier == 0 || TIER_ROWS << tier <= most) rows = TIER_ROWS << tier;
    return workers > 1 ? rows : 0;
}

static inline merge_plan plan_merges(int workers, int64_t n_tokens, int has_tree) {
    return (merge_plan){workers, plan_sums_deltas(workers, has_tree),
                        plan_interval(workers, has_tree), plan_rows(workers, n_tokens, has_tree)};
}

typedef struct {
    const kernels *kernel;
    float *shared; /* the matrix: rows of `stride` floats */
    float *local;  /* (rows, stride): copies of the first rows, which are the hottest */
    float *base;   /* the same: what the copies were when they last equalled the shared rows */
    int64_t stride, rows;
    int floats;         /* of each row that are used */
    const float *steps; /* (rows,): expected updates of each row for every word trained on */
    float decay;        /* x of one update */
    float *scales;      /* (rows,): what a row's delta is multiplied with in a merge that is on time */
    /* of a virtual worker (shared_rows.h): */
    const int32_t *places; /* of all rows, where its copies are, or -1; NULL for a real worker */
    float *copies;
} hot_rows;

/* The copies of worker `index`.  Where deltas are summed, the first worker has none: it may as well
 * change the shared rows in place, which halves what is merged and what fills the caches.
 * -1 when out of memory. */
static inline int hot_rows_init(hot_rows *h, const kernels *kernel, const weights *of, int64_t stride,
                                int floats, row_kind kind, const merge_plan *plan, int index) {
    const int64_t most = index == 0 && plan->sum_deltas ? 0 : plan->rows;
    const float decay = kind == NODE_ROWS ? NODE_DECAY : plan->workers > 2 ? WORD_DECAY : 0.0f;
    *h = (hot_rows){.kernel = kernel, .shared = of->rows, .stride = stride, .floats = floats,
                    .rows = most < of->count ? most : of->count, .steps = of->steps, .decay = decay};
    if (h->rows == 0) return 0;
    const size_t rows = (size_t)h->rows;
    const size_t bytes = (rows * (size_t)stride * sizeof *h->local + 4095) / 4096 * 4096;
    h->local = aligned_new(4096, bytes);
    h->base = aligned_new(4096, bytes);
    h->scales = cache_line_alloc(rows * sizeof *h->scales);
    return h->local && h->base && h->scales ? 0 : -1;
}

static inline void hot_rows_free(hot_rows *h) {
    aligned_free(h->local);
    aligned_free(h->base);
    aligned_free(h->scales);
}

/* Where a worker finds a row. */
static inline float *hot_rows_at(const hot_rows *h, int64_t row) {
    if (h->places && h->places[row] >= 0) return h->copies + h->places[row] * h->stride;
    return (row < h->rows ? h->local : h->shared) + row * h->stride;
}

/* What the sum of several workers' deltas is multiplied with. */
static inline float delta_scale(float decay, int workers) {
    const float many = (float)workers;
    if (many * decay < LITTLE) return 1.0f;
    return expm1f(-many * decay) / (many * expm1f(-decay));
}

/* The same of one row, after so many words. */
static inline float hot_rows_scale(const hot_rows *h, int64_t row, int64_t words, float alpha,
                                   int workers) {
    return delta_scale(h->decay * alpha * h->steps[row] * (float)words, workers);
}

/* Begin an epoch with a learning rate of `alpha`. */
static inline void hot_rows_start_epoch(hot_rows *h, const merge_plan *plan, float alpha) {
    const size_t bytes = (size_t)(h->rows * h->stride) * sizeof *h->local;
    int64_t words = plan->interval * BATCH;
    if (bytes == 0) return;
    memcpy(h->local, h->shared, bytes);
    memcpy(h->base, h->local, bytes);
    for (int64_t row = 0, end = TIER_ROWS; row < h->rows; row++) {
        if (row == end) end *= 2, words *= 2;
        h->scales[row] = hot_rows_scale(h, row, words, alpha, plan->workers);
    }
}

/* Merge the copies from .. to. */
static inline void hot_rows_merge(hot_rows *h, int64_t from, int64_t to) {
    if (to > h->rows) to = h->rows;
    if (from >= to) return;
    const int64_t at = from * h->stride;
    h->kernel->merge(h->shared + at, h->local + at, h->base + at, h->stride, h->floats,
                     h->scales + from, FAR, to - from);
}

/* Merge early, at the end of an epoch, after so many words. */
static inline void hot_rows_merge_early(hot_rows *h, int64_t from, int64_t to, int64_t words,
                                        float alpha, int workers) {
    for (int64_t row = from; row < to && row < h->rows; row++)
        h->scales[row] = hot_rows_scale(h, row, words, alpha, workers);
    hot_rows_merge(h, from, to);
}

#endif
