/* exp2.h - powers of two on simd.h, for every instruction set.  No include guard: see simd.h. */

/* 2^x for -126 <= x <= 0: 2^n times a polynomial on half an octave to either side of 0 (own fit;
 * relative error below 1e-7). */
CONSTANT vec NAME(exp2)(vec x) {
    const vec magic = ALL(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer */
    const vec shifted = x + magic;
    const vec f = x - (shifted - magic);
    vec p = ALL(1.3276470e-3f);
    p = p * f + 9.6755416e-3f;
    p = p * f + 5.5507133e-2f;
    p = p * f + 2.4022120e-1f;
    p = p * f + 6.9314697e-1f;
    p = p * f + 1.0f;
    return p * (vec)(((ints)shifted + 127) << 23); /* the low bits of shifted are the integer */
}
