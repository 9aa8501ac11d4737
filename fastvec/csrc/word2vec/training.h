/* training.h - what one word2vec run trains on, what it changes, and what each worker keeps.
 *
 * Negative sampling and hierarchical softmax differ in which output rows they list, skip-gram and
 * CBOW in which input rows; the kernels are the same (kernels/kernels.h).  As in word2vec.c the context
 * words are the inputs and the centre word is what they predict, so a window shares one list of targets.
 */
#ifndef FASTVEC_TRAINING_H
#define FASTVEC_TRAINING_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache_lines.h"
#include "kernels/kernels.h"
#include "word2vec/batch_outputs.h"
#include "word2vec/batches.h"
#include "word2vec/document_streams.h"
#include "word2vec/documents.h"
#include "word2vec/hot_rows.h"
#include "word2vec/output_layers.h"
#include "word2vec/prefetch_tuner.h"
#include "word2vec/subwords.h"
#include "word2vec/update.h"

enum {
    MAX_PREFETCHED = 64, /* rows of a window that are prefetched */
    WORDS_DONE = 0,      /* the columns of control.h's counters */
    WORDS_KEPT = 1,
};

typedef struct {
    const kernels *kernel;
    /* the corpus: token ids, sentence s is tokens[offsets[s] .. offsets[s + 1]) */
    const int32_t *tokens;
    const int64_t *offsets;
    int64_t n_tokens, n_sentences;
    const uint8_t *held; /* (n_sentences,): 1 for those that are held out of training, or NULL */
    int part;            /* walk through the sentences with this number in `held` */
    const uint32_t *keep; /* (n_words,): a token is kept if 32 random bits are at most this */
    /* the model: rows of `stride` floats, of which the first `floats` are used */
    int64_t stride;
    int floats;
    int32_t n_words;
    weights vectors;    /* input rows, one for each word */
    const float *locks; /* (n_words,): what an input row's updates are multiplied with, or NULL */
    subwords subwords;
    documents documents;
#define LAYER(layer, _) layer layer;
    OUTPUT_LAYERS(LAYER) /* those with weights are in use */
#undef LAYER
    batch_outputs batch; /* if it has weights, it is the only one */
    /* the method */
    int skip_gram, shrink_windows, shared_negatives, cbow_mean, cbow_corrected;
    int window; /* what the size of a window is drawn from: at most 2**31 - 1 */
    int reach;  /* the window, or MAX_CHUNK if that is less: no chunk is longer */
    float alpha_start, alpha_end; /* at the first and after the last token of this epoch */
    uint64_t seed;                /* of this epoch */
    int workers;
} training;

/* The inputs of one window. */
typedef struct {
    float **inputs; /* (3 * reach + most documents,): the rows of its context words, then of documents */
    float *weights; /* (2 * reach,): with subwords, how many rows each of them is the mean of, or NULL */
    int words, m;   /* how many context words these are, and all */
    float *locked; /* (context words, 2, stride): rows that are locked, each before and after its updates;
                    * or NULL */
} window;

/* What one worker keeps for itself. */
typedef struct {
    int index;        /* 0 .. workers - 1 */
    updater updater;
    uint64_t random;
    int32_t *kept;    /* (MAX_CHUNK + LISTED,) the chunk after subsampling */
    int32_t *ends;    /* (MAX_CHUNK,) where each of its sentences ends */
    int64_t *sentences; /* (MAX_CHUNK,) which of the corpus these are */
    float **rows;     /* (reach + MAX_CHUNK + reach,) the input rows of kept */
    float **listed;   /* (RING, list_room): of each window an input row and what the layers list; then the
                       * input's n-grams */
    int n_listed[RING]; /* of them, to be prefetched */
    window window;
    hot_rows vectors;
    open_bags bags;
#define LAYER(layer, _) layer##_worker layer;
    OUTPUT_LAYERS(LAYER)
#undef LAYER
    batch_worker batch;
    document_streams streams;
    merge_plan plan;
    int64_t batches;  /* trained on */
    prefetch_tuner tuner; /* by columns or by whole rows? */
    int whole_rows;
} __attribute__((aligned(128))) worker;

/* Rows that are listed for a window. */
static inline int list_size(const training *t) {
    int size = 1;
#define SIZE(layer, _) size += t->layer.weights.rows ? layer##_listed(&t->layer) : 0;
    OUTPUT_LAYERS(SIZE)
#undef SIZE
    return size;
}

static inline int has_bags(const training *t) { return t->subwords.weights.rows != NULL; }

/* The room for what is listed for a window. */
static inline int list_room(const training *t) {
    return list_size(t) + (has_bags(t) ? MAX_PREFETCHED : 0);
}

