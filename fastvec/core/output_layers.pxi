# The output layers that word2vec trains: their tables, checked here and handed to csrc.
#
# One class for each row of the table in csrc/word2vec/output_layers.h, and one for csrc/word2vec/batch_outputs.h.

cdef extern from "word2vec/training.h" nogil:
    enum: MOST_NGRAMS
    ctypedef struct c_weights "weights":
        float *rows
        int64_t count
        const float *steps
    ctypedef struct c_noise "noise":
        const alias_column *columns
        const int32_t *words
        const int64_t *starts
        int64_t shards
    ctypedef struct negative_sampling:
        c_weights weights
        c_noise noise
        int negative
    ctypedef struct hierarchical_softmax:
        c_weights weights
        const int64_t *offsets
        const int32_t *nodes
        const float *signs
        int longest
    ctypedef struct bag_ngram:
        int32_t row
        float count
    ctypedef enum batch_objective:
        FULL_SOFTMAX, SAMPLED_SOFTMAX, NOISE_CONTRASTIVE
    enum: BATCH_WINDOWS
    ctypedef struct batch_outputs:
        c_weights weights
        batch_objective objective
        const float *corrections
        c_noise noise
        int32_t n_words
        int64_t most
        bint frozen
        sgemm_function sgemm
        const softmax_kernels *kernel
    ctypedef struct c_subwords "subwords":
        c_weights weights
        const int64_t *offsets
        const bag_ngram *ngrams
        const float *own
        const int32_t *sizes
        int longest, block
    ctypedef struct c_documents "documents":
        float *rows
        int64_t count
        const int64_t *starts
        const int32_t *tags
        int64_t n_tags
        int most, alone
    ctypedef struct training:
        const kernels *kernel
        const int32_t *tokens
        const int64_t *offsets
        int64_t n_tokens, n_sentences
        const uint8_t *held
        int part
        const uint32_t *keep
        int64_t stride
        int floats
        int32_t n_words
        c_weights vectors
        const float *locks
        c_subwords subwords
        c_documents documents
        negative_sampling negative_sampling
        hierarchical_softmax hierarchical_softmax
        batch_outputs batch
        int skip_gram, window, reach, shrink_windows, shared_negatives, cbow_mean, cbow_corrected
        float alpha_start, alpha_end
        uint64_t seed
        int workers
    ctypedef struct updater:
        double loss
        int64_t predictions
    ctypedef struct worker:
        updater updater
    int worker_init(worker *w, const training *t, int index)
    void worker_free(worker *w)


cdef c_weights weights_of(float[:, ::1] rows, Py_ssize_t count, const float[::1] steps) noexcept:
    cdef c_weights weights
    weights.rows = &rows[0, 0] if count else NULL
    weights.count = count
    weights.steps = &steps[0] if steps is not None and count else NULL
    return weights


cdef int fill_noise(c_noise *noise, const uint32_t[:, ::1] columns, const int32_t[::1] words,
                    const int64_t[::1] starts, Py_ssize_t n_words) except -1:
    """The alias tables as C takes them; ValueError if they do not fit together or the words."""
    cdef Py_ssize_t n = words.shape[0], shards = starts.shape[0] - 1, i
    cdef bint good = shards >= 1 and starts[0] == 0 and starts[shards] == n
    for i in range(shards if good else 0):
        good = good and 0 < starts[i + 1] - starts[i] < 0x7fffffff
        good = good and starts[i + 1] <= n
    if not good:
        raise ValueError(f"the shards of noise must rise from 0 to {n}")
    if columns.shape[0] != n or columns.shape[1] != 2:
        raise ValueError(f"the tables of noise must have shape ({n}, 2)")
    for i in range(n):
        good &= 0 <= words[i] < n_words and columns[i, 1] < <uint32_t> n_words
    if not good:
        raise ValueError(f"noise words must be from 0 to {n_words - 1}")
    noise.columns = <const alias_column *> &columns[0, 0]
    noise.words = &words[0]
    noise.starts = &starts[0]
    noise.shards = shards
    return 0


