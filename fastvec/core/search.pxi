# TopK, AnalogySolver: the best of many scores (csrc/vectors/top_k.h, analogy.h); vectors of bytes
# (csrc/vectors/codes.h).

cdef extern from "vectors/top_k.h" nogil:
    void top_k_add(float *best, int64_t *ids, int64_t k, const float *scores, const float *scale,
                   int64_t n, int64_t first)
    void top_k_sort(float *scores, int64_t *ids, int64_t k)

cdef extern from "vectors/analogy.h" nogil:
    enum: ANALOGY_ADD, ANALOGY_MULTIPLY, ANALOGY_DIRECTION
    ctypedef struct analogy_best:
        float score
        int64_t row
    void analogy_add(analogy_best *best, const float *a, const float *b, const float *c,
                     float shift, int64_t n, int64_t first, int method, const int64_t *names,
                     const int64_t *given)


cdef class TopK:
    """The k best rows for each of some queries, out of scores that are added block by block.

    >>> best = TopK(1, 2)
    >>> best.add(np.array([[0.1, 0.9, 0.5]], "f"), np.ones(3, "f"), 0)
    >>> [list(memoryview(part).cast("q")) for part in best.result()[:1]]
    [[1, 2]]
    """

    cdef float *scores
    cdef int64_t *ids
    cdef readonly int64_t queries, k
    cdef int32_t users

    def __cinit__(self, int64_t queries, int64_t k):
        if queries < 0 or k < 1 or queries > (<int64_t> 1 << 40) // k:
            raise ValueError(f"no room for the {k} best of {queries} queries")
        self.queries = queries
        self.k = k
        self.scores = <float *> malloc((queries * k + 1) * sizeof(float))
        self.ids = <int64_t *> malloc((queries * k + 1) * sizeof(int64_t))
        if self.scores == NULL or self.ids == NULL:
            raise MemoryError()
        cdef int64_t i
        for i in range(queries * k):
            self.scores[i] = -INFINITY
            self.ids[i] = -1

    def __dealloc__(self):
        free(self.scores)
        free(self.ids)

    def add(self, const float[:, ::1] scores, const float[::1] scale, int64_t first):
        """Add the scores (queries, n) of rows ``first`` to ``first + n``, times ``scale`` (n,)."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int64_t i, n = scores.shape[1], k = self.k
        if scores.shape[0] != self.queries or scale.shape[0] != n:
            raise ValueError(
                f"scores must have shape ({self.queries}, {scale.shape[0]}), "
                f"got ({scores.shape[0]}, {n})"
            )
        if n == 0:
            return
        with nogil:
            for i in range(self.queries):
                top_k_add(self.scores + i * k, self.ids + i * k, k, &scores[i, 0], &scale[0], n,
                          first)

    def result(self):
        """The best, best first: (ids as bytes of int64, scores as bytes of float32), both of
        shape (queries, k).  Where fewer than k rows had a score that is a number, the id is -1.
        Ends the search: nothing can be added after it.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int64_t i, k = self.k
        with nogil:
            for i in range(self.queries):
                top_k_sort(self.scores + i * k, self.ids + i * k, k)
        cdef int64_t n = self.queries * k
        return (
            PyBytes_FromStringAndSize(<char *> self.ids, n * sizeof(int64_t)),
            PyBytes_FromStringAndSize(<char *> self.scores, n * sizeof(float)),
        )


