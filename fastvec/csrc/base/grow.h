/* grow.h - arrays that grow. */
#ifndef FASTVEC_GROW_H
#define FASTVEC_GROW_H

#include <stdint.h>
#include <stdlib.h>

/* Reallocate an array so that it has room for `need` items of `size` bytes, and for at least twice as
 * many as before, with `padding` more bytes behind them.  NULL when out of memory: then nothing has
 * changed. */
static inline void *array_grow(void *array, int64_t *room, int64_t need, size_t size, size_t padding) {
    const int64_t wanted = 2 * *room > need ? 2 * *room : need;
    void *grown = realloc(array, (size_t)wanted * size + padding);
    if (grown) *room = wanted;
    return grown;
}

#endif
