/* borrow.h - who uses an object: one call that changes it, or any number of calls that read it.
 *
 * users: how many calls read the object; -1 while one call has borrowed it exclusively.
 */
#ifndef FASTVEC_BORROW_H
#define FASTVEC_BORROW_H

#include <stdint.h>

/* 1, or 0 if the object is borrowed in a way that conflicts with this one. */
static inline int borrow(int32_t *users, int exclusive) {
    int32_t seen = __atomic_load_n(users, __ATOMIC_RELAXED);
    do {
        if (seen < 0 || (exclusive && seen > 0)) return 0;
    } while (!__atomic_compare_exchange_n(users, &seen, exclusive ? -1 : seen + 1, 0,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return 1;
}

static inline void give_back(int32_t *users, int exclusive) {
    __atomic_fetch_add(users, exclusive ? 1 : -1, __ATOMIC_RELEASE);
}

#endif
