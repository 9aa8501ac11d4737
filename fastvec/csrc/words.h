/* words.h - words as slices of one byte array, found by an open-addressing hash table.
 *
 * bytes:   all words, one after the other, no separator.
 * offsets: word i is bytes[offsets[i] .. offsets[i+1]).
 * slots:   a power of two of them, at most half full; a slot holds a word's id and the upper half
 *          of its hash, so that most misses never touch the bytes.
 *
 * A table either grows (words_add copies each new word into its own arrays) or is laid over
 * arrays of somebody else (words_over), which it never changes.  Knows nobody.
 */
#ifndef FASTVEC_WORDS_H
#define FASTVEC_WORDS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t tag; /* upper half of the hash */
    int32_t id;   /* -1: free */
} word_slot;

typedef struct {
    word_slot *slots;
    uint64_t mask;
    char *bytes;
    int64_t *offsets;
    int64_t room_bytes, room_words; /* 0: laid over somebody else's arrays */
    int32_t n;
} words;

static inline uint64_t words_mix(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Multiply-and-fold hash in the manner of wyhash (Wang Yi), eight bytes a step. */
static inline uint64_t words_hash(const char *word, int64_t length) {
    const uint64_t k0 = 0x9E3779B97F4A7C15u, k1 = 0xD1B54A32D192ED03u;
    uint64_t h = k0 ^ (uint64_t)length, tail = 0;
    while (length >= 8) {
        uint64_t chunk;
        memcpy(&chunk, word, 8);
        h = words_mix(h ^ chunk, k1);
        word += 8;
        length -= 8;
    }
    memcpy(&tail, word, (size_t)length);
    return words_mix(h ^ tail, k1 ^ (k0 << 1));
}

static inline int words_equal(const words *t, int32_t id, const char *word, int64_t length) {
    int64_t start = t->offsets[id];
    return t->offsets[id + 1] - start == length &&
           memcmp(t->bytes + start, word, (size_t)length) == 0;
}

/* The slot that holds the word, or the free one where it belongs. */
static inline word_slot *words_slot(const words *t, const char *word, int64_t length, uint64_t h) {
    uint32_t tag = (uint32_t)(h >> 32);
    for (uint64_t i = h & t->mask;; i = (i + 1) & t->mask) {
        word_slot *slot = &t->slots[i];
        if (slot->id < 0 || (slot->tag == tag && words_equal(t, slot->id, word, length)))
            return slot;
    }
}

/* The word's id, or -1. */
static inline int32_t words_find(const words *t, const char *word, int64_t length) {
    return words_slot(t, word, length, words_hash(word, length))->id;
}

static inline word_slot *words_new_slots(uint64_t count) {
    word_slot *slots = malloc(count * sizeof *slots);
    if (slots) memset(slots, 0xff, count * sizeof *slots);
    return slots;
}

static inline void words_free(words *t) {
    free(t->slots);
    if (t->room_words) {
        free(t->bytes);
        free(t->offsets);
    }
    memset(t, 0, sizeof *t);
}

/* An empty table that grows.  0, or -1 when out of memory. */
static inline int words_init(words *t) {
    memset(t, 0, sizeof *t);
    t->mask = 1023;
    t->room_words = 512;
    t->room_bytes = 8192;
    t->slots = words_new_slots(t->mask + 1);
    t->bytes = malloc((size_t)t->room_bytes);
    t->offsets = malloc((size_t)(t->room_words + 1) * sizeof *t->offsets);
    if (!t->slots || !t->bytes || !t->offsets) {
        words_free(t);
        return -1;
    }
    t->offsets[0] = 0;
    return 0;
}

/* A table over n words that stand elsewhere.  Of equal words the first one is found.
 * 0, or -1 when out of memory. */
static inline int words_over(words *t, char *bytes, int64_t *offsets, int32_t n) {
    memset(t, 0, sizeof *t);
    uint64_t count = 16;
    while (count < 2 * (uint64_t)n) count *= 2;
    t->slots = words_new_slots(count);
    if (!t->slots) return -1;
    t->mask = count - 1;
    t->bytes = bytes;
    t->offsets = offsets;
    t->n = n;
    for (int32_t id = 0; id < n; id++) {
        const char *word = bytes + offsets[id];
        int64_t length = offsets[id + 1] - offsets[id];
        uint64_t h = words_hash(word, length);
        word_slot *slot = words_slot(t, word, length, h);
        if (slot->id < 0) *slot = (word_slot){(uint32_t)(h >> 32), id};
    }
    return 0;
}

/* Moves all words to `count` slots, a power of two.  0, or -1 when out of memory. */
static inline int words_set_slots(words *t, uint64_t count) {
    word_slot *slots = words_new_slots(count);
    if (!slots) return -1;
    free(t->slots);
    t->slots = slots;
    t->mask = count - 1;
    for (int32_t id = 0; id < t->n; id++) {
        const char *word = t->bytes + t->offsets[id];
        uint64_t h = words_hash(word, t->offsets[id + 1] - t->offsets[id]);
        uint64_t i = h & t->mask;
        while (slots[i].id >= 0) i = (i + 1) & t->mask;
        slots[i] = (word_slot){(uint32_t)(h >> 32), id};
    }
    return 0;
}

/* Slots for n words, so that none need to be moved before there are more. */
static inline int words_expect(words *t, int64_t n) {
    uint64_t count = t->mask + 1;
    while (count < 2 * (uint64_t)n + 2) count *= 2;
    return count > t->mask + 1 ? words_set_slots(t, count) : 0;
}

static inline int words_make_room(words *t, int64_t length) {
    if (t->n == t->room_words) {
        int64_t *offsets = realloc(t->offsets, (size_t)(2 * t->room_words + 1) * sizeof *offsets);
        if (!offsets) return -1;
        t->offsets = offsets;
        t->room_words *= 2;
    }
    int64_t need = t->offsets[t->n] + length;
    if (need > t->room_bytes) {
        int64_t room = 2 * t->room_bytes > need ? 2 * t->room_bytes : need;
        char *bytes = realloc(t->bytes, (size_t)room);
        if (!bytes) return -1;
        t->bytes = bytes;
        t->room_bytes = room;
    }
    return 0;
}

/* The word's id, a new one if it was not known.  -1 when out of memory or ids (2^31 - 2). */
static inline int32_t words_add(words *t, const char *word, int64_t length) {
    uint64_t h = words_hash(word, length);
    word_slot *slot = words_slot(t, word, length, h);
    if (slot->id >= 0) return slot->id;
    if (t->n == INT32_MAX - 1) return -1;
    if (2 * (uint64_t)(t->n + 1) > t->mask) {
        if (words_set_slots(t, 2 * (t->mask + 1)) < 0) return -1;
        slot = words_slot(t, word, length, h);
    }
    if (words_make_room(t, length) < 0) return -1;
    memcpy(t->bytes + t->offsets[t->n], word, (size_t)length);
    t->offsets[t->n + 1] = t->offsets[t->n] + length;
    *slot = (word_slot){(uint32_t)(h >> 32), t->n};
    return t->n++;
}

#endif
