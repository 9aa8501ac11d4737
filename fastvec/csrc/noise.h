/* noise.h - drawing words that did not occur: rare ones by turns.
 *
 * Most of the rare rows that a worker steps on are those of noise words.  Drawn from the whole vocabulary,
 * every one of them comes from the third-level cache, from memory, or from another core that wrote it
 * last.  So the noise of a chunk comes from a part of the words: all frequent ones and some of the rare
 * ones, whose rows stay in a near cache meanwhile.  Workers beside each other have different parts, and
 * over all parts every word is drawn as often as it should be (sampling.py, which makes them).
 */
#ifndef FASTVEC_NOISE_H
#define FASTVEC_NOISE_H

#include <stdint.h>

#include "alias.h"

typedef struct {
    const alias_column *columns; /* the parts' alias tables, one after another; `other` is a word */
    const int32_t *words;        /* the word of each column */
    const int64_t *starts;       /* (parts + 1,): where they begin */
    int64_t parts;
} noise;

/* A part to draw from. */
typedef struct {
    const alias_column *columns;
    const int32_t *words;
    uint32_t n;
} noise_part;

/* The part whose turn it is in a chunk: that of neighbouring chunks, which workers take at the same time,
 * is another one.  `offset`: not the same in every epoch, as the last round of turns may be cut short. */
static inline noise_part noise_turn(const noise *n, int64_t chunk, uint64_t offset) {
    const int64_t *start = n->starts + ((uint64_t)chunk + offset) % (uint64_t)n->parts;
    return (noise_part){n->columns + start[0], n->words + start[0], (uint32_t)(start[1] - start[0])};
}

/* Fetch what noise_pick will need. */
static inline void noise_fetch(noise_part from, uint64_t bits) {
    const uint32_t i = alias_column_of(bits, from.n);
    __builtin_prefetch(from.columns + i);
    __builtin_prefetch(from.words + i);
}

/* The word that 64 random bits say. */
static inline int32_t noise_pick(noise_part from, uint64_t bits) {
    const uint32_t i = alias_column_of(bits, from.n);
    const alias_column column = from.columns[i];
    return (int32_t)alias_choose(column, bits, (uint32_t)from.words[i], column.other);
}

#endif
