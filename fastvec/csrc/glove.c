/* glove.c - glove_body.h compiled for every instruction set, as kernels.c does it. */
#include "glove.h"

#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h> /* all system headers come before the first region */
#endif

#define JOIN_(f, set) f##_##set
#define JOIN(f, set) JOIN_(f, set)
#define NAME(f) JOIN(f, NAME_OF_SET)
#define STRING_(s) #s
#define STRING(s) STRING_(s)

#if defined(__clang__)
#define REGION_BEGIN(text) \
    _Pragma(STRING_(clang attribute push(__attribute__((target(text))), apply_to = function)))
#define REGION_END _Pragma("clang attribute pop")
#else
#define REGION_BEGIN(text) _Pragma("GCC push_options") _Pragma(STRING_(GCC target(text)))
#define REGION_END _Pragma("GCC pop_options")
#endif

#define AVX512 "avx512f,avx512vl,avx512dq,avx512bw,fma"
#if defined(__clang__)
#define AVX512_TUNED AVX512
#else /* gcc 12's default tuning parks integers in vector registers: 8 % slower on Zen 4 */
#define AVX512_TUNED AVX512 ",tune=skylake-avx512"
#endif

#define NAME_OF_SET baseline
#define WIDTH 4
#include "simd.h"
#include "glove_body.h"
#include "simd_end.h"

#if defined(__x86_64__)
REGION_BEGIN("avx2,fma")
#define NAME_OF_SET avx2
#define WIDTH 8
#include "simd.h"
#include "glove_body.h"
#include "simd_end.h"
REGION_END

REGION_BEGIN(AVX512_TUNED)
#define NAME_OF_SET avx512
#define WIDTH 16
#include "simd.h"
#include "glove_body.h"
#include "simd_end.h"
REGION_END
#endif

static const glove_kernels *const all[] = {
#if defined(__x86_64__)
    &table_avx512,
    &table_avx2,
#endif
    &table_baseline,
};

const glove_kernels *glove_pick(const char *name) {
    if (!kernels_pick(name)) return NULL; /* not on this machine */
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(name, all[i]->name) == 0) return all[i];
    return NULL;
}
