/* pairs.h - skip-gram's step on pairs of an input and an output, which share noise words (kernels.h).
 *
 * No include guard: see simd.h.  The products with the noise words are those of body.h; the products of
 * pairs, of which there are few, are always in float32.
 */

/* The sums of the lanes of four vectors. */
CONSTANT void NAME(store_sums)(float *scores, const vec *sums) {
    vec all = NAME(fold_half)(sums, 4);
#if WIDTH == 16
    all += SHUFFLE(all, all, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    all += SHUFFLE(all, all, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
#elif WIDTH == 8
    all += SHUFFLE(all, all, 4, 5, 6, 7, 0, 1, 2, 3);
#endif
    __builtin_memcpy(scores, &all, 4 * sizeof *scores);
}

/* scores[i] = inputs[i] . partners[i]; of the last four some may be computed twice. */
CONSTANT void NAME(score_pairs)(float *const *inputs, float *const *partners, int m, int floats,
                                float *scores) {
    for (int first = 0; first < m; first += 4) {
        const float *x[4], *y[4];
        vec sums[4];
        UNROLL for (int i = 0; i < 4; i++) {
            const int pair = first + i < m ? first + i : m - 1;
            x[i] = inputs[pair], y[i] = partners[pair], sums[i] = ALL(0.0f);
        }
        for (int k = 0; k < floats; k += WIDTH)
            UNROLL for (int i = 0; i < 4; i++) sums[i] += LOAD(x[i] + k) * LOAD(y[i] + k);
        NAME(store_sums)(scores + first, sums);
    }
}

/* The scores of m pairs, in place, into steps; returns how many vectors these are. */
CONSTANT int NAME(pair_steps)(float *scores, int m, float alpha, vec *product, ints *exponent) {
    for (int i = 0; i < m; i += WIDTH) {
        const vec taken = LOAD_LOOSE(taken_mask + ROW_FLOATS - (m - i));
        const NAME(labels) l = NAME(labels_from)(ALL(1.0f), taken, alpha);
        STORE(scores + i, NAME(step)(LOAD(scores + i), l, product, exponent));
    }
    return (m + WIDTH - 1) / WIDTH;
}

/* Labels of n noise words, whose steps are multiplied with weights. */
CONSTANT NAME(block_labels) NAME(noise_labels)(const float *weights, int n, float alpha) {
    static const float signs[SLOTS + ROW_FLOATS] = {-1, -1, -1, -1, -1, -1, -1, -1};
    NAME(block_labels) l = NAME(labels_of_block)(signs, n, alpha);
#if WIDTH > SLOTS
    const vec w = LOAD_LOOSE(weights);
    l.part[0].rate *= SHUFFLE(w, w, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
#else
    UNROLL for (int i = 0; i < SLOTS / WIDTH; i++) l.part[i].rate *= LOAD_LOOSE(weights + i * WIDTH);
#endif
    return l;
}

/* The steps of m pairs with each other, `own`, and with n noise words, g. */
CONSTANT void NAME(steps_of_pairs)(float *own, float *g, int m, const float *weights, int n,
                                   float alpha, likelihood *likely) {
    vec product = LOAD(likely->mantissa);
    ints exponent = *(const ints *)likely->exponent;
    likely->factors += NAME(pair_steps)(own, m, alpha, &product, &exponent);
    if (n > 0) {
        NAME(steps)(g, m, NAME(noise_labels)(weights, n, alpha), &product, &exponent);
        likely->factors += (m * SLOTS + WIDTH - 1) / WIDTH;
    }
    STORE(likely->mantissa, product);
    *(ints *)likely->exponent = exponent;
}

#define APPLY(C)                                                                                     \
    static void NAME(apply_pairs_##C)(float *const *inputs, const NAME(partners) *partners, int m,   \
                                      float *const *outputs, const float *g, int floats,             \
                                      const prefetch_list *prefetch) {                               \
        NAME(apply_to)(inputs, partners, m, outputs, C, g, floats, prefetch, 1, C);                  \
    }
#define EACH_SHARED(CASE) CASE(0) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
EACH_SHARED(APPLY)
#undef APPLY

static void NAME(pairs_of)(float *const *inputs, float *const *partners, int m, float *const *outputs,
                           const float *weights, int n, int floats, float alpha, likelihood *likely,
                           float *g, const prefetch_list *prefetch) {
    typedef void (*function)(float *const *, const NAME(partners) *, int, float *const *, const float *,
                             int, const prefetch_list *);
#define APPLY(C) NAME(apply_pairs_##C),
    static const function apply[] = {EACH_SHARED(APPLY)};
#undef APPLY
    float own[MAX_PAIRS] __attribute__((aligned(64))) = {0};
    NAME(score_pairs)(inputs, partners, m, floats, own);
    if (n > 0) NAME(scores_of)[n - 1](inputs, m, outputs, floats, g);
    NAME(steps_of_pairs)(own, g, m, weights, n, alpha, likely);
    apply[n](inputs, &(NAME(partners)){partners, own}, m, outputs, g, floats, prefetch);
}
#undef EACH_SHARED
