/* f32.h - the arithmetic of body.h in float32.
 *
 * No include guard: see simd.h.  bf16.h has the same for bf16.
 */

/* sums[i * SLOTS + o] = inputs[i] * outputs[o], lane by lane, for R inputs and C outputs. */
CONSTANT void NAME(dots)(float *const *inputs, float *const *outputs, int floats, vec *sums,
                         const int R, const int C) {
    const float *a[TILE_INPUTS], *b[TILE_OUTPUTS];
    UNROLL for (int i = 0; i < R; i++) a[i] = inputs[i];
    UNROLL for (int o = 0; o < C; o++) b[o] = outputs[o];
    UNROLL for (int i = 0; i < R; i++)
        UNROLL for (int o = 0; o < C; o++) sums[i * SLOTS + o] = ALL(0.0f);
    for (int k = 0; k < floats; k += WIDTH) {
        vec x[TILE_INPUTS];
        UNROLL for (int i = 0; i < R; i++) x[i] = LOAD(a[i] + k);
        UNROLL for (int o = 0; o < C; o++) {
            const vec y = LOAD(b[o] + k);
            UNROLL for (int i = 0; i < R; i++) sums[i * SLOTS + o] += x[i] * y;
        }
    }
}

/* 2^f for |f| <= 1/2: relative error below 3e-7. */
CONSTANT vec NAME(fraction_power)(vec f) {
    vec p = ALL(1.3398874e-3f);
    p = p * f + 9.6184373e-3f;
    p = p * f + 5.5503324e-2f;
    p = p * f + 2.4022648e-1f;
    p = p * f + 6.9314720e-1f;
    return p * f + 1.0f;
}

CONSTANT vec NAME(reciprocal)(vec x) { return 1.0f / x; }

/* sum + a * b beside other multiply-adds: one more of them. */
CONSTANT vec NAME(plus_product)(vec sum, vec a, vec b) { return sum + a * b; }

/* A vector of steps: kept as it is. */
CONSTANT void NAME(keep)(float *g, vec steps) { STORE(g, steps); }

/* K columns of C resident rows. */
typedef struct {
    vec before[MAX_INPUTS * RESIDENT_COLUMNS], after[MAX_INPUTS * RESIDENT_COLUMNS];
} NAME(residents);

CONSTANT void NAME(load_residents)(NAME(residents) *r, float *const *rows, int k, const int C,
                                   const int K) {
    UNROLL for (int i = 0; i < C; i++)
        UNROLL for (int j = 0; j < K; j++) r->before[i * K + j] = LOAD(rows[i] + k + j * WIDTH);
}

/* K columns of n streamed rows: change them by the residents, and the residents by them; with `partners`
 * also by the partner of each, and that by them.
 * g: the steps, of streamed row s with resident i at s * SLOTS + i; if `swapped`, at i * SLOTS + s. */
CONSTANT void NAME(stream)(NAME(residents) *r, float *const *rows, const NAME(partners) *partners, int n,
                           const float *g, int k, const int swapped, const int C, const int K) {
    for (int s = 0; s < n; s++) {
        vec x[RESIDENT_COLUMNS], y[RESIDENT_COLUMNS];
        UNROLL for (int j = 0; j < K; j++) x[j] = y[j] = LOAD(rows[s] + k + j * WIDTH);
        if (partners) NAME(move_partner)(partners, s, x, y, k, K);
        UNROLL for (int i = 0; i < C; i++) {
            const float step = swapped ? g[i * SLOTS + s] : g[s * SLOTS + i];
            UNROLL for (int j = 0; j < K; j++) {
                y[j] += step * r->before[i * K + j];
                r->after[i * K + j] += step * x[j];
            }
        }
        UNROLL for (int j = 0; j < K; j++) STORE(rows[s] + k + j * WIDTH, y[j]);
    }
}
