/* avx512bf16.h - BODY with AVX-512 and products in bf16. */
REGION_BEGIN("avx512bf16,avx512f,avx512vl,avx512dq,avx512bw,fma,prfchw" REGION_TUNING)
#define NAME_OF_SET avx512bf16
#define WIDTH 16
#define TILE_INPUTS 4
#define TILE_OUTPUTS 6
#define WIDE_BLOCKS 1
#define RESIDENT_COLUMNS 2
#define CBOW_COLUMNS 13
#define ARITHMETIC "kernels/bf16.h"
#include "kernels/simd.h"
#include BODY
#include "kernels/simd_end.h"
REGION_END
