/* schedule.h - steps that several workers run at once with the result of running them in order.
 *
 * Each step uses one or two blocks of memory, and waits for the step before it that uses the same
 * block, for each of them; of all steps that wait for nothing, the first in order runs next.  So
 * no two workers ever touch one block, and each block sees its steps in order: the result does not
 * depend on how many workers there are nor on their speed, no update is lost, and no cache line
 * travels between two cores that write it.
 *
 * (Exclusive blocks: Zhuang et al. 2013, FPSGD, for matrix factorisation.  Keeping the order within
 * each block is what makes the result always the same.)
 */
#ifndef FASTVEC_SCHEDULE_H
#define FASTVEC_SCHEDULE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/spin.h"

typedef struct {
    int64_t n, left; /* steps, and how many no worker has begun */
    int32_t *next;   /* (n, 2) the next steps that use the blocks of a step, or -1 */
    uint8_t *waits;  /* (n) how many steps a step still waits for */
    int32_t *ready;  /* a heap of the steps that wait for nothing, the first step on top */
    int64_t n_ready;
    int32_t lock;
} schedule;

static inline void schedule_free(schedule *s) {
    free(s->next);
    free(s->waits);
    free(s->ready);
    memset(s, 0, sizeof *s);
}

static inline void schedule_push(schedule *s, int32_t step) {
    int64_t at = s->n_ready++;
    for (; at > 0 && s->ready[(at - 1) / 2] > step; at = (at - 1) / 2)
        s->ready[at] = s->ready[(at - 1) / 2];
    s->ready[at] = step;
}

static inline int32_t schedule_pop(schedule *s) {
    int32_t first = s->ready[0], last = s->ready[--s->n_ready];
    int64_t at = 0, child;
    while ((child = 2 * at + 1) < s->n_ready) {
        child += child + 1 < s->n_ready && s->ready[child + 1] < s->ready[child];
        if (last <= s->ready[child]) break;
        s->ready[at] = s->ready[child];
        at = child;
    }
    s->ready[at] = last;
    return first;
}

/* blocks: (n, 2) what each step uses, below n_blocks; twice the same for one block.
 * 0, or -1 when out of memory. */
static inline int schedule_init(schedule *s, int64_t n, const int32_t *blocks, int64_t n_blocks) {
    memset(s, 0, sizeof *s);
    int64_t *seen = malloc((size_t)n_blocks * sizeof *seen); /* where the next step is written to */
    s->next = malloc((size_t)(2 * n + 1) * sizeof *s->next);
    s->waits = calloc((size_t)n + 1, sizeof *s->waits);
    s->ready = malloc((size_t)(n + 1) * sizeof *s->ready);
    if (!seen || !s->next || !s->waits || !s->ready) {
        free(seen);
        schedule_free(s);
        return -1;
    }
    s->n = s->left = n;
    for (int64_t i = 0; i < n_blocks; i++) seen[i] = -1;
    for (int64_t step = 0; step < n; step++) {
        s->next[2 * step] = s->next[2 * step + 1] = -1;
        for (int which = 0; which < 2; which++) {
            int32_t block = blocks[2 * step + which];
            if (which && block == blocks[2 * step]) break;
            if (seen[block] >= 0) {
                s->next[seen[block]] = (int32_t)step;
                s->waits[step]++;
            }
            seen[block] = 2 * step + which;
        }
        if (!s->waits[step]) schedule_push(s, (int32_t)step);
    }
    free(seen);
    return 0;
}

/* The first step that can run now; -1 if all that are left wait for others; -2 if none is left. */
static inline int32_t schedule_next(schedule *s) {
    spin_lock(&s->lock);
    int32_t step = s->left == 0 ? -2 : s->n_ready == 0 ? -1 : schedule_pop(s);
    s->left -= step >= 0;
    spin_unlock(&s->lock);
    return step;
}

static inline void schedule_finish(schedule *s, int32_t step) {
    spin_lock(&s->lock);
    for (int which = 0; which < 2; which++) {
        int32_t next = s->next[2 * step + which];
        if (next >= 0 && --s->waits[next] == 0) schedule_push(s, next);
    }
    spin_unlock(&s->lock);
}

#endif
