/* word_table.h - the hash table of words: gives every distinct word an id, and counts it.
 *
 * bytes, offsets: word i is bytes[offsets[i] .. offsets[i + 1]); ids are in order of appearance.
 * slots: a power of two of them, at most half full, found by linear probing.  A word of up to
 *        eight bytes is its slot's key itself, padded with zeros, so that most words of most
 *        texts are found, compared and counted on one cache line.  The key of a longer word (or
 *        of one that ends in NUL, which padding would hide) is its hash, and its bytes are
 *        compared where they are stored.
 *
 * A table either grows, and copies each new word into its own arrays, or is built over given arrays
 * (word_table_over), which it never changes.
 */
#ifndef FASTVEC_WORD_TABLE_H
#define FASTVEC_WORD_TABLE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/hash.h"

enum { WORD_PADDING = 16 }; /* readable bytes behind a word that is given to word_key_of */
#define SLOT_FREE UINT32_MAX
#define SLOT_HASHED 0x80000000u /* set in the id of a slot whose key is a hash */

typedef struct {
    uint64_t key;
    uint32_t id;
    uint32_t count; /* since the last word_table_flush */
} word_slot;

typedef struct {
    word_slot *slots;
    uint64_t mask;
    char *bytes;
    int64_t *offsets;
    int64_t *counts; /* flushed counts */
    int64_t room_bytes, room_words; /* 0: built over given arrays */
    int64_t end;                    /* no offset is beyond it; INT64_MAX for own arrays */
    int32_t n;
} word_table;

/* A word with what finds its slot. */
typedef struct {
    const char *start;
    int64_t length;
    uint64_t key;
    uint64_t hash;
    uint32_t hashed; /* SLOT_HASHED or 0 */
} word_key;

/* The key of a word of any length above 0, with WORD_PADDING readable bytes behind it. */
static inline word_key word_key_of(const char *start, int64_t length) {
    word_key w = {start, length, 0, 0, 0};
    if (__builtin_expect(length <= 8, 1)) {
        unsigned unused = 64 - 8 * (unsigned)length;
        w.key = load_8_bytes(start) << unused >> unused;
        w.hash = hash_mix(w.key, HASH_A);
        if (__builtin_expect(start[length - 1] != 0, 1)) return w;
        w.key = w.hash = hash_mix(w.key ^ (uint64_t)length, HASH_B);
    } else {
        w.key = w.hash = hash_bytes(start, length);
    }
    w.hashed = SLOT_HASHED;
    return w;
}

/* The same for words that may be empty. */
static inline word_key word_key_of_any(const char *start, int64_t length) {
    if (length > 0) return word_key_of(start, length);
    return (word_key){.start = start, .hashed = SLOT_HASHED};
}

/* The same for words that may have nothing readable behind them. */
static inline word_key word_key_unpadded(const char *start, int64_t length) {
    if (length > 8) return word_key_of(start, length);
    char padded[8 + WORD_PADDING] = {0};
    memcpy(padded, start, (size_t)length);
    word_key w = word_key_of_any(padded, length);
    w.start = start;
    return w;
}

/* Given arrays may be a mapped file that somebody has overwritten since its offsets were checked, so
 * they are checked here again. */
static inline int word_table_same(const word_table *t, uint32_t id, const word_key *w) {
    int64_t start = t->offsets[id], stop = t->offsets[id + 1];
    if (start < 0 || start > t->end - w->length || stop != start + w->length) return 0;
    const char *known = t->bytes + start;
    if (w->length < 8 || w->length > 16) return memcmp(known, w->start, (size_t)w->length) == 0;
    return load_8_bytes(known) == load_8_bytes(w->start) &&
           load_8_bytes(known + w->length - 8) == load_8_bytes(w->start + w->length - 8);
}

/* The slot that holds the word, or the free one where it belongs. */
static inline word_slot *word_table_find(const word_table *t, const word_key *w) {
    for (uint64_t i = w->hash & t->mask;; i = (i + 1) & t->mask) {
        word_slot *slot = &t->slots[i];
        if (slot->key == w->key && (slot->id & SLOT_HASHED) == w->hashed) {
            if (slot->id == SLOT_FREE) return slot;
            if (!w->hashed || word_table_same(t, slot->id ^ SLOT_HASHED, w)) return slot;
        } else if (slot->id == SLOT_FREE) {
            return slot;
        }
    }
}

