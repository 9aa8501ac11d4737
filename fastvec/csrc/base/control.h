/* control.h - what the workers of one run share: the next chunk, whether to stop, and progress.
 *
 * next:     the first chunk that no worker has begun; workers add to it.
 * stopped:  set by any thread; each worker reads it at least a few hundred times a second.
 * counters: COUNTERS numbers for each worker, each on cache lines of its own; only that worker
 *           writes them, so there is no shared hot counter.
 */
#ifndef FASTVEC_CONTROL_H
#define FASTVEC_CONTROL_H

#include <stdint.h>

enum {
    COUNTERS = 16, /* 16 x 8 bytes: two lines, since processors fetch lines in pairs */
    MOST_WORKERS = 1 << 14,
};

typedef struct {
    int64_t next;
    char apart1[120];
    int32_t stopped;
    char apart2[124];
} control;

/* The first of the next `size` chunks; past the end there is nothing left to do. */
static inline int64_t control_next(control *c, int64_t size) {
    return __atomic_fetch_add(&c->next, size, __ATOMIC_RELAXED);
}

static inline int control_stopped(const control *c) {
    return __atomic_load_n(&c->stopped, __ATOMIC_RELAXED);
}

static inline void control_stop(control *c) {
    __atomic_store_n(&c->stopped, 1, __ATOMIC_RELAXED);
}

#endif
