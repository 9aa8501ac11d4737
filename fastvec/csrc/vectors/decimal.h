/* decimal.h - float32 from decimal text and back.
 *
 * Reading gives what Python's float() gives, rounded to float32.  Writing is either the shortest
 * text that reads back as the same float32, laid out as NumPy's str(), or C's "%f".  Neither asks
 * the locale.
 */
#ifndef FASTVEC_DECIMAL_H
#define FASTVEC_DECIMAL_H

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { DECIMAL_ROOM = 56 }; /* bytes that one written number may take */

static const double decimal_tens[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
    1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27,
    1e28, 1e29, 1e30, 1e31, 1e32, 1e33, 1e34, 1e35, 1e36, 1e37, 1e38, 1e39, 1e40, 1e41,
    1e42, 1e43, 1e44, 1e45, 1e46, 1e47, 1e48, 1e49, 1e50, 1e51, 1e52, 1e53, 1e54, 1e55,
    1e56, 1e57, 1e58, 1e59, 1e60, 1e61, 1e62, 1e63, 1e64, 1e65, 1e66, 1e67, 1e68, 1e69, 1e70};

static inline double decimal_scale(double x, int power) {
    return power < 0 ? x / decimal_tens[-power] : x * decimal_tens[power];
}

static inline int decimal_is_digit(char c) { return c >= '0' && c <= '9'; }

/* Whether p starts with a lower-case word, in any case. */
static inline int decimal_says(const char *p, const char *end, const char *word) {
    for (; *word; p++, word++)
        if (p == end || (*p | 0x20) != *word) return 0;
    return 1;
}

typedef struct {
    uint64_t mantissa; /* the first 19 significant digits */
    int64_t exponent;  /* of ten */
    int cut;           /* there were more digits */
} decimal;

/* The float nearest to a decimal.  *hard is set where it is not certain: more than 19 digits or a
 * large power, so close to the middle of two floats that a double cannot tell. */
static inline float decimal_value(decimal d, int *hard) {
    if (d.mantissa == 0 || d.exponent < -70) return 0.0f;
    if (d.exponent > 40) return INFINITY;
    double x = decimal_scale((double)d.mantissa, (int)d.exponent);
    if (d.mantissa <= (1ull << 53) && d.exponent >= -22 && d.exponent <= 22 && !d.cut)
        return (float)x; /* one rounding of two exact doubles (Clinger 1990) */
    float low = (float)(x * (1 - 0x1p-50)), high = (float)(x * (1 + 0x1p-50));
    if (low != high) *hard = 1;
    return low;
}

/* The end of the number that starts at p, or NULL when there is none before end. */
static inline const char *decimal_read(const char *p, const char *end, float *out, int *hard) {
    int negative = 0, digits = 0;
    decimal d = {0, 0, 0};
    if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
    const char *start = p;
    for (; p < end && decimal_is_digit(*p); p++) {
        if (d.mantissa < 1000000000000000000ull)
            d.mantissa = 10 * d.mantissa + (uint64_t)(*p - '0');
        else
            d.exponent++, d.cut = 1;
    }
    digits = (int)(p > start);
    if (p < end && *p == '.') {
        const char *point = ++p;
        for (; p < end && decimal_is_digit(*p); p++) {
            if (d.mantissa < 1000000000000000000ull)
                d.mantissa = 10 * d.mantissa + (uint64_t)(*p - '0'), d.exponent--;
            else
                d.cut = 1;
        }
        digits |= p > point;
    }
    if (!digits) {
        float value = NAN;
        if (decimal_says(start, end, "nan")) p = start + 3;
        else if (decimal_says(start, end, "infinity")) p = start + 8, value = INFINITY;
        else if (decimal_says(start, end, "inf")) p = start + 3, value = INFINITY;
        else return NULL;
        *out = negative ? -value : value;
        return p;
    }
    if (p < end && (*p | 0x20) == 'e') {
        const char *q = p + 1;
        int down = 0;
        int64_t exponent = 0;
        if (q < end && (*q == '-' || *q == '+')) down = *q++ == '-';
        if (q < end && decimal_is_digit(*q)) {
            for (; q < end && decimal_is_digit(*q); q++)
                if (exponent < 1000000000) exponent = 10 * exponent + (*q - '0');
            d.exponent += down ? -exponent : exponent;
            p = q;
        }
    }
    float value = decimal_value(d, hard);
    *out = negative ? -value : value;
    return p;
}

static inline char *decimal_copy(char *out, const char *text) {
    size_t length = strlen(text);
    memcpy(out, text, length);
    return out + length;
}

/* An integer, at least `least` digits wide. */
static inline char *decimal_integer(char *out, uint64_t value, int least) {
    char digits[20];
    int n = 0;
    while (value || n < least) digits[n++] = (char)('0' + (int)(value % 10)), value /= 10;
    while (n) *out++ = digits[--n];
    return out;
}

