/* noise.h - drawing words that did not occur: of the rare ones only those of one part at a time.
 *
 * Most of the rare rows that a worker steps on are those of noise words.  Drawn from the whole vocabulary,
 * every one of them comes from the third-level cache, from memory, or from another core that wrote it
 * last.  So the rare words are divided into parts, and the noise of a chunk comes from one of them (and
 * from the frequent words): its rows stay in the second-level cache meanwhile, and workers beside each
 * other use different parts.  The parts take turns.  Each has an alias table of its own, with weights such
 * that over all turns every word is drawn as often as it should be (sampling.py).
 *
 * Blocks of rare words are dealt out to the parts.  A block has some words because processors fetch
 * lines beyond those that they are asked for: they should belong to the same part.
 */
#ifndef FASTVEC_NOISE_H
#define FASTVEC_NOISE_H

#include <stdint.h>

#include "alias.h"

enum {
    COMMON_WORDS = 8192, /* the first words: every part has them */
    BLOCK_WORDS = 32,    /* a power of 2 */
};

typedef struct {
    const alias_column *columns; /* the parts' tables, one after another */
    int64_t n_words;
    int64_t parts; /* if 1, it has all words; more only with more than COMMON_WORDS words */
    int64_t visit; /* chunks in a row that a worker draws from a part, about */
} noise;

/* A part to draw from: an alias table, and which word each of its outcomes is. */
typedef struct {
    const alias_column *columns;
    uint32_t n, part, parts;
} noise_part;

/* How many words a part has. */
static inline int64_t noise_size(int64_t n_words, int64_t parts, int64_t part) {
    if (parts == 1) return n_words;
    const int64_t rare = n_words - COMMON_WORDS, blocks = rare / BLOCK_WORDS;
    const int64_t whole = blocks / parts + (part < blocks % parts);
    const int64_t rest = part == blocks % parts ? rare % BLOCK_WORDS : 0;
    return COMMON_WORDS + whole * BLOCK_WORDS + rest;
}

static inline noise_part noise_open(const noise *n, int64_t part) {
    const alias_column *columns = n->columns;
    for (int64_t before = 0; before < part; before++)
        columns += noise_size(n->n_words, n->parts, before);
    const int64_t size = noise_size(n->n_words, n->parts, part);
    return (noise_part){columns, (uint32_t)size, (uint32_t)part, (uint32_t)n->parts};
}

static inline uint32_t noise_word(const noise_part *p, uint32_t outcome) {
    const uint32_t blocks = (outcome - COMMON_WORDS) & ~(uint32_t)(BLOCK_WORDS - 1);
    const uint32_t further = blocks * (p->parts - 1) + BLOCK_WORDS * p->part;
    /* No branch: it would often be mispredicted. */
    return outcome + (further & -(uint32_t)(outcome >= COMMON_WORDS));
}

/* The part whose turn it is in a chunk.  Neighbouring chunks, which workers take at the same time, have
 * different ones.  `offset`: not the same in every epoch, as the last round may be cut short. */
static inline int64_t noise_turn(const noise *n, int64_t chunk, int64_t workers, uint64_t offset) {
    const int64_t visits = chunk / (n->visit * workers) * workers + chunk % workers;
    return (int64_t)((offset % (uint64_t)n->parts + (uint64_t)visits) % (uint64_t)n->parts);
}

#endif
