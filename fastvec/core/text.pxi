# TextReader, Renumbering and checksum: the faces of csrc/text.h, renumber.h and checksum.h.

from cpython.number cimport PyIndex_Check
from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.unicode cimport PyUnicode_AsUTF8AndSize

cdef extern from "intern.h" nogil:
    ctypedef struct interner:
        char *bytes
        int64_t *offsets
        int64_t *counts
        int32_t n
    void intern_flush(interner *t)
    int intern_expect(interner *t, int64_t n)
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
    int text_read(text *t, const control *c, int64_t *bytes)
    ctypedef struct text_rows:
        const char *bytes
        const int64_t *ends
        const int64_t *numbers
        const int64_t *starts
        int64_t next, n
    void text_begin_rows(text *t, text_rows rows)
    int text_word(text *t, const char *bytes, int64_t length)
    int text_number(text *t, int64_t number)
    int text_end_list(text *t)

cdef extern from "renumber.h" nogil:
    ctypedef struct renumbering:
        const int32_t *map
        int64_t known
        const int64_t *starts
        const int32_t *parts
    ctypedef struct renumbered:
        int64_t tokens, sentences
        int ends, first_empty, open
    int renumber_count(const renumbering *m, const int32_t *ids, int64_t n, renumbered *r)
    int renumber_write(const renumbering *m, const int32_t *ids, int64_t n, int32_t *tokens,
                       int64_t n_tokens, int64_t *ends, int64_t n_ends, int64_t base, int open)

cdef extern from "checksum.h" nogil:
    ctypedef struct checksum_sums "checksum":
        uint64_t plain, weighted
        uint32_t largest
    void checksum_add(checksum_sums *c, const uint8_t *bytes, int64_t n, uint64_t first)


class TextError(ValueError):
    """Bytes that are not UTF-8; ``position`` is where they stand in their file."""

    def __init__(self, position):
        super().__init__(f"byte {position} is not valid UTF-8")
        self.position = position


cdef enum token_kind:
    NO_TOKENS, STRINGS, INTEGERS


def bad_token(str got):
    """The error about a token that is no string and no integer, or not what those before it are.

    >>> bad_token("None")
    TypeError('tokens must be all strings or all integers, got None')
    """
    return TypeError(f"tokens must be all strings or all integers, got {got}")


cdef integer_of(token):
    """The Python integer that a token is: NumPy's, or whatever else says that it is one."""
    if isinstance(token, bool) or not PyIndex_Check(token):
        raise bad_token(f"{token!r:.60}")
    try:
        return operator.index(token)
    except TypeError:  # an array, which would be an integer if it had one entry
        raise bad_token(f"{token!r:.60}") from None


cdef const char *NOTHING = b""


