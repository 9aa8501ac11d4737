/* spin.h - how workers wait for each other: a lock for a few instructions, and for what takes longer. */
#ifndef FASTVEC_SPIN_H
#define FASTVEC_SPIN_H

#include <stdint.h>

#include "base/system.h"

static inline void spin_lock(int32_t *lock) {
    for (int tries = 0; __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE); tries++)
        if (tries > 100) yield_thread();
}

static inline void spin_unlock(int32_t *lock) { __atomic_store_n(lock, 0, __ATOMIC_RELEASE); }

/* Let others finish something; tries: how often in a row that was needed. */
static inline void spin_wait(int64_t tries) {
    if (tries < 100)
        yield_thread();
    else
        pause_thread();
}

#endif
