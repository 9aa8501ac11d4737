/* frozen.h - the kernels of validation: they compute what a model predicts, and change no row.
 *
 * No include guard: see simd.h.  The loops of word2vec/epoch.h run with them as they do in training, on the
 * same windows and noise words; only the likelihood comes of it.  No rate is needed here, and what is passed
 * as `alpha` is a scale instead: all scores are multiplied with it.
 */

static void NAME(frozen_gradient)(float *const *inputs, int m, float *const *outputs, const float *signs,
                                  int n, int floats, float scale, likelihood *likely, float *g) {
    float scaled[MAX_OUTPUTS + ROW_FLOATS]; /* a score is always multiplied with its sign */
    for (int i = 0; i < n; i++) scaled[i] = scale * signs[i];
    memset(scaled + n, 0, ROW_FLOATS * sizeof *scaled);
    NAME(gradient)(inputs, m, outputs, scaled, n, floats, scale, likely, g);
}

/* Rows are only read: to fetch them for writing would take them from other workers. */
static void NAME(frozen_apply)(float *const *inputs, int m, float *const *outputs, int n, const float *g,
                               int floats, const prefetch_list *prefetch) {
    (void)inputs, (void)m, (void)outputs, (void)n, (void)g;
    for (int i = 0; i < prefetch->n; i++)
        for (int k = 0; k < floats; k += ROW_FLOATS) __builtin_prefetch(prefetch->rows[i] + k, 0, 3);
}

static void NAME(frozen_cbow)(const cbow_input *input, float *const *outputs, const float *signs, int n,
                              int floats, float scale, likelihood *likely,
                              const prefetch_list *prefetch) {
    float g[GRADIENT_FLOATS] __attribute__((aligned(64)));
    float *const inputs[1] = {input->sum};
    for (int k = 0; k < floats; k += WIDTH) {
        vec sum[1];
        NAME(gather)(*input, k, sum, 1);
        STORE(input->sum + k, sum[0]);
    }
    NAME(frozen_gradient)(inputs, 1, outputs, signs, n, floats, scale, likely, g);
    NAME(frozen_apply)(inputs, 1, outputs, n, g, floats, prefetch);
}

static void NAME(frozen_spread)(float *const *rows, int m, int floats, const float *now,
                                const float *was) {
    (void)rows, (void)m, (void)floats, (void)now, (void)was;
}

const kernels NAME(word2vec_frozen) = {
    WIDTH, NAME(frozen_gradient), NAME(frozen_apply), NAME(frozen_cbow),
    NULL,  NAME(merge), NULL, NAME(mean), NAME(frozen_spread)};
