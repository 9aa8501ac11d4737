# The tables of word2vec: the alias method and the Huffman tree.

cdef extern from "word2vec/alias.h" nogil:
    ctypedef struct alias_column:
        uint32_t threshold
        uint32_t other
    int alias_build(const double *weights, uint32_t n, alias_column *table)

cdef extern from "word2vec/huffman.h" nogil:
    ctypedef struct huffman_item:
        int32_t order
        int32_t node
    void huffman_depths(const int64_t *counts, int32_t n, int32_t *depths, int64_t *weights)
    int huffman_join(const huffman_item *words, const int32_t *depths, int32_t n,
                     huffman_item *nodes, huffman_item *items, int32_t *parent, uint8_t *bit)
    int huffman_paths(const int32_t *parent, const uint8_t *bit, int32_t n,
                      const int64_t *offsets, int32_t *rows, float *signs)


def build_alias(const double[::1] weights, uint32_t[:, ::1] table):
    """Fill an (n, 2) alias table (csrc/word2vec/alias.h) for n weights.

    Raises ValueError unless the weights are finite, not negative, and not all zero.
    """
    cdef Py_ssize_t n = weights.shape[0], i
    cdef double total = 0
    cdef bint good = True
    if n < 1 or n >= 0x7fffffff:
        raise ValueError(f"weights must have 1 to 2**31 - 2 entries, got {n}")
    if table.shape[0] != n or table.shape[1] != 2:
        raise ValueError(f"table must have shape ({n}, 2)")
    for i in range(n):
        good = good and 0 <= weights[i] < 1e300
        total += weights[i]
    if not good or not 0 < total < 1e300:
        raise ValueError("weights must be finite, not negative and not all zero")
    cdef int failed
    with nogil:
        failed = alias_build(&weights[0], <uint32_t> n, <alias_column *> &table[0, 0])
    if failed:
        raise MemoryError()


def first_occurrences(const int32_t[::1] tokens, int64_t[::1] first):
    """Write where each word occurs first; entries of words that do not occur are not changed.

    Other tokens than 0 .. len(first) - 1 are skipped.
    """
    cdef Py_ssize_t n = first.shape[0], left = n, i
    cdef uint32_t word
    cdef uint8_t *seen = <uint8_t *> calloc(n + 1, 1)
    if seen == NULL:
        raise MemoryError()
    with nogil:
        for i in range(tokens.shape[0]):
            word = <uint32_t> tokens[i]
            if word < <size_t> n and not seen[word]:
                seen[word] = 1
                first[word] = i
                left -= 1
                if left == 0:
                    break
    free(seen)


cdef Py_ssize_t check_size(Py_ssize_t n) except -1:
    if n < 1 or n > 0x3fffffff:
        raise ValueError(f"a tree must have 1 to 2**30 - 1 words, got {n}")
    return n


def fill_depths(const int64_t[::1] counts, int32_t[::1] depths):
    """Fill ``depths`` with the depth of each word in a Huffman tree of n counts (csrc/word2vec/huffman.h).

    ValueError for counts that are below 0, or rise, or add up to 2**62 or more.
    """
    cdef Py_ssize_t n = check_size(counts.shape[0]), i
    cdef double total = 0
    if depths.shape[0] != n:
        raise ValueError("depths must have as many entries as counts")
    for i in range(n):
        total += <double> counts[i]
        if counts[i] < 0:
            raise ValueError(f"counts must not be negative, got {counts[i]}")
        if i > 0 and counts[i] > counts[i - 1]:
            raise ValueError(f"counts must not rise, got {counts[i]} after {counts[i - 1]}")
    if total >= 2.0 ** 62:
        raise ValueError("counts must add up to less than 2**62")
    cdef int64_t *weights = <int64_t *> malloc(n * sizeof(int64_t))
    cdef int32_t *all_depths = <int32_t *> malloc(2 * n * sizeof(int32_t))
    if weights == NULL or all_depths == NULL:
        free(weights)
        free(all_depths)
        raise MemoryError()
    with nogil:
        huffman_depths(&counts[0], <int32_t> n, all_depths, weights)
        memcpy(&depths[0], all_depths, n * sizeof(int32_t))
    free(weights)
    free(all_depths)


def fill_tree(const int32_t[::1] words, const int32_t[::1] order, const int32_t[::1] depths,
              int32_t[::1] parent, uint8_t[::1] bit):
    """Make the tree of n words, the deepest first and those of one depth by order (csrc/word2vec/huffman.h).

    Fills ``parent`` and ``bit`` (2n - 1 each: words, then inner nodes).
    """
    cdef Py_ssize_t n = check_size(words.shape[0]), i
    cdef int bad = 0
    if order.shape[0] != n or depths.shape[0] != n:
        raise ValueError("order and depths must have as many entries as words")
    if parent.shape[0] != 2 * n - 1 or bit.shape[0] != 2 * n - 1:
        raise ValueError("parent and bit must have 2n - 1 entries")
    cdef huffman_item *items = <huffman_item *> malloc(3 * n * sizeof(huffman_item))
    if items == NULL:
        raise MemoryError()
    for i in range(n):
        bad |= not 0 <= words[i] < n
        items[i].order = order[i]
        items[i].node = words[i]
    if not bad:
        with nogil:
            bad = huffman_join(items, &depths[0], <int32_t> n, items + n, items + 2 * n, &parent[0],
                               &bit[0])
    free(items)
    if bad:
        raise ValueError("words must be those of a binary tree, the deepest first")


def fill_paths(const int32_t[::1] parent, const uint8_t[::1] bit, const int64_t[::1] offsets,
               int32_t[::1] rows, float[::1] signs):
    """Write every word's path: rows of the node matrix and +1 or -1 (label 1 or 0) for each.

    Both must be 16 entries longer than the paths, and 0 there: the kernels read whole vectors of signs, and as
    many rows are prefetched of short paths as of others.
    """
    cdef Py_ssize_t n = offsets.shape[0] - 1
    if n < 1 or parent.shape[0] != 2 * n - 1 or bit.shape[0] != 2 * n - 1:
        raise ValueError("parent and bit must have 2n - 1 entries")
    if min(rows.shape[0], signs.shape[0]) - ROW_FLOATS < offsets[n]:
        raise ValueError("rows and signs are too short for the paths")
    for i in range(2 * n - 2):
        if not i < parent[i] < 2 * n - 1:
            raise ValueError("each parent must come after its children")
    cdef int bad
    with nogil:
        bad = huffman_paths(&parent[0], &bit[0], <int32_t> n, &offsets[0], &rows[0], &signs[0])
    if bad:
        raise ValueError("offsets must be where each word's path begins")
