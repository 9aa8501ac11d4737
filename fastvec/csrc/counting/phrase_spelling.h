/* phrase_spelling.h - writes pairs of words as phrases. */
#ifndef FASTVEC_PHRASE_SPELLING_H
#define FASTVEC_PHRASE_SPELLING_H

#include <stdint.h>
#include <string.h>

#include "counting/phrase_table.h"

/* What pairs are written as: first word, connectors and last word, with a delimiter between. */
typedef struct {
    const char *bytes; /* word i is bytes[offsets[i] .. offsets[i + 1]) */
    const int64_t *offsets;
    const char *delimiter;
    int64_t delimiter_length;
    const uint32_t *parents, *connectors; /* of each node; a parent comes before its node */
} phrase_spelling;

static inline int64_t phrase_length(const phrase_spelling *s, const phrase_slot *pair) {
    int64_t length = s->delimiter_length;
    length += s->offsets[pair->first + 1] - s->offsets[pair->first];
    length += s->offsets[pair->last + 1] - s->offsets[pair->last];
    for (uint32_t node = pair->between; node; node = s->parents[node]) {
        uint32_t word = s->connectors[node];
        length += s->offsets[word + 1] - s->offsets[word] + s->delimiter_length;
    }
    return length;
}

/* Write a word so that it ends at `end`; returns where it begins. */
static inline char *phrase_write(const phrase_spelling *s, uint32_t word, char *end) {
    int64_t length = s->offsets[word + 1] - s->offsets[word];
    return memcpy(end - length, s->bytes + s->offsets[word], (size_t)length);
}

/* Write a pair so that it ends at `end`: from its last word, since a node has its parent only. */
static inline void phrase_spell(const phrase_spelling *s, const phrase_slot *pair, char *end) {
    size_t gap = (size_t)s->delimiter_length;
    end = phrase_write(s, pair->last, end);
    for (uint32_t node = pair->between; node; node = s->parents[node]) {
        end = memcpy(end - gap, s->delimiter, gap);
        end = phrase_write(s, s->connectors[node], end);
    }
    end = memcpy(end - gap, s->delimiter, gap);
    phrase_write(s, pair->first, end);
}

#endif