cdef inline const char *bytes_of(const uint8_t[::1] array):
    """The bytes of an array; never NULL, which C's own functions must not be given."""
    return <const char *> &array[0] if array.shape[0] else NOTHING


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
    Integers are words of decimal digits; TypeError where some tokens are strings and others integers.

    >>> reader = TextReader()
    >>> reader.block(b"a rose is a rose", 0, True, Control(1), 0)
    False
    >>> reader.tokens, reader.lines, reader.known
    (5, 1, 3)
    """

    cdef text t
    cdef object arrays  # that the rows being read stand in
    cdef token_kind kind
    cdef int32_t users

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
    def integers(self):
        """Whether the tokens are integers."""
        return self.kind == INTEGERS

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

    cdef int expect_kind(self, token_kind kind, str got) except -1:
        """Tokens of a kind follow, such as this one; TypeError if there were others before."""
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
        """Read bytes that begin at ``origin`` of their file, with whole words; last: its last."""
        cdef Claim claim = alone(self, &self.users)
        self.expect_kind(STRINGS, "text")
        text_begin(&self.t, origin)
        self.t.final = True
        self.t.eof = last
        cdef int64_t n = data.shape[0]
        if n and text_put(&self.t, <const char *> &data[0], n) < 0:
            raise MemoryError()
        return self.go_on(control, worker)

    def file_range(self, int fd, int64_t start, int64_t stop, int64_t size, Control control, int worker):
        """Read the words of an open file of ``size`` bytes that begin in [start, stop)."""
        cdef Claim claim = alone(self, &self.users)
        if not 0 <= start <= stop <= size:
            raise ValueError(f"a part must lie within its file, got {start} to {stop} of {size}")
        self.expect_kind(STRINGS, "text")
        text_begin_part(&self.t, fd, start, stop, size)
        return self.go_on(control, worker)

    def text_rows(self, const uint8_t[::1] joined, const int64_t[::1] ends, Control control,
              int worker):
        """Read texts, each like a file: r is ``joined[ends[r]:ends[r + 1]]``."""
        cdef Claim claim = alone(self, &self.users)
        cdef text_rows rows
        memset(&rows, 0, sizeof(rows))
        rows.n = check_offsets(ends, joined.shape[0], "ends")
        rows.ends = &ends[0]
        rows.bytes = bytes_of(joined)
        if joined.shape[0]:
            self.expect_kind(STRINGS, "text")
        self.arrays = (joined, ends)
        text_begin_rows(&self.t, rows)
        return self.go_on(control, worker)

    def token_rows(self, const uint8_t[::1] joined, const int64_t[::1] ends, const int64_t[::1] starts,
              Control control, int worker):
        """Read sentences: r has the words starts[r] to starts[r + 1]; word w is the UTF-8 text
        ``joined[ends[w]:ends[w + 1]]``."""
        cdef Claim claim = alone(self, &self.users)
        cdef text_rows rows
        memset(&rows, 0, sizeof(rows))
        rows.n = check_offsets(starts, check_offsets(ends, joined.shape[0], "ends"), "starts")
        rows.ends = &ends[0]
        rows.bytes = bytes_of(joined)
        rows.starts = &starts[0]
        if ends.shape[0] > 1 and self.kind != STRINGS:
            word = bytes(joined[ends[0]:ends[1]]).decode(errors="replace")
            self.expect_kind(STRINGS, f"{word!r:.60}")
        self.arrays = (joined, ends, starts)
        text_begin_rows(&self.t, rows)
        return self.go_on(control, worker)

    def int_rows(self, const int64_t[::1] values, const int64_t[::1] starts, Control control,
                int worker):
        """Read sentences of numbers: r is ``values[starts[r]:starts[r + 1]]``; each number is the
        word of its decimal digits."""
        cdef Claim claim = alone(self, &self.users)
        cdef text_rows rows
        memset(&rows, 0, sizeof(rows))
        rows.n = check_offsets(starts, values.shape[0], "starts")
        rows.numbers = &values[0] if values.shape[0] else &starts[0]  # never read
        rows.starts = &starts[0]
        if values.shape[0] and self.kind != INTEGERS:
            self.expect_kind(INTEGERS, str(values[0]))
        self.arrays = (values, starts)
        text_begin_rows(&self.t, rows)
        return self.go_on(control, worker)

    def resume(self, Control control, int worker):
        """Go on after a pause.  Column 0 of the Control's counters grows by the bytes of text."""
        cdef Claim claim = alone(self, &self.users)
        return self.go_on(control, worker)

    cdef bint go_on(self, Control control, int worker) except -1:
        cdef int64_t *counters = control.row(worker)
        cdef int status
        with nogil:
            status = text_read(&self.t, &control.c, counters)
        return self.outcome(status)

    def sentence(self, tokens):
        """Read one sentence of strings (bytes are UTF-8 text), or of integers."""
        cdef Claim claim = alone(self, &self.users)
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
                token = token.decode()
            try:
                utf8 = PyUnicode_AsUTF8AndSize(token, &length)
            except UnicodeEncodeError:
                raise ValueError(f"word {token!r} is not valid Unicode") from None
            self.outcome(text_word(&self.t, utf8, length))
        return self.outcome(text_end_list(&self.t))

    def move_ids(self, int32_t[::1] ids):
        """Write the ids spooled since the last call: 0 ends a sentence, 1 + i is word i."""
        cdef Claim claim = alone(self, &self.users)
        if ids.shape[0] != self.t.n_ids:
            raise ValueError(f"there are {self.t.n_ids} ids, not {ids.shape[0]}")
        if self.t.n_ids:
            memcpy(&ids[0], self.t.ids, self.t.n_ids * sizeof(int32_t))
        self.t.n_ids = 0

    def expect(self, int32_t words):
        """Make room for so many words in all."""
        cdef Claim claim = alone(self, &self.users)
        cdef int failed
        with nogil:
            failed = intern_expect(&self.t.words, words)
        if failed < 0:
            raise MemoryError(f"no room for {words} words")

    def absorb(self, TextReader other, int32_t start, int32_t stop, int32_t[::1] ids):
        """Take over another reader's words [start, stop) and their counts.

        ids[i] becomes the number that its word i has here.  ``other`` must have been flushed.
        """
        cdef Claim claim = alone(self, &self.users)
        cdef Claim claim_of_other = shared(other, &other.users)
        if not 0 <= start <= stop <= other.t.words.n or ids.shape[0] < stop:
            raise ValueError(f"words {start} to {stop} of {other.t.words.n} cannot be absorbed")
        if start < stop:
            word = other.word(start)
            self.expect_kind(other.kind, word if other.kind == INTEGERS else f"{word!r:.60}")
        cdef int failed = 0
        if start < stop:
            with nogil:
                failed = intern_absorb(&self.t.words, &other.t.words, start, stop, &ids[0])
        if failed < 0:
            raise MemoryError(f"no room for more than {self.t.words.n} words")

    def keep(self, const uint8_t[::1] wanted, int32_t[::1] ids):
        """Forget word i unless wanted[i]; ids[i] becomes what it is called now, or -1."""
        cdef Claim claim = alone(self, &self.users)
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
        cdef Claim claim = alone(self, &self.users)
        with nogil:
            intern_flush(&self.t.words)

    def words(self):
        """Copies, as bytes: all words joined; n + 1 int64 offsets; n int64 counts (flush first)."""
        cdef Claim claim = shared(self, &self.users)
        cdef int32_t n = self.t.words.n
        cdef int64_t *offsets = self.t.words.offsets
        return (
            PyBytes_FromStringAndSize(self.t.words.bytes, offsets[n]),
            PyBytes_FromStringAndSize(<char *> offsets, (n + 1) * sizeof(int64_t)),
            PyBytes_FromStringAndSize(<char *> self.t.words.counts, n * sizeof(int64_t)),
        )


