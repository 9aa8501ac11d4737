/* cbow.h - CBOW's kernel: one input, which is the sum of the context words' rows.
 *
 * With one input nothing is shared among inputs: each output row is read once for its score, and read
 * and written once more for its update.  So loops run over rows, with as many columns as the registers
 * hold: the input's and its change.  The sums of each output's products are folded later, WIDTH outputs
 * at a time.  All of it is inlined into one function: calls would cost a tenth (docs/performance.md).  The
 * inlined functions take their structs by value, since the compiler must assume that a row which is
 * written is what a pointer to a struct points to.
 *
 * No include guard: see simd.h.
 */

/* K columns of the input, from k on, into x. */
CONSTANT void NAME(gather)(cbow_input input, int k, vec *x, const int K) {
    UNROLL for (int j = 0; j < K; j++) x[j] = LOAD(input.rows[0] + k + j * WIDTH);
    if (input.weights) {
        UNROLL for (int j = 0; j < K; j++) x[j] *= input.weights[0];
        for (int i = 1; i < input.m; i++)
            UNROLL for (int j = 0; j < K; j++)
                x[j] += input.weights[i] * LOAD(input.rows[i] + k + j * WIDTH);
    } else {
        for (int i = 1; i < input.m; i++)
            UNROLL for (int j = 0; j < K; j++) x[j] += LOAD(input.rows[i] + k + j * WIDTH);
    }
    UNROLL for (int j = 0; j < K; j++) x[j] *= input.scale;
}

/* sums[o] = x * outputs[o], lane by lane, added to what is there unless k is 0. */
CONSTANT void NAME(multiply)(const vec *x, float *const *outputs, int n, int k, vec *sums, const int K) {
    for (int o = 0; o < n; o++) {
        const float *row = outputs[o] + k;
        vec even = x[0] * LOAD(row), odd = k ? sums[o] : ALL(0.0f);
        UNROLL for (int j = 1; j < K; j += 2) odd += x[j] * LOAD(row + j * WIDTH);
        UNROLL for (int j = 2; j < K; j += 2) even += x[j] * LOAD(row + j * WIDTH);
        sums[o] = even + odd;
    }
}

/* The scores of n outputs, or of the first WIDTH of them, from the sums of their lanes; n rounded up to
 * HALF_SLOTS of these are numbers. */
CONSTANT vec NAME(cbow_scores)(const vec *sums, int n) {
    const vec first = NAME(fold_half)(sums, HALF_SLOTS);
#if WIDTH == 4
    (void)n;
    return first;
#else
    const vec both = FOLD_4(first, n > 4 ? NAME(fold_half)(sums + 4, HALF_SLOTS) : first);
#if WIDTH == 8
    return both;
#else
    if (n <= 8) return FOLD_8(both, both);
    const vec third = NAME(fold_half)(sums + 8, HALF_SLOTS);
    const vec fourth = n > 12 ? NAME(fold_half)(sums + 12, HALF_SLOTS) : third;
    return FOLD_8(both, FOLD_4(third, fourth));
#endif
#endif
}

/* The steps of n outputs, from the sums of their lanes. */
CONSTANT void NAME(cbow_steps)(vec *sums, const float *signs, int n, float alpha, likelihood *likely,
                               float *g) {
    for (int o = n; o % HALF_SLOTS; o++) sums[o] = sums[0]; /* anything, if it is a number */
    vec product = LOAD(likely->mantissa);
    ints exponent = *(const ints *)likely->exponent;
    for (int o = 0; o < n; o += WIDTH) {
        const vec score = NAME(cbow_scores)(sums + o, n - o);
        const vec signed_weight = LOAD_LOOSE(signs + o);
        const vec sign = (vec)(((ints)signed_weight & INT32_MIN) | (ints)ALL(1.0f));
        const vec taken = LOAD_LOOSE(taken_mask + (n - o < WIDTH ? ROW_FLOATS - (n - o) : 0));
        NAME(labels) l = NAME(labels_from)(sign, taken, alpha);
        l.rate = alpha * signed_weight;
        STORE(g + o, NAME(step)(score, l, &product, &exponent));
        likely->factors++;
    }
    STORE(likely->mantissa, product);
    *(ints *)likely->exponent = exponent;
}

/* Beside output o: prefetch a column of all listed rows, or a whole row in the first round. */
CONSTANT void NAME(prefetch_with)(prefetch_list prefetch, int o, int floats, int k, const int K) {
    if (!prefetch.whole_rows) {
        if (o < K) NAME(prefetch_column)(prefetch.rows, prefetch.n, k + o * WIDTH);
    } else if (k == 0 && o < prefetch.n) {
        NAME(prefetch_row)(prefetch.rows[o], floats);
    }
}

