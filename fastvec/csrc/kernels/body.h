/* body.h - word2vec's kernels, written once on simd.h and compiled for each instruction set.
 *
 * No include guard: see simd.h.  The outputs are taken in blocks of at most TILE_OUTPUTS or, if
 * WIDE_BLOCKS is 1, SLOTS.  TILE_INPUTS x TILE_OUTPUTS dot products run side by side, their sums in
 * registers; of larger blocks TILE_INPUTS x HALF_SLOTS.  Every array below has a fixed size: [C] with a constant argument C would be a
 * variable-length array, which never lives in registers.
 */
#define CONSTANT static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 64")

/* Of each input an output row of its own, and the step of the two with each other; or NULL. */
typedef struct {
    float *const *rows;
    const float *steps;
} NAME(partners);

/* Change K columns of partner s by the input x, and y, what becomes of x, by the partner. */
CONSTANT void NAME(move_partner)(const NAME(partners) *partners, int s, const vec *x, vec *y, int k,
                                 const int K) {
    float *row = partners->rows[s] + k;
    const vec step = ALL(partners->steps[s]);
    UNROLL for (int j = 0; j < K; j++) {
        const vec before = LOAD(row + j * WIDTH);
        y[j] += step * before;
        STORE(row + j * WIDTH, before + step * x[j]);
    }
}

#include ARITHMETIC

#define HALF_SLOTS (SLOTS / 2)

/* The lane sums of n <= 4 vectors, in every group of four lanes a share of each.  Of fewer than four
 * vectors the results for the others have no meaning. */
CONSTANT vec NAME(fold_half)(const vec *sums, const int n) {
    const vec low = FOLD_1(sums[0], n > 1 ? sums[1] : sums[0]);
    return FOLD_2(low, n > 2 ? FOLD_1(sums[2], n > 3 ? sums[3] : sums[2]) : low);
}

/* What fold_half gave for the slots of two inputs, as scores of one vector (or two, or four). */
CONSTANT void NAME(store_scores)(float *scores, const vec a[2], const vec b[2], const int R) {
#if WIDTH == 4
    STORE(scores, a[0]);
    STORE(scores + 4, a[1]);
    if (R > 1) STORE(scores + 8, b[0]);
    if (R > 1) STORE(scores + 12, b[1]);
#elif WIDTH == 8
    STORE(scores, FOLD_4(a[0], a[1]));
    if (R > 1) STORE(scores + 8, FOLD_4(b[0], b[1]));
#else
    const vec one = FOLD_4(a[0], a[1]);
    STORE(scores, FOLD_8(one, R > 1 ? FOLD_4(b[0], b[1]) : one));
#endif
}

/* scores[i * SLOTS + o] = inputs[i] . outputs[o] for R inputs and C outputs; whole vectors. */
CONSTANT void NAME(score)(float *const *inputs, float *const *outputs, int floats, float *scores,
                          const int R, const int C) {
    const int tile = C > TILE_OUTPUTS ? HALF_SLOTS : C, low = C < HALF_SLOTS ? C : HALF_SLOTS;
    vec sums[TILE_INPUTS * SLOTS], folded[TILE_INPUTS][2];
    NAME(dots)(inputs, outputs, floats, sums, R, tile);
    UNROLL for (int i = 0; i < R; i++) folded[i][0] = NAME(fold_half)(sums + i * SLOTS, low);
    if (C > tile) NAME(dots)(inputs, outputs + tile, floats, sums + tile, R, C - tile);
    UNROLL for (int i = 0; i < R; i++)
        folded[i][1] = C > low ? NAME(fold_half)(sums + i * SLOTS + low, C - low) : folded[i][0];
    UNROLL for (int i = 0; i < R; i += 2)
        NAME(store_scores)(scores + i * SLOTS, folded[i], folded[i + 1 < R ? i + 1 : i], R - i);
}

