/* bf16.h - the arithmetic of body.h with products in bf16.
 *
 * bf16 is the upper half of a float32.  VDPBF16PS multiplies 32 pairs of them and adds the products
 * in pairs to 16 float32 lanes: on AMD's Zen 4 and 5 twice the multiply-adds of float32.  The rows
 * themselves stay float32, and so do all sums: what is lost is 2^-8 of each product, well below the
 * noise of a stochastic step.
 *
 * No include guard: see simd.h.
 */
typedef __m512i NAME(pairs);
#define pairs NAME(pairs)
#define ADD_PRODUCTS(sum, a, b) ((vec)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(a), (__m512bh)(b)))

/* Lane by lane the pair (a, b), both cut to their upper halves. */
CONSTANT pairs NAME(pair)(vec a, vec b) {
    enum { A_OR_B_AND_C = 0xF8 };
    return _mm512_ternarylogic_epi32(_mm512_srli_epi32((__m512i)a, 16), (__m512i)b,
                                     _mm512_set1_epi32((int)0xFFFF0000), A_OR_B_AND_C);
}

/* sums[i * SLOTS + o] = inputs[i] * outputs[o], lane by lane, for R inputs and C outputs. */
CONSTANT void NAME(dots)(float *const *inputs, float *const *outputs, int floats, vec *sums,
                         const int R, const int C) {
    const float *a[TILE_INPUTS], *b[TILE_OUTPUTS];
    UNROLL for (int i = 0; i < R; i++) a[i] = inputs[i];
    UNROLL for (int o = 0; o < C; o++) b[o] = outputs[o];
    UNROLL for (int i = 0; i < R; i++)
        UNROLL for (int o = 0; o < C; o++) sums[i * SLOTS + o] = ALL(0.0f);
    int k = 0;
    for (; k + WIDTH < floats; k += 2 * WIDTH) {
        pairs x[TILE_INPUTS];
        UNROLL for (int i = 0; i < R; i++) x[i] = NAME(pair)(LOAD(a[i] + k), LOAD(a[i] + k + WIDTH));
        UNROLL for (int o = 0; o < C; o++) {
            const pairs y = NAME(pair)(LOAD(b[o] + k), LOAD(b[o] + k + WIDTH));
            UNROLL for (int i = 0; i < R; i++)
                sums[i * SLOTS + o] = ADD_PRODUCTS(sums[i * SLOTS + o], x[i], y);
        }
    }
    if (k < floats) { /* one vector is left */
        vec x[TILE_INPUTS];
        UNROLL for (int i = 0; i < R; i++) x[i] = LOAD(a[i] + k);
        UNROLL for (int o = 0; o < C; o++) {
            const vec y = LOAD(b[o] + k);
            UNROLL for (int i = 0; i < R; i++) sums[i * SLOTS + o] += x[i] * y;
        }
    }
}

/* 2^f for |f| <= 1/2, and 1 / x: relative error below 1e-4, a fiftieth of what the steps lose when
 * they are kept as bf16. */
CONSTANT vec NAME(fraction_power)(vec f) {
    vec p = ALL(5.517157e-2f);
    p = p * f + 2.4261111e-1f;
    p = p * f + 6.93261e-1f;
    return p * f + 9.9992807e-1f;
}

CONSTANT vec NAME(reciprocal)(vec x) { return (vec)_mm512_rcp14_ps((__m512)x); }

/* sum + a * b beside other multiply-adds.  AMD's cores add in pipes of their own, which those leave idle:
 * two operations are quicker than one, if the compiler does not make them one. */
CONSTANT vec NAME(plus_product)(vec sum, vec a, vec b) {
    vec product = a * b;
    __asm__("" : "+v"(product));
    return sum + product;
}

/* The steps of inputs i and i + 1 (i even), 16 slots, are kept in pairs the size of a float, twice:
 *     slot o / 2:              of input i with outputs o and o + 1 (o even)
 *     slot SLOTS / 2 + o / 2:  of input i + 1 with the same
 *     slot SLOTS + o:          of inputs i and i + 1 with output o */
