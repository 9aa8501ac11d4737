/* training.h - the Hogwild loop of word2vec: walk the corpus, list input and output rows, update.
 *
 * Negative sampling and hierarchical softmax differ in which output rows they list, skip-gram and
 * CBOW in which input rows; the kernels are the same (kernels.h).  As in word2vec.c the context words
 * are the inputs and the centre word is what they predict, so a window shares one output list.
 *
 * Chunks of CHUNK tokens are taken from a shared counter.  Random numbers are seeded by (seed, epoch,
 * chunk) and the learning rate follows from the position in the corpus, so neither depends on which
 * worker takes a chunk, or on how many there are.
 *
 * Negatives are drawn for BATCH windows at a time, side by side, and the rows of each window are listed
 * AHEAD windows before they are used, so that they are fetched meanwhile.  Rows that all workers need
 * all the time have copies (replica.h).
 */
#ifndef FASTVEC_TRAINING_H
#define FASTVEC_TRAINING_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "control.h"
#include "kernels.h"
#include "noise.h"
#include "replica.h"
#include "rng.h"

enum {
    CHUNK = 10000,     /* tokens a worker takes at a time; longer sentences are split there */
    ROOM = 2 * CHUNK,  /* tokens in a chunk at most: its last sentence may begin at its end */
    AHEAD = 2,         /* windows between listing rows and using them */
    RING = AHEAD + 2,  /* a power of 2 */
    RARE_NODES = 4,    /* at the bottom of a path: they are fetched like the rows that are listed, */
    PATH_AHEAD = 4,    /* the path itself so many windows before it is listed, */
    OFFSET_AHEAD = 8,  /* and where it begins before that */
    BATCH = 64,        /* windows whose negatives are drawn together */
    DRAWN = BATCH + AHEAD,
    MOST_FETCHED = 64,
    WHOLE_WINDOW = 32, /* words on either side: the widest of which all is copied */
    BATCHES_A_MERGE = 32,  /* of the hottest rows, over the number of workers (times 4 if all is taken) */
    TREE_BATCHES_A_MERGE = 16, /* the same with a tree, */
    TREE_ROWS = 512,       /* and how many rows have copies then: both for quality (docs/method.md) */
    MERGES_AN_EPOCH = 12,  /* at least, of every row that has copies */
    WORDS_DONE = 0,    /* the counters of control.h */
    WORDS_KEPT = 1,
};

typedef struct {
    const kernels *kernel;
    /* the corpus: token ids, sentence s is tokens[offsets[s] .. offsets[s + 1]) */
    const int32_t *tokens;
    const int64_t *offsets;
    int64_t n_tokens, n_sentences;
    /* the model: rows of `stride` floats, of which the first `floats` are used */
    float *vectors; /* (n_words, stride): input rows */
    float *outputs; /* (n_words, stride): negative sampling, or NULL */
    float *nodes;   /* (n_words - 1, stride): hierarchical softmax, or NULL */
    int64_t stride;
    int floats;
    int32_t n_words;
    const uint32_t *keep; /* (n_words,): a token stays if 32 random bits are at most this */
    const float *locks; /* (n_words,): what part of its steps an input row takes, or NULL: all of them */
    noise noise; /* negative sampling */
    const int64_t *path_offsets; /* (n_words + 1,) into the next two; see huffman.h */
    const int32_t *path_rows;
    const float *path_signs;
    int longest_path;
    /* the method */
    int skip_gram, window, shrink_windows, negative, shared_negatives, cbow_mean, cbow_corrected;
    float alpha_start, alpha_end; /* at the first and after the last token of this epoch */
    uint64_t seed;                /* of this epoch */
    int workers;
    /* if there are several: expected steps of rows for every word trained on (replica.h) */
    const float *vector_steps, *output_steps, *node_steps;
} training;

/* The rows of one window. */
typedef struct {
    float **inputs;   /* (3 * window,): its context words, m of them */
    int m;
    float **path;     /* (longest_path,): the nodes on the centre word's Huffman path */
    float **sampled;  /* the output rows of the centre word and its negatives, listed AHEAD */
    int clash;        /* some of them are the same */
    float **distinct; /* (negative + 1,): then a list of those that are not */
    upcoming soon;    /* rows of a later window: the next update fetches them on the way */
    bag bag;          /* CBOW's input: the same words */
    float *locked;    /* (context words, 2, stride): locked rows, each before and after its steps; or NULL */
} window;

