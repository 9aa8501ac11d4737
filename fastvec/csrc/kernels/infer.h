/* infer.h - the kernels that find the vectors of new documents: they change no rows but theirs.
 *
 * No include guard: see simd.h.  The loops of word2vec/epoch.h run with them as they do in training.
 */

/* Multiply K columns of the input, from k on, with the outputs. */
CONSTANT void NAME(infer_sums)(const cbow_input *input, float *const *outputs, int n, int k, vec *sums,
                               const int K) {
    vec x[CBOW_COLUMNS];
    NAME(gather)(*input, k, x, K);
    NAME(multiply)(x, outputs, n, k, sums, K);
}

/* rows[i] += share * (sum of g[o] * outputs[o]), in K columns, of the rows that are not fixed. */
CONSTANT void NAME(infer_change)(const cbow_input *input, float *const *outputs, int n, const float *g,
                                 int k, const int K) {
    vec change[CBOW_COLUMNS];
    UNROLL for (int j = 0; j < K; j++) change[j] = ALL(0.0f);
    for (int o = 0; o < n; o++)
        UNROLL for (int j = 0; j < K; j++)
            change[j] += g[o] * LOAD(outputs[o] + k + j * WIDTH);
    for (int i = input->fixed; i < input->m; i++)
        UNROLL for (int j = 0; j < K; j++) {
            float *column = input->rows[i] + k + j * WIDTH;
            STORE(column, LOAD(column) + change[j] * input->share);
        }
}

/* Columns are taken in groups as large as CBOW's kernel takes: each is a sum of its own, and several of them
 * do not wait for each other. */
static void NAME(infer)(const cbow_input *input, float *const *outputs, const float *signs, int n,
                        int floats, float alpha, likelihood *likely, const prefetch_list *prefetch) {
    vec sums[MAX_OUTPUTS];
    float g[MAX_OUTPUTS] __attribute__((aligned(64)));
#define WORK(K) NAME(infer_sums)(input, outputs, n, k, sums, K)
    IN_GROUPS(floats, FEW_COLUMNS MANY_COLUMNS)
#undef WORK
    NAME(cbow_steps)(sums, signs, n, alpha, likely, g);
#define WORK(K) NAME(infer_change)(input, outputs, n, g, k, K)
    IN_GROUPS(floats, FEW_COLUMNS MANY_COLUMNS)
#undef WORK
    NAME(frozen_apply)(NULL, 0, outputs, n, g, floats, prefetch);
}

const kernels NAME(word2vec_infer) = {WIDTH, NAME(gradient), NAME(frozen_apply), NAME(infer),
                                      NULL,  NAME(merge), NULL, NAME(mean), NAME(frozen_spread)};
