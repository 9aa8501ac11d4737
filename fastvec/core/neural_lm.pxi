# NeuralLMTraining: the language model of Bengio et al. 2003 (csrc/neural_lm/).

cdef extern from "neural_lm/training.h" nogil:
    enum: LM_SLICE, LM_RARE
    ctypedef struct lm_text:
        const int32_t *tokens
        const int64_t *starts
        const int64_t *ends
        const int64_t *first
        int64_t n
    ctypedef struct lm_network:
        const softmax_kernels *kernels
        sgemm_function sgemm
        int order, size, inputs, hidden, features
        int64_t words
        matrix_rows vectors
        matrix_rows hidden_weights
        matrix_rows output_weights
        float *hidden_biases
        float *output_biases
    ctypedef struct lm_batch:
        int room
        int64_t slices
        int32_t *windows
        float *inputs
        float *features
        float *scores
        float *largest
        float *sums
        float *by_features
        float *by_inputs
        float *answers
    ctypedef struct lm_schedule:
        double alpha, rate_decay, weight_decay
        int64_t t
    ctypedef struct lm_barrier "barrier":
        int32_t workers, arrived, round
    ctypedef struct lm_run:
        lm_network net
        lm_text text
        lm_batch batch
        lm_schedule schedule
        const int64_t *numbers
        float *log_probabilities
        int64_t predictions
        double loss
        int64_t done
        lm_barrier all
    void lm_work(lm_run *run, int worker, control *c, int64_t *counters)


