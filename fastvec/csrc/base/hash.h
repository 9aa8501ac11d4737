/* hash.h - what hash tables share.
 *
 * Multiply and fold, in the manner of wyhash (Wang Yi): the two halves of a 128-bit product, mixed.
 */
#ifndef FASTVEC_HASH_H
#define FASTVEC_HASH_H

#include <stdint.h>
#include <string.h>

#define HASH_A 0x9E3779B97F4A7C15u
#define HASH_B 0xD1B54A32D192ED03u

static inline uint64_t hash_mix(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load_8_bytes(const char *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return x;
}

/* The hash of more than eight bytes: eight a step, and the last eight once more whole, so that no step
 * reads less. */
static inline uint64_t hash_bytes(const char *p, int64_t length) {
    uint64_t h = HASH_A ^ (uint64_t)length;
    int64_t at = 0;
    for (; at + 8 < length; at += 8) h = hash_mix(h ^ load_8_bytes(p + at), HASH_B);
    return hash_mix(h ^ load_8_bytes(p + length - 8), HASH_B);
}

#endif
