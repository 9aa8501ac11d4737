/* vecfile.h - rows of word2vec's and GloVe's files: a word and its vector.
 *
 * Binary row: the word's bytes, one space, size little-endian float32, a newline that readers may
 * not count on.  Text row: the word, a space, size decimal numbers between spaces or tabs, a
 * newline.  A word of a text row may hold spaces: the last `size` fields are the vector.
 * Sources: word2vec.c (Mikolov 2013), lines 570-582; GloVe's glove.c, save_params.
 * Knows decimal.h.
 */
#ifndef FASTVEC_VECFILE_H
#define FASTVEC_VECFILE_H

#include "decimal.h"

enum {
    VECFILE_ROW = 0,   /* a row was read */
    VECFILE_MORE = 1,  /* the bytes end within the row */
    VECFILE_BAD = 2,   /* not a word and `size` numbers */
    VECFILE_BLANK = 3, /* an empty line */
};

typedef struct {
    const char *word;
    int64_t length;     /* of the word */
    const char *next;   /* where the next row starts */
    const char *end;    /* text: where the numbers end */
    int hard;           /* text: some number needs a longer arithmetic than ours */
} vecfile_row;

static inline int vecfile_binary(const char *p, const char *end, int64_t size, float *vector,
                                 vecfile_row *row) {
    while (p < end && *p == '\n') p++;
    const char *space = memchr(p, ' ', (size_t)(end - p));
    if (!space || end - space - 1 < 4 * size) return VECFILE_MORE;
    row->word = p;
    row->length = space - p;
    memcpy(vector, space + 1, (size_t)(4 * size)); /* every machine we build for is little-endian */
    row->next = space + 1 + 4 * size;
    return VECFILE_ROW;
}

static inline int vecfile_is_gap(char c) { return c == ' ' || c == '\t'; }

/* Reads `size` numbers from the gap at p to row->end. */
static inline int vecfile_numbers(const char *p, int64_t size, float *vector, vecfile_row *row) {
    row->hard = 0;
    for (int64_t i = 0; i < size; i++) {
        const char *gap = p;
        while (p < row->end && vecfile_is_gap(*p)) p++;
        if (p == gap) return VECFILE_BAD;
        p = decimal_read(p, row->end, &vector[i], &row->hard);
        if (!p) return VECFILE_BAD;
    }
    while (p < row->end && vecfile_is_gap(*p)) p++;
    return p == row->end ? VECFILE_ROW : VECFILE_BAD;
}

/* The gap before the last `size` fields, or NULL. */
static inline const char *vecfile_gap(const char *start, const char *end, int64_t size) {
    while (end > start && vecfile_is_gap(end[-1])) end--;
    for (; size > 0; size--) {
        while (end > start && !vecfile_is_gap(end[-1])) end--;
        if (end == start) return NULL;
        if (size > 1)
            while (end > start && vecfile_is_gap(end[-1])) end--;
    }
    return end - 1; /* one gap byte belongs to the format, more of them to the word */
}

/* Reads a row of text.  `last`: no more bytes follow, so the line may lack its newline. */
static inline int vecfile_text(const char *p, const char *end, int last, int64_t size,
                               float *vector, vecfile_row *row) {
    const char *line_end = memchr(p, '\n', (size_t)(end - p));
    if (!line_end && !last) return VECFILE_MORE;
    row->next = line_end ? line_end + 1 : end;
    row->end = line_end ? line_end : end;
    if (row->end > p && row->end[-1] == '\r') row->end--;
    if (row->end == p) return VECFILE_BLANK;
    row->word = p;
    const char *gap = p;
    while (gap < row->end && !vecfile_is_gap(*gap)) gap++;
    row->length = gap - p;
    if (vecfile_numbers(gap, size, vector, row) == VECFILE_ROW) return VECFILE_ROW;
    gap = vecfile_gap(p, row->end, size); /* a word with spaces: count from the right */
    if (!gap) return VECFILE_BAD;
    row->length = gap - p;
    return vecfile_numbers(gap, size, vector, row);
}

/* How a row of text is laid out. */
enum {
    VECFILE_SHORTEST = 0, /* shortest numbers that read back the same */
    VECFILE_WORD2VEC = 1, /* six decimals, a space after every number */
    VECFILE_GLOVE = 2,    /* six decimals, a space before every number */
};

/* Writes " n n n\n" at out, which has room for size * (DECIMAL_ROOM + 1) + 2 bytes.  Returns the
 * end. */
static inline char *vecfile_write(char *out, const float *vector, int64_t size, int layout) {
    for (int64_t i = 0; i < size; i++) {
        *out++ = ' ';
        out = layout == VECFILE_SHORTEST ? decimal_write(out, vector[i])
                                         : decimal_write_fixed(out, vector[i]);
    }
    if (layout == VECFILE_WORD2VEC) *out++ = ' ';
    *out++ = '\n';
    return out;
}

#endif
