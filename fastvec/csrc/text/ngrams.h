/* ngrams.h - the n-grams of words, and the hash by which fastText numbers them.
 *
 * A word is taken between < and >.  Its n-grams are all runs of min_n to max_n characters (code points
 * of UTF-8) in that, except for < and > by themselves, in the order of where they begin, short ones
 * first.  The word </s>, which stands for the end of a line in fastText's files, has none.
 *
 * The hash is FNV-1a of 32 bits, in which each byte is taken as a signed number: so fastText had it by
 * accident, and has kept it for the sake of its published files.
 */
#ifndef FASTVEC_NGRAMS_H
#define FASTVEC_NGRAMS_H

#include <stdint.h>
#include <string.h>

/* Longer words, and more n-grams, are not counted: so no product overflows. */
static const int64_t NGRAMS_LONGEST_WORD = (int64_t)1 << 30, NGRAMS_MOST = (int64_t)1 << 40;

/* What the n-grams of a word depend on. */
typedef struct {
    int64_t min_n, max_n; /* characters */
    uint32_t bucket;      /* how many numbers there are, at least 1 */
} ngram_rule;

/* Byte i of <word>. */
static inline uint8_t ngram_byte(const char *word, int64_t length, int64_t i) {
    return i == 0 ? '<' : i > length ? '>' : (uint8_t)word[i - 1];
}

/* Whether byte i of <word> begins a character. */
static inline int ngram_begins(const char *word, int64_t length, int64_t i) {
    return (ngram_byte(word, length, i) & 0xC0) != 0x80;
}

static inline int ngram_none(const char *word, int64_t length) {
    return length == 4 && memcmp(word, "</s>", 4) == 0;
}

/* How many n-grams a word has; -1 for a word that is too long. */
static int64_t ngram_count(const ngram_rule *r, const char *word, int64_t length) {
    if (length > NGRAMS_LONGEST_WORD) return -1;
    int64_t characters = 0;
    for (int64_t i = 0; i < length + 2; i++) characters += ngram_begins(word, length, i);
    const int64_t low = r->min_n > 1 ? r->min_n : 1;
    const int64_t high = r->max_n < characters ? r->max_n : characters;
    if (low > high || ngram_none(word, length)) return 0;
    const int64_t count = (high - low + 1) * (2 * characters + 2 - low - high) / 2;
    return low == 1 ? count - 2 : count;
}

/* Write the numbers of a word's n-grams, at most `room` of them, and return how many there are. */
static int64_t ngram_numbers(const ngram_rule *r, const char *word, int64_t length, int32_t *out,
                             int64_t room) {
    const int64_t end = length + 2;
    int64_t found = 0;
    if (ngram_none(word, length)) return 0;
    for (int64_t start = 0; start < end; start++) {
        if (!ngram_begins(word, length, start)) continue;
        uint32_t hash = 2166136261u;
        int64_t i = start;
        for (int64_t n = 1; n <= r->max_n && i < end; n++) {
            do {
                hash = (hash ^ (uint32_t)(int8_t)ngram_byte(word, length, i++)) * 16777619u;
            } while (i < end && !ngram_begins(word, length, i));
            if (n < r->min_n || (n == 1 && (start == 0 || i == end))) continue;
            if (found < room) out[found] = (int32_t)(hash % r->bucket);
            found++;
        }
    }
    return found;
}

#endif
