/* instruction_sets.c - which instruction sets this machine runs. */
#include "kernels/instruction_sets.h"

#include <stddef.h>
#include <string.h>

#if defined(BUILDS_AVX)
#include "kernels/cpu.h"
#else
#define cpu_is_amd() 0
#endif
#if defined(__x86_64__) && !defined(BUILDS_BF16)
#pragma message("this compiler cannot build all instruction sets; fastvec will be slower on some machines")
#endif

#define ROW(set, has, amd, others) \
    {#set, &word2vec_##set, &word2vec_frozen_##set, &word2vec_infer_##set, &glove_##set, &softmax_##set, \
     &ranker_##set},
static const instruction_set sets[] = {INSTRUCTION_SETS(ROW)};
#undef ROW

enum { SETS = sizeof sets / sizeof *sets };

const instruction_set *instruction_set_at(int i) {
#define HAS_SET(set, has, amd, others) has,
#define RANK(set, has, amd, others) amd_first ? amd : others,
    const int amd_first = cpu_is_amd();
    const int runs[] = {INSTRUCTION_SETS(HAS_SET)}, ranks[] = {INSTRUCTION_SETS(RANK)};
#undef HAS_SET
#undef RANK
    for (int rank = 0; rank < RANKS; rank++)
        for (int j = 0; j < SETS; j++)
            if (ranks[j] == rank && runs[j] && i-- == 0) return &sets[j];
    return NULL;
}

const instruction_set *instruction_set_named(const char *name) {
    const instruction_set *set;
    for (int i = 0; (set = instruction_set_at(i)) != NULL; i++)
        if (strcmp(name, set->name) == 0) return set;
    return NULL;
}
