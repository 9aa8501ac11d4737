# TextReader: words from text, as ids (csrc/text/text_chunks.h).

from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.unicode cimport PyUnicode_AsUTF8AndSize

cdef extern from "text/text_chunks.h" nogil:
    enum: TEXT_STEP, TEXT_OK, TEXT_FULL, TEXT_INVALID, TEXT_NO_MEMORY, TEXT_UNREADABLE
    ctypedef struct text_reader:
        word_table words
        int64_t max_words
        int replace
        int join_lines
        int join_rows
        int final
        int eof
        int32_t *ids
        int64_t n_ids, tokens, lines
        int64_t origin
        int error
    int text_init(text_reader *t, int64_t step)
    void text_free(text_reader *t)
    void text_begin(text_reader *t, int64_t origin)
    void text_begin_range(text_reader *t, int fd, int64_t start, int64_t stop, int64_t size)
    int text_append(text_reader *t, const char *bytes, int64_t n)
    int text_read(text_reader *t, const control *c, int64_t *bytes)
    ctypedef struct c_text_rows "text_rows":
        const char *bytes
        const int64_t *ends
        const int64_t *numbers
        const int64_t *starts
        int64_t next, n
    void text_begin_rows(text_reader *t, c_text_rows rows)
    int text_word(text_reader *t, const char *bytes, int64_t length)
    int text_number(text_reader *t, int64_t number)
    int text_end_list(text_reader *t)


class TextError(ValueError):
    """Bytes that are not UTF-8; ``position`` is where they are in their file."""

    def __init__(self, position):
        super().__init__(f"byte {position} is not valid UTF-8")
        self.position = position


