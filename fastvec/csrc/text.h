/* text.h - cuts UTF-8 text into words and turns them into ids; knows intern.h, utf8.h, control.h.
 *
 * A word is what stands between spaces, tabs and newlines; carriage returns are dropped, wherever
 * they stand; every other byte is kept.  A newline ends a sentence.  (So do word2vec.c and GloVe;
 * but no word and no line is too long here.)
 *
 * Bytes are put into a buffer (by text_read or text_put), and text_take takes from it all words
 * that are complete: it looks for invalid UTF-8, drops carriage returns, finds the breaks 64 bytes
 * at a time, and interns.  What comes out is a list of ids, 0 for the end of a sentence and 1 + i
 * for word i, since the last text_clear.
 */
#ifndef FASTVEC_TEXT_H
#define FASTVEC_TEXT_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "intern.h"
#include "utf8.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    TEXT_STEP = 1 << 18,  /* bytes read at a time: they and their ids stay in the cache */
    TEXT_PAD = 64 + 16,   /* readable bytes behind the text */
    TEXT_TAIL = 1 << 12,  /* ... and behind the end of a part */
    TEXT_BATCH = 64,      /* words between finding a slot's address and looking into it */
};

enum { TEXT_OK = 0, TEXT_FULL, TEXT_INVALID, TEXT_NO_MEMORY, TEXT_UNREADABLE };

/* Rows of a table.  Row r is the words starts[r] .. starts[r + 1], where word w is
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
    interner words;
    int64_t since_flush; /* words counted since the last intern_flush */
    int64_t max_words;   /* stop after the sentence that brings more; 0: never */
    int replace;         /* replace invalid UTF-8 instead of stopping at it */
    int join_lines;      /* a newline is a space */
    int64_t step;        /* bytes read at a time */

    char *buffer;        /* bytes [0, have) are here, [have, room) is free, TEXT_PAD behind */
    int64_t room, have;
    int64_t searched;    /* no break stands before it */
    int64_t origin;      /* position of buffer[0] in its file */
    char *repaired;      /* the text to be cut when it had to be repaired, else NULL */
    int64_t at, end;     /* still to be cut: [at, end) of repaired or buffer ... */
    int64_t done;        /* ... and with them these first bytes of the buffer are used up */
    int in_line;         /* bytes were seen since the last newline */
    int final, eof;      /* the buffer holds the rest of the piece; with it the file ends */

    int32_t *ids;
    int64_t room_ids, n_ids;
    int64_t tokens, lines; /* words and sentences read */

    int fd;                /* the file of which a part is read */
    int64_t next;          /* where to read on */
    int64_t stop, size;    /* where the part ends, and the file */
    int begun;             /* the part's first word is found */
    int error;             /* errno, with TEXT_UNREADABLE */

    text_rows rows;        /* the table being read */
} text;

static inline void text_free(text *t) {
    intern_free(&t->words);
    free(t->buffer);
    free(t->repaired);
    free(t->ids);
    memset(t, 0, sizeof *t);
}

/* Reads `step` bytes at a time.  0, or -1 when out of memory. */
static inline int text_init(text *t, int64_t step) {
    memset(t, 0, sizeof *t);
    t->step = step;
    t->room = 2 * step;
    t->buffer = malloc((size_t)t->room + TEXT_PAD);
    t->room_ids = step;
    t->ids = malloc((size_t)t->room_ids * sizeof *t->ids);
    if (intern_init(&t->words) < 0 || !t->buffer || !t->ids) {
        text_free(t);
        return -1;
    }
    return 0;
}

/* --- the buffer */

static inline int text_reserve(text *t, int64_t more) {
    if (t->have + more <= t->room) return 0;
    int64_t room = 2 * t->room > t->have + more ? 2 * t->room : t->have + more;
    char *buffer = realloc(t->buffer, (size_t)room + TEXT_PAD);
    if (!buffer) return -1;
    t->buffer = buffer;
    t->room = room;
    return 0;
}

/* Forget the first n bytes. */
static inline void text_drop(text *t, int64_t n) {
    t->have -= n;
    t->origin += n;
    memmove(t->buffer, t->buffer + n, (size_t)t->have);
}

/* Append a copy of n bytes.  0, or -1 when out of memory. */
static inline int text_put(text *t, const char *bytes, int64_t n) {
    if (text_reserve(t, n) < 0) return -1;
    memcpy(t->buffer + t->have, bytes, (size_t)n);
    t->have += n;
    return 0;
}

