/* glove.c - GloVe's kernels (body.h) for every instruction set. */
#include "glove/kernels.h"

#define BODY "glove/body.h"
#include "kernels/instruction_sets.h"