static inline word_slot *word_slots_new(uint64_t count) {
    word_slot *slots = malloc(count * sizeof *slots);
    if (slots)
        for (uint64_t i = 0; i < count; i++) slots[i] = (word_slot){0, SLOT_FREE, 0};
    return slots;
}

static inline void word_table_free(word_table *t) {
    free(t->slots);
    if (t->room_words) {
        free(t->bytes);
        free(t->offsets);
        free(t->counts);
    }
    memset(t, 0, sizeof *t);
}

/* An empty table.  0, or -1 when out of memory. */
static inline int word_table_init(word_table *t) {
    memset(t, 0, sizeof *t);
    t->mask = 4095;
    t->room_words = 2048;
    t->room_bytes = 16384;
    t->end = INT64_MAX;
    t->slots = word_slots_new(t->mask + 1);
    t->bytes = malloc((size_t)t->room_bytes + WORD_PADDING);
    t->offsets = malloc((size_t)(t->room_words + 1) * sizeof *t->offsets);
    t->counts = malloc((size_t)t->room_words * sizeof *t->counts);
    if (!t->slots || !t->bytes || !t->offsets || !t->counts) {
        word_table_free(t);
        return -1;
    }
    t->offsets[0] = 0;
    return 0;
}

/* Whether a word lies within the bytes of its array. */
static inline int word_is_within(int64_t start, int64_t stop, int64_t end) {
    return 0 <= start && start <= stop && stop <= end;
}

/* A table over n words that are stored elsewhere, in `end` bytes.  Of equal words the first one is
 * found.  0, or -1 when out of memory. */
static inline int word_table_over(word_table *t, char *bytes, int64_t end, int64_t *offsets,
                                  int32_t n) {
    memset(t, 0, sizeof *t);
    uint64_t count = 16;
    while (count < 2 * (uint64_t)n) count *= 2;
    t->slots = word_slots_new(count);
    if (!t->slots) return -1;
    t->mask = count - 1;
    t->bytes = bytes;
    t->offsets = offsets;
    t->end = end;
    t->n = n;
    for (int32_t id = 0; id < n; id++) {
        int64_t start = offsets[id], stop = offsets[id + 1];
        if (!word_is_within(start, stop, end)) continue; /* the mapped file has just changed */
        word_key w = word_key_unpadded(bytes + start, stop - start);
        word_slot *slot = word_table_find(t, &w);
        if (slot->id == SLOT_FREE) *slot = (word_slot){w.key, (uint32_t)id | w.hashed, 0};
    }
    return 0;
}

/* Move the slots' counts to `counts`, so that 32 bits never overflow. */
static inline void word_table_flush(word_table *t) {
    for (uint64_t i = 0; i <= t->mask; i++) {
        word_slot *slot = &t->slots[i];
        if (slot->id == SLOT_FREE) continue;
        t->counts[slot->id & ~SLOT_HASHED] += slot->count;
        slot->count = 0;
    }
}

/* Move everything to `count` slots, a power of two.  0, or -1 when out of memory. */
static inline int word_table_rehash(word_table *t, uint64_t count) {
    word_slot *slots = word_slots_new(count);
    if (!slots) return -1;
    for (uint64_t i = 0; i <= t->mask; i++) {
        word_slot slot = t->slots[i];
        if (slot.id == SLOT_FREE) continue;
        int hashed = (slot.id & SLOT_HASHED) != 0;
        uint64_t j = hashed ? slot.key : hash_mix(slot.key, HASH_A);
        for (j &= count - 1; slots[j].id != SLOT_FREE; j = (j + 1) & (count - 1)) {
        }
        slots[j] = slot;
    }
    free(t->slots);
    t->slots = slots;
    t->mask = count - 1;
    return 0;
}

/* Have enough slots for n words.  0, or -1 when out of memory. */
static inline int word_table_reserve(word_table *t, int64_t n) {
    uint64_t count = t->mask + 1;
    while (2 * (uint64_t)n > count - 1) count *= 2;
    return count > t->mask + 1 ? word_table_rehash(t, count) : 0;
}

