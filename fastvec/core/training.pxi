# The doors of word2vec: instruction sets, the alias table, the Huffman tree, and training.

cdef extern from "kernels.h" nogil:
    enum: ROW_FLOATS, MAX_INPUTS, MAX_OUTPUTS, GRADIENT_FLOATS
    ctypedef struct loss:
        float *mantissa
        int32_t *exponent
        int64_t steps
    ctypedef struct upcoming:
        int n
    ctypedef struct bag_of_rows "bag":
        float **rows
        int m
        float scale, share
        float *hidden
    ctypedef struct kernels:
        const char *name
        int width
        void (*gradient)(float **inputs, int m, float **outputs, const float *signs, int n,
                         int floats, float alpha, loss *sum, float *g) noexcept nogil
        void (*apply)(float **inputs, int m, float **outputs, int n, const float *g, int floats,
                      const upcoming *soon) noexcept nogil
        void (*bag)(const bag_of_rows *b, float **outputs, const float *signs, int n, int floats,
                    float alpha, loss *sum, const upcoming *soon) noexcept nogil
    const kernels *kernels_at(int i)
    const kernels *kernels_pick(const char *name)

cdef extern from "alias.h" nogil:
    ctypedef struct alias_column:
        uint32_t threshold
        uint32_t other
    int alias_build(const double *weights, uint32_t n, alias_column *table)
    uint32_t alias_draw(const alias_column *table, uint32_t n, uint64_t *state)

cdef extern from "noise.h" nogil:
    ctypedef struct noise_parts "noise":
        const alias_column *columns
        const int32_t *words
        const int64_t *starts
        int64_t parts

cdef extern from "huffman.h" nogil:
    ctypedef struct huffman_item:
        int32_t place
        int32_t node
    void huffman_depths(const int64_t *counts, int32_t n, int32_t *depths, int64_t *weights)
    int huffman_join(const huffman_item *words, const int32_t *depths, int32_t n,
                     huffman_item *nodes, huffman_item *items, int32_t *parent, uint8_t *bit)
    int huffman_paths(const int32_t *parent, const uint8_t *bit, int32_t n,
                      const int64_t *offsets, int32_t *rows, float *signs)

cdef extern from "choice.h" nogil:
    ctypedef struct choice:
        int64_t pieces
    int choice_take(choice *c)
    void choice_learn(choice *c, int way, double cost)

cdef extern from "replica.h" nogil:
    enum: COPIED_ROWS "HOT_ROWS"
    float replica_share(float decay, int workers)

cdef extern from "training.h" nogil:
    enum: CHUNK, BATCH, WORDS_DONE, WORDS_KEPT
    ctypedef struct training:
        const kernels *kernel
        const int32_t *tokens
        const int64_t *offsets
        int64_t n_tokens, n_sentences
        float *vectors
        float *outputs
        float *nodes
        int64_t stride
        int floats
        int32_t n_words
        const uint32_t *keep
        const float *locks
        noise_parts noise
        const int64_t *path_offsets
        const int32_t *path_rows
        const float *path_signs
        int longest_path
        int skip_gram, window, shrink_windows, negative, shared_negatives
        int cbow_mean, cbow_corrected
        float alpha_start, alpha_end
        uint64_t seed
        int workers
        const float *vector_steps
        const float *output_steps
        const float *node_steps
    ctypedef struct worker:
        loss sum
        float *g
        double loss
        int64_t predictions
    int64_t copied_rows(const training *t)
    int64_t merge_turn(const training *t)
    int worker_init(worker *w, const training *t, int index)
    void worker_free(worker *w)
    void *own_lines(size_t bytes)
    void loss_take(worker *w, int width)
    void train_epoch(const training *t, worker *w, control *c, int64_t *counters)


#: tokens that a worker takes at a time; rows that have copies beside another worker
CHUNK_TOKENS, HOT_ROWS = CHUNK, COPIED_ROWS


def simd_names():
    """The instruction sets that this machine runs, best first: ``("avx512", "avx2", "baseline")``."""
    names = []
    cdef int i = 0
    while kernels_at(i) != NULL:
        names.append(kernels_at(i).name.decode())
        i += 1
    return tuple(names)


cdef const kernels *pick(str simd) except NULL:
    """The kernels of one instruction set; ValueError lists what there is."""
    cdef bytes name = simd.encode()
    cdef const kernels *k = kernels_pick(name)
    if k == NULL:
        raise ValueError(
            f"FASTVEC_SIMD must be one of {', '.join(simd_names())} on this machine, got {simd!r}"
        )
    return k


