/* infer.h - the kernels that find the vectors of new documents: they change no rows but theirs.
 *
 * No include guard: see simd.h.  The loops of word2vec/epoch.h run with them as they do in training.
 */

enum { NAME(infer_columns) = 4 }; /* of the input, at a time */

/* Multiply K columns of the input, from k on, with the outputs. */
CONSTANT void NAME(infer_sums)(const cbow_input *input, float *const *outputs, int n, int k, vec *sums,
                               const int K) {
    vec x[NAME(infer_columns)];
    NAME(gather)(*input, k, x, K);
    NAME(multiply)(x, outputs, n, k, sums, K);
}

/* rows[i] += share * (sum of g[o] * outputs[o]), in K columns, of the rows that are not fixed. */
CONSTANT void NAME(infer_change)(const cbow_input *input, float *const *outputs, int n, const float *g,
                                 int k, const int K) {
    vec change[NAME(infer_columns)];
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

static void NAME(infer)(const cbow_input *input, float *const *outputs, const float *signs, int n,
                        int floats, float alpha, likelihood *likely, const prefetch_list *prefetch) {
    enum { K = NAME(infer_columns) };
    vec sums[MAX_OUTPUTS];
    float g[MAX_OUTPUTS] __attribute__((aligned(64)));
    int k = 0;
    for (; k + K * WIDTH <= floats; k += K * WIDTH) NAME(infer_sums)(input, outputs, n, k, sums, K);
    for (; k < floats; k += WIDTH) NAME(infer_sums)(input, outputs, n, k, sums, 1);
    NAME(cbow_steps)(sums, signs, n, alpha, likely, g);
    for (k = 0; k + K * WIDTH <= floats; k += K * WIDTH)
        NAME(infer_change)(input, outputs, n, g, k, K);
    for (; k < floats; k += WIDTH) NAME(infer_change)(input, outputs, n, g, k, 1);
    NAME(frozen_apply)(NULL, 0, outputs, n, g, floats, prefetch);
}

const kernels NAME(word2vec_infer) = {WIDTH, NAME(gradient), NAME(frozen_apply), NAME(infer),
                                      NULL,  NAME(merge), NAME(mean), NAME(frozen_spread)};