cdef class NeuralLMTraining:
    """Training of a neural language model, or its predictions (csrc/neural_lm/network.h).

    Parameters
    ----------
    tokens : int32 (T,)
        ids of words; word 0 stands before and after each sentence, word 1 for all rare words.
    starts, ends : int64 (sentences,)
        the tokens of each sentence.
    vectors : float32 (V, stride), changed
        the words' vectors.
    hidden_weights, hidden_biases : float32 (hidden_size, stride) and (1, stride), changed
        from the (order - 1) * vector_size inputs.
    output_weights, output_biases : float32 (V, stride) and (1, stride), changed
        from the hidden units, and with ``direct`` from the inputs behind them.
    vector_size, hidden_size, direct
        which columns of these arrays are in use.
    order : int
        words in a window, the predicted one included.
    batch : int
        predictions in one step.
    workers : int
        at most so many call :meth:`run`; ``n_workers`` says how many.
    simd : str
        instruction set, one of simd_names().
    sgemm : PyCapsule
        ``scipy.linalg.cython_blas.__pyx_capi__["sgemm"]``.

    Raises ValueError for arrays that do not fit together.  Tokens may change later: ids that are out
    of range then are those of rare words.
    """

    cdef lm_run run_of
    cdef readonly int n_workers
    cdef readonly int64_t n_predictions
    cdef object alive
    cdef const int64_t[::1] numbers
    cdef float[::1] written
    cdef int64_t *first
    cdef int32_t users
    cdef bint ready

    def __cinit__(
        self, *, const int32_t[::1] tokens, const int64_t[::1] starts, const int64_t[::1] ends,
        float[:, ::1] vectors, float[:, ::1] hidden_weights, float[:, ::1] hidden_biases,
        float[:, ::1] output_weights, float[:, ::1] output_biases, int vector_size, int hidden_size,
        bint direct, int order, int batch, int workers, str simd, object sgemm,
    ):
        cdef lm_network *net = &self.run_of.net
        cdef int64_t words = vectors.shape[0], inputs = <int64_t> (order - 1) * vector_size
        cdef int64_t features = hidden_size + direct * inputs
        if not (2 <= order <= 1 << 20 and 1 <= batch <= 1 << 20 and vector_size > 0):
            raise ValueError(f"windows of {order} words and batches of {batch} are not possible")
        if not (0 <= hidden_size and 0 < features <= hidden_size + inputs < 1 << 30):
            raise ValueError(f"{inputs} inputs and {hidden_size} hidden units are not possible")
        if not LM_RARE < words < 1 << 31:
            raise ValueError(f"words must be from 2 to 2**31 - 1, got {words}")
        net.kernels = instruction_set_of(simd).softmax
        net.sgemm = sgemm_of(sgemm)
        net.words, net.order, net.size = words, order, vector_size
        net.inputs, net.hidden, net.features = <int> inputs, hidden_size, <int> features
        net.vectors = rows_at(vectors, "vectors", words, vector_size)
        net.hidden_weights = rows_at(hidden_weights, "hidden_weights", hidden_size, inputs)
        net.hidden_biases = rows_at(hidden_biases, "hidden_biases", 1, hidden_size).at
        net.output_weights = rows_at(output_weights, "output_weights", words, features)
        net.output_biases = rows_at(output_biases, "output_biases", 1, words).at
        self.alive = (tokens, starts, ends, vectors, hidden_weights, hidden_biases, output_weights,
                      output_biases)
        self.n_workers = <int> min(check_workers(workers), (words + LM_SLICE - 1) // LM_SLICE)
        self.set_text(tokens, starts, ends)
        self.init_batch(batch)

    cdef int set_text(self, const int32_t[::1] tokens, const int64_t[::1] starts,
                      const int64_t[::1] ends) except -1:
        cdef lm_text *text = &self.run_of.text
        cdef int64_t i, count = tokens.shape[0], n = starts.shape[0], total = 0
        cdef int64_t words = self.run_of.net.words
        cdef bint good = n > 0 and ends.shape[0] == n
        if good:
            self.first = <int64_t *> malloc((n + 1) * sizeof(int64_t))
            if self.first == NULL:
                raise MemoryError()
            for i in range(n):
                good = good and 0 <= starts[i] <= ends[i] <= count
                self.first[i] = total
                total += ends[i] - starts[i] + 1
            self.first[n] = total
        if not good:
            raise ValueError(f"starts and ends must be those of sentences, within {count} tokens")
        with nogil:
            for i in range(count):
                good &= 0 <= tokens[i] < words
        if not good:
            raise ValueError(f"token ids must be from 0 to {words - 1}")
        text.tokens = &tokens[0] if count else NULL
        text.starts, text.ends, text.first, text.n = &starts[0], &ends[0], self.first, n
        self.n_predictions = self.run_of.predictions = total
        return 0

    cdef int init_batch(self, int64_t room) except -1:
        cdef lm_batch *batch = &self.run_of.batch
        cdef lm_network *net = &self.run_of.net
        room = min(room, self.n_predictions)
        batch.room = <int> room
        batch.slices = (net.words + LM_SLICE - 1) // LM_SLICE
        batch.windows = <int32_t *> cache_line_alloc(room * net.order * sizeof(int32_t))
        batch.inputs = floats(room * net.inputs)
        batch.features = floats(room * net.features)
        batch.scores = floats(batch.slices * room * LM_SLICE)
        batch.largest = floats(batch.slices * room)
        batch.sums = floats(batch.slices * room)
        batch.by_features = floats(batch.slices * room * net.features)
        batch.by_inputs = floats(room * net.inputs)
        batch.answers = floats(room)
        if batch.windows == NULL:
            raise MemoryError()
        return 0

    def __dealloc__(self):
        cdef lm_batch *batch = &self.run_of.batch
        free(self.first)
        aligned_free(batch.windows)
        aligned_free(batch.inputs)
        aligned_free(batch.features)
        aligned_free(batch.scores)
        aligned_free(batch.largest)
        aligned_free(batch.sums)
        aligned_free(batch.by_features)
        aligned_free(batch.by_inputs)
        aligned_free(batch.answers)

    def start_epoch(self, const int64_t[::1] numbers, *, double alpha, double rate_decay,
                    double weight_decay, int64_t t, double loss=0, int64_t predictions=0):
        """Set what the next run learns from.

        numbers : int64 (predictions,)
            the order of the predictions, each of which has a number in the order of the text.
        alpha, rate_decay, weight_decay : float
            the rate of prediction t is alpha / (1 + rate_decay * t).
        t : int
            predictions before this epoch.
        loss, predictions
            of the part of the epoch that was run before.
        """
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        cdef int64_t i, n = self.n_predictions
        cdef bint good = numbers.shape[0] == n
        if good:
            with nogil:
                for i in range(n):
                    good &= 0 <= numbers[i] < n
        if not good:
            raise ValueError(f"numbers must be {n}, from 0 to {n - 1}")
        if not (alpha > 0 and rate_decay >= 0 and weight_decay >= 0 and t >= 0):
            raise ValueError("alpha must be above 0, rate_decay, weight_decay and t not below 0")
        self.numbers = numbers
        self.run_of.numbers = &numbers[0]
        self.run_of.schedule = lm_schedule(alpha, rate_decay, weight_decay, t)
        self.run_of.log_probabilities = NULL
        self.begin(loss, predictions)

    def start_scoring(self, float[::1] log_probabilities):
        """Let the next run learn nothing, and write the log-probability of each prediction."""
        cdef Borrow borrowed = borrow_exclusive(self, &self.users)
        if log_probabilities.shape[0] != self.n_predictions:
            raise ValueError(f"log_probabilities must have {self.n_predictions} entries")
        self.written = log_probabilities
        self.run_of.numbers = NULL
        self.run_of.schedule = lm_schedule(0, 0, 0, 0)
        self.run_of.log_probabilities = &log_probabilities[0]
        self.begin(0, 0)

    cdef int begin(self, double loss, int64_t predictions) except -1:
        self.run_of.loss, self.run_of.done = loss, predictions
        self.run_of.all.workers = self.n_workers
        self.run_of.all.arrived = self.run_of.all.round = 0
        self.ready = True
        return 0

    def run(self, int index, Control control):
        """One worker's share of the epoch, whose chunks are batches; all must run at the same time.

        Counter 0 counts predictions, and 1 too.
        """
        if not 0 <= index < self.n_workers or control.workers != self.n_workers:
            raise ValueError(f"worker must be one of {self.n_workers}, got {index}")
        cdef Borrow borrowed = borrow_shared(self, &self.users)
        if not self.ready:
            raise ValueError("start_epoch or start_scoring must be called before run")
        cdef int64_t *counters = control.row(index)
        with nogil:
            lm_work(&self.run_of, index, &control.c, counters)

    @property
    def loss(self):
        """Sum over this epoch's predictions of -log(probability of the right word)."""
        return self.run_of.loss

    @property
    def predictions(self):
        """Predictions made in this epoch."""
        return self.run_of.done


cdef matrix_rows rows_at(float[:, ::1] rows, str name, int64_t count, int64_t columns) except *:
    """A matrix with at least so many columns; ValueError for another."""
    if rows.shape[0] != count or not columns <= rows.shape[1] < 1 << 31:
        raise ValueError(
            f"{name} must have {count} rows of at least {columns} numbers, got {rows.shape[0]} of "
            f"{rows.shape[1]}"
        )
    cdef matrix_rows found
    found.at = &rows[0, 0] if count and columns else NULL
    found.stride = max(<int> rows.shape[1], 1)
    return found


cdef float *floats(int64_t n) except NULL:
    """Zeroed floats, to be given to aligned_free()."""
    cdef float *memory = <float *> cache_line_alloc(max(n, 1) * sizeof(float))
    if memory == NULL:
        raise MemoryError()
    return memory
