/* barrier.h - a place where all workers wait until the last of them is there. */
#ifndef FASTVEC_BARRIER_H
#define FASTVEC_BARRIER_H

#include <stdint.h>

#include "base/control.h"
#include "base/spin.h"

typedef struct {
    int32_t workers, arrived, round;
} barrier;

/* Whether to go on: 0 if the run was stopped meanwhile, and then not all workers may be here. */
static inline int barrier_wait(barrier *b, const control *c) {
    const int32_t round = __atomic_load_n(&b->round, __ATOMIC_ACQUIRE);
    if (__atomic_add_fetch(&b->arrived, 1, __ATOMIC_ACQ_REL) == b->workers) {
        __atomic_store_n(&b->arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&b->round, round + 1, __ATOMIC_RELEASE);
    }
    for (int64_t tries = 0; __atomic_load_n(&b->round, __ATOMIC_ACQUIRE) == round; tries++) {
        if (control_stopped(c)) return 0;
        spin_wait(tries);
    }
    return !control_stopped(c);
}

#endif
