# PhraseCounter: counts of neighbouring words (csrc/counting/phrase_counter.h).

cdef extern from "counting/phrase_counter.h" nogil:
    enum: PHRASE_CONNECTOR, PHRASE_OPENS
    enum: PHRASE_DONE, PHRASE_BAD_ID, PHRASE_NO_MEMORY
    ctypedef struct phrase_slot:
        uint32_t first, last, between, value
    ctypedef struct phrase_table:
        phrase_slot *slots
        int64_t n
    ctypedef struct phrase_tree:
        uint32_t *parents
        uint32_t *connectors
        int64_t n
    ctypedef struct phrase_text:
        const int32_t *tokens
        const int64_t *sentences
        int64_t n_tokens, n_sentences
        const uint8_t *kinds
        int32_t n_words
    ctypedef struct phrase_counter:
        phrase_table pairs
        phrase_tree tree
        uint32_t share, shares
        int64_t *words
        int64_t n_words_seen, most
        uint32_t least
    int phrase_counter_init(phrase_counter *c, int32_t n_words, int64_t n_pairs)
    void phrase_counter_free(phrase_counter *c)
    int phrases_count(phrase_counter *c, const phrase_text *t, const control *stop, int64_t *done)
    void phrases_list(const phrase_table *t, phrase_slot *out)

CONNECTOR_WORD = PHRASE_CONNECTOR
OPENING_WORD = PHRASE_OPENS


cdef phrase_text text_of(const int32_t[::1] tokens, const int64_t[::1] sentences,
                         const uint8_t[::1] kinds) except *:
    """A text, its sentences checked; its ids are checked while it is read."""
    cdef phrase_text t
    if not 0 <= kinds.shape[0] < 1 << 31:
        raise ValueError("there must be fewer than 2**31 words")
    t.n_sentences = check_offsets(sentences, tokens.shape[0], "sentences")
    t.sentences = &sentences[0]
    t.tokens = &tokens[0] if tokens.shape[0] else NULL
    t.n_tokens = tokens.shape[0]
    t.kinds = &kinds[0] if kinds.shape[0] else NULL
    t.n_words = <int32_t> kinds.shape[0]
    return t


cdef class PhraseCounter:
    """Counts words and pairs of words that follow each other, connectors between them or not.

    Parameters
    ----------
    n_words : int
        ids are below this.
    share, shares : int
        count only the pairs of this share, of so many; words are counted in all of them.
    most : int
        of words and pairs; looked at after each sentence.
    expected : int
        make room for so many pairs.
    drop : bool
        beyond ``most``, drop what was seen less than ``least`` times, which starts at 1 and grows
        by 1 each time.  Otherwise count() ends then.

    >>> import numpy as np
    >>> tokens, sentences = np.array([0, 1, 0, 1], np.int32), np.array([0, 4])
    >>> counter = PhraseCounter(2)
    >>> counter.count(tokens, sentences, np.zeros(2, np.uint8), Control(1), 0)
    True
    >>> np.frombuffer(counter.words(), np.int64), counter.n_pairs
    (array([2, 2]), 2)
    """

    cdef phrase_counter c
    cdef int32_t n_words, users

    def __cinit__(self, int32_t n_words, uint32_t share=0, uint32_t shares=1,
                  int64_t expected=0, int64_t most=1 << 62, bint drop=False):
        if n_words < 0 or not share < shares <= 1024 or most < 1 or not 0 <= expected < 1 << 40:
            raise ValueError(f"{n_words} words, share {share} of {shares}: out of range")
        if phrase_counter_init(&self.c, n_words, expected) < 0:
            raise MemoryError()
        self.n_words = n_words
        self.c.share = share
        self.c.shares = shares
        self.c.most = most
        self.c.least = drop

    def __dealloc__(self):
        phrase_counter_free(&self.c)

    @property
    def n_pairs(self):
        """Distinct pairs."""
        return self.c.pairs.n

    @property
    def n_words_seen(self):
        """Distinct words, without connectors."""
        return self.c.n_words_seen

    @property
    def least(self):
        """What was seen less often is dropped the next time; 0: nothing is ever dropped."""
        return self.c.least

    def count(self, const int32_t[::1] tokens, const int64_t[::1] sentences,
              const uint8_t[::1] kinds, Control control, int worker):
        """Count the pairs of a text; False if there are more than ``most``, or if it is stopped.

        tokens : (T,) int32; sentences : (S + 1,) int64 rising offsets into them;
        kinds : (n_words,) uint8, CONNECTOR_WORD for connectors.
        Column 0 of the Control's counters becomes the number of words read.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef phrase_text t = text_of(tokens, sentences, kinds)
        cdef int64_t *done = control.row(worker)
        cdef int status
        if t.n_words != self.n_words:
            raise ValueError(f"kinds must have {self.n_words} entries, got {t.n_words}")
        with nogil:
            status = phrases_count(&self.c, &t, &control.c, done)
        if status == PHRASE_NO_MEMORY:
            raise MemoryError(f"no room for more than {self.c.pairs.n} pairs of words")
        if status == PHRASE_BAD_ID:
            raise ValueError(f"an id is not below {self.n_words}")
        return status == PHRASE_DONE

    def words(self):
        """A copy of the words' counts, as bytes of int64."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        return PyBytes_FromStringAndSize(<char *> self.c.words, self.n_words * sizeof(int64_t))

    def pairs(self):
        """The pairs in no order, as bytes of (n_pairs, 4) uint32: first, last, between, count.
        (A count stays at 2**32 - 1.)"""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef int64_t n = self.c.pairs.n
        listed = PyBytes_FromStringAndSize(NULL, n * sizeof(phrase_slot))
        cdef phrase_slot *out = <phrase_slot *> PyBytes_AsString(listed)
        with nogil:
            phrases_list(&self.c.pairs, out)
        return listed

    def tree(self):
        """Copies of each node's parent and connector, as bytes of uint32; node 0 has no connector."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef int64_t size = self.c.tree.n * sizeof(uint32_t)
        return (PyBytes_FromStringAndSize(<char *> self.c.tree.parents, size),
                PyBytes_FromStringAndSize(<char *> self.c.tree.connectors, size))