cdef class OutputLayer:
    """One output layer of a :class:`Training`: its weights and its tables.

    A subclass fills its struct of the training in ``attach``.
    """

    cdef float[:, ::1] weights
    cdef const float[::1] steps  # None unless several workers will train

    cdef int attach(self, training *t, Py_ssize_t n_words) except -1:
        """Put this layer into ``t``; ValueError if it does not fit the vocabulary or the rows."""
        raise NotImplementedError

    cdef int check_weights(self, training *t, str name, Py_ssize_t count) except -1:
        check_rows(self.weights, name, count, t.stride)
        if t.workers > 1 and count and (self.steps is None or self.steps.shape[0] < count):
            raise ValueError(f"several workers need the steps of {count} {name}")
        return 0


cdef class NegativeSampling(OutputLayer):
    """The output layer of negative sampling.

    Parameters
    ----------
    weights : float32 (words, stride), changed
        one row for each word; aligned to 64 bytes, stride as that of the input vectors.
    noise : tuple of uint32 (n, 2), int32 (n,) and int64 (shards + 1,)
        the alias tables of all shards of the noise distribution: a threshold and the word above
        it, the word below it, and where each shard begins (csrc/word2vec/noise.h).
    negative : int
        noise words drawn for each prediction, from 1 to 100000.
    steps : float32 (words,), optional
        expected updates of each row for every word trained on; needed by several workers.
    """

    cdef const uint32_t[:, ::1] columns
    cdef const int32_t[::1] words
    cdef const int64_t[::1] starts
    cdef int negative

    def __cinit__(self, float[:, ::1] weights, noise, int negative, steps=None):
        if noise is None:
            raise ValueError("noise must be given, for negative sampling")
        if not 1 <= negative <= 100000:
            raise ValueError(f"negative must be from 1 to 100000, got {negative}")
        self.weights, self.steps = weights, steps
        self.columns, self.words, self.starts = noise
        self.negative = negative

    cdef int attach(self, training *t, Py_ssize_t n_words) except -1:
        self.check_weights(t, "outputs", n_words)
        cdef negative_sampling *layer = &t.negative_sampling
        fill_noise(&layer.noise, self.columns, self.words, self.starts, n_words)
        layer.weights = weights_of(self.weights, n_words, self.steps)
        layer.negative = self.negative
        return 0


cdef class HierarchicalSoftmax(OutputLayer):
    """The output layer of hierarchical softmax: the inner nodes of a Huffman tree.

    Parameters
    ----------
    weights : float32 (words - 1, stride), changed
        one row for each inner node, the root first; aligned to 64 bytes, stride as that of the
        input vectors.
    paths : tuple of int64 (words + 1,), int32 and float32
        where each word's path begins, its nodes, and their signs (:func:`fill_paths`); the last two
        are 16 entries longer than the paths.
    steps : float32 (words - 1,), optional
        expected updates of each row for every word trained on; needed by several workers.
    """

    cdef const int64_t[::1] offsets
    cdef const int32_t[::1] nodes
    cdef const float[::1] signs

    def __cinit__(self, float[:, ::1] weights, paths, steps=None):
        self.weights, self.steps = weights, steps
        self.offsets, self.nodes, self.signs = paths

    cdef int attach(self, training *t, Py_ssize_t n_words) except -1:
        self.check_weights(t, "nodes", n_words - 1)
        cdef hierarchical_softmax *layer = &t.hierarchical_softmax
        layer.longest = self.longest_path(n_words)
        layer.weights = weights_of(self.weights, n_words - 1, self.steps)
        if n_words == 1:  # it has an empty path: no row is ever used, but the layer is
            layer.weights.rows = t.vectors.rows
        layer.offsets = &self.offsets[0]
        layer.nodes = &self.nodes[0]
        layer.signs = &self.signs[0]
        return 0

    cdef int longest_path(self, Py_ssize_t n_words) except -1:
        """The length of the longest path; ValueError if paths leave their arrays or the tree."""
        cdef Py_ssize_t i
        cdef int64_t longest = 0, end
        cdef bint good = True
        if self.offsets is None or self.nodes is None or self.signs is None:
            raise ValueError("paths must be three arrays, for hierarchical softmax")
        if self.offsets.shape[0] != n_words + 1:
            raise ValueError(f"path offsets must have {n_words + 1} entries")
        end = self.nodes.shape[0] - ROW_FLOATS
        if end < 0 or self.signs.shape[0] < self.nodes.shape[0]:
            raise ValueError("path nodes and signs must be 16 entries longer than the paths")
        for i in range(n_words):
            good &= 0 <= self.offsets[i] <= self.offsets[i + 1] <= end
            longest = max(longest, self.offsets[i + 1] - self.offsets[i])
        for i in range(self.nodes.shape[0]):
            good &= 0 <= self.nodes[i] < max(n_words - 1, 1)
        if not good:
            raise ValueError("Huffman paths must stay inside the tree")
        return <int> min(longest, 0x7fffffff)


