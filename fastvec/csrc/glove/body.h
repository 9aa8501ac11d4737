/* body.h - GloVe's kernels, written once on simd.h and compiled for each instruction set.
 *
 * No include guard: see simd.h.  A pair's two scores are sums over rows that the pair before it may
 * just be changing, and each score needs some fifty cycles of latency to be summed up and turned
 * into a step.  So the next pair's scores are computed before this pair's step is applied, unless
 * the two share a word: the processor then has work for the wait, and the result is the same.
 */
#define CONSTANT static inline __attribute__((always_inline))

/* 1 / sqrt(x) for x >= 1e-20: the processor's estimate, made better by a step of Newton's method
 * where it has fewer than 14 bits. */
CONSTANT vec NAME(reciprocal_root)(vec x) {
#if defined(__x86_64__) && WIDTH == 16
    return (vec)_mm512_rsqrt14_ps((__m512)x);
#else
#if defined(__x86_64__) && WIDTH == 8
    const vec y = (vec)_mm256_rsqrt_ps((__m256)x);
#elif defined(__x86_64__)
    const vec y = (vec)_mm_rsqrt_ps((__m128)x);
#else /* half the exponent, and a straight line for the rest: 3.4 % off at most */
    vec y = (vec)(0x5f375a86 - ((ints)x >> 1));
    y *= 1.5f - 0.5f * x * y * y;
    y *= 1.5f - 0.5f * x * y * y;
#endif
    return y * (1.5f - 0.5f * x * y * y);
#endif
}

/* log2(x) for x > 0 that is no denormal: the exponent, and f * polynomial(f) for a mantissa 1 + f
 * from sqrt(1/2) to sqrt(2) (own fit; error below 4e-8 of the second part). */
CONSTANT vec NAME(log2)(vec x) {
    const ints exponent = ((ints)x - 0x3f3504f3) >> 23;
    const vec f = (vec)((ints)x - (exponent << 23)) - 1.0f;
    vec p = ALL(0.12926370f);
    p = p * f - 0.20893367f;
    p = p * f + 0.21521240f;
    p = p * f - 0.23867571f;
    p = p * f + 0.28793908f;
    p = p * f - 0.36071626f;
    p = p * f + 0.48091028f;
    p = p * f - 0.72134720f;
    p = p * f + 1.4426950f;
    return __builtin_convertvector(exponent, vec) + p * f;
}

#include "kernels/exp2.h"

static void NAME(weigh)(float *targets, float *weights, int64_t n, const glove_rule *rule) {
    for (int64_t i = 0; i < n; i += WIDTH) {
        const vec octaves = NAME(log2)(LOAD(targets + i));
        vec power = rule->alpha * (octaves - rule->log2_x_max);
        power = MAX(MIN(power, ALL(0.0f)), ALL(-126.0f));
        STORE(targets + i, octaves * 0.69314718f);
        STORE(weights + i, NAME(exp2)(power));
    }
}

/* The scores of one pair: first's vector . second's context, and the other way round. */
CONSTANT void NAME(scores)(const float *first, const float *second, const glove_rule *rule,
                           float *scores, const int forward, const int backward) {
    const int64_t stride = rule->stride;
    vec f[2] = {ALL(0.0f), ALL(0.0f)}, b[2] = {ALL(0.0f), ALL(0.0f)};
    int64_t k = 0;
#define TERM(i, k)                                                                          \
    if (forward) f[i] += LOAD(first + (k)) * LOAD(second + CONTEXT * stride + (k));         \
    if (backward) b[i] += LOAD(second + (k)) * LOAD(first + CONTEXT * stride + (k));
    for (; k + WIDTH < rule->floats; k += 2 * WIDTH) {
        TERM(0, k)
        TERM(1, k + WIDTH)
    }
    if (k < rule->floats) {
        TERM(0, k)
    }
#undef TERM
    vec t = FOLD_1(f[0] + f[1], b[0] + b[1]);
    t = FOLD_2(t, t);
#if WIDTH >= 8
    t = FOLD_4(t, t);
#endif
#if WIDTH >= 16
    t = FOLD_8(t, t);
#endif
    scores[0] = t[0];
    scores[1] = t[1];
}

/* AdaGrad: both rows move against step * the other's old value, each number divided by the root of
 * the sum of its squared steps so far.  ahead: a record that will be needed soon. */
