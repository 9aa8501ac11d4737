/* document_streams.h - PV-DBOW whose documents share noise words: what a worker keeps (document_epoch.h).
 *
 * The documents of a chunk are put in random order, and their words, one after another, are cut into as many
 * streams as a group has pairs.  A group has the next word of each stream, paired with its document; all of
 * them share noise words.  So fewer rows are moved for a word, and yet a document meets as many noise words
 * as if it had them to itself: the other pairs are mostly of other documents, and in each epoch of others.
 */
#ifndef FASTVEC_DOCUMENT_STREAMS_H
#define FASTVEC_DOCUMENT_STREAMS_H

#include "base/cache_lines.h"
#include "word2vec/batches.h"
#include "word2vec/pair_group.h"

typedef struct {
    pair_group pairs;
    float **clashes; /* (negative,): noise words that are the word of some pair */
    int n_clashes;
} stream_group;

typedef struct {
    int32_t *documents; /* (MAX_CHUNK,): `count` sentences of the chunk, in random order; */
    int32_t *words;     /* (MAX_CHUNK,): n of them: theirs, one after another, */
    float **rows;       /* (MAX_CHUNK,): and the row of each one's document */
    int count, n, each; /* words in a stream, at most */
    int32_t drawn[LISTED]; /* noise words, of which `used` have been used */
    int used;
    stream_group groups[2]; /* this one and the next */
} document_streams;

static inline int stream_group_init(stream_group *g, size_t negative) {
    g->pairs.rows = cache_line_alloc((2 * MAX_PAIRS + negative) * sizeof *g->pairs.rows);
    g->pairs.weights = cache_line_alloc((negative + ROW_FLOATS) * sizeof *g->pairs.weights);
    g->clashes = cache_line_alloc(negative * sizeof *g->clashes);
    return g->pairs.rows && g->pairs.weights && g->clashes ? 0 : -1;
}

static inline int streams_init(document_streams *s, int negative) {
    s->documents = cache_line_alloc(MAX_CHUNK * sizeof *s->documents);
    s->words = cache_line_alloc(MAX_CHUNK * sizeof *s->words);
    s->rows = cache_line_alloc(MAX_CHUNK * sizeof *s->rows);
    const int bad = stream_group_init(&s->groups[0], (size_t)negative) |
                    stream_group_init(&s->groups[1], (size_t)negative);
    return s->documents && s->words && s->rows ? bad : -1;
}

static inline void streams_free(document_streams *s) {
    for (int i = 0; i < 2; i++) {
        aligned_free(s->groups[i].pairs.rows);
        aligned_free(s->groups[i].pairs.weights);
        aligned_free(s->groups[i].clashes);
    }
    aligned_free(s->documents);
    aligned_free(s->words);
    aligned_free(s->rows);
}

#endif
