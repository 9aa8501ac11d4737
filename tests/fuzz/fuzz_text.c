/* fuzz_text.c - hostile bytes for csrc/text, checked against the plainest way to cut text.
 *
 * The entry point is libFuzzer's.  fuzz_text.sh compiles it with clang's -fsanitize=fuzzer, or with the
 * main function of fuzz_main.c where there is only gcc.
 *
 * The first bytes of an input choose how it is read (how much at a time, in which ranges, as a file
 * or as rows, what becomes of invalid UTF-8, when words are dropped), the rest is the text.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/checksum.h"
#include "text/renumber.h"
#include "text/text_chunks.h"

enum { MAX_TEXT = 1 << 16, CHOICES = 5 };

static void expect(int true_, const char *what) {
    if (true_) return;
    fprintf(stderr, "fuzz_text: %s\n", what);
    abort();
}

/* All words of the text one after the other, each behind a 'w', and an 'e' where a line ends. */
static int64_t plain(const char *p, int64_t n, int join_lines, char *out) {
    char *to = out;
    int in_word = 0;
    for (int64_t i = 0; i < n; i++) {
        if (p[i] == '\r' && i + 1 < n && p[i + 1] == '\n') continue;
        int is_end = p[i] == '\n' || p[i] == '\r', is_break = p[i] == ' ' || p[i] == '\t' || is_end;
        if (!is_break && !in_word) *to++ = 'w';
        if (!is_break) *to++ = p[i];
        in_word = !is_break;
        if (is_end && !join_lines) *to++ = 'e';
    }
    if (n && (join_lines || (p[n - 1] != '\n' && p[n - 1] != '\r'))) *to++ = 'e';
    return to - out;
}

/* The same from what the reader has found. */
static int64_t found(const text_reader *t, char *out) {
    char *to = out;
    for (int64_t i = 0; i < t->n_ids; i++) {
        if (t->ids[i] == 0) {
            *to++ = 'e';
            continue;
        }
        int64_t start = t->words.offsets[t->ids[i] - 1], end = t->words.offsets[t->ids[i]];
        *to++ = 'w';
        memcpy(to, t->words.bytes + start, (size_t)(end - start));
        to += end - start;
    }
    return to - out;
}

/* Drop every second word; the ids so far are gone. */
static void drop_words(text_reader *t) {
    uint8_t *keep = malloc((size_t)t->words.n + 1);
    int32_t *ids = malloc(((size_t)t->words.n + 1) * sizeof *ids);
    for (int32_t i = 0; i < t->words.n; i++) keep[i] = i % 2 == 0;
    word_table_flush(&t->words);
    expect(word_table_retain(&t->words, keep, ids) == 0, "no memory to drop words");
    t->n_ids = 0;
    free(keep);
    free(ids);
}

static int read_on(text_reader *t) {
    control c = {0};
    int64_t bytes = 0;
    int status;
    while ((status = text_read(t, &c, &bytes)) == TEXT_FULL) drop_words(t);
    return status;
}

static int read_ranges(text_reader *t, const char *p, int64_t n, int64_t length) {
    static FILE *file;
    if (!file) file = tmpfile();
    expect(file && fseek(file, 0, SEEK_SET) == 0, "no file to read from");
    const int written = fwrite(p, 1, (size_t)n, file) == (size_t)n && fflush(file) == 0;
    expect(written && ftruncate(fileno(file), n) == 0, "the file cannot be written");
    int status = TEXT_OK;
    for (int64_t start = 0; start < n && status == TEXT_OK; start += length) {
        text_begin_range(t, fileno(file), start, start + length < n ? start + length : n, n);
        status = read_on(t);
    }
    return status;
}

