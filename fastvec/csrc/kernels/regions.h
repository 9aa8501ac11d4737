/* regions.h - regions of a file that may use instructions which not every machine has.
 *
 *     REGION_BEGIN("avx2,fma") ... REGION_END
 *
 * Functions between them have the name of the instruction set, NAME_OF_SET, in theirs: NAME(update) is
 * update_avx2.  Brings in all system headers: they must come before the first region.
 */
#ifndef FASTVEC_REGIONS_H
#define FASTVEC_REGIONS_H

#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Which regions the compiler can build.  gcc for Windows keeps the stack aligned for vectors of 16 bytes only
 * (its bug 54412).  clang 16 and 17 crash on products in bf16, and clang 15 does not end; Apple's clang,
 * which numbers its versions differently, has no machine to build them for. */
#if defined(__x86_64__) && (defined(__clang__) || !defined(_WIN32))
#define BUILDS_AVX
#endif
#if defined(BUILDS_AVX) && !defined(__apple_build_version__) && \
    (!defined(__clang__) || __clang_major__ >= 18)
#define BUILDS_BF16
#endif

#define JOIN_(f, set) f##_##set
#define JOIN(f, set) JOIN_(f, set)
#define NAME(f) JOIN(f, NAME_OF_SET)
#define STRING_(s) #s

#if defined(__clang__)
#define REGION_TUNING ""
#define REGION_BEGIN(features) \
    _Pragma(STRING_(clang attribute push(__attribute__((target(features))), apply_to = function)))
#define REGION_END _Pragma("clang attribute pop")
#else
/* For AVX-512: by default gcc 12 parks integers in vector registers, which costs GloVe 8 % on Zen 4. */
#define REGION_TUNING ",tune=skylake-avx512"
#define REGION_BEGIN(features) _Pragma("GCC push_options") _Pragma(STRING_(GCC target(features)))
#define REGION_END _Pragma("GCC pop_options")
#endif

#endif
