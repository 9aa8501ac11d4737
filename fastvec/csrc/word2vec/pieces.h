/* pieces.h - the pairs of centre and context words of a piece of the corpus, sorted into tiles.
 *
 * A tile is a block of the input rows and a half block of the output rows (blocks.h); a pair is two
 * places in these, 32 bits.  What is drawn at random depends on the chunk of the corpus alone, as in epoch.h.
 */
#ifndef FASTVEC_PIECES_H
#define FASTVEC_PIECES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/huge_pages.h"
#include "word2vec/deal.h"
#include "word2vec/epoch.h"

/* The words of a piece that subsampling left. */
typedef struct {
    uint32_t *centres; /* (room,): half block << 16 | place */
    uint8_t *blocks;   /* (room,): of the input rows */
    uint16_t *places;  /* (room,): in these blocks */
    uint16_t *left;    /* (room,): words on the left that are in the window */
    uint16_t *right;
    int64_t n, room;
} positions;

/* Memory for the pairs of a segment: pieces take theirs one behind the other. */
typedef struct {
    uint32_t *pairs;
    int64_t used;
} pair_room;

typedef struct {
    uint32_t *pairs;    /* tile by tile: place of the centre << 16 | place of the context */
    uint32_t *starts;   /* (tiles + 1,): where each tile's begin */
    int64_t done, kept; /* words passed over, and trained on */
} piece;

static inline void positions_free(positions *p) {
    aligned_free(p->centres);
    aligned_free(p->blocks);
    aligned_free(p->places);
    aligned_free(p->left);
    aligned_free(p->right);
}

/* -1 when out of memory. */
static inline int positions_init(positions *p, int64_t room) {
    const size_t n = (size_t)room;
    p->room = room;
    p->centres = cache_line_alloc(n * sizeof *p->centres);
    p->blocks = cache_line_alloc(n * sizeof *p->blocks);
    p->places = cache_line_alloc(n * sizeof *p->places);
    p->left = cache_line_alloc(n * sizeof *p->left);
    p->right = cache_line_alloc(n * sizeof *p->right);
    return p->centres && p->blocks && p->places && p->left && p->right ? 0 : -1;
}

/* Add the n words of a chunk (w->kept, w->ends), with the reach of their windows. */
static inline void positions_add(const training *t, worker *w, positions *p, int n, const deal *inputs,
                                 const deal *outputs) {
    int start = 0;
    const int32_t *end = w->ends;
    for (int i = 0; i < n; i++, p->n++) {
        while (i == *end) start = *end++;
        const int reach = draw_reach(t, &w->random);
        const uint32_t place = inputs->places[w->kept[i]];
        p->centres[p->n] = outputs->places[w->kept[i]];
        p->blocks[p->n] = (uint8_t)(place >> 16);
        p->places[p->n] = (uint16_t)place;
        p->left[p->n] = (uint16_t)(i - start < reach ? i - start : reach);
        p->right[p->n] = (uint16_t)(*end - 1 - i < reach ? *end - 1 - i : reach);
    }
}

/* Sort the pairs of all positions into n blocks x half blocks. */
static inline void sort_pairs(const positions *p, piece *piece, uint32_t n, uint32_t *cursors,
                              pair_room *room) {
    const uint32_t tiles = 2 * n * n;
    memset(cursors, 0, tiles * sizeof *cursors);
    for (int64_t i = 0; i < p->n; i++) {
        uint32_t *counts = cursors + (p->centres[i] >> 16) * n;
        for (int64_t k = i - p->left[i]; k < i; k++) counts[p->blocks[k]]++;
        for (int64_t k = i + 1; k <= i + p->right[i]; k++) counts[p->blocks[k]]++;
    }
    uint32_t at = 0;
    for (uint32_t tile = 0; tile < tiles; tile++) {
        const uint32_t count = cursors[tile];
        piece->starts[tile] = cursors[tile] = at;
        at += count;
    }
    piece->starts[tiles] = at;
    piece->pairs = room->pairs + __atomic_fetch_add(&room->used, at, __ATOMIC_RELAXED);
    for (int64_t i = 0; i < p->n; i++) {
        uint32_t *next = cursors + (p->centres[i] >> 16) * n;
        const uint32_t centre = p->centres[i] << 16;
        for (int64_t k = i - p->left[i]; k < i; k++)
            piece->pairs[next[p->blocks[k]]++] = centre | p->places[k];
        for (int64_t k = i + 1; k <= i + p->right[i]; k++)
            piece->pairs[next[p->blocks[k]]++] = centre | p->places[k];
    }
}

/* Make the pairs of chunks first .. last. */
static inline void make_piece(const training *t, worker *w, positions *p, const deal *inputs,
                              const deal *outputs, int64_t first, int64_t last, uint32_t *cursors,
                              pair_room *room, piece *piece) {
    p->n = piece->done = piece->kept = 0;
    for (int64_t chunk = first; chunk < last; chunk++) {
        int64_t done;
        start_chunk(t, w, chunk);
        const int n = read_chunk(t, w, chunk, &done);
        if (n > p->room - p->n) break; /* the offsets have been changed */
        positions_add(t, w, p, n, inputs, outputs);
        piece->done += done;
        piece->kept += n;
    }
    sort_pairs(p, piece, (uint32_t)inputs->n, cursors, room);
}

#endif