CONSTANT void NAME(keep)(float *g, vec steps) {
    const __m256i both = (__m256i)_mm512_cvtneps_pbh((__m512)steps);
    const __m128i one = _mm256_castsi256_si128(both), two = _mm256_extracti128_si256(both, 1);
    _mm256_store_si256((__m256i *)g, both);
    _mm_store_si128((__m128i *)(g + SLOTS), _mm_unpacklo_epi16(one, two));
    _mm_store_si128((__m128i *)(g + SLOTS) + 1, _mm_unpackhi_epi16(one, two));
}

#define STEP_PAIR(slot) _mm512_set1_epi32(*(const int *)(slot))
CONSTANT pairs NAME(with_outputs)(const float *g, int i, int o) { /* o and o + 1 */
    return STEP_PAIR(g + (i - i % 2) * SLOTS + i % 2 * (SLOTS / 2) + o / 2);
}
CONSTANT pairs NAME(with_inputs)(const float *g, int i, int o) { /* i and i + 1 */
    return STEP_PAIR(g + (i + 1) * SLOTS + o);
}

/* K columns of C resident rows; `before` in pairs of rows. */
typedef struct {
    pairs before[(MAX_INPUTS + 1) / 2 * RESIDENT_COLUMNS];
    vec after[MAX_INPUTS * RESIDENT_COLUMNS];
} NAME(residents);

CONSTANT void NAME(load_residents)(NAME(residents) *r, float *const *rows, int k, const int C,
                                   const int K) {
    UNROLL for (int i = 0; i < C; i += 2)
        UNROLL for (int j = 0; j < K; j++)
            r->before[i / 2 * K + j] = NAME(pair)(
                LOAD(rows[i] + k + j * WIDTH),
                i + 1 < C ? LOAD(rows[i + 1] + k + j * WIDTH) : ALL(0.0f));
}

/* Change K columns of streamed row s by the residents, and by its partner if it has one, which is changed
 * too; was: the columns before that. */
CONSTANT void NAME(move)(const NAME(residents) *r, float *row, const NAME(partners) *partners, vec *was,
                         const float *g, int k, int s, const int swapped, const int C, const int K) {
    vec y[RESIDENT_COLUMNS];
    UNROLL for (int j = 0; j < K; j++) y[j] = was[j] = LOAD(row + k + j * WIDTH);
    if (partners) NAME(move_partner)(partners, s, was, y, k, K);
    UNROLL for (int i = 0; i < C; i += 2) {
        const pairs step = swapped ? NAME(with_inputs)(g, i, s) : NAME(with_outputs)(g, s, i);
        UNROLL for (int j = 0; j < K; j++) y[j] = ADD_PRODUCTS(y[j], r->before[i / 2 * K + j], step);
    }
    UNROLL for (int j = 0; j < K; j++) STORE(row + k + j * WIDTH, y[j]);
}

/* K columns of n streamed rows: change them by the residents, and the residents by them; with `partners`
 * also by the partner of each, and that by them.
 * g: the steps of inputs with outputs; the residents are the outputs, or the inputs if `swapped`. */
CONSTANT void NAME(stream)(NAME(residents) *r, float *const *rows, const NAME(partners) *partners, int n,
                           const float *g, int k, const int swapped, const int C, const int K) {
    for (int s = 0; s < n; s += 2) {
        vec one[RESIDENT_COLUMNS], two[RESIDENT_COLUMNS];
        pairs x[RESIDENT_COLUMNS];
        NAME(move)(r, rows[s], partners, one, g, k, s, swapped, C, K);
        if (s + 1 < n) /* read after the first was stored: it may be the same row */
            NAME(move)(r, rows[s + 1], partners, two, g, k, s + 1, swapped, C, K);
        else
            UNROLL for (int j = 0; j < K; j++) two[j] = ALL(0.0f);
        UNROLL for (int j = 0; j < K; j++) x[j] = NAME(pair)(one[j], two[j]);
        UNROLL for (int i = 0; i < C; i++) {
            const pairs step = swapped ? NAME(with_outputs)(g, i, s) : NAME(with_inputs)(g, s, i);
            UNROLL for (int j = 0; j < K; j++)
                r->after[i * K + j] = ADD_PRODUCTS(r->after[i * K + j], x[j], step);
        }
    }
}