cdef class Renumbering:
    """What becomes of spooled ids: see csrc/renumber.h.

    Parameters
    ----------
    numbers : (known,) int32 array
        for each id a token, -1 for nothing, or -2 - e for several tokens; numbers[0] is not used.
    starts, parts : (E + 1,) int64 and (P,) int32 array, optional
        the several tokens of entry e are ``parts[starts[e]:starts[e + 1]]``.

    Raises
    ------
    ValueError
        starts that do not rise from 0 to the length of parts; a number below -1 - E.
    """

    cdef renumbering m
    cdef object arrays

    def __cinit__(self, const int32_t[::1] numbers, const int64_t[::1] starts=None,
                  const int32_t[::1] parts=None):
        self.arrays = (numbers, starts, parts)
        self.m.known = numbers.shape[0]
        self.m.map = &numbers[0] if numbers.shape[0] else NULL
        cdef int64_t i, several = 0
        cdef int32_t lowest = -1
        if starts is not None:
            several = check_offsets(starts, parts.shape[0], "starts")
            self.m.starts = &starts[0]
            self.m.parts = &parts[0] if parts.shape[0] else <const int32_t *> self.m.starts
        with nogil:
            for i in range(self.m.known):
                lowest = min(lowest, self.m.map[i])
        if lowest < -1 - several:
            raise ValueError(f"numbers must be at least {-1 - several}, got {lowest}")

    def count(self, const int32_t[::1] ids):
        """What a segment of ids becomes.

        Returns (tokens kept, sentences that end, whether any ends, whether nothing of the first
        one is here, whether tokens stand behind the last end).  ValueError for an unknown id.
        """
        cdef renumbered r
        cdef int failed = 0
        cdef int64_t n = ids.shape[0]
        memset(&r, 0, sizeof(r))
        if n:
            with nogil:
                failed = renumber_count(&self.m, &ids[0], n, &r)
        if failed < 0:
            raise ValueError(f"an id is not below {self.m.known}")
        return r.tokens, r.sentences, bool(r.ends), bool(r.first_empty), bool(r.open)

    def write(self, const int32_t[::1] ids, int32_t[::1] tokens, int64_t[::1] ends, int64_t base,
              bint open):
        """Write what count() has counted: tokens, and ``base`` + where sentences end."""
        cdef int32_t token
        cdef int64_t end
        cdef int64_t n = ids.shape[0], n_tokens = tokens.shape[0], n_ends = ends.shape[0]
        cdef int32_t *to_tokens = &tokens[0] if n_tokens else &token
        cdef int64_t *to_ends = &ends[0] if n_ends else &end
        cdef int failed = n_tokens != 0 or n_ends != 0
        if n:
            with nogil:
                failed = renumber_write(&self.m, &ids[0], n, to_tokens, n_tokens, to_ends, n_ends,
                                        base, open)
        if failed:
            raise ValueError(f"the segment has not {n_tokens} tokens and {n_ends} ends")


cdef int64_t check_offsets(const int64_t[::1] offsets, int64_t end, str name) except -1:
    """How many pieces offsets make of ``end`` things; ValueError unless they rise from 0 to it."""
    if not rises(offsets, end, 0):
        raise ValueError(f"{name} must rise from 0 to {end}")
    return offsets.shape[0] - 1


def checksum(const uint8_t[::1] data, int64_t start=0):
    """Sums over the 32-bit words of bytes that begin at byte ``start``: see csrc/checksum.h.

    Returns (sum, weighted sum, largest word); the sums of neighbouring pieces add up, modulo 2**64.

    >>> checksum(bytes([1, 0, 0, 0, 2]))
    (3, 5, 2)
    """
    if start < 0 or start % 4:
        raise ValueError(f"start must be a multiple of 4, got {start}")
    cdef checksum_sums sums
    memset(&sums, 0, sizeof(sums))
    cdef int64_t n = data.shape[0]
    if n:
        with nogil:
            checksum_add(&sums, &data[0], n, start // 4)
    return sums.plain, sums.weighted, sums.largest


def rises(const int64_t[::1] offsets, int64_t end, int64_t least):
    """Whether offsets rise from 0 to ``end``, by at least ``least`` each time."""
    cdef int64_t n = offsets.shape[0] - 1, i
    cdef bint rising = n >= 0 and offsets[0] == 0 and offsets[n] == end
    if rising:
        with nogil:
            for i in range(n):
                rising = (rising and 0 <= offsets[i] <= end
                          and offsets[i + 1] >= offsets[i] + least)
    return bool(rising)
