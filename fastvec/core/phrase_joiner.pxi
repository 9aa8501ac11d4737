# spell_pairs, PhraseJoiner: phrases in texts (csrc/counting/phrase_spelling.h, phrase_joiner.h).

cdef extern from "counting/phrase_table.h" nogil:
    uint64_t phrase_hash(uint32_t first, uint32_t last, uint32_t between)
    int phrase_table_init(phrase_table *t, uint64_t slots)
    phrase_slot *phrase_table_add(phrase_table *t, uint64_t hash, uint32_t first, uint32_t last,
                                  uint32_t between)
    int phrase_tree_init(phrase_tree *t)
    void phrase_tree_free(phrase_tree *t)
    uint32_t phrase_tree_add(phrase_tree *t, uint32_t node, uint32_t connector)

cdef extern from "counting/phrase_spelling.h" nogil:
    ctypedef struct phrase_spelling:
        const char *bytes
        const int64_t *offsets
        const char *delimiter
        int64_t delimiter_length
        const uint32_t *parents
        const uint32_t *connectors
    int64_t phrase_length(const phrase_spelling *s, const phrase_slot *pair)
    void phrase_spell(const phrase_spelling *s, const phrase_slot *pair, char *end)

cdef extern from "counting/phrase_joiner.h" nogil:
    int64_t phrases_join(const phrase_table *phrases, const phrase_tree *tree, const phrase_text *t,
                         int64_t first, int64_t last, int64_t begin, int64_t most, int32_t *out,
                         int64_t *lengths)


cdef int check_pairs(const uint32_t[:, ::1] pairs, const uint32_t[::1] parents,
                     const uint32_t[::1] connectors, int64_t n_words) except -1:
    """ValueError unless pairs (n, 4) and the tree of connectors name words and nodes that are
    exist."""
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
    s.delimiter = PyBytes_AsString(delimiter)
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
            if phrase_tree_add(&self.tree, parents[i], connectors[i]) != i:
                raise ValueError(f"node {i} is there twice")
        for i in range(n):
            slot = phrase_table_add(&self.phrases,
                                    phrase_hash(pairs[i, 0], pairs[i, 1], pairs[i, 2]),
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
        cdef int64_t n, begin, most
        if not 0 <= first <= last <= t.n_sentences or lengths.shape[0] != last - first:
            raise ValueError(f"sentences {first} to {last} of {t.n_sentences} cannot be joined")
        begin, most = sentences[first], sentences[last]
        if not 0 <= begin <= most <= tokens.shape[0]:
            raise ValueError("the offsets of the sentences changed while they were read")
        if out.shape[0] < most - begin or t.n_words != self.n_words:
            raise ValueError("out must have room for the sentences, and kinds for the words")
        if first == last:
            return 0
        with nogil:
            n = phrases_join(&self.phrases, &self.tree, &t, first, last, begin, most,
                             &out[0] if out.shape[0] else NULL, &lengths[0])
        if n < 0:
            raise ValueError(f"an id is not below {self.n_words}, or offsets do not rise")
        return n
