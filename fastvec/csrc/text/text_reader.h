/* text_reader.h - cuts UTF-8 text into words and turns them into ids: the reader's state.
 *
 * A word is a run of bytes between spaces, tabs and line ends; every byte of it is kept.  A line end ends
 * a sentence: a newline, a carriage return, or both together.  (word2vec.c and GloVe do the same, but drop
 * all carriage returns; and no word and no line is too long here.)
 *
 * Bytes are appended to a buffer, and text_cut_buffer (text_cut.h) cuts all words from it that are
 * complete: it looks for invalid UTF-8, makes all line ends alike, finds the breaks 64 bytes at a time, and
 * looks the words up.  The result is a list of ids, 0 for the end of a sentence and 1 + i for word i,
 * which the caller empties.  Chunks of text (text_chunks.h) are what the bytes come from.
 */
#ifndef FASTVEC_TEXT_READER_H
#define FASTVEC_TEXT_READER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "text/word_table.h"

enum {
    TEXT_STEP = 1 << 18,  /* bytes read at a time: they and their ids stay in the cache */
    TEXT_PAD = 64 + 16,   /* readable bytes behind the text */
    TEXT_TAIL = 1 << 12,  /* bytes read at a time behind the end of a range */
    TEXT_BATCH = 64,      /* words between finding a slot's address and looking into it */
};

enum { TEXT_OK = 0, TEXT_FULL, TEXT_INVALID, TEXT_NO_MEMORY, TEXT_UNREADABLE };

/* Rows of a table column.  Row r is the words starts[r] .. starts[r + 1], where word w is
 * bytes[ends[w] .. ends[w + 1]) or, without bytes, the decimal digits of numbers[w].
 * Without starts row r is the text bytes[ends[r] .. ends[r + 1]), still to be cut into words. */
typedef struct {
    const char *bytes;
    const int64_t *ends;
    const int64_t *numbers;
    const int64_t *starts;
    int64_t next, n; /* rows that are begun, and all */
} text_rows;

typedef struct {
    word_table words;
    int64_t since_flush; /* words counted since the last word_table_flush */
    int64_t max_words;   /* stop after the sentence that brings more; 0: never */
    int replace;         /* replace invalid UTF-8 instead of stopping at it */
    int join_lines;      /* a newline is a space, */
    int join_rows;       /* or is one in rows */
    int joins;           /* it is one in this chunk */
    int64_t step;        /* bytes read at a time */

    char *buffer;        /* bytes [0, have) are here, [have, room) is free, TEXT_PAD behind */
    int64_t room, have;
    int64_t searched;    /* there is no break before it */
    int64_t origin;      /* position of buffer[0] in its file */
    char *repaired;      /* the text to be cut when it had to be repaired, else NULL */
    int64_t at, end;     /* still to be cut: [at, end) of repaired or buffer ... */
    int64_t done;        /* ... and with them these first bytes of the buffer are used up */
    int in_line;         /* bytes were seen since the last newline */
    int final, eof;      /* the buffer holds the rest of the chunk; with it the file ends */

    int32_t *ids;
    int64_t room_ids, n_ids;
    int64_t tokens, lines; /* words and sentences read */

    int fd;                /* the file of which a range is read */
    int64_t next;          /* where to read on */
    int64_t stop, size;    /* where the range ends, and the file */
    int begun;             /* the range's first word is found */
    int error;             /* errno, with TEXT_UNREADABLE */

    text_rows rows;        /* the table being read */
} text_reader;

static inline void text_free(text_reader *t) {
    word_table_free(&t->words);
    free(t->buffer);
    free(t->repaired);
    free(t->ids);
    memset(t, 0, sizeof *t);
}

/* Reads `step` bytes at a time.  0, or -1 when out of memory. */
static inline int text_init(text_reader *t, int64_t step) {
    memset(t, 0, sizeof *t);
    t->step = step;
    t->room = 2 * step;
    t->buffer = malloc((size_t)t->room + TEXT_PAD);
    t->room_ids = step;
    t->ids = malloc((size_t)t->room_ids * sizeof *t->ids);
    if (word_table_init(&t->words) < 0 || !t->buffer || !t->ids) {
        text_free(t);
        return -1;
    }
    return 0;
}


/* --- the buffer */

/* Room for so many more bytes. */
static inline int text_reserve_bytes(text_reader *t, int64_t more) {
    if (t->have + more <= t->room) return 0;
    char *buffer = array_grow(t->buffer, &t->room, t->have + more, 1, TEXT_PAD);
    if (!buffer) return -1;
    t->buffer = buffer;
    return 0;
}

/* Drop the first n bytes. */
static inline void text_drop(text_reader *t, int64_t n) {
    t->have -= n;
    t->origin += n;
    memmove(t->buffer, t->buffer + n, (size_t)t->have);
}

/* Append a copy of n bytes.  0, or -1 when out of memory. */
static inline int text_append(text_reader *t, const char *bytes, int64_t n) {
    if (text_reserve_bytes(t, n) < 0) return -1;
    memcpy(t->buffer + t->have, bytes, (size_t)n);
    t->have += n;
    return 0;
}

static inline int is_break(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/* Behind the last break of the buffer, or 0. */
static inline int64_t text_last_break(text_reader *t) {
    int64_t i = t->have;
    while (i > t->searched && !is_break(t->buffer[i - 1])) i--;
    if (i == t->searched) {
        t->searched = t->have;
        return 0;
    }
    return i;
}

#endif
