/* training.h - the Hogwild loop of word2vec: walk the corpus, list input and output rows, update.
 *
 * Negative sampling and hierarchical softmax differ in which output rows they list, skip-gram and
 * CBOW in which input rows; the kernel is the same (kernels.h).  As in word2vec.c the context words
 * are the inputs and the centre word is what they predict, so a whole window shares one output list.
 *
 * Chunks of CHUNK tokens are taken from a shared counter.  Random numbers are seeded by (seed, epoch,
 * chunk) and the learning rate follows from the position in the corpus, so neither depends on which
 * worker takes a chunk, or on how many there are.
 */
#ifndef FASTVEC_TRAINING_H
#define FASTVEC_TRAINING_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alias.h"
#include "control.h"
#include "kernels.h"
#include "rng.h"

enum {
    CHUNK = 10000,     /* tokens a worker takes at a time; longer sentences are split there */
    AHEAD = 2,         /* windows between drawing negatives (and fetching their rows) and using them */
    RING = AHEAD + 1,
    MAX_AHEAD = MAX_OUTPUTS + 1,
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
    const alias_column *noise;
    const int64_t *path_offsets; /* (n_words + 1,) into the next two; see huffman.h */
    const int32_t *path_rows;
    const float *path_signs;
    /* the method */
    int skip_gram, window, shrink_windows, negative, shared_negatives, cbow_mean, cbow_corrected;
    float alpha_start, alpha_end; /* at the first and after the last token of this epoch */
    uint64_t seed;                /* of this epoch */
} training;

/* What one worker keeps for itself. */
typedef struct {
    loss sum;
    double loss;         /* - log(probability of the right answer), summed */
    int64_t predictions; /* over this many */
    uint64_t random;
    int32_t *kept;       /* (CHUNK,) the sentence after subsampling */
    int32_t *negatives;  /* (RING, negative) */
    float **inputs;      /* (2 * window,) */
    float **outputs;     /* (1 + negative,) */
    float *signs;        /* (1 + negative,) padded: +1, -1, -1, ... */
    float *hidden;       /* (2, stride): CBOW's row and its copy */
} worker;

static inline void worker_free(worker *w) {
    free(w->kept);
    free(w->negatives);
    free(w->inputs);
    free(w->outputs);
    free(w->signs);
    free(w->hidden);
    memset(w, 0, sizeof *w);
}

