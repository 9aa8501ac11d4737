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

const softmax_kernels NAME(softmax) = {WIDTH, NAME(exponentials), NAME(finish)};
#undef CONSTANT