/* What one worker keeps for itself. */
typedef struct {
    int index;           /* 0 .. workers - 1 */
    loss sum;
    double loss;         /* - log(probability of the right answer), summed */
    int64_t predictions; /* over this many */
    uint64_t random;
    noise_part noise;    /* where this chunk's negatives come from */
    int32_t *kept;       /* (ROOM + DRAWN,) the chunk after subsampling */
    int32_t *ends;       /* (ROOM,) where each of its sentences ends */
    float **rows;        /* (window + ROOM + window,) the input rows of kept */
    int32_t *negatives;  /* (negative, DRAWN): window by window in each row */
    uint8_t clash[DRAWN]; /* a negative of this window equals another one or the centre */
    float **listed;      /* (RING, list_size): an input row, the centre's, the negatives', rare nodes' */
    replica vectors, outputs, nodes;
    int64_t batches;     /* trained on */
    choice fetching;     /* by columns or by whole rows */
    int whole_rows;
    float *signs;        /* (1 + negative + ROW_FLOATS,) +1, -1, -1, ... */
    window window;
    float g[GRADIENT_FLOATS] __attribute__((aligned(128)));
} __attribute__((aligned(128))) worker;

static inline void worker_free(worker *w) {
    replica_free(&w->vectors);
    replica_free(&w->outputs);
    replica_free(&w->nodes);
    free(w->kept);
    free(w->ends);
    free(w->rows);
    free(w->negatives);
    free(w->listed);
    free(w->signs);
    free(w->window.inputs);
    free(w->window.path);
    free(w->window.distinct);
    free(w->window.bag.hidden);
    free(w->window.locked);
    memset(w, 0, sizeof *w);
}

/* Rows that are listed for a window: an input row, the outputs, rare nodes. */
static inline int list_size(const training *t) {
    return 1 + (t->outputs ? t->negative + 1 : 0) + (t->nodes ? RARE_NODES : 0);
}

/* Zeros on cache lines of their own (two: processors fetch them in pairs): small lists of two workers
 * side by side on one line would be written by both all the time. */
static inline void *own_lines(size_t bytes) {
    bytes = (bytes + 127) / 128 * 128;
    void *p = aligned_alloc(128, bytes);
    if (p) memset(p, 0, bytes);
    return p;
}

static inline int window_init(window *v, const training *t) {
    const size_t reach = (size_t)t->window, outputs = (size_t)(t->negative + 1);
    v->inputs = own_lines(3 * reach * sizeof *v->inputs);
    v->path = own_lines((size_t)(t->longest_path + 1) * sizeof *v->path);
    v->distinct = own_lines(outputs * sizeof *v->distinct);
    v->bag.hidden = own_lines((size_t)t->stride * sizeof *v->bag.hidden);
    const size_t most = 2 * reach < CHUNK ? 2 * reach : CHUNK; /* context words of a piece */
    if (t->locks) v->locked = own_lines(2 * most * (size_t)t->stride * sizeof *v->locked);
    if (!v->inputs || !v->path || !v->distinct || !v->bag.hidden || (t->locks && !v->locked)) return -1;
    return 0;
}

/* Two workers' changes of words are taken as a whole: going twice as far as to its goal a row does not
 * swing wider, and that learns best.  Nodes' are not. */
static inline int takes_all(const training *t) { return t->workers == 2 && !t->nodes; }

/* Batches between two merges of the hottest tier: the fewer the more workers are to be kept up with. */
static inline int64_t merge_turn(const training *t) {
    const int batches = t->nodes ? TREE_BATCHES_A_MERGE : (takes_all(t) ? 4 : 1) * BATCHES_A_MERGE;
    const int turn = batches / t->workers;
    return turn > 1 ? turn : 1;
}

/* How many rows have copies, if there are other workers: the fewer the more often they are merged, so
 * that there is more to do with a copy than to merge it; and only tiers that are merged a few times in an
 * epoch, or workers would learn for themselves for too long. */
