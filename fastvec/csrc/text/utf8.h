/* utf8.h - finds and repairs invalid UTF-8 (RFC 3629; Unicode 15, table 3-7). */
#ifndef FASTVEC_UTF8_H
#define FASTVEC_UTF8_H

#include <stdint.h>
#include <string.h>

/* One character at p, n > 0 bytes in reach: its length when it is valid, else minus the number of
 * bytes that one replacement character stands for (the longest beginning of a valid one, or 1). */
static inline int utf8_step(const uint8_t *p, int64_t n) {
    uint8_t first = p[0], low = 0x80, high = 0xbf;
    int more;
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) {
        more = 1;
    } else if (first >= 0xe0 && first <= 0xef) {
        more = 2;
        if (first == 0xe0) low = 0xa0;  /* not longer than needed */
        if (first == 0xed) high = 0x9f; /* no surrogates */
    } else if (first >= 0xf0 && first <= 0xf4) {
        more = 3;
        if (first == 0xf0) low = 0x90;
        if (first == 0xf4) high = 0x8f; /* up to U+10FFFF */
    } else {
        return -1;
    }
    for (int i = 1; i <= more; i++) {
        if (i >= n || p[i] < low || p[i] > high) return -i;
        low = 0x80;
        high = 0xbf;
    }
    return more + 1;
}

/* The position of the first byte of the first invalid sequence, or -1. */
static inline int64_t utf8_invalid(const char *text, int64_t n) {
    const uint8_t *p = (const uint8_t *)text;
    int64_t i = 0;
    while (i < n) {
        for (; i + 32 <= n; i += 32) { /* nothing but ASCII: 32 bytes a step */
            uint64_t x[4];
            memcpy(x, p + i, 32);
            if ((x[0] | x[1] | x[2] | x[3]) & 0x8080808080808080u) break;
        }
        int64_t stop = i + 32 < n ? i + 32 : n;
        while (i < stop) {
            int step = utf8_step(p + i, n - i);
            if (step < 0) return i;
            i += step;
        }
    }
    return -1;
}

/* Copy n bytes, each invalid sequence replaced with U+FFFD, as Python's errors="replace" does it.
 * The copy may have up to 3n bytes.  Its length. */
static inline int64_t utf8_repair(const char *text, int64_t n, char *copy) {
    const uint8_t *p = (const uint8_t *)text;
    char *out = copy;
    for (int64_t i = 0; i < n;) {
        int step = utf8_step(p + i, n - i);
        if (step < 0) {
            memcpy(out, "\xef\xbf\xbd", 3);
            out += 3;
            i -= step;
        } else {
            memcpy(out, text + i, (size_t)step);
            out += step;
            i += step;
        }
    }
    return out - copy;
}

#endif
