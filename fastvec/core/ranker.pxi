# RankerTraining: Collobert and Weston's network (csrc/ranker/epoch.h).

cdef extern from "base/windows.h" nogil:
    ctypedef struct windows:
        const int32_t *tokens
        const int64_t *offsets
        int64_t n_tokens, n_sentences
        const uint8_t *held
        int part, before, after
        int32_t n_words, rare, pad

cdef extern from "ranker/epoch.h" nogil:
    ctypedef struct ranker:
        const ranker_kernels *kernels
        windows windows
        float *vectors
        int stride, vector_size
        float *shared
        int hidden_size, hidden_stride, floats, context_rows, centre_rows
        const alias_column *noise
        int workers
        int frozen
        float alpha_start, alpha_end
        uint64_t seed
    ctypedef struct ranker_worker:
        int64_t windows, wrong
        double loss
    int64_t network_rows(const ranker *r)
    int ranker_worker_init(ranker_worker *w, const ranker *r)
    void ranker_worker_free(ranker_worker *w)
    void ranker_epoch(const ranker *r, ranker_worker *w, control *c, int64_t *counters)


cdef class RankerTraining:
    """One training run of Collobert and Weston's network: what to train on, what to change, and how.

    Parameters
    ----------
    tokens, offsets : int32 (n,), int64 (sentences + 1,)
        the corpus (fastvec.corpus.Corpus).
    vectors : float32 (words + 2, stride), changed
        the vectors of words, then that of rare words, and that of places beyond the sentence;
        aligned to 64 bytes, stride a multiple of 16, padded with zeros.
    network : float32 (rows, hidden stride), changed
        a row of weights for each number of the input (of the context words side by side, filled up to
        a multiple of 16, and then as many as a row of ``vectors`` has, of the word in the middle), the
        bias, and the weights of the score; aligned and padded as vectors.
    vector_size, hidden_size : int
        columns of vectors and of network that are used.
    window : int
        words on either side of the one in the middle.
    held : uint8 (sentences,), optional
        1 for the sentences that are held out of training, 0 for the others.
    frozen : bool
        change nothing, and only compute the loss: of the sentences that are held out, or else of all.
    workers : int
        how many threads will call :meth:`run`.
    simd : str
        instruction set, one of simd_names().

    Raises ValueError for arrays that do not fit together or ids that are out of range.  Tokens and
    offsets may change later: ids that are out of range then are those of rare words.
    """

    cdef ranker r
    cdef ranker_worker *workers
    cdef readonly int n_workers
    cdef object alive, noise  # the arrays, kept from being freed
    cdef int32_t users
    cdef int32_t *worker_users

    def __cinit__(
        self, *, const int32_t[::1] tokens, const int64_t[::1] offsets, float[:, ::1] vectors,
        float[:, ::1] network, int vector_size, int hidden_size, int window, int workers, str simd,
        const uint8_t[::1] held=None, bint frozen=False,
    ):
        cdef ranker *r = &self.r
        cdef Py_ssize_t n = vectors.shape[0] - 2, stride = vectors.shape[1], i
        memset(r, 0, sizeof(ranker))
        r.kernels = instruction_set_of(simd).ranker
        if n < 2 or n >= 0x7ffffffd or not 1 <= vector_size <= stride or stride % ROW_FLOATS:
            raise ValueError(f"{n} vectors of {vector_size} numbers do not fit rows of {stride}")
        if not 1 <= window <= 1000 or not 1 <= hidden_size <= network.shape[1] <= 1 << 20:
            raise ValueError(f"a window of {window} and {hidden_size} hidden units do not fit")
        if network.shape[1] % ROW_FLOATS or 2 * window * stride >= 1 << 30:
            raise ValueError(f"rows of {network.shape[1]} numbers do not fit")
        r.context_rows = (2 * window * vector_size + ROW_FLOATS - 1) // ROW_FLOATS * ROW_FLOATS
        r.centre_rows = r.stride = <int> stride
        r.vector_size, r.hidden_size, r.hidden_stride = vector_size, hidden_size, <int> network.shape[1]
        r.floats = (hidden_size + r.kernels.width - 1) // r.kernels.width * r.kernels.width
        check_rows(vectors, "vectors", n + 2, stride)
        check_rows(network, "network", network_rows(r), r.hidden_stride)
        check_tokens(tokens, offsets, <int32_t> n)
        self.n_workers = r.workers = check_workers(workers)
        r.windows.tokens, r.windows.offsets = &tokens[0], &offsets[0]
        r.windows.n_tokens, r.windows.n_sentences = tokens.shape[0], offsets.shape[0] - 1
        if held is not None and held.shape[0] != r.windows.n_sentences:
            raise ValueError(f"held must have {r.windows.n_sentences} entries, got {held.shape[0]}")
        r.windows.held = &held[0] if held is not None else NULL
        r.windows.part, r.frozen = frozen, frozen
        r.windows.before = r.windows.after = window
        r.windows.rare, r.windows.pad = <int32_t> n, <int32_t> n + 1
        r.vectors, r.shared = &vectors[0, 0], &network[0, 0]
        self.alive = (tokens, offsets, vectors, network, held)
        self.worker_users = <int32_t *> calloc(workers, sizeof(int32_t))
        self.workers = <ranker_worker *> cache_line_alloc(workers * sizeof(ranker_worker))
        if self.worker_users == NULL or self.workers == NULL:
            raise MemoryError()
        for i in range(workers):
            if ranker_worker_init(&self.workers[i], r) != 0:
                raise MemoryError()

    def __dealloc__(self):
        cdef int i
        if self.workers != NULL:
            for i in range(self.n_workers):
                ranker_worker_free(&self.workers[i])
            aligned_free(self.workers)
        free(self.worker_users)

    def start_epoch(self, float alpha_start, float alpha_end, uint64_t seed, int words,
                    double loss=0, int64_t predictions=0, noise=None):
        """Set the learning rate at the epoch's first and last token, its random seed, and how many of
        the words, the first ones, are not rare.

        ``noise`` is the alias table, (words, 2), that wrong words are drawn by; without it all words
        have the same probability.  ``loss`` and ``predictions`` are those of the chunks that were trained on before.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef const uint32_t[:, ::1] table
        cdef int i
        if not 2 <= words <= self.r.windows.rare:
            raise ValueError(f"words must be from 2 to {self.r.windows.rare}, got {words}")
        self.r.noise, self.noise = NULL, noise
        if noise is not None:
            table = noise
            check_noise(table, words)
            self.r.noise = <const alias_column *> &table[0, 0]
        self.r.alpha_start, self.r.alpha_end, self.r.seed = alpha_start, alpha_end, seed
        self.r.windows.n_words = words
        for i in range(self.n_workers):
            self.workers[i].loss = 0
            self.workers[i].windows = self.workers[i].wrong = 0
        self.workers[0].loss, self.workers[0].windows = loss, predictions

    def run(self, int index, Control control):
        """One worker's share of one epoch; counters 0 and 1 count windows."""
        if not 0 <= index < self.n_workers or self.r.windows.n_words == 0:
            raise ValueError(f"no worker {index}, or start_epoch was not called")
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef Borrow borrowed_worker = borrow_exclusive(self, &self.worker_users[index])
        cdef int64_t *counters = control.row(index)
        with nogil:
            ranker_epoch(&self.r, &self.workers[index], &control.c, counters)

    @property
    def loss(self):
        """The sum over this epoch's windows of max(0, 1 - f(right) + f(wrong))."""
        return sum(self.workers[i].loss for i in range(self.n_workers))

    @property
    def predictions(self):
        """The windows of this epoch so far."""
        return sum(self.workers[i].windows for i in range(self.n_workers))

    @property
    def wrong(self):
        """How many of the windows since start_epoch did not score above the wrong one."""
        return sum(self.workers[i].wrong for i in range(self.n_workers))


cdef int check_noise(const uint32_t[:, ::1] noise, int words) except -1:
    """ValueError unless an alias table draws words."""
    cdef bint good = noise.shape[0] == words and noise.shape[1] == 2
    cdef int i
    for i in range(words if good else 0):
        good = good and noise[i, 1] < <uint32_t> words
    if not good:
        raise ValueError(f"noise must be an alias table of {words} words")
    return 0