static inline int64_t copied_rows(const training *t) {
    const int64_t some = 2 * HOT_ROWS / t->workers, each = t->n_tokens / t->workers;
    const int64_t most = t->nodes && some > TREE_ROWS ? TREE_ROWS : some;
    int64_t rows = 0, words = merge_turn(t) * BATCH;
    for (int tier = 0; tier < TIERS && words * MERGES_AN_EPOCH <= each; tier++, words *= 2)
        if (tier == 0 || TIER_ROWS << tier <= most) rows = TIER_ROWS << tier;
    return t->workers > 1 ? rows : 0;
}

/* Copies of the hottest rows, if there are other workers.  Where all changes are taken, the first worker
 * may as well make its own in place: half as much is merged, and half as many copies fill the caches. */
static inline int replicas_init(worker *w, const training *t) {
    const float word_decay = t->workers > 2 ? WORD_DECAY : 0.0f;
    const int64_t words = t->n_words, nodes = words - 1;
    const int64_t most = w->index == 0 && takes_all(t) ? 0 : copied_rows(t);
    const int64_t hot_words = most < words ? most : words, hot_nodes = most < nodes ? most : nodes;
    int bad = replica_init(&w->vectors, t->kernel, t->vectors, t->stride, t->floats, hot_words,
                           t->vector_steps, word_decay);
    if (t->outputs)
        bad |= replica_init(&w->outputs, t->kernel, t->outputs, t->stride, t->floats, hot_words,
                            t->output_steps, word_decay);
    if (t->nodes)
        bad |= replica_init(&w->nodes, t->kernel, t->nodes, t->stride, t->floats, hot_nodes,
                            t->node_steps, NODE_DECAY);
    return bad;
}

static inline void replicas_load(const training *t, worker *w) {
    const int64_t words = merge_turn(t) * BATCH;
    replica_load(&w->vectors, words, t->alpha_start, t->workers);
    replica_load(&w->outputs, words, t->alpha_start, t->workers);
    replica_load(&w->nodes, words, t->alpha_start, t->workers);
}

/* Merge the tiers whose turn it is; or `all`.  Workers take turns: of two that add to a row at the
 * same time one is lost. */
static inline void replicas_turn(const training *t, worker *w, int all) {
    replica *const each[] = {&w->vectors, &w->outputs, &w->nodes};
    int64_t from = 0, to = TIER_ROWS;
    for (int tier = 0; tier < TIERS; tier++, from = to, to *= 2) {
        const int64_t turn = merge_turn(t) << tier;
        const int64_t since = (w->batches + turn * w->index / t->workers) % turn;
        for (int i = 0; i < 3; i++)
            if (since == 0)
                replica_merge(each[i], from, to);
            else if (all)
                replica_merge_early(each[i], from, to, since * BATCH, t->alpha_start, t->workers);
    }
}

/* w: all zeros.  -1 when out of memory. */
static inline int worker_init(worker *w, const training *t, int index) {
    w->index = index;
    for (int i = 0; i < 16; i++) w->sum.mantissa[i] = 1.0f;
    const size_t negative = (size_t)t->negative, signs = 1 + negative + ROW_FLOATS;
    w->kept = own_lines((ROOM + DRAWN) * sizeof *w->kept);
    w->ends = own_lines(ROOM * sizeof *w->ends);
    w->rows = own_lines((ROOM + 2 * (size_t)t->window) * sizeof *w->rows);
    w->negatives = own_lines((negative + 1) * DRAWN * sizeof *w->negatives);
    w->listed = own_lines(RING * (size_t)list_size(t) * sizeof *w->listed);
    w->signs = own_lines(signs * sizeof *w->signs);
    if (!w->kept || !w->ends || !w->rows || !w->negatives || !w->listed || !w->signs ||
        window_init(&w->window, t) < 0 || replicas_init(w, t) < 0) {
        worker_free(w);
        return -1;
    }
    for (size_t i = 0; i < signs; i++) w->signs[i] = i ? -1.0f : 1.0f;
    return 0;
}

/* Move what the kernels have multiplied up into the double-precision sum. */
static inline void loss_take(worker *w, int width) {
    double bits = 0;
    for (int lane = 0; lane < width; lane++) {
        bits += log2((double)w->sum.mantissa[lane]) +
                (double)((int64_t)w->sum.exponent[lane] - 127 * w->sum.steps);
        w->sum.mantissa[lane] = 1.0f;
        w->sum.exponent[lane] = 0;
    }
    w->sum.steps = 0;
    w->loss -= bits * 0.6931471805599453;
}