/* outputs[o] += g[o] * x; rows[i] += share * (sum of g[o] * outputs[o] as they were). */
CONSTANT void NAME(change)(cbow_input input, const vec *x, float *const *outputs, int n,
                           const float *g, int floats, prefetch_list prefetch, int k, const int K) {
    vec change[CBOW_COLUMNS];
    UNROLL for (int j = 0; j < K; j++) change[j] = ALL(0.0f);
    for (int o = 0; o < n; o++) {
        float *row = outputs[o] + k;
        const vec step = ALL(g[o]);
        UNROLL for (int j = 0; j < K; j++) {
            const vec y = LOAD(row + j * WIDTH);
            change[j] = NAME(plus_product)(change[j], step, y);
            STORE(row + j * WIDTH, y + step * x[j]);
        }
        NAME(prefetch_with)(prefetch, o, floats, k, K);
    }
    for (int o = n; o < (prefetch.whole_rows ? prefetch.n : K); o++)
        NAME(prefetch_with)(prefetch, o, floats, k, K);
    UNROLL for (int j = 0; j < K; j++) change[j] *= input.share;
    for (int i = 0; i < input.m; i++)
        UNROLL for (int j = 0; j < K; j++) {
            float *column = input.rows[i] + k + j * WIDTH;
            STORE(column, LOAD(column) + change[j]);
        }
}

/* The whole update with an input of K columns, which stays in registers. */
CONSTANT void NAME(cbow_whole)(const cbow_input *input, float *const *outputs, const float *signs, int n,
                               int floats, float alpha, likelihood *likely,
                               const prefetch_list *prefetch, const int K) {
    vec x[CBOW_COLUMNS], sums[MAX_OUTPUTS];
    float g[MAX_OUTPUTS] __attribute__((aligned(64)));
    NAME(gather)(*input, 0, x, K);
    NAME(multiply)(x, outputs, n, 0, sums, K);
    NAME(cbow_steps)(sums, signs, n, alpha, likely, g);
    NAME(change)(*input, x, outputs, n, g, floats, *prefetch, 0, K);
}

#define COLUMN_CASE(K) \
    case K:            \
        WORK(K);       \
        break;
#if CBOW_COLUMNS == 13
#define FEW_COLUMNS                                             \
    COLUMN_CASE(1) COLUMN_CASE(2) COLUMN_CASE(3) COLUMN_CASE(4) \
    COLUMN_CASE(5) COLUMN_CASE(6)
#define MANY_COLUMNS                                              \
    COLUMN_CASE(7) COLUMN_CASE(8) COLUMN_CASE(9) COLUMN_CASE(10)  \
    COLUMN_CASE(11) COLUMN_CASE(12) COLUMN_CASE(13)
#else
_Static_assert(CBOW_COLUMNS == 6, "there is a case for all numbers of columns");
#define FEW_COLUMNS COLUMN_CASE(1) COLUMN_CASE(2)
#define MANY_COLUMNS COLUMN_CASE(3) COLUMN_CASE(4) COLUMN_CASE(5) COLUMN_CASE(6)
#endif

/* WORK(K) with one group of K columns, from k on, after the other.  All groups have about the same size: if
 * there are several, none is smaller than half of the largest, and MANY_COLUMNS are enough as CASES. */
#define IN_GROUPS(floats, CASES)                                                      \
    for (int k = 0, left = (floats) / WIDTH; left > 0;) {                            \
        const int groups = (left + CBOW_COLUMNS - 1) / CBOW_COLUMNS, K = left / groups;\
        switch (K) { CASES }                                                         \
        k += K * WIDTH;                                                              \
        left -= K;                                                                   \
    }

/* The same with a longer input, which is stored in input->sum meanwhile. */
static __attribute__((noinline)) void NAME(cbow_in_groups)(const cbow_input *input,
                                                           float *const *outputs, const float *signs,
                                                           int n, int floats, float alpha,
                                                           likelihood *likely,
                                                           const prefetch_list *prefetch) {
    vec x[CBOW_COLUMNS], sums[MAX_OUTPUTS];
    float g[MAX_OUTPUTS] __attribute__((aligned(64)));
#define WORK(K)                                                                           \
    NAME(gather)(*input, k, x, K);                                                            \
    UNROLL for (int j = 0; j < K; j++) STORE(input->sum + k + j * WIDTH, x[j]);            \
    NAME(multiply)(x, outputs, n, k, sums, K)
    IN_GROUPS(floats, MANY_COLUMNS)
#undef WORK
    NAME(cbow_steps)(sums, signs, n, alpha, likely, g);
#define WORK(K)                                                                \
    UNROLL for (int j = 0; j < K; j++) x[j] = LOAD(input->sum + k + j * WIDTH); \
    NAME(change)(*input, x, outputs, n, g, floats, *prefetch, k, K)
    IN_GROUPS(floats, MANY_COLUMNS)
#undef WORK
}

static void NAME(cbow)(const cbow_input *input, float *const *outputs, const float *signs, int n,
                       int floats, float alpha, likelihood *likely, const prefetch_list *prefetch) {
    if (floats > CBOW_COLUMNS * WIDTH) {
        NAME(cbow_in_groups)(input, outputs, signs, n, floats, alpha, likely, prefetch);
        return;
    }
#define WORK(K) NAME(cbow_whole)(input, outputs, signs, n, floats, alpha, likely, prefetch, K)
    switch (floats / WIDTH) { FEW_COLUMNS MANY_COLUMNS }
#undef WORK
}
