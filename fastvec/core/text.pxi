# TextReader and the renumbering of ids: the Python faces of csrc/text.h and csrc/renumber.h.

from cpython.unicode cimport PyUnicode_AsUTF8AndSize

cdef extern from "intern.h" nogil:
    ctypedef struct interner:
        char *bytes
        int64_t *offsets
        int64_t *counts
        int32_t n
    void intern_flush(interner *t)
    int intern_absorb(interner *t, const interner *other, int32_t start, int32_t stop, int32_t *ids)
    int intern_keep(interner *t, const uint8_t *keep, int32_t *ids)

cdef extern from "text.h" nogil:
    enum: TEXT_STEP, TEXT_OK, TEXT_FULL, TEXT_INVALID, TEXT_NO_MEMORY, TEXT_UNREADABLE
    ctypedef struct text:
        interner words
        int64_t max_words
        int replace
        int join_lines
        int final
        int eof
        int32_t *ids
        int64_t n_ids, tokens, lines
        int64_t origin
        int error
    int text_init(text *t, int64_t step)
    void text_free(text *t)
    void text_begin(text *t, int64_t origin)
    void text_begin_part(text *t, int fd, int64_t start, int64_t stop, int64_t size)
    int text_put(text *t, const char *bytes, int64_t n)
    int text_take(text *t)
    int text_part(text *t, const control *c, int64_t *bytes)
    int text_word(text *t, const char *bytes, int64_t length)
    int text_end_list(text *t)

cdef extern from "renumber.h" nogil:
    ctypedef struct renumbered:
        int64_t tokens, sentences
        int ends, first_empty, open
    int renumber_count(const int32_t *ids, int64_t n, const int32_t *map, int64_t known,
                       renumbered *r)
    int renumber_write(const int32_t *ids, int64_t n, const int32_t *map, int64_t known,
                       int32_t *tokens, int64_t n_tokens, int64_t *ends, int64_t n_ends,
                       int64_t base, int open)


class TextError(ValueError):
    """Bytes that are not UTF-8; ``position`` is where they stand in their file."""

    def __init__(self, position):
        super().__init__(f"byte {position} is not valid UTF-8")
        self.position = position