/* CBOW's kernel on a list of outputs of any length. */
static inline void update_bag(const training *t, worker *w, float *const *outputs,
                              const float *signs, int n, float alpha) {
    window *v = &w->window;
    for (int o = 0; o < n; o += MAX_OUTPUTS) {
        const int some = n - o < MAX_OUTPUTS ? n - o : MAX_OUTPUTS;
        t->kernel->bag(&v->bag, outputs + o, signs + o, some, t->floats, alpha, &w->sum, &v->soon);
        v->soon.n = 0;
    }
    w->predictions += n;
}

/* The kernel on lists of any length, in groups that it takes, even ones of about equal size. */
static inline void update(const training *t, worker *w, float *const *inputs, int m,
                          float *const *outputs, const float *signs, int n, float alpha) {
    if (!t->skip_gram) {
        update_bag(t, w, outputs, signs, n, alpha);
        return;
    }
    const int groups = (m + MAX_INPUTS - 1) / MAX_INPUTS;
    const int most = groups == 1 ? m : ((m + groups - 1) / groups + 1) / 2 * 2;
    for (int o = 0; o < n; o += MAX_OUTPUTS) {
        const int some_n = n - o < MAX_OUTPUTS ? n - o : MAX_OUTPUTS;
        for (int i = 0; i < m; i += most) {
            const int some_m = m - i < most ? m - i : most;
            t->kernel->gradient(inputs + i, some_m, outputs + o, signs + o, some_n, t->floats, alpha,
                                &w->sum, w->g);
            t->kernel->apply(inputs + i, some_m, outputs + o, some_n, w->g, t->floats,
                             &w->window.soon);
            w->window.soon.n = 0;
        }
    }
    w->predictions += (int64_t)m * n;
}

/* --- output lists */

/* At most DRAWN of them; the table is mostly not in the nearest caches. */
static inline void draw_negatives(worker *w, int32_t *negatives, int n) {
    const noise_part from = w->noise;
    uint64_t random = w->random, bits[DRAWN];
    for (int i = 0; i < n; i++) {
        bits[i] = rng_next(&random);
        noise_fetch(from, bits[i]);
    }
    w->random = random;
    for (int i = 0; i < n; i++) negatives[i] = noise_pick(from, bits[i]);
}

/* Draw the negatives of windows from .. DRAWN of a batch whose first centre word is *centres, and
 * find those that clash. */
static inline void draw_batch(const training *t, worker *w, const int32_t *centres, int from) {
    uint8_t *clash = w->clash;
    memset(clash + from, 0, (size_t)(DRAWN - from));
    for (int k = 0; k < t->negative; k++) {
        int32_t *drawn = w->negatives + k * DRAWN;
        draw_negatives(w, drawn + from, DRAWN - from);
        for (int i = from; i < DRAWN; i++) clash[i] |= drawn[i] == centres[i];
        for (int32_t *other = w->negatives; other < drawn; other += DRAWN)
            for (int i = from; i < DRAWN; i++) clash[i] |= drawn[i] == other[i];
    }
}

/* The next batch: the last AHEAD windows of the one before stay. */
static inline void next_batch(const training *t, worker *w, int i) {
    for (int k = 0; k < t->negative && i > 0; k++)
        memcpy(w->negatives + k * DRAWN, w->negatives + k * DRAWN + BATCH,
               AHEAD * sizeof *w->negatives);
    memcpy(w->clash, w->clash + BATCH, AHEAD);
    draw_batch(t, w, w->kept + i, i > 0 ? AHEAD : 0);
}

/* The centre word, label 1, and its negatives, label 0. */
static inline void sample_negatives(const training *t, worker *w, float *const *inputs, int m,
                                    float alpha) {
    float **outputs = w->window.sampled;
    const int all = t->negative + 1;
    if (!w->window.clash) {
        update(t, w, inputs, m, outputs, w->signs, all, alpha);
        return;
    }
    /* As in word2vec.c a draw that equals the centre is left out.  A word drawn twice becomes a
     * second, later update: the rows of one must differ. */
    float **distinct = w->window.distinct;
    int n = 0, again = all;
    for (int i = 0; i < all; i++) {
        int seen = 0;
        for (int j = 0; j < i; j++) seen |= outputs[j] == outputs[i];
        if (!seen)
            distinct[n++] = outputs[i];
        else if (outputs[i] != outputs[0])
            distinct[--again] = outputs[i];
    }
    update(t, w, inputs, m, distinct, w->signs, n, alpha);
    for (; again < all; again++) update(t, w, inputs, m, distinct + again, w->signs + 1, 1, alpha);
}