static inline int has_tree(const training *t) {
#define TREE(layer, kind) || (kind == NODE_ROWS && t->layer.weights.rows)
    return 0 OUTPUT_LAYERS(TREE);
#undef TREE
}

/* Whether documents predict the words, in streams (document_streams.h). */
static inline int has_streams(const training *t) {
    return t->documents.alone && t->shared_negatives && !has_tree(t) && t->kernel->pairs;
}

static inline void worker_free(worker *w) {
    hot_rows_free(&w->vectors);
#define FREE(layer, _)              \
    hot_rows_free(&w->layer.rows);  \
    layer##_free(&w->layer);
    OUTPUT_LAYERS(FREE)
#undef FREE
    batch_free(&w->batch);
    streams_free(&w->streams);
    aligned_free(w->kept);
    aligned_free(w->ends);
    aligned_free(w->sentences);
    aligned_free(w->rows);
    aligned_free(w->listed);
    aligned_free(w->window.inputs);
    aligned_free(w->window.weights);
    open_bags_free(&w->bags);
    aligned_free(w->window.locked);
    aligned_free(w->updater.input.sum);
    memset(w, 0, sizeof *w);
}

/* Context words that a window has within a chunk. */
static inline int most_context_words(const training *t) { return 2 * t->reach < CHUNK ? 2 * t->reach : CHUNK; }

static inline int window_init(window *v, const training *t) {
    const size_t reach = (size_t)t->reach, most = (size_t)most_context_words(t);
    v->inputs = cache_line_alloc((3 * reach + (size_t)t->documents.most) * sizeof *v->inputs);
    if (t->locks) v->locked = cache_line_alloc(2 * most * (size_t)t->stride * sizeof *v->locked);
    if (has_bags(t)) v->weights = cache_line_alloc(2 * reach * sizeof *v->weights);
    return v->inputs && (v->locked || !t->locks) && (v->weights || !has_bags(t)) ? 0 : -1;
}

static inline int lists_init(worker *w, const training *t) {
    w->kept = cache_line_alloc((MAX_CHUNK + LISTED) * sizeof *w->kept);
    w->ends = cache_line_alloc(MAX_CHUNK * sizeof *w->ends);
    w->sentences = cache_line_alloc(MAX_CHUNK * sizeof *w->sentences);
    w->rows = cache_line_alloc((MAX_CHUNK + 2 * (size_t)t->reach) * sizeof *w->rows);
    w->listed = cache_line_alloc(RING * (size_t)list_room(t) * sizeof *w->listed);
    w->updater.input.sum = cache_line_alloc((size_t)t->stride * sizeof(float));
    return w->kept && w->ends && w->sentences && w->rows && w->listed && w->updater.input.sum ? 0 : -1;
}

/* Room for the bags that may be open, and copies of the hottest n-grams. */
static inline int bags_init(worker *w, const training *t) {
    const int words = t->n_words < MAX_CHUNK ? t->n_words : MAX_CHUNK;
    if (!has_bags(t)) return 0;
    return open_bags_init(&w->bags, &t->subwords, t->n_words, t->stride, words) |
           hot_rows_init(&w->bags.ngrams, t->kernel, &t->subwords.weights, t->stride, t->floats,
                         WORD_ROWS, &w->plan, w->index);
}

/* Copies of the hottest rows, if there are other workers, and the layers' own lists. */
static inline int layers_init(worker *w, const training *t) {
    int bad = hot_rows_init(&w->vectors, t->kernel, &t->vectors, t->stride, t->floats, WORD_ROWS,
                            &w->plan, w->index);
#define INIT(layer, kind)                                                                       \
    if (t->layer.weights.rows) {                                                                \
        bad |= hot_rows_init(&w->layer.rows, t->kernel, &t->layer.weights, t->stride, t->floats, \
                             kind, &w->plan, w->index);                                         \
        bad |= layer##_init(&w->layer, &t->layer);                                              \
    }
    OUTPUT_LAYERS(INIT)
#undef INIT
    if (t->batch.weights.rows)
        bad |= batch_init(&w->batch, &t->batch, t->stride, t->floats, most_context_words(t));
    if (has_streams(t)) bad |= streams_init(&w->streams, t->negative_sampling.negative);
    return bad;
}

/* w: all zeros.  -1 when out of memory. */
static inline int worker_init(worker *w, const training *t, int index) {
    w->index = index;
    w->plan = plan_merges(t->workers, t->n_tokens, has_tree(t));
    updater_init(&w->updater, t->kernel, t->floats,
                 !t->skip_gram || (t->documents.alone && !has_streams(t)));
    if (lists_init(w, t) < 0 || window_init(&w->window, t) < 0 || layers_init(w, t) < 0 ||
        bags_init(w, t) < 0) {
        worker_free(w);
        return -1;
    }
    return 0;
}

#endif
