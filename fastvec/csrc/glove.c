/* glove.c - glove_body.h compiled for every instruction set, as kernels.c does it. */
#include "glove.h"

#include "kernels.h"
#include "regions.h"

#define NAME_OF_SET baseline
#define WIDTH 4
#include "simd.h"
#include "glove_body.h"

#if defined(__x86_64__)
REGION_BEGIN(AVX2)
#define NAME_OF_SET avx2
#define WIDTH 8
#include "simd.h"
#include "glove_body.h"
REGION_END

REGION_BEGIN(AVX512)
#define NAME_OF_SET avx512
#define WIDTH 16
#include "simd.h"
#include "glove_body.h"
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
    /* avx512bf16 runs avx512's: AdaGrad has no products that bf16 would be good enough for. */
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strncmp(name, all[i]->name, strlen(all[i]->name)) == 0) return all[i];
    return NULL;
}