#: the objectives of BatchOutputs
BATCH_OBJECTIVES = ("softmax", "sampled_softmax", "nce")

#: windows that are predicted at once, and share their noise words
WINDOWS_IN_BATCH = BATCH_WINDOWS


cdef class BatchOutputs(OutputLayer):
    """The output layer that predicts many windows at once, from the same outputs.

    Parameters
    ----------
    weights : float32 (words, stride), changed
        one row for each word; aligned to 64 bytes, stride as that of the input vectors.
    objective : str
        ``softmax``, which compares each window with all words, or ``sampled_softmax`` or ``nce``, which
        compare it with noise words.
    corrections : float32 (words,)
        what is added to the score of each word.
    sgemm : capsule
        of the BLAS that multiplies matrices: :func:`sgemm_of` says which.
    noise : tuple of uint32 (n, 2), int32 (n,) and int64 (2,), optional
        the alias tables of noise words, in one shard; not for ``softmax``.
    negative : int, optional
        noise words drawn for each window, from 1 to 1000; those of a batch are shared by all of its
        windows.
    """

    cdef const uint32_t[:, ::1] columns
    cdef const int32_t[::1] words
    cdef const int64_t[::1] starts
    cdef float *corrections
    cdef Py_ssize_t n_words
    cdef int objective, negative
    cdef sgemm_function sgemm

    def __cinit__(self, float[:, ::1] weights, str objective, const float[::1] corrections, sgemm,
                  noise=None, int negative=0):
        if objective not in BATCH_OBJECTIVES:
            raise ValueError(f"objective must be one of {', '.join(BATCH_OBJECTIVES)}, got {objective!r}")
        self.objective = BATCH_OBJECTIVES.index(objective)
        if (noise is None) != (self.objective == FULL_SOFTMAX):
            raise ValueError("noise must be given, for sampled_softmax and nce")
        if noise is not None:
            if not 1 <= negative <= 1000:
                raise ValueError(f"negative must be from 1 to 1000, got {negative}")
            self.columns, self.words, self.starts = noise
            if self.starts.shape[0] != 2:
                raise ValueError("the noise words of a batch come from one shard")
        self.weights, self.negative = weights, negative
        self.sgemm = sgemm_of(sgemm)
        self.pad_corrections(corrections)

    cdef int attach(self, training *t, Py_ssize_t n_words) except -1:
        cdef batch_outputs *layer = &t.batch
        check_rows(self.weights, "outputs", n_words, t.stride)
        if self.n_words != n_words:
            raise ValueError(f"corrections must have {n_words} entries")
        layer.n_words = <int32_t> n_words
        layer.most = n_words
        if self.objective != FULL_SOFTMAX:
            fill_noise(&layer.noise, self.columns, self.words, self.starts, n_words)
            layer.most = self.negative * BATCH_WINDOWS
        layer.weights = weights_of(self.weights, n_words, None)
        layer.objective = <batch_objective> self.objective
        layer.corrections = self.corrections
        layer.sgemm = self.sgemm
        return 0

    cdef int pad_corrections(self, const float[::1] corrections) except -1:
        """Keep the corrections, and behind them those of outputs that are not there."""
        self.n_words = corrections.shape[0]
        self.corrections = <float *> malloc((self.n_words + SOFTMAX_FLOATS) * sizeof(float))
        if self.corrections == NULL:
            raise MemoryError()
        cdef Py_ssize_t i
        for i in range(self.n_words):
            self.corrections[i] = corrections[i]
        for i in range(self.n_words, self.n_words + SOFTMAX_FLOATS):
            self.corrections[i] = NO_SCORE
        return 0

    def __dealloc__(self):
        free(self.corrections)
