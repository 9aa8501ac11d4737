# NgramRows: the n-grams that the words of a training have, and their rows (csrc/word2vec/subwords.h).


cdef class NgramRows:
    """The n-grams of words, whose rows are inputs of a :class:`Training` beside the words' own rows.

    Parameters
    ----------
    weights : float32 (n, stride), changed
        one row for each n-gram; aligned to 64 bytes, stride as that of the input vectors.
    offsets : int64 (words + 1,)
    rows : int32
        word i has the n-grams ``rows[offsets[i]:offsets[i + 1]]``; one that is listed twice counts
        twice.
    counts : float32
        how many rows each of them stands for, which always change alike.
    sizes : int32 (words,)
        how many rows a word has in all, of which its own row stands for those that are left.
    steps : float32 (n,), optional
        expected updates of each row for every word trained on; needed by several workers.
    """

    cdef float[:, ::1] weights
    cdef const int64_t[::1] offsets
    cdef const int32_t[::1] rows, sizes
    cdef const float[::1] counts, steps

    def __cinit__(self, float[:, ::1] weights, const int64_t[::1] offsets,
                  const int32_t[::1] rows, const float[::1] counts, const int32_t[::1] sizes,
                  const float[::1] steps=None):
        self.weights, self.offsets, self.rows, self.steps = weights, offsets, rows, steps
        self.counts, self.sizes = counts, sizes

    cdef int attach(self, training *t, Py_ssize_t n_words) except -1:
        """Put the n-grams into ``t``; ValueError if they do not fit the vocabulary or the rows."""
        cdef Py_ssize_t n = self.weights.shape[0], n_rows = self.rows.shape[0], i
        cdef int64_t longest = 0
        cdef bint good = True
        check_rows(self.weights, "n-grams", 0, t.stride)
        if not 1 <= n <= 0x7fffffff:
            raise ValueError(f"there must be 1 to 2**31 - 1 rows of n-grams, got {n}")
        if t.workers > 1 and (self.steps is None or self.steps.shape[0] < n):
            raise ValueError(f"several workers need the steps of {n} n-grams")
        if check_offsets(self.offsets, n_rows, "n-gram offsets") != n_words:
            raise ValueError(f"n-gram offsets must have {n_words + 1} entries")
        if self.counts.shape[0] != n_rows or self.sizes.shape[0] != n_words:
            raise ValueError(f"there must be {n_rows} counts of rows, and the sizes of {n_words} bags")
        with nogil:
            for i in range(n_words):
                good &= self.sizes[i] > 0
                longest = max(longest, self.offsets[i + 1] - self.offsets[i])
            for i in range(n_rows):
                good &= 0 <= self.rows[i] < n
        if not good:
            raise ValueError(f"the rows of n-grams must be from 0 to {n - 1}, and bags not empty")
        if longest > MOST_NGRAMS:
            raise ValueError(f"a word may have {MOST_NGRAMS} n-grams, got {longest}")
        t.subwords.weights = weights_of(self.weights, n, self.steps)
        t.subwords.offsets = &self.offsets[0]
        t.subwords.rows = &self.rows[0] if n_rows else NULL
        t.subwords.counts = &self.counts[0] if n_rows else NULL
        t.subwords.sizes = &self.sizes[0]
        t.subwords.longest = <int> longest
        return 0