CONSTANT void NAME(descend)(float *word, float *context, const glove_rule *rule, float step,
                            const float *ahead) {
    const int64_t stride = rule->stride;
    float *vector = word + VECTOR * stride, *vector_squares = word + VECTOR_SQUARES * stride;
    float *other = context + CONTEXT * stride, *other_squares = context + CONTEXT_SQUARES * stride;
    const vec all = ALL(step), high = ALL(rule->limit), low = -high;
    for (int64_t k = 0; k < rule->floats; k += WIDTH) {
        if (k % GLOVE_FLOATS == 0) /* once for each cache line */
            for (int i = 0; i < GLOVE_ROWS; i++) __builtin_prefetch(ahead + i * stride + k, 1);
        const vec w = LOAD(vector + k), c = LOAD(other + k);
        const vec w_squares = LOAD(vector_squares + k), c_squares = LOAD(other_squares + k);
        const vec w_step = MAX(MIN(all * c, high), low), c_step = MAX(MIN(all * w, high), low);
        STORE(vector + k, w - w_step * NAME(reciprocal_root)(w_squares));
        STORE(other + k, c - c_step * NAME(reciprocal_root)(c_squares));
        STORE(vector_squares + k, w_squares + w_step * w_step);
        STORE(other_squares + k, c_squares + c_step * c_step);
    }
}

/* forward: pairs are entries (row, column); backward: (column, row); both: both. */
CONSTANT double NAME(train_side)(const glove_tile *tile, const glove_rule *rule, const int forward,
                                 const int backward) {
    const int64_t record = GLOVE_ROWS * rule->stride;
    enum { AHEAD = 3 }; /* pairs */
    double cost = 0;
    float score[2];
#define ROW(i) (tile->rows + (tile->cells[i] >> 16) * record)
#define COLUMN(i) (tile->columns + (tile->cells[i] & 0xffff) * record)
    float *row = ROW(0), *column = COLUMN(0);
    NAME(scores)(row, column, rule, score, forward, backward);
    for (int64_t i = 0; i < tile->n; i++) {
        const float target = tile->targets[i], weight = tile->weights[i];
        /* The pair of a word with itself is one entry. */
        const int again = backward && !(forward && row == column);
        const float f = score[0] - target, b = score[1] - target;
        const float f_step = weight * f, b_step = weight * b;
        if (forward) cost += 0.5 * f_step * f;
        if (again) cost += 0.5 * b_step * b;

        const int64_t next = i + 1 < tile->n ? i + 1 : i;
        float *next_row = ROW(next), *next_column = COLUMN(next);
        const int apart = (next_row != row) & (next_column != column) & (next_row != column) &
                          (next_column != row);
        if (apart) NAME(scores)(next_row, next_column, rule, score, forward, backward);
        const int64_t ahead = i + AHEAD < tile->n ? i + AHEAD : i;
        if (forward) NAME(descend)(row, column, rule, rule->eta * f_step, ROW(ahead));
        if (again) NAME(descend)(column, row, rule, rule->eta * b_step, COLUMN(ahead));
        if (!apart) NAME(scores)(next_row, next_column, rule, score, forward, backward);
        row = next_row;
        column = next_column;
    }
#undef ROW
#undef COLUMN
    return cost;
}

/* The cost of a tile as its records are. */
CONSTANT double NAME(cost_of_side)(const glove_tile *tile, const glove_rule *rule, const int forward,
                                   const int backward) {
    const int64_t record = GLOVE_ROWS * rule->stride;
    double cost = 0;
    float score[2];
    for (int64_t i = 0; i < tile->n; i++) {
        const float *row = tile->rows + (tile->cells[i] >> 16) * record;
        const float *column = tile->columns + (tile->cells[i] & 0xffff) * record;
        NAME(scores)(row, column, rule, score, forward, backward);
        const double f = score[0] - tile->targets[i], b = score[1] - tile->targets[i];
        if (forward) cost += 0.5 * tile->weights[i] * f * f;
        if (backward && !(forward && row == column)) cost += 0.5 * tile->weights[i] * b * b;
    }
    return cost;
}

static double NAME(cost)(const glove_tile *tile, const glove_rule *rule) {
    switch (tile->side) {
        case TILE_LEFT: return NAME(cost_of_side)(tile, rule, 0, 1);
        case TILE_RIGHT: return NAME(cost_of_side)(tile, rule, 1, 0);
        default: return NAME(cost_of_side)(tile, rule, 1, 1);
    }
}

static double NAME(train)(const glove_tile *tile, const glove_rule *rule) {
    if (tile->n == 0) return 0;
    switch (tile->side) {
        case TILE_LEFT: return NAME(train_side)(tile, rule, 0, 1);
        case TILE_RIGHT: return NAME(train_side)(tile, rule, 1, 0);
        default: return NAME(train_side)(tile, rule, 1, 1);
    }
}

const glove_kernels NAME(glove) = {WIDTH, NAME(weigh), NAME(train), NAME(cost)};

#undef CONSTANT