/* A whole number below 2^128, divided by hand: not every compiler has the division of 128 bits. */
static inline char *decimal_whole(char *out, double x) {
    uint32_t parts[4]; /* the highest first */
    char digits[40];
    int n = 0;
    for (int i = 0; i < 4; i++) {
        const double unit = ldexp(1, 96 - 32 * i);
        parts[i] = (uint32_t)(x / unit);
        x -= parts[i] * unit;
    }
    while (parts[0] || parts[1] || parts[2] || parts[3]) {
        uint64_t rest = 0;
        for (int i = 0; i < 4; i++) {
            rest = rest << 32 | parts[i];
            parts[i] = (uint32_t)(rest / 10);
            rest %= 10;
        }
        digits[n++] = (char)('0' + (int)rest);
    }
    while (n) *out++ = digits[--n];
    return out;
}

static inline char *decimal_special(char *out, float x) {
    if (x != x) return decimal_copy(out, "nan");
    if (x < 0 || (x == 0 && signbit(x))) *out++ = '-';
    return isinf(x) ? decimal_copy(out, "inf") : out;
}

/* The decimal with the fewest digits, and of those the nearest to `at`, between the middles to x's
 * neighbours.  All three are scaled so that x has nine digits left of the point (nine always
 * suffice); margin narrows the bounds, because that scaling rounds. */
static inline decimal decimal_between(double below, double at, double over, int scale,
                                      double margin) {
    int64_t low = (int64_t)ceil(below + margin), high = (int64_t)floor(over - margin), unit = 1;
    decimal d = {0, -scale, 0};
    while (high / (10 * unit) * (10 * unit) >= low) unit *= 10, d.exponent++;
    int64_t nearest = (int64_t)rint(at / (double)unit);
    while (nearest * unit < low) nearest++;
    while (nearest * unit > high) nearest--;
    d.mantissa = (uint64_t)nearest;
    return d;
}

/* The shortest decimal that reads back as x > 0. */
static inline decimal decimal_shortest(float x) {
    int scale = 8 - (int)floor(log10((double)x)), hard = 0;
    float up = nextafterf(x, INFINITY);
    double below = ((double)x + (double)nextafterf(x, 0)) / 2;
    double over = isinf(up) ? 2 * (double)x - below : ((double)x + (double)up) / 2;
    double at = decimal_scale((double)x, scale);
    below = decimal_scale(below, scale);
    over = decimal_scale(over, scale);
    decimal d = decimal_between(below, at, over, scale, -0x1p-16);
    if (decimal_value(d, &hard) == x && !hard) return d;
    return decimal_between(below, at, over, scale, 0x1p-16);
}

/* The shortest text that reads back as x, laid out as NumPy's str(float32).  Returns its end. */
static inline char *decimal_write(char *out, float x) {
    out = decimal_special(out, x);
    if (!isfinite(x)) return out;
    x = fabsf(x);
    if (x == 0) return decimal_copy(out, "0.0");
    decimal d = decimal_shortest(x);
    char digits[24];
    int n = (int)(decimal_integer(digits, d.mantissa, 1) - digits);
    int point = n + (int)d.exponent; /* digits left of the point */
    if ((double)x < 1e-4 || x >= 1e6f) {
        *out++ = digits[0];
        if (n > 1) *out++ = '.', memcpy(out, digits + 1, (size_t)n - 1), out += n - 1;
        int e = point - 1;
        *out++ = 'e';
        *out++ = e < 0 ? '-' : '+';
        return decimal_integer(out, (uint64_t)(e < 0 ? -e : e), 2);
    }
    if (point <= 0) {
        out = decimal_copy(out, "0.");
        for (; point < 0; point++) *out++ = '0';
        memcpy(out, digits, (size_t)n);
        return out + n;
    }
    for (int i = 0; i < (n > point ? n : point); i++) {
        if (i == point) *out++ = '.';
        *out++ = i < n ? digits[i] : '0';
    }
    return n > point ? out : decimal_copy(out, ".0");
}

/* C's "%f": six decimals, rounded as printf does.  Returns the end. */
static inline char *decimal_write_fixed(char *out, float x) {
    out = decimal_special(out, x);
    if (!isfinite(x)) return out;
    x = fabsf(x);
    if (x >= 0x1p40f) { /* a whole number */
        out = decimal_whole(out, (double)x);
        return decimal_copy(out, ".000000");
    }
    /* 24 bits times 15625 * 2^6 is exact in a double, so rint rounds the true value. */
    uint64_t millionths = (uint64_t)rint((double)x * 1e6);
    out = decimal_integer(out, millionths / 1000000, 1);
    *out++ = '.';
    return decimal_integer(out, millionths % 1000000, 6);
}

#endif
