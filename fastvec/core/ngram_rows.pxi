# NgramRows: the n-grams that the words of a training have, and their rows (csrc/word2vec/subwords.h).

cdef extern from "base/huge_pages.h" nogil:
    void *huge_pages_alloc(size_t bytes)


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
    block : int
        so many positions of the text after its mean was taken, at most, a bag that is still open
        gives its rows what the mean has learned (csrc/word2vec/open_bags.h).
    """

    cdef float[:, ::1] weights
    cdef const int64_t[::1] offsets
    cdef const int32_t[::1] rows, sizes
    cdef const float[::1] counts, steps
    cdef int block
    cdef bag_ngram *ngrams
    cdef float *own

    def __cinit__(self, float[:, ::1] weights, const int64_t[::1] offsets,
                  const int32_t[::1] rows, const float[::1] counts, const int32_t[::1] sizes,
                  const float[::1] steps=None, int block=0x7fffffff):
        if block < 1:
            raise ValueError(f"block must be at least 1, got {block}")
        self.block = block
        self.weights, self.offsets, self.rows, self.steps = weights, offsets, rows, steps
        self.counts, self.sizes = counts, sizes

    cdef int attach(self, training *t, Py_ssize_t n_words) except -1:
        """Put the n-grams into ``t``; ValueError if they do not fit the vocabulary or the rows."""
        cdef Py_ssize_t n = self.weights.shape[0], n_rows = self.rows.shape[0], i, k
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
        self.set_room(n_words, n_rows)
        with nogil:
            for i in range(n_words):
                good &= self.sizes[i] > 0
                longest = max(longest, self.offsets[i + 1] - self.offsets[i])
                self.own[i] = <float> self.sizes[i]
                for k in range(self.offsets[i], self.offsets[i + 1]):
                    self.ngrams[k] = bag_ngram(self.rows[k], self.counts[k])
                    self.own[i] -= self.ngrams[k].count
                    good &= 0 <= self.ngrams[k].row < n
        if not good:
            raise ValueError(f"the rows of n-grams must be from 0 to {n - 1}, and bags not empty")
        if longest > MOST_NGRAMS:
            raise ValueError(f"a word may have {MOST_NGRAMS} n-grams, got {longest}")
        t.subwords.weights = weights_of(self.weights, n, self.steps)
        t.subwords.offsets = &self.offsets[0]
        t.subwords.sizes = &self.sizes[0]
        t.subwords.ngrams, t.subwords.own = self.ngrams, self.own
        t.subwords.longest, t.subwords.block = <int> longest, self.block
        return 0

    cdef int set_room(self, Py_ssize_t n_words, Py_ssize_t n_rows) except -1:
        """Room for each row beside its count, as the walk reads them."""
        self.set_free()
        self.ngrams = <bag_ngram *> huge_pages_alloc(<size_t> n_rows * sizeof(bag_ngram))
        self.own = <float *> huge_pages_alloc(<size_t> n_words * sizeof(float))
        if self.ngrams == NULL or self.own == NULL:
            raise MemoryError("the n-grams of words")
        return 0

    cdef void set_free(self):
        free(self.ngrams)
        free(self.own)
        self.ngrams, self.own = NULL, NULL

    def __dealloc__(self):
        self.set_free()
