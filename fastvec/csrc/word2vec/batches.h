/* batches.h - how a worker walks through the corpus: chunks, batches of windows, rows listed ahead. */
#ifndef FASTVEC_BATCHES_H
#define FASTVEC_BATCHES_H

#include <stdint.h>

enum {
    CHUNK = 10000,        /* tokens a worker takes at a time; longer sentences are split there */
    MAX_CHUNK = 2 * CHUNK, /* tokens in a chunk: its last sentence may begin at its end */
    BATCH = 64,           /* windows whose negatives are drawn together */
    AHEAD = 2,            /* windows between listing the rows of a window and using them */
    RING = AHEAD + 2,     /* lists that are kept; a power of 2 */
    LISTED = BATCH + AHEAD, /* windows of a batch that are listed, those of the next one included */
};

/* One matrix that is trained. */
typedef struct {
    float *rows;        /* each starts on a cache line and is padded with zeros; NULL: not in use */
    int64_t count;      /* how many rows */
    const float *steps; /* (count,) expected updates of each row for every word trained on, if several
                         * workers train */
} weights;

#endif
