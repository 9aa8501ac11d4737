# PhraseCounter, PhraseJoiner: the Python faces of csrc/phrases.h.

cdef extern from "phrases.h" nogil:
    enum: PHRASE_CONNECTOR, PHRASE_OPENS
    enum: PHRASE_DONE, PHRASE_STOPPED, PHRASE_FULL, PHRASE_BAD_ID, PHRASE_NO_MEMORY
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
        int64_t n_sentences
        const uint8_t *kinds
        int32_t n_words
    ctypedef struct phrase_counter:
        phrase_table pairs
        phrase_tree tree
        uint32_t share, shares
        int64_t *words
        int64_t n_words_seen, most
        uint32_t least
    ctypedef struct phrase_spelling:
        const char *bytes
        const int64_t *offsets
        const char *delimiter
        int64_t delimiter_length
        const uint32_t *parents
        const uint32_t *connectors
    uint64_t phrase_hash(uint32_t first, uint32_t last, uint32_t between)
    int phrase_table_init(phrase_table *t, uint64_t slots)
    phrase_slot *phrase_place(phrase_table *t, uint64_t hash, uint32_t first, uint32_t last,
                              uint32_t between)
    int phrase_tree_init(phrase_tree *t)
    void phrase_tree_free(phrase_tree *t)
    uint32_t phrase_grow(phrase_tree *t, uint32_t node, uint32_t connector)
    int phrase_counter_init(phrase_counter *c, int32_t n_words, int64_t n_pairs)
    void phrase_counter_free(phrase_counter *c)
    int phrases_count(phrase_counter *c, const phrase_text *t, const control *stop, int64_t *done)
    void phrases_list(const phrase_table *t, phrase_slot *out)
    int64_t phrase_length(const phrase_spelling *s, const phrase_slot *pair)
    void phrase_spell(const phrase_spelling *s, const phrase_slot *pair, char *end)
    int64_t phrases_join(const phrase_table *phrases, const phrase_tree *tree, const phrase_text *t,
                         int64_t first, int64_t last, int32_t *out, int64_t *lengths)

CONNECTOR_WORD = PHRASE_CONNECTOR
OPENING_WORD = PHRASE_OPENS


cdef phrase_text text_of(const int32_t[::1] tokens, const int64_t[::1] sentences,
                         const uint8_t[::1] kinds) except *:
    """A text whose sentences lie within it; its ids are looked at while it is read."""
    cdef phrase_text t
    if not 0 <= kinds.shape[0] < 1 << 31:
        raise ValueError("there must be fewer than 2**31 words")
    t.n_sentences = check_offsets(sentences, tokens.shape[0], "sentences")
    t.sentences = &sentences[0]
    t.tokens = &tokens[0] if tokens.shape[0] else NULL
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
        count only those pairs that fall into this one of so many shares (words: all of them).
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
        """Distinct words that are no connectors."""
        return self.c.n_words_seen

    @property
    def least(self):
        """What is seen less often is dropped the next time; 0: nothing ever is."""
        return self.c.least

    def count(self, const int32_t[::1] tokens, const int64_t[::1] sentences,
              const uint8_t[::1] kinds, Control control, int worker):
        """Count the pairs of a text; False if there are more than ``most``, or if it is stopped.

        tokens : (T,) int32; sentences : (S + 1,) int64 rising offsets into them;
        kinds : (n_words,) uint8, CONNECTOR_WORD for connectors.
        Column 0 of the Control's counters becomes the number of words read.
        """
        cdef Claim claim = alone(self, &self.users)
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
        cdef Claim claim = shared(self, &self.users)
        return PyBytes_FromStringAndSize(<char *> self.c.words, self.n_words * sizeof(int64_t))

    def pairs(self):
        """The pairs in no order, as bytes of (n_pairs, 4) uint32: first, last, between, count.
        (A count stays at 2**32 - 1.)"""
        cdef Claim claim = shared(self, &self.users)
        cdef int64_t n = self.c.pairs.n
        listed = PyBytes_FromStringAndSize(NULL, n * sizeof(phrase_slot))
        cdef phrase_slot *out = <phrase_slot *> PyBytes_AS_STRING(listed)
        with nogil:
            phrases_list(&self.c.pairs, out)
        return listed

    def tree(self):
        """Copies of each node's parent and connector, as bytes of uint32; node 0 is no connector."""
        cdef Claim claim = shared(self, &self.users)
        cdef int64_t size = self.c.tree.n * sizeof(uint32_t)
        return (PyBytes_FromStringAndSize(<char *> self.c.tree.parents, size),
                PyBytes_FromStringAndSize(<char *> self.c.tree.connectors, size))


cdef int check_pairs(const uint32_t[:, ::1] pairs, const uint32_t[::1] parents,
                     const uint32_t[::1] connectors, int64_t n_words) except -1:
    """ValueError unless pairs (n, 4) and the tree of connectors name words and nodes that are
    there."""
    cdef int64_t n = pairs.shape[0], nodes = parents.shape[0], i
    cdef bint good = pairs.shape[1] == 4 and nodes >= 1 and connectors.shape[0] == nodes
    for i in range(1, nodes if good else 0):
        good = good and parents[i] < i and connectors[i] < n_words
    for i in range(n if good else 0):
        good = (good and pairs[i, 0] < n_words and pairs[i, 1] < n_words
                and pairs[i, 2] < nodes)
    if not good:
        raise ValueError("pairs and connectors must name words and nodes that are there")
    return 0


