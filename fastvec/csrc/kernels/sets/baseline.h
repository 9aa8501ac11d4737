/* baseline.h - BODY for every processor: SSE2 on x86-64, NEON on aarch64. */
#define NAME_OF_SET baseline
#define WIDTH 4
#define TILE_INPUTS 2
#define TILE_OUTPUTS 6
#define WIDE_BLOCKS 0
#define RESIDENT_COLUMNS 1
#define CBOW_COLUMNS 6
#define ARITHMETIC "kernels/f32.h"
#include "kernels/simd.h"
#include BODY
#include "kernels/simd_end.h"
