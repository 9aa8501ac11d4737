/* avx512.h - BODY with AVX-512. */
REGION_BEGIN("avx512f,avx512vl,avx512dq,avx512bw,fma,prfchw" REGION_TUNING)
#define NAME_OF_SET avx512
#define WIDTH 16
#define TILE_INPUTS 4 /* 24 sums, 4 inputs and 1 output in 32 registers */
#define TILE_OUTPUTS 6
#define WIDE_BLOCKS 1
#define RESIDENT_COLUMNS 2
#define CBOW_COLUMNS 13
#define ARITHMETIC "kernels/f32.h"
#include "kernels/simd.h"
#include BODY
#include "kernels/simd_end.h"
REGION_END
