/* pairs.h - how often pairs of words occur within a window of each other: exact, row by row.
 *
 * Each pair is counted from its rarer word (ids rise as counts fall; of equal ids from both ends),
 * so a row holds only contexts with ids up to its own: half of a symmetric matrix, and of an
 * asymmetric one both halves, told apart by the side of the context.
 *
 * Words below HOT make up half of a text and a quarter of its pairs: pairs among them are counted
 * in a dense HOT x HOT table while the text is read.  The occurrences of all other words are
 * listed, word by word; a row is then summed up at once, in an array over all contexts that
 * fits the cache: no pair is ever stored, sorted or hashed.
 *
 * A text is counted in segments that fit the memory.  Sums are fixed-point integers: adding them is
 * exact, so neither the number of workers nor the size of the segments can change a bit.
 *
 * Method: own.  What is counted, and how it is weighted: GloVe's cooccur.c (Pennington, Socher &
 * Manning 2014).
 */
#ifndef FASTVEC_PAIRS_H
#define FASTVEC_PAIRS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/sentences.h"

enum { HOT = 256 }; /* a power of two; HOT x HOT sums fit the second-level cache */

typedef struct {
    const int32_t *tokens;    /* (n) ids below n_words */
    const int64_t *sentences; /* (n_sentences + 1) rising offsets into tokens */
    int64_t n_sentences;
    int32_t n_words;
    int32_t window;
    int32_t asymmetric;      /* keys tell left contexts from right ones */
    const uint64_t *weights; /* (window + 1) fixed-point weight of a pair by its distance */
} pair_text;

/* One occurrence of a word: its position (from the start of the text's segment that is counted), and how
 * many words of its sentence within the window are on each side. */
typedef struct {
    uint32_t at;
    uint16_t left, right;
} occurrence;

/* For the tokens from..to: add pairs of two hot words to hot[left][right] (HOT x HOT), seen from
 * the right one, and each other word's occurrences to occurrences[word].  Returns 0, or -1 for an id that is
 * out of range. */
static inline int pairs_scan(const pair_text *t, int64_t from, int64_t to, uint64_t *hot,
                             int64_t *occurrences) {
    int64_t sentence = sentence_at(t->sentences, t->n_sentences, from);
    for (int64_t at = from; at < to; sentence++) {
        int64_t start = t->sentences[sentence], end = t->sentences[sentence + 1];
        if (end > to) end = to;
        for (; at < end; at++) {
            uint32_t word = (uint32_t)t->tokens[at];
            if (word >= (uint32_t)t->n_words) return -1;
            if (word >= HOT) {
                occurrences[word]++;
                continue;
            }
            int64_t first = at - start > t->window ? at - t->window : start;
            for (int64_t q = first; q < at; q++) {
                uint32_t other = (uint32_t)t->tokens[q];
                /* Not a branch: which neighbours are hot cannot be guessed. */
                uint64_t mask = -(uint64_t)(other < HOT);
                hot[(other & (HOT - 1)) * HOT + word] += t->weights[at - q] & mask;
            }
        }
    }
    return 0;
}

/* List the occurrences in the tokens from..to of a segment that starts at `origin`:
 * occurrences[cursors[word]++] for each word that is not hot.  `limits[word]` ends a word's list:
 * reaching it early means that the tokens changed since pairs_scan; then returns -1. */
static inline int pairs_list(const pair_text *t, int64_t origin, int64_t from, int64_t to,
                              int64_t *cursors, const int64_t *limits, occurrence *occurrences) {
    int64_t sentence = sentence_at(t->sentences, t->n_sentences, from);
    for (int64_t at = from; at < to; sentence++) {
        int64_t start = t->sentences[sentence], end = t->sentences[sentence + 1];
        int64_t stop = end < to ? end : to;
        for (; at < stop; at++) {
            uint32_t word = (uint32_t)t->tokens[at];
            if (word < HOT) continue;
            if (word >= (uint32_t)t->n_words || cursors[word] >= limits[word]) return -1;
            int64_t left = at - start, right = end - 1 - at;
            occurrences[cursors[word]++] = (occurrence){
                (uint32_t)(at - origin),
                (uint16_t)(left < t->window ? left : t->window),
                (uint16_t)(right < t->window ? right : t->window),
            };
        }
    }
    return 0;
}

/* One worker's sums of one row at a time, and the rows it has finished.
 *
 * A key is a context's id; in an asymmetric matrix 2 * id for a context on the left of the row's
 * word and 2 * id + 1 for one on the right. */
typedef struct {
    int64_t n_keys;
    uint64_t *sums;      /* (n_keys, and bins for what is not counted) zero between rows */
    uint32_t *touched;   /* (n_keys + 1) keys whose sum is not zero */
    uint64_t *bits;      /* a bit for each key, */
    uint64_t *bits_bits; /* and one for each word of bits: zero between rows */
    int64_t n_touched;
    uint32_t *keys;   /* finished rows: keys, rising in each row, */
    uint64_t *values; /* and their sums */
    int64_t n, room;
} pair_rows;

static inline void pair_rows_free(pair_rows *r) {
    free(r->sums);
    free(r->touched);
    free(r->bits);
    free(r->bits_bits);
    free(r->keys);
    free(r->values);
    memset(r, 0, sizeof *r);
}

