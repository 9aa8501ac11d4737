/* body.h - the kernels of Collobert and Weston's network, written once on simd.h and compiled for each
 * instruction set.
 *
 * No include guard: see simd.h.
 */
#define CONSTANT static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")
#define COLUMNS 8 /* of the hidden units, that stay in registers */

/* K vectors of the hidden units, from `from` on: they stay in registers. */
CONSTANT void NAME(add_columns)(const ranker_layer *layer, const float *input, float *hidden, int from,
                                const int K) {
    const float *row = layer->rows + from;
    vec sums[COLUMNS];
    UNROLL for (int j = 0; j < K; j++) sums[j] = LOAD(hidden + from + j * WIDTH);
    for (int k = 0; k < layer->n; k++, row += layer->stride) {
        const vec x = ALL(input[k]);
        UNROLL for (int j = 0; j < K; j++) sums[j] += x * LOAD(row + j * WIDTH);
    }
    UNROLL for (int j = 0; j < K; j++) STORE(hidden + from + j * WIDTH, sums[j]);
}

/* All columns in groups of about the same size. */
static void NAME(ranker_add)(const ranker_layer *layer, const float *input, float *hidden) {
    const int columns = layer->floats / WIDTH;
    for (int done = 0, groups = (columns + COLUMNS - 1) / COLUMNS; groups > 0; groups--) {
        const int some = (columns - done) / groups;
        switch (some) {
#define CASE(K) \
    case K: NAME(add_columns)(layer, input, hidden, done * WIDTH, K); break;
            CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
        }
        done += some;
    }
}

CONSTANT vec NAME(hard_tanh)(vec x) { return MAX(MIN(x, ALL(1.0f)), ALL(-1.0f)); }

/* `slope` where |x| < 1, else 0. */
CONSTANT vec NAME(slope_at)(vec x, vec slope) {
    return (vec)((ints)slope & (x > -1.0f) & (x < 1.0f));
}

/* The sums of the lanes of WIDTH vectors, in order. */
CONSTANT vec NAME(fold)(vec *sums) {
    UNROLL for (int i = 0; i < WIDTH / 2; i++) sums[i] = FOLD_1(sums[2 * i], sums[2 * i + 1]);
    UNROLL for (int i = 0; i < WIDTH / 4; i++) sums[i] = FOLD_2(sums[2 * i], sums[2 * i + 1]);
#if WIDTH >= 8
    UNROLL for (int i = 0; i < WIDTH / 8; i++) sums[i] = FOLD_4(sums[2 * i], sums[2 * i + 1]);
#endif
#if WIDTH >= 16
    sums[0] = FOLD_8(sums[0], sums[1]);
#endif
    return sums[0];
}

static float NAME(ranker_score)(const float *hidden, const float *top, int floats) {
    vec sum = ALL(0.0f);
    for (int k = 0; k < floats; k += WIDTH) sum += LOAD(top + k) * NAME(hard_tanh)(LOAD(hidden + k));
    float score = 0;
    for (int i = 0; i < WIDTH; i++) score += sum[i];
    return score;
}

static void NAME(ranker_slopes)(const ranker_hidden *h, float *top, float *bias, int floats,
                                float top_rate, float bias_rate) {
    for (int k = 0; k < floats; k += WIDTH) {
        const vec right = LOAD(h->right + k), wrong = LOAD(h->wrong + k), weights = LOAD(top + k);
        const vec right_slopes = NAME(slope_at)(right, weights);
        const vec wrong_slopes = -NAME(slope_at)(wrong, weights);
        const vec slopes = right_slopes + wrong_slopes;
        STORE(h->right_slopes + k, right_slopes);
        STORE(h->wrong_slopes + k, wrong_slopes);
        STORE(h->slopes + k, slopes);
        STORE(top + k, weights + top_rate * (NAME(hard_tanh)(right) - NAME(hard_tanh)(wrong)));
        STORE(bias + k, LOAD(bias + k) + bias_rate * slopes);
    }
}

/* The step of one row; its products with the slopes of N paths are added up in `sums`, one for each lane. */
CONSTANT void NAME(descend_row)(float *row, const ranker_path *paths, int k, int floats, float rate,
                                vec *sums, const int N) {
    vec step[2];
    UNROLL for (int p = 0; p < N; p++) step[p] = ALL(rate * paths[p].input[k]), sums[p] = ALL(0.0f);
    for (int c = 0; c < floats; c += WIDTH) {
        const vec before = LOAD(row + c);
        vec after = before;
        UNROLL for (int p = 0; p < N; p++) {
            const vec slopes = LOAD(paths[p].slopes + c);
            sums[p] += before * slopes;
            after += step[p] * slopes;
        }
        STORE(row + c, after);
    }
}

/* WIDTH rows at a time, so that their sums are folded into one vector. */
CONSTANT void NAME(descend_all)(const ranker_layer *layer, const ranker_path *paths, float rate,
                                const int N) {
    vec sums[2][WIDTH];
    for (int k = 0; k < layer->n; k += WIDTH) {
        float *row = layer->rows + (int64_t)k * layer->stride;
        for (int i = 0; i < WIDTH; i++, row += layer->stride) {
            vec both[2];
            NAME(descend_row)(row, paths, k + i, layer->floats, rate, both, N);
            UNROLL for (int p = 0; p < N; p++) sums[p][i] = both[p];
        }
        UNROLL for (int p = 0; p < N; p++) STORE(paths[p].gradient + k, NAME(fold)(sums[p]));
    }
}

static void NAME(ranker_descend)(const ranker_layer *layer, const ranker_path *paths, int n, float rate) {
    if (n == 1)
        NAME(descend_all)(layer, paths, rate, 1);
    else
        NAME(descend_all)(layer, paths, rate, 2);
}

const ranker_kernels NAME(ranker) = {WIDTH, NAME(ranker_add), NAME(ranker_score), NAME(ranker_slopes),
                                     NAME(ranker_descend)};

#undef CONSTANT
#undef UNROLL
#undef COLUMNS
