/* kernels.c - kernels_body.h compiled for every instruction set, and the choice among them.
 *
 * Each copy stands in a region whose functions may use that set; nothing else in the library may,
 * so it runs on every x86-64 (SSE2) and aarch64 (NEON).
 */
#include "kernels.h"

#include <stddef.h>
#include <string.h>

#include "regions.h"

#define LOG2_E 1.44269504f

/* Scores beyond +-30 count as 30: there the step is below 1e-13 or within 1e-13 of alpha. */
#define LARGEST (30.0f * LOG2_E)

/* From ROW_FLOATS - n on: n ones, then zeros. */
static const float some_taken[3 * ROW_FLOATS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

#define NAME_OF_SET baseline
#define WIDTH 4
#define ROWS 2
#define COLS 6
#define WIDE_BLOCKS 0
#define COLUMNS 1
#define BAG_COLUMNS 6
#define ARITHMETIC "kernels_f32.h"
#include "simd.h"
#include "kernels_body.h"

#if defined(__x86_64__)
REGION_BEGIN(AVX2)
#define NAME_OF_SET avx2
#define WIDTH 8
#define ROWS 2 /* 12 sums, 2 inputs and 1 output in 16 registers */
#define COLS 6
#define WIDE_BLOCKS 0
#define COLUMNS 1
#define BAG_COLUMNS 6
#define ARITHMETIC "kernels_f32.h"
#include "simd.h"
#include "kernels_body.h"
REGION_END

REGION_BEGIN(AVX512)
#define NAME_OF_SET avx512
#define WIDTH 16
#define ROWS 4 /* 24 sums, 3 inputs and 1 output in 32 registers */
#define COLS 6
#define WIDE_BLOCKS 1
#define COLUMNS 2
#define BAG_COLUMNS 13
#define ARITHMETIC "kernels_f32.h"
#include "simd.h"
#include "kernels_body.h"
REGION_END

REGION_BEGIN(AVX512BF16)
#define NAME_OF_SET avx512bf16
#define WIDTH 16
#define ROWS 4
#define COLS 6
#define WIDE_BLOCKS 1
#define COLUMNS 2
#define BAG_COLUMNS 13
#define ARITHMETIC "kernels_bf16.h"
#include "simd.h"
#include "kernels_body.h"
REGION_END
#endif

/* Best first.  Intel's cores multiply bf16 no faster than float32, AMD's twice as fast. */
#if defined(__x86_64__)
static const kernels *const amd[] = {&table_avx512bf16, &table_avx512, &table_avx2, &table_baseline};
static const kernels *const others[] = {&table_avx512, &table_avx512bf16, &table_avx2,
                                        &table_baseline};
enum { TABLES = sizeof others / sizeof *others };

static const kernels *table_at(int i) { return __builtin_cpu_is("amd") ? amd[i] : others[i]; }

static int runs_here(const kernels *k) {
    const int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if (k == &table_avx512bf16) return avx512 && __builtin_cpu_supports("avx512bf16");
    if (k == &table_avx512) return avx512;
    if (k == &table_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return 1;
}
#else
enum { TABLES = 1 };

static const kernels *table_at(int i) {
    (void)i;
    return &table_baseline;
}

static int runs_here(const kernels *k) {
    (void)k;
    return 1;
}
#endif

const kernels *kernels_at(int i) {
    for (int j = 0; j < TABLES; j++)
        if (runs_here(table_at(j)) && i-- == 0) return table_at(j);
    return NULL;
}

const kernels *kernels_pick(const char *name) {
    const kernels *k;
    for (int i = 0; (k = kernels_at(i)) != NULL; i++)
        if (!name || strcmp(name, k->name) == 0) return k;
    return NULL;
}