def simd_width(str simd):
    """Floats in one vector of an instruction set."""
    return pick(simd).width


def build_alias(const double[::1] weights, uint32_t[:, ::1] table):
    """Fill an (n, 2) alias table (csrc/alias.h) for n weights.

    Raises ValueError unless the weights are finite, not negative, and not all zero.
    """
    cdef Py_ssize_t n = weights.shape[0], i
    cdef double total = 0
    cdef bint good = True
    if n < 1 or n >= 0x7fffffff:
        raise ValueError(f"weights must have 1 to 2**31 - 2 entries, got {n}")
    if table.shape[0] != n or table.shape[1] != 2:
        raise ValueError(f"table must have shape ({n}, 2)")
    for i in range(n):
        good = good and 0 <= weights[i] < 1e300
        total += weights[i]
    if not good or not 0 < total < 1e300:
        raise ValueError("weights must be finite, not negative and not all zero")
    cdef int failed
    with nogil:
        failed = alias_build(&weights[0], <uint32_t> n, <alias_column *> &table[0, 0])
    if failed:
        raise MemoryError()


def draw_alias(const uint32_t[:, ::1] table, uint64_t seed, int32_t[::1] draws):
    """Fill ``draws`` with outcomes drawn by an alias table; returns the new state."""
    cdef Py_ssize_t i
    if table.shape[0] < 1 or table.shape[1] != 2:
        raise ValueError("table must have shape (n, 2) with n at least 1")
    for i in range(draws.shape[0]):
        draws[i] = alias_draw(<const alias_column *> &table[0, 0], table.shape[0], &seed)
    return seed


def first_occurrences(const int32_t[::1] tokens, int64_t[::1] first):
    """Where each word occurs first; entries of those that do not occur stay as they are.

    Other tokens than 0 .. len(first) - 1 are passed over.
    """
    cdef Py_ssize_t n = first.shape[0], left = n, i
    cdef uint32_t word
    cdef uint8_t *seen = <uint8_t *> calloc(n + 1, 1)
    if seen == NULL:
        raise MemoryError()
    with nogil:
        for i in range(tokens.shape[0]):
            word = <uint32_t> tokens[i]
            if word < <size_t> n and not seen[word]:
                seen[word] = 1
                first[word] = i
                left -= 1
                if left == 0:
                    break
    free(seen)


cdef Py_ssize_t check_size(Py_ssize_t n) except -1:
    if n < 1 or n > 0x3fffffff:
        raise ValueError(f"a tree must have 1 to 2**30 - 1 words, got {n}")
    return n


def fill_depths(const int64_t[::1] counts, int32_t[::1] depths):
    """How deep in a Huffman tree the words of n counts stand (csrc/huffman.h).

    ValueError for counts that are below 0, or rise, or add up to 2**62 or more.
    """
    cdef Py_ssize_t n = check_size(counts.shape[0]), i
    cdef double total = 0
    if depths.shape[0] != n:
        raise ValueError("depths must have as many entries as counts")
    for i in range(n):
        total += <double> counts[i]
        if counts[i] < 0:
            raise ValueError(f"counts must not be negative, got {counts[i]}")
        if i > 0 and counts[i] > counts[i - 1]:
            raise ValueError(f"counts must not rise, got {counts[i]} after {counts[i - 1]}")
    if total >= 2.0 ** 62:
        raise ValueError("counts must add up to less than 2**62")
    cdef int64_t *weights = <int64_t *> malloc(n * sizeof(int64_t))
    cdef int32_t *all_depths = <int32_t *> malloc(2 * n * sizeof(int32_t))
    if weights == NULL or all_depths == NULL:
        free(weights)
        free(all_depths)
        raise MemoryError()
    with nogil:
        huffman_depths(&counts[0], <int32_t> n, all_depths, weights)
        memcpy(&depths[0], all_depths, n * sizeof(int32_t))
    free(weights)
    free(all_depths)


