/* choice.h - which of two ways to do the same work is quicker here: found out while working.
 *
 * A piece of work in PIECES_A_TRIAL is done the other way than the rest, and the way that has cost less
 * lately does the rest.  Knows nobody.
 */
#ifndef FASTVEC_CHOICE_H
#define FASTVEC_CHOICE_H

#include <stdint.h>
#include <time.h>

typedef struct {
    double cost[2]; /* of each way, for a unit of work; smoothed; 0 before the first piece */
    int64_t pieces;
} choice;

enum { PIECES_A_TRIAL = 16 };

/* The way, 0 or 1, of the next piece. */
static inline int choice_take(choice *c) {
    const int better = c->cost[1] < c->cost[0], unknown = c->cost[better] > 0 && c->cost[!better] == 0;
    const int trial = c->pieces++ % PIECES_A_TRIAL == PIECES_A_TRIAL - 1;
    return trial || unknown ? !better : better;
}

/* What a piece has cost.  One that was disturbed must not weigh more than others, and if it was the
 * first, it must be forgotten soon. */
static inline void choice_learn(choice *c, int way, double cost) {
    double *known = &c->cost[way];
    if (*known == 0) *known = cost;
    if (cost > 1.25 * *known) cost = 1.25 * *known;
    *known += (cost - *known) / (cost < *known ? 4 : 8);
}

/* Seconds that the calling thread has run. */
static inline double choice_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
