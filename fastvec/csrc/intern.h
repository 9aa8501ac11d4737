/* intern.h - gives every distinct word an id in order of appearance, and counts it.
 *
 * bytes, offsets: word i is bytes[offsets[i] .. offsets[i+1]), as in words.h.
 * slots: a power of two of them, at most half full, found by linear probing.  A word of up to
 *        eight bytes is its slot's key itself, padded with zeros, so that most words of most
 *        texts are found, compared and counted on one cache line.  The key of a longer word (or
 *        of one that ends in NUL, which padding would hide) is its hash, and its bytes are
 *        compared where they stand.
 *
 * Every word handed over must have INTERN_PAD readable bytes behind its end.  Knows nobody.
 */
#ifndef FASTVEC_INTERN_H
#define FASTVEC_INTERN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { INTERN_PAD = 16 };
#define INTERN_FREE UINT32_MAX
#define INTERN_HASHED 0x80000000u /* set in the id of a slot whose key is a hash */

typedef struct {
    uint64_t key;
    uint32_t id;
    uint32_t count; /* since the last intern_flush */
} intern_slot;

typedef struct {
    intern_slot *slots;
    uint64_t mask;
    char *bytes;
    int64_t *offsets;
    int64_t *counts; /* flushed counts */
    int64_t room_bytes, room_words;
    int32_t n;
} interner;

/* A word on its way to its slot. */
typedef struct {
    const char *start;
    int64_t length;
    uint64_t key;
    uint64_t hash;
    uint32_t hashed; /* INTERN_HASHED or 0 */
} intern_word;

