# PairText, PairRows: counting pairs of words (csrc/counting/pairs.h).

cdef extern from "counting/pairs.h" nogil:
    enum: HOT
    ctypedef struct pair_text:
        const int32_t *tokens
        const int64_t *sentences
        int64_t n_sentences
        int32_t n_words, window, asymmetric
        const uint64_t *weights
    ctypedef struct occurrence:
        uint32_t at
    ctypedef struct pair_rows:
        int64_t n_keys, n
        uint32_t *keys
        uint64_t *values
    int pairs_scan(const pair_text *t, int64_t start, int64_t end, uint64_t *hot,
                   int64_t *occurrences)
    int pairs_list(const pair_text *t, int64_t origin, int64_t start, int64_t end,
                   int64_t *cursors, const int64_t *limits, occurrence *occurrences)
    int pair_rows_init(pair_rows *r, int64_t n_keys, int32_t window)
    void pair_rows_free(pair_rows *r)
    int occurrences_valid(const pair_text *t, int64_t origin, const occurrence *each,
                          const occurrence *end)
    int pair_rows_count(pair_rows *r, const pair_text *t, const int32_t *segment,
                        uint32_t word, const occurrence *each, const occurrence *end,
                        const occurrence *ahead)
    int pair_rows_hot(pair_rows *r, const pair_text *t, uint32_t word, const uint64_t *hot)
    void pair_rows_add(pair_rows *r, uint32_t key, uint64_t value)
    int pair_rows_finish(pair_rows *r)

HOT_WORDS = HOT
cdef double MOST_SUM = 1.8e19  # below 2 ** 64: a sum that comes back to 0 would be listed again


cdef class PairText:
    """A text whose pairs are counted: ids, sentences, and the weight of each distance.

    Parameters
    ----------
    tokens, sentences : int32 (n,), int64 (sentences + 1,)
        the corpus; sentences rise from 0 to n.
    weights : uint64 (window + 1,)
        fixed-point weight of a pair by its distance, at least 1; the first is not used.
    n_words : int
        ids are below this.
    asymmetric : bool
        tell contexts on the left from those on the right.

    Raises ValueError for sentences that do not fit, or a window or vocabulary that is too large.
    """

    cdef pair_text t
    cdef readonly int64_t n_tokens, n_keys
    cdef double weight  # of all distances
    cdef object alive

    def __cinit__(self, const int32_t[::1] tokens, const int64_t[::1] sentences,
                  const uint64_t[::1] weights, int64_t n_words, bint asymmetric):
        cdef int64_t n = tokens.shape[0], count = sentences.shape[0] - 1, i
        cdef bint good = count >= 1 and n >= 1 and sentences[0] == 0 and sentences[count] == n
        if not 2 <= weights.shape[0] <= 32768:
            raise ValueError(f"window must be from 1 to 32767, got {weights.shape[0] - 1}")
        for i in range(1, weights.shape[0]):
            self.weight += weights[i]
            if weights[i] == 0:
                raise ValueError(f"weights must be at least 1, got 0 for distance {i}")
        if not 1 <= n_words < 1 << 30:
            raise ValueError(f"a vocabulary must have 1 to 2**30 - 1 words, got {n_words}")
        with nogil:
            for i in range(count):
                good = good and sentences[i] <= sentences[i + 1]
        if not good:
            raise ValueError(f"sentence offsets must rise from 0 to {n}, which is at least 1")
        self.t.tokens = &tokens[0]
        self.t.sentences = &sentences[0]
        self.t.n_sentences = count
        self.t.n_words = <int32_t> n_words
        self.t.window = <int32_t> weights.shape[0] - 1
        self.t.asymmetric = asymmetric
        self.t.weights = &weights[0]
        self.n_tokens = n
        self.n_keys = n_words << asymmetric
        self.alive = (tokens, sentences, weights)

    def scan(self, int64_t start, int64_t end, uint64_t[:, ::1] hot,
             int64_t[::1] occurrences):
        """Add pairs of hot words to ``hot`` (256, 256), and the number of occurrences of other
        words to ``occurrences`` (V,).

        Raises ValueError for an id that is out of range.
        """
        if not 0 <= start <= end <= self.n_tokens:
            raise ValueError(f"the text has {self.n_tokens} tokens, not {start} to {end}")
        if hot.shape[0] != HOT or hot.shape[1] != HOT or occurrences.shape[0] != self.t.n_words:
            raise ValueError(f"hot and occurrences must have shapes (256, 256), ({self.t.n_words},)")
        cdef int failed
        with nogil:
            failed = pairs_scan(&self.t, start, end, &hot[0, 0], &occurrences[0])
        if failed:
            raise ValueError(f"token ids must be from 0 to {self.t.n_words - 1}")

    def list_occurrences(self, int64_t origin, int64_t start, int64_t end, int64_t[::1] cursors,
                         const int64_t[::1] limits, uint64_t[::1] occurrences):
        """List the occurrences in the tokens start..end, of a segment that starts at ``origin``.

        Word w's occurrences are written to ``occurrences[cursors[w]]`` on, up to ``limits[w]``.
        """
        cdef int64_t n = occurrences.shape[0], i
        cdef bint good = cursors.shape[0] == limits.shape[0] == self.t.n_words
        if not 0 <= origin <= start <= end <= self.n_tokens or end - origin > 0xffffffff:
            raise ValueError(f"the text has {self.n_tokens} tokens, not {start} to {end}")
        with nogil:
            for i in range(self.t.n_words if good else 0):
                good = good and 0 <= cursors[i] and (cursors[i] >= limits[i] or limits[i] <= n)
        if not good:
            raise ValueError("cursors must be within the occurrences")
        cdef int failed
        with nogil:
            failed = pairs_list(&self.t, origin, start, end, &cursors[0], &limits[0],
                                <occurrence *> (&occurrences[0] if n else NULL))
        if failed:
            raise ValueError("the tokens changed while they were counted")


