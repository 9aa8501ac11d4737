/* phrases.h - counts how often two words follow each other, and joins those that make a phrase.
 *
 * A pair is a first word, a last word, and what stands between them: nothing, or connectors ("of",
 * "of the"), which make no pairs of their own.  Every sequence of connectors is a node of a tree,
 * found from its parent and its last connector; node 0 is the empty one.
 *
 * slots: a power of two of them, at most five eighths full, found by linear probing; a slot is
 *        free while its value is 0.  Sixteen bytes, so that a pair is found and counted on one
 *        cache line.  There are millions of them, so almost every pair of a text misses the
 *        caches: pairs wait in a ring from the moment their slot is fetched until it is there.
 *
 * Several workers share no table: each reads the whole text, which costs little, and counts the
 * pairs whose hashes fall into its share.
 *
 * What is counted: word2phrase.c (Mikolov et al. 2013); connectors: gensim's phrases.py.  Method:
 * own.  Knows control, pages.
 */
#ifndef FASTVEC_PHRASES_H
#define FASTVEC_PHRASES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "pages.h"

#define PHRASE_NOTHING UINT32_MAX /* no first word; no such node */

enum {
    PHRASE_CONNECTOR = 1, /* kinds of words: may stand inside a phrase only */
    PHRASE_OPENS = 2,     /* some phrase begins with it */
    PHRASE_RING = 32,     /* pairs that wait for their slots; a power of two */
    PHRASE_STRIDE = 4096, /* words between two looks at the stop sign */
};

enum { PHRASE_DONE, PHRASE_STOPPED, PHRASE_FULL, PHRASE_BAD_ID, PHRASE_NO_MEMORY };

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

typedef struct {
    const int32_t *tokens;    /* ids below n_words */
    const int64_t *sentences; /* (n_sentences + 1) rising offsets into tokens */
    int64_t n_sentences;
    const uint8_t *kinds; /* (n_words) */
    int32_t n_words;
} phrase_text;

typedef struct {
    uint64_t hash;
    uint32_t first, last, between;
} phrase_waiting;

typedef struct {
    phrase_table pairs;
    phrase_tree tree;
    uint32_t share, shares; /* which of the pairs are counted here */
    int64_t *words;         /* (n_words) how often each word was seen; connectors never are */
    int64_t n_words_seen;   /* of them above 0 */
    int64_t most;           /* entries (words and pairs) before the rarest are dropped */
    uint32_t least;         /* the next time, those seen less often; 0: stop when full */
    phrase_waiting ring[PHRASE_RING];
    uint32_t head, waiting;
} phrase_counter;

/* --- tables */

