/* cache_lines.h - memory that shares no cache line with anything else.
 *
 * Small lists of two workers on one cache line would be written by both all the time.  Two lines are
 * kept together, since processors fetch lines in pairs.
 */
#ifndef FASTVEC_CACHE_LINES_H
#define FASTVEC_CACHE_LINES_H

#include <string.h>

#include "base/system.h"

/* Zeroed memory on cache lines of its own, to be given to aligned_free(); NULL when out of memory. */
static inline void *cache_line_alloc(size_t bytes) {
    bytes = (bytes + 127) / 128 * 128;
    void *p = aligned_new(128, bytes);
    if (p) memset(p, 0, bytes);
    return p;
}

#endif
