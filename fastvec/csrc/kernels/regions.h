/* regions.h - segments of a file that may use instructions which not every machine has.
 *
 *     REGION_BEGIN(AVX2) ... REGION_END
 *
 * What is compiled between them gets the name of the instruction set that NAME_OF_SET is defined as:
 * NAME(update) is update_avx2.  Brings in all system headers: they must come before the first region.
 */
#ifndef FASTVEC_REGIONS_H
#define FASTVEC_REGIONS_H

#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define JOIN_(f, set) f##_##set
#define JOIN(f, set) JOIN_(f, set)
#define NAME(f) JOIN(f, NAME_OF_SET)
#define STRING_(s) #s
#define STRING(s) STRING_(s)

#define AVX2 "avx2,fma,prfchw"
#if defined(__clang__)
#define AVX512 "avx512f,avx512vl,avx512dq,avx512bw,fma,prfchw"
#define AVX512BF16 AVX512 ",avx512bf16"
#define REGION_BEGIN(set) \
    _Pragma(STRING_(clang attribute push(__attribute__((target(set))), apply_to = function)))
#define REGION_END _Pragma("clang attribute pop")
#else
/* tune: by default gcc 12 parks integers in vector registers, which costs GloVe 8 % on Zen 4. */
#define AVX512 "avx512f,avx512vl,avx512dq,avx512bw,fma,prfchw,tune=skylake-avx512"
#define AVX512BF16 "avx512bf16," AVX512
#define REGION_BEGIN(set) _Pragma("GCC push_options") _Pragma(STRING_(GCC target(set)))
#define REGION_END _Pragma("GCC pop_options")
#endif

#endif
