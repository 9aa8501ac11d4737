# Matrices of pairs in tiles (csrc/counting/tiles.h).

cdef extern from "counting/tiles.h" nogil:
    enum: TILE_LEFT, TILE_RIGHT, TILE_BOTH
    ctypedef struct pair:
        float value
    ctypedef struct tile_bounds:
        int64_t row_start, row_end, column_start, column_end
        int32_t side
    int tiles_cut(const int64_t *ends, int64_t rows, const uint32_t *keys, const uint64_t *sums,
                  double scale, const float *values, const int64_t *starts, int64_t n_blocks,
                  int shift, int64_t *counts, int64_t *cursors, pair *out)
    int tiles_count(const pair *pairs, int64_t n, const tile_bounds *t, int64_t *low, int64_t *high)
    int tiles_fill(const pair *pairs, int64_t n, const tile_bounds *t, int64_t *low,
                   const int64_t *low_ends, int64_t *high, const int64_t *high_ends,
                   int32_t *indices, float *values)


cdef int cut_any(const int64_t[::1] ends, const uint32_t *keys, const uint64_t *sums, double scale,
                 const float *values, int64_t n, const int64_t[::1] starts, int shift,
                 int64_t[::1] counts, uint64_t[::1] out) except -1:
    cdef int64_t rows = ends.shape[0] - 1, blocks = starts.shape[0] - 1, i
    cdef bint good = rows >= 0 and ends[0] == 0 and ends[rows] == n and out.shape[0] == n
    if rows > 65536 or blocks < 1 or counts.shape[0] != blocks << shift:
        raise ValueError(f"a block must have at most 65536 rows, and {blocks << shift} counts")
    for i in range(rows if good else 0):
        good = good and ends[i] <= ends[i + 1]
    if not good:
        raise ValueError(f"ends must rise from 0 to {n}")
    for i in range(blocks):
        if not 0 <= starts[i] < starts[i + 1] <= starts[i] + 65536:
            raise ValueError("blocks must have 1 to 65536 words each")
    cdef int64_t *cursors = <int64_t *> malloc(counts.shape[0] * sizeof(int64_t))
    if cursors == NULL:
        raise MemoryError()
    cdef int failed
    with nogil:
        memset(&counts[0], 0, counts.shape[0] * sizeof(int64_t))
        failed = tiles_cut(&ends[0], rows, keys, sums, scale, values, &starts[0], blocks, shift,
                           &counts[0], cursors, <pair *> (&out[0] if n else NULL))
    free(cursors)
    if failed:
        raise ValueError(f"keys must rise in each row and stay below {starts[blocks]}")
    return 0


def cut_rows(const int64_t[::1] ends, const uint32_t[::1] keys, const float[::1] values,
             const int64_t[::1] starts, bint asymmetric, int64_t[::1] counts, uint64_t[::1] out):
    """Make tiles of a block of rows.

    ends : int64 (rows + 1,)
        row i's entries are ``ends[i]`` to ``ends[i + 1]`` of keys and values.
    keys : uint32
        rising in each row: columns; of an asymmetric matrix 2 * column for an entry (column, row),
        and 2 * column + 1 for (row, column).
    starts : int64 (blocks + 1,)
        the first word of each block.
    counts : int64 (blocks,), or (2 * blocks,) if asymmetric; written
        pairs in each tile.
    out : uint64 (entries,), written
        the tiles' pairs, one after the other.
    """
    cdef int64_t n = keys.shape[0]
    if values.shape[0] != n:
        raise ValueError(f"{n} keys need as many values, got {values.shape[0]}")
    cut_any(ends, &keys[0] if n else NULL, NULL, 1, &values[0] if n else NULL, n, starts,
            asymmetric, counts, out)


def tiles_to_rows(const uint64_t[::1] pairs, const int64_t[::1] starts, const int32_t[:, ::1] tiles,
                  const int64_t[::1] offsets, int64_t[::1] low, int64_t[::1] high,
                  int32_t[::1] indices or None, float[::1] values or None):
    """The rows of a compressed sparse row matrix, from tiles, in two rounds.

    Round one (``indices`` is None) adds to ``low`` and ``high`` (V,) how many entries each row has
    up to the diagonal and past it.  Round two takes there where these entries begin, changes both,
    and fills ``indices`` and ``values``.

    Raises ValueError for pairs that point out of their blocks.
    """
    cdef int64_t n_tiles = tiles.shape[0], blocks = starts.shape[0] - 1, i, n
    cdef int64_t words = starts[blocks] if blocks >= 1 else 0
    cdef tile_bounds bounds
    cdef int failed = 0
    check_tiles(pairs, starts, tiles, offsets)
    if low.shape[0] != words or high.shape[0] != words:
        raise ValueError(f"low and high must have {words} entries")
    cdef int64_t *low_ends = NULL
    cdef int64_t *high_ends = NULL
    cdef bint fill = indices is not None
    if fill:
        n = indices.shape[0]
        if values.shape[0] != n:
            raise ValueError(f"{n} indices need as many values")
        for i in range(words):
            if not 0 <= low[i] <= high[i] <= (low[i + 1] if i + 1 < words else n):
                raise ValueError("rows must begin one after the other")
        low_ends = <int64_t *> malloc(2 * words * sizeof(int64_t))
        if low_ends == NULL:
            raise MemoryError()
        high_ends = low_ends + words
        for i in range(words):
            low_ends[i] = high[i]
            high_ends[i] = low[i + 1] if i + 1 < words else n
    with nogil:
        for i in range(n_tiles):
            bounds.row_start = starts[tiles[i, 0]]
            bounds.row_end = starts[tiles[i, 0] + 1]
            bounds.column_start = starts[tiles[i, 1]]
            bounds.column_end = starts[tiles[i, 1] + 1]
            bounds.side = tiles[i, 2]
            if fill:
                failed = tiles_fill(<const pair *> &pairs[offsets[i]], offsets[i + 1] - offsets[i],
                                    &bounds, &low[0], low_ends, &high[0], high_ends, &indices[0],
                                    &values[0])
            else:
                failed = tiles_count(<const pair *> &pairs[offsets[i]], offsets[i + 1] - offsets[i],
                                     &bounds, &low[0], &high[0])
            if failed:
                break
        for i in range(words if fill and not failed else 0):
            failed |= low[i] != low_ends[i] or high[i] != high_ends[i]  # as in round one
    free(low_ends)
    if failed:
        raise ValueError("the pairs are damaged: one points out of its tile")


cdef int check_tiles(const uint64_t[::1] pairs, const int64_t[::1] starts,
                     const int32_t[:, ::1] tiles, const int64_t[::1] offsets) except -1:
    """ValueError unless blocks, tiles and their offsets into the pairs fit together."""
    cdef int64_t n = tiles.shape[0], blocks = starts.shape[0] - 1, i
    cdef bint good = n >= 1 and blocks >= 1 and tiles.shape[1] == 3 and offsets.shape[0] == n + 1
    good = good and starts[0] == 0 and offsets[0] == 0 and offsets[n] == pairs.shape[0]
    for i in range(blocks if good else 0):
        good = good and 1 <= starts[i + 1] - starts[i] <= 65536
    for i in range(n if good else 0):
        good = good and 0 <= tiles[i, 1] <= tiles[i, 0] < blocks
        good = good and TILE_LEFT <= tiles[i, 2] <= TILE_BOTH
        good = good and 1 <= offsets[i + 1] - offsets[i] <= 0x7fffffff
    if not good:
        raise ValueError("the pairs are damaged: their tiles do not fit together")
    return 0
