/* bag.h - CBOW's step: one input, the sum of a bag of rows.
 *
 * With one input nothing is shared among inputs: each output row is read once for its score and once
 * more, and written, for its change.  So loops run over rows, with as many columns as the registers
 * hold: the input's and its change.  What an output's products add up to is folded later, WIDTH outputs
 * at a time.
 *
 * No include guard: see simd.h.
 */

/* hidden = scale * (rows[0] + ... + rows[m - 1]), K columns from k on. */
CONSTANT void NAME(gather_columns)(float *const *rows, int m, float scale, float *hidden, int k,
                                   const int K) {
    vec sum[BAG_COLUMNS];
    UNROLL for (int j = 0; j < K; j++) sum[j] = LOAD(rows[0] + k + j * WIDTH);
    for (int i = 1; i < m; i++)
        UNROLL for (int j = 0; j < K; j++) sum[j] += LOAD(rows[i] + k + j * WIDTH);
    UNROLL for (int j = 0; j < K; j++) STORE(hidden + k + j * WIDTH, scale * sum[j]);
}

/* sums[o] = hidden * outputs[o], lane by lane, added to what is there unless k is 0. */
CONSTANT void NAME(bag_columns)(const float *hidden, float *const *outputs, int n, int k, vec *sums,
                                const int K) {
    vec x[BAG_COLUMNS];
    UNROLL for (int j = 0; j < K; j++) x[j] = LOAD(hidden + k + j * WIDTH);
    for (int o = 0; o < n; o++) {
        const float *row = outputs[o] + k;
        vec even = x[0] * LOAD(row), odd = k ? sums[o] : ALL(0.0f);
        UNROLL for (int j = 1; j < K; j += 2) odd += x[j] * LOAD(row + j * WIDTH);
        UNROLL for (int j = 2; j < K; j += 2) even += x[j] * LOAD(row + j * WIDTH);
        sums[o] = even + odd;
    }
}

/* With output o: a column of all rows that are needed soon, or a whole row in the first round. */
CONSTANT void NAME(fetch_with)(const upcoming *soon, int o, int floats, int k, const int K) {
    if (!soon->whole) {
        if (o < K) NAME(fetch_column)(soon->rows, soon->n, k + o * WIDTH);
    } else if (k == 0 && o < soon->n) {
        NAME(fetch_row)(soon->rows[o], floats);
    }
}

/* outputs[o] += g[o] * hidden; rows[i] += scale * (sum of g[o] * outputs[o] as they were). */
CONSTANT void NAME(change_columns)(float *const *rows, int m, float scale, const float *hidden,
                                   float *const *outputs, int n, const float *g, int floats,
                                   const upcoming *soon, int k, const int K) {
    vec x[BAG_COLUMNS], change[BAG_COLUMNS];
    UNROLL for (int j = 0; j < K; j++) {
        x[j] = LOAD(hidden + k + j * WIDTH);
        change[j] = ALL(0.0f);
    }
    for (int o = 0; o < n; o++) {
        float *row = outputs[o] + k;
        UNROLL for (int j = 0; j < K; j++) {
            const vec y = LOAD(row + j * WIDTH);
            change[j] += g[o] * y;
            STORE(row + j * WIDTH, y + g[o] * x[j]);
        }
        NAME(fetch_with)(soon, o, floats, k, K);
    }
    for (int o = n; o < (soon->whole ? soon->n : K); o++) NAME(fetch_with)(soon, o, floats, k, K);
    UNROLL for (int j = 0; j < K; j++) change[j] *= scale;
    for (int i = 0; i < m; i++)
        UNROLL for (int j = 0; j < K; j++) {
            float *column = rows[i] + k + j * WIDTH;
            STORE(column, LOAD(column) + change[j]);
        }
}

/* The scores of n outputs, or of the first WIDTH of them, from the sums of their lanes; n rounded up to
 * HALF_SLOTS of these are numbers. */
CONSTANT vec NAME(bag_scores)(const vec *sums, int n) {
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

/* WORK(K) for K columns from k on, BAG_COLUMNS of them as long as there are so many. */
#define COLUMN_CASE(K) \
    case K:            \
        WORK(K);       \
        break;
#define IN_COLUMNS(floats)                                        \
    for (int k = 0, left = (floats) / WIDTH; left > 0;) {         \
        const int some = left < BAG_COLUMNS ? left : BAG_COLUMNS; \
        switch (some) { EACH_COLUMNS(COLUMN_CASE) }               \
        k += some * WIDTH;                                        \
        left -= some;                                             \
    }

static void NAME(gather)(float *const *rows, int m, float scale, float *hidden, int floats) {
#define WORK(K) NAME(gather_columns)(rows, m, scale, hidden, k, K)
    IN_COLUMNS(floats)
#undef WORK
}

static void NAME(bag_gradient)(const float *hidden, float *const *outputs, const float *signs,
                               int n, int floats, float alpha, loss *sum, float *g) {
    vec sums[MAX_OUTPUTS];
#define WORK(K) NAME(bag_columns)(hidden, outputs, n, k, sums, K)
    IN_COLUMNS(floats)
#undef WORK
    for (int o = n; o % HALF_SLOTS; o++) sums[o] = sums[0]; /* anything, if it is a number */
    vec product = LOAD(sum->mantissa);
    ints exponent = *(const ints *)sum->exponent;
    for (int o = 0; o < n; o += WIDTH) {
        const vec score = NAME(bag_scores)(sums + o, n - o);
        const vec sign = LOAD_LOOSE(signs + o);
        const vec taken = LOAD_LOOSE(some_taken + (n - o < WIDTH ? ROW_FLOATS - (n - o) : 0));
        const NAME(labels) l = {-LOG2_E * sign * taken, LARGEST * (taken - 1.0f), alpha * sign};
        STORE(g + o, NAME(step)(score, l, &product, &exponent));
        sum->steps++;
    }
    STORE(sum->mantissa, product);
    *(ints *)sum->exponent = exponent;
}

static void NAME(bag_apply)(float *const *rows, int m, float scale, const float *hidden,
                            float *const *outputs, int n, const float *g, int floats,
                            const upcoming *soon) {
#define WORK(K) NAME(change_columns)(rows, m, scale, hidden, outputs, n, g, floats, soon, k, K)
    IN_COLUMNS(floats)
#undef WORK
}

#undef IN_COLUMNS
#undef COLUMN_CASE