static inline int text_is_break(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/* Behind the last break of the buffer, or 0. */
static inline int64_t text_last_break(text *t) {
    int64_t i = t->have;
    while (i > t->searched && !text_is_break(t->buffer[i - 1])) i--;
    if (i == t->searched) {
        t->searched = t->have;
        return 0;
    }
    return i;
}

/* --- from bytes to ids */

/* Bit i of breaks, lines: byte i of 64 is a break, a newline. */
static inline void text_masks(const char *p, uint64_t *breaks, uint64_t *lines) {
    *breaks = *lines = 0;
#if defined(__SSE2__)
    const __m128i space = _mm_set1_epi8(' '), tab = _mm_set1_epi8('\t'), line = _mm_set1_epi8('\n');
    for (int i = 0; i < 64; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(p + i));
        __m128i n = _mm_cmpeq_epi8(x, line);
        __m128i b = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, space), _mm_cmpeq_epi8(x, tab)), n);
        *lines |= (uint64_t)(uint32_t)_mm_movemask_epi8(n) << i;
        *breaks |= (uint64_t)(uint32_t)_mm_movemask_epi8(b) << i;
    }
#else
    /* Eight bytes in a register (little-endian): 0x80 where a byte of x is 0, exactly. */
    const uint64_t ones = 0x0101010101010101u, low = 0x7f7f7f7f7f7f7f7fu;
#define TEXT_ZEROS(x) (~((((x) & low) + low) | (x) | low))
    for (int i = 0; i < 64; i += 8) {
        uint64_t x = intern_load(p + i);
        uint64_t n = TEXT_ZEROS(x ^ ones * '\n');
        uint64_t b = TEXT_ZEROS(x ^ ones * ' ') | TEXT_ZEROS(x ^ ones * '\t') | n;
        *lines |= ((n >> 7) * 0x0102040810204080u >> 56) << i;
        *breaks |= ((b >> 7) * 0x0102040810204080u >> 56) << i;
    }
#undef TEXT_ZEROS
#endif
}

/* Drop carriage returns from n bytes; how many bytes are left. */
static inline int64_t text_drop_returns(char *p, int64_t n) {
    char *end = p + n, *from = memchr(p, '\r', (size_t)n), *to = from;
    if (!from) return n;
    while (from < end) {
        from++;
        char *next = memchr(from, '\r', (size_t)(end - from));
        if (!next) next = end;
        memmove(to, from, (size_t)(next - from));
        to += next - from;
        from = next;
    }
    return to - p;
}

static inline int text_room_for_ids(text *t, int64_t more) {
    if (t->n_ids + more <= t->room_ids) return 0;
    int64_t room = 2 * t->room_ids > t->n_ids + more ? 2 * t->room_ids : t->n_ids + more;
    int32_t *ids = realloc(t->ids, (size_t)room * sizeof *ids);
    if (!ids) return -1;
    t->ids = ids;
    t->room_ids = room;
    return 0;
}

static inline void text_end_sentence(text *t) {
    t->ids[t->n_ids++] = 0;
    t->lines++;
}

/* Turn a batch into ids.  A word without length is the end of a sentence; if then more than
 * max_words are known, stop.  *done: how many of the batch are done. */
static inline int text_intern(text *t, const intern_word *batch, int n, int *done) {
    for (*done = 0; *done < n;) {
        const intern_word *word = &batch[(*done)++];
        if (__builtin_expect(word->length == 0, 0)) {
            text_end_sentence(t);
            if (t->max_words && t->words.n > t->max_words) return TEXT_FULL;
            continue;
        }
        intern_slot *slot = intern_slot_of(&t->words, word);
        if (__builtin_expect(!slot, 0)) return TEXT_NO_MEMORY;
        slot->count++;
        t->ids[t->n_ids++] = 1 + intern_id(slot);
        t->tokens++;
    }
    return TEXT_OK;
}

/* Before at most n more words are counted: 32 bits must hold them. */
static inline void text_expect(text *t, int64_t n) {
    if (t->since_flush + n > UINT32_MAX) {
        intern_flush(&t->words);
        t->since_flush = 0;
    }
    t->since_flush += n;
}

