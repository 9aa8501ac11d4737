# WordTable, WordIndex: ids of words (csrc/text/word_table.h).

cdef extern from "text/word_table.h" nogil:
    ctypedef struct word_table:
        char *bytes
        int64_t *offsets
        int64_t *counts
        int32_t n
    int word_table_init(word_table *t)
    bint word_is_within(int64_t start, int64_t stop, int64_t end)
    int word_table_over(word_table *t, char *bytes, int64_t end, int64_t *offsets, int32_t n)
    void word_table_free(word_table *t)
    int word_table_reserve(word_table *t, int64_t n)
    void word_table_flush(word_table *t)
    int word_table_absorb(word_table *t, const word_table *other, int32_t start, int32_t stop,
                          int32_t *ids)
    int word_table_retain(word_table *t, const uint8_t *keep, int32_t *ids)
    int32_t word_table_id(const word_table *t, const char *start, int64_t length)
    int32_t word_table_add_id(word_table *t, const char *start, int64_t length)


cdef int find_all_words(const word_table *t, const uint8_t[::1] joined,
                        const int64_t[::1] offsets, int32_t[::1] ids) except -1:
    cdef int64_t end = joined.shape[0], start, stop, i
    cdef int64_t n = check_offsets(offsets, end, "offsets")
    cdef const char *bytes_pointer = bytes_of(joined)
    if ids.shape[0] != n:
        raise ValueError(f"there are {n} words, not {ids.shape[0]}")
    with nogil:
        for i in range(n):
            start, stop = offsets[i], offsets[i + 1]
            ids[i] = -1
            if word_is_within(start, stop, end):  # a mapped file may change after the check
                ids[i] = word_table_id(t, bytes_pointer + start, stop - start)
    return 0


cdef class WordTable:
    """A growing set of words; each new one gets the next id.

    >>> table = WordTable()
    >>> table.add(b"cat"), table.add(b"dog"), table.add(b"cat")
    (0, 1, 0)
    >>> table.find(b"cow")
    -1
    """

    cdef word_table table
    cdef int32_t users

    def __cinit__(self):
        if word_table_init(&self.table) < 0:
            raise MemoryError()

    def __dealloc__(self):
        word_table_free(&self.table)

    def __len__(self):
        return self.table.n

    def add(self, bytes word):
        """The id of a word, a new one if it was not known."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int32_t id = word_table_add_id(&self.table, PyBytes_AsString(word), len(word))
        if id < 0:
            raise MemoryError("no room for more words")
        return id

    def find(self, bytes word):
        """The id of a word, or -1."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        return word_table_id(&self.table, PyBytes_AsString(word), len(word))

    def find_all(self, const uint8_t[::1] joined, const int64_t[::1] offsets, int32_t[::1] ids):
        """ids[i] becomes the id of word i of other words, or -1."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        find_all_words(&self.table, joined, offsets, ids)

    def arrays(self):
        """Copies: (all words joined, as bytes; offsets, as bytes of n + 1 int64)."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef int32_t n = self.table.n
        joined = PyBytes_FromStringAndSize(self.table.bytes, self.table.offsets[n])
        offsets = PyBytes_FromStringAndSize(<char *> self.table.offsets, (n + 1) * sizeof(int64_t))
        return joined, offsets


cdef class WordIndex:
    """Finds words in given arrays, memory-mapped ones too; of equal words the first.

    Parameters
    ----------
    joined : (bytes,) uint8 array
        all words, one after the other.
    offsets : (n + 1,) int64 array
        word i is ``joined[offsets[i]:offsets[i + 1]]``.

    Raises
    ------
    ValueError
        offsets that do not rise from 0 to the length of ``joined``.
    """

    cdef word_table table
    cdef const uint8_t[::1] joined
    cdef const int64_t[::1] offsets

    def __cinit__(self, const uint8_t[::1] joined, const int64_t[::1] offsets):
        cdef int64_t n = offsets.shape[0] - 1
        if n < 0 or n > 0x7ffffffe:
            raise ValueError(f"offsets must have 1 to 2**31 - 1 entries, got {n + 1}")
        if not rises(offsets, joined.shape[0], 0):
            raise ValueError(f"word offsets must rise from 0 to {joined.shape[0]}")
        self.joined = joined
        self.offsets = offsets
        cdef char *bytes_pointer = <char *> bytes_of(joined)
        cdef int failed
        with nogil:
            failed = word_table_over(&self.table, bytes_pointer, joined.shape[0],
                                     <int64_t *> &offsets[0], <int32_t> n)
        if failed < 0:
            raise MemoryError()

    def __dealloc__(self):
        word_table_free(&self.table)

    def __len__(self):
        return self.table.n

    def find_all(self, const uint8_t[::1] joined, const int64_t[::1] offsets, int32_t[::1] ids):
        """ids[i] becomes the id of word i of other words, or -1."""
        find_all_words(&self.table, joined, offsets, ids)

    def find(self, bytes word):
        """The id of a word, or -1."""
        return word_table_id(&self.table, PyBytes_AsString(word), len(word))


def gather_words(const uint8_t[::1] joined, const int64_t[::1] offsets, const int64_t[::1] order,
               uint8_t[::1] out):
    """Copy the words at some positions, one after the other.

    Parameters
    ----------
    joined, offsets
        word i is ``joined[offsets[i]:offsets[i + 1]]``.
    order : (n,) int64 array
        positions.
    out : uint8 array, written
        the words' bytes, which must fill it.

    >>> import numpy as np
    >>> out = np.empty(3, np.uint8)
    >>> gather_words(b"abbc", np.array([0, 1, 3, 4]), np.array([2, 1]), out)
    >>> out.tobytes()
    b'cbb'
    """
    cdef int64_t n = check_offsets(offsets, joined.shape[0], "offsets"), i, word, length, at = 0
    cdef int64_t room = out.shape[0], end = joined.shape[0], start, stop
    cdef const char *source = bytes_of(joined)
    cdef char *target = <char *> &out[0] if room else NULL
    with nogil:
        for i in range(order.shape[0]):
            word = order[i]
            if word < 0 or word >= n:
                at = -1
                break
            start, stop = offsets[word], offsets[word + 1]
            length = stop - start
            if not word_is_within(start, stop, end) or length > room - at:
                at = -1
                break
            if length:
                memcpy(target + at, source + start, length)
            at += length
    if at != room:
        raise ValueError(f"the positions must be below {n} and their words fill {room} bytes")