/* The inner nodes on the centre word's Huffman path. */
static inline void descend_tree(const training *t, worker *w, float *const *inputs, int m,
                                int32_t centre, float alpha) {
    const int64_t start = t->path_offsets[centre];
    const int n = (int)(t->path_offsets[centre + 1] - start);
    const int32_t *rows = t->path_rows + start;
    const replica nodes = w->nodes; /* its own copy: a pointer that is stored might have changed w's */
    float **path = w->window.path;
    for (int i = 0; i < n; i++) path[i] = replica_row(&nodes, rows[i]);
    update(t, w, inputs, m, path, t->path_signs + start, n, alpha);
}

/* One prediction of the centre word from m input rows, by whichever methods are on. */
static inline void predict(const training *t, worker *w, float *const *inputs, int m,
                           int32_t centre, float alpha) {
    if (t->nodes) descend_tree(t, w, inputs, m, centre, alpha);
    if (t->outputs) sample_negatives(t, w, inputs, m, alpha);
}

/* --- input lists */

/* CBOW: the context's mean (or sum) predicts; what changes in it goes back to every context row, in
 * full (word2vec.c), or divided among them when corrected (Irsoy et al. 2021: the true gradient of
 * the mean; that of the sum is the whole change). */
static inline void predict_from_bag(const training *t, worker *w, int32_t centre,
                                    float alpha) {
    window *v = &w->window;
    const float scale = t->cbow_mean ? 1.0f / (float)v->m : 1.0f;
    v->bag.rows = v->inputs;
    v->bag.m = v->m;
    v->bag.scale = scale;
    v->bag.share = t->cbow_corrected ? scale : 1.0f;
    predict(t, w, v->inputs, v->m, centre, alpha);
}

/* The textbook order of word2vec.c: each context word by itself, with negatives of its own. */
static inline void predict_pairs(const training *t, worker *w, int32_t centre, float alpha) {
    for (int i = 0; i < w->window.m; i++) {
        if (i > 0 && t->outputs) {
            for (int k = 1; k <= t->negative; k++) {
                int32_t negative;
                draw_negatives(w, &negative, 1);
                w->window.sampled[k] = replica_row(&w->outputs, negative);
            }
            w->window.clash = 1; /* perhaps */
        }
        predict(t, w, w->window.inputs + i, 1, centre, alpha);
    }
}

/* The context of position i in the sentence [start, end): at most `reach` words on either side;
 * returns the first one's position.  Always copies whole windows, so that no loop's length has to be
 * predicted, unless they are so wide that they may be mostly empty. */
static inline int list_inputs(const training *t, worker *w, int i, int start, int end,
                               int reach) {
    window *v = &w->window;
    const int from = i - reach > start ? i - reach : start;
    const int to = i + reach < end - 1 ? i + reach : end - 1;
    float *const *left = w->rows + t->window + from, *const *right = w->rows + t->window + i + 1;
    const int narrow = t->window <= WHOLE_WINDOW;
    const int n_left = narrow ? t->window : i - from, n_right = narrow ? t->window : to - i;
    for (int k = 0; k < n_left; k++) v->inputs[k] = left[k];
    float **rest = v->inputs + (i - from);
    for (int k = 0; k < n_right; k++) rest[k] = right[k];
    v->m = to - from;
    return from;
}

/* The locked row of the k-th context word as it was; behind it, the copy that was trained. */
static inline float *locked_row(const training *t, const window *v, int k) {
    return v->locked + 2 * k * t->stride;
}

/* The word of the k-th of m context words of position i. */
static inline int32_t context_word(const worker *w, int i, int from, int k) {
    return w->kept[from + k < i ? from + k : from + k + 1];
}

/* Train copies of the rows that do not take all of their steps: a row that takes none is never written,
 * whatever other workers do. */
static inline void lock_inputs(const training *t, worker *w, int i, int from) {
    window *v = &w->window;
    for (int k = 0; k < v->m; k++) {
        if (t->locks[context_word(w, i, from, k)] == 1.0f) continue;
        float *before = locked_row(t, v, k), *after = before + t->stride;
        memcpy(before, v->inputs[k], (size_t)t->stride * sizeof *before);
        memcpy(after, before, (size_t)t->stride * sizeof *after);
        v->inputs[k] = after;
    }
}

