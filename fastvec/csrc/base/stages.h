/* stages.h - work in stages.  Each is some tasks, which workers take in order; who ends the last one begins
 * the next stage. */
#ifndef FASTVEC_STAGES_H
#define FASTVEC_STAGES_H

#include <stdint.h>

#include "base/spin.h"

typedef struct {
    int stage;
    int64_t next, done, tasks; /* the next task of the stage; how many are done, of all */
    int32_t lock;
} stages;

static inline void stages_begin(stages *s, int stage, int64_t tasks) {
    s->stage = stage;
    s->next = s->done = 0;
    s->tasks = tasks;
}

/* The next task and its stage; -1 while all tasks of the stage have begun. */
static inline int64_t stages_take(stages *s, int *stage) {
    spin_lock(&s->lock);
    *stage = s->stage;
    const int64_t task = s->next < s->tasks ? s->next++ : -1;
    spin_unlock(&s->lock);
    return task;
}

/* A task is done.  Returns whether it was the last one: then stages_begin must follow, and stages_go. */
static inline int stages_finish(stages *s) {
    spin_lock(&s->lock);
    if (++s->done == s->tasks) return 1;
    spin_unlock(&s->lock);
    return 0;
}

static inline void stages_go(stages *s) { spin_unlock(&s->lock); }

/* Where the n-th of so many parts of a number begins, which are about equal, */
static inline int64_t part_start(int64_t whole, int64_t n, int64_t parts) { return whole * n / parts; }

/* and how large it is. */
static inline int64_t part_of(int64_t whole, int64_t n, int64_t parts) {
    return part_start(whole, n + 1, parts) - part_start(whole, n, parts);
}

#endif