def fill_tree(const int32_t[::1] words, const int32_t[::1] places, const int32_t[::1] depths,
               int32_t[::1] parent, uint8_t[::1] bit):
    """The tree of n words, the deepest first and those of one depth by place (csrc/huffman.h).

    Fills ``parent`` and ``bit`` (2n - 1 each: words, then inner nodes).
    """
    cdef Py_ssize_t n = check_size(words.shape[0]), i
    cdef int bad = 0
    if places.shape[0] != n or depths.shape[0] != n:
        raise ValueError("places and depths must have as many entries as words")
    if parent.shape[0] != 2 * n - 1 or bit.shape[0] != 2 * n - 1:
        raise ValueError("parent and bit must have 2n - 1 entries")
    cdef huffman_item *items = <huffman_item *> malloc(3 * n * sizeof(huffman_item))
    if items == NULL:
        raise MemoryError()
    for i in range(n):
        bad |= not 0 <= words[i] < n
        items[i].place = places[i]
        items[i].node = words[i]
    if not bad:
        with nogil:
            bad = huffman_join(items, &depths[0], <int32_t> n, items + n, items + 2 * n, &parent[0],
                               &bit[0])
    free(items)
    if bad:
        raise ValueError("words must be those of a binary tree, the deepest first")


def fill_paths(const int32_t[::1] parent, const uint8_t[::1] bit, const int64_t[::1] offsets,
               int32_t[::1] rows, float[::1] signs):
    """Write every word's path: rows of the node matrix and +1 or -1 (label 1 or 0) for each.

    Both must be 16 entries longer than the paths, and 0 there: whole vectors of signs are read, and the
    rows of a path shorter than those that are fetched ahead.
    """
    cdef Py_ssize_t n = offsets.shape[0] - 1
    if n < 1 or parent.shape[0] != 2 * n - 1 or bit.shape[0] != 2 * n - 1:
        raise ValueError("parent and bit must have 2n - 1 entries")
    if min(rows.shape[0], signs.shape[0]) - ROW_FLOATS < offsets[n]:
        raise ValueError("rows and signs are too short for the paths")
    for i in range(2 * n - 2):
        if not i < parent[i] < 2 * n - 1:
            raise ValueError("each parent must come after its children")
    cdef int bad
    with nogil:
        bad = huffman_paths(&parent[0], &bit[0], <int32_t> n, &offsets[0], &rows[0], &signs[0])
    if bad:
        raise ValueError("offsets must be where each word's path begins")


cdef int check_rows(float[:, ::1] rows, str name, Py_ssize_t count, Py_ssize_t stride) except -1:
    if rows.shape[0] < count or rows.shape[1] != stride:
        raise ValueError(
            f"{name} must have shape ({count}, {stride}), got ({rows.shape[0]}, {rows.shape[1]})"
        )
    if rows.shape[0] and <size_t> &rows[0, 0] % 64:
        raise ValueError(f"{name} must start at a multiple of 64 bytes")
    return 0