cdef class AnalogySolver:
    """The best answer to each analogy a : b = c : ?, out of cosines that are added block by block.

    Parameters
    ----------
    questions : (Q, 3) int64 array
        a, b, c of each question, as rows of the cosines.
    given : (Q, 3) int64 array
        the names of a, b, c: rows of the vocabulary with one of these names are no answers.
    names : (V,) int64 array
        the name of each row of the vocabulary.
    shifts : (Q,) float32 array
        cos(c, b) - cos(c, a), used by method 2.
    method : int
        0: 3CosAdd, 1: 3CosMul, 2: PairDirection.
    """

    cdef const int64_t[:, ::1] questions, given
    cdef const int64_t[::1] names
    cdef const float[::1] shifts
    cdef int method
    cdef int64_t words
    cdef analogy_best *best
    cdef int32_t users

    def __cinit__(self, const int64_t[:, ::1] questions, const int64_t[:, ::1] given,
                  const int64_t[::1] names, const float[::1] shifts, int64_t words, int method):
        cdef int64_t i, k, n = questions.shape[0]
        if questions.shape[1] != 3 or given.shape[1] != 3:
            raise ValueError("questions and given must have three columns")
        if given.shape[0] != n or shifts.shape[0] != n:
            raise ValueError("questions, given and shifts must have the same length")
        if method not in (ANALOGY_ADD, ANALOGY_MULTIPLY, ANALOGY_DIRECTION):
            raise ValueError(f"method must be 0, 1 or 2, got {method}")
        for i in range(n):
            for k in range(3):
                if not 0 <= questions[i, k] < words:
                    raise ValueError(f"question {i} asks for row {questions[i, k]} of {words}")
        self.questions, self.given, self.names, self.shifts = questions, given, names, shifts
        self.words = words
        self.method = method
        self.best = <analogy_best *> malloc((n + 1) * sizeof(analogy_best))
        if self.best == NULL:
            raise MemoryError()
        for i in range(n):
            self.best[i].score = -INFINITY
            self.best[i].row = -1

    def __dealloc__(self):
        free(self.best)

    def add(self, const float[:, ::1] cosines, int64_t first):
        """Add the cosines (words, n) of all words asked about with rows first to first + n."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int64_t i, n = cosines.shape[1]
        if cosines.shape[0] != self.words or not 0 <= first <= self.names.shape[0] - n:
            raise ValueError(f"cosines must have {self.words} rows, got {cosines.shape[0]}")
        if n == 0:
            return
        with nogil:
            for i in range(self.questions.shape[0]):
                analogy_add(&self.best[i], &cosines[self.questions[i, 0], 0],
                             &cosines[self.questions[i, 1], 0], &cosines[self.questions[i, 2], 0],
                             self.shifts[i], n, first, self.method, &self.names[0],
                             &self.given[i, 0])

    def answers(self):
        """The best row for each question, or -1."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef int64_t i
        return [self.best[i].row for i in range(self.questions.shape[0])]


cdef extern from "vectors/codes.h" nogil:
    enum: LARGEST_CODE
    float encode_row_c "encode_row"(const float *vector, int64_t d, int8_t *codes)
    void code_products_c "code_products"(const int8_t *codes, const float *scales, int64_t n,
                                         int64_t d, const int16_t *query, float factor,
                                         float *products)


def encode_rows(const float[:, ::1] vectors, int8_t[:, ::1] codes, float[::1] scales):
    """Write the codes (n, D) and scales (n,) of n vectors (n, D).

    Codes times their scale are the vector, scaled to length 1, up to half a scale in each number.
    The scale of a vector whose length is not finite is NaN.
    """
    cdef int64_t i, n = vectors.shape[0], d = vectors.shape[1]
    if codes.shape[0] != n or codes.shape[1] != d or scales.shape[0] != n:
        raise ValueError(f"codes and scales must be of {n} rows of {d} numbers")
    if n == 0 or d == 0:
        scales[:] = 0
        return
    with nogil:
        for i in range(n):
            scales[i] = encode_row_c(&vectors[i, 0], d, &codes[i, 0])


def code_products(const int8_t[:, ::1] codes, const float[::1] scales, const int16_t[::1] query,
                  float factor, float[::1] products):
    """Write the products (n,) of n rows of codes (n, D) with a query (D,), times scales (n,) and
    ``factor``.

    ValueError for another shape, or a query so large that a sum could be beyond 32 bits.
    """
    cdef int64_t j, n = codes.shape[0], d = codes.shape[1], size = 0
    if scales.shape[0] != n or products.shape[0] != n or query.shape[0] != d:
        raise ValueError(f"scales and products must be of {n} rows, and the query of {d} numbers")
    for j in range(d):
        size += abs(<int64_t> query[j])
    if size > 0x7fffffff // (LARGEST_CODE + 1):
        raise ValueError("the numbers of the query are too large for sums of 32 bits")
    if n == 0 or d == 0:
        products[:] = 0
        return
    with nogil:
        code_products_c(&codes[0, 0], &scales[0], n, d, &query[0], factor, &products[0])
