/* rng.h - one 64-bit state for each worker.
 *
 * splitmix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"): a Weyl
 * sequence through a mixer; every state is good, also 0.  Golden numbers, from state 1234567:
 * 6457827717110365317, 3203168211198807973, 9817491932198370423.
 */
#ifndef FASTVEC_RNG_H
#define FASTVEC_RNG_H

#include <stdint.h>

static inline uint64_t rng_next(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* An integer in [0, n) from 32 random bits, by multiplication (Lemire 2019, without the
 * rejection: the bias is below n / 2^32). */
static inline uint32_t rng_below(uint32_t bits, uint32_t n) {
    return (uint32_t)(((uint64_t)bits * n) >> 32);
}

#endif
