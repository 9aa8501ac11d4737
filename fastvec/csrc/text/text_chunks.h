/* text_chunks.h - reads chunks of text: a range of a file, bytes, or rows of a table column. */
#ifndef FASTVEC_TEXT_CHUNKS_H
#define FASTVEC_TEXT_CHUNKS_H

#include <errno.h>

#include "base/control.h"
#include "base/system.h"
#include "text/text_cut.h"

/* A chunk begins whose first byte is at `origin` in its file. */
static inline void text_begin(text_reader *t, int64_t origin) {
    free(t->repaired);
    t->repaired = NULL;
    t->origin = origin;
    t->have = t->searched = t->at = t->end = t->done = 0;
    t->in_line = t->final = t->eof = 0;
    t->joins = t->join_lines;
    t->rows.n = t->rows.next = 0;
}

/* The chunk is rows of a table column; their arrays are not copied. */
static inline void text_begin_rows(text_reader *t, text_rows rows) {
    text_begin(t, 0);
    t->final = 1;
    t->joins = t->join_lines || t->join_rows;
    t->rows = rows;
}

/* The chunk is the words of a file of `size` bytes that start in [start, stop). */
static inline void text_begin_range(text_reader *t, int fd, int64_t start, int64_t stop, int64_t size) {
    t->begun = start == 0;
    text_begin(t, start - !t->begun);
    t->fd = fd;
    t->next = t->origin;
    t->stop = stop;
    t->size = size;
}

/* Read up to n bytes more.  How many, 0 at the end of the file; negative: a status. */
static int64_t text_fill(text_reader *t, int64_t n) {
    if (text_reserve_bytes(t, n) < 0) return -TEXT_NO_MEMORY;
    const int64_t got = read_at(t->fd, t->buffer + t->have, (size_t)n, t->next);
    if (got < 0) {
        t->error = errno;
        return -TEXT_UNREADABLE;
    }
    t->have += got;
    t->next += got;
    return got;
}

/* Behind the first break in buffer[from, have), or 0. */
static inline int64_t text_first_break(const text_reader *t, int64_t from) {
    for (int64_t i = from; i < t->have; i++)
        if (is_break(t->buffer[i])) return i + 1;
    return 0;
}

/* Read a step of the range.  The first time, find the break behind which it begins: one at
 * start - 1 .. stop - 2; when there is none, one long word covers the whole range. */
static int text_read_range(text_reader *t) {
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

/* Behind the range's end: read on up to the break that ends its last word. */
static int text_read_tail(text_reader *t) {
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

/* One more word of a sentence; it may hold any bytes.  It is copied to the buffer for a moment, because
 * of the padding there. */
static int text_word(text_reader *t, const char *bytes, int64_t length) {
    if (text_append(t, bytes, length) < 0 || text_reserve_ids(t, 1) < 0) return TEXT_NO_MEMORY;
    t->have -= length;
    text_expect_words(t, 1);
    word_key word = word_key_of_any(t->buffer + t->have, length);
    word_slot *slot = word_table_add(&t->words, &word);
    if (!slot) return TEXT_NO_MEMORY;
    slot->count++;
    t->ids[t->n_ids++] = 1 + word_slot_id(slot);
    t->tokens++;
    return TEXT_OK;
}

/* The same for a number. */
static int text_number(text_reader *t, int64_t number) {
    char digits[20], *first = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do *--first = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0) *--first = '-';
    return text_word(t, first, digits + sizeof digits - first);
}

/* The sentence of the words so far ends. */
static int text_end_list(text_reader *t) {
    if (text_reserve_ids(t, 1) < 0) return TEXT_NO_MEMORY;
    text_end_sentence(t);
    return t->max_words && t->words.n > t->max_words ? TEXT_FULL : TEXT_OK;
}

/* Read a row that is a list of words. */
static int text_row_of_words(text_reader *t) {
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
static int text_row_of_text(text_reader *t) {
    const text_rows *r = &t->rows;
    int64_t start = r->ends[r->next], stop = r->ends[r->next + 1];
    t->rows.next++;
    t->origin = 0;
    t->have = t->searched = 0;
    t->final = t->eof = 1;
    t->in_line = t->joins; /* a row is one sentence, even if it is empty */
    return text_append(t, r->bytes + start, stop - start) < 0 ? TEXT_NO_MEMORY : TEXT_OK;
}

/* --- any chunk */

/* Read the chunk that has begun, until it ends or the control stops it.  TEXT_FULL: drop words and call
 * again.  *bytes grows by the bytes of text that are done, to show progress. */
static int text_read(text_reader *t, const control *c, int64_t *bytes) {
    for (;;) {
        int64_t origin = t->origin;
        int status = text_cut_buffer(t);
        *bytes += t->origin - origin;
        if (status != TEXT_OK || control_stopped(c)) return status;
        if (!t->final) status = t->next < t->stop - !t->begun ? text_read_range(t) : text_read_tail(t);
        else if (t->rows.next == t->rows.n) return TEXT_OK;
        else status = t->rows.starts ? text_row_of_words(t) : text_row_of_text(t);
        if (status != TEXT_OK) return status;
    }
}

#endif