#define EACH_INPUT(CASE) \
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10)
#define EACH_OUTPUTS(CASE, R) CASE(R, 1) CASE(R, 2) CASE(R, 3) CASE(R, 4) CASE(R, 5) CASE(R, 6)
#if WIDE_BLOCKS
#define EACH_BLOCK(CASE, R) EACH_OUTPUTS(CASE, R) CASE(R, 7) CASE(R, 8)
#else
#define EACH_BLOCK EACH_OUTPUTS
#endif
/* The same for m inputs, TILE_INPUTS at a time. */
CONSTANT void NAME(score_all)(float *const *inputs, int m, float *const *outputs, int floats,
                              float *scores, const int C) {
    for (; m >= TILE_INPUTS; m -= TILE_INPUTS, inputs += TILE_INPUTS, scores += TILE_INPUTS * SLOTS)
        NAME(score)(inputs, outputs, floats, scores, TILE_INPUTS, C);
    if (m == 1) NAME(score)(inputs, outputs, floats, scores, 1, C);
#if TILE_INPUTS == 4
    if (m == 2) NAME(score)(inputs, outputs, floats, scores, 2, C);
    if (m == 3) NAME(score)(inputs, outputs, floats, scores, 3, C);
#endif
}

#define SCORES(_, C)                                                                      \
    static void NAME(scores_##C)(float *const *inputs, int m, float *const *outputs,      \
                                 int floats, float *scores) {                             \
        NAME(score_all)(inputs, m, outputs, floats, scores, C);                           \
    }
EACH_BLOCK(SCORES, )
#undef SCORES

enum { NAME(block) = WIDE_BLOCKS ? SLOTS : TILE_OUTPUTS }; /* outputs at most */
#define SCORES(_, C) NAME(scores_##C),
static void (*const NAME(scores_of)[NAME(block)])(float *const *, int, float *const *, int, float *) = {
    EACH_BLOCK(SCORES, )};
#undef SCORES

#include "kernels/logistic.h"

CONSTANT void NAME(prefetch_row)(float *row, int floats) {
    for (int k = 0; k < floats; k += ROW_FLOATS) __builtin_prefetch(row + k, 1, 3);
}

CONSTANT void NAME(prefetch_column)(float *const *rows, int n, int k) {
    if (k % ROW_FLOATS == 0) /* once for each cache line */
        for (int i = 0; i < n; i++) __builtin_prefetch(rows[i] + k, 1, 3);
}

_Static_assert((MAX_OUTPUTS + TILE_OUTPUTS - 1) / TILE_OUTPUTS <= MAX_BLOCKS, "g has room for all blocks");

/* n outputs are cut into blocks of C, then blocks of C - 1, as few as there can be. */
typedef struct {
    int blocks, size, large; /* the first `large` of them have `size` outputs */
} NAME(cut);

static inline NAME(cut) NAME(cut_of)(int n) {
    const int most = NAME(block);
    if (n <= most) return (NAME(cut)){1, n, 1}; /* without a division */
    const int blocks = (n + most - 1) / most, size = (n + blocks - 1) / blocks;
    return (NAME(cut)){blocks, size, n - blocks * (size - 1)};
}

static void NAME(gradient)(float *const *inputs, int m, float *const *outputs, const float *signs,
                           int n, int floats, float alpha, likelihood *likely, float *g) {
    const NAME(cut) cut = NAME(cut_of)(n);
    float *const *some = outputs;
    for (int b = 0; b < cut.blocks; b++) {
        const int size = cut.size - (b >= cut.large);
        NAME(scores_of)[size - 1](inputs, m, some, floats, g + b * BLOCK_FLOATS);
        some += size;
    }
    vec product = LOAD(likely->mantissa);
    ints exponent = *(const ints *)likely->exponent;
    for (int b = 0; b < cut.blocks; b++) {
        const int size = cut.size - (b >= cut.large);
        NAME(steps)(g + b * BLOCK_FLOATS, m, NAME(labels_of_block)(signs, size, alpha), &product,
                    &exponent);
        signs += size;
    }
    STORE(likely->mantissa, product);
    *(ints *)likely->exponent = exponent;
    likely->factors += cut.blocks * ((m * SLOTS + WIDTH - 1) / WIDTH);
}

/* The second half of the step holds the columns of some rows in registers, the residents, while the
 * rows of the other side stream by.  The residents are the outputs if there are at most TILE_OUTPUTS,
 * else the inputs. */

