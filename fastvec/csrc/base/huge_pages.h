/* huge_pages.h - memory for tables that are read at random: in huge pages, where the system has them.
 *
 * With small pages every access to a table of a hundred megabytes misses the processor's cache of page
 * addresses, too.
 */
#ifndef FASTVEC_HUGE_PAGES_H
#define FASTVEC_HUGE_PAGES_H

#include <stdint.h>
#include <stdlib.h>
#if !defined(_WIN32)
#include <sys/mman.h>
#endif

enum { HUGE_PAGE = 1 << 21 };

/* Zeroed memory, to be given to free(); NULL if there is none. */
static inline void *huge_pages_alloc(size_t bytes) {
    char *memory = calloc(bytes ? bytes : 1, 1); /* large: fresh pages, which the system has cleared */
#ifdef MADV_HUGEPAGE
    size_t skip = -(uintptr_t)memory % HUGE_PAGE;
    if (memory && bytes >= skip + HUGE_PAGE)
        madvise(memory + skip, bytes - skip, MADV_HUGEPAGE); /* best effort: failure is harmless */
#endif
    return memory;
}

#endif
