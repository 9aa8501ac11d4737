/* bag.h - CBOW's step: one input, the sum of a bag of rows.
 *
 * With one input nothing is shared among inputs: each output row is read once for its score and once
 * more, and written, for its change.  So loops run over rows, with as many columns as the registers
 * hold: the input's and its change.  What an output's products add up to is folded later, WIDTH outputs
 * at a time.  All of it is one function: calls between its parts would cost a tenth (docs/method.md).  The
 * parts take bags and lists by value, since for all that the compiler knows a row that is written may be
 * what a pointer points to.
 *
 * No include guard: see simd.h.
 */

/* K columns of the input, from k on, into x. */
CONSTANT void NAME(gather)(bag b, int k, vec *x, const int K) {
    UNROLL for (int j = 0; j < K; j++) x[j] = LOAD(b.rows[0] + k + j * WIDTH);
    for (int i = 1; i < b.m; i++)
        UNROLL for (int j = 0; j < K; j++) x[j] += LOAD(b.rows[i] + k + j * WIDTH);
    UNROLL for (int j = 0; j < K; j++) x[j] *= b.scale;
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

/* The steps of n outputs, from the sums of their lanes. */
CONSTANT void NAME(bag_steps)(vec *sums, const float *signs, int n, float alpha, loss *sum, float *g) {
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

/* With output o: a column of all rows that are needed soon, or a whole row in the first round. */
CONSTANT void NAME(fetch_with)(upcoming soon, int o, int floats, int k, const int K) {
    if (!soon.whole) {
        if (o < K) NAME(fetch_column)(soon.rows, soon.n, k + o * WIDTH);
    } else if (k == 0 && o < soon.n) {
        NAME(fetch_row)(soon.rows[o], floats);
    }
}

/* outputs[o] += g[o] * x; rows[i] += share * (sum of g[o] * outputs[o] as they were). */
CONSTANT void NAME(change)(bag b, const vec *x, float *const *outputs, int n, const float *g,
                           int floats, upcoming soon, int k, const int K) {
    vec change[BAG_COLUMNS];
    UNROLL for (int j = 0; j < K; j++) change[j] = ALL(0.0f);
    for (int o = 0; o < n; o++) {
        float *row = outputs[o] + k;
        const vec step = ALL(g[o]);
        UNROLL for (int j = 0; j < K; j++) {
            const vec y = LOAD(row + j * WIDTH);
            change[j] = NAME(plus_product)(change[j], step, y);
            STORE(row + j * WIDTH, y + step * x[j]);
        }
        NAME(fetch_with)(soon, o, floats, k, K);
    }
    for (int o = n; o < (soon.whole ? soon.n : K); o++) NAME(fetch_with)(soon, o, floats, k, K);
    UNROLL for (int j = 0; j < K; j++) change[j] *= b.share;
    for (int i = 0; i < b.m; i++)
        UNROLL for (int j = 0; j < K; j++) {
            float *column = b.rows[i] + k + j * WIDTH;
            STORE(column, LOAD(column) + change[j]);
        }
}

/* The whole step with an input of K columns that stays in registers. */
CONSTANT void NAME(bag_whole)(const bag *b, float *const *outputs, const float *signs, int n, int floats,
                              float alpha, loss *sum, const upcoming *soon, const int K) {
    vec x[BAG_COLUMNS], sums[MAX_OUTPUTS];
    float g[MAX_OUTPUTS] __attribute__((aligned(64)));
    NAME(gather)(*b, 0, x, K);
    NAME(multiply)(x, outputs, n, 0, sums, K);
    NAME(bag_steps)(sums, signs, n, alpha, sum, g);
    NAME(change)(*b, x, outputs, n, g, floats, *soon, 0, K);
}

#define COLUMN_CASE(K) \
    case K:            \
        WORK(K);       \
        break;
#if BAG_COLUMNS == 13
#define FEW_COLUMNS                                             \
    COLUMN_CASE(1) COLUMN_CASE(2) COLUMN_CASE(3) COLUMN_CASE(4) \
    COLUMN_CASE(5) COLUMN_CASE(6)
#define MANY_COLUMNS                                              \
    COLUMN_CASE(7) COLUMN_CASE(8) COLUMN_CASE(9) COLUMN_CASE(10)  \
    COLUMN_CASE(11) COLUMN_CASE(12) COLUMN_CASE(13)
#else
_Static_assert(BAG_COLUMNS == 6, "there is a case for all numbers of columns");
#define FEW_COLUMNS COLUMN_CASE(1) COLUMN_CASE(2)
#define MANY_COLUMNS COLUMN_CASE(3) COLUMN_CASE(4) COLUMN_CASE(5) COLUMN_CASE(6)
#endif

/* WORK(K) with one part of K columns from k on after the other, all of about the same size, so none is
 * smaller than half of the largest. */
#define IN_PARTS(floats)                                                             \
    for (int k = 0, left = (floats) / WIDTH; left > 0;) {                            \
        const int parts = (left + BAG_COLUMNS - 1) / BAG_COLUMNS, K = left / parts;  \
        switch (K) { MANY_COLUMNS }                                                  \
        k += K * WIDTH;                                                              \
        left -= K;                                                                   \
    }

/* The same with a longer one, which waits in b->hidden meanwhile. */
static __attribute__((noinline)) void NAME(bag_in_parts)(const bag *b, float *const *outputs,
                                                         const float *signs, int n, int floats,
                                                         float alpha, loss *sum,
                                                         const upcoming *soon) {
    vec x[BAG_COLUMNS], sums[MAX_OUTPUTS];
    float g[MAX_OUTPUTS] __attribute__((aligned(64)));
#define WORK(K)                                                                           \
    NAME(gather)(*b, k, x, K);                                                            \
    UNROLL for (int j = 0; j < K; j++) STORE(b->hidden + k + j * WIDTH, x[j]);            \
    NAME(multiply)(x, outputs, n, k, sums, K)
    IN_PARTS(floats)
#undef WORK
    NAME(bag_steps)(sums, signs, n, alpha, sum, g);
#define WORK(K)                                                                \
    UNROLL for (int j = 0; j < K; j++) x[j] = LOAD(b->hidden + k + j * WIDTH); \
    NAME(change)(*b, x, outputs, n, g, floats, *soon, k, K)
    IN_PARTS(floats)
#undef WORK
}

static void NAME(bag)(const bag *b, float *const *outputs, const float *signs, int n, int floats,
                      float alpha, loss *sum, const upcoming *soon) {
    if (floats > BAG_COLUMNS * WIDTH) {
        NAME(bag_in_parts)(b, outputs, signs, n, floats, alpha, sum, soon);
        return;
    }
#define WORK(K) NAME(bag_whole)(b, outputs, signs, n, floats, alpha, sum, soon, K)
    switch (floats / WIDTH) { FEW_COLUMNS MANY_COLUMNS }
#undef WORK
}

#undef IN_PARTS
#undef FEW_COLUMNS
#undef MANY_COLUMNS
#undef COLUMN_CASE
