/* logistic.h - what a score's error is: the gradient of the logistic loss, and the likelihood.
 *
 * No include guard: see simd.h.  Everything that body.h and cbow.h know of the loss function is here:
 * `labels`, `step`, `steps`.  Another loss on the same products of rows is another file like this one.
 */

/* 2^x for |x| <= 126. */
CONSTANT vec NAME(power_of_2)(vec x) {
    const vec whole = NEAREST(x);
    return TIMES_POWER_OF_2(NAME(fraction_power)(x - whole), whole);
}

/* What a vector of scores is multiplied with and what is added to it, so that 2^x is the odds of the
 * wrong answer; and the label's sign times the learning rate.  Slots that are not taken become
 * certain, right answers: their steps are 0, and they add nothing to the loss. */
typedef struct {
    vec factor, offset, rate;
} NAME(labels);

CONSTANT NAME(labels) NAME(labels_from)(vec sign, vec taken, float alpha) {
    return (NAME(labels)){-LOG2_E * sign * taken, LARGEST * (taken - 1.0f), alpha * sign};
}

/* alpha * (label - sigmoid(score)).  The probability of the right answer is sigmoid(t) with
 * t = sign * score, so the step is sign * alpha * (1 - sigmoid(t)). */
CONSTANT vec NAME(step)(vec score, NAME(labels) l, vec *product, ints *exponent) {
    vec t = score * l.factor + l.offset;
    t = MAX(MIN(t, ALL(LARGEST)), ALL(-LARGEST));
    const vec right = NAME(reciprocal)(1.0f + NAME(power_of_2)(t));
    const ints bits = (ints)(*product * right);
    *exponent += bits >> 23;
    *product = (vec)((bits & 0x7fffff) | 0x3f800000);
    return l.rate - l.rate * right;
}

/* Lanes first % SLOTS and on of 8 signs, of which C are taken. */
CONSTANT NAME(labels) NAME(labels_of)(const float *signs, int C, float alpha, const int first) {
    vec sign = LOAD_LOOSE(signs + first), taken = LOAD_LOOSE(taken_mask + ROW_FLOATS - C + first);
#if WIDTH > SLOTS
    sign = SHUFFLE(sign, sign, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    taken = SHUFFLE(taken, taken, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
#endif
    return NAME(labels_from)(sign, taken, alpha);
}

/* The labels of a block of outputs, as many vectors as SLOTS have. */
typedef struct {
    NAME(labels) part[WIDTH < SLOTS ? SLOTS / WIDTH : 1];
} NAME(block_labels);

CONSTANT NAME(block_labels) NAME(labels_of_block)(const float *signs, int C, float alpha) {
    NAME(block_labels) l;
    l.part[0] = NAME(labels_of)(signs, C, alpha, 0);
#if WIDTH < SLOTS
    l.part[1] = NAME(labels_of)(signs, C, alpha, WIDTH);
#endif
    return l;
}

/* The scores of m inputs with a block of outputs, in place, into steps. */
CONSTANT void NAME(steps)(float *g, int m, NAME(block_labels) labels, vec *product, ints *exponent) {
#if WIDTH >= SLOTS
    NAME(labels) l = labels.part[0];
    const int whole = m * SLOTS / WIDTH * WIDTH;
    for (int i = 0; i < whole; i += WIDTH)
        NAME(keep)(g + i, NAME(step)(LOAD(g + i), l, product, exponent));
#if WIDTH > SLOTS
    if (whole < m * SLOTS) { /* one input is left: half a vector */
        UNROLL for (int i = SLOTS; i < WIDTH; i++) l.offset[i] = -LARGEST, l.factor[i] = 0;
        NAME(keep)(g + whole, NAME(step)(LOAD(g + whole), l, product, exponent));
    }
#endif
#else
    for (int i = 0; i < m * SLOTS; i += SLOTS) {
        NAME(keep)(g + i, NAME(step)(LOAD(g + i), labels.part[0], product, exponent));
        NAME(keep)(g + i + WIDTH, NAME(step)(LOAD(g + i + WIDTH), labels.part[1], product, exponent));
    }
#endif
}