/* K columns from k on, with all n <= TILE_OUTPUTS outputs as residents. */
CONSTANT void NAME(apply_to_few)(float *const *inputs, const NAME(partners) *partners, int m,
                                 float *const *outputs, const float *g, int k, const int C,
                                 const int K) {
    NAME(residents) r;
    NAME(load_residents)(&r, outputs, k, C, K);
    UNROLL for (int o = 0; o < C; o++)
        UNROLL for (int j = 0; j < K; j++) r.after[o * K + j] = LOAD(outputs[o] + k + j * WIDTH);
    NAME(stream)(&r, inputs, partners, m, g, k, 0, C, K);
    UNROLL for (int o = 0; o < C; o++)
        UNROLL for (int j = 0; j < K; j++) STORE(outputs[o] + k + j * WIDTH, r.after[o * K + j]);
}

/* K columns from k on, with the C inputs as residents.  An input row may be listed twice, so the
 * changes are summed first. */
CONSTANT void NAME(apply_to_many)(float *const *inputs, float *const *outputs, const NAME(cut) cut,
                                  const float *g, int k, const int C, const int K) {
    NAME(residents) r;
    NAME(load_residents)(&r, inputs, k, C, K);
    UNROLL for (int i = 0; i < C * K; i++) r.after[i] = ALL(0.0f);
    for (int b = 0; b < cut.blocks; b++, g += BLOCK_FLOATS) {
        const int size = cut.size - (b >= cut.large);
        NAME(stream)(&r, outputs, NULL, size, g, k, 1, C, K);
        outputs += size;
    }
    UNROLL for (int i = 0; i < C; i++)
        UNROLL for (int j = 0; j < K; j++) {
            float *column = inputs[i] + k + j * WIDTH;
            STORE(column, LOAD(column) + r.after[i * K + j]);
        }
}

CONSTANT void NAME(apply_to)(float *const *inputs, const NAME(partners) *partners, int m,
                             float *const *outputs, int n, const float *g, int floats,
                             const prefetch_list *prefetch, const int few, const int C) {
    const int most = C <= TILE_OUTPUTS ? RESIDENT_COLUMNS : 1; /* columns that fit the registers */
    const NAME(cut) cut = NAME(cut_of)(n);
    const int by_column = prefetch->whole_rows ? 0 : prefetch->n;
    int k = 0;
    for (int i = by_column; i < prefetch->n; i++) NAME(prefetch_row)(prefetch->rows[i], floats);
    for (; k + most * WIDTH <= floats; k += most * WIDTH) {
        UNROLL for (int j = 0; j < most; j++) NAME(prefetch_column)(prefetch->rows, by_column, k + j * WIDTH);
        if (few)
            NAME(apply_to_few)(inputs, partners, m, outputs, g, k, C, most);
        else
            NAME(apply_to_many)(inputs, outputs, cut, g, k, C, most);
    }
    for (; most > 1 && k < floats; k += WIDTH) {
        NAME(prefetch_column)(prefetch->rows, by_column, k);
        if (few)
            NAME(apply_to_few)(inputs, partners, m, outputs, g, k, C, 1);
        else
            NAME(apply_to_many)(inputs, outputs, cut, g, k, C, 1);
    }
}

#define APPLY(KIND, C, FEW)                                                                    \
    static void NAME(apply_##KIND##_##C)(float *const *inputs, int m, float *const *outputs, int n, \
                                         const float *g, int floats, const prefetch_list *prefetch) {   \
        NAME(apply_to)(inputs, NULL, m, outputs, n, g, floats, prefetch, FEW, C);                        \
    }
#define APPLY_FEW(R, C) APPLY(few, C, 1)
#define APPLY_MANY(C) APPLY(many, C, 0)
EACH_OUTPUTS(APPLY_FEW, )
EACH_INPUT(APPLY_MANY)

static void NAME(apply)(float *const *inputs, int m, float *const *outputs, int n, const float *g,
                        int floats, const prefetch_list *prefetch) {
    typedef void (*function)(float *const *, int, float *const *, int, const float *, int,
                             const prefetch_list *);
#define FEW(R, C) NAME(apply_few_##C),
#define MANY(C) NAME(apply_many_##C),
    static const function few[TILE_OUTPUTS] = {EACH_OUTPUTS(FEW, )}, many[MAX_INPUTS] = {EACH_INPUT(MANY)};
    (n <= TILE_OUTPUTS ? few[n - 1] : many[m - 1])(inputs, m, outputs, n, g, floats, prefetch);
#undef FEW
#undef MANY
}
#undef APPLY
#undef APPLY_FEW
#undef APPLY_MANY

