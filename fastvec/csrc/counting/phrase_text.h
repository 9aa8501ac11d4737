/* phrase_text.h - the text that phrases are counted or joined in. */
#ifndef FASTVEC_PHRASE_TEXT_H
#define FASTVEC_PHRASE_TEXT_H

#include <stdint.h>

enum {
    PHRASE_CONNECTOR = 1, /* kinds of words: may be inside a phrase only */
    PHRASE_OPENS = 2,     /* some phrase begins with it */
};

typedef struct {
    const int32_t *tokens;    /* ids below n_words */
    const int64_t *sentences; /* (n_sentences + 1) rising offsets into tokens */
    int64_t n_sentences;
    const uint8_t *kinds; /* (n_words) */
    int32_t n_words;
} phrase_text;

#endif
