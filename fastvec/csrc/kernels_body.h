/* kernels_body.h - the kernels, written once on simd.h and compiled for each instruction set.
 *
 * No include guard: see simd.h.  The outputs are taken in blocks of at most COLS, so that a block's
 * rows (one vector of each) and what is added to them stay in registers; ROWS x COLS dot products
 * run side by side.  Every array below has a fixed size: [C] with a constant argument C would be a
 * variable-length array, which never lives in registers.
 */
#define CONSTANT static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 64")
#define SCRATCH __attribute__((aligned(64)))

/* sums[i] = sum of the lanes of rows[i] for i < n; writes whole vectors. */
CONSTANT void NAME(lane_sums)(const vec *rows, const int n, float *sums) {
    UNROLL for (int from = 0; from < n; from += WIDTH) {
        vec t[WIDTH];
        int left = n - from < WIDTH ? n - from : WIDTH;
        UNROLL for (int i = 0; i < left; i++) t[i] = rows[from + i];
#define ROUND(FOLD)                                                                    \
    UNROLL for (int i = 0; 2 * i < left; i++)                                          \
        t[i] = FOLD(t[2 * i], (2 * i + 1 < left ? t[2 * i + 1] : t[2 * i]));           \
    left = (left + 1) / 2;
        ROUND(FOLD_1)
        ROUND(FOLD_2)
#if WIDTH >= 8
        ROUND(FOLD_4)
#endif
#if WIDTH >= 16
        ROUND(FOLD_8)
#endif
#undef ROUND
        STORE_LOOSE(sums + from, t[0]);
    }
}

/* g[i * C + o] = inputs[i] . outputs[o] for R inputs and C outputs. */
CONSTANT void NAME(dots)(float *const *inputs, float *const *outputs, int floats, float *g,
                         const int R, const int C) {
    vec sum[ROWS * COLS];
    const float *a[ROWS], *b[COLS];
    UNROLL for (int i = 0; i < R; i++) a[i] = inputs[i];
    UNROLL for (int o = 0; o < C; o++) b[o] = outputs[o];
    UNROLL for (int i = 0; i < R * C; i++) sum[i] = ALL(0.0f);
    for (int k = 0; k < floats; k += WIDTH) {
        vec x[ROWS];
        UNROLL for (int i = 0; i < R; i++) x[i] = LOAD(a[i] + k);
        UNROLL for (int o = 0; o < C; o++) {
            const vec y = LOAD(b[o] + k);
            UNROLL for (int i = 0; i < R; i++) sum[i * C + o] += x[i] * y;
        }
    }
    NAME(lane_sums)(sum, R * C, g);
}

/* exp(x) for |x| <= 80: 2^n times a polynomial of degree 5 on half an octave to either side of 0
 * (relative error below 3e-7). */
