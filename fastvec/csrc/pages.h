/* pages.h - memory for tables that are read at random: in huge pages, where the system has them.
 *
 * Every access to a table of a hundred megabytes misses the processor's table of pages, too, if
 * these are small.  Knows nobody.
 */
#ifndef FASTVEC_PAGES_H
#define FASTVEC_PAGES_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21 };

/* Zeroed memory, to be given to free(); NULL if there is none. */
static inline void *pages_zeroed(size_t bytes) {
    void *memory;
    if (bytes < 2 * HUGE_PAGE) return calloc(bytes ? bytes : 1, 1);
    if (posix_memalign(&memory, HUGE_PAGE, bytes)) return NULL;
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes, MADV_HUGEPAGE); /* only a wish: without it, all works as well */
#endif
    return memset(memory, 0, bytes);
}

#endif
