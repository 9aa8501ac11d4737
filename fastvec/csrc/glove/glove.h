/* glove.h - training GloVe: AdaGrad on pairs, tile by tile.
 *
 * Each worker takes the next tile whose blocks of words no other worker is training (schedule.h), shuffles
 * its pairs and runs the kernel on them.
 *
 * Method and defaults: glove.c (Pennington, Socher & Manning 2014).
 */
#ifndef FASTVEC_GLOVE_H
#define FASTVEC_GLOVE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/control.h"
#include "base/rng.h"
#include "base/system.h"
#include "counting/tiles.h"
#include "glove/kernels.h"
#include "glove/schedule.h"

typedef struct {
    const glove_kernels *kernels;
    glove_rule rule;
    float *records; /* (words, GLOVE_ROWS, stride) changed */
    const pair *pairs;
    const int64_t *starts;       /* (n_blocks + 1) the first word of each block */
    const int32_t *tiles;        /* (n_tiles, 3) row block, column block, side */
    const int64_t *tile_offsets; /* (n_tiles + 1) the tile's pairs */
    int64_t n_tiles;
    int32_t strip_bits; /* rows that are trained on together: 2^strip_bits */
    const uint64_t *hashes; /* (words) by which pairs are held out of training, or NULL */
    uint64_t held_below;    /* those whose hash is below this are */
    int frozen;             /* compute the cost of those that are, and change nothing */
} glove;

/* Scratch of one worker, for tiles of at most `room` pairs and `strips` strips. */
typedef struct {
    glove_tile tile;
    int32_t *order; /* (strips) */
    int32_t *ends;  /* (strips + 1) */
} glove_worker;

static inline void glove_worker_free(glove_worker *w) {
    free(w->tile.cells);
    aligned_free(w->tile.targets);
    aligned_free(w->tile.weights);
    free(w->order);
    free(w->ends);
    memset(w, 0, sizeof *w);
}

/* 0, or -1 when out of memory. */
static inline int glove_worker_init(glove_worker *w, int64_t room, int64_t strips) {
    memset(w, 0, sizeof *w);
    size_t bytes = (size_t)(room / GLOVE_FLOATS + 1) * GLOVE_FLOATS * sizeof(float);
    w->tile.targets = aligned_new(64, bytes);
    w->tile.weights = aligned_new(64, bytes);
    w->tile.cells = malloc(bytes);
    w->order = malloc((size_t)strips * sizeof *w->order);
    w->ends = malloc((size_t)(strips + 1) * sizeof *w->ends);
    if (!w->tile.targets || !w->tile.weights || !w->tile.cells || !w->order || !w->ends) {
        glove_worker_free(w);
        return -1;
    }
    return 0;
}

/* Whether a pair of words is held out: both entries of it are, and in every run. */
static inline int glove_is_held(const glove *g, int64_t one, int64_t other) {
    uint64_t both = g->hashes[one] + g->hashes[other];
    return rng_next(&both) < g->held_below;
}

/* Drop the pairs of a tile that are held out. */
static inline void glove_drop_held(const glove *g, glove_tile *tile, int64_t row, int64_t column) {
    int64_t n = 0;
    for (int64_t i = 0; i < tile->n; i++) {
        const uint32_t cell = tile->cells[i];
        tile->cells[n] = cell;
        tile->targets[n] = tile->targets[i];
        n += !glove_is_held(g, row + (cell >> 16), column + (cell & 0xffff));
    }
    tile->n = n;
}

/* How many entries of the matrix the pairs of a tile stand for: two each, but a word with itself one. */
static inline int64_t glove_entries(const glove_tile *tile) {
    int64_t entries = tile->side == TILE_BOTH ? 2 * tile->n : tile->n;
    if (tile->side == TILE_BOTH && tile->rows == tile->columns)
        for (int64_t i = 0; i < tile->n; i++)
            entries -= tile->cells[i] >> 16 == (tile->cells[i] & 0xffff);
    return entries;
}

/* Put the pairs of a strip in random order (Fisher-Yates, from the inside out) behind those that the
 * tile has.  bad: set if a cell or a value is out of range. */
static inline void glove_shuffle(glove_tile *tile, const pair *from, int64_t n, uint64_t *state,
                                 uint32_t rows, uint32_t columns, int *bad) {
    uint32_t *cells = tile->cells + tile->n;
    float *values = tile->targets + tile->n;
    for (int64_t i = 0; i < n; i++) {
        uint32_t row = from[i].row, column = from[i].column;
        float value = from[i].value;
        *bad |= (row >= rows) | (column >= columns) | !(value >= 1e-30f && value <= 1e30f);
        uint32_t j = rng_below((uint32_t)(rng_next(state) >> 32), (uint32_t)(i + 1));
        cells[i] = cells[j];
        values[i] = values[j];
        cells[j] = row << 16 | column;
        values[j] = value;
    }
    tile->n += n;
}

