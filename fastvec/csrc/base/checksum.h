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

/* Add n bytes whose first word is number `first`; n is a multiple of 4 except for the last bytes. */
static void checksum_add(checksum *c, const uint8_t *bytes, int64_t n, uint64_t first) {
    enum { BLOCK = 4096 }; /* words whose numbers within the block fit in 16 bits */
    while (n > 0) {
        uint32_t words[BLOCK];
        int64_t size = n < (int64_t)sizeof words ? n : (int64_t)sizeof words;
        int count = (int)((size + 3) / 4);
        words[count - 1] = 0;
        memcpy(words, bytes, (size_t)size);
        uint64_t plain = 0, weighted = 0;
        uint32_t largest = c->largest;
        for (int i = 0; i < count; i++) {
            plain += words[i];
            weighted += (uint64_t)(uint32_t)i * words[i];
            largest = words[i] > largest ? words[i] : largest;
        }
        c->plain += plain;
        c->weighted += weighted + (first + 1) * plain;
        c->largest = largest;
        bytes += size;
        first += (uint64_t)count;
        n -= size;
    }
}

#endif
