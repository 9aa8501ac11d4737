/* word2vec.c - word2vec's kernels (body.h) for every instruction set. */
#include <string.h>

#include "kernels/kernels.h"

#include "kernels/regions.h"

#define LOG2_E 1.44269504f

/* Scores beyond +-30 count as 30: there the step is below 1e-13 or within 1e-13 of alpha. */
#define LARGEST (30.0f * LOG2_E)

/* From ROW_FLOATS - n on: n ones, then zeros. */
static const float taken_mask[3 * ROW_FLOATS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

#define BODY "kernels/body.h"
#include "kernels/instruction_sets.h"
