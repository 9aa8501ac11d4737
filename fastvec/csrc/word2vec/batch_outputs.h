/* batch_outputs.h - objectives that compare many windows at once with the same outputs, by products of matrices.
 *
 * The full softmax compares a window with all words, sampled softmax and NCE with noise words that all windows
 * of a batch share.  One row for each word.  A batch has up to BATCH_WINDOWS windows, each with one input row,
 * h, and target words; nothing is changed before the whole batch is computed.  With the score
 * s(w) = h . outputs[w] + correction[w] of each output w:
 *
 *     softmax            P(w) = e^s(w) / Z;  Z is the sum of e^s over all words
 *     sampled softmax    the same with Z over the target and the noise words, all of them different
 *     NCE                a target is told from noise words by 1 / (1 + e^-s), each of which counts 1 / BATCH_WINDOWS
 *
 * docs/method.md derives the steps.  Outputs are taken in slices that stay in a near cache.
 */
#ifndef FASTVEC_BATCH_OUTPUTS_H
#define FASTVEC_BATCH_OUTPUTS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/blas.h"
#include "base/cache_lines.h"
#include "base/rng.h"
#include "softmax/kernels.h"
#include "word2vec/batches.h"
#include "word2vec/noise.h"

enum {
    BATCH_WINDOWS = 64,
    BATCH_TARGETS = 128, /* a batch with so many targets is full: with more of them steps would be too long, */
    BATCH_WORDS = 4096,  /* and so is one with so many inputs */
    OUTPUT_SLICE = MAX_LOGISTICS, /* outputs in a slice */
};

typedef enum { FULL_SOFTMAX, SAMPLED_SOFTMAX, NOISE_CONTRASTIVE } batch_objective;

typedef struct {
    weights weights; /* a row for each word */
    batch_objective objective;
    const float *corrections; /* (n_words + SOFTMAX_FLOATS,): of each word, then NO_SCORE */
    int32_t n_words;
    noise noise;              /* of one shard; not for the full softmax */
    int64_t most; /* outputs that windows are compared with: all words, or the noise words of a batch */
    int frozen; /* only the loss is computed */
    sgemm_function sgemm;
    const softmax_kernels *kernel;
} batch_outputs;

/* The words of each window: those of window i are words[starts[i] .. starts[i + 1]). */
typedef struct {
    int32_t *words;
    int starts[BATCH_WINDOWS + 1];
} word_lists;

typedef struct {
    int64_t stride, n; /* outputs of this batch */
    int floats;
    int windows;               /* in the batch so far */
    word_lists inputs, targets;
    float rates[BATCH_WINDOWS]; /* the learning rate of each window */
    float *hidden, *changes;   /* (BATCH_WINDOWS, stride): each window's input row, and its step */
    float *scores;             /* (slices, BATCH_WINDOWS, OUTPUT_SLICE) */
    float *largest;            /* (slices, BATCH_WINDOWS): the largest score of each row of them */
    float log_sums[BATCH_WINDOWS]; /* the logarithm of Z without the target's own part */
    float shares[BATCH_WINDOWS];   /* what the probabilities of the outputs are multiplied with */
    float *target_steps;       /* how far each target's row moves along its window's input */
    /* of noise words: */
    int32_t *drawn;            /* (most,) */
    uint32_t batch, *drawn_in; /* the number of the batch; (n_words,): in which each word was drawn last */
    float *corrections;        /* (most + SOFTMAX_FLOATS,) */
    float *rows, *steps;       /* (most, stride) their rows, and (OUTPUT_SLICE, stride) by how much they change */
} batch_worker;

static inline int64_t slices_of(int64_t n) { return (n + OUTPUT_SLICE - 1) / OUTPUT_SLICE; }

static inline void batch_free(batch_worker *w) {
    void *all[] = {w->inputs.words, w->targets.words, w->hidden, w->changes, w->scores, w->largest,
                   w->target_steps, w->drawn, w->drawn_in, w->corrections, w->rows, w->steps};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) aligned_free(all[i]);
}

