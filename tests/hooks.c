/* hooks.c - internals of the native core, called by themselves (hooks.py compiles and loads this file). */
#include "glove/glove.h"
#include "kernels/instruction_sets.h"
#include "word2vec/alias.h"
#include "word2vec/hot_rows.h"
#include "word2vec/prefetch_tuner.h"
#include "word2vec/update.h"

enum { SETS = 8 }; /* of rows that updates take in turn */

/* `repeats` updates of m inputs and n outputs; the r-th takes the rows of set r % sets.  Returns the loss
 * before the updates.  cbow: the mean of the inputs predicts, and each of them gets the whole change. */
double update_rows(const instruction_set *set, float *inputs, int m, float *outputs, int n,
                   int64_t stride, const float *signs, int vector_size, float alpha, int sets,
                   int repeats, int cbow) {
    static updater u;
    const kernels *kernel = set->word2vec;
    const int width = kernel->width;
    float *rows_in[SETS * MAX_INPUTS], *rows_out[SETS * MAX_OUTPUTS];
    for (int i = 0; i < m * sets; i++) rows_in[i] = inputs + i * stride;
    for (int i = 0; i < n * sets; i++) rows_out[i] = outputs + i * stride;
    memset(&u, 0, sizeof u);
    updater_init(&u, kernel, (vector_size + width - 1) / width * width, cbow);
    u.input = (cbow_input){.m = m, .scale = 1.0f / (float)m, .share = 1.0f};
    u.input.sum = aligned_new(64, (size_t)stride * sizeof(float));
    if (!u.input.sum) return -1;
    for (int r = 0; r < repeats; r++) {
        u.input.rows = rows_in + r % sets * m;
        update(&u, rows_in + r % sets * m, m, rows_out + r % sets * n, signs, n, alpha);
    }
    update_collect_loss(&u);
    aligned_free(u.input.sum);
    return u.loss;
}

/* One update of m pairs and n noise words with weights; returns the loss before it, in which each noise
 * word counts once. */
double update_pairs(const instruction_set *set, float *inputs, float *partners, int m, float *noise,
                    const float *weights, int n, int64_t stride, int vector_size, float alpha) {
    static updater u;
    const kernels *kernel = set->word2vec;
    float *rows_in[MAX_PAIRS], *rows_own[MAX_PAIRS], *rows_out[MAX_SHARED];
    for (int i = 0; i < m; i++) rows_in[i] = inputs + i * stride, rows_own[i] = partners + i * stride;
    for (int i = 0; i < n; i++) rows_out[i] = noise + i * stride;
    memset(&u, 0, sizeof u);
    updater_init(&u, kernel, (vector_size + kernel->width - 1) / kernel->width * kernel->width, 0);
    kernel->pairs(rows_in, rows_own, m, rows_out, weights, n, u.floats, alpha, &u.likelihood, u.g,
                  &u.prefetch);
    update_collect_loss(&u);
    return u.loss;
}

/* Which way the prefetch tuner chooses for each chunk, if the two ways cost costs (chunks, 2). */
void tuner_ways(const double *costs, int64_t chunks, int32_t *ways) {
    prefetch_tuner tuner = {0};
    for (int64_t i = 0; i < chunks; i++) {
        ways[i] = tuner_choose(&tuner);
        tuner_record(&tuner, ways[i], costs[2 * i + ways[i]]);
    }
}

float merge_scale(float decay, int workers) { return delta_scale(decay, workers); }

/* Workers 0, 1, ... merge a row, and each works on its copy beforehand: that leaves e^-x of the distance to 0,
 * where x is `decay`.  What the row is after each merge goes into history (turns, floats). */
void merge_in_turn(const instruction_set *set, const float *row, int floats, float decay, float scale,
                   int workers, int turns, float *history) {
    const size_t bytes = (size_t)floats * sizeof *row;
    float *copies = aligned_new(64, bytes * (size_t)(2 * workers + 1)), *shared = copies + 2 * workers * floats;
    for (int i = 0; i < 2 * workers + 1; i++) memcpy(copies + i * floats, row, bytes);
    for (int turn = 0; turn < turns; turn++) {
        float *local = copies + turn % workers * 2 * floats, *base = local + floats;
        for (int k = 0; k < floats; k++) local[k] *= expf(-decay);
        set->word2vec->merge(shared, local, base, floats, floats, &scale, FAR, 1);
        memcpy(history + turn * floats, shared, bytes);
    }
    aligned_free(copies);
}

/* How many rows a worker has copies of, and how many words it trains on between two merges of the
 * hottest. */
void hot_row_plan(int64_t n_tokens, int workers, int has_tree, int64_t *rows, int64_t *words) {
    const merge_plan plan = plan_merges(workers, n_tokens, has_tree);
    *rows = plan.rows;
    *words = plan.interval * BATCH;
}

/* Fill `draws` with n outcomes of an alias table; returns the state of the random numbers then. */
uint64_t draw_alias(const alias_column *table, uint32_t outcomes, uint64_t seed, int32_t *draws,
                    int64_t n) {
    for (int64_t i = 0; i < n; i++) draws[i] = (int32_t)alias_draw(table, outcomes, &seed);
    return seed;
}

/* A tile's pairs as GloVe trains on them: (row << 16 | column, log(x), f(x)) of each.  -1 for pairs that
 * are out of range. */
int prepare_tile(const instruction_set *set, const pair *pairs, const int64_t *starts,
                 const int32_t *tiles, const int64_t *offsets, float alpha, float x_max,
                 int strip_bits, int64_t tile, uint64_t seed, uint32_t *cells, float *targets,
                 float *weights) {
    const glove g = {.kernels = set->glove, .pairs = pairs, .starts = starts, .tiles = tiles,
                     .tile_offsets = offsets, .strip_bits = strip_bits,
                     .rule = {.stride = GLOVE_FLOATS, .floats = GLOVE_FLOATS, .alpha = alpha,
                              .log2_x_max = (float)log2(x_max)}};
    const int32_t block = tiles[3 * tile];
    const int64_t n = offsets[tile + 1] - offsets[tile], rows = starts[block + 1] - starts[block];
    glove_worker w;
    if (glove_worker_init(&w, n, (rows >> strip_bits) + 2) < 0) return -1;
    const int failed = glove_prepare(&g, &w, tile, seed);
    memcpy(cells, w.tile.cells, (size_t)n * sizeof *cells);
    memcpy(targets, w.tile.targets, (size_t)n * sizeof *targets);
    memcpy(weights, w.tile.weights, (size_t)n * sizeof *weights);
    glove_worker_free(&w);
    return failed;
}