/* 0, or -1 when out of memory. */
static inline int pair_rows_init(pair_rows *r, int64_t n_keys, int32_t window) {
    memset(r, 0, sizeof *r);
    r->n_keys = n_keys;
    r->room = 1 << 16;
    r->sums = calloc((size_t)(n_keys + 2 * window + 1), sizeof *r->sums);
    r->touched = malloc((size_t)(n_keys + 1) * sizeof *r->touched);
    r->bits = calloc((size_t)(n_keys / 64 + 1), sizeof *r->bits);
    r->bits_bits = calloc((size_t)(n_keys / 4096 + 1), sizeof *r->bits_bits);
    r->keys = malloc((size_t)r->room * sizeof *r->keys);
    r->values = malloc((size_t)r->room * sizeof *r->values);
    if (!r->sums || !r->touched || !r->bits || !r->bits_bits || !r->keys || !r->values) {
        pair_rows_free(r);
        return -1;
    }
    /* The bins for what is not counted are never zero, so they never look newly touched. */
    for (int32_t i = 0; i <= 2 * window; i++) r->sums[n_keys + i] = 1;
    return 0;
}

/* Room for one more row.  0, or -1 when out of memory. */
static inline int pair_rows_reserve(pair_rows *r) {
    int64_t need = r->n + r->n_touched, room = r->room;
    if (need <= room) return 0;
    while (room < need) room *= 2;
    uint32_t *keys = realloc(r->keys, (size_t)room * sizeof *keys);
    if (keys) r->keys = keys;
    uint64_t *values = realloc(r->values, (size_t)room * sizeof *values);
    if (values) r->values = values;
    if (!keys || !values) return -1;
    r->room = room;
    return 0;
}

/* Finish the row: its keys in order, by two levels of bits instead of a sort. */
static inline int pair_rows_finish(pair_rows *r) {
    if (pair_rows_reserve(r) < 0) return -1;
    uint32_t highest = 0;
    for (int64_t i = 0; i < r->n_touched; i++) {
        uint32_t key = r->touched[i];
        r->bits[key / 64] |= (uint64_t)1 << (key % 64);
        r->bits_bits[key / 4096] |= (uint64_t)1 << (key / 64 % 64);
        if (key > highest) highest = key;
    }
    for (uint32_t i = 0; r->n_touched && i <= highest / 4096; i++) {
        for (uint64_t some = r->bits_bits[i]; some; some &= some - 1) {
            uint32_t j = i * 64 + (uint32_t)__builtin_ctzll(some);
            for (uint64_t few = r->bits[j]; few; few &= few - 1) {
                uint32_t key = j * 64 + (uint32_t)__builtin_ctzll(few);
                r->keys[r->n] = key;
                r->values[r->n++] = r->sums[key];
                r->sums[key] = 0;
            }
            r->bits[j] = 0;
        }
        r->bits_bits[i] = 0;
    }
    r->n_touched = 0;
    return 0;
}

/* Add one sum to the current row. */
static inline void pair_rows_add(pair_rows *r, uint32_t key, uint64_t value) {
    if (!value) return;
    uint64_t old = r->sums[key];
    r->touched[r->n_touched] = key;
    r->n_touched += old == 0;
    r->sums[key] = old + value;
}

/* Whether these occurrences in a segment that starts at `origin`, and their contexts, are in the text. */
static inline int occurrences_valid(const pair_text *t, int64_t origin, const occurrence *each,
                                    const occurrence *end) {
    const int64_t n = t->sentences[t->n_sentences];
    int good = 1;
    for (; each < end; each++) {
        const int64_t at = origin + each->at;
        good &= each->left <= t->window && each->right <= t->window;
        good &= at >= each->left && at + each->right < n;
    }
    return good;
}

/* Count one row from the occurrences of its word; `ahead` ends those that may be prefetched. */
static inline int pair_rows_count(pair_rows *r, const pair_text *t, const int32_t *segment,
                                  uint32_t word, const occurrence *each, const occurrence *end,
                                  const occurrence *ahead) {
    enum { AHEAD = 12 };
    const int shift = t->asymmetric;
    const uint32_t bin = (uint32_t)(r->n_keys + t->window); /* of distance 0 */
    /* A word beside itself: from both ends if the matrix is symmetric, as GloVe counts it; else
     * once. */
    const uint32_t last_left = word, past_right = word + !t->asymmetric;
    int64_t n = 0;
    for (; each < end; each++) {
        if (each + AHEAD < ahead) {
            const int32_t *there = segment + each[AHEAD].at;
            __builtin_prefetch(there - each[AHEAD].left);
            __builtin_prefetch(there + each[AHEAD].right);
        }
        const int32_t *here = segment + each->at;
        for (int32_t d = -(int32_t)each->left; d < 0; d++) {
            uint32_t other = (uint32_t)here[d];
            uint32_t key = other <= last_left ? other << shift : bin + (uint32_t)d;
            uint64_t old = r->sums[key];
            r->touched[n] = key;
            n += old == 0;
            r->sums[key] = old + t->weights[-d];
        }
        for (int32_t d = 1; d <= each->right; d++) {
            uint32_t other = (uint32_t)here[d];
            uint32_t key = other < past_right ? other << shift | (uint32_t)shift
                                              : bin + (uint32_t)d;
            uint64_t old = r->sums[key];
            r->touched[n] = key;
            n += old == 0;
            r->sums[key] = old + t->weights[d];
        }
    }
    r->n_touched = n;
    return pair_rows_finish(r);
}

/* The row of a hot word, from the table of hot pairs. */
static inline int pair_rows_hot(pair_rows *r, const pair_text *t, uint32_t word,
                                const uint64_t *hot) {
    for (uint32_t other = 0; other <= word; other++) {
        uint64_t left = hot[other * HOT + word], right = hot[word * HOT + other];
        if (!t->asymmetric)
            pair_rows_add(r, other, left + right); /* a word beside itself: twice */
        else {
            pair_rows_add(r, 2 * other, left);
            if (other != word) pair_rows_add(r, 2 * other + 1, right);
        }
    }
    return pair_rows_finish(r);
}

#endif