/* -1 when out of memory. */
static inline int worker_init(worker *w, const training *t) {
    memset(w, 0, sizeof *w);
    for (int i = 0; i < 16; i++) w->sum.mantissa[i] = 1.0f;
    const size_t outputs = (size_t)t->negative + 1 + ROW_FLOATS;
    w->kept = malloc(CHUNK * sizeof *w->kept);
    w->negatives = malloc((size_t)RING * (size_t)(t->negative + 1) * sizeof *w->negatives);
    w->inputs = malloc((size_t)(2 * t->window + 1) * sizeof *w->inputs);
    w->outputs = malloc(outputs * sizeof *w->outputs);
    w->signs = malloc(outputs * sizeof *w->signs);
    w->hidden = aligned_alloc(64, 2 * (size_t)t->stride * sizeof *w->hidden);
    if (!w->kept || !w->negatives || !w->inputs || !w->outputs || !w->signs || !w->hidden) {
        worker_free(w);
        return -1;
    }
    for (size_t i = 0; i < outputs; i++) w->signs[i] = i ? -1.0f : 1.0f;
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

static inline float *row_of(float *matrix, int64_t row, int64_t stride) {
    return matrix + row * stride;
}

/* The kernel on lists of any length, in groups that it takes. */
static inline void update_all(const training *t, worker *w, float **inputs, int m, float **outputs,
                              const float *signs, int n, float alpha, float **ahead, int n_ahead) {
    for (int o = 0; o < n; o += MAX_OUTPUTS) {
        const int some_n = n - o < MAX_OUTPUTS ? n - o : MAX_OUTPUTS;
        for (int i = 0; i < m; i += MAX_INPUTS) {
            const int some_m = m - i < MAX_INPUTS ? m - i : MAX_INPUTS;
            t->kernel->update(inputs + i, some_m, outputs + o, signs + o, some_n, t->floats, alpha,
                              &w->sum, ahead, n_ahead);
            n_ahead = 0;
        }
    }
    w->predictions += (int64_t)m * n;
}

static inline void draw_negatives(const training *t, worker *w, int32_t *negatives) {
    for (int i = 0; i < t->negative; i++)
        negatives[i] = (int32_t)alias_draw(t->noise, (uint32_t)t->n_words, &w->random);
}

static inline int among(const int32_t *list, int n, int32_t x) {
    int found = 0;
    for (int i = 0; i < n; i++) found |= list[i] == x;
    return found;
}

/* Negative sampling of m inputs against the centre word.  As in word2vec.c a draw that equals the
 * centre is left out.  A word drawn twice is a second, later update: rows in one call must differ. */
static inline void sample_negatives(const training *t, worker *w, float **inputs, int m,
                                    int32_t centre, const int32_t *negatives, float alpha,
                                    float **ahead, int n_ahead) {
    int n = 1, repeated = 0;
    w->outputs[0] = row_of(t->outputs, centre, t->stride);
    for (int i = 0; i < t->negative; i++) {
        const int32_t word = negatives[i];
        if (word == centre) continue;
        if (among(negatives, i, word))
            repeated++;
        else
            w->outputs[n++] = row_of(t->outputs, word, t->stride);
    }
    update_all(t, w, inputs, m, w->outputs, w->signs, n, alpha, ahead, n_ahead);
    for (int i = 1; repeated > 0 && i < t->negative; i++) {
        if (negatives[i] == centre || !among(negatives, i, negatives[i])) continue;
        float *row = row_of(t->outputs, negatives[i], t->stride);
        update_all(t, w, inputs, m, &row, w->signs + 1, 1, alpha, NULL, 0);
        repeated--;
    }
}

/* Hierarchical softmax of m inputs against the centre word: the inner nodes on its path. */
static inline void descend_tree(const training *t, worker *w, float **inputs, int m, int32_t centre,
                                float alpha) {
    const int64_t start = t->path_offsets[centre], end = t->path_offsets[centre + 1];
    for (int64_t from = start; from < end; from += MAX_OUTPUTS) {
        const int n = (int)(end - from < MAX_OUTPUTS ? end - from : MAX_OUTPUTS);
        float *rows[MAX_OUTPUTS];
        for (int i = 0; i < n; i++) rows[i] = row_of(t->nodes, t->path_rows[from + i], t->stride);
        update_all(t, w, inputs, m, rows, t->path_signs + from, n, alpha, NULL, 0);
    }
}

/* One prediction of the centre word from m input rows, by whichever methods are on. */
static inline void predict(const training *t, worker *w, float **inputs, int m, int32_t centre,
                           const int32_t *negatives, float alpha, float **ahead, int n_ahead) {
    if (t->nodes) descend_tree(t, w, inputs, m, centre, alpha);
    if (t->outputs) sample_negatives(t, w, inputs, m, centre, negatives, alpha, ahead, n_ahead);
}

/* The textbook order of word2vec.c: each context word by itself, with negatives of its own. */
static inline void predict_pairs(const training *t, worker *w, int m, int32_t centre,
                                 int32_t *negatives, float alpha) {
    for (int i = 0; i < m; i++) {
        if (i > 0 && t->outputs) draw_negatives(t, w, negatives);
        predict(t, w, w->inputs + i, 1, centre, negatives, alpha, NULL, 0);
    }
}

/* CBOW: the context's mean (or sum) predicts; what changes in it goes back to every context row, in
 * full (word2vec.c), or divided among them when corrected (Irsoy et al. 2021: the true gradient of
 * the mean; that of the sum is the whole change). */
static inline void predict_from_bag(const training *t, worker *w, int m, int32_t centre,
                                    const int32_t *negatives, float alpha, float **ahead,
                                    int n_ahead) {
    float *hidden = w->hidden, *copy = w->hidden + t->stride;
    const float share = 1.0f / (float)m;
    t->kernel->gather(w->inputs, m, t->cbow_mean ? share : 1.0f, hidden, copy, t->floats);
    predict(t, w, &hidden, 1, centre, negatives, alpha, ahead, n_ahead);
    t->kernel->scatter(w->inputs, m, t->cbow_corrected && t->cbow_mean ? share : 1.0f, hidden, copy, t->floats);
}

/* Rows that the window at position i will need: of its centre word, its negatives, and the input row
 * that comes into reach. */
static inline int list_ahead(const training *t, const worker *w, const int32_t *kept, int n, int i,
                             const int32_t *negatives, float **ahead) {
    int count = 0;
    const int next = i + t->window;
    if (next < n) ahead[count++] = row_of(t->vectors, kept[next], t->stride);
    if (i >= n || !t->outputs) return count;
    ahead[count++] = row_of(t->outputs, kept[i], t->stride);
    for (int k = 0; k < t->negative && count < MAX_AHEAD; k++)
        ahead[count++] = row_of(t->outputs, negatives[k], t->stride);
    (void)w;
    return count;
}

static inline void train_sentence(const training *t, worker *w, int n, float alpha) {
    const int32_t *kept = w->kept;
    float *ahead[MAX_AHEAD];
    const int drawn = t->negative + 1; /* never 0 */
    if (t->outputs)
        for (int i = 0; i < AHEAD; i++) draw_negatives(t, w, w->negatives + i * drawn);
    for (int i = 0; i < n; i++) {
        int32_t *negatives = w->negatives + i % RING * drawn;
        int32_t *later = w->negatives + (i + AHEAD) % RING * drawn;
        if (t->outputs) draw_negatives(t, w, later);
        const int n_ahead = list_ahead(t, w, kept, n, i + AHEAD, later, ahead);
        int reach = t->window;
        if (t->shrink_windows)
            reach = 1 + (int)rng_below((uint32_t)rng_next(&w->random), (uint32_t)t->window);
        const int from = i > reach ? i - reach : 0;
        const int to = i + reach < n ? i + reach : n - 1;
        int m = 0;
        for (int j = from; j < i; j++) w->inputs[m++] = row_of(t->vectors, kept[j], t->stride);
        for (int j = i + 1; j <= to; j++) w->inputs[m++] = row_of(t->vectors, kept[j], t->stride);
        if (m == 0) continue;
        if (!t->skip_gram)
            predict_from_bag(t, w, m, kept[i], negatives, alpha, ahead, n_ahead);
        else if (t->shared_negatives)
            predict(t, w, w->inputs, m, kept[i], negatives, alpha, ahead, n_ahead);
        else
            predict_pairs(t, w, m, kept[i], negatives, alpha);
    }
}

/* Subsample tokens[from .. to) and train on what is left; returns its length. */
static inline int train_piece(const training *t, worker *w, int64_t from, int64_t to) {
    int n = 0;
    for (int64_t i = from; i < to; i++) {
        const int32_t word = t->tokens[i];
        w->kept[n] = word;
        n += (uint32_t)rng_next(&w->random) <= t->keep[word];
    }
    const double done = (double)from / (double)t->n_tokens;
    train_sentence(t, w, n, t->alpha_start + (float)done * (t->alpha_end - t->alpha_start));
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

/* A chunk owns the sentences that start in it, or pieces of CHUNK tokens of longer ones. */
static inline void train_chunk(const training *t, worker *w, const control *c, int64_t chunk,
                               int64_t *counters) {
    const int64_t first = chunk * CHUNK, last = first + CHUNK;
    int64_t s = sentence_of(t, first);
    int64_t at = t->offsets[s] + (first - t->offsets[s] + CHUNK - 1) / CHUNK * CHUNK;
    w->random = t->seed ^ ((uint64_t)chunk * 0xD1B54A32D192ED03u);
    while (s < t->n_sentences && !control_stopped(c)) {
        const int64_t end = t->offsets[s + 1];
        if (at >= end) {
            at = t->offsets[++s];
            continue;
        }
        if (at >= last) break;
        const int64_t to = at + CHUNK < end ? at + CHUNK : end;
        const int kept = train_piece(t, w, at, to);
        counters[WORDS_DONE] += to - at;
        counters[WORDS_KEPT] += kept;
        at = to;
    }
    loss_take(w, t->kernel->width);
}

/* One worker's part of one epoch. */
static inline void train_epoch(const training *t, worker *w, control *c, int64_t *counters) {
    const int64_t chunks = (t->n_tokens + CHUNK - 1) / CHUNK;
    while (!control_stopped(c)) {
        const int64_t chunk = control_take(c, 1);
        if (chunk >= chunks) break;
        train_chunk(t, w, c, chunk, counters);
    }
}

#endif
