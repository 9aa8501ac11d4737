/* control.h - what the workers of one run share: the next chunk, whether to stop, and progress.
 *
 * next:     the first chunk that no worker has begun; workers add to it.
 * end:      the chunk before which they end, if there are more.
 * ending:   set by any thread.  PAUSING: workers finish the chunks that they have begun, and begin no other,
 *           so that all chunks before `next` are complete.  STOPPING: they leave them as they are; each worker
 *           looks at least a few hundred times a second.
 * counters: COUNTERS numbers for each worker, each on cache lines of its own; only that worker
 *           writes them, so there is no shared hot counter.
 */
#ifndef FASTVEC_CONTROL_H
#define FASTVEC_CONTROL_H

#include <stdint.h>

enum {
    COUNTERS = 16, /* 16 x 8 bytes: two lines, since processors fetch lines in pairs */
    MOST_WORKERS = 1 << 14,
    PAUSING = 1, /* values of `ending` */
    STOPPING = 2,
};

typedef struct {
    int64_t next, end;
    char apart1[112];
    int32_t ending;
    char apart2[124];
} control;

/* The first of the next `size` chunks; past the end there is nothing left to do. */
static inline int64_t control_next(control *c, int64_t size) {
    return __atomic_fetch_add(&c->next, size, __ATOMIC_RELAXED);
}

/* Whether a worker is to begin no other chunk. */
static inline int control_ending(const control *c) {
    return __atomic_load_n(&c->ending, __ATOMIC_RELAXED);
}

/* Whether a worker is to leave its chunk as it is. */
static inline int control_stopped(const control *c) { return control_ending(c) == STOPPING; }

static inline void control_stop(control *c) {
    __atomic_store_n(&c->ending, STOPPING, __ATOMIC_RELAXED);
}

/* A stop stays one. */
static inline void control_pause(control *c) {
    int32_t running = 0;
    __atomic_compare_exchange_n(&c->ending, &running, PAUSING, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

#endif
