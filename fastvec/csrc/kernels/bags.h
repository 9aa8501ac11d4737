/* bags.h - the kernels of bags (word2vec/open_bags.h): the mean of rows, and its change given back to them.
 *
 * No include guard: see simd.h.  Columns are taken in groups, as by CBOW's kernel (cbow.h).
 */
static void NAME(mean)(const cbow_input *input, int floats) {
    vec x[CBOW_COLUMNS];
#define WORK(K)                    \
    NAME(gather)(*input, k, x, K); \
    UNROLL for (int j = 0; j < K; j++) STORE(input->sum + k + j * WIDTH, x[j])
    IN_GROUPS(floats, FEW_COLUMNS MANY_COLUMNS)
#undef WORK
}

/* K columns of `spread`. */
CONSTANT void NAME(spread_columns)(float *const *rows, int m, int k, const float *now, const float *was,
                                   const int K) {
    vec change[CBOW_COLUMNS];
    UNROLL for (int j = 0; j < K; j++) change[j] = LOAD(now + k + j * WIDTH) - LOAD(was + k + j * WIDTH);
    for (int i = 0; i < m; i++)
        UNROLL for (int j = 0; j < K; j++) {
            float *column = rows[i] + k + j * WIDTH;
            STORE(column, LOAD(column) + change[j]);
        }
}

static void NAME(spread)(float *const *rows, int m, int floats, const float *now, const float *was) {
#define WORK(K) NAME(spread_columns)(rows, m, k, now, was, K)
    IN_GROUPS(floats, FEW_COLUMNS MANY_COLUMNS)
#undef WORK
}