static inline int noise_init(batch_worker *w, const batch_outputs *layer) {
    const size_t most = (size_t)layer->most, row = (size_t)w->stride * sizeof(float);
    w->drawn = cache_line_alloc(most * sizeof *w->drawn);
    w->drawn_in = cache_line_alloc((size_t)layer->n_words * sizeof *w->drawn_in);
    w->corrections = cache_line_alloc((most + SOFTMAX_FLOATS) * sizeof *w->corrections);
    w->rows = cache_line_alloc(most * row);
    w->steps = cache_line_alloc(OUTPUT_SLICE * row);
    return w->drawn && w->drawn_in && w->corrections && w->rows && w->steps ? 0 : -1;
}

/* w: all zeros.  longest: words that a window may have.  -1 when out of memory. */
static inline int batch_init(batch_worker *w, const batch_outputs *layer, int64_t stride, int floats,
                             int longest) {
    const size_t words = BATCH_WORDS + (size_t)longest, row = (size_t)stride * sizeof(float);
    const size_t rows = (size_t)slices_of(layer->most) * BATCH_WINDOWS;
    w->stride = stride, w->floats = floats, w->n = layer->most;
    w->inputs.words = cache_line_alloc(words * sizeof(int32_t));
    w->targets.words = cache_line_alloc(words * sizeof(int32_t));
    w->target_steps = cache_line_alloc(words * sizeof(float));
    w->hidden = cache_line_alloc(BATCH_WINDOWS * row);
    w->changes = cache_line_alloc(BATCH_WINDOWS * row);
    w->scores = cache_line_alloc(rows * OUTPUT_SLICE * sizeof(float));
    w->largest = cache_line_alloc(rows * sizeof(float));
    if (!w->inputs.words || !w->targets.words || !w->target_steps || !w->hidden || !w->changes ||
        !w->scores || !w->largest)
        return -1;
    return layer->objective == FULL_SOFTMAX ? 0 : noise_init(w, layer);
}

/* --- rows */

static inline float *output_row(const batch_outputs *layer, const batch_worker *w, int32_t word) {
    return layer->weights.rows + word * w->stride;
}

/* y += scale * x */
static inline void add_row(float *restrict y, const float *restrict x, float scale, int floats) {
    for (int k = 0; k < floats; k++) y[k] += scale * x[k];
}

/* In ROW_SUMS sums side by side, which the compiler may keep in vectors. */
static inline float dot_row(const float *x, const float *y, int floats) {
    enum { ROW_SUMS = 16 };
    float sums[ROW_SUMS] = {0}, sum = 0;
    for (int k = 0; k < floats; k += ROW_SUMS)
        for (int i = 0; i < ROW_SUMS; i++) sums[i] += x[k + i] * y[k + i];
    for (int i = 0; i < ROW_SUMS; i++) sum += sums[i];
    return sum;
}

/* --- slices of outputs */

/* One slice: outputs first .. first + n, their rows, and the scores of all windows with them. */
typedef struct {
    int64_t first;
    int n, padded;
    rows_of outputs, scores;
    const float *corrections;
    float *largest;
} output_slice;

static inline output_slice slice_at(const batch_outputs *layer, const batch_worker *w, int64_t i) {
    const int64_t first = i * OUTPUT_SLICE, left = w->n - first;
    const int n = left < OUTPUT_SLICE ? (int)left : OUTPUT_SLICE, full = layer->objective == FULL_SOFTMAX;
    float *rows = full ? layer->weights.rows : w->rows;
    return (output_slice){
        .first = first,
        .n = n,
        .padded = (n + SOFTMAX_FLOATS - 1) / SOFTMAX_FLOATS * SOFTMAX_FLOATS,
        .outputs = {rows + first * w->stride, (int)w->stride},
        .scores = {w->scores + i * BATCH_WINDOWS * OUTPUT_SLICE, OUTPUT_SLICE},
        .corrections = (full ? layer->corrections : w->corrections) + first,
        .largest = w->largest + i * BATCH_WINDOWS,
    };
}

static inline float *scores_of(const output_slice *s, int window) {
    return s->scores.at + window * s->scores.stride;
}

