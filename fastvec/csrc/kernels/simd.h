/* simd.h - the vector operations that kernels are written in, for one WIDTH.
 *
 * No include guard: the file of each instruction set (sets/) includes it, with WIDTH (floats in a
 * vector) and NAME(f) (f with the instruction set's name) defined.  Vectors are GCC's extensions, which
 * clang has too; a * b + c becomes a fused multiply-add where the instruction set has one.
 */
typedef float NAME(vec) __attribute__((vector_size(4 * WIDTH)));
typedef float NAME(loose) __attribute__((vector_size(4 * WIDTH), aligned(4)));
typedef int32_t NAME(ints) __attribute__((vector_size(4 * WIDTH)));
#define vec NAME(vec)
#define loose NAME(loose)
#define ints NAME(ints)

/* Every row starts on a cache line, so rows are read by aligned loads; scratch by loose ones. */
#define LOAD(p) (*(const vec *)(p))
#define STORE(p, v) (*(vec *)(p) = (v))
#define LOAD_LOOSE(p) (*(const loose *)(p))
#define STORE_LOOSE(p, v) (*(loose *)(p) = (v))
#define ALL(x) ((vec){0} + (x))

/* The vector extensions have no minimum and maximum; below, neither rounding nor powers of two. */
#if defined(__x86_64__)
#if WIDTH == 4
#define MIN(a, b) ((vec)_mm_min_ps((__m128)(a), (__m128)(b)))
#define MAX(a, b) ((vec)_mm_max_ps((__m128)(a), (__m128)(b)))
#elif WIDTH == 8
#define MIN(a, b) ((vec)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define MAX(a, b) ((vec)_mm256_max_ps((__m256)(a), (__m256)(b)))
#else
#define MIN(a, b) ((vec)_mm512_min_ps((__m512)(a), (__m512)(b)))
#define MAX(a, b) ((vec)_mm512_max_ps((__m512)(a), (__m512)(b)))
#endif
#else
#define SELECT(mask, a, b) ((vec)(((mask) & (ints)(a)) | (~(mask) & (ints)(b))))
#define MIN(a, b) SELECT((a) < (b), a, b)
#define MAX(a, b) SELECT((a) > (b), a, b)
#endif

/* The nearest integer of |x| < 2^22, and p * 2^n for an integer n. */
#if WIDTH == 16
#define NEAREST(x) ((vec)_mm512_roundscale_ps((__m512)(x), 0))
#define TIMES_POWER_OF_2(p, n) ((vec)_mm512_scalef_ps((__m512)(p), (__m512)(n)))
#else
#define MAGIC 12582912.0f /* 1.5 * 2^23: what is added to it is rounded to an integer, in its low bits */
#define NEAREST(x) (((x) + MAGIC) - MAGIC)
#define TIMES_POWER_OF_2(p, n) ((vec)((ints)(p) + ((ints)((n) + MAGIC) << 23)))
#endif

/* FOLD_n(a, b): one vector with the partial sums of both, half as many of each as before.
 * log2(WIDTH) rounds, FOLD_1 first, turn WIDTH vectors into the vector of their sums, in order. */
#define SHUFFLE __builtin_shufflevector
#if WIDTH == 4
#define FOLD_1(a, b) (SHUFFLE(a, b, 0, 4, 1, 5) + SHUFFLE(a, b, 2, 6, 3, 7))
#define FOLD_2(a, b) (SHUFFLE(a, b, 0, 1, 6, 7) + SHUFFLE(a, b, 2, 3, 4, 5))
#elif WIDTH == 8
#define FOLD_1(a, b) \
    (SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13) + SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15))
#define FOLD_2(a, b) \
    (SHUFFLE(a, b, 0, 1, 10, 11, 4, 5, 14, 15) + SHUFFLE(a, b, 2, 3, 8, 9, 6, 7, 12, 13))
#define FOLD_4(a, b) \
    (SHUFFLE(a, b, 0, 1, 2, 3, 12, 13, 14, 15) + SHUFFLE(a, b, 4, 5, 6, 7, 8, 9, 10, 11))
#else
#define FOLD_1(a, b)                                                                    \
    (SHUFFLE(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) + \
     SHUFFLE(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31))
#define FOLD_2(a, b)                                                            \
    (SHUFFLE(a, b, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31) + \
     SHUFFLE(a, b, 2, 3, 16, 17, 6, 7, 20, 21, 10, 11, 24, 25, 14, 15, 28, 29))
#define FOLD_4(a, b)                                                            \
    (SHUFFLE(a, b, 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31) + \
     SHUFFLE(a, b, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15, 24, 25, 26, 27))
#define FOLD_8(a, b)                                                            \
    (SHUFFLE(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31) +   \
     SHUFFLE(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23))
#endif