/* Cut p[at, end), which ends behind a break or, at the end of a file, behind its last word. */
static int text_cut(text *t, char *p) {
    intern_word batch[TEXT_BATCH + 66];
    int n = 0;
    if (text_room_for_ids(t, t->end - t->at + 1) < 0) return TEXT_NO_MEMORY;
    text_expect(t, t->end - t->at);
    int64_t start = t->at, end = t->end;
    if (end > start && !text_is_break(p[end - 1])) p[end++] = ' '; /* nothing but padding there */
    for (int64_t block = start; block < end; block += 64) {
        uint64_t breaks, lines;
        text_masks(p + block, &breaks, &lines);
        if (end - block < 64) breaks &= ((uint64_t)1 << (end - block)) - 1;
        if (t->join_lines) lines = 0;
        while (breaks) {
            int i = __builtin_ctzll(breaks);
            breaks &= breaks - 1;
            int64_t length = block + i - start;
            if (length > 0) {
                batch[n] = intern_look(p + start, length);
                __builtin_prefetch(&t->words.slots[batch[n++].hash & t->words.mask]);
            }
            start = block + i + 1;
            if (lines >> i & 1) batch[n++] = (intern_word){.start = p + start};
        }
        if (n >= TEXT_BATCH || block + 64 >= end) {
            int done, status = text_intern(t, batch, n, &done);
            if (status == TEXT_FULL) t->at = batch[done - 1].start - p;
            if (status != TEXT_OK) return status;
            n = 0;
        }
    }
    t->at = t->end;
    return TEXT_OK;
}

/* Make the first `cut` bytes of the buffer ready to be cut into words. */
static int text_prepare(text *t, int64_t cut) {
    int64_t bom = t->origin == 0 && cut >= 3 && memcmp(t->buffer, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    int64_t invalid = utf8_invalid(t->buffer, cut);
    char *p = t->buffer;
    t->in_line = t->join_lines || t->buffer[cut - 1] != '\n';
    t->at = bom;
    t->end = t->done = cut;
    if (invalid >= 0) {
        if (!t->replace) {
            t->at = t->end = t->done = 0;
            t->origin += invalid;
            return TEXT_INVALID;
        }
        p = t->repaired = malloc(3 * (size_t)cut + TEXT_PAD);
        if (!p) return TEXT_NO_MEMORY;
        t->end = utf8_repair(t->buffer, cut, p);
    }
    t->end = t->at + text_drop_returns(p + t->at, t->end - t->at);
    return TEXT_OK;
}

/* Take all complete words from the buffer; when it holds the rest of a piece (final), all of it;
 * and at the end of a file (eof) the last line ends.
 * TEXT_FULL: more than max_words are known; drop some and call again. */
static int text_take(text *t) {
    if (t->done == 0) {
        int64_t cut = t->final ? t->have : text_last_break(t);
        int status = cut > 0 ? text_prepare(t, cut) : TEXT_OK;
        if (status != TEXT_OK) return status;
    }
    int status = text_cut(t, t->repaired ? t->repaired : t->buffer);
    if (status != TEXT_OK) return status;
    free(t->repaired);
    t->repaired = NULL;
    text_drop(t, t->done);
    t->searched = t->have;
    t->at = t->end = t->done = 0;
    if (t->final && t->eof && t->in_line) {
        t->in_line = 0;
        if (text_room_for_ids(t, 1) < 0) return TEXT_NO_MEMORY;
        text_end_sentence(t);
        if (t->max_words && t->words.n > t->max_words) return TEXT_FULL;
    }
    return TEXT_OK;
}

/* --- pieces: bytes from somewhere, or a part of a file */

/* A piece begins whose first byte stands at `origin` in its file. */
static inline void text_begin(text *t, int64_t origin) {
    free(t->repaired);
    t->repaired = NULL;
    t->origin = origin;
    t->have = t->searched = t->at = t->end = t->done = 0;
    t->in_line = t->final = t->eof = 0;
    t->rows.n = t->rows.next = 0;
}

/* The piece is some rows; their arrays stay where they are. */
static inline void text_begin_rows(text *t, text_rows rows) {
    text_begin(t, 0);
    t->final = 1;
    t->rows = rows;
}

/* The piece is those words of a file of `size` bytes that start in [start, stop). */
static inline void text_begin_part(text *t, int fd, int64_t start, int64_t stop, int64_t size) {
    t->begun = start == 0;
    text_begin(t, start - !t->begun);
    t->fd = fd;
    t->next = t->origin;
    t->stop = stop;
    t->size = size;
}

/* Read up to n bytes more.  How many, 0 at the end of the file; negative: a status. */
static int64_t text_fill(text *t, int64_t n) {
    if (text_reserve(t, n) < 0) return -TEXT_NO_MEMORY;
    ssize_t got;
    do got = pread(t->fd, t->buffer + t->have, (size_t)n, (off_t)t->next);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        t->error = errno;
        return -TEXT_UNREADABLE;
    }
    t->have += got;
    t->next += got;
    return got;
}