/* Sums of powers e^score, each of which is kept as sum * e^largest. */
typedef struct {
    float largest, sum;
} power_sum;

static inline void add_powers(power_sum *all, float largest, float sum) {
    const float most = largest > all->largest ? largest : all->largest;
    all->sum = all->sum * expf(all->largest - most) + sum * expf(largest - most);
    all->largest = most;
}

/* The scores of all windows with all outputs, as powers; and the logarithms of their sums. */
static inline void sum_powers(const batch_outputs *layer, batch_worker *w) {
    power_sum sums[BATCH_WINDOWS];
    const rows_of hidden = {w->hidden, (int)w->stride};
    for (int b = 0; b < w->windows; b++) sums[b] = (power_sum){NO_SCORE, 0.0f};
    for (int64_t i = 0; i < slices_of(w->n); i++) {
        const output_slice s = slice_at(layer, w, i);
        times_transposed(layer->sgemm, w->windows, s.n, w->floats, 1.0f, hidden, s.outputs, 0.0f, s.scores);
        for (int b = 0; b < w->windows; b++) {
            const float sum = layer->kernel->exponentials(scores_of(&s, b), s.corrections, s.padded,
                                                          s.largest + b);
            add_powers(sums + b, s.largest[b], sum);
        }
    }
    for (int b = 0; b < w->windows; b++) w->log_sums[b] = sums[b].largest + logf(sums[b].sum);
}

/* The probabilities that noise words are targets; returns the loss. */
static inline double tell_noise(const batch_outputs *layer, batch_worker *w) {
    const rows_of hidden = {w->hidden, (int)w->stride};
    double loss = 0;
    for (int64_t i = 0; i < slices_of(w->n); i++) {
        const output_slice s = slice_at(layer, w, i);
        times_transposed(layer->sgemm, w->windows, s.n, w->floats, 1.0f, hidden, s.outputs, 0.0f, s.scores);
        for (int b = 0; b < w->windows; b++)
            loss += w->shares[b] * layer->kernel->logistics(scores_of(&s, b), s.corrections, s.padded);
    }
    return loss;
}

/* Multiply the probabilities of a slice with the steps of their windows. */
static inline void scale_slice(const batch_outputs *layer, const batch_worker *w, const output_slice *s) {
    for (int b = 0; b < w->windows; b++) {
        float *scores = scores_of(s, b), step = -w->rates[b] * w->shares[b];
        if (layer->objective != NOISE_CONTRASTIVE) step *= expf(s->largest[b] - w->log_sums[b]);
        for (int k = 0; k < s->n; k++) scores[k] *= step;
    }
}

/* Add the changes of a slice of noise words to their rows, one after another: a word may be there twice. */
static inline void add_noise_steps(const batch_outputs *layer, const batch_worker *w, const output_slice *s) {
    for (int k = 0; k < s->n; k++)
        add_row(output_row(layer, w, w->drawn[s->first + k]), w->steps + k * w->stride, 1.0f, w->floats);
}

/* Move the windows' inputs and all outputs apart, each by the old values of the other. */
static inline void step_away(const batch_outputs *layer, batch_worker *w) {
    const rows_of hidden = {w->hidden, (int)w->stride}, changes = {w->changes, (int)w->stride};
    const int full = layer->objective == FULL_SOFTMAX;
    for (int64_t i = 0; i < slices_of(w->n); i++) {
        const output_slice s = slice_at(layer, w, i);
        const rows_of steps = full ? s.outputs : (rows_of){w->steps, (int)w->stride};
        scale_slice(layer, w, &s);
        times(layer->sgemm, w->windows, w->floats, s.n, 1.0f, s.scores, s.outputs, 1.0f, changes);
        transposed_times(layer->sgemm, s.n, w->floats, w->windows, 1.0f, s.scores, hidden, full, steps);
        if (!full) add_noise_steps(layer, w, &s);
    }
}

/* --- targets */

/* What a target costs, and how far its row and its window's input move towards each other. */
typedef struct {
    float loss, step;
} target_result;

