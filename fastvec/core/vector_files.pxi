# RowReader, write_rows: rows of vector files (csrc/vectors/vector_file.h).

cdef extern from "vectors/vector_file.h" nogil:
    enum: ROW_READ, ROW_BAD, ROW_BLANK
    enum: ROW_SHORTEST, ROW_WORD2VEC, ROW_GLOVE
    enum: DECIMAL_ROOM
    ctypedef struct file_row:
        const char *word
        int64_t length
        const char *next
        const char *end
        int hard
    int row_binary(const char *p, const char *end, int64_t size, float *vector, file_row *row)
    int row_text(const char *p, const char *end, int last, int64_t size, float *vector,
                 file_row *row)
    char *row_write(char *out, const float *vector, int64_t size, int layout)


cdef class RowReader:
    """Reads rows of a word2vec or GloVe file, chunk by chunk of its bytes.

    Parameters
    ----------
    size : int
        numbers in a vector.
    binary : bool
        whether the rows are binary or text.
    rows : int
        how many rows to expect; more may come.
    doubles : bool
        whether ``feed`` fills float64 vectors: the numbers of text are then read by Python's
        float(), which is slower.

    ``table`` holds the words; of equal words the first row is kept, and ``duplicates`` counts the
    others.  ``row`` counts the rows read, duplicates included.
    """

    cdef readonly WordTable table
    cdef readonly int64_t size, row, duplicates
    cdef bint binary
    cdef float *single  # the row that is read, where vectors are doubles; or NULL

    def __cinit__(self, int64_t size, bint binary, int64_t rows=0, bint doubles=False):
        if size < 1:
            raise ValueError(f"size must be at least 1, got {size}")
        self.table = WordTable()
        if not 0 <= rows <= 0x7fffffff:
            raise ValueError(f"rows must be from 0 to 2**31 - 1, got {rows}")
        if word_table_reserve(&self.table.table, rows) < 0:
            raise MemoryError()
        self.size = size
        self.binary = binary
        if doubles:
            self.single = <float *> malloc(size * sizeof(float))
            if self.single == NULL:
                raise MemoryError()

    def __dealloc__(self):
        free(self.single)

    def feed(self, const uint8_t[::1] data, int64_t start, int64_t end, bint last,
             vectors, int64_t limit):
        """Read rows from ``data[start:end]`` into ``vectors``; return where the next row starts.

        Stops when ``vectors`` is full, after ``limit`` rows in all, or at a row that is not
        complete yet.  ``last``: no more data will follow.  ``vectors`` has shape (rows, size).

        Raises
        ------
        ValueError
            a row that is not a word and ``size`` numbers; its argument is where that row starts.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.table.users)
        if not 0 <= start <= end <= data.shape[0]:
            raise ValueError(f"start and end must be from 0 to {data.shape[0]}")
        cdef float[:, ::1] singles = None if self.single != NULL else vectors
        cdef double[:, ::1] doubles = vectors if self.single != NULL else None
        cdef int64_t room = len(vectors)
        if vectors.shape[1] != self.size:
            raise ValueError(f"vectors must have {self.size} columns, got {vectors.shape[1]}")
        if start == end or room == 0:
            return start
        cdef const char *base = <const char *> &data[0]
        cdef const char *p = base + start
        cdef const char *stop = base + end
        cdef file_row row
        cdef float *vector
        cdef int found = ROW_READ
        memset(&row, 0, sizeof(row))
        cdef int32_t id = 0, n = self.table.table.n
        with nogil:
            while p < stop and n < room and self.row < limit:
                vector = self.single if self.single != NULL else &singles[n, 0]
                if self.binary:
                    found = row_binary(p, stop, self.size, vector, &row)
                else:
                    found = row_text(p, stop, last, self.size, vector, &row)
                if found == ROW_BLANK:
                    p = row.next
                    continue
                if found != ROW_READ:
                    break
                if self.single != NULL:
                    with gil:
                        _read_doubles(&row, self.binary, self.single, doubles[n])
                elif not self.binary and row.hard:
                    with gil:
                        _read_slowly(&row, singles[n])
                id = word_table_add_id(&self.table.table, row.word, row.length)
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
        if found == ROW_BAD:
            raise ValueError(p - base)
        return p - base


cdef object _read_slowly(file_row *row, float[::1] vector):
    """Read the numbers of one row by Python's float(), which takes any number of digits."""
    cdef const char *numbers = row.word + row.length
    cdef int64_t i
    for i, number in enumerate(PyBytes_FromStringAndSize(numbers, row.end - numbers).split()):
        vector[i] = <float> <double> float(number)


cdef object _read_doubles(file_row *row, bint binary, const float *single, double[::1] vector):
    """Fill a row of doubles: from the text of the row, or from its binary numbers."""
    cdef const char *numbers = row.word + row.length
    cdef int64_t i
    if binary:
        for i in range(vector.shape[0]):
            vector[i] = single[i]
        return
    for i, number in enumerate(PyBytes_FromStringAndSize(numbers, row.end - numbers).split()):
        vector[i] = float(number)


def write_rows(list words, const float[:, :] vectors, int layout):
    """Rows of text: each of ``words`` (bytes) and its vector.

    ``layout``: 0 shortest numbers that read back the same, 1 as word2vec.c, 2 as GloVe.
    """
    cdef int64_t n = vectors.shape[0], size = vectors.shape[1], i, k, room = 0
    cdef bytes text
    if len(words) != n:
        raise ValueError(f"{len(words)} words for {n} vectors")
    if layout not in (ROW_SHORTEST, ROW_WORD2VEC, ROW_GLOVE):
        raise ValueError(f"layout must be 0, 1 or 2, got {layout}")
    for i in range(n):
        text = words[i]  # TypeError for anything but bytes
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
            memcpy(out, PyBytes_AsString(text), len(text))
            out += len(text)
            for k in range(size):
                vector[k] = vectors[i, k]
            out = row_write(out, vector, size, layout)
        return PyBytes_FromStringAndSize(start, out - start)
    finally:
        free(vector)
        free(start)
