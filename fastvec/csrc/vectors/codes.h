/* codes.h - vectors with one byte for each number, of which a scan reads a quarter as much. */
#ifndef FASTVEC_CODES_H
#define FASTVEC_CODES_H

#include <math.h>
#include <stdint.h>

enum { LARGEST_CODE = 127 };

/* vector (d), codes (d), written.  Returns the scale s for which |codes[j] * s - u[j]| <= s / 2,
 * where u is the vector scaled to length 1: 0 for zeros, and NaN where the length is no number. */
static inline float encode_row(const float *vector, int64_t d, int8_t *codes) {
    float largest = 0;
    double squares = 0;
    for (int64_t j = 0; j < d; j++) {
        largest = fabsf(vector[j]) > largest ? fabsf(vector[j]) : largest;
        squares += (double) vector[j] * vector[j];
    }
    int usable = largest > 0 && isfinite(squares);
    double factor = usable ? LARGEST_CODE / (double) largest : 0;
    for (int64_t j = 0; j < d; j++) codes[j] = usable ? (int8_t) lrint(vector[j] * factor) : 0;
    if (!isfinite(squares)) return NAN;
    return usable ? (float) (1 / (factor * sqrt(squares))) : 0;
}

/* codes (n, d), scales (n), query (d): products[i] = factor * scales[i] * (codes[i] . query).
 * The caller sees to it that no sum is beyond 32 bits. */
static inline void code_products(const int8_t *codes, const float *scales, int64_t n, int64_t d,
                                 const int16_t *query, float factor, float *products) {
    for (int64_t i = 0; i < n; i++) {
        const int8_t *row = codes + i * d;
        int32_t sum = 0;
        for (int64_t j = 0; j < d; j++) sum += (int32_t) row[j] * query[j];
        products[i] = factor * scales[i] * (float) sum;
    }
}

#endif
