/* renumber.h - from the ids of a spool to the ids of the vocabulary, in two passes.
 *
 * A spool is read in segments: ids as text_reader.h makes them, 0 for the end of a sentence.  The map
 * says what becomes of any other id i:
 *     map[i] >= 0       a token of the vocabulary;
 *     map[i] == -1      nothing;
 *     map[i] = -2 - e   several tokens: several[starts[e] .. starts[e + 1]).
 * Sentences of which nothing is left are left out, unless empty ones are kept.  The first pass counts, so that every segment
 * can be written to its own range of tokens and sentences; the second writes.
 */
#ifndef FASTVEC_RENUMBER_H
#define FASTVEC_RENUMBER_H

#include <stdint.h>
#include <string.h>

typedef struct {
    const int32_t *map;
    int64_t known; /* ids in the map */
    const int64_t *starts;
    const int32_t *several;
    int keep_empty;
} renumbering;

typedef struct {
    int64_t tokens;    /* kept */
    int64_t sentences; /* that end here, without the first one's beginning in other segments */
    int ends;          /* some sentence ends here ... */
    int first_empty;   /* ... and nothing of the first is in this segment */
    int open;          /* tokens follow the last end */
} renumbered;

/* 0, or -1 for an id that is not in the map. */
static int renumber_count(const renumbering *m, const int32_t *ids, int64_t n, renumbered *r) {
    int64_t tokens = 0, begin = 0, sentences = 0;
    *r = (renumbered){0};
    for (int64_t i = 0; i < n; i++) {
        uint32_t id = (uint32_t)ids[i];
        if (id >= m->known) return -1;
        int32_t token = m->map[id];
        if (id == 0) {
            if (!r->ends) r->first_empty = tokens == 0 && !m->keep_empty;
            r->ends = 1;
            sentences += m->keep_empty || tokens > begin;
            begin = tokens;
        } else if (token >= -1) {
            tokens += token >= 0;
        } else {
            tokens += m->starts[-1 - token] - m->starts[-2 - token];
        }
    }
    r->tokens = tokens;
    r->sentences = sentences;
    r->open = tokens > begin;
    return 0;
}

/* Write the kept tokens, and behind which of them sentences end: base + position here.  open: the
 * segments before end within a sentence.  0, or -1 when that is not what renumber_count counted. */
static int renumber_write(const renumbering *m, const int32_t *ids, int64_t n, int32_t *tokens,
                          int64_t n_tokens, int64_t *ends, int64_t n_ends, int64_t base,
                          int open) {
    int64_t kept = 0, ended = 0, begin = -open;
    for (int64_t i = 0; i < n; i++) {
        uint32_t id = (uint32_t)ids[i];
        if (id >= m->known) return -1;
        int32_t token = m->map[id];
        if (id == 0) {
            if (m->keep_empty || kept > begin) {
                if (ended == n_ends) return -1;
                ends[ended++] = base + kept;
            }
            begin = kept;
        } else if (token >= 0) {
            if (kept == n_tokens) return -1;
            tokens[kept++] = token;
        } else if (token < -1) {
            int64_t start = m->starts[-2 - token], count = m->starts[-1 - token] - start;
            if (count > n_tokens - kept) return -1;
            memcpy(tokens + kept, m->several + start, (size_t)count * sizeof *tokens);
            kept += count;
        }
    }
    return kept == n_tokens && ended == n_ends ? 0 : -1;
}

#endif
