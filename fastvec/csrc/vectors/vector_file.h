/* vector_file.h - rows of word2vec's and GloVe's files: a word and its vector.
 *
 * Binary row: the word's bytes, one space, size little-endian float32, a newline that readers may
 * not count on.  Text row: the word, a space, size decimal numbers between spaces or tabs, a
 * newline.  A word of a text row may hold spaces: the last `size` fields are the vector.
 * Sources: word2vec.c (Mikolov 2013), lines 570-582; GloVe's glove.c, save_params.
 */
#ifndef FASTVEC_VECTOR_FILE_H
#define FASTVEC_VECTOR_FILE_H

#include "vectors/decimal.h"

enum {
    ROW_READ = 0,   /* a row was read */
    ROW_MORE = 1,  /* the bytes end within the row */
    ROW_BAD = 2,   /* not a word and `size` numbers */
    ROW_BLANK = 3, /* an empty line */
};

typedef struct {
    const char *word;
    int64_t length;     /* of the word */
    const char *next;   /* where the next row starts */
    const char *end;    /* text: where the numbers end */
    int hard;           /* text: some number needs more digits of arithmetic than decimal.h has */
} file_row;

static inline int row_binary(const char *p, const char *end, int64_t size, float *vector,
                                 file_row *row) {
    while (p < end && *p == '\n') p++;
    const char *space = memchr(p, ' ', (size_t)(end - p));
    if (!space || end - space - 1 < 4 * size) return ROW_MORE;
    row->word = p;
    row->length = space - p;
    memcpy(vector, space + 1, (size_t)(4 * size)); /* every machine we build for is little-endian */
    row->next = space + 1 + 4 * size;
    return ROW_READ;
}

static inline int row_is_gap(char c) { return c == ' ' || c == '\t'; }

/* Reads `size` numbers from the gap at p to row->end. */
static inline int row_numbers(const char *p, int64_t size, float *vector, file_row *row) {
    row->hard = 0;
    for (int64_t i = 0; i < size; i++) {
        const char *gap = p;
        while (p < row->end && row_is_gap(*p)) p++;
        if (p == gap) return ROW_BAD;
        p = decimal_read(p, row->end, &vector[i], &row->hard);
        if (!p) return ROW_BAD;
    }
    while (p < row->end && row_is_gap(*p)) p++;
    return p == row->end ? ROW_READ : ROW_BAD;
}

/* The gap before the last `size` fields, or NULL. */
static inline const char *row_gap(const char *start, const char *end, int64_t size) {
    while (end > start && row_is_gap(end[-1])) end--;
    for (; size > 0; size--) {
        while (end > start && !row_is_gap(end[-1])) end--;
        if (end == start) return NULL;
        if (size > 1)
            while (end > start && row_is_gap(end[-1])) end--;
    }
    return end - 1; /* one gap byte belongs to the format, more of them to the word */
}

/* Reads a row of text.  `last`: no more bytes follow, so the line may lack its newline. */
static inline int row_text(const char *p, const char *end, int last, int64_t size,
                               float *vector, file_row *row) {
    const char *line_end = memchr(p, '\n', (size_t)(end - p));
    if (!line_end && !last) return ROW_MORE;
    row->next = line_end ? line_end + 1 : end;
    row->end = line_end ? line_end : end;
    if (row->end > p && row->end[-1] == '\r') row->end--;
    if (row->end == p) return ROW_BLANK;
    row->word = p;
    const char *gap = p;
    while (gap < row->end && !row_is_gap(*gap)) gap++;
    row->length = gap - p;
    if (row_numbers(gap, size, vector, row) == ROW_READ) return ROW_READ;
    gap = row_gap(p, row->end, size); /* a word with spaces: count from the right */
    if (!gap) return ROW_BAD;
    row->length = gap - p;
    return row_numbers(gap, size, vector, row);
}

/* How a row of text is laid out. */
enum {
    ROW_SHORTEST = 0, /* shortest numbers that read back the same */
    ROW_WORD2VEC = 1, /* six decimals, a space after every number */
    ROW_GLOVE = 2,    /* six decimals, a space before every number */
};

/* Writes " n n n\n" at out, which has room for size * (DECIMAL_ROOM + 1) + 2 bytes.  Returns the
 * end. */
static inline char *row_write(char *out, const float *vector, int64_t size, int layout) {
    for (int64_t i = 0; i < size; i++) {
        *out++ = ' ';
        out = layout == ROW_SHORTEST ? decimal_write(out, vector[i])
                                         : decimal_write_fixed(out, vector[i]);
    }
    if (layout == ROW_WORD2VEC) *out++ = ' ';
    *out++ = '\n';
    return out;
}

#endif