/* List the pairs of a tile as they are trained on.  They are shuffled in strips of a few rows, since those
 * few rows then stay in the first-level cache, and the strips are shuffled.  Returns 0, or -1 for bad
 * pairs. */
static inline int glove_order(const glove *g, glove_worker *w, int64_t index, uint64_t seed) {
    glove_tile *tile = &w->tile;
    const int32_t *where = g->tiles + 3 * index;
    const int64_t *row = g->starts + where[0], *column = g->starts + where[1];
    const pair *pairs = g->pairs + g->tile_offsets[index];
    const int64_t n = g->tile_offsets[index + 1] - g->tile_offsets[index];
    uint64_t state = seed + (uint64_t)index * 0xD1B54A32D192ED03u;
    uint32_t phase = (uint32_t)rng_next(&state) & ((1u << g->strip_bits) - 1);
    int bad = 0;

    int32_t strips = 0;
    for (int64_t i = 0, last = -1; i < n; i++) {
        int64_t strip = (pairs[i].row + phase) >> g->strip_bits;
        if (strip < last || strip > (row[1] - row[0] + phase) >> g->strip_bits) return -1;
        if (strip > last) w->ends[strips++] = (int32_t)i;
        last = strip;
    }
    w->ends[strips] = (int32_t)n;
    for (int32_t i = 0; i < strips; i++) {
        uint32_t j = rng_below((uint32_t)(rng_next(&state) >> 32), (uint32_t)i + 1);
        w->order[i] = w->order[j];
        w->order[j] = i;
    }
    for (int32_t i = 0; i < strips; i++) {
        int32_t from = w->ends[w->order[i]], end = w->ends[w->order[i] + 1];
        glove_shuffle(tile, pairs + from, end - from, &state, (uint32_t)(row[1] - row[0]),
                      (uint32_t)(column[1] - column[0]), &bad);
    }
    if (bad) return -1;
    if (g->hashes) glove_drop_held(g, tile, *row, *column);
    return 0;
}

/* List the pairs of a tile that are held out, in their order.  Returns 0, or -1 for bad pairs. */
static inline int glove_list_held(const glove *g, glove_worker *w, int64_t index) {
    glove_tile *tile = &w->tile;
    const int64_t *row = g->starts + g->tiles[3 * index], *column = g->starts + g->tiles[3 * index + 1];
    for (int64_t i = g->tile_offsets[index]; i < g->tile_offsets[index + 1]; i++) {
        const pair p = g->pairs[i];
        const int good = p.value >= 1e-30f && p.value <= 1e30f;
        if (!good || p.row >= row[1] - row[0] || p.column >= column[1] - column[0]) return -1;
        tile->cells[tile->n] = (uint32_t)p.row << 16 | p.column;
        tile->targets[tile->n] = p.value;
        tile->n += glove_is_held(g, *row + p.row, *column + p.column);
    }
    return 0;
}

/* Prepare a tile: all that the kernels need.  Returns 0, or -1 for bad pairs. */
static inline int glove_prepare(const glove *g, glove_worker *w, int64_t index, uint64_t seed) {
    glove_tile *tile = &w->tile;
    const int32_t *where = g->tiles + 3 * index;
    const int64_t record = GLOVE_ROWS * g->rule.stride;
    tile->n = 0;
    if (g->frozen ? glove_list_held(g, w, index) : glove_order(g, w, index, seed)) return -1;
    for (int64_t i = tile->n; i % GLOVE_FLOATS; i++) tile->targets[i] = 1;
    g->kernels->weigh(tile->targets, tile->weights, tile->n, &g->rule);
    tile->rows = g->records + g->starts[where[0]] * record;
    tile->columns = g->records + g->starts[where[1]] * record;
    tile->side = where[2];
    return 0;
}

/* One worker's share of one epoch.  steps: which tile each step of the schedule is; losses: (n_tiles)
 * written.  counters[0] counts pairs; of a frozen model counters[1] their entries.  Returns 0, or -1 for
 * pairs that are out of range. */
static inline int glove_epoch(const glove *g, glove_worker *w, schedule *s, const int32_t *steps,
                              uint64_t seed, double *losses, control *c, int64_t *counters) {
    for (int64_t tries = 0; !control_stopped(c);) {
        int32_t step = schedule_next(s);
        if (step == -2) break;
        if (step == -1) {
            if (control_ending(c)) break;
            spin_wait(tries++);
            continue;
        }
        tries = 0;
        int32_t tile = steps[step];
        if (glove_prepare(g, w, tile, seed) < 0) {
            control_stop(c);
            return -1;
        }
        losses[tile] = (g->frozen ? g->kernels->cost : g->kernels->train)(&w->tile, &g->rule);
        schedule_finish(s, step);
        counters[0] += w->tile.n;
        if (g->frozen) counters[1] += glove_entries(&w->tile);
        if (control_ending(c)) break;
    }
    return 0;
}

#endif