cdef class PairRows:
    """One worker's counts of one block of rows at a time.

    After :meth:`count` or :meth:`merge`, row i's entries are ``ends[i]`` to ``ends[i + 1]`` of
    ``keys()`` and ``sums()``; :meth:`cut` makes tiles of them.
    """

    cdef pair_rows r
    cdef PairText text
    cdef int32_t users

    def __cinit__(self, PairText text):
        self.text = text
        if pair_rows_init(&self.r, text.n_keys, text.t.window) < 0:
            raise MemoryError()

    def __dealloc__(self):
        pair_rows_free(&self.r)

    cdef int check(self, int64_t first, int64_t last, const uint64_t[:, ::1] hot,
                   int64_t[::1] ends) except -1:
        if not 0 <= first < last <= self.text.t.n_words or ends.shape[0] != last - first + 1:
            raise ValueError(f"rows {first} to {last} must have {last - first + 1} ends")
        if hot is not None and (hot.shape[0] != HOT or hot.shape[1] != HOT):
            raise ValueError("hot must have shape (256, 256)")
        self.r.n = 0
        ends[0] = 0
        return 0

    def count(self, int64_t first, int64_t last, const uint64_t[:, ::1] hot or None,
              const uint64_t[::1] occurrences, const int64_t[::1] starts, int64_t origin,
              int64_t[::1] ends):
        """Count the rows first..last from the occurrences in a segment (PairText.list_occurrences).

        Word w's are ``starts[w]`` to ``starts[w + 1]``.  Rows of hot words come from the
        ``hot`` table, or stay empty if that is None.  ValueError for occurrences out of the text,
        and for so many that sums could pass 64 bits.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int64_t n = occurrences.shape[0], w
        cdef pair_text *t = &self.text.t
        cdef int failed = 0
        self.check(first, last, hot, ends)
        cdef bint good = starts.shape[0] == t.n_words + 1 and 0 <= origin < self.text.n_tokens
        for w in range(first, last if good else first):
            good = good and 0 <= starts[w] <= starts[w + 1] <= n
        if not good:
            raise ValueError("starts must rise within the occurrences")
        if 2 * self.text.weight * n >= MOST_SUM:
            raise ValueError(f"{n} occurrences with these weights are too many to count")
        cdef const uint64_t *table = &hot[0, 0] if hot is not None else NULL
        cdef const occurrence *each = <const occurrence *> (&occurrences[0] if n else NULL)
        with nogil:
            good = occurrences_valid(t, origin, each + starts[first], each + starts[last])
        if not good:
            raise ValueError("occurrences must be within the text")
        with nogil:
            for w in range(first, last):
                if w >= HOT:
                    failed = pair_rows_count(&self.r, t, t.tokens + origin, <uint32_t> w,
                                             each + starts[w], each + starts[w + 1], each + n)
                elif table != NULL:
                    failed = pair_rows_hot(&self.r, t, <uint32_t> w, table)
                if failed:
                    break
                ends[w - first + 1] = self.r.n
        if failed:
            raise MemoryError("no room for the pairs of a block of words")

    def merge(self, int64_t first, int64_t last, const uint64_t[:, ::1] hot, list counts,
              int64_t[::1] ends):
        """Add up the rows first..last of several segments: ``counts`` are (ends, keys, sums) of each."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int64_t w, i, n_keys = self.r.n_keys, rows = last - first
        cdef const int64_t[::1] segment_ends
        cdef const uint32_t[::1] keys
        cdef const uint64_t[::1] sums
        cdef bint good = True
        cdef double total = 0
        cdef int failed = 0
        self.check(first, last, hot, ends)
        cdef int n_segments = len(counts), p
        cdef const int64_t **all_ends = <const int64_t **> calloc(n_segments + 1, sizeof(void *))
        cdef const uint32_t **all_keys = <const uint32_t **> calloc(n_segments + 1, sizeof(void *))
        cdef const uint64_t **all_sums = <const uint64_t **> calloc(n_segments + 1, sizeof(void *))
        try:
            if all_ends == NULL or all_keys == NULL or all_sums == NULL:
                raise MemoryError()
            for p in range(n_segments):
                segment_ends, keys, sums = counts[p]
                good = segment_ends.shape[0] == rows + 1 and keys.shape[0] == sums.shape[0]
                good = good and segment_ends[0] == 0 and segment_ends[rows] <= keys.shape[0]
                for i in range(rows if good else 0):
                    good = good and segment_ends[i] <= segment_ends[i + 1]
                for i in range(keys.shape[0] if good else 0):
                    good = good and keys[i] < n_keys
                    total += sums[i]
                if not good or total >= MOST_SUM:
                    raise ValueError("counts must be (ends, keys, sums) of the rows")
                all_ends[p] = &segment_ends[0]
                all_keys[p] = &keys[0] if keys.shape[0] else NULL
                all_sums[p] = &sums[0] if keys.shape[0] else NULL
            with nogil:
                for w in range(first, last):
                    if w < HOT:
                        failed = pair_rows_hot(&self.r, &self.text.t, <uint32_t> w, &hot[0, 0])
                    else:
                        for p in range(n_segments):
                            for i in range(all_ends[p][w - first], all_ends[p][w - first + 1]):
                                pair_rows_add(&self.r, all_keys[p][i], all_sums[p][i])
                        failed = pair_rows_finish(&self.r)
                    if failed:
                        break
                    ends[w - first + 1] = self.r.n
        finally:
            free(all_ends)
            free(all_keys)
            free(all_sums)
        if failed:
            raise MemoryError("no room for the pairs of a block of words")

    def keys(self):
        """A copy of the keys, as bytes of uint32."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        return PyBytes_FromStringAndSize(<char *> self.r.keys, self.r.n * sizeof(uint32_t))

    def sums(self):
        """A copy of the sums, as bytes of uint64."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        return PyBytes_FromStringAndSize(<char *> self.r.values, self.r.n * sizeof(uint64_t))

    def cut(self, const int64_t[::1] ends, double scale, const int64_t[::1] starts,
            int64_t[::1] counts, uint64_t[::1] out):
        """Make tiles of the rows; see :func:`cut_rows`.  A pair's value is its sum times scale."""
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        if ends.shape[0] < 1 or ends[ends.shape[0] - 1] != self.r.n:
            raise ValueError(f"ends must rise from 0 to {self.r.n}")
        cut_any(ends, self.r.keys, self.r.values, scale, NULL, self.r.n, starts,
                self.text.t.asymmetric, counts, out)