/* Give the rows their part of what the copies learned. */
static inline void unlock_inputs(const training *t, worker *w, int i, int from) {
    const window *v = &w->window;
    for (int k = 0; k < v->m; k++) {
        const int32_t word = context_word(w, i, from, k);
        const float part = t->locks[word];
        if (part == 0.0f || part == 1.0f) continue;
        const float *before = locked_row(t, v, k), *after = before + t->stride;
        float *row = replica_row(&w->vectors, word);
        for (int c = 0; c < t->floats; c++) row[c] += part * (after[c] - before[c]);
    }
}

/* The tables of Huffman paths are larger than the nodes that are often needed. */
static inline void fetch_path(const training *t, int32_t word) {
    const int64_t start = t->path_offsets[word];
    const int line = 64 / (int)sizeof *t->path_rows;
    __builtin_prefetch(t->path_rows + start);
    __builtin_prefetch(t->path_signs + start);
    __builtin_prefetch(t->path_rows + start + line - 1);
    __builtin_prefetch(t->path_signs + start + line - 1);
}

/* The nodes that the window at position i needs and that are least likely to be in the cache: the
 * first, for paths lead from the word up to the root.  Of a short path some of the next word's. */
static inline void list_rare_nodes(const training *t, const worker *w, int i, float **list) {
    __builtin_prefetch(t->path_offsets + w->kept[i + OFFSET_AHEAD]);
    fetch_path(t, w->kept[i + PATH_AHEAD]);
    const int32_t *path = t->path_rows + t->path_offsets[w->kept[i]];
    const replica nodes = w->nodes;
    for (int k = 0; k < RARE_NODES; k++) list[k] = replica_row(&nodes, path[k]);
}

static inline float **list_of(const training *t, const worker *w, int i) {
    return w->listed + (i % RING) * list_size(t);
}

/* List the rows that the window at position i, `place` in the batch, will need: the input row that
 * comes into reach, the centre's output row and its negatives'.  Positions past the end list what was
 * drawn for nothing. */
static inline void list_rows(const training *t, worker *w, int n, int i, int place) {
    float **list = list_of(t, w, i);
    const int next = i + t->window;
    list[0] = w->rows[t->window + (next < n ? next : n - 1)];
    if (t->nodes) list_rare_nodes(t, w, i, list + list_size(t) - RARE_NODES);
    if (!t->outputs) return;
    const replica outputs = w->outputs;
    const int32_t *negatives = w->negatives + place;
    const int n_negatives = t->negative;
    list[1] = replica_row(&outputs, w->kept[i]);
    for (int k = 0; k < n_negatives; k++) list[2 + k] = replica_row(&outputs, negatives[k * DRAWN]);
}

/* --- the walk */

/* Train on kept[0 .. n), the learning rate rising by `slope` (below 0) with each word. */
static inline void train_kept(const training *t, worker *w, const control *c, int n, float alpha,
                              float slope) {
    const int listed = list_size(t), n_fetch = listed < MOST_FETCHED ? listed : MOST_FETCHED;
    int start = 0;
    const int32_t *end = w->ends;
    for (int i = 0; i < n; i++) {
        const int place = i % BATCH;
        if (place == 0) {
            if (control_stopped(c)) break;
            if (t->outputs) next_batch(t, w, i);
            w->batches++;
            if (t->workers > 1) replicas_turn(t, w, 0);
        }
        for (int a = i > 0 ? AHEAD : 0; a <= AHEAD; a++) list_rows(t, w, n, i + a, place + a);
        while (i == *end) start = *end++;
        int reach = t->window;
        if (t->shrink_windows)
            reach = 1 + (int)rng_below((uint32_t)rng_next(&w->random), (uint32_t)t->window);
        const int from = list_inputs(t, w, i, start, *end, reach);
        if (w->window.m == 0) continue;
        if (t->locks) lock_inputs(t, w, i, from);
        w->window.sampled = list_of(t, w, i) + 1;
        w->window.clash = w->clash[place];
        w->window.soon = (upcoming){list_of(t, w, i + AHEAD), n_fetch, w->whole_rows};
        const float rate = alpha + slope * (float)i;
        const int32_t centre = w->kept[i];
        if (!t->skip_gram)
            predict_from_bag(t, w, centre, rate);
        else if (t->shared_negatives)
            predict(t, w, w->window.inputs, w->window.m, centre, rate);
        else
            predict_pairs(t, w, centre, rate);
        if (t->locks) unlock_inputs(t, w, i, from);
    }
}

