# The output layers that word2vec trains: their tables, checked here and handed to csrc.
#
# One class for each row of the table in csrc/word2vec/output_layers.h.

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
        int most, alone, inferred
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
        self.check_noise(n_words)
        cdef negative_sampling *layer = &t.negative_sampling
        layer.weights = weights_of(self.weights, n_words, self.steps)
        layer.negative = self.negative
        layer.noise.columns = <const alias_column *> &self.columns[0, 0]
        layer.noise.words = &self.words[0]
        layer.noise.starts = &self.starts[0]
        layer.noise.shards = self.starts.shape[0] - 1
        return 0

    cdef int check_noise(self, Py_ssize_t n_words) except -1:
        cdef Py_ssize_t n = self.words.shape[0], shards = self.starts.shape[0] - 1, i
        cdef bint good = shards >= 1 and self.starts[0] == 0 and self.starts[shards] == n
        for i in range(shards if good else 0):
            good = good and 0 < self.starts[i + 1] - self.starts[i] < 0x7fffffff
            good = good and self.starts[i + 1] <= n
        if not good:
            raise ValueError(f"the shards of noise must rise from 0 to {n}")
        if self.columns.shape[0] != n or self.columns.shape[1] != 2:
            raise ValueError(f"the tables of noise must have shape ({n}, 2)")
        for i in range(n):
            good &= 0 <= self.words[i] < n_words and self.columns[i, 1] < <uint32_t> n_words
        if not good:
            raise ValueError(f"noise words must be from 0 to {n_words - 1}")
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