/* Pieces of the text as the words of rows, which are not cut again. */
static void read_rows(text_reader *t, const char *p, int64_t n, int64_t length) {
    /* No more room than needed, so that reading too far is noticed. */
    size_t room = ((size_t)n / (size_t)length + 2) * sizeof(int64_t);
    int64_t *ends = malloc(room), *starts = malloc(room), *numbers = malloc(room);
    int64_t words = 0, rows = 0;
    starts[0] = ends[0] = 0;
    for (int64_t i = 0; i < n; i += length, words++) {
        ends[words + 1] = i + length < n ? i + length : n;
        numbers[words] = 0;
        memcpy(&numbers[words], p + i, (size_t)(n - i < 8 ? n - i : 8));
        if (p[i] == '\n' || words % 3 == 0) starts[++rows] = words + 1;
    }
    text_begin_rows(t, (text_rows){.bytes = p, .ends = ends, .starts = starts, .n = rows});
    expect(read_on(t) == TEXT_OK, "rows of words are refused");
    text_begin_rows(t, (text_rows){.numbers = numbers, .starts = starts, .n = rows});
    expect(read_on(t) == TEXT_OK, "rows of numbers are refused");
    text_begin_rows(t, (text_rows){.bytes = p, .ends = ends, .n = words});
    int status = read_on(t);
    expect(status == TEXT_OK || status == TEXT_INVALID, "rows of text are refused");
    free(ends);
    free(starts);
    free(numbers);
}

/* Renumber with a map that drops words and makes several of one. */
static void renumber(const text_reader *t) {
    int64_t known = t->words.n + 1, starts[] = {0, 0, 2, 5};
    int32_t several[] = {1, 2, 3, 4, 5}, *map = malloc((size_t)known * sizeof *map);
    for (int64_t i = 0; i < known; i++) map[i] = (int32_t)(i * 7919 % 9) - 4;
    renumbering m = {map, known, starts, several, 0};
    renumbered r;
    expect(renumber_count(&m, t->ids, t->n_ids, &r) == 0, "an id is unknown");
    for (int less = 0; less <= 2; less++) { /* enough room; one token, one end too little of it */
        int64_t n_tokens = r.tokens - (less == 1), n_ends = r.sentences - (less == 2);
        if (n_tokens < 0 || n_ends < 0) continue;
        int32_t *tokens = malloc((size_t)n_tokens * sizeof *tokens);
        int64_t *ends = malloc((size_t)n_ends * sizeof *ends);
        int failed = renumber_write(&m, t->ids, t->n_ids, tokens, n_tokens, ends, n_ends, 0, 0);
        expect(less ? failed : !failed, "the second pass writes other than the first has counted");
        free(tokens);
        free(ends);
    }
    free(map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < CHOICES || size > MAX_TEXT) return 0;
    const char *p = (const char *)data + CHOICES;
    int64_t n = (int64_t)size - CHOICES, length = 1 + data[1] % 97 * (data[2] & 8 ? 97 : 1);
    text_reader t;
    expect(text_init(&t, 1 + data[0] * (data[2] & 16 ? 97 : 1)) == 0, "no memory");
    t.replace = data[2] & 1;
    t.join_lines = data[2] >> 1 & 1;
    t.max_words = data[3] % 4 == 0 ? 1 + data[4] : 0;
    if (data[2] & 4) {
        read_rows(&t, p, n, length);
    } else {
        int status = read_ranges(&t, p, n, length);
        int valid = utf8_invalid(p, n) < 0;
        expect(status == (valid || t.replace ? TEXT_OK : TEXT_INVALID), "a wrong outcome");
        if (status == TEXT_OK && !t.max_words) {
            static char fixed[3 * MAX_TEXT], want[8 * MAX_TEXT], have[8 * MAX_TEXT];
            int64_t bom = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
            int64_t repaired = utf8_repair(p + bom, n - bom, fixed);
            int64_t wanted = plain(fixed, repaired, t.join_lines, want), got = found(&t, have);
            if (bom && repaired == 0) wanted = got = 0; /* it may be a line or not */
            expect(wanted == got && memcmp(want, have, (size_t)got) == 0, "other words");
        }
    }
    renumber(&t);
    checksum sums = {0};
    checksum_add(&sums, data, (int64_t)size, 0);
    text_free(&t);
    return 0;
}
