/* tiles.h - a matrix of pairs cut into tiles: a block of rows times a block of columns each.
 *
 * A block is a range of words; a pair in a tile has the positions of its words in their blocks, in
 * 16 bits each.  Row is the rarer word (the higher id), column the other.  One row block's tiles are
 * stored together: for every column block in order, of an asymmetric matrix first the pairs whose
 * context is on the left, then those on the right.  In a tile pairs are sorted by row and column.
 */
#ifndef FASTVEC_TILES_H
#define FASTVEC_TILES_H

#include <stdint.h>

typedef struct {
    uint16_t row, column;
    float value;
} pair;

/* Cut one row block into tiles.
 *
 * ends:   (rows + 1) row i's entries are ends[i]..ends[i + 1] of keys and sums or values.
 * keys:   rising in each row: a column, or (shift 1) 2 * column for the left side, + 1 for the right.
 * sums, scale, or else values: what is counted.
 * starts: (n_blocks + 1) where each block of words begins.
 * counts: (n_blocks << shift) changed: pairs in each tile.
 * cursors: (n_blocks << shift) scratch.
 * out:    (ends[rows] - ends[0]) pairs.
 * Returns 0, or -1 for a key that is out of range or does not rise. */
static inline int tiles_cut(const int64_t *ends, int64_t rows, const uint32_t *keys,
                            const uint64_t *sums, double scale, const float *values,
                            const int64_t *starts, int64_t n_blocks, int shift, int64_t *counts,
                            int64_t *cursors, pair *out) {
    const uint32_t side = shift ? 1 : 0;
    for (int64_t row = 0; row < rows; row++) {
        int64_t block = 0;
        for (int64_t i = ends[row]; i < ends[row + 1]; i++) {
            if (i > ends[row] && keys[i] <= keys[i - 1]) return -1;
            while (block < n_blocks && keys[i] >> shift >= starts[block + 1]) block++;
            if (block == n_blocks) return -1;
            counts[(block << shift) | (keys[i] & side)]++;
        }
    }
    int64_t next = 0;
    for (int64_t tile = 0; tile < n_blocks << shift; tile++) {
        cursors[tile] = next;
        next += counts[tile];
    }
    for (int64_t row = 0; row < rows; row++) {
        int64_t block = 0;
        for (int64_t i = ends[row]; i < ends[row + 1]; i++) {
            uint32_t column = keys[i] >> shift;
            while (column >= starts[block + 1]) block++;
            float value = sums ? (float)((double)sums[i] * scale) : values[i];
            out[cursors[(block << shift) | (keys[i] & side)]++] =
                (pair){(uint16_t)row, (uint16_t)(column - starts[block]), value};
        }
    }
    return 0;
}

/* A tile's pairs as a compressed sparse row matrix, in two rounds over all tiles, in order.
 *
 * A row of the matrix holds first the columns that are at most its own number (from pairs whose
 * row it is) and then the others (from pairs whose column it is), each rising as tiles are met in
 * order. */
enum { TILE_LEFT, TILE_RIGHT, TILE_BOTH }; /* which entries a pair stands for */

typedef struct {
    int64_t row_start, row_end, column_start, column_end; /* the tile's blocks of words */
    int32_t side;
} tile_bounds;

/* Round one: count the entries of each row.  -1 if a pair points out of its blocks. */
static inline int tiles_count(const pair *pairs, int64_t n, const tile_bounds *t, int64_t *low,
                              int64_t *high) {
    for (int64_t i = 0; i < n; i++) {
        int64_t row = t->row_start + pairs[i].row, column = t->column_start + pairs[i].column;
        if (row >= t->row_end || column >= t->column_end || column > row) return -1;
        low[row] += t->side != TILE_LEFT;
        high[column] += t->side == TILE_LEFT || (t->side == TILE_BOTH && row != column);
    }
    return 0;
}

/* Round two: write them.  low, high: where each row's next entry of either kind goes; ends: where
 * they must stop.  -1 if a pair points elsewhere than in round one. */
static inline int tiles_fill(const pair *pairs, int64_t n, const tile_bounds *t, int64_t *low,
                              const int64_t *low_ends, int64_t *high, const int64_t *high_ends,
                              int32_t *indices, float *values) {
    for (int64_t i = 0; i < n; i++) {
        int64_t row = t->row_start + pairs[i].row, column = t->column_start + pairs[i].column;
        if (row >= t->row_end || column >= t->column_end) return -1;
        if (t->side != TILE_LEFT) {
            if (low[row] >= low_ends[row]) return -1;
            indices[low[row]] = (int32_t)column;
            values[low[row]++] = pairs[i].value;
        }
        if (t->side == TILE_LEFT || (t->side == TILE_BOTH && row != column)) {
            if (high[column] >= high_ends[column]) return -1;
            indices[high[column]] = (int32_t)row;
            values[high[column]++] = pairs[i].value;
        }
    }
    return 0;
}

#endif
