/* prefetch_tuner.h - finds out, while training, which of two ways to prefetch rows is quicker.
 *
 * One chunk in CHUNKS_PER_TRIAL uses the other way than the rest, and the way that has cost less
 * lately is used for the rest.
 */
#ifndef FASTVEC_PREFETCH_TUNER_H
#define FASTVEC_PREFETCH_TUNER_H

#include <stdint.h>

typedef struct {
    double cost[2]; /* of each way, per word; smoothed; 0 before its first chunk */
    int64_t chunks;
} prefetch_tuner;

enum { CHUNKS_PER_TRIAL = 16 };

/* The way, 0 or 1, of the next chunk. */
static inline int tuner_choose(prefetch_tuner *t) {
    const int better = t->cost[1] < t->cost[0];
    const int unknown = t->cost[better] > 0 && t->cost[!better] == 0;
    const int trial = t->chunks++ % CHUNKS_PER_TRIAL == CHUNKS_PER_TRIAL - 1;
    return trial || unknown ? !better : better;
}

/* Record what a chunk has cost.  A chunk that was disturbed must not count for more than others, and
 * if it was the first, it must be forgotten soon. */
static inline void tuner_record(prefetch_tuner *t, int way, double cost) {
    double *known = &t->cost[way];
    if (*known == 0) *known = cost;
    if (cost > 1.25 * *known) cost = 1.25 * *known;
    *known += (cost - *known) / (cost < *known ? 4 : 8);
}

#endif