static inline uint64_t phrase_hash(uint32_t first, uint32_t last, uint32_t between) {
    uint64_t pair = (uint64_t)first << 32 | last;
    __uint128_t product = (__uint128_t)(pair ^ 0x9E3779B97F4A7C15u) *
                          (0xD1B54A32D192ED03u ^ between * (uint64_t)0xA24BAED4963EE407u);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline int phrase_table_init(phrase_table *t, uint64_t slots) {
    t->slots = pages_zeroed(slots * sizeof *t->slots);
    t->mask = slots - 1;
    t->n = 0;
    return t->slots ? 0 : -1;
}

/* The slot of a pair, or the free one where it belongs. */
static inline phrase_slot *phrase_find(const phrase_table *t, uint64_t hash, uint32_t first,
                                       uint32_t last, uint32_t between) {
    for (uint64_t i = hash & t->mask;; i = (i + 1) & t->mask) {
        phrase_slot *slot = &t->slots[i];
        if (slot->value == 0) return slot;
        if (slot->first == first && slot->last == last && slot->between == between) return slot;
    }
}

/* Move every pair with a value of at least `least` to `slots` new slots. */
static int phrase_rehash(phrase_table *t, uint64_t slots, uint32_t least) {
    phrase_table other;
    if (phrase_table_init(&other, slots) < 0) return -1;
    for (uint64_t i = 0; i <= t->mask; i++) {
        const phrase_slot *slot = &t->slots[i];
        if (slot->value < least) continue;
        uint64_t hash = phrase_hash(slot->first, slot->last, slot->between);
        *phrase_find(&other, hash, slot->first, slot->last, slot->between) = *slot;
        other.n++;
    }
    free(t->slots);
    *t = other;
    return 0;
}

/* The slot of a pair, which is there afterwards: its value is 0 if it is new, and must then be set.
 * NULL if there is no memory. */
static inline phrase_slot *phrase_place(phrase_table *t, uint64_t hash, uint32_t first,
                                        uint32_t last, uint32_t between) {
    phrase_slot *slot = phrase_find(t, hash, first, last, between);
    if (slot->value) return slot;
    if (8 * (uint64_t)(t->n + 1) > 5 * (t->mask + 1)) {
        if (phrase_rehash(t, 2 * (t->mask + 1), 1) < 0) return NULL;
        slot = phrase_find(t, hash, first, last, between);
    }
    *slot = (phrase_slot){first, last, between, 0};
    t->n++;
    return slot;
}

/* --- sequences of connectors */

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
static inline uint32_t phrase_step(const phrase_tree *t, uint32_t node, uint32_t connector) {
    if (node == PHRASE_NOTHING) return node;
    return phrase_find(&t->found, phrase_hash(node, connector, 0), node, connector, 0)->value - 1;
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

/* The same, with a new node if there is none; PHRASE_NOTHING if there is no memory. */
static inline uint32_t phrase_grow(phrase_tree *t, uint32_t node, uint32_t connector) {
    uint64_t hash = phrase_hash(node, connector, 0);
    phrase_slot *slot = phrase_place(&t->found, hash, node, connector, 0);
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

/* --- counting */

static inline int phrase_counter_init(phrase_counter *c, int32_t n_words, int64_t n_pairs) {
    memset(c, 0, sizeof *c);
    c->words = calloc((size_t)n_words + 1, sizeof *c->words);
    if (!c->words || phrase_tree_init(&c->tree) < 0) return -1;
    uint64_t slots = 1 << 12;
    while (5 * slots < 8 * (uint64_t)n_pairs) slots *= 2;
    return phrase_table_init(&c->pairs, slots);
}

static inline void phrase_counter_free(phrase_counter *c) {
    free(c->pairs.slots);
    free(c->words);
    phrase_tree_free(&c->tree);
}

/* Count the pair that has waited longest. */
static inline int phrase_settle(phrase_counter *c) {
    const phrase_waiting *w = &c->ring[(c->head - c->waiting) % PHRASE_RING];
    c->waiting--;
    phrase_slot *slot = phrase_place(&c->pairs, w->hash, w->first, w->last, w->between);
    if (!slot) return -1;
    slot->value += slot->value != UINT32_MAX;
    return 0;
}

static inline int phrase_settle_all(phrase_counter *c) {
    while (c->waiting)
        if (phrase_settle(c) < 0) return -1;
    return 0;
}

/* Have one pair counted, soon. */
static inline int phrase_see(phrase_counter *c, uint32_t first, uint32_t last, uint32_t between) {
    uint64_t hash = phrase_hash(first, last, between);
    if ((hash >> 32) * c->shares >> 32 != c->share) return 0;
    if (c->waiting == PHRASE_RING && phrase_settle(c) < 0) return -1;
    __builtin_prefetch(&c->pairs.slots[hash & c->pairs.mask], 1);
    c->ring[c->head++ % PHRASE_RING] = (phrase_waiting){hash, first, last, between};
    c->waiting++;
    return 0;
}

/* Drop what was seen less than `least` times; one more the next time (gensim's prune_vocab, which
 * therefore drops nothing the first time). */
static int phrase_drop_rare(phrase_counter *c, int32_t n_words) {
    for (int32_t word = 0; word < n_words; word++)
        if (c->words[word] && c->words[word] < c->least) {
            c->words[word] = 0;
            c->n_words_seen--;
        }
    return phrase_rehash(&c->pairs, c->pairs.mask + 1, c->least++);
}

/* At the end of a sentence: PHRASE_FULL if there are too many entries and none may be dropped. */
static inline int phrase_end(phrase_counter *c, int32_t n_words) {
    if (c->least && phrase_settle_all(c) < 0) return PHRASE_NO_MEMORY;
    if (c->pairs.n + c->n_words_seen <= c->most) return PHRASE_DONE;
    if (!c->least) return PHRASE_FULL;
    return phrase_drop_rare(c, n_words) < 0 ? PHRASE_NO_MEMORY : PHRASE_DONE;
}

/* Count a whole text.  *done: the words read so far. */
static int phrases_count(phrase_counter *c, const phrase_text *t, const control *stop,
                         int64_t *done) {
    for (int64_t s = 0; s < t->n_sentences; s++) {
        uint32_t first = PHRASE_NOTHING, between = 0;
        for (int64_t at = t->sentences[s]; at < t->sentences[s + 1]; at++) {
            if (at % PHRASE_STRIDE == 0) {
                if (control_stopped(stop)) return PHRASE_STOPPED;
                *done = at;
            }
            uint32_t word = (uint32_t)t->tokens[at];
            if (word >= (uint32_t)t->n_words) return PHRASE_BAD_ID;
            if (t->kinds[word] & PHRASE_CONNECTOR) {
                if (first == PHRASE_NOTHING) continue;
                between = phrase_grow(&c->tree, between, word);
                if (between == PHRASE_NOTHING) return PHRASE_NO_MEMORY;
                continue;
            }
            c->n_words_seen += c->words[word]++ == 0;
            if (first != PHRASE_NOTHING && phrase_see(c, first, word, between) < 0)
                return PHRASE_NO_MEMORY;
            first = word;
            between = 0;
        }
        int status = phrase_end(c, t->n_words);
        if (status != PHRASE_DONE) return status;
    }
    *done = t->sentences[t->n_sentences];
    return phrase_settle_all(c) < 0 ? PHRASE_NO_MEMORY : PHRASE_DONE;
}

/* Write all pairs, in no order. */
static inline void phrases_list(const phrase_table *t, phrase_slot *out) {
    for (uint64_t i = 0; i <= t->mask; i++)
        if (t->slots[i].value) *out++ = t->slots[i];
}

/* --- spelling */

/* What pairs are written as: first word, connectors and last word, with a delimiter between. */
typedef struct {
    const char *bytes; /* word i is bytes[offsets[i] .. offsets[i + 1]) */
    const int64_t *offsets;
    const char *delimiter;
    int64_t delimiter_length;
    const uint32_t *parents, *connectors; /* of each node; a parent comes before its node */
} phrase_spelling;

static inline int64_t phrase_length(const phrase_spelling *s, const phrase_slot *pair) {
    int64_t length = s->delimiter_length;
    length += s->offsets[pair->first + 1] - s->offsets[pair->first];
    length += s->offsets[pair->last + 1] - s->offsets[pair->last];
    for (uint32_t node = pair->between; node; node = s->parents[node]) {
        uint32_t word = s->connectors[node];
        length += s->offsets[word + 1] - s->offsets[word] + s->delimiter_length;
    }
    return length;
}

/* Write a word so that it ends at `end`; returns where it begins. */
static inline char *phrase_write(const phrase_spelling *s, uint32_t word, char *end) {
    int64_t length = s->offsets[word + 1] - s->offsets[word];
    return memcpy(end - length, s->bytes + s->offsets[word], (size_t)length);
}

/* Write a pair so that it ends at `end`: from its last word, since a node knows its parent only. */
static inline void phrase_spell(const phrase_spelling *s, const phrase_slot *pair, char *end) {
    size_t gap = (size_t)s->delimiter_length;
    end = phrase_write(s, pair->last, end);
    for (uint32_t node = pair->between; node; node = s->parents[node]) {
        end = memcpy(end - gap, s->delimiter, gap);
        end = phrase_write(s, s->connectors[node], end);
    }
    end = memcpy(end - gap, s->delimiter, gap);
    phrase_write(s, pair->first, end);
}

/* --- joining */

/* Join the phrases of the sentences from..to: `phrases` has ids + 1.  Writes the tokens and how
 * many each sentence has, never more than it had.  Greedy, from the left: word2phrase.c's
 * TrainModel, gensim's analyze_sentence.  Returns the number of tokens, or -1 for a bad id. */
static int64_t phrases_join(const phrase_table *phrases, const phrase_tree *tree,
                            const phrase_text *t, int64_t from, int64_t to, int32_t *out,
                            int64_t *lengths) {
    int32_t *start = out;
    for (int64_t s = from; s < to; s++) {
        int32_t *sentence = out;
        int64_t end = t->sentences[s + 1], open = end; /* where the first word stands; end: none */
        uint32_t between = 0;
        for (int64_t at = t->sentences[s]; at < end; at++) {
            uint32_t word = (uint32_t)t->tokens[at];
            if (word >= (uint32_t)t->n_words) return -1;
            uint8_t kind = t->kinds[word];
            if (kind & PHRASE_CONNECTOR) {
                if (open == end)
                    *out++ = (int32_t)word;
                else
                    between = phrase_step(tree, between, word);
                continue;
            }
            if (open != end && between != PHRASE_NOTHING) {
                uint32_t first = (uint32_t)t->tokens[open];
                uint64_t hash = phrase_hash(first, word, between);
                const phrase_slot *slot = phrase_find(phrases, hash, first, word, between);
                if (slot->value) {
                    *out++ = (int32_t)(slot->value - 1);
                    open = end;
                    between = 0;
                    continue;
                }
            }
            for (; open < at; open++) *out++ = t->tokens[open];
            between = 0;
            if (kind & PHRASE_OPENS) {
                open = at;
            } else {
                open = end;
                *out++ = (int32_t)word;
            }
        }
        for (; open < end; open++) *out++ = t->tokens[open];
        lengths[s - from] = out - sentence;
    }
    return out - start;
}

#endif
