# Training: one word2vec run (csrc/word2vec/epoch.h).

cdef extern from "word2vec/epoch.h" nogil:
    enum: CHUNK, MAX_CHUNK, COPIED_ROWS "HOT_ROWS"
    void train_epoch(const training *t, worker *w, control *c, int64_t *counters)

cdef extern from "word2vec/infer.h" nogil:
    ctypedef struct inference:
        int epochs
        float alpha, min_alpha
        int vector_size
    void infer_documents(const training *t, worker *w, control *c, const inference *how,
                         int64_t *counters)


#: tokens that a worker takes at a time; rows that may have copies beside other workers
CHUNK_TOKENS, HOT_ROWS = CHUNK, COPIED_ROWS


cdef class Training:
    """One word2vec training run: what to train on, what to change, and how.

    Parameters
    ----------
    tokens, offsets : int32 (n,), int64 (sentences + 1,)
        the corpus (fastvec.corpus.Corpus).
    keep : uint32 (words,)
        subsampling: a token is kept if 32 random bits are at most its word's entry.
    vectors : float32 (words, stride), changed
        input rows; aligned to 64 bytes, stride a multiple of 16, padded with zeros.
    layers : list of OutputLayer
        what each window predicts, one of each kind at most.
    vector_size : int
        columns of the rows that are used.
    skip_gram, window, shrink_windows, shared_negatives, cbow_mean, cbow_corrected
        the model, as the options of Word2Vec say it.
    vector_steps : float32 (words,), optional
        expected updates of each input row for every word trained on; needed by several workers.
    locks : float32 (words,), optional
        the factor that each input row's updates are multiplied with (gensim's ``vectors_lockf``).
    held : uint8 (sentences,), optional
        1 for the sentences that are held out of training, 0 for the others.
    frozen : bool
        change no row, and only compute the loss: of the sentences that are held out, or else of
        all.
    documents : Documents, optional
        rows that are inputs besides the context words, or instead of them.
    inferring : bool
        change no rows but those of the documents, of which sentence s has row s; call :meth:`infer`.
    workers : int
        how many threads will call :meth:`run` or :meth:`infer`.
    ngrams : NgramRows, optional
        the n-grams of words, which are inputs together with the words' own rows.
    blocks : Blocks, optional
        train in exclusive blocks of words; several workers then need no steps.
    virtual : bool
        train by virtual workers, whose number is always the same; several workers then need no
        steps.
    simd : str
        instruction set, one of simd_names().

    Raises ValueError for arrays that do not fit together or ids that are out of range.  Tokens and
    offsets may change later: what is out of range then is skipped.
    """

    cdef training t
    cdef worker *workers
    cdef readonly int n_workers
    cdef int vector_size
    cdef bint inferring
    cdef Blocks blocks  # or None
    cdef bint is_virtual
    cdef rounds rounds
    cdef int n_structs  # workers, or virtual ones
    cdef object alive  # the arrays and layers, kept from being freed
    cdef int32_t users
    cdef int32_t *worker_users

    def __cinit__(
        self, *, const int32_t[::1] tokens, const int64_t[::1] offsets, const uint32_t[::1] keep,
        float[:, ::1] vectors, list layers, int vector_size, bint skip_gram, int window,
        bint shrink_windows, bint shared_negatives, bint cbow_mean, bint cbow_corrected,
        int workers, str simd, const float[::1] vector_steps=None, const float[::1] locks=None,
        const uint8_t[::1] held=None, bint frozen=False, NgramRows ngrams=None,
        Documents documents=None, bint inferring=False, Blocks blocks=None,
        bint virtual=False,
    ):
        cdef training *t = &self.t
        cdef Py_ssize_t n = keep.shape[0], stride = vectors.shape[1]
        memset(t, 0, sizeof(training))
        cdef const instruction_set *kernel_set = instruction_set_of(simd)
        cdef bint in_batches = any([isinstance(layer, BatchOutputs) for layer in layers])
        t.batch.kernel, t.batch.frozen = kernel_set.softmax, frozen
        t.kernel = kernel_set.word2vec_frozen if frozen else kernel_set.word2vec
        if inferring:
            t.kernel = kernel_set.word2vec_infer
        same = blocks is not None or virtual  # for any number of workers
        if documents is None and inferring or same and documents is not None:
            raise ValueError(
                "inference needs documents, and these have neither blocks nor virtual workers"
            )
        if stride % ROW_FLOATS or not 1 <= vector_size <= stride:
            raise ValueError(f"rows of {stride} floats cannot hold vector_size {vector_size}")
        if window < 1:
            raise ValueError(f"window must be at least 1, got {window}")
        if not 1 <= n < 0x7fffffff:
            raise ValueError(f"keep must have 1 to 2**31 - 2 entries, got {n}")
        if locks is not None and locks.shape[0] != n:
            raise ValueError(f"locks must have {n} entries, got {locks.shape[0]}")
        self.n_workers = check_workers(workers)
        # Frozen rows need no copies, nor do those that one worker has to itself or changes in batches.
        t.workers = 1 if frozen or inferring or in_batches or same else workers
        check_rows(vectors, "vectors", n, stride)
        if t.workers > 1 and (vector_steps is None or vector_steps.shape[0] < n):
            raise ValueError(f"several workers need the steps of {n} vectors")
        self.set_corpus(tokens, offsets, <int32_t> n)
        if held is not None and held.shape[0] != t.n_sentences:
            raise ValueError(f"held must have {t.n_sentences} entries, got {held.shape[0]}")
        t.held = &held[0] if held is not None else NULL
        t.part = frozen
        t.n_words = <int32_t> n
        t.vectors = weights_of(vectors, n, vector_steps)
        t.stride = stride
        t.floats = (vector_size + t.kernel.width - 1) // t.kernel.width * t.kernel.width
        t.keep = &keep[0]
        t.locks = &locks[0] if locks is not None else NULL
        t.skip_gram = skip_gram
        t.window = window
        t.reach = min(window, MAX_CHUNK)
        t.shrink_windows = shrink_windows
        t.shared_negatives = shared_negatives
        t.cbow_mean = cbow_mean
        t.cbow_corrected = cbow_corrected
        if ngrams is not None:
            if locks is not None or same:
                raise ValueError(
                    "a training with n-grams has neither locks, blocks nor virtual workers"
                )
            ngrams.attach(t, n)
        if documents is not None:
            if ngrams is not None:
                raise ValueError("a training with documents has no n-grams")
            documents.attach(t)
        if inferring and (skip_gram and not documents.alone or not each_has_a_row(t)):
            raise ValueError("only one row of each sentence is inferred, not those of words")
        if not layers or len({type(layer) for layer in layers}) != len(layers):
            raise ValueError("there must be one output layer or more, each of another kind")
        if in_batches and (len(layers) > 1 or ngrams is not None or documents is not None
                           or same):
            raise ValueError(
                "batches of windows have no other layers, n-grams, documents, blocks or virtual workers"
            )
        for layer in layers:
            (<OutputLayer?> layer).attach(t, n)
        self.alive = (tokens, offsets, keep, vectors, list(layers), vector_steps, locks,
                      held, ngrams, documents)
        self.vector_size, self.inferring = vector_size, inferring
        self.blocks = blocks
        if blocks is not None:
            blocks.attach(t, workers)
        self.is_virtual = virtual
        self.n_structs = VIRTUAL_WORKERS if virtual else workers
        self.init_workers()
        if virtual:
            self.init_rounds()

    cdef int init_rounds(self) except -1:
        cdef training *t = &self.t
        if t.skip_gram and not t.shared_negatives and t.negative_sampling.weights.rows != NULL:
            raise ValueError("virtual workers need negatives that the words of a window share")
        if rounds_init(&self.rounds, t, self.workers) < 0:
            raise MemoryError()
        return 0

    cdef int init_workers(self) except -1:
        cdef int i
        self.worker_users = <int32_t *> calloc(self.n_workers, sizeof(int32_t))
        if self.worker_users == NULL:
            raise MemoryError()
        self.workers = <worker *> cache_line_alloc(self.n_structs * sizeof(worker))
        if self.workers == NULL:
            raise MemoryError()
        for i in range(self.n_structs):
            if worker_init(&self.workers[i], &self.t, i) != 0:
                raise MemoryError()
        return 0

    def __dealloc__(self):
        cdef int i
        if self.workers != NULL:
            for i in range(self.n_structs):
                worker_free(&self.workers[i])
            aligned_free(self.workers)
        rounds_free(&self.rounds)
        free(self.worker_users)

    cdef int set_corpus(self, const int32_t[::1] tokens, const int64_t[::1] offsets,
                        int32_t n) except -1:
        check_tokens(tokens, offsets, n)
        self.t.tokens = &tokens[0]
        self.t.offsets = &offsets[0]
        self.t.n_tokens = tokens.shape[0]
        self.t.n_sentences = offsets.shape[0] - 1
        return 0

    def start_epoch(self, float alpha_start, float alpha_end, uint64_t seed, double loss=0,
                    int64_t predictions=0, int64_t trained=0):
        """Set the learning rate at the epoch's first and last token, and its random seed.

        If the run is frozen, all scores are multiplied with what is given as the rate.
        ``loss`` and ``predictions`` are those of the chunks that were trained on before; ``trained``
        are the tokens of the epochs before, which decide how blocks begin.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        self.t.alpha_start = alpha_start
        self.t.alpha_end = alpha_end
        self.t.seed = seed
        cdef int i
        for i in range(self.n_structs):
            self.workers[i].updater.loss = 0
            self.workers[i].updater.predictions = 0
        self.workers[0].updater.loss = loss
        self.workers[0].updater.predictions = predictions
        if self.is_virtual:
            rounds_start_epoch(&self.rounds, loss)
        if self.blocks is not None:
            blocks_start_epoch(&self.blocks.b, trained, loss)

    def run(self, int index, Control control):
        """One worker's share of one epoch; counter 0 counts tokens, 1 those kept by subsampling."""
        if not 0 <= index < self.n_workers:
            raise ValueError(f"worker must be from 0 to {self.n_workers - 1}, got {index}")
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef Borrow borrowed_worker = borrow_exclusive(self, &self.worker_users[index])
        cdef int64_t *counters = control.row(index)
        cdef Blocks blocks = self.blocks
        with nogil:
            if self.is_virtual:
                train_rounds(&self.t, &self.rounds, &control.c, counters)
            elif blocks is None:
                train_epoch(&self.t, &self.workers[index], &control.c, counters)
            else:
                train_blocks(&self.t, &blocks.b, &self.workers[index], &blocks.workers[index],
                             &control.c, counters)

    def infer(self, int index, Control control, int epochs, float alpha, float min_alpha):
        """One worker's share of all sentences: the rows of their documents become what fits them.

        The learning rate falls from ``alpha`` in the first of some epochs to ``min_alpha`` in the
        last; counter 0 counts tokens.
        """
        if not 0 <= index < self.n_workers or not self.inferring or epochs < 1:
            raise ValueError(f"no worker {index} infers in {epochs} epochs")
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef Borrow borrowed_worker = borrow_exclusive(self, &self.worker_users[index])
        cdef int64_t *counters = control.row(index)
        cdef inference how
        how.epochs, how.alpha, how.min_alpha = epochs, alpha, min_alpha
        how.vector_size = self.vector_size
        with nogil:
            infer_documents(&self.t, &self.workers[index], &control.c, &how, counters)

    @property
    def loss(self):
        """Sum over this epoch's predictions of -log(probability of the right answer)."""
        if self.blocks is not None:
            return self.blocks.loss()
        if self.is_virtual:
            return self.rounds.loss
        return sum(self.workers[i].updater.loss for i in range(self.n_workers))

    @property
    def predictions(self):
        """Predictions made in this epoch: pairs of an input row and an output row."""
        return sum(self.workers[i].updater.predictions for i in range(self.n_structs))
