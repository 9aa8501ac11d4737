/* checksum.h - the checksum of fastvec's own files, at the speed of memory.
 *
 * The bytes are little-endian 32-bit words w[0], w[1], ..., the last one filled up with zeros.
 * The checksum is the two sums of w[i] and of (i + 1) * w[i], modulo 2^64: a changed word and two
 * exchanged words are noticed, and the sums of neighbouring chunks can be added, so that several threads
 * can compute one.  (After Fletcher 1982.)
 */
#ifndef FASTVEC_CHECKSUM_H
#define FASTVEC_CHECKSUM_H

#include <stdint.h>
#include <string.h>

typedef struct {
    uint64_t plain, weighted;
    uint32_t largest; /* of the words */
} checksum;

enum {
    CHECKSUM_BLOCK = 4096, /* words copied at a time: their sums of sums stay far below 2^64 */
    CHECKSUM_LANES = 8
};

/* Add the sums of a block of words, whose first is number `first`.
 *
 * Each lane adds up every eighth word, and the sums so far (Fletcher's way): so no word is multiplied,
 * which SSE2 is slow at.  With n words in a lane its sum of sums counts word j, from 0, n - j times. */
static void checksum_add_block(checksum *c, const uint32_t words[CHECKSUM_BLOCK], uint64_t first) {
    enum { STEPS = CHECKSUM_BLOCK / CHECKSUM_LANES };
    uint64_t sums[CHECKSUM_LANES] = {0}, sums_of_sums[CHECKSUM_LANES] = {0};
    uint32_t largest[CHECKSUM_LANES] = {0};
    for (int step = 0; step < STEPS; step++) {
        const uint32_t *w = words + step * CHECKSUM_LANES;
        for (int lane = 0; lane < CHECKSUM_LANES; lane++) {
            sums[lane] += w[lane];
            sums_of_sums[lane] += sums[lane];
            largest[lane] = w[lane] > largest[lane] ? w[lane] : largest[lane];
        }
    }
    for (int lane = 0; lane < CHECKSUM_LANES; lane++) {
        uint64_t numbers = CHECKSUM_LANES * (STEPS * sums[lane] - sums_of_sums[lane]);
        c->plain += sums[lane];
        c->weighted += numbers + (first + 1 + (uint64_t)lane) * sums[lane];
        c->largest = largest[lane] > c->largest ? largest[lane] : c->largest;
    }
}

/* Add n bytes whose first word is number `first`; n is a multiple of 4 except for the last bytes. */
static void checksum_add(checksum *c, const uint8_t *bytes, int64_t n, uint64_t first) {
    uint32_t words[CHECKSUM_BLOCK]; /* a copy: the bytes may not be aligned */
    while (n > 0) {
        int64_t size = n < (int64_t)sizeof words ? n : (int64_t)sizeof words;
        if (size < (int64_t)sizeof words) memset(words, 0, sizeof words);
        memcpy(words, bytes, (size_t)size);
        checksum_add_block(c, words, first);
        bytes += size;
        first += CHECKSUM_BLOCK;
        n -= size;
    }
}

#endif
