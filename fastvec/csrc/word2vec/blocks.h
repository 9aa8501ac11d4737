/* blocks.h - skip-gram with negative sampling in exclusive blocks: the same result for any number of workers.
 *
 * The corpus is trained in segments.  For each of them the words are dealt into n blocks of input rows and
 * 2 n half blocks of output rows (deal.h), and the pairs of centre and context words are sorted into tiles
 * (pieces.h).  A tile is the pairs of a block of inputs, j, with two half blocks of outputs: A, half block
 * j + r, and B, half block n + j + 3 r, each modulo n, in round r of n.  The pairs whose centre word is in A
 * have their noise words from B and the other way round (pair_groups.h).  A tile begins when the tiles
 * before it that have one of its three blocks are done.  So no two workers ever touch one row, and every
 * row sees its updates in the same order, whatever the number of workers and their speed.
 *
 * A segment is four stages: deal, make (sort the pairs, open the blocks), train, close (the blocks).  Each
 * is some tasks, which workers take in order; who ends the last one begins the next stage.
 *
 * (Exclusive blocks: Zhuang et al. 2013, FPSGD, for matrix factorisation.)
 */
#ifndef FASTVEC_BLOCKS_H
#define FASTVEC_BLOCKS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/control.h"
#include "base/hash.h"
#include "base/huge_pages.h"
#include "base/stages.h"
#include "word2vec/deal.h"
#include "word2vec/pair_groups.h"
#include "word2vec/pieces.h"

enum {
    MOST_BLOCKS = 32,          /* as few as keep some dozens of workers busy */
    FULL_BLOCK_WORDS = 1 << 15, /* words in a block on average, above which there are more blocks */
    MOST_WORDS = 128 * FULL_BLOCK_WORDS,
    LEAST_HALF_WORDS = 128,    /* words in a half block on average, from which noise words are drawn */
    PAIRS_AT_A_TIME = 16,
    SLICE = 1 << 16,           /* pairs of a half of a tile that are shuffled together */

    /* Chunks in a piece and in a segment, for two context words on either side of each; and in a segment
     * that begins the training, or half of what was trained on before. */
    PIECE_CHUNKS = 20,
    SEGMENT_CHUNKS = 500,
    FIRST_CHUNKS = 7,
};

/* The learning rates of the pairs that step on one noise word at once are at most this in sum (found by
 * experiment). */
#define MOST_STEP 1.0f

enum { BEGIN, DEAL, MAKE, TRAIN, CLOSE, END }; /* stages */

typedef struct {
    int n; /* blocks of input rows */
    int negative;
    const double *noise; /* (n_words,): how often each word is drawn as noise, to any scale */
    double all_noise;    /* the sum */
    deal inputs, outputs;
    alias_column *columns; /* (places,): alias tables of the half blocks, in the order of outputs.words; */
    double *weights;       /* the noise in the same order, */
    double *alias_shares;  /* and scratch */
    uint32_t *alias_queue;
    float *draws;   /* (2 n,): noise words for a group of pairs, from each half block */
    float *largest; /* (2 n,): the share of the most frequent one of each */
    int64_t piece_chunks, segment_chunks;
    piece *pieces;   /* of a segment */
    pair_room room;
    int32_t *rounds; /* (3 n,): how many rounds the blocks and half blocks have behind them */
    double *losses;  /* (n, n): of the tiles of this segment, */
    double loss;     /* and of the segments of this epoch that are done: always summed in one order */
    /* the position */
    int64_t trained;     /* words before this epoch */
    int64_t first, last; /* chunks of this segment */
    int64_t words, kept; /* of this segment */
    stages stages;
    int32_t inside; /* workers that are at work */
    int32_t open;   /* the blocks have been opened */
} blocks;

/* What each worker keeps for itself. */
typedef struct {
    positions positions;
    uint32_t *cursors;  /* (2 n n,) */
    uint32_t *lists[2]; /* (SLICE,): the pairs of A and of B */
    pair_group groups[RING];
    float *locked; /* (2 * MAX_PAIRS, stride), or NULL */
} block_worker;

/* --- sizes */

static inline int block_count(int64_t n_words) {
    int n = 1;
    while (n < MOST_BLOCKS && n_words >= 4 * n * LEAST_HALF_WORDS) n *= 2;
    while (n_words > (int64_t)n * FULL_BLOCK_WORDS) n *= 2;
    return n;
}

/* Pairs that a word can be the centre of. */
static inline int64_t most_contexts(const training *t) {
    return 2 * t->reach < CHUNK ? 2 * t->reach : CHUNK;
}

static inline int64_t chunks_for(const training *t, int64_t chunks) {
    return 4 * chunks > most_contexts(t) ? 4 * chunks / most_contexts(t) : 1;
}

static inline int64_t corpus_chunks(const training *t) { return (t->n_tokens + CHUNK - 1) / CHUNK; }

/* Short segments to begin with, for the rows change quickly then. */
static inline int64_t segment_end(const training *t, const blocks *b) {
    const int64_t half = (b->trained / CHUNK + b->first) / 2, all = corpus_chunks(t);
    int64_t chunks = half > FIRST_CHUNKS ? half : FIRST_CHUNKS;
    if (chunks > b->segment_chunks) chunks = b->segment_chunks;
    return all - b->first < chunks ? all : b->first + chunks;
}

static inline int64_t segment_pieces(const blocks *b) {
    return (b->last - b->first + b->piece_chunks - 1) / b->piece_chunks;
}

/* --- memory */

