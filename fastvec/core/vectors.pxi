# Rows of vector files, and the best of many scores: the Python faces of csrc/vecfile.h and best.h.

cdef extern from "vecfile.h" nogil:
    enum: VECFILE_ROW, VECFILE_MORE, VECFILE_BAD, VECFILE_BLANK
    enum: VECFILE_SHORTEST, VECFILE_WORD2VEC, VECFILE_GLOVE
    enum: DECIMAL_ROOM
    ctypedef struct vecfile_row:
        const char *word
        int64_t length
        const char *next
        const char *end
        int hard
    int vecfile_binary(const char *p, const char *end, int64_t size, float *vector,
                       vecfile_row *row)
    int vecfile_text(const char *p, const char *end, int last, int64_t size, float *vector,
                     vecfile_row *row)
    char *vecfile_write(char *out, const float *vector, int64_t size, int layout)

cdef extern from "best.h" nogil:
    enum: ANALOGY_ADD, ANALOGY_MULTIPLY, ANALOGY_DIRECTION
    ctypedef struct analogy_best:
        float score
        int64_t row
    void best_show(float *best, int64_t *ids, int64_t k, const float *scores, const float *scale,
                   int64_t n, int64_t first)
    void best_sort(float *scores, int64_t *ids, int64_t k)
    void analogy_show(analogy_best *best, const float *a, const float *b, const float *c,
                      float shift, int64_t n, int64_t first, int method, const int64_t *names,
                      const int64_t *given)


cdef class RowReader:
    """Reads rows of a word2vec or GloVe file from pieces of its bytes.

    Parameters
    ----------
    size : int
        numbers in a vector.
    binary : bool
        whether the rows are binary or text.
    rows : int
        how many rows to expect; more may come.

    ``table`` holds the words; of equal words the first row is kept, and ``duplicates`` counts the
    others.  ``row`` counts the rows read, duplicates included.
    """

    cdef readonly WordTable table
    cdef readonly int64_t size, row, duplicates
    cdef bint binary

    def __cinit__(self, int64_t size, bint binary, int64_t rows=0):
        if size < 1:
            raise ValueError(f"size must be at least 1, got {size}")
        self.table = WordTable()
        if not 0 <= rows <= 0x7fffffff:
            raise ValueError(f"rows must be from 0 to 2**31 - 1, got {rows}")
        if words_expect(&self.table.table, rows) < 0:
            raise MemoryError()
        self.size = size
        self.binary = binary

    def feed(self, const uint8_t[::1] data, int64_t start, int64_t end, bint last,
             float[:, ::1] vectors, int64_t limit):
        """Read rows from ``data[start:end]`` into ``vectors``; return where the next row starts.

        Stops when ``vectors`` is full, after ``limit`` rows in all, or at a row whose end is not
        there yet.  ``last``: no more data will follow.

        Raises
        ------
        ValueError
            a row that is not a word and ``size`` numbers; its argument is where that row starts.
        """
        cdef Claim claim = alone(self, &self.table.users)
        if not 0 <= start <= end <= data.shape[0]:
            raise ValueError(f"start and end must be from 0 to {data.shape[0]}")
        if vectors.shape[1] != self.size:
            raise ValueError(f"vectors must have {self.size} columns, got {vectors.shape[1]}")
        if start == end or vectors.shape[0] == 0:
            return start
        cdef const char *base = <const char *> &data[0]
        cdef const char *p = base + start
        cdef const char *stop = base + end
        cdef vecfile_row row
        cdef float *vector
        cdef int found = VECFILE_ROW
        memset(&row, 0, sizeof(row))
        cdef int32_t id = 0, n = self.table.table.n
        cdef int64_t room = vectors.shape[0]
        with nogil:
            while p < stop and n < room and self.row < limit:
                vector = &vectors[n, 0]
                if self.binary:
                    found = vecfile_binary(p, stop, self.size, vector, &row)
                else:
                    found = vecfile_text(p, stop, last, self.size, vector, &row)
                if found == VECFILE_BLANK:
                    p = row.next
                    continue
                if found != VECFILE_ROW:
                    break
                if not self.binary and row.hard:
                    with gil:
                        _read_slowly(&row, vectors[n])
                id = words_add(&self.table.table, row.word, row.length)
                if id < 0:
                    break
                self.row += 1
                if id < n:
                    self.duplicates += 1
                else:
                    n += 1
                p = row.next
        if id < 0:
            raise MemoryError("no room for more words")
        if found == VECFILE_BAD:
            raise ValueError(p - base)
        return p - base


