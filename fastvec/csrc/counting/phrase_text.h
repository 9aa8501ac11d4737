/* phrase_text.h - the text that phrases are counted or joined in. */
#ifndef FASTVEC_PHRASE_TEXT_H
#define FASTVEC_PHRASE_TEXT_H

#include <stdint.h>

enum {
    PHRASE_CONNECTOR = 1, /* kinds of words: may be inside a phrase only */
    PHRASE_OPENS = 2,     /* some phrase begins with it */
};

typedef struct {
    const int32_t *tokens;    /* (n_tokens) ids below n_words */
    const int64_t *sentences; /* (n_sentences + 1) rising offsets into tokens */
    int64_t n_tokens, n_sentences;
    const uint8_t *kinds; /* (n_words) */
    int32_t n_words;
} phrase_text;

/* Where sentence s ends, which begins at `start`; -1 for an end out of `start` to `most`.  The offsets were
 * checked before, but a mapped file may be changed meanwhile. */
static inline int64_t phrase_sentence_end(const phrase_text *t, int64_t s, int64_t start,
                                          int64_t most) {
    const int64_t end = __atomic_load_n(&t->sentences[s + 1], __ATOMIC_RELAXED);
    return start <= end && end <= most ? end : -1;
}

#endif
