/* claim.h - who uses an object: one call that changes it, or any number of calls that read it.
 *
 * users: how many read it; -1 while one call has it alone.  Knows nobody.
 */
#ifndef FASTVEC_CLAIM_H
#define FASTVEC_CLAIM_H

#include <stdint.h>

/* 1, or 0 if others use it in a way that does not go together with this one. */
static inline int claim_take(int32_t *users, int alone) {
    int32_t seen = __atomic_load_n(users, __ATOMIC_RELAXED);
    do {
        if (seen < 0 || (alone && seen > 0)) return 0;
    } while (!__atomic_compare_exchange_n(users, &seen, alone ? -1 : seen + 1, 0, __ATOMIC_ACQUIRE,
                                          __ATOMIC_RELAXED));
    return 1;
}

static inline void claim_end(int32_t *users, int alone) {
    __atomic_fetch_add(users, alone ? 1 : -1, __ATOMIC_RELEASE);
}

#endif