cdef class OutputLayer:
    """One output layer of a :class:`Training`: its weights and its tables.

    A subclass keeps its own C struct and copies it into the training's in ``attach``.
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
        t.outputs = &self.weights[0, 0]
        t.output_steps = &self.steps[0] if self.steps is not None else NULL
        t.negative = self.negative
        t.noise.columns = <const alias_column *> &self.columns[0, 0]
        t.noise.words = &self.words[0]
        t.noise.starts = &self.starts[0]
        t.noise.parts = self.starts.shape[0] - 1
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
        t.longest_path = self.longest_path(n_words)
        t.nodes = &self.weights[0, 0] if n_words > 1 else t.vectors  # one word has an empty path
        t.node_steps = &self.steps[0] if self.steps is not None and n_words > 1 else NULL
        t.path_offsets = &self.offsets[0]
        t.path_rows = &self.nodes[0]
        t.path_signs = &self.signs[0]
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
    workers : int
        how many threads will call :meth:`run`.
    simd : str
        instruction set, one of simd_names().

    Raises ValueError for arrays that do not fit together or ids that are out of range.  Tokens and
    offsets may change later: what is out of range then is skipped.
    """

    cdef training t
    cdef worker *workers
    cdef readonly int n_workers
    cdef object alive  # the arrays and layers, kept from being freed
    cdef int32_t users
    cdef int32_t *worker_users

    def __cinit__(
        self, *, const int32_t[::1] tokens, const int64_t[::1] offsets, const uint32_t[::1] keep,
        float[:, ::1] vectors, list layers, int vector_size, bint skip_gram, int window,
        bint shrink_windows, bint shared_negatives, bint cbow_mean, bint cbow_corrected,
        int workers, str simd, const float[::1] vector_steps=None, const float[::1] locks=None,
    ):
        cdef training *t = &self.t
        cdef Py_ssize_t n = keep.shape[0], stride = vectors.shape[1]
        memset(t, 0, sizeof(training))
        t.kernel = pick(simd)
        if stride % ROW_FLOATS or not 1 <= vector_size <= stride:
            raise ValueError(f"rows of {stride} floats cannot hold vector_size {vector_size}")
        if not 1 <= window <= 100000:
            raise ValueError(f"window must be from 1 to 100000, got {window}")
        if not 1 <= n < 0x7fffffff:
            raise ValueError(f"keep must have 1 to 2**31 - 2 entries, got {n}")
        if locks is not None and locks.shape[0] != n:
            raise ValueError(f"locks must have {n} entries, got {locks.shape[0]}")
        t.workers = self.n_workers = check_workers(workers)
        check_rows(vectors, "vectors", n, stride)
        if workers > 1 and (vector_steps is None or vector_steps.shape[0] < n):
            raise ValueError(f"several workers need the steps of {n} vectors")
        self.set_corpus(tokens, offsets, <int32_t> n)
        t.n_words = <int32_t> n
        t.vectors = &vectors[0, 0]
        t.vector_steps = &vector_steps[0] if vector_steps is not None else NULL
        t.stride = stride
        t.floats = (vector_size + t.kernel.width - 1) // t.kernel.width * t.kernel.width
        t.keep = &keep[0]
        t.locks = &locks[0] if locks is not None else NULL
        t.skip_gram = skip_gram
        t.window = window
        t.shrink_windows = shrink_windows
        t.shared_negatives = shared_negatives
        t.cbow_mean = cbow_mean
        t.cbow_corrected = cbow_corrected
        if not layers or len({type(layer) for layer in layers}) != len(layers):
            raise ValueError("there must be one output layer or more, each of another kind")
        for layer in layers:
            (<OutputLayer?> layer).attach(t, n)
        self.alive = (tokens, offsets, keep, vectors, list(layers), vector_steps, locks)
        self.init_workers()

    cdef int init_workers(self) except -1:
        cdef int i
        self.worker_users = <int32_t *> calloc(self.n_workers, sizeof(int32_t))
        if self.worker_users == NULL:
            raise MemoryError()
        if posix_memalign(<void **> &self.workers, 128, self.n_workers * sizeof(worker)) != 0:
            self.workers = NULL
            raise MemoryError()
        memset(self.workers, 0, self.n_workers * sizeof(worker))
        for i in range(self.n_workers):
            if worker_init(&self.workers[i], &self.t, i) != 0:
                raise MemoryError()
        return 0

    def __dealloc__(self):
        cdef int i
        if self.workers != NULL:
            for i in range(self.n_workers):
                worker_free(&self.workers[i])
            free(self.workers)
        free(self.worker_users)

    cdef int set_corpus(self, const int32_t[::1] tokens, const int64_t[::1] offsets,
                        int32_t n) except -1:
        cdef Py_ssize_t i, count = tokens.shape[0], sentences = offsets.shape[0] - 1
        cdef bint good = True
        if sentences < 1 or count < 1 or not rises(offsets, count, 0):
            raise ValueError(f"sentence offsets must rise from 0 to {count}")
        with nogil:
            for i in range(count):
                good &= <uint32_t> tokens[i] < <uint32_t> n
        if not good:
            raise ValueError(f"token ids must be from 0 to {n - 1}")
        self.t.tokens = &tokens[0]
        self.t.offsets = &offsets[0]
        self.t.n_tokens = count
        self.t.n_sentences = sentences
        return 0

    def start_epoch(self, float alpha_start, float alpha_end, uint64_t seed):
        """Set the learning rate at the epoch's first and last token, and its random seed."""
        cdef Claim claim = alone(self, &self.users)
        self.t.alpha_start = alpha_start
        self.t.alpha_end = alpha_end
        self.t.seed = seed
        cdef int i
        for i in range(self.n_workers):
            self.workers[i].loss = 0
            self.workers[i].predictions = 0

    def run(self, int index, Control control):
        """One worker's part of one epoch; counter 0 counts tokens, 1 those kept by subsampling."""
        if not 0 <= index < self.n_workers:
            raise ValueError(f"worker must be from 0 to {self.n_workers - 1}, got {index}")
        cdef Claim claim = shared(self, &self.users)
        cdef Claim claim_of_worker = alone(self, &self.worker_users[index])
        cdef int64_t *counters = control.row(index)
        with nogil:
            train_epoch(&self.t, &self.workers[index], &control.c, counters)

    @property
    def loss(self):
        """Sum over this epoch's predictions of -log(probability of the right answer)."""
        return sum(self.workers[i].loss for i in range(self.n_workers))

    @property
    def predictions(self):
        """Predictions made in this epoch: pairs of an input row and an output row."""
        return sum(self.workers[i].predictions for i in range(self.n_workers))