CONSTANT vec NAME(exponential)(vec x) {
    const vec magic = ALL(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer */
    const vec y = x * 1.44269504f;
    const vec shifted = y + magic;
    const vec f = y - (shifted - magic);
    vec p = ALL(1.3398874e-3f);
    p = p * f + 9.6184373e-3f;
    p = p * f + 5.5503324e-2f;
    p = p * f + 2.4022648e-1f;
    p = p * f + 6.9314720e-1f;
    p = p * f + 1.0f;
    return p * (vec)(((ints)shifted + 127) << 23); /* the low bits of shifted are the integer */
}

/* sign[i * C + o] = signs[o] for each of the m inputs, and for one more, so that the last vector has
 * no lane that nobody wrote; and zeros in the last vector of g.  Done well before they are read: a
 * load that spans two stores waits until both have left the store queue. */
CONSTANT void NAME(prepare)(float *sign, float *g, const float *signs, int m, const int C) {
    vec s[(COLS + WIDTH - 1) / WIDTH];
    UNROLL for (int o = 0; o < C; o += WIDTH) s[o / WIDTH] = LOAD_LOOSE(signs + o);
    for (int i = 0; i <= m; i++)
        UNROLL for (int o = 0; o < C; o += WIDTH) STORE_LOOSE(sign + i * C + o, s[o / WIDTH]);
    STORE(g + (m * C - 1) / WIDTH * WIDTH, ALL(0.0f));
}

/* g: `count` dot products, in place: alpha * (label - sigmoid).  The probability of the right answer
 * is sigmoid(t) with t = sign * dot, so the step is sign * alpha * sigmoid(-t). */
CONSTANT void NAME(steps)(float *g, const float *sign, int count, float alpha, loss *sum) {
    vec product = LOAD(sum->mantissa);
    ints exponent = *(const ints *)sum->exponent;
    for (int i = 0; i < count; i += WIDTH) {
        const int past = i + WIDTH > count ? i + WIDTH - count : 0;
        const vec s = LOAD_LOOSE(sign + i);
        /* Lanes past the end become certain, right answers: they add nothing to the loss. */
        vec t = LOAD(g + i) * s + LOAD_LOOSE(certain + ROW_FLOATS - WIDTH + past);
        t = MAX(MIN(t, ALL(LARGEST)), ALL(-LARGEST));
        const vec e = NAME(exponential)(-t);
        const vec right = 1.0f / (1.0f + e);
        STORE(g + i, alpha * s * e * right);
        const ints bits = (ints)(product * right);
        exponent += bits >> 23;
        product = (vec)((bits & 0x7fffff) | 0x3f800000);
    }
    STORE(sum->mantissa, product);
    *(ints *)sum->exponent = exponent;
    sum->steps += (count + WIDTH - 1) / WIDTH;
}

/* All dot products of m inputs with a block of C outputs, turned into steps. */
CONSTANT void NAME(block_gradient)(float *const *inputs, int m, float *const *outputs,
                                   const float *signs, int floats, float alpha, loss *sum, float *g,
                             const int C) {
    float sign[MAX_INPUTS * COLS + ROW_FLOATS] SCRATCH;
    NAME(prepare)(sign, g, signs, m, C);
    int i = 0;
    const int rows = C > 6 && ROWS > 3 ? 3 : ROWS; /* what fits the registers */
    for (; i + rows <= m; i += rows) NAME(dots)(inputs + i, outputs, floats, g + i * C, rows, C);
#if ROWS > 3
    if (C <= 6 && m - i == 3) NAME(dots)(inputs + i, outputs, floats, g + i * C, 3, C);
#endif
#if ROWS > 2
    if (m - i == 2) NAME(dots)(inputs + i, outputs, floats, g + i * C, 2, C);
#endif
    if (m - i == 1) NAME(dots)(inputs + i, outputs, floats, g + i * C, 1, C);
    NAME(steps)(g, sign, m * C, alpha, sum);
}

/* Column k of: inputs += g . outputs and outputs += g^T . old, for a block of C outputs.
 * old[i]: the column of input i before any block changed it. */
CONSTANT void NAME(apply_column)(float *const *inputs, const vec *old, int m, float *const *outputs,
                          const float *g, int k, const int C) {
    vec before[COLS], after[COLS];
    UNROLL for (int o = 0; o < C; o++) before[o] = after[o] = LOAD(outputs[o] + k);
    for (int i = 0; i < m; i++) {
        vec y = LOAD(inputs[i] + k);
        const vec x = old ? old[i] : y;
        UNROLL for (int o = 0; o < C; o++) {
            const float step = g[i * C + o];
            y += step * before[o];
            after[o] += step * x;
        }
        STORE(inputs[i] + k, y);
    }
    UNROLL for (int o = 0; o < C; o++) STORE(outputs[o] + k, after[o]);
}

CONSTANT void NAME(fetch)(float *const *ahead, int n_ahead, int k) {
    if (k % ROW_FLOATS == 0) /* once for each cache line */
        for (int i = 0; i < n_ahead; i++) __builtin_prefetch(ahead[i] + k, 1, 3);
}

#if COLS == 6
#define EACH_COLS(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#else
#define EACH_COLS(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#endif

/* Block b of n outputs begins at n * b / blocks: all of equal size, give or take one. */
enum {
    NAME(BLOCK_FLOATS) = MAX_INPUTS * COLS + ROW_FLOATS,
    NAME(FIT) = 1 / (((MAX_OUTPUTS + COLS - 1) / COLS) * (MAX_INPUTS * COLS + ROW_FLOATS) <=
                     GRADIENT_FLOATS) /* or the compiler stops here */
};

static void NAME(gradient)(float *const *inputs, int m, float *const *outputs, const float *signs,
                           int n, int floats, float alpha, loss *sum, float *g) {
    const int blocks = (n + COLS - 1) / COLS;
    for (int b = 0, from = 0; b < blocks; b++) {
        const int to = n * (b + 1) / blocks;
        switch (to - from) {
#define CASE(C)                                                                                   \
    case C:                                                                                       \
        NAME(block_gradient)(inputs, m, outputs + from, signs + from, floats, alpha, sum, g, C); \
        break;
            EACH_COLS(CASE)
#undef CASE
        }
        from = to;
        g += NAME(BLOCK_FLOATS);
    }
}

/* One block: nothing needs to be kept aside. */
CONSTANT void NAME(apply_one)(float *const *inputs, int m, float *const *outputs, const float *g,
                              int floats, float *const *ahead, int n_ahead, const int C) {
    for (int k = 0; k < floats; k += WIDTH) {
        NAME(fetch)(ahead, n_ahead, k);
        NAME(apply_column)(inputs, NULL, m, outputs, g, k, C);
    }
}

static void NAME(apply_many)(float *const *inputs, int m, float *const *outputs, int n,
                             const float *g, int floats, float *const *ahead, int n_ahead) {
    const int blocks = (n + COLS - 1) / COLS;
    for (int k = 0; k < floats; k += WIDTH) {
        NAME(fetch)(ahead, n_ahead, k);
        vec old[MAX_INPUTS];
        for (int i = 0; i < m; i++) old[i] = LOAD(inputs[i] + k);
        for (int b = 0, from = 0; b < blocks; b++) {
            const int to = n * (b + 1) / blocks;
            const float *steps = g + b * NAME(BLOCK_FLOATS);
            switch (to - from) {
#define CASE(C)                                                               \
    case C:                                                                   \
        NAME(apply_column)(inputs, old, m, outputs + from, steps, k, C);      \
        break;
                EACH_COLS(CASE)
#undef CASE
            }
            from = to;
        }
    }
}

static void NAME(apply)(float *const *inputs, int m, float *const *outputs, int n, const float *g,
                        int floats, float *const *ahead, int n_ahead) {
    switch (n) {
#define CASE(C)                                                                    \
    case C:                                                                        \
        NAME(apply_one)(inputs, m, outputs, g, floats, ahead, n_ahead, C);         \
        break;
        EACH_COLS(CASE)
#undef CASE
        default:
            NAME(apply_many)(inputs, m, outputs, n, g, floats, ahead, n_ahead);
    }
}

/* sum = scale * (rows[0] + ... + rows[m - 1]); copy = the same. */
static void NAME(gather)(float *const *rows, int m, float scale, float *sum, float *copy,
                         int floats) {
    for (int k = 0; k < floats; k += WIDTH) {
        vec s = LOAD(rows[0] + k);
        for (int i = 1; i < m; i++) s += LOAD(rows[i] + k);
        s *= scale;
        STORE(sum + k, s);
        STORE(copy + k, s);
    }
}

/* rows[i] += scale * (sum - copy) for each of m rows. */
static void NAME(scatter)(float *const *rows, int m, float scale, const float *sum,
                          const float *copy, int floats) {
    for (int k = 0; k < floats; k += WIDTH) {
        const vec change = scale * (LOAD(sum + k) - LOAD(copy + k));
        for (int i = 0; i < m; i++) STORE(rows[i] + k, LOAD(rows[i] + k) + change);
    }
}

static const kernels NAME(table) = {STRING(NAME_OF_SET), WIDTH, NAME(gradient), NAME(apply), NAME(gather),
                                    NAME(scatter)};

#undef CONSTANT
#undef UNROLL
#undef SCRATCH
#undef EACH_COLS
#undef ROWS
#undef COLS
#include "simd_end.h"
