/* network.h - the network of Bengio et al. (2003) and its steps, a batch of predictions at a time.
 *
 * A word is predicted from the n - 1 words before it.  Their vectors, one behind the other, are x; then
 *
 *     h = tanh(d + H x)        f = [h x] or, without direct connections, h        scores = b + O f
 *
 * where O = [U W] has a row for each word.  The vocabulary is cut into slices of LM_SLICE words.  The scores of a
 * slice are computed, and later its rows of O changed, by one worker; everything else is little work, which
 * worker 0 does.  What comes of the slices is added up in their order, so that the result is the same for any
 * number of workers.  docs/method.md has the formulas.
 */
#ifndef FASTVEC_NEURAL_LM_NETWORK_H
#define FASTVEC_NEURAL_LM_NETWORK_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/blas.h"
#include "base/sentences.h"
#include "softmax/kernels.h"

enum {
    LM_SLICE = 1024,
    LM_EDGE = 0, /* the word that stands before and after each sentence */
    LM_RARE = 1, /* the word that stands for all others */
};

/* The sentences to predict; sentence s is tokens[starts[s] .. ends[s]), and its end is predicted too.
 * first: (n + 1,) the first prediction of each sentence. */
typedef struct {
    const int32_t *tokens;
    const int64_t *starts, *ends, *first;
    int64_t n;
} lm_text;

typedef struct {
    const softmax_kernels *kernels;
    sgemm_function sgemm;
    int order, size, inputs, hidden, features; /* n; numbers of a vector, of x, h and f */
    int64_t words;
    rows_of vectors;        /* C (words, size) */
    rows_of hidden_weights; /* H (hidden, inputs) */
    rows_of output_weights; /* O (words, features) */
    float *hidden_biases;   /* d (hidden) */
    float *output_biases;   /* b (words) */
} lm_network;

/* A batch, and what is computed of it. */
typedef struct {
    int room, rows;   /* predictions: at most, and now */
    int64_t slices;
    int32_t *windows;     /* (room, order) the words before each one, and it itself */
    float *inputs;        /* (room, inputs) x */
    float *features;      /* (room, features) f */
    float *scores;        /* (slices, room, LM_SLICE) scores, powers, and at last the gradient by the scores */
    float *largest, *sums; /* (slices, room) */
    float *by_features;   /* (slices, room, features) the gradient by f, of each slice; all of it in the first */
    float *by_inputs;     /* (room, inputs) the gradient by x */
    float *answers;       /* (room) the score of the right word; then its log-probability */
} lm_batch;

/* The words of one slice. */
static inline int lm_slice_words(const lm_network *net, int64_t slice) {
    const int64_t left = net->words - slice * LM_SLICE;
    return (int)(left < LM_SLICE ? left : LM_SLICE);
}

/* A token's word.  The ids were checked before, but the array is the caller's, who may have changed it since. */
static inline int32_t lm_word(const lm_network *net, const lm_text *text, int64_t at) {
    const int32_t id = __atomic_load_n(&text->tokens[at], __ATOMIC_RELAXED);
    return 0 <= id && id < net->words ? id : LM_RARE;
}

/* The row of a matrix. */
static inline float *lm_row(rows_of rows, int64_t row) { return rows.at + row * rows.stride; }

/* The windows of a batch, from predictions that are numbered in the order of the text. */
static inline void lm_read(const lm_network *net, lm_batch *batch, const lm_text *text, const int64_t *numbers,
                           int64_t first) {
    for (int row = 0; row < batch->rows; row++) {
        const int64_t number = numbers ? numbers[first + row] : first + row;
        const int64_t s = sentence_at(text->first, text->n, number), start = text->starts[s];
        int64_t at = start + number - text->first[s] - (net->order - 1);
        int32_t *window = batch->windows + (int64_t)row * net->order;
        for (int i = 0; i < net->order; i++, at++)
            window[i] = start <= at && at < text->ends[s] ? lm_word(net, text, at) : LM_EDGE;
    }
}

