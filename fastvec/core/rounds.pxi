# Rounds: training by virtual workers (csrc/word2vec/rounds.h).

cdef extern from "word2vec/rounds.h" nogil:
    enum: VIRTUAL_WORKERS
    ctypedef struct rounds:
        double loss
    int rounds_init(rounds *r, const training *t, worker *workers)
    void rounds_free(rounds *r)
    void rounds_start_epoch(rounds *r, double loss)
    void train_rounds(const training *t, rounds *r, control *c, int64_t *counters)
