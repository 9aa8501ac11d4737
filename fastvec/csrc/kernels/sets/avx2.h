/* avx2.h - BODY with AVX2 and FMA. */
REGION_BEGIN("avx2,fma,prfchw")
#define NAME_OF_SET avx2
#define WIDTH 8
#define TILE_INPUTS 2 /* 12 sums, 2 inputs and 1 output in 16 registers */
#define TILE_OUTPUTS 6
#define WIDE_BLOCKS 0
#define RESIDENT_COLUMNS 1
#define CBOW_COLUMNS 6
#define ARITHMETIC "kernels/f32.h"
#include "kernels/simd.h"
#include BODY
#include "kernels/simd_end.h"
REGION_END