static inline rows_of lm_inputs(const lm_network *net, const lm_batch *batch) {
    return (rows_of){batch->inputs, net->inputs};
}

static inline rows_of lm_features(const lm_network *net, const lm_batch *batch) {
    return (rows_of){batch->features, net->features};
}

/* x, h and f of a batch. */
static inline void lm_hidden(const lm_network *net, lm_batch *batch) {
    for (int row = 0; row < batch->rows; row++) {
        float *x = batch->inputs + (int64_t)row * net->inputs;
        float *f = batch->features + (int64_t)row * net->features;
        const int32_t *window = batch->windows + (int64_t)row * net->order;
        for (int i = 0; i < net->order - 1; i++)
            memcpy(x + i * net->size, lm_row(net->vectors, window[i]), net->size * sizeof *x);
        memcpy(f, net->hidden_biases, net->hidden * sizeof *f);
        memcpy(f + net->hidden, x, (net->features - net->hidden) * sizeof *f);
    }
    if (net->hidden == 0) return;
    times_transposed(net->sgemm, batch->rows, net->hidden, net->inputs, 1, lm_inputs(net, batch),
                     net->hidden_weights, 1, lm_features(net, batch));
    for (int row = 0; row < batch->rows; row++) {
        float *h = batch->features + (int64_t)row * net->features;
        for (int i = 0; i < net->hidden; i++) h[i] = tanhf(h[i]);
    }
}

/* The scores of one slice of the words, as powers. */
static inline void lm_scores(const lm_network *net, lm_batch *batch, int64_t slice) {
    const int64_t word = slice * LM_SLICE;
    const int n = lm_slice_words(net, slice), rounded = (n + SOFTMAX_FLOATS - 1) / SOFTMAX_FLOATS * SOFTMAX_FLOATS;
    float *scores = batch->scores + slice * batch->room * LM_SLICE, biases[LM_SLICE] = {0};
    const rows_of weights = {lm_row(net->output_weights, word), net->output_weights.stride};
    memcpy(biases, net->output_biases + word, n * sizeof *biases);
    times_transposed(net->sgemm, batch->rows, n, net->features, 1, lm_features(net, batch), weights, 0,
                     (rows_of){scores, LM_SLICE});
    for (int row = 0; row < batch->rows; row++, scores += LM_SLICE) {
        const int64_t place = slice * batch->room + row;
        const int64_t answer = batch->windows[(int64_t)(row + 1) * net->order - 1] - word;
        if (0 <= answer && answer < n) batch->answers[row] = scores[answer] + biases[answer];
        for (int i = n; i < rounded; i++) scores[i] = NO_SCORE;
        batch->sums[place] = net->kernels->exponentials(scores, biases, rounded, &batch->largest[place]);
    }
}

/* The log-probabilities of the right words, from the slices; `sums` become what each slice's powers are
 * multiplied with to be probabilities. */
static inline void lm_normalise(lm_batch *batch) {
    for (int row = 0; row < batch->rows; row++) {
        float *largest = batch->largest + row, *sums = batch->sums + row, top = NO_SCORE;
        double sum = 0;
        for (int64_t s = 0; s < batch->slices; s++) top = fmaxf(top, largest[s * batch->room]);
        for (int64_t s = 0; s < batch->slices; s++)
            sum += exp((double)largest[s * batch->room] - top) * sums[s * batch->room];
        for (int64_t s = 0; s < batch->slices; s++)
            sums[s * batch->room] = (float)(exp((double)largest[s * batch->room] - top) / sum);
        batch->answers[row] = (float)((double)batch->answers[row] - top - log(sum));
    }
}

