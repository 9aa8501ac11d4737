/* peak.c - how many float32 multiply-adds a second one core can do, from registers alone.
 *
 * Twelve sums that do not wait for each other; kernels.py compiles this and calls it by ctypes.  Each
 * function does `rounds` x 12 vector operations and returns the multiply-adds they are.
 */
#include <stdint.h>

enum { SUMS = 12 };

#define LOOP(VEC, ZERO, STEP)                                             \
    VEC sum[SUMS];                                                        \
    _Pragma("GCC unroll 12") for (int i = 0; i < SUMS; i++) sum[i] = ZERO; \
    for (int64_t r = 0; r < rounds; r++)                                  \
        _Pragma("GCC unroll 12") for (int i = 0; i < SUMS; i++) {         \
            STEP;                                                         \
            __asm__("" : KEPT(sum[i]));                                   \
        }                                                                 \
    VEC all = sum[0];                                                     \
    _Pragma("GCC unroll 12") for (int i = 1; i < SUMS; i++) all += sum[i]; \
    volatile float keep = all[0];                                         \
    (void)keep;

#if defined(__x86_64__)
#include <immintrin.h>
#define KEPT(x) "+v"(x)

double peak_baseline(int64_t rounds) {
    const __m128 x = _mm_set1_ps(0.999f), y = _mm_set1_ps(1e-9f);
    LOOP(__m128, y, sum[i] = _mm_add_ps(_mm_mul_ps(sum[i], x), y))
    return (double)rounds * SUMS * 4;
}

__attribute__((target("avx2,fma"))) double peak_avx2(int64_t rounds) {
    const __m256 x = _mm256_set1_ps(0.999f), y = _mm256_set1_ps(1e-9f);
    LOOP(__m256, y, sum[i] = _mm256_fmadd_ps(sum[i], x, y))
    return (double)rounds * SUMS * 8;
}

__attribute__((target("avx512f"))) double peak_avx512(int64_t rounds) {
    const __m512 x = _mm512_set1_ps(0.999f), y = _mm512_set1_ps(1e-9f);
    LOOP(__m512, y, sum[i] = _mm512_fmadd_ps(sum[i], x, y))
    return (double)rounds * SUMS * 16;
}

__attribute__((target("avx512f,avx512bf16"))) double peak_avx512bf16(int64_t rounds) {
    const __m512bh x = (__m512bh)_mm512_set1_epi32(0x3f803f80);
    LOOP(__m512, _mm512_setzero_ps(), sum[i] = _mm512_dpbf16_ps(sum[i], x, x))
    return (double)rounds * SUMS * 32;
}
#else
#define KEPT(x) "+w"(x)
typedef float vec __attribute__((vector_size(16)));

double peak_baseline(int64_t rounds) {
    const vec x = {0.999f, 0.999f, 0.999f, 0.999f}, y = {1e-9f, 1e-9f, 1e-9f, 1e-9f};
    LOOP(vec, y, sum[i] = sum[i] * x + y)
    return (double)rounds * SUMS * 4;
}
#endif