def spell_pairs(const uint32_t[:, ::1] pairs, const uint32_t[::1] parents,
                const uint32_t[::1] connectors, const uint8_t[::1] joined,
                const int64_t[::1] offsets, bytes delimiter, int64_t[::1] ends,
                uint8_t[::1] out=None):
    """Write pairs as words, in two rounds.

    pairs : (n, 4) uint32, parents and connectors : (nodes,) uint32
        as a PhraseCounter gives them.
    joined, offsets
        word i is ``joined[offsets[i]:offsets[i + 1]]``.
    ends : (n + 1,) int64
        round one (``out`` is None) writes where each will end; round two takes it.
    out : uint8, written
        the bytes, ``ends[n]`` of them.
    """
    cdef int64_t n = pairs.shape[0], i
    cdef phrase_spelling s
    check_pairs(pairs, parents, connectors, check_offsets(offsets, joined.shape[0], "offsets"))
    if ends.shape[0] != n + 1:
        raise ValueError(f"ends must have {n + 1} entries, got {ends.shape[0]}")
    s.bytes = bytes_of(joined)
    s.offsets = &offsets[0]
    s.delimiter = PyBytes_AS_STRING(delimiter)
    s.delimiter_length = len(delimiter)
    s.parents = &parents[0]
    s.connectors = &connectors[0]
    cdef const phrase_slot *slots = <const phrase_slot *> &pairs[0, 0] if n else NULL
    cdef char *target = <char *> &out[0] if out is not None and out.shape[0] else NULL
    cdef int64_t room = 0 if out is None else out.shape[0]
    cdef bint good = ends[0] == 0 and ends[n] == room
    if out is None:
        ends[0] = 0
        with nogil:
            for i in range(n):
                ends[i + 1] = ends[i] + phrase_length(&s, &slots[i])
        return
    for i in range(n if good else 0):
        good = good and ends[i + 1] - ends[i] == phrase_length(&s, &slots[i])
    if not good:
        raise ValueError("ends must be those of round one, and fill out")
    with nogil:
        for i in range(n):
            phrase_spell(&s, &slots[i], target + ends[i + 1])


cdef class PhraseJoiner:
    """Joins phrases in texts of ids.

    Parameters
    ----------
    pairs : (n, 4) uint32
        first word, last word, node between them, and 1 + the id of the phrase.
    parents, connectors : (nodes,) uint32
        each node's parent, which comes before it, and connector.
    n_words : int
        words' ids are below this.

    >>> import numpy as np
    >>> node = np.zeros(1, np.uint32)
    >>> joiner = PhraseJoiner(np.array([[0, 1, 0, 3]], np.uint32), node, node, 2)
    >>> tokens, sentences = np.array([0, 1, 0], np.int32), np.array([0, 3])
    >>> out, lengths = np.empty(3, np.int32), np.empty(1, np.int64)
    >>> kinds = np.array([OPENING_WORD, 0], np.uint8)
    >>> joiner.join(tokens, sentences, kinds, 0, 1, out, lengths), out[:2], lengths
    (2, array([2, 0], dtype=int32), array([2]))
    """

    cdef phrase_table phrases
    cdef phrase_tree tree
    cdef int64_t n_words

    def __cinit__(self, const uint32_t[:, ::1] pairs, const uint32_t[::1] parents,
                  const uint32_t[::1] connectors, int64_t n_words):
        cdef int64_t i, n = pairs.shape[0]
        cdef phrase_slot *slot
        check_pairs(pairs, parents, connectors, n_words)
        if phrase_table_init(&self.phrases, 64) < 0 or phrase_tree_init(&self.tree) < 0:
            raise MemoryError()
        for i in range(1, parents.shape[0]):
            if phrase_grow(&self.tree, parents[i], connectors[i]) != i:
                raise ValueError(f"node {i} stands there twice")
        for i in range(n):
            slot = phrase_place(&self.phrases, phrase_hash(pairs[i, 0], pairs[i, 1], pairs[i, 2]),
                                pairs[i, 0], pairs[i, 1], pairs[i, 2])
            if slot == NULL:
                raise MemoryError()
            if not 1 <= pairs[i, 3] <= 0x7fffffff:
                raise ValueError(f"a phrase's id must be below 2**31 - 1, got {pairs[i, 3] - 1}")
            slot.value = pairs[i, 3]
        self.n_words = n_words

    def __dealloc__(self):
        free(self.phrases.slots)
        phrase_tree_free(&self.tree)

    def join(self, const int32_t[::1] tokens, const int64_t[::1] sentences,
             const uint8_t[::1] kinds, int64_t first, int64_t last, int32_t[::1] out,
             int64_t[::1] lengths):
        """Join the phrases of sentences first..last, and return how many tokens that makes.

        kinds : (n_words,) uint8
            CONNECTOR_WORD, or OPENING_WORD for words that some phrase begins with.
        out : int32, written
            the tokens; at least as long as the sentences are.
        lengths : (last - first,) int64, written
            how many each sentence has.
        """
        cdef phrase_text t = text_of(tokens, sentences, kinds)
        cdef int64_t n
        if not 0 <= first <= last <= t.n_sentences or lengths.shape[0] != last - first:
            raise ValueError(f"sentences {first} to {last} of {t.n_sentences} cannot be joined")
        if out.shape[0] < sentences[last] - sentences[first] or t.n_words != self.n_words:
            raise ValueError("out must have room for the sentences, and kinds for the words")
        if first == last:
            return 0
        with nogil:
            n = phrases_join(&self.phrases, &self.tree, &t, first, last,
                             &out[0] if out.shape[0] else NULL, &lengths[0])
        if n < 0:
            raise ValueError(f"an id is not below {self.n_words}")
        return n
