# GloveTraining: AdaGrad on pairs in tiles (csrc/glove/glove.h).

cdef extern from "glove/schedule.h" nogil:
    ctypedef struct schedule:
        int64_t n
    int schedule_init(schedule *s, int64_t n, const int32_t *blocks, int64_t n_blocks)
    void schedule_free(schedule *s)

cdef extern from "glove/glove.h" nogil:
    ctypedef struct glove_rule:
        int64_t stride
        int32_t floats
        float eta, limit, alpha, log2_x_max
    ctypedef struct glove:
        const glove_kernels *kernels
        glove_rule rule
        float *records
        const pair *pairs
        const int64_t *starts
        const int32_t *tiles
        const int64_t *tile_offsets
        int64_t n_tiles
        int32_t strip_bits
        const uint64_t *hashes
        uint64_t held_below
        int frozen
    ctypedef struct glove_worker:
        pass
    int glove_worker_init(glove_worker *w, int64_t room, int64_t strips)
    void glove_worker_free(glove_worker *w)
    int glove_epoch(const glove *g, glove_worker *w, schedule *s, const int32_t *steps,
                    uint64_t seed, double *losses, control *c, int64_t *counters)


cdef class GloveTraining:
    """GloVe's AdaGrad on a matrix in tiles (csrc/glove/glove.h).

    Parameters
    ----------
    records : float32 (words, 4, stride), changed
        of each word its vector, context vector, and the squares of both; 64-byte aligned, stride
        a multiple of 16.
    pairs : uint64 (n,)
        the tiles' pairs, 8 bytes each.
    starts : int64 (blocks + 1,)
        the first word of each block.
    tiles : int32 (tiles, 3)
        row block, column block and side of each.
    offsets : int64 (tiles + 1,)
        where each tile's pairs begin.
    columns : int
        how many columns of the records are in use: vector_size + 2.
    eta, clip, alpha, x_max : float
        glove.c's; a gradient is clipped before it is multiplied by eta.
    strip_bits : int
        2 ** strip_bits rows are trained on together.
    hashes, held : uint64 (words,), float; optional
        the words' hashes, and the share of the pairs, chosen by them, that is held out of training.
    frozen : bool
        change no record, and only compute the cost of the pairs that are held out.
    simd : str
        instruction set, one of simd_names().

    Raises ValueError for arrays that do not fit together.
    """

    cdef glove g
    cdef glove_worker *workers
    cdef readonly int n_workers
    cdef int64_t n_blocks
    cdef schedule s
    cdef uint64_t seed
    cdef const int32_t[::1] steps
    cdef double[::1] losses
    cdef object alive
    cdef int32_t users
    cdef int32_t *worker_users

    def __cinit__(
        self, float[:, :, ::1] records, const uint64_t[::1] pairs, const int64_t[::1] starts,
        const int32_t[:, ::1] tiles, const int64_t[::1] offsets, *, int columns, float eta,
        float clip, float alpha, float x_max, int strip_bits, int workers, str simd,
        const uint64_t[::1] hashes=None, double held=0, bint frozen=False,
    ):
        cdef glove *g = &self.g
        cdef int64_t stride = records.shape[2], room = 0, widest = 0, i
        check_tiles(pairs, starts, tiles, offsets)
        self.n_blocks = starts.shape[0] - 1
        if records.shape[0] != starts[self.n_blocks] or records.shape[1] != GLOVE_ROWS:
            raise ValueError(f"records must have shape ({starts[self.n_blocks]}, 4, stride)")
        if stride % GLOVE_FLOATS or not 1 <= columns <= stride:
            raise ValueError(f"rows of {stride} floats cannot hold {columns} columns")
        if <size_t> &records[0, 0, 0] % 64:
            raise ValueError("records must be aligned to 64 bytes")
        check_workers(workers)
        if not 0 <= strip_bits <= 16:
            raise ValueError(f"strip_bits must be from 0 to 16, got {strip_bits}")
        if not (eta > 0 and clip > 0 and x_max > 0):
            raise ValueError("eta, clip and x_max must be above 0")
        if not 0 <= held <= 0.5:
            raise ValueError(f"held must be from 0 to 0.5, got {held}")
        g.kernels = instruction_set_of(simd).glove
        g.rule.stride = stride
        g.rule.floats = (columns + g.kernels.width - 1) // g.kernels.width * g.kernels.width
        g.rule.eta = eta
        g.rule.limit = eta * clip
        g.rule.alpha = alpha
        g.rule.log2_x_max = log2(x_max)
        g.records = &records[0, 0, 0]
        g.pairs = <const pair *> &pairs[0]
        g.starts = &starts[0]
        g.tiles = &tiles[0, 0]
        g.tile_offsets = &offsets[0]
        g.n_tiles = tiles.shape[0]
        g.strip_bits = strip_bits
        g.hashes = NULL
        if hashes is not None:
            if hashes.shape[0] != records.shape[0]:
                raise ValueError(f"hashes must have {records.shape[0]} entries")
            g.hashes = &hashes[0]
        elif frozen:
            raise ValueError("hashes must be given, to choose the pairs that are held out")
        g.held_below = <uint64_t> (held * 18446744073709551616.0)
        g.frozen = frozen
        self.alive = (records, pairs, starts, tiles, offsets, hashes)
        for i in range(g.n_tiles):
            room = max(room, offsets[i + 1] - offsets[i])
        for i in range(self.n_blocks):
            widest = max(widest, starts[i + 1] - starts[i])
        self.workers = <glove_worker *> calloc(workers, sizeof(glove_worker))
        self.worker_users = <int32_t *> calloc(workers, sizeof(int32_t))
        if self.workers == NULL or self.worker_users == NULL:
            raise MemoryError()
        self.n_workers = workers
        for i in range(workers):
            if glove_worker_init(&self.workers[i], room, (widest >> strip_bits) + 2) < 0:
                raise MemoryError()

    def __dealloc__(self):
        cdef int i
        if self.workers != NULL:
            for i in range(self.n_workers):
                glove_worker_free(&self.workers[i])
            free(self.workers)
        free(self.worker_users)
        schedule_free(&self.s)

    def start_epoch(self, const int32_t[::1] steps, const int32_t[:, ::1] blocks,
                    double[::1] losses, uint64_t seed):
        """Set the order of the tiles, and the seed of the order within them.

        steps : int32 (n,)
            tiles, none twice.
        blocks : int32 (n, 2)
            what each step uses, from 0 to 2 * blocks: two steps that share an entry run one after
            the other, all others may run side by side.
        losses : float64 (tiles,), written
            each tile's sum of f(x) diff^2 / 2.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int64_t n = steps.shape[0], users = 2 * self.n_blocks, i
        cdef bint good = blocks.shape[0] == n and blocks.shape[1] == 2
        cdef int32_t a, b
        if n < 1 or not good or losses.shape[0] != self.g.n_tiles:
            raise ValueError(f"{n} steps must have two blocks each, and {self.g.n_tiles} losses")
        cdef uint8_t[::1] seen = bytearray(self.g.n_tiles)
        for i in range(n):
            a, b = blocks[i, 0], blocks[i, 1]
            good = 0 <= steps[i] < self.g.n_tiles and 0 <= a < users and 0 <= b < users
            if not good or seen[steps[i]]:
                raise ValueError("steps must be tiles, none twice, and use known blocks")
            seen[steps[i]] = 1
        schedule_free(&self.s)  # there is no epoch to run until all checks have passed
        if schedule_init(&self.s, n, &blocks[0, 0], users) < 0:
            raise MemoryError()
        self.seed = seed
        self.steps = steps
        self.losses = losses

    def run(self, int index, Control control):
        """One worker's share of the epoch; counter 0 counts pairs, 1 their entries if it is frozen.

        Raises ValueError for pairs that are out of range.
        """
        if not 0 <= index < self.n_workers:
            raise ValueError(f"worker must be from 0 to {self.n_workers - 1}, got {index}")
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        cdef Borrow borrowed_worker = borrow_exclusive(self, &self.worker_users[index])
        if self.s.n == 0:
            raise ValueError("start_epoch must be called before run")
        cdef int64_t *counters = control.row(index)
        cdef int failed
        with nogil:
            failed = glove_epoch(&self.g, &self.workers[index], &self.s, &self.steps[0],
                                 self.seed, &self.losses[0], &control.c, counters)
        if failed:
            raise ValueError(
                "the pairs are damaged: one points out of its tile, or its value is not in "
                "1e-30 to 1e30"
            )
