/* softmax.c - the kernels of an exact softmax (body.h) for every instruction set. */
#include "softmax/kernels.h"

#include <math.h>

#include "kernels/regions.h"

#define LOG2_E 1.44269504f

#define BODY "softmax/body.h"
#include "kernels/instruction_sets.h"
