/* ranker.c - the kernels of Collobert and Weston's network (body.h) for every instruction set. */
#include "ranker/kernels.h"

#define BODY "ranker/body.h"
#include "kernels/instruction_sets.h"
