/* infer.h - the kernels that find the vectors of new documents: they change no rows but theirs.
 *
 * No include guard: see simd.h.  The loops of word2vec/epoch.h run with them as they do in training.
 */

/* Rows are only read: to fetch them for writing would take them from other workers. */
CONSTANT void NAME(prefetch_frozen)(const prefetch_list *prefetch, int i, int floats) {
    for (int k = 0; i < prefetch->n && k < floats; k += ROW_FLOATS)
        __builtin_prefetch(prefetch->rows[i] + k, 0, 3);
}

/* Multiply K columns of the input, from k on, with the outputs; beside each of these one row is prefetched. */
CONSTANT void NAME(infer_sums)(const cbow_input *input, float *const *outputs, int n, int k, vec *sums,
                               int floats, const prefetch_list *prefetch, const int K) {
    vec x[CBOW_COLUMNS];
    NAME(gather)(*input, k, x, K);
    for (int o = 0; o < n; o++) {
        NAME(multiply)(x, outputs + o, 1, k, sums + o, K);
        if (k == 0) NAME(prefetch_frozen)(prefetch, o, floats);
    }
    for (int o = n; k == 0 && o < prefetch->n; o++) NAME(prefetch_frozen)(prefetch, o, floats);
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
#define WORK(K) NAME(infer_sums)(input, outputs, n, k, sums, floats, prefetch, K)
    IN_GROUPS(floats, FEW_COLUMNS MANY_COLUMNS)
#undef WORK
    NAME(cbow_steps)(sums, signs, n, alpha, likely, g);
#define WORK(K) NAME(infer_change)(input, outputs, n, g, k, K)
    IN_GROUPS(floats, FEW_COLUMNS MANY_COLUMNS)
#undef WORK
}

const kernels NAME(word2vec_infer) = {WIDTH, NAME(gradient), NAME(frozen_apply), NAME(infer),
                                      NULL,  NAME(merge), NULL, NAME(mean), NAME(frozen_spread)};
