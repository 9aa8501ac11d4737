/* text_cut.h - from the bytes in the buffer to ids of words. */
#ifndef FASTVEC_TEXT_CUT_H
#define FASTVEC_TEXT_CUT_H

#include "text/text_reader.h"
#include "text/utf8.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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
        uint64_t x = load_8_bytes(p + i);
        uint64_t n = TEXT_ZEROS(x ^ ones * '\n');
        uint64_t b = TEXT_ZEROS(x ^ ones * ' ') | TEXT_ZEROS(x ^ ones * '\t') | n;
        *lines |= ((n >> 7) * 0x0102040810204080u >> 56) << i;
        *breaks |= ((b >> 7) * 0x0102040810204080u >> 56) << i;
    }
#undef TEXT_ZEROS
#endif
}

/* Make a newline of each line end with a carriage return: "\r\n", or "\r" alone.  How many of the n bytes
 * are left. */
static inline int64_t text_plain_line_ends(char *p, int64_t n) {
    char *end = p + n, *from = memchr(p, '\r', (size_t)n), *to = from;
    if (!from) return n;
    while (from < end) {
        from++;
        if (from == end || *from != '\n') *to++ = '\n';
        char *next = memchr(from, '\r', (size_t)(end - from));
        if (!next) next = end;
        memmove(to, from, (size_t)(next - from));
        to += next - from;
        from = next;
    }
    return to - p;
}

/* Room for so many more ids. */
static inline int text_reserve_ids(text_reader *t, int64_t more) {
    if (t->n_ids + more <= t->room_ids) return 0;
    int32_t *ids = array_grow(t->ids, &t->room_ids, t->n_ids + more, sizeof *ids, 0);
    if (!ids) return -1;
    t->ids = ids;
    return 0;
}

static inline void text_end_sentence(text_reader *t) {
    t->ids[t->n_ids++] = 0;
    t->lines++;
}

/* Turn a batch into ids.  A word without length is the end of a sentence; if then more than
 * max_words are known, stop.  *done: how many of the batch are done. */
static inline int text_add_words(text_reader *t, const word_key *batch, int n, int *done) {
    for (*done = 0; *done < n;) {
        const word_key *word = &batch[(*done)++];
        if (__builtin_expect(word->length == 0, 0)) {
            text_end_sentence(t);
            if (t->max_words && t->words.n > t->max_words) return TEXT_FULL;
            continue;
        }
        word_slot *slot = word_table_add(&t->words, word);
        if (__builtin_expect(!slot, 0)) return TEXT_NO_MEMORY;
        slot->count++;
        t->ids[t->n_ids++] = 1 + word_slot_id(slot);
        t->tokens++;
    }
    return TEXT_OK;
}

/* Before at most n more words are counted: 32 bits must hold them. */
static inline void text_expect_words(text_reader *t, int64_t n) {
    if (t->since_flush + n > UINT32_MAX) {
        word_table_flush(&t->words);
        t->since_flush = 0;
    }
    t->since_flush += n;
}

/* Cut p[at, end), which ends behind a break or, at the end of a file, behind its last word. */
static int text_cut(text_reader *t, char *p) {
    word_key batch[TEXT_BATCH + 66];
    int n = 0;
    if (text_reserve_ids(t, t->end - t->at + 1) < 0) return TEXT_NO_MEMORY;
    text_expect_words(t, t->end - t->at);
    int64_t start = t->at, end = t->end;
    if (end > start && !is_break(p[end - 1])) p[end++] = ' '; /* nothing but padding there */
    for (int64_t block = start; block < end; block += 64) {
        uint64_t breaks, lines;
        text_masks(p + block, &breaks, &lines);
        if (end - block < 64) breaks &= ((uint64_t)1 << (end - block)) - 1;
        if (t->joins) lines = 0;
        while (breaks) {
            int i = __builtin_ctzll(breaks);
            breaks &= breaks - 1;
            int64_t length = block + i - start;
            if (length > 0) {
                batch[n] = word_key_of(p + start, length);
                __builtin_prefetch(&t->words.slots[batch[n++].hash & t->words.mask]);
            }
            start = block + i + 1;
            if (lines >> i & 1) batch[n++] = (word_key){.start = p + start};
        }
        if (n >= TEXT_BATCH || block + 64 >= end) {
            int done, status = text_add_words(t, batch, n, &done);
            if (status == TEXT_FULL) t->at = batch[done - 1].start - p;
            if (status != TEXT_OK) return status;
            n = 0;
        }
    }
    t->at = t->end;
    return TEXT_OK;
}

/* Make the first `cut` bytes of the buffer ready to be cut into words. */
static int text_prepare(text_reader *t, int64_t cut) {
    int64_t bom = t->origin == 0 && cut >= 3 && memcmp(t->buffer, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    int64_t invalid = utf8_invalid(t->buffer, cut);
    char *p = t->buffer;
    t->in_line = t->joins || (t->buffer[cut - 1] != '\n' && t->buffer[cut - 1] != '\r');
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
    t->end = t->at + text_plain_line_ends(p + t->at, t->end - t->at);
    return TEXT_OK;
}

/* Cut all complete words from the buffer; when it holds the rest of a chunk (final), all of it;
 * and at the end of a file (eof) the last line ends.
 * TEXT_FULL: more than max_words are known; drop some and call again. */
static int text_cut_buffer(text_reader *t) {
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
        if (text_reserve_ids(t, 1) < 0) return TEXT_NO_MEMORY;
        text_end_sentence(t);
        if (t->max_words && t->words.n > t->max_words) return TEXT_FULL;
    }
    return TEXT_OK;
}

#endif