/* The gradient of one slice, and the step of its rows of O and b; keep: what weight decay leaves of them. */
static inline void lm_output_step(const lm_network *net, lm_batch *batch, int64_t slice, float rate, float keep) {
    const int64_t word = slice * LM_SLICE;
    const int n = lm_slice_words(net, slice), rounded = (n + SOFTMAX_FLOATS - 1) / SOFTMAX_FLOATS * SOFTMAX_FLOATS;
    float *scores = batch->scores + slice * batch->room * LM_SLICE, biases[LM_SLICE] = {0};
    const rows_of gradient = {scores, LM_SLICE};
    const rows_of weights = {lm_row(net->output_weights, word), net->output_weights.stride};
    const rows_of by_features = {batch->by_features + slice * batch->room * net->features, net->features};
    memcpy(biases, net->output_biases + word, n * sizeof *biases);
    for (int row = 0; row < batch->rows; row++, scores += LM_SLICE) {
        const int64_t answer = batch->windows[(int64_t)(row + 1) * net->order - 1] - word;
        net->kernels->finish(scores, biases, rounded, batch->sums[slice * batch->room + row], rate);
        if (0 <= answer && answer < n) {
            scores[answer] -= 1;
            biases[answer] += rate;
        }
    }
    memcpy(net->output_biases + word, biases, n * sizeof *biases);
    times(net->sgemm, batch->rows, net->features, n, 1, gradient, weights, 0, by_features);
    transposed_times(net->sgemm, n, net->features, batch->rows, -rate, gradient, lm_features(net, batch), keep,
                     weights);
}

/* The gradient by f of all slices, in the place of the first. */
static inline void lm_add_slices(const lm_network *net, lm_batch *batch) {
    const int64_t n = (int64_t)batch->rows * net->features, slice = (int64_t)batch->room * net->features;
    for (int64_t s = 1; s < batch->slices; s++)
        for (int64_t i = 0; i < n; i++) batch->by_features[i] += batch->by_features[s * slice + i];
}

/* Through tanh: the gradient by d + H x in the place of that by h; d moves. */
static inline void lm_tanh_step(const lm_network *net, lm_batch *batch, float rate) {
    for (int row = 0; row < batch->rows; row++) {
        const float *h = batch->features + (int64_t)row * net->features;
        float *g = batch->by_features + (int64_t)row * net->features;
        for (int i = 0; i < net->hidden; i++) {
            g[i] *= 1 - h[i] * h[i];
            net->hidden_biases[i] -= rate * g[i];
        }
    }
}

/* The steps of H, d and C. */
static inline void lm_hidden_step(const lm_network *net, lm_batch *batch, float rate, float keep) {
    const rows_of by_features = {batch->by_features, net->features}, by_inputs = {batch->by_inputs, net->inputs};
    lm_add_slices(net, batch);
    lm_tanh_step(net, batch, rate);
    memset(batch->by_inputs, 0, (int64_t)batch->rows * net->inputs * sizeof(float));
    if (net->features > net->hidden)
        for (int row = 0; row < batch->rows; row++)
            memcpy(batch->by_inputs + (int64_t)row * net->inputs,
                   batch->by_features + (int64_t)row * net->features + net->hidden, net->inputs * sizeof(float));
    if (net->hidden) {
        times(net->sgemm, batch->rows, net->inputs, net->hidden, 1, by_features, net->hidden_weights, 1, by_inputs);
        transposed_times(net->sgemm, net->hidden, net->inputs, batch->rows, -rate, by_features,
                         lm_inputs(net, batch), keep, net->hidden_weights);
    }
    if (keep != 1)
        for (int64_t i = 0; i < net->words * net->vectors.stride; i++) net->vectors.at[i] *= keep;
    for (int row = 0; row < batch->rows; row++)
        for (int i = 0; i < net->order - 1; i++) {
            const float *g = batch->by_inputs + (int64_t)row * net->inputs + i * net->size;
            float *vector = lm_row(net->vectors, batch->windows[(int64_t)row * net->order + i]);
            for (int j = 0; j < net->size; j++) vector[j] -= rate * g[j];
        }
}

#endif
