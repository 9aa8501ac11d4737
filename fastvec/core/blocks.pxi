# Blocks: training in exclusive blocks of words (csrc/word2vec/blocks.h).

cdef extern from "word2vec/block_epoch.h" nogil:
    enum: MOST_WORDS
    ctypedef struct c_blocks "blocks":
        int n
        double loss
        double *losses
    ctypedef struct block_worker:
        pass
    int blocks_init(c_blocks *b, const training *t, const double *shares, const double *noise)
    void blocks_free(c_blocks *b)
    int block_worker_init(block_worker *w, const c_blocks *b, const training *t)
    void block_worker_free(block_worker *w)
    void blocks_start_epoch(c_blocks *b, int64_t trained, double loss)
    void train_blocks(const training *t, c_blocks *b, worker *w, block_worker *own, control *c,
                      int64_t *counters)


#: words that can be trained in blocks
MOST_BLOCK_WORDS = MOST_WORDS


cdef class Blocks:
    """Makes a :class:`Training` train in exclusive blocks of words: skip-gram with negative sampling.

    Then the result is the same for any number of workers.

    Parameters
    ----------
    shares : float64 (words,)
        each word's share of the words trained on.
    noise : float64 (words,)
        how often each word is drawn as noise, to any scale; above 0.
    """

    cdef const double[::1] shares, noise
    cdef c_blocks b
    cdef block_worker *workers
    cdef int n_workers

    def __cinit__(self, const double[::1] shares, const double[::1] noise):
        cdef Py_ssize_t i
        cdef bint good = shares.shape[0] == noise.shape[0]
        for i in range(shares.shape[0] if good else 0):
            good &= 0 <= shares[i] < INFINITY and 0 < noise[i] < INFINITY
        if not good:
            raise ValueError("every word must have a share from 0 and a noise weight above 0")
        self.shares, self.noise = shares, noise

    cdef int attach(self, const training *t, int workers) except -1:
        """Make the blocks of a training; ValueError if it is one that has none."""
        cdef int i
        if self.workers != NULL:
            raise ValueError("these blocks belong to another Training")
        if not t.skip_gram or t.hierarchical_softmax.weights.rows != NULL:
            raise ValueError("only skip-gram with negative sampling can be trained in blocks")
        if self.noise.shape[0] != t.n_words or t.n_words > MOST_WORDS:
            raise ValueError(f"blocks must be of {t.n_words} words, at most {MOST_WORDS}")
        if blocks_init(&self.b, t, &self.shares[0], &self.noise[0]) < 0:
            raise MemoryError()
        self.workers = <block_worker *> calloc(workers, sizeof(block_worker))
        if self.workers == NULL:
            raise MemoryError()
        self.n_workers = workers
        for i in range(workers):
            if block_worker_init(&self.workers[i], &self.b, t) < 0:
                raise MemoryError()
        return 0

    def __dealloc__(self):
        cdef int i
        if self.workers != NULL:
            for i in range(self.n_workers):
                block_worker_free(&self.workers[i])
            free(self.workers)
        blocks_free(&self.b)

    @property
    def n(self):
        """How many blocks there are, which is how many workers can train at a time; 0 before they
        belong to a Training."""
        return self.b.n

    cdef double loss(self):
        """The loss of this epoch, summed in one order."""
        cdef double loss = self.b.loss
        cdef int64_t i
        for i in range(<int64_t> self.b.n * self.b.n):
            loss += self.b.losses[i]
        return loss