#include "kernels/cbow.h"
#include "kernels/bags.h"
#include "kernels/pairs.h"

/* How much of a worker's change d of a row the others, whose changes are o, have left to do; 1 if the row did
 * not move far. */
CONSTANT float NAME(left_to_do)(const float *shared, const float *local, const float *base, int floats,
                                float far) {
    vec sums[4] = {ALL(0.0f), ALL(0.0f), ALL(0.0f), ALL(0.0f)};
    for (int k = 0; k < floats; k += WIDTH) {
        const vec before = LOAD(base + k), now = LOAD(shared + k);
        const vec d = LOAD(local + k) - before, o = now - before;
        sums[0] += d * o;
        sums[1] += d * d;
        sums[2] += now * now;
    }
    float sum[4];
    NAME(store_sums)(sum, sums);
    const float done = sum[0], all = sum[1], length = sum[2] > 1.0f ? sum[2] : 1.0f;
    if (all <= far * length || done <= 0.0f) return 1.0f;
    return done < all ? 1.0f - done / all : 0.0f;
}

/* The shared rows were mostly written by another core last, so they are prefetched a few rows ahead. */
static void NAME(merge)(float *shared, float *local, float *base, int64_t stride, int floats,
                        const float *scales, float far, int64_t n) {
    enum { ROWS_AHEAD = 3 };
    for (int64_t row = 0; row < n; row++, shared += stride, local += stride, base += stride) {
        NAME(prefetch_row)(shared + (row + ROWS_AHEAD < n ? ROWS_AHEAD * stride : 0), floats);
        float scale = scales[row];
        if (scale < 1.0f) {
            const float most = NAME(left_to_do)(shared, local, base, floats, far);
            if (scale > most) scale = most;
        }
        for (int k = 0; k < floats; k += WIDTH) {
            const vec before = LOAD(base + k);
            const vec sum = LOAD(shared + k) + scale * (LOAD(local + k) - before);
            STORE(shared + k, sum);
            STORE(local + k, sum);
            STORE(base + k, sum);
        }
    }
}

CONSTANT float NAME(sum_of)(vec x) {
    float sum = 0;
    for (int i = 0; i < WIDTH; i++) sum += x[i];
    return sum;
}

static void NAME(combine)(float *row, float *const *copies, int n, float least, int floats) {
    vec each = ALL(0.0f), all = ALL(0.0f);
    for (int k = 0; k < floats; k += WIDTH) {
        const vec before = LOAD(row + k);
        vec sum = ALL(0.0f);
        for (int i = 0; i < n; i++) {
            const vec change = LOAD(copies[i] + k) - before;
            sum += change;
            each += change * change;
        }
        all += sum * sum;
        STORE(copies[0] + k, sum);
    }
    const float squares = NAME(sum_of)(each), square = NAME(sum_of)(all);
    float share = squares < square ? squares / square : 1.0f;
    if (share < least) share = least < 1.0f ? least : 1.0f;
    for (int k = 0; k < floats; k += WIDTH) STORE(row + k, LOAD(row + k) + share * LOAD(copies[0] + k));
}

const kernels NAME(word2vec) = {
    WIDTH,       NAME(gradient), NAME(apply), NAME(cbow),  NAME(pairs_of),
    NAME(merge), NAME(combine),  NAME(mean),  NAME(spread)};

#include "kernels/frozen.h"
#include "kernels/infer.h"

#undef CONSTANT
#undef UNROLL
#undef HALF_SLOTS
#undef IN_GROUPS
#undef FEW_COLUMNS
#undef MANY_COLUMNS
#undef COLUMN_CASE
#undef pairs
#undef ADD_PRODUCTS
#undef STEP_PAIR
#undef EACH_OUTPUTS
#undef EACH_BLOCK
#undef EACH_INPUT
