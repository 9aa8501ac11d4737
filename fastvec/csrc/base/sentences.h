/* sentences.h - which sentence of a corpus a token belongs to. */
#ifndef FASTVEC_SENTENCES_H
#define FASTVEC_SENTENCES_H

#include <stdint.h>

/* The sentence that holds token `at`: the last one that starts at or before it.  offsets: (n + 1,)
 * rising; sentence s is tokens[offsets[s] .. offsets[s + 1]). */
static inline int64_t sentence_at(const int64_t *offsets, int64_t n, int64_t at) {
    int64_t low = 0, high = n;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (offsets[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

#endif
