/* ngrams.h - the n-grams of words, and the hashes by which fastText and floret number them.
 *
 * A word is taken between < and >.  Its n-grams are all runs of min_n to max_n characters (code points
 * of UTF-8) in that, except for < and > by themselves, in the order of where they begin, short ones
 * first.  The word </s>, which stands for the end of a line in fastText's files, has none.
 *
 * The hash is FNV-1a of 32 bits, in which each byte is taken as a signed number: so fastText had it by
 * accident, and has kept it for the sake of its published files.
 *
 * floret takes the whole <word> too, and before its n-grams.  Each of them has up to four numbers: the
 * parts of 32 bits of MurmurHash3_x64_128 (Austin Appleby, in the public domain).
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
    int64_t hash_count;   /* 0: fastText's hash; 1 to 4: floret's way, with so many numbers of each */
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
    if (ngram_none(word, length)) return 0;
    const int64_t all = low > high ? 0 : (high - low + 1) * (2 * characters + 2 - low - high) / 2;
    const int64_t count = low == 1 && all ? all - 2 : all;
    return r->hash_count ? (count + 1) * r->hash_count : count;
}

/* Bytes from .. end of <word>, at most eight, as a number of which the first byte is the lowest. */
static inline uint64_t ngram_load(const char *word, int64_t length, int64_t from, int64_t end) {
    uint64_t x = 0;
    for (int k = 0; k < 8 && from + k < end; k++) x |= (uint64_t)ngram_byte(word, length, from + k) << 8 * k;
    return x;
}

static inline uint64_t murmur_rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

static inline uint64_t murmur_mix(uint64_t x) {
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53u;
    return x ^ x >> 33;
}

static inline uint64_t murmur_first(uint64_t x) {
    return murmur_rotate(x * 0x87c37b91114253d5u, 31) * 0x4cf5ad432745937fu;
}

static inline uint64_t murmur_second(uint64_t x) {
    return murmur_rotate(x * 0x4cf5ad432745937fu, 33) * 0x87c37b91114253d5u;
}

/* MurmurHash3_x64_128 of bytes from .. end of <word>, with floret's seed. */
static void ngram_murmur(const char *word, int64_t length, int64_t from, int64_t end, uint64_t out[2]) {
    const uint64_t size = (uint64_t)(end - from);
    uint64_t a = 2166136261u, b = a;
    for (; end - from >= 16; from += 16) {
        a ^= murmur_first(ngram_load(word, length, from, end));
        a = (murmur_rotate(a, 27) + b) * 5 + 0x52dce729u;
        b ^= murmur_second(ngram_load(word, length, from + 8, end));
        b = (murmur_rotate(b, 31) + a) * 5 + 0x38495ab5u;
    }
    a ^= murmur_first(ngram_load(word, length, from, end)) ^ size;
    b ^= murmur_second(ngram_load(word, length, from + 8, end)) ^ size;
    a += b;
    b += a;
    a = murmur_mix(a);
    b = murmur_mix(b);
    out[0] = a + b;
    out[1] = out[0] + b;
}

/* Write floret's numbers of bytes from .. end of <word> behind those that were found before, and return how
 * many there are then. */
static inline int64_t ngram_floret(const ngram_rule *r, const char *word, int64_t length, int64_t from,
                                   int64_t end, int32_t *out, int64_t found, int64_t room) {
    uint64_t hash[2];
    ngram_murmur(word, length, from, end, hash);
    for (int64_t k = 0; k < r->hash_count; k++, found++)
        if (found < room) out[found] = (int32_t)((uint32_t)(hash[k / 2] >> 32 * (k % 2)) % r->bucket);
    return found;
}

/* Write the numbers of a word's n-grams, at most `room` of them, and return how many there are. */
static int64_t ngram_numbers(const ngram_rule *r, const char *word, int64_t length, int32_t *out,
                             int64_t room) {
    const int64_t end = length + 2;
    int64_t found = 0;
    if (ngram_none(word, length)) return 0;
    if (r->hash_count) found = ngram_floret(r, word, length, 0, end, out, found, room);
    for (int64_t start = 0; start < end; start++) {
        if (!ngram_begins(word, length, start)) continue;
        uint32_t hash = 2166136261u;
        int64_t i = start;
        for (int64_t n = 1; n <= r->max_n && i < end; n++) {
            do {
                hash = (hash ^ (uint32_t)(int8_t)ngram_byte(word, length, i++)) * 16777619u;
            } while (i < end && !ngram_begins(word, length, i));
            if (n < r->min_n || (n == 1 && (start == 0 || i == end))) continue;
            if (r->hash_count) {
                found = ngram_floret(r, word, length, start, i, out, found, room);
                continue;
            }
            if (found < room) out[found] = (int32_t)(hash % r->bucket);
            found++;
        }
    }
    return found;
}

#endif