cdef class TextReader:
    """Reads words one piece of text after the other: numbers them, counts them, lists their ids.

    Parameters
    ----------
    replace : bool
        replace invalid UTF-8 with U+FFFD instead of raising TextError.
    join_lines : bool
        newlines are spaces; a sentence ends only with its file.
    max_words : int
        pause after the sentence that brings more distinct words than this; 0: never.
    step : int
        bytes read at a time.

    The methods that read return True for such a pause: forget words with keep() and call resume().

    >>> reader = TextReader()
    >>> reader.block(b"a rose is a rose", 0, True)
    False
    >>> reader.tokens, reader.lines, reader.known
    (5, 1, 3)
    """

    cdef text t

    def __cinit__(self, bint replace=False, bint join_lines=False, int64_t max_words=0,
                  int64_t step=TEXT_STEP):
        if not 1 <= step <= 1 << 30:
            raise ValueError(f"step must be from 1 to {1 << 30}, got {step}")
        if text_init(&self.t, step) < 0:
            raise MemoryError()
        self.t.replace = replace
        self.t.join_lines = join_lines
        self.t.max_words = max_words

    def __dealloc__(self):
        text_free(&self.t)

    @property
    def tokens(self):
        """Words read."""
        return self.t.tokens

    @property
    def lines(self):
        """Sentences read, empty ones included."""
        return self.t.lines

    @property
    def known(self):
        """Distinct words."""
        return self.t.words.n

    @property
    def spooled(self):
        """How many ids move_ids() would write."""
        return self.t.n_ids

    cdef bint outcome(self, int status) except -1:
        if status == TEXT_INVALID:
            raise TextError(self.t.origin)
        if status == TEXT_NO_MEMORY:
            raise MemoryError(f"no room for more than {self.t.words.n} words")
        if status == TEXT_UNREADABLE:
            raise OSError(self.t.error, os.strerror(self.t.error))
        return status == TEXT_FULL

    def block(self, const uint8_t[::1] data, int64_t origin, bint last):
        """Read bytes that begin at ``origin`` of their file, with whole words; last: its last."""
        cdef int status
        text_begin(&self.t, origin)
        self.t.final = True
        self.t.eof = last
        with nogil:
            status = TEXT_OK
            if data.shape[0] and text_put(&self.t, <const char *> &data[0], data.shape[0]) < 0:
                status = TEXT_NO_MEMORY
            if status == TEXT_OK:
                status = text_take(&self.t)
        return self.outcome(status)

    def part(self, int fd, int64_t start, int64_t stop, int64_t size, Control control, int worker):
        """Read the words of an open file of ``size`` bytes that begin in [start, stop).

        Column 0 of the Control's counters grows by the bytes read.
        """
        if not 0 <= start <= stop <= size:
            raise ValueError(f"a part must lie within its file, got {start} to {stop} of {size}")
        cdef int64_t *counters = control.row(worker)
        cdef int status
        text_begin_part(&self.t, fd, start, stop, size)
        with nogil:
            status = text_part(&self.t, &control.c, counters)
        return self.outcome(status)

    def resume(self, Control control, int worker):
        """Go on after a pause of part()."""
        cdef int64_t *counters = control.row(worker)
        cdef int status
        with nogil:
            status = text_part(&self.t, &control.c, counters)
        return self.outcome(status)

    def resume_block(self):
        """Go on after a pause of block()."""
        cdef int status
        with nogil:
            status = text_take(&self.t)
        return self.outcome(status)

    def sentence(self, tokens):
        """Read one sentence: strings (or whatever str() makes words of; bytes are UTF-8 text)."""
        cdef Py_ssize_t length
        cdef const char *utf8
        for token in tokens:
            if isinstance(token, bytes):
                token = token.decode()
            elif not isinstance(token, str):
                token = str(token)
            try:
                utf8 = PyUnicode_AsUTF8AndSize(token, &length)
            except UnicodeEncodeError:
                raise ValueError(f"word {token!r} is not valid Unicode") from None
            self.outcome(text_word(&self.t, utf8, length))
        return self.outcome(text_end_list(&self.t))

    def move_ids(self, int32_t[::1] ids):
        """Write the ids spooled since the last call: 0 ends a sentence, 1 + i is word i."""
        if ids.shape[0] != self.t.n_ids:
            raise ValueError(f"there are {self.t.n_ids} ids, not {ids.shape[0]}")
        if self.t.n_ids:
            memcpy(&ids[0], self.t.ids, self.t.n_ids * sizeof(int32_t))
        self.t.n_ids = 0

    def absorb(self, TextReader other, int32_t start, int32_t stop, int32_t[::1] ids):
        """Take over another reader's words [start, stop) and their counts.

        ids[i] becomes the number that its word i has here.  ``other`` must have been flushed.
        """
        if not 0 <= start <= stop <= other.t.words.n or ids.shape[0] < stop:
            raise ValueError(f"words {start} to {stop} of {other.t.words.n} cannot be absorbed")
        cdef int failed = 0
        if start < stop:
            with nogil:
                failed = intern_absorb(&self.t.words, &other.t.words, start, stop, &ids[0])
        if failed < 0:
            raise MemoryError(f"no room for more than {self.t.words.n} words")

    def keep(self, const uint8_t[::1] wanted, int32_t[::1] ids):
        """Forget word i unless wanted[i]; ids[i] becomes what it is called now, or -1."""
        cdef int32_t n = self.t.words.n
        if wanted.shape[0] != n or ids.shape[0] != n:
            raise ValueError(f"there are {n} words, got {wanted.shape[0]} and {ids.shape[0]}")
        cdef int failed = 0
        intern_flush(&self.t.words)
        if n:
            with nogil:
                failed = intern_keep(&self.t.words, &wanted[0], &ids[0])
        if failed < 0:
            raise MemoryError()

    def flush(self):
        """Bring the counts up to date."""
        with nogil:
            intern_flush(&self.t.words)

    def words(self):
        """Copies, as bytes: all words joined; n + 1 int64 offsets; n int64 counts (flush first)."""
        cdef int32_t n = self.t.words.n
        cdef int64_t *offsets = self.t.words.offsets
        return (
            PyBytes_FromStringAndSize(self.t.words.bytes, offsets[n]),
            PyBytes_FromStringAndSize(<char *> offsets, (n + 1) * sizeof(int64_t)),
            PyBytes_FromStringAndSize(<char *> self.t.words.counts, n * sizeof(int64_t)),
        )


def count_kept(const int32_t[::1] ids, const int32_t[::1] numbers):
    """What a segment of spooled ids becomes by ``numbers``: see csrc/renumber.h.

    Returns (tokens kept, sentences that end, whether any ends, whether nothing of the first one is
    here, whether tokens stand behind the last end).  ValueError for an id that is not in the map.
    """
    cdef renumbered r
    cdef int failed = 0
    cdef int64_t n = ids.shape[0], known = numbers.shape[0]
    memset(&r, 0, sizeof(r))
    if n:
        with nogil:
            failed = renumber_count(&ids[0], n, &numbers[0] if known else NULL, known, &r)
    if failed < 0:
        raise ValueError(f"an id is not below {known}")
    return r.tokens, r.sentences, bool(r.ends), bool(r.first_empty), bool(r.open)


def write_kept(const int32_t[::1] ids, const int32_t[::1] numbers, int32_t[::1] tokens,
               int64_t[::1] ends, int64_t base, bint open):
    """Write what count_kept() has counted: tokens, and ``base`` + where sentences end."""
    cdef int32_t token
    cdef int64_t end
    cdef int32_t *to_tokens = &tokens[0] if tokens.shape[0] else &token
    cdef int64_t *to_ends = &ends[0] if ends.shape[0] else &end
    cdef int64_t n = ids.shape[0], known = numbers.shape[0]
    cdef int64_t n_tokens = tokens.shape[0], n_ends = ends.shape[0]
    cdef int failed = n_tokens != 0 or n_ends != 0
    if n:
        with nogil:
            failed = renumber_write(&ids[0], n, &numbers[0] if known else NULL, known,
                                    to_tokens, n_tokens, to_ends, n_ends, base, open)
    if failed:
        raise ValueError(f"the segment has not {n_tokens} tokens and {n_ends} ends")