static inline uint64_t intern_mix(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t intern_load(const char *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return x;
}

/* Multiply and fold, in the manner of wyhash (Wang Yi): eight bytes a step, and the last eight
 * once more whole, so that no step reads less. */
static inline uint64_t intern_hash(const char *word, int64_t length) {
    const uint64_t k0 = 0x9E3779B97F4A7C15u, k1 = 0xD1B54A32D192ED03u;
    uint64_t h = k0 ^ (uint64_t)length;
    int64_t at = 0;
    for (; at + 8 < length; at += 8) h = intern_mix(h ^ intern_load(word + at), k1);
    return intern_mix(h ^ intern_load(word + length - 8), k1);
}

/* Key and hash of a word of any length above 0. */
static inline intern_word intern_look(const char *start, int64_t length) {
    intern_word w = {start, length, 0, 0, 0};
    if (__builtin_expect(length <= 8, 1)) {
        unsigned unused = 64 - 8 * (unsigned)length;
        w.key = intern_load(start) << unused >> unused;
        w.hash = intern_mix(w.key, 0x9E3779B97F4A7C15u);
        if (__builtin_expect(start[length - 1] != 0, 1)) return w;
        w.key = w.hash = intern_mix(w.key ^ (uint64_t)length, 0xD1B54A32D192ED03u);
    } else {
        w.key = w.hash = intern_hash(start, length);
    }
    w.hashed = INTERN_HASHED;
    return w;
}

/* The same for words that may be empty. */
static inline intern_word intern_look_any(const char *start, int64_t length) {
    if (length > 0) return intern_look(start, length);
    return (intern_word){.start = start, .hashed = INTERN_HASHED};
}

static inline int intern_same(const interner *t, uint32_t id, const intern_word *w) {
    const char *known = t->bytes + t->offsets[id];
    if (t->offsets[id + 1] - t->offsets[id] != w->length) return 0;
    if (w->length < 8 || w->length > 16) return memcmp(known, w->start, (size_t)w->length) == 0;
    return intern_load(known) == intern_load(w->start) &&
           intern_load(known + w->length - 8) == intern_load(w->start + w->length - 8);
}

/* The slot that holds the word, or the free one where it belongs. */
static inline intern_slot *intern_find(const interner *t, const intern_word *w) {
    for (uint64_t i = w->hash & t->mask;; i = (i + 1) & t->mask) {
        intern_slot *slot = &t->slots[i];
        if (slot->key == w->key && (slot->id & INTERN_HASHED) == w->hashed) {
            if (slot->id == INTERN_FREE) return slot;
            if (!w->hashed || intern_same(t, slot->id ^ INTERN_HASHED, w)) return slot;
        } else if (slot->id == INTERN_FREE) {
            return slot;
        }
    }
}

static inline intern_slot *intern_new_slots(uint64_t count) {
    intern_slot *slots = malloc(count * sizeof *slots);
    if (slots)
        for (uint64_t i = 0; i < count; i++) slots[i] = (intern_slot){0, INTERN_FREE, 0};
    return slots;
}

static inline void intern_free(interner *t) {
    free(t->slots);
    free(t->bytes);
    free(t->offsets);
    free(t->counts);
    memset(t, 0, sizeof *t);
}

/* An empty table.  0, or -1 when out of memory. */
static inline int intern_init(interner *t) {
    memset(t, 0, sizeof *t);
    t->mask = 4095;
    t->room_words = 2048;
    t->room_bytes = 16384;
    t->slots = intern_new_slots(t->mask + 1);
    t->bytes = malloc((size_t)t->room_bytes + INTERN_PAD);
    t->offsets = malloc((size_t)(t->room_words + 1) * sizeof *t->offsets);
    t->counts = malloc((size_t)t->room_words * sizeof *t->counts);
    if (!t->slots || !t->bytes || !t->offsets || !t->counts) {
        intern_free(t);
        return -1;
    }
    t->offsets[0] = 0;
    return 0;
}

/* Move the slots' counts to `counts`, so that 32 bits never overflow. */
static inline void intern_flush(interner *t) {
    for (uint64_t i = 0; i <= t->mask; i++) {
        intern_slot *slot = &t->slots[i];
        if (slot->id == INTERN_FREE) continue;
        t->counts[slot->id & ~INTERN_HASHED] += slot->count;
        slot->count = 0;
    }
}

/* Have `count` slots, a power of two.  0, or -1 when out of memory. */
static inline int intern_grow_slots(interner *t, uint64_t count) {
    intern_slot *slots = intern_new_slots(count);
    if (!slots) return -1;
    for (uint64_t i = 0; i <= t->mask; i++) {
        intern_slot slot = t->slots[i];
        if (slot.id == INTERN_FREE) continue;
        int hashed = (slot.id & INTERN_HASHED) != 0;
        uint64_t j = hashed ? slot.key : intern_mix(slot.key, 0x9E3779B97F4A7C15u);
        for (j &= count - 1; slots[j].id != INTERN_FREE; j = (j + 1) & (count - 1)) {
        }
        slots[j] = slot;
    }
    free(t->slots);
    t->slots = slots;
    t->mask = count - 1;
    return 0;
}

/* Have slots enough for n words.  0, or -1 when out of memory. */
static inline int intern_expect(interner *t, int64_t n) {
    uint64_t count = t->mask + 1;
    while (2 * (uint64_t)n > count - 1) count *= 2;
    return count > t->mask + 1 ? intern_grow_slots(t, count) : 0;
}

static inline int intern_make_room(interner *t, int64_t length) {
    if (t->n == t->room_words) {
        size_t room = 2 * (size_t)t->room_words;
        int64_t *offsets = realloc(t->offsets, (room + 1) * sizeof *offsets);
        if (!offsets) return -1;
        t->offsets = offsets;
        int64_t *counts = realloc(t->counts, room * sizeof *counts);
        if (!counts) return -1;
        t->counts = counts;
        t->room_words = (int64_t)room;
    }
    int64_t need = t->offsets[t->n] + length;
    if (need > t->room_bytes) {
        int64_t room = 2 * t->room_bytes > need ? 2 * t->room_bytes : need;
        char *bytes = realloc(t->bytes, (size_t)room + INTERN_PAD);
        if (!bytes) return -1;
        t->bytes = bytes;
        t->room_bytes = room;
    }
    return 0;
}

/* Put a new word into its free slot.  The slot, or NULL when out of memory or ids (2^31 - 2). */
static __attribute__((noinline)) intern_slot *intern_new(interner *t, const intern_word *w,
                                                         intern_slot *slot) {
    if (t->n == INT32_MAX - 1) return NULL;
    if (2 * (uint64_t)(t->n + 1) > t->mask) {
        if (intern_grow_slots(t, 2 * (t->mask + 1)) < 0) return NULL;
        slot = intern_find(t, w);
    }
    if (intern_make_room(t, w->length) < 0) return NULL;
    memcpy(t->bytes + t->offsets[t->n], w->start, (size_t)w->length);
    t->offsets[t->n + 1] = t->offsets[t->n] + w->length;
    t->counts[t->n] = 0;
    *slot = (intern_slot){w->key, (uint32_t)t->n++ | w->hashed, 0};
    return slot;
}

/* The word's slot, a new one if it was not known; NULL: see intern_new. */
static inline intern_slot *intern_slot_of(interner *t, const intern_word *w) {
    intern_slot *slot = intern_find(t, w);
    return __builtin_expect(slot->id == INTERN_FREE, 0) ? intern_new(t, w, slot) : slot;
}

static inline int32_t intern_id(const intern_slot *slot) {
    return (int32_t)(slot->id & ~INTERN_HASHED);
}

static inline intern_word intern_look_at(const interner *t, int32_t id) {
    return intern_look_any(t->bytes + t->offsets[id], t->offsets[id + 1] - t->offsets[id]);
}

/* Take over words [from, to) of another table with their flushed counts; ids[i]: what word i is
 * called here.  0, or -1: see intern_new. */
static inline int intern_absorb(interner *t, const interner *other, int32_t from, int32_t to,
                                int32_t *ids) {
    enum { AHEAD = 16 };
    intern_word words[AHEAD];
    for (int32_t i = from; i < to + AHEAD; i++) {
        if (i >= from + AHEAD) {
            intern_slot *slot = intern_slot_of(t, &words[i % AHEAD]);
            if (!slot) return -1;
            ids[i - AHEAD] = intern_id(slot);
            t->counts[intern_id(slot)] += other->counts[i - AHEAD];
        }
        if (i < to) {
            words[i % AHEAD] = intern_look_at(other, i);
            __builtin_prefetch(&t->slots[words[i % AHEAD].hash & t->mask]);
        }
    }
    return 0;
}

/* Forget the words that are not to be kept; the others close ranks.  ids[i]: what word i is called
 * now, or -1.  Counts must be flushed.  0, or -1 when out of memory. */
static inline int intern_keep(interner *t, const uint8_t *keep, int32_t *ids) {
    interner kept;
    if (intern_init(&kept) < 0) return -1;
    for (int32_t i = 0; i < t->n; i++) {
        ids[i] = -1;
        if (keep[i] && intern_absorb(&kept, t, i, i + 1, ids) < 0) {
            intern_free(&kept);
            return -1;
        }
    }
    intern_free(t);
    *t = kept;
    return 0;
}

#endif