static inline void blocks_free(blocks *b) {
    deal_free(&b->inputs);
    deal_free(&b->outputs);
    aligned_free(b->columns);
    aligned_free(b->weights);
    aligned_free(b->alias_shares);
    aligned_free(b->alias_queue);
    aligned_free(b->draws);
    aligned_free(b->largest);
    if (b->pieces) aligned_free(b->pieces->starts);
    aligned_free(b->pieces);
    free(b->room.pairs);
    aligned_free(b->rounds);
    aligned_free(b->losses);
    memset(b, 0, sizeof *b);
}

/* The pieces of the longest segment. */
static inline int pieces_init(blocks *b, const training *t) {
    b->piece_chunks = chunks_for(t, PIECE_CHUNKS);
    b->segment_chunks = chunks_for(t, SEGMENT_CHUNKS);
    if (b->segment_chunks > corpus_chunks(t)) b->segment_chunks = corpus_chunks(t);
    const size_t pieces = (size_t)((b->segment_chunks + b->piece_chunks - 1) / b->piece_chunks);
    const size_t starts = 2 * (size_t)b->n * (size_t)b->n + 1;
    const size_t pairs = (size_t)((b->piece_chunks + 1) * CHUNK * most_contexts(t));
    b->pieces = cache_line_alloc(pieces * sizeof *b->pieces);
    if (!b->pieces) return -1;
    b->pieces->starts = cache_line_alloc(pieces * starts * sizeof *b->pieces->starts);
    b->room.pairs = huge_pages_alloc(pieces * pairs * sizeof *b->room.pairs); /* mostly not touched */
    if (!b->pieces->starts || !b->room.pairs) return -1;
    for (size_t i = 1; i < pieces; i++) b->pieces[i].starts = b->pieces->starts + i * starts;
    return 0;
}

static inline int tables_init(blocks *b, const training *t) {
    const size_t n = (size_t)b->n, places = (size_t)t->n_words + 2 * n * BRICK;
    b->columns = cache_line_alloc(places * sizeof *b->columns);
    b->weights = cache_line_alloc(places * sizeof *b->weights);
    b->alias_shares = cache_line_alloc(places * sizeof *b->alias_shares);
    b->alias_queue = cache_line_alloc(places * sizeof *b->alias_queue);
    b->draws = cache_line_alloc(2 * n * sizeof *b->draws);
    b->largest = cache_line_alloc(2 * n * sizeof *b->largest);
    b->rounds = cache_line_alloc(3 * n * sizeof *b->rounds);
    b->losses = cache_line_alloc(n * n * sizeof *b->losses);
    const int good = b->columns && b->weights && b->alias_shares && b->alias_queue && b->draws &&
                     b->largest && b->rounds && b->losses;
    return good ? 0 : -1;
}

/* shares: (n_words,): of each word in the words that are trained on.  noise: see blocks.  -1 when out of
 * memory. */
static inline int blocks_init(blocks *b, const training *t, const double *shares,
                              const double *noise) {
    const negative_sampling *layer = &t->negative_sampling;
    const int n = block_count(t->n_words);
    *b = (blocks){.n = n, .negative = layer->negative, .noise = noise, .stages = {.stage = END}};
    if (deal_init(&b->inputs, n, t->n_words, t->vectors.rows, t->stride) < 0 ||
        deal_init(&b->outputs, 2 * n, t->n_words, layer->weights.rows, t->stride) < 0 ||
        tables_init(b, t) < 0 || pieces_init(b, t) < 0) {
        blocks_free(b);
        return -1;
    }
    for (int32_t i = 0; i < t->n_words; i++) b->all_noise += noise[i];
    for (int32_t i = 0; i < t->n_words; i++) {
        b->inputs.loads[i] = shares[i];
        b->outputs.loads[i] = shares[i] + noise[i] / b->all_noise;
    }
    return 0;
}

static inline void block_worker_free(block_worker *w) {
    positions_free(&w->positions);
    aligned_free(w->cursors);
    for (int i = 0; i < 2; i++) aligned_free(w->lists[i]);
    for (int i = 0; i < RING; i++) {
        aligned_free(w->groups[i].rows);
        aligned_free(w->groups[i].weights);
    }
    aligned_free(w->locked);
    memset(w, 0, sizeof *w);
}

/* w: all zeros.  -1 when out of memory. */
static inline int block_worker_init(block_worker *w, const blocks *b, const training *t) {
    const size_t n = (size_t)b->n, noise = 2 * n * (size_t)b->negative + 1 + ROW_FLOATS;
    int bad = positions_init(&w->positions, (b->piece_chunks + 1) * CHUNK) < 0;
    w->cursors = cache_line_alloc(2 * n * n * sizeof *w->cursors);
    bad |= !w->cursors;
    for (int i = 0; i < 2; i++) bad |= !(w->lists[i] = cache_line_alloc(SLICE * sizeof *w->lists[i]));
    for (int i = 0; i < RING; i++) {
        pair_group *g = &w->groups[i];
        g->rows = cache_line_alloc((2 * MAX_PAIRS + noise) * sizeof *g->rows);
        g->weights = cache_line_alloc(noise * sizeof *g->weights);
        bad |= !g->rows || !g->weights;
    }
    if (t->locks) {
        w->locked = cache_line_alloc(2 * MAX_PAIRS * (size_t)t->stride * sizeof *w->locked);
        bad |= !w->locked;
    }
    if (bad) block_worker_free(w);
    return bad ? -1 : 0;
}

#endif