/* Behind the first break in buffer[from, have), or 0. */
static inline int64_t text_first_break(const text *t, int64_t from) {
    for (int64_t i = from; i < t->have; i++)
        if (text_is_break(t->buffer[i])) return i + 1;
    return 0;
}

/* Read a step of the part.  The first time, look behind which break it begins: one at
 * start - 1 .. stop - 2; when there is none, a longer word covers the whole part. */
static int text_read_part(text *t) {
    int64_t stop = t->stop - !t->begun, n = stop - t->next;
    int64_t got = text_fill(t, n < t->step ? n : t->step);
    if (got < 0) return (int)-got;
    if (!t->begun) {
        int64_t first = text_first_break(t, 0);
        t->begun = first > 0;
        text_drop(t, first ? first : t->have);
        if (!first && t->next >= stop) t->final = 1;
    }
    if (got == 0) t->final = t->eof = 1;
    return TEXT_OK;
}

/* Behind the part's end: read on up to the break that ends its last word. */
static int text_read_tail(text *t) {
    int64_t before = t->have, got = 0;
    if (before) got = text_fill(t, t->step < TEXT_TAIL ? t->step : TEXT_TAIL);
    if (got < 0) return (int)-got;
    int64_t end = text_first_break(t, before);
    if (end) t->have = end;
    t->final = end || got == 0;
    t->eof = t->origin + t->have >= t->size;
    return TEXT_OK;
}

/* --- rows */

/* One more word of a sentence; it may hold any bytes.  It goes through the buffer because of the
 * padding there, and is gone from it at once. */
static int text_word(text *t, const char *bytes, int64_t length) {
    if (text_put(t, bytes, length) < 0 || text_room_for_ids(t, 1) < 0) return TEXT_NO_MEMORY;
    t->have -= length;
    text_expect(t, 1);
    intern_word word = intern_look_any(t->buffer + t->have, length);
    intern_slot *slot = intern_slot_of(&t->words, &word);
    if (!slot) return TEXT_NO_MEMORY;
    slot->count++;
    t->ids[t->n_ids++] = 1 + intern_id(slot);
    t->tokens++;
    return TEXT_OK;
}

/* The same for a number. */
static int text_number(text *t, int64_t number) {
    char digits[20], *first = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do *--first = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0) *--first = '-';
    return text_word(t, first, digits + sizeof digits - first);
}

/* The sentence of the words so far ends. */
static int text_end_list(text *t) {
    if (text_room_for_ids(t, 1) < 0) return TEXT_NO_MEMORY;
    text_end_sentence(t);
    return t->max_words && t->words.n > t->max_words ? TEXT_FULL : TEXT_OK;
}

/* A row that is cut into words already. */
static int text_row_of_words(text *t) {
    const text_rows *r = &t->rows;
    int64_t start = r->starts[r->next], stop = r->starts[r->next + 1];
    t->rows.next++;
    for (int64_t w = start; w < stop; w++) {
        int status = r->numbers ? text_number(t, r->numbers[w])
                                : text_word(t, r->bytes + r->ends[w], r->ends[w + 1] - r->ends[w]);
        if (status != TEXT_OK) return status;
    }
    return text_end_list(t);
}

/* Put a row of text into the buffer, as if it were a file. */
static int text_row_of_text(text *t) {
    const text_rows *r = &t->rows;
    int64_t start = r->ends[r->next], stop = r->ends[r->next + 1];
    t->rows.next++;
    t->origin = 0;
    t->have = t->searched = 0;
    t->final = t->eof = 1;
    return text_put(t, r->bytes + start, stop - start) < 0 ? TEXT_NO_MEMORY : TEXT_OK;
}

/* --- any piece */

/* Read the piece that has begun, unless somebody stops it.  TEXT_FULL: drop words and call again.
 * *bytes: grows by the bytes of text that are done, for whoever watches. */
static int text_read(text *t, const control *c, int64_t *bytes) {
    for (;;) {
        int64_t origin = t->origin;
        int status = text_take(t);
        *bytes += t->origin - origin;
        if (status != TEXT_OK || control_stopped(c)) return status;
        if (!t->final) status = t->next < t->stop - !t->begun ? text_read_part(t) : text_read_tail(t);
        else if (t->rows.next == t->rows.n) return TEXT_OK;
        else status = t->rows.starts ? text_row_of_words(t) : text_row_of_text(t);
        if (status != TEXT_OK) return status;
    }
}

#endif
