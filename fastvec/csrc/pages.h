/* pages.h - memory for tables that are read at random: in huge pages, where the system has them.
 *
 * Every access to a table of a hundred megabytes misses the processor's table of pages, too, if
 * these are small.  Knows nobody.
 */
#ifndef FASTVEC_PAGES_H
#define FASTVEC_PAGES_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21 };

/* Zeroed memory, to be given to free(); NULL if there is none. */
static inline void *pages_zeroed(size_t bytes) {
    char *memory = calloc(bytes ? bytes : 1, 1); /* large: fresh pages, which nobody has to clear */
#ifdef MADV_HUGEPAGE
    size_t skip = -(uintptr_t)memory % HUGE_PAGE;
    if (memory && bytes >= skip + HUGE_PAGE)
        madvise(memory + skip, bytes - skip, MADV_HUGEPAGE); /* a wish: all works without */
#endif
    return memory;
}

#endif