cdef object _read_slowly(vecfile_row *row, float[::1] vector):
    """Read the numbers of one row by Python's float(), which takes any number of digits."""
    cdef const char *numbers = row.word + row.length
    cdef int64_t i
    for i, number in enumerate(PyBytes_FromStringAndSize(numbers, row.end - numbers).split()):
        vector[i] = <float> <double> float(number)


def write_rows(list words, const float[:, :] vectors, int layout):
    """Rows of text: each of ``words`` (bytes) and its vector.

    ``layout``: 0 shortest numbers that read back the same, 1 as word2vec.c, 2 as GloVe.
    """
    cdef int64_t n = vectors.shape[0], size = vectors.shape[1], i, k, room = 0
    cdef bytes text
    if len(words) != n:
        raise ValueError(f"{len(words)} words for {n} vectors")
    if layout not in (VECFILE_SHORTEST, VECFILE_WORD2VEC, VECFILE_GLOVE):
        raise ValueError(f"layout must be 0, 1 or 2, got {layout}")
    for i in range(n):
        text = words[i]  # TypeError for what is no bytes
        room += len(text)
    room += n * (size * (DECIMAL_ROOM + 1) + 2)
    cdef float *vector = <float *> malloc((size + 1) * sizeof(float))
    cdef char *start = <char *> malloc(room + 1)
    cdef char *out = start
    try:
        if vector == NULL or start == NULL:
            raise MemoryError()
        for i in range(n):
            text = words[i]
            memcpy(out, PyBytes_AS_STRING(text), len(text))
            out += len(text)
            for k in range(size):
                vector[k] = vectors[i, k]
            out = vecfile_write(out, vector, size, layout)
        return PyBytes_FromStringAndSize(start, out - start)
    finally:
        free(vector)
        free(start)


cdef class TopK:
    """The k best rows for each of some queries, out of scores shown block by block.

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
        """Show the scores (queries, n) of rows ``first`` to ``first + n``, times ``scale`` (n,)."""
        cdef Claim claim = alone(self, &self.users)
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
                best_show(self.scores + i * k, self.ids + i * k, k, &scores[i, 0], &scale[0], n,
                          first)

    def result(self):
        """The best, best first: (ids as bytes of int64, scores as bytes of float32), both of
        shape (queries, k).  Where fewer than k rows had a score that is a number, the id is -1.
        Ends the search: nothing can be shown after it.
        """
        cdef Claim claim = alone(self, &self.users)
        cdef int64_t i, k = self.k
        with nogil:
            for i in range(self.queries):
                best_sort(self.scores + i * k, self.ids + i * k, k)
        cdef int64_t n = self.queries * k
        return (
            PyBytes_FromStringAndSize(<char *> self.ids, n * sizeof(int64_t)),
            PyBytes_FromStringAndSize(<char *> self.scores, n * sizeof(float)),
        )


cdef class AnalogySolver:
    """The best answer to each analogy a : b = c : ?, out of cosines shown block by block.

    Parameters
    ----------
    questions : (Q, 3) int64 array
        a, b, c of each question, as rows of the cosines that are shown.
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
        """Show the cosines (words, n) of all words asked about with rows first to first + n."""
        cdef Claim claim = alone(self, &self.users)
        cdef int64_t i, n = cosines.shape[1]
        if cosines.shape[0] != self.words or not 0 <= first <= self.names.shape[0] - n:
            raise ValueError(f"cosines must have {self.words} rows, got {cosines.shape[0]}")
        if n == 0:
            return
        with nogil:
            for i in range(self.questions.shape[0]):
                analogy_show(&self.best[i], &cosines[self.questions[i, 0], 0],
                             &cosines[self.questions[i, 1], 0], &cosines[self.questions[i, 2], 0],
                             self.shifts[i], n, first, self.method, &self.names[0],
                             &self.given[i, 0])

    def answers(self):
        """The best row for each question, or -1."""
        cdef Claim claim = shared(self, &self.users)
        cdef int64_t i
        return [self.best[i].row for i in range(self.questions.shape[0])]
