# Control: what the workers of one run share (csrc/base/control.h).

cdef extern from "base/control.h" nogil:
    enum: COUNTERS, MOST_WORKERS
    ctypedef struct control:
        int64_t next, end
    int control_ending(const control *c)
    bint control_stopped(const control *c)
    void control_stop(control *c)
    void control_pause(control *c)


cdef int check_workers(int workers) except -1:
    if not 1 <= workers <= MOST_WORKERS:
        raise ValueError(f"workers must be from 1 to {MOST_WORKERS}, got {workers}")
    return workers


cdef class Control:
    """What the workers of one native run share: the next chunk, whether to stop, and progress.

    One Control serves one run, which begins with chunk ``first`` and trains word2vec on the chunks
    before ``end``.  ``counters`` is an int64 array of shape (workers, 16); column 0 is always the work
    done so far; the other columns belong to each native loop.
    """

    cdef control c
    cdef int64_t *rows
    cdef readonly int workers

    def __cinit__(self, int workers, int64_t first=0, int64_t end=0x7fffffffffffffff):
        self.workers = check_workers(workers)
        if first < 0:
            raise ValueError(f"first must be at least 0, got {first}")
        memset(&self.c, 0, sizeof(control))
        self.c.next = first
        self.c.end = end
        self.rows = <int64_t *> cache_line_alloc(workers * COUNTERS * sizeof(int64_t))
        if self.rows == NULL:
            raise MemoryError()

    def __dealloc__(self):
        aligned_free(self.rows)

    def stop(self):
        """Ask all workers to end soon, within the chunks that they have begun."""
        control_stop(&self.c)

    def pause(self):
        """Ask all workers to end when their chunks are complete: all before ``next`` are then."""
        control_pause(&self.c)

    @property
    def stopped(self):
        """Whether stop() was called."""
        return bool(control_stopped(&self.c))

    @property
    def ending(self):
        """Whether stop() or pause() was called."""
        return bool(control_ending(&self.c))

    @property
    def next(self):
        """The first chunk that no worker has begun; it may be past the last one."""
        return self.c.next

    def total(self, int column=0):
        """The sum of one counter over all workers."""
        if not 0 <= column < COUNTERS:
            raise ValueError(f"column must be from 0 to {COUNTERS - 1}, got {column}")
        cdef int64_t total = 0
        cdef int i
        for i in range(self.workers):
            total += self.rows[i * COUNTERS + column]
        return total

    def add(self, int column, int64_t count):
        """Add to a counter: for a run whose work is done elsewhere, beside one worker here."""
        if not 0 <= column < COUNTERS:
            raise ValueError(f"column must be from 0 to {COUNTERS - 1}, got {column}")
        self.rows[column] += count

    cdef int64_t *row(self, int worker) except NULL:
        """The counters of one worker."""
        if not 0 <= worker < self.workers:
            raise ValueError(f"worker must be from 0 to {self.workers - 1}, got {worker}")
        return self.rows + worker * COUNTERS
