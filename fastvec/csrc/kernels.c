/* kernels.c - kernels_body.h compiled for every instruction set, and the choice among them.
 *
 * Each copy stands in a region whose functions may use that set; nothing else in the library may,
 * so it runs on every x86-64 (SSE2) and aarch64 (NEON).
 */
#include "kernels.h"

#include <stddef.h>
#include <string.h>

#include "regions.h"

/* Scores beyond +-30 count as 30: there the step is below 1e-13 or within 1e-13 of alpha. */
#define LARGEST 30.0f

/* Added to the lanes past the end of a list. */
static const float certain[2 * ROW_FLOATS] = {[ROW_FLOATS] = 1e30f, 1e30f, 1e30f, 1e30f,
                                              1e30f, 1e30f, 1e30f, 1e30f, 1e30f, 1e30f, 1e30f,
                                              1e30f, 1e30f, 1e30f, 1e30f, 1e30f};

#define NAME_OF_SET baseline
#define WIDTH 4
#define ROWS 2
#define COLS 6
#include "simd.h"
#include "kernels_body.h"

#if defined(__x86_64__)
REGION_BEGIN(AVX2)
#define NAME_OF_SET avx2
#define WIDTH 8
#define ROWS 2 /* 12 sums, 2 inputs and 1 output in 16 registers */
#define COLS 6
#include "simd.h"
#include "kernels_body.h"
REGION_END

REGION_BEGIN(AVX512)
#define NAME_OF_SET avx512
#define WIDTH 16
#define ROWS 4 /* 24 sums, 3 inputs and 1 output in 32 registers */
#define COLS 8
#include "simd.h"
#include "kernels_body.h"
REGION_END
#endif

/* Best first. */
static const kernels *const all[] = {
#if defined(__x86_64__)
    &table_avx512,
    &table_avx2,
#endif
    &table_baseline,
};

static int runs_here(const kernels *k) {
#if defined(__x86_64__)
    if (k == &table_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if (k == &table_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    (void)k;
    return 1;
}

const kernels *kernels_at(int i) {
    int n = (int)(sizeof all / sizeof *all);
    for (int j = 0; j < n; j++)
        if (runs_here(all[j]) && i-- == 0) return all[j];
    return NULL;
}

const kernels *kernels_pick(const char *name) {
    const kernels *k;
    for (int i = 0; (k = kernels_at(i)) != NULL; i++)
        if (!name || strcmp(name, k->name) == 0) return k;
    return NULL;
}
