/* phrase_counter.h - counts how often two words follow each other.
 *
 * There are millions of pairs, so almost every pair of a text misses the caches: pairs wait in a ring
 * from the moment their slot is prefetched until it is in the cache.
 *
 * Several workers share no table: each reads the whole text, which costs little, and counts the
 * pairs whose hashes fall into its share.
 *
 * What is counted: word2phrase.c (Mikolov et al. 2013); connectors: gensim's phrases.py.
 */
#ifndef FASTVEC_PHRASE_COUNTER_H
#define FASTVEC_PHRASE_COUNTER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/control.h"
#include "counting/phrase_table.h"
#include "counting/phrase_text.h"

enum {
    PHRASE_RING = 32,     /* pairs that wait for their slots; a power of two */
    PHRASE_STRIDE = 4096, /* words between two looks at the control */
};

enum { PHRASE_DONE, PHRASE_STOPPED, PHRASE_FULL, PHRASE_BAD_ID, PHRASE_NO_MEMORY };

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
    phrase_slot *slot = phrase_table_add(&c->pairs, w->hash, w->first, w->last, w->between);
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
    return phrase_table_rehash(&c->pairs, c->pairs.mask + 1, c->least++);
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
    int64_t at = 0;
    for (int64_t s = 0; s < t->n_sentences; s++) {
        uint32_t first = PHRASE_NOTHING, between = 0;
        const int64_t end = phrase_sentence_end(t, s, at, t->n_tokens);
        if (end < 0) return PHRASE_BAD_ID;
        for (; at < end; at++) {
            if (at % PHRASE_STRIDE == 0) {
                if (control_stopped(stop)) return PHRASE_STOPPED;
                *done = at;
            }
            uint32_t word = (uint32_t)__atomic_load_n(&t->tokens[at], __ATOMIC_RELAXED);
            if (word >= (uint32_t)t->n_words) return PHRASE_BAD_ID;
            if (t->kinds[word] & PHRASE_CONNECTOR) {
                if (first == PHRASE_NOTHING) continue;
                between = phrase_tree_add(&c->tree, between, word);
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
    *done = at;
    return phrase_settle_all(c) < 0 ? PHRASE_NO_MEMORY : PHRASE_DONE;
}

/* Write all pairs, in no order. */
static inline void phrases_list(const phrase_table *t, phrase_slot *out) {
    for (uint64_t i = 0; i <= t->mask; i++)
        if (t->slots[i].value) *out++ = t->slots[i];
}

#endif