cdef class TextReader:
    """Reads words, one chunk of text after the other: numbers them, counts them, lists their ids.

    Parameters
    ----------
    replace : bool
        replace invalid UTF-8 with U+FFFD instead of raising TextError.
    join_lines : bool
        newlines are spaces; a sentence ends only with its file.
    join_rows : bool
        newlines in rows of text are spaces: each row is one sentence, also an empty one.
    max_words : int
        pause after the sentence that brings more distinct words than this; 0: never.
    step : int
        bytes read at a time.

    The methods that read return True for such a pause: drop words with keep() and call resume().
    Integers are words of decimal digits; TypeError where some tokens are strings and others integers.

    >>> reader = TextReader()
    >>> reader.block(b"a rose is a rose", 0, True, Control(1), 0)
    False
    >>> reader.tokens, reader.lines, reader.known
    (5, 1, 3)
    """

    cdef text_reader t
    cdef object arrays  # of the rows being read, kept from being freed
    cdef token_kind kind
    cdef int32_t users

    def __cinit__(self, bint replace=False, bint join_lines=False, int64_t max_words=0,
                  int64_t step=TEXT_STEP, *, bint join_rows=False):
        if not 1 <= step <= 1 << 30:
            raise ValueError(f"step must be from 1 to {1 << 30}, got {step}")
        if text_init(&self.t, step) < 0:
            raise MemoryError()
        self.t.replace = replace
        self.t.join_lines = join_lines
        self.t.join_rows = join_rows
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
    def integers(self):
        """Whether the tokens are integers."""
        return self.kind == INTEGERS

    @property
    def known(self):
        """Distinct words."""
        return self.t.words.n

    @property
    def spooled(self):
        """How many ids move_ids() will write."""
        return self.t.n_ids

    cdef bint outcome(self, int status) except -1:
        if status == TEXT_INVALID:
            raise TextError(self.t.origin)
        if status == TEXT_NO_MEMORY:
            raise MemoryError(f"no room for more than {self.t.words.n} words")
        if status == TEXT_UNREADABLE:
            raise OSError(self.t.error, os.strerror(self.t.error))
        return status == TEXT_FULL

    cdef int expect_kind(self, token_kind kind, str got) except -1:
        """Tokens of a kind follow, such as ``got``; TypeError if those before were of another kind."""
        if self.kind != NO_TOKENS and self.kind != kind:
            raise bad_token(got + (" after integers" if self.kind == INTEGERS else " after strings"))
        self.kind = kind
        return 0

    cdef word(self, int32_t i):
        """Word i as it is spelled."""
        cdef int64_t start = self.t.words.offsets[i], stop = self.t.words.offsets[i + 1]
        return self.t.words.bytes[start:stop].decode(errors="replace")

    def block(self, const uint8_t[::1] data, int64_t origin, bint last, Control control,
              int worker):
        """Read bytes of whole words, which begin at ``origin`` of their file; last: with its end."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        self.expect_kind(STRINGS, "text")
        text_begin(&self.t, origin)
        self.t.final = True
        self.t.eof = last
        cdef int64_t n = data.shape[0]
        if n and text_append(&self.t, <const char *> &data[0], n) < 0:
            raise MemoryError()
        return self.read(control, worker)

    def file_range(self, int fd, int64_t start, int64_t stop, int64_t size, Control control,
                   int worker):
        """Read the words of an open file of ``size`` bytes that begin in [start, stop)."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        if not 0 <= start <= stop <= size:
            raise ValueError(f"a range must be within its file, got {start} to {stop} of {size}")
        self.expect_kind(STRINGS, "text")
        text_begin_range(&self.t, fd, start, stop, size)
        return self.read(control, worker)

    def text_rows(self, const uint8_t[::1] joined, const int64_t[::1] ends, Control control,
                  int worker):
        """Read texts, each like a file: r is ``joined[ends[r]:ends[r + 1]]``."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef c_text_rows rows
        memset(&rows, 0, sizeof(rows))
        rows.n = check_offsets(ends, joined.shape[0], "ends")
        rows.ends = &ends[0]
        rows.bytes = bytes_of(joined)
        if joined.shape[0]:
            self.expect_kind(STRINGS, "text")
        self.arrays = (joined, ends)
        text_begin_rows(&self.t, rows)
        return self.read(control, worker)

    def token_rows(self, const uint8_t[::1] joined, const int64_t[::1] ends,
                   const int64_t[::1] starts, Control control, int worker, bint integers=False):
        """Read sentences: r has the words starts[r] to starts[r + 1]; word w is the UTF-8 text
        ``joined[ends[w]:ends[w + 1]]``, the decimal digits of a number if they are ``integers``."""
        cdef token_kind kind = INTEGERS if integers else STRINGS
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef c_text_rows rows
        memset(&rows, 0, sizeof(rows))
        rows.n = check_offsets(starts, check_offsets(ends, joined.shape[0], "ends"), "starts")
        rows.ends = &ends[0]
        rows.bytes = bytes_of(joined)
        rows.starts = &starts[0]
        if ends.shape[0] > 1 and self.kind != kind:
            word = bytes(joined[ends[0]:ends[1]]).decode(errors="replace")
            self.expect_kind(kind, word if integers else f"{word!r:.60}")
        self.arrays = (joined, ends, starts)
        text_begin_rows(&self.t, rows)
        return self.read(control, worker)

    def int_rows(self, const int64_t[::1] values, const int64_t[::1] starts, Control control,
                 int worker):
        """Read sentences of numbers: r is ``values[starts[r]:starts[r + 1]]``; each number is the
        word of its decimal digits."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef c_text_rows rows
        memset(&rows, 0, sizeof(rows))
        rows.n = check_offsets(starts, values.shape[0], "starts")
        rows.numbers = &values[0] if values.shape[0] else &starts[0]  # never read
        rows.starts = &starts[0]
        if values.shape[0] and self.kind != INTEGERS:
            self.expect_kind(INTEGERS, str(values[0]))
        self.arrays = (values, starts)
        text_begin_rows(&self.t, rows)
        return self.read(control, worker)

    def resume(self, Control control, int worker):
        """Continue after a pause.  Column 0 of the Control's counters grows by the bytes of text."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        return self.read(control, worker)

    cdef bint read(self, Control control, int worker) except -1:
        cdef int64_t *counters = control.row(worker)
        cdef int status
        with nogil:
            status = text_read(&self.t, &control.c, counters)
        return self.outcome(status)

    def sentence(self, tokens):
        """Read one sentence of strings (bytes are UTF-8 text), or of integers."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef Py_ssize_t length
        cdef const char *utf8
        cdef int too_large
        cdef long long number
        for token in tokens:
            if not isinstance(token, (str, bytes)):
                if type(token) is not int:
                    token = integer_of(token)
                if self.kind != INTEGERS:
                    self.expect_kind(INTEGERS, f"{token!r:.60}")
                number = PyLong_AsLongLongAndOverflow(token, &too_large)
                if not too_large:
                    self.outcome(text_number(&self.t, number))
                    continue
                token = str(token)
            elif self.kind != STRINGS:
                self.expect_kind(STRINGS, f"{token!r:.60}")
            if isinstance(token, bytes):
                try:
                    token = token.decode(errors="replace" if self.t.replace else "strict")
                except UnicodeDecodeError:
                    raise ValueError(
                        f"word {token!r:.60} is not valid UTF-8 (errors='replace' reads it "
                        "nevertheless)"
                    ) from None
            try:
                utf8 = PyUnicode_AsUTF8AndSize(token, &length)
            except UnicodeEncodeError:
                raise ValueError(f"word {token!r} is not valid Unicode") from None
            self.outcome(text_word(&self.t, utf8, length))
        return self.outcome(text_end_list(&self.t))

    def move_ids(self, int32_t[::1] ids):
        """Write the ids spooled since the last call: 0 ends a sentence, 1 + i is word i."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        if ids.shape[0] != self.t.n_ids:
            raise ValueError(f"there are {self.t.n_ids} ids, not {ids.shape[0]}")
        if self.t.n_ids:
            memcpy(&ids[0], self.t.ids, self.t.n_ids * sizeof(int32_t))
        self.t.n_ids = 0

    def expect(self, int32_t words):
        """Make room for so many words in all."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int failed
        with nogil:
            failed = word_table_reserve(&self.t.words, words)
        if failed < 0:
            raise MemoryError(f"no room for {words} words")

    def absorb(self, TextReader other, int32_t start, int32_t stop, int32_t[::1] ids):
        """Add another reader's words [start, stop) and their counts.

        ids[i] becomes the id of its word i here.  ``other`` must have been flushed.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef Borrow borrowed_other = borrow_shared(other, &other.users)
        if not 0 <= start <= stop <= other.t.words.n or ids.shape[0] < stop:
            raise ValueError(f"words {start} to {stop} of {other.t.words.n} cannot be absorbed")
        if start < stop:
            word = other.word(start)
            self.expect_kind(other.kind, word if other.kind == INTEGERS else f"{word!r:.60}")
        cdef int failed = 0
        if start < stop:
            with nogil:
                failed = word_table_absorb(&self.t.words, &other.t.words, start, stop, &ids[0])
        if failed < 0:
            raise MemoryError(f"no room for more than {self.t.words.n} words")

    def keep(self, const uint8_t[::1] wanted, int32_t[::1] ids):
        """Drop word i unless wanted[i]; ids[i] becomes its new id, or -1."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int32_t n = self.t.words.n
        if wanted.shape[0] != n or ids.shape[0] != n:
            raise ValueError(f"there are {n} words, got {wanted.shape[0]} and {ids.shape[0]}")
        cdef int failed = 0
        word_table_flush(&self.t.words)
        if n:
            with nogil:
                failed = word_table_retain(&self.t.words, &wanted[0], &ids[0])
        if failed < 0:
            raise MemoryError()

    def flush(self):
        """Bring the counts up to date."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        with nogil:
            word_table_flush(&self.t.words)

    def words(self):
        """Copies, as bytes: all words joined; n + 1 int64 offsets; n int64 counts (flush first)."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef int32_t n = self.t.words.n
        cdef int64_t *offsets = self.t.words.offsets
        return (
            PyBytes_FromStringAndSize(self.t.words.bytes, offsets[n]),
            PyBytes_FromStringAndSize(<char *> offsets, (n + 1) * sizeof(int64_t)),
            PyBytes_FromStringAndSize(<char *> self.t.words.counts, n * sizeof(int64_t)),
        )
