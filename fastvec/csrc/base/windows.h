/* windows.h - the windows of a corpus: the ids around each of its tokens, within its sentence. */
#ifndef FASTVEC_WINDOWS_H
#define FASTVEC_WINDOWS_H

#include <stdint.h>

#include "base/sentences.h"

typedef struct {
    const int32_t *tokens;
    const int64_t *offsets; /* (n_sentences + 1,): sentence s is tokens[offsets[s] .. offsets[s + 1]) */
    int64_t n_tokens, n_sentences;
    const uint8_t *held; /* (n_sentences,): only those whose number is `part` have windows; or NULL */
    int part;
    int before, after; /* how many ids on either side of a token its window has */
    int32_t n_words;   /* ids from this on are listed as `rare`, and places beyond the sentence as `pad` */
    int32_t rare, pad;
} windows;

static inline int window_size(const windows *w) { return w->before + 1 + w->after; }

/* The ids were checked before, but the array is the caller's, who may have changed it since. */
static inline int32_t window_id(const windows *w, int64_t at) {
    const int32_t id = __atomic_load_n(&w->tokens[at], __ATOMIC_RELAXED);
    return (uint32_t)id < (uint32_t)w->n_words ? id : w->rare;
}

/* List the windows of at most `room` tokens from *at on and before `last`, into ids (room, window_size);
 * returns how many.  *at becomes the first token that was not looked at. */
static inline int list_windows(const windows *w, int64_t *at, int64_t last, int room, int32_t *ids) {
    int64_t s = sentence_at(w->offsets, w->n_sentences, *at);
    int n = 0;
    for (; n < room && *at < last; ++*at) {
        while (s + 1 < w->n_sentences && w->offsets[s + 1] <= *at) s++;
        if (w->held && w->held[s] != w->part) continue;
        const int64_t start = w->offsets[s] > 0 ? w->offsets[s] : 0;
        const int64_t end = w->offsets[s + 1] < w->n_tokens ? w->offsets[s + 1] : w->n_tokens;
        for (int64_t i = *at - w->before; i <= *at + w->after; i++)
            *ids++ = i >= start && i < end ? window_id(w, i) : w->pad;
        n++;
    }
    return n;
}

#endif
