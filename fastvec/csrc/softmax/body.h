/* body.h - the kernels of an exact softmax, written once on simd.h and compiled for each instruction set.
 *
 * No include guard: see simd.h.
 */
#define CONSTANT static inline __attribute__((always_inline))
#include "kernels/exp2.h"

static float NAME(exponentials)(float *scores, const float *biases, int n, float *largest) {
    vec most = ALL(NO_SCORE);
    for (int i = 0; i < n; i += WIDTH) {
        const vec score = LOAD_LOOSE(scores + i) + LOAD_LOOSE(biases + i);
        STORE_LOOSE(scores + i, score);
        most = MAX(score, most);
    }
    float top = most[0], sum = 0;
    for (int i = 1; i < WIDTH; i++) top = most[i] > top ? most[i] : top;
    vec sums = ALL(0.0f);
    for (int i = 0; i < n; i += WIDTH) {
        const vec power = MAX((LOAD_LOOSE(scores + i) - top) * LOG2_E, ALL(-126.0f));
        const vec result = NAME(exp2)(power);
        STORE_LOOSE(scores + i, result);
        sums += result;
    }
    for (int i = 0; i < WIDTH; i++) sum += sums[i];
    *largest = top;
    return sum;
}

static void NAME(finish)(float *scores, float *biases, int n, float scale, float rate) {
    for (int i = 0; i < n; i += WIDTH) {
        const vec result = LOAD_LOOSE(scores + i) * scale;
        STORE_LOOSE(scores + i, result);
        STORE_LOOSE(biases + i, LOAD_LOOSE(biases + i) - rate * result);
    }
}

/* The logarithms of factors from 1 to 2 are those of their product, which stays below 2^64. */
static float NAME(logistics)(float *scores, const float *biases, int n) {
    vec positive = ALL(0.0f), product = ALL(1.0f);
    for (int i = 0; i < n; i += WIDTH) {
        const vec score = LOAD_LOOSE(scores + i) + LOAD_LOOSE(biases + i), above = MAX(score, ALL(0.0f));
        const vec power = MAX(score - 2.0f * above, ALL(-87.0f)); /* -|score| */
        const vec small = NAME(exp2)(power * LOG2_E), likely = 1.0f / (1.0f + small);
        const ints is_above = score >= 0.0f;
        const ints bits = (is_above & (ints)likely) | (~is_above & (ints)(small * likely));
        STORE_LOOSE(scores + i, (vec)bits);
        positive += above;
        product *= 1.0f + small;
    }
    float sum = 0, all = 1;
    for (int i = 0; i < WIDTH; i++) sum += positive[i], all *= product[i];
    return sum + logf(all);
}

const softmax_kernels NAME(softmax) = {WIDTH, NAME(exponentials), NAME(finish), NAME(logistics)};
#undef CONSTANT