def choices(const double[:, ::1] costs):
    """Which of two ways (csrc/choice.h) each piece of work goes, if they cost ``costs`` (pieces, 2)."""
    if costs.shape[1] != 2:
        raise ValueError("costs must have shape (pieces, 2)")
    cdef choice c
    cdef int way
    cdef Py_ssize_t i
    memset(&c, 0, sizeof(choice))
    ways = []
    for i in range(costs.shape[0]):
        way = choice_take(&c)
        choice_learn(&c, way, costs[i, way])
        ways.append(way)
    return ways


def merge_share(float decay, int workers):
    """How much of the sum of several workers' changes of a row is right (csrc/replica.h), for tests."""
    return replica_share(decay, workers)


def worker_copies(int64_t n_tokens, int workers, bint tree):
    """How many rows a worker beside others has copies of, and how many words it trains on between two
    merges of the hottest (csrc/training.h), for tests."""
    cdef training t
    cdef float node = 0
    check_workers(workers)
    memset(&t, 0, sizeof(training))
    t.n_tokens = n_tokens
    t.workers = workers
    if tree:
        t.nodes = &node
    return copied_rows(&t), merge_turn(&t) * BATCH


def update_rows(float[:, ::1] inputs, float[:, ::1] outputs, const float[::1] signs, float alpha,
                str simd, int vector_size, int repeats=1, bint bag=False):
    """The update kernel by itself, for tests and benchmarks; returns the loss before the steps.
    ``bag``: CBOW's; the mean of the M rows predicts, and each of them gets the whole change.

    inputs (R * M, stride) and outputs (R * N, stride): 64-byte aligned, changed in place; step r takes
    rows r * M and r * N on, and begins again after R; signs: N floats, +1 or -1, and 16 more;
    M <= 10, N <= 64.  R is 8, or 1 where `repeats` is.
    """
    cdef const kernels *k = pick(simd)
    cdef int sets = 8 if repeats > 1 else 1
    cdef int m = inputs.shape[0] // sets, n = outputs.shape[0] // sets, i, r, s
    cdef int floats = (vector_size + k.width - 1) // k.width * k.width
    if not 1 <= m <= MAX_INPUTS or not 1 <= n <= MAX_OUTPUTS:
        raise ValueError(f"from 1 x 1 to {MAX_INPUTS} x {MAX_OUTPUTS} rows, got {m} x {n}")
    if signs.shape[0] < n + ROW_FLOATS or not 1 <= vector_size <= inputs.shape[1]:
        raise ValueError("signs or rows are too short")
    if inputs.shape[1] % ROW_FLOATS:
        raise ValueError("rows must be padded to 16 floats")
    check_rows(inputs, "inputs", m * sets, inputs.shape[1])
    check_rows(outputs, "outputs", n * sets, inputs.shape[1])
    cdef float *rows_in[8 * MAX_INPUTS]
    cdef float *rows_out[8 * MAX_OUTPUTS]
    for i in range(m * sets):
        rows_in[i] = &inputs[i, 0]
    for i in range(n * sets):
        rows_out[i] = &outputs[i, 0]
    cdef worker w  # for its scratch
    cdef upcoming none
    cdef bag_of_rows words
    memset(&w, 0, sizeof(worker))
    memset(&none, 0, sizeof(upcoming))
    for i in range(16):
        w.sum.mantissa[i] = 1
    words.m, words.scale, words.share = m, <float> 1.0 / m, 1.0
    words.hidden = <float *> own_lines(floats * sizeof(float))
    if words.hidden == NULL:
        raise MemoryError()
    with nogil:
        for r in range(repeats):
            s = r % sets
            if bag:
                words.rows = rows_in + s * m
                k.bag(&words, rows_out + s * n, &signs[0], n, floats, alpha, &w.sum, &none)
                continue
            k.gradient(rows_in + s * m, m, rows_out + s * n, &signs[0], n, floats, alpha, &w.sum,
                       w.g)
            k.apply(rows_in + s * m, m, rows_out + s * n, n, w.g, floats, &none)
        loss_take(&w, k.width)
    free(words.hidden)
    return w.loss