/* Room for one more word. */
static inline int word_table_make_room(word_table *t, int64_t length) {
    if (t->n == t->room_words) {
        int64_t room = t->room_words;
        int64_t *counts = array_grow(t->counts, &room, room + 1, sizeof *counts, 0);
        if (!counts) return -1;
        t->counts = counts;
        int64_t *offsets = array_grow(t->offsets, &t->room_words, room, sizeof *offsets, sizeof *offsets);
        if (!offsets) return -1;
        t->offsets = offsets;
    }
    const int64_t need = t->offsets[t->n] + length;
    if (need <= t->room_bytes) return 0;
    char *bytes = array_grow(t->bytes, &t->room_bytes, need, 1, WORD_PADDING);
    if (!bytes) return -1;
    t->bytes = bytes;
    return 0;
}

/* Put a new word into its free slot.  Its slot, or NULL when out of memory or ids (2^31 - 2). */
static __attribute__((noinline)) word_slot *word_table_insert(word_table *t, const word_key *w,
                                                         word_slot *slot) {
    if (t->n == INT32_MAX - 1) return NULL;
    if (2 * (uint64_t)(t->n + 1) > t->mask) {
        if (word_table_rehash(t, 2 * (t->mask + 1)) < 0) return NULL;
        slot = word_table_find(t, w);
    }
    if (word_table_make_room(t, w->length) < 0) return NULL;
    memcpy(t->bytes + t->offsets[t->n], w->start, (size_t)w->length);
    t->offsets[t->n + 1] = t->offsets[t->n] + w->length;
    t->counts[t->n] = 0;
    *slot = (word_slot){w->key, (uint32_t)t->n++ | w->hashed, 0};
    return slot;
}

/* The word's slot, a new one if the word is new; NULL: see word_table_insert. */
static inline word_slot *word_table_add(word_table *t, const word_key *w) {
    word_slot *slot = word_table_find(t, w);
    return __builtin_expect(slot->id == SLOT_FREE, 0) ? word_table_insert(t, w, slot) : slot;
}

static inline int32_t word_slot_id(const word_slot *slot) {
    return (int32_t)(slot->id & ~SLOT_HASHED);
}

/* The id of a word that needs no padding, or -1. */
static inline int32_t word_table_id(const word_table *t, const char *start, int64_t length) {
    const word_key w = word_key_unpadded(start, length);
    const word_slot *slot = word_table_find(t, &w);
    return slot->id == SLOT_FREE ? -1 : word_slot_id(slot);
}

/* The same, and a new id if the word is new; -1: see word_table_insert. */
static inline int32_t word_table_add_id(word_table *t, const char *start, int64_t length) {
    const word_key w = word_key_unpadded(start, length);
    const word_slot *slot = word_table_add(t, &w);
    return slot ? word_slot_id(slot) : -1;
}

/* The key of word i of a table that grows. */
static inline word_key word_table_key(const word_table *t, int32_t id) {
    return word_key_of_any(t->bytes + t->offsets[id], t->offsets[id + 1] - t->offsets[id]);
}

/* Add the words [from, to) of another table and their flushed counts; ids[i] becomes the id of its word
 * i here.  0, or -1: see word_table_insert. */
static inline int word_table_absorb(word_table *t, const word_table *other, int32_t from, int32_t to,
                                int32_t *ids) {
    enum { AHEAD = 16 };
    word_key words[AHEAD];
    for (int32_t i = from; i < to + AHEAD; i++) {
        if (i >= from + AHEAD) {
            word_slot *slot = word_table_add(t, &words[i % AHEAD]);
            if (!slot) return -1;
            ids[i - AHEAD] = word_slot_id(slot);
            t->counts[word_slot_id(slot)] += other->counts[i - AHEAD];
        }
        if (i < to) {
            words[i % AHEAD] = word_table_key(other, i);
            __builtin_prefetch(&t->slots[words[i % AHEAD].hash & t->mask]);
        }
    }
    return 0;
}

/* Drop the words that are not to be kept, and compact the ids of the others; ids[i] becomes the new id
 * of word i, or -1.  Counts must be flushed.  0, or -1 when out of memory. */
static inline int word_table_retain(word_table *t, const uint8_t *keep, int32_t *ids) {
    word_table kept;
    if (word_table_init(&kept) < 0) return -1;
    for (int32_t i = 0; i < t->n; i++) {
        ids[i] = -1;
        if (keep[i] && word_table_absorb(&kept, t, i, i + 1, ids) < 0) {
            word_table_free(&kept);
            return -1;
        }
    }
    word_table_free(t);
    *t = kept;
    return 0;
}

#endif
