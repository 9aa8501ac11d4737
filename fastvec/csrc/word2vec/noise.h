/* noise.h - drawing the words of negative sampling, the rare ones from rotating shards.
 *
 * Most of the rare rows that a worker updates are those of noise words.  Drawn from the whole
 * vocabulary, each of them would come from the third-level cache, from memory, or from another core
 * that wrote it last.  So each chunk of the corpus draws its noise from one shard of the vocabulary: all
 * frequent words and some of the rare ones, whose rows then stay in a near cache.  Chunks rotate
 * through the shards; workers that train at the same time have different shards, and over all shards
 * every word is drawn as often as it should be (fastvec/models/sampling.py makes the shards).
 */
#ifndef FASTVEC_NOISE_H
#define FASTVEC_NOISE_H

#include <stdint.h>

#include "word2vec/alias.h"

typedef struct {
    const alias_column *columns; /* the shards' alias tables, one after another; `other` is a word */
    const int32_t *words;        /* the word of each column */
    const int64_t *starts;       /* (shards + 1,): where each shard begins */
    int64_t shards;
} noise;

/* One shard to draw from. */
typedef struct {
    const alias_column *columns;
    const int32_t *words;
    uint32_t n;
} noise_shard;

/* The shard of a chunk: neighbouring chunks, which workers train at the same time, have different
 * ones.  `rotation`: another one in each epoch, since the last round of an epoch may be cut short. */
static inline noise_shard noise_shard_of(const noise *n, int64_t chunk, uint64_t rotation) {
    const int64_t *start = n->starts + ((uint64_t)chunk + rotation) % (uint64_t)n->shards;
    return (noise_shard){n->columns + start[0], n->words + start[0], (uint32_t)(start[1] - start[0])};
}

/* Prefetch what noise_draw will need. */
static inline void noise_prefetch(noise_shard from, uint64_t bits) {
    const uint32_t i = alias_column_of(bits, from.n);
    __builtin_prefetch(from.columns + i);
    __builtin_prefetch(from.words + i);
}

/* The word that 64 random bits stand for. */
static inline int32_t noise_draw(noise_shard from, uint64_t bits) {
    const uint32_t i = alias_column_of(bits, from.n);
    const alias_column column = from.columns[i];
    return (int32_t)alias_choose(column, bits, (uint32_t)from.words[i], column.other);
}

#endif
