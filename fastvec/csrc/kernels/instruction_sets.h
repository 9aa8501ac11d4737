/* instruction_sets.h - the one list of instruction sets.
 *
 * Kernels are written once, in a file that is the BODY of every set, and compiled for each of them:
 *
 *     #define BODY "kernels/body.h"
 *     #include "kernels/instruction_sets.h"
 *
 * A set is a row of the table below, a line at the end of this file, and a file in sets/, where a region
 * lets its functions use that set.  Nothing outside of these regions may, so that the library runs on
 * every x86-64 and aarch64.
 */
#ifndef FASTVEC_INSTRUCTION_SETS_H
#define FASTVEC_INSTRUCTION_SETS_H

#include "glove/kernels.h"
#include "kernels/kernels.h"
#include "kernels/regions.h"
#include "ranker/kernels.h"
#include "softmax/kernels.h"

/* X(name, whether this processor has it, its rank on AMD's processors, its rank on others): the best has
 * rank 0.  Intel's cores multiply bf16 no faster than float32, AMD's twice as fast. */
enum { RANKS = 4 };
#if defined(BUILDS_BF16)
#define BF16_SET(X) X(avx512bf16, cpu_has_avx512bf16(), 0, 1)
#else
#define BF16_SET(X)
#endif
#if defined(BUILDS_AVX)
#define AVX_SETS(X) X(avx512, cpu_has_avx512(), 1, 0) X(avx2, cpu_has_avx2(), 2, 2)
#else
#define AVX_SETS(X)
#endif
#define INSTRUCTION_SETS(X) BF16_SET(X) AVX_SETS(X) X(baseline, 1, 3, 3)

#define DECLARE(set, has, amd, others)  \
    extern const kernels word2vec_##set, word2vec_frozen_##set, word2vec_infer_##set; \
    extern const glove_kernels glove_##set; \
    extern const softmax_kernels softmax_##set; \
    extern const ranker_kernels ranker_##set;
INSTRUCTION_SETS(DECLARE)
#undef DECLARE

typedef struct {
    const char *name;
    const kernels *word2vec, *word2vec_frozen; /* the latter change no row, */
    const kernels *word2vec_infer;             /* and these none but those of new documents */
    const glove_kernels *glove;
    const softmax_kernels *softmax;
    const ranker_kernels *ranker;
} instruction_set;

/* The i-th best set that this machine runs, or NULL. */
const instruction_set *instruction_set_at(int i);

/* The set of that name, or NULL if there is none or this machine does not run it. */
const instruction_set *instruction_set_named(const char *name);

#endif

#ifdef BODY
#include "kernels/sets/baseline.h"
#if defined(BUILDS_AVX)
#include "kernels/sets/avx2.h"
#include "kernels/sets/avx512.h"
#endif
#if defined(BUILDS_BF16)
#include "kernels/sets/avx512bf16.h"
#endif
#undef BODY
#endif
