/* phrase_joiner.h - joins the pairs of a text that make a phrase. */
#ifndef FASTVEC_PHRASE_JOINER_H
#define FASTVEC_PHRASE_JOINER_H

#include <stdint.h>

#include "counting/phrase_table.h"
#include "counting/phrase_text.h"

/* Join the phrases of the sentences from..to, which are tokens begin..most: `phrases` has ids + 1.
 * Writes the tokens and how many each sentence has, never more than it had.  Greedy, from the left: word2phrase.c's
 * TrainModel, gensim's analyze_sentence.  Returns the number of tokens, or -1 for a bad id. */
static int64_t phrases_join(const phrase_table *phrases, const phrase_tree *tree,
                            const phrase_text *t, int64_t from, int64_t to, int64_t begin,
                            int64_t most, int32_t *out, int64_t *lengths) {
    int32_t *start = out;
    for (int64_t s = from, at = begin; s < to; s++) {
        int32_t *sentence = out;
        int64_t end = phrase_sentence_end(t, s, at, most);
        if (end < 0) return -1;
        int64_t open = end; /* position of the first word; end: none */
        uint32_t between = 0;
        for (; at < end; at++) {
            uint32_t word = (uint32_t)__atomic_load_n(&t->tokens[at], __ATOMIC_RELAXED);
            if (word >= (uint32_t)t->n_words) return -1;
            uint8_t kind = t->kinds[word];
            if (kind & PHRASE_CONNECTOR) {
                if (open == end)
                    *out++ = (int32_t)word;
                else
                    between = phrase_tree_child(tree, between, word);
                continue;
            }
            if (open != end && between != PHRASE_NOTHING) {
                uint32_t first = (uint32_t)t->tokens[open];
                uint64_t hash = phrase_hash(first, word, between);
                const phrase_slot *slot = phrase_table_find(phrases, hash, first, word, between);
                if (slot->value) {
                    *out++ = (int32_t)(slot->value - 1);
                    open = end;
                    between = 0;
                    continue;
                }
            }
            for (; open < at; open++) *out++ = t->tokens[open];
            between = 0;
            if (kind & PHRASE_OPENS) {
                open = at;
            } else {
                open = end;
                *out++ = (int32_t)word;
            }
        }
        for (; open < end; open++) *out++ = t->tokens[open];
        lengths[s - from] = out - sentence;
    }
    return out - start;
}

#endif
