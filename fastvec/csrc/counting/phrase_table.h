/* phrase_table.h - a hash table of pairs of words, with the connectors between them.
 *
 * A pair is a first word, a last word, and what is between them: nothing, or connectors ("of",
 * "of the"), which make no pairs of their own.  Every sequence of connectors is a node of a tree,
 * found from its parent and its last connector; node 0 is the empty one.
 *
 * slots: a power of two of them, at most five eighths full, found by linear probing; a slot is
 *        free while its value is 0.  Sixteen bytes, so that a pair is found and counted on one
 *        cache line.
 *
 * Method: own.
 */
#ifndef FASTVEC_PHRASE_TABLE_H
#define FASTVEC_PHRASE_TABLE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/huge_pages.h"

#define PHRASE_NOTHING UINT32_MAX /* no first word; no such node */

typedef struct {
    uint32_t first, last, between;
    uint32_t value; /* a count, which stays at its largest value; or an id + 1 */
} phrase_slot;

typedef struct {
    phrase_slot *slots;
    uint64_t mask;
    int64_t n;
} phrase_table;

typedef struct {
    phrase_table found; /* (parent, connector) -> node */
    uint32_t *parents, *connectors;
    int64_t n, room; /* nodes, the empty one included */
} phrase_tree;

static inline uint64_t phrase_hash(uint32_t first, uint32_t last, uint32_t between) {
    const uint64_t pair = (uint64_t)first << 32 | last;
    return hash_mix(pair ^ HASH_A, HASH_B ^ between * (uint64_t)0xA24BAED4963EE407u);
}

static inline int phrase_table_init(phrase_table *t, uint64_t slots) {
    t->slots = huge_pages_alloc(slots * sizeof *t->slots);
    t->mask = slots - 1;
    t->n = 0;
    return t->slots ? 0 : -1;
}

/* The slot of a pair, or the free one where it belongs. */
static inline phrase_slot *phrase_table_find(const phrase_table *t, uint64_t hash, uint32_t first,
                                       uint32_t last, uint32_t between) {
    for (uint64_t i = hash & t->mask;; i = (i + 1) & t->mask) {
        phrase_slot *slot = &t->slots[i];
        if (slot->value == 0) return slot;
        if (slot->first == first && slot->last == last && slot->between == between) return slot;
    }
}

/* Move every pair with a value of at least `least` to `slots` new slots. */
static int phrase_table_rehash(phrase_table *t, uint64_t slots, uint32_t least) {
    phrase_table other;
    if (phrase_table_init(&other, slots) < 0) return -1;
    for (uint64_t i = 0; i <= t->mask; i++) {
        const phrase_slot *slot = &t->slots[i];
        if (slot->value < least) continue;
        uint64_t hash = phrase_hash(slot->first, slot->last, slot->between);
        *phrase_table_find(&other, hash, slot->first, slot->last, slot->between) = *slot;
        other.n++;
    }
    free(t->slots);
    *t = other;
    return 0;
}

/* The slot of a pair, added if it is new: its value is then 0 and must be set.  NULL when out of
 * memory. */
static inline phrase_slot *phrase_table_add(phrase_table *t, uint64_t hash, uint32_t first,
                                        uint32_t last, uint32_t between) {
    phrase_slot *slot = phrase_table_find(t, hash, first, last, between);
    if (slot->value) return slot;
    if (8 * (uint64_t)(t->n + 1) > 5 * (t->mask + 1)) {
        if (phrase_table_rehash(t, 2 * (t->mask + 1), 1) < 0) return NULL;
        slot = phrase_table_find(t, hash, first, last, between);
    }
    *slot = (phrase_slot){first, last, between, 0};
    t->n++;
    return slot;
}

static inline int phrase_tree_init(phrase_tree *t) {
    memset(t, 0, sizeof *t);
    t->room = 64;
    t->parents = calloc(t->room, sizeof *t->parents);
    t->connectors = calloc(t->room, sizeof *t->connectors);
    t->n = 1;
    if (!t->parents || !t->connectors) return -1;
    return phrase_table_init(&t->found, 128);
}

static inline void phrase_tree_free(phrase_tree *t) {
    free(t->found.slots);
    free(t->parents);
    free(t->connectors);
}

/* A node with one more connector, or PHRASE_NOTHING. */
static inline uint32_t phrase_tree_child(const phrase_tree *t, uint32_t node, uint32_t connector) {
    if (node == PHRASE_NOTHING) return node;
    return phrase_table_find(&t->found, phrase_hash(node, connector, 0), node, connector, 0)->value - 1;
}

static int phrase_tree_grow(phrase_tree *t) {
    uint32_t *parents = realloc(t->parents, 2 * t->room * sizeof *parents);
    if (parents) t->parents = parents;
    uint32_t *connectors = realloc(t->connectors, 2 * t->room * sizeof *connectors);
    if (connectors) t->connectors = connectors;
    if (!parents || !connectors) return -1;
    t->room *= 2;
    return 0;
}

/* The same, with a new node if there is none; PHRASE_NOTHING when out of memory. */
static inline uint32_t phrase_tree_add(phrase_tree *t, uint32_t node, uint32_t connector) {
    uint64_t hash = phrase_hash(node, connector, 0);
    phrase_slot *slot = phrase_table_add(&t->found, hash, node, connector, 0);
    if (!slot) return PHRASE_NOTHING;
    if (slot->value) return slot->value - 1;
    slot->value = 1; /* a slot must not stay free, whatever follows */
    if (t->n >= PHRASE_NOTHING - 1 || (t->n == t->room && phrase_tree_grow(t) < 0))
        return PHRASE_NOTHING;
    t->parents[t->n] = node;
    t->connectors[t->n] = connector;
    slot->value = (uint32_t)++t->n;
    return slot->value - 1;
}

#endif