/* The sum of the powers has the target's own if the target was drawn, and should have it in any case. */
static inline target_result softmax_target(const batch_outputs *layer, batch_worker *w, int b, int32_t word,
                                           float score) {
    enum { CERTAIN = 80 };
    const int among = layer->objective == FULL_SOFTMAX || w->drawn_in[word] == w->batch;
    const float log_power = score - w->log_sums[b] < CERTAIN ? score - w->log_sums[b] : CERTAIN;
    const float own = among ? 0.0f : expf(log_power), total = 1.0f + own;
    w->shares[b] += 1.0f / total;
    return (target_result){logf(total) - log_power, 1.0f - own / total};
}

static inline target_result contrastive_target(float score) {
    const float small = expf(-fabsf(score));
    const float wrong = score > 0 ? small / (1.0f + small) : 1.0f / (1.0f + small);
    return (target_result){log1pf(small) + fmaxf(-score, 0.0f), wrong};
}

static inline double meet_targets(const batch_outputs *layer, batch_worker *w) {
    double loss = 0;
    for (int b = 0; b < w->windows; b++)
        for (int i = w->targets.starts[b]; i < w->targets.starts[b + 1]; i++) {
            const int32_t word = w->targets.words[i];
            const float *row = output_row(layer, w, word), *hidden = w->hidden + b * w->stride;
            const float score = dot_row(hidden, row, w->floats) + layer->corrections[word];
            const target_result result = layer->objective == NOISE_CONTRASTIVE
                                             ? contrastive_target(score)
                                             : softmax_target(layer, w, b, word, score);
            loss += result.loss;
            w->target_steps[i] = w->rates[b] * result.step;
            if (!layer->frozen) add_row(w->changes + b * w->stride, row, w->target_steps[i], w->floats);
        }
    return loss;
}

static inline void move_targets(const batch_outputs *layer, batch_worker *w) {
    for (int b = 0; b < w->windows; b++)
        for (int i = w->targets.starts[b]; i < w->targets.starts[b + 1]; i++)
            add_row(output_row(layer, w, w->targets.words[i]), w->hidden + b * w->stride, w->target_steps[i],
                    w->floats);
}

/* --- a batch */

/* Draw the noise words of a batch; for sampled softmax only those count that were not drawn before. */
static inline void draw_shared_noise(const batch_outputs *layer, batch_worker *w, uint64_t *random) {
    const noise_shard shard = noise_shard_of(&layer->noise, 0, 0);
    w->batch++;
    w->n = 0;
    for (int64_t i = 0; i < layer->most; i++) {
        const int32_t word = noise_draw(shard, rng_next(random));
        if (layer->objective == SAMPLED_SOFTMAX && w->drawn_in[word] == w->batch) continue;
        w->drawn_in[word] = w->batch;
        w->drawn[w->n++] = word;
    }
    for (int64_t k = 0; k < w->n; k++) {
        w->corrections[k] = layer->corrections[w->drawn[k]];
        memcpy(w->rows + k * w->stride, output_row(layer, w, w->drawn[k]), (size_t)w->floats * sizeof(float));
    }
    for (int k = 0; k < SOFTMAX_FLOATS; k++) w->corrections[w->n + k] = NO_SCORE;
}

/* Predict the targets of all windows from their inputs, change the outputs, and fill the changes of inputs.
 * Returns the loss before that. */
static inline double predict_batch(const batch_outputs *layer, batch_worker *w, uint64_t *random) {
    double loss = 0;
    if (layer->objective != FULL_SOFTMAX) draw_shared_noise(layer, w, random);
    memset(w->changes, 0, (size_t)(w->windows * w->stride) * sizeof *w->changes);
    for (int b = 0; b < w->windows; b++)
        w->shares[b] = layer->objective == NOISE_CONTRASTIVE
                           ? (float)(w->targets.starts[b + 1] - w->targets.starts[b]) / BATCH_WINDOWS
                           : 0.0f;
    if (layer->objective == NOISE_CONTRASTIVE)
        loss += tell_noise(layer, w);
    else
        sum_powers(layer, w);
    loss += meet_targets(layer, w);
    if (layer->frozen) return loss;
    step_away(layer, w);
    move_targets(layer, w);
    return loss;
}

#endif
