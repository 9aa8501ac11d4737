/* hierarchical_softmax.h - the output layer that finds the centre word in a binary tree.
 *
 * One row for each inner node.  The targets of a window are the inner nodes on the centre word's path,
 * from the word up to the root, with the signs of its code.  (output_layers.h
 * says what the functions are for; huffman.h makes the tree.)
 */
#ifndef FASTVEC_HIERARCHICAL_SOFTMAX_H
#define FASTVEC_HIERARCHICAL_SOFTMAX_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache_lines.h"
#include "word2vec/batches.h"
#include "word2vec/hot_rows.h"
#include "word2vec/update.h"

enum {
    LISTED_NODES = 4, /* nodes at the bottom of a path, which are the rarest, are listed ahead, */
    PATH_AHEAD = 4,   /* the path itself is prefetched so many windows before the one being listed, */
    OFFSET_AHEAD = 8, /* and where it begins before that */
};

typedef struct {
    weights weights;        /* a row for each inner node */
    const int64_t *offsets; /* (n_words + 1,) where each word's path begins in the next two, */
    const int32_t *nodes;   /* which are ROW_FLOATS entries longer than the paths */
    const float *signs;
    int longest; /* path */
} hierarchical_softmax;

typedef struct {
    hot_rows rows;
    float **path; /* (longest,): the rows of the nodes on the centre word's path */
} hierarchical_softmax_worker;

static inline int hierarchical_softmax_init(hierarchical_softmax_worker *w,
                                            const hierarchical_softmax *layer) {
    w->path = cache_line_alloc((size_t)(layer->longest + 1) * sizeof *w->path);
    return w->path ? 0 : -1;
}

static inline void hierarchical_softmax_free(hierarchical_softmax_worker *w) { aligned_free(w->path); }

static inline int hierarchical_softmax_listed(const hierarchical_softmax *layer) {
    (void)layer;
    return LISTED_NODES;
}

static inline void hierarchical_softmax_start_chunk(const hierarchical_softmax *layer,
                                                    hierarchical_softmax_worker *w, int64_t chunk,
                                                    uint64_t seed) {
    (void)layer, (void)w, (void)chunk, (void)seed;
}

static inline void hierarchical_softmax_start_batch(const hierarchical_softmax *layer,
                                                    hierarchical_softmax_worker *w,
                                                    const int32_t *kept, int i, int listed,
                                                    uint64_t *random) {
    (void)layer, (void)w, (void)kept, (void)i, (void)listed, (void)random;
}

/* The tables of paths are larger than the nodes that are often needed. */
static inline void prefetch_path(const hierarchical_softmax *layer, int32_t word) {
    const int64_t start = layer->offsets[word];
    const int line = 64 / (int)sizeof *layer->nodes;
    __builtin_prefetch(layer->nodes + start);
    __builtin_prefetch(layer->signs + start);
    __builtin_prefetch(layer->nodes + start + line - 1);
    __builtin_prefetch(layer->signs + start + line - 1);
}

/* The nodes that are least likely to be in the cache: the first, for paths lead from the word up to the
 * root.  Of a path that is shorter some nodes of the next word's path are listed. */
static inline void hierarchical_softmax_list(const hierarchical_softmax *layer,
                                             const hierarchical_softmax_worker *w,
                                             const int32_t *kept, int i, int slot, float **list) {
    (void)slot;
    __builtin_prefetch(layer->offsets + kept[i + OFFSET_AHEAD]);
    prefetch_path(layer, kept[i + PATH_AHEAD]);
    const int32_t *path = layer->nodes + layer->offsets[kept[i]];
    const hot_rows rows = w->rows;
    for (int k = 0; k < LISTED_NODES; k++) list[k] = hot_rows_at(&rows, path[k]);
}

static inline int hierarchical_softmax_most(const hierarchical_softmax *layer) { return layer->longest; }

static inline int hierarchical_softmax_rows(const hierarchical_softmax *layer,
                                            const hierarchical_softmax_worker *w, int32_t word,
                                            int slot, int32_t *rows) {
    const int64_t start = layer->offsets[word];
    const int n = (int)(layer->offsets[word + 1] - start);
    (void)w, (void)slot;
    memcpy(rows, layer->nodes + start, (size_t)n * sizeof *rows);
    return n;
}

static inline void hierarchical_softmax_start_window(hierarchical_softmax_worker *w, int slot,
                                                     float **list) {
    (void)w, (void)slot, (void)list;
}

static inline void hierarchical_softmax_next_input(const hierarchical_softmax *layer,
                                                   hierarchical_softmax_worker *w, uint64_t *random) {
    (void)layer, (void)w, (void)random;
}

static inline void hierarchical_softmax_predict(const hierarchical_softmax *layer,
                                                hierarchical_softmax_worker *w, updater *u,
                                                float *const *inputs, int m, int32_t centre,
                                                float alpha) {
    const int64_t start = layer->offsets[centre];
    const int n = (int)(layer->offsets[centre + 1] - start);
    const int32_t *nodes = layer->nodes + start;
    const hot_rows rows = w->rows; /* a local copy: a pointer that is stored might have changed w's */
    float **path = w->path;
    for (int i = 0; i < n; i++) path[i] = hot_rows_at(&rows, nodes[i]);
    update(u, inputs, m, path, layer->signs + start, n, alpha);
}

#endif