/* Subsample tokens[from .. to) into kept[n ..]; returns the new n.  The ids were looked at before, but
 * the array is the caller's, who may have changed it since. */
static inline int subsample(const training *t, worker *w, int64_t from, int64_t to, int n) {
    uint64_t random = w->random;
    const replica vectors = w->vectors;
    float **rows = w->rows + t->window;
    for (int64_t i = from; i < to; i++) {
        const int32_t word = __atomic_load_n(&t->tokens[i], __ATOMIC_RELAXED);
        if ((uint32_t)word >= (uint32_t)t->n_words) continue;
        w->kept[n] = word;
        rows[n] = replica_row(&vectors, word);
        n += (uint32_t)rng_next(&random) <= t->keep[word];
    }
    w->random = random;
    return n;
}

/* The sentence that token i stands in: the last one that starts at or before it. */
static inline int64_t sentence_of(const training *t, int64_t i) {
    int64_t low = 0, high = t->n_sentences;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (t->offsets[middle] <= i)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A chunk owns the sentences that start in it, or pieces of CHUNK tokens of longer ones.  It ends where
 * the offsets have been changed into others that do not rise. */
static inline void train_chunk(const training *t, worker *w, const control *c, int64_t chunk,
                               int64_t *counters) {
    const int64_t first = chunk * CHUNK, last = first + CHUNK;
    int64_t s = sentence_of(t, first);
    int64_t at = t->offsets[s] + (first - t->offsets[s] + CHUNK - 1) / CHUNK * CHUNK;
    int64_t done = 0;
    int n = 0, sentences = 0;
    w->random = t->seed ^ ((uint64_t)chunk * 0xD1B54A32D192ED03u);
    if (t->outputs) w->noise = noise_turn(&t->noise, chunk, t->seed);
    while (s < t->n_sentences) {
        const int64_t end = __atomic_load_n(&t->offsets[s + 1], __ATOMIC_RELAXED);
        if (at >= end) {
            at = end;
            s++;
            continue;
        }
        const int64_t to = at + CHUNK < end ? at + CHUNK : end;
        if (at < first || at >= last || to > t->n_tokens || n + (to - at) > ROOM) break;
        const int before = n;
        n = subsample(t, w, at, to, n);
        if (n > before) w->ends[sentences++] = n;
        done += to - at;
        at = to;
    }
    const double fall = ((double)t->alpha_end - (double)t->alpha_start) / (double)t->n_tokens;
    const float alpha = (float)(t->alpha_start + fall * (double)first);
    if (n > 0) train_kept(t, w, c, n, alpha, (float)(fall * (double)done / n));
    loss_take(w, t->kernel->width);
    counters[WORDS_DONE] += done;
    counters[WORDS_KEPT] += n;
}

/* The same, beside other workers: rows are fetched in the way that is found to be quicker. */
static inline void train_timed(const training *t, worker *w, const control *c, int64_t chunk,
                               int64_t *counters) {
    const int64_t before = counters[WORDS_KEPT];
    const double start = choice_clock();
    w->whole_rows = choice_take(&w->fetching);
    train_chunk(t, w, c, chunk, counters);
    const int64_t words = counters[WORDS_KEPT] - before;
    if (words > 0)
        choice_learn(&w->fetching, w->whole_rows, (choice_clock() - start) / (double)words);
}

/* One worker's part of one epoch. */
static inline void train_epoch(const training *t, worker *w, control *c, int64_t *counters) {
    const int64_t chunks = (t->n_tokens + CHUNK - 1) / CHUNK;
    replicas_load(t, w);
    while (!control_stopped(c)) {
        const int64_t chunk = control_take(c, 1);
        if (chunk >= chunks) break;
        if (t->workers > 1)
            train_timed(t, w, c, chunk, counters);
        else
            train_chunk(t, w, c, chunk, counters);
    }
    if (t->workers > 1) replicas_turn(t, w, 1);
}

#endif
