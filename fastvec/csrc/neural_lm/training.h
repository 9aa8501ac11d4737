/* training.h - several workers train the network of network.h, or only predict, batch by batch. */
#ifndef FASTVEC_NEURAL_LM_TRAINING_H
#define FASTVEC_NEURAL_LM_TRAINING_H

#include "base/barrier.h"
#include "base/control.h"
#include "neural_lm/network.h"

/* The learning rate of prediction t is alpha / (1 + rate_decay * t). */
typedef struct {
    double alpha, rate_decay, weight_decay;
    int64_t t; /* of the first prediction of this epoch */
} lm_schedule;

typedef struct {
    lm_network net;
    lm_text text;
    lm_batch batch;
    lm_schedule schedule;
    const int64_t *numbers;     /* (predictions,) in which order they are made; NULL: that of the text */
    float *log_probabilities;   /* (predictions,) written if nothing is learned; or NULL, to learn */
    int64_t predictions, first; /* of the epoch; the first of this batch */
    float rate, keep;           /* of this batch */
    double loss;                /* of this epoch so far, and how many predictions it was summed over */
    int64_t done;
    barrier all;
} lm_run;

/* Worker 0 begins the next batch; one without rows says that there is none. */
static inline void lm_begin_batch(lm_run *run, control *c) {
    lm_batch *batch = &run->batch;
    const lm_schedule *s = &run->schedule;
    batch->rows = 0;
    if (control_ending(c)) return;
    run->first = control_next(c, 1) * batch->room;
    if (run->first >= run->predictions) return;
    const int64_t left = run->predictions - run->first;
    batch->rows = (int)(left < batch->room ? left : batch->room);
    const double rate = s->alpha / (1 + s->rate_decay * (double)(s->t + run->first));
    run->rate = (float)rate;
    run->keep = (float)(1 - rate * s->weight_decay * batch->rows);
    lm_read(&run->net, batch, &run->text, run->numbers, run->first);
    lm_hidden(&run->net, batch);
}

/* Worker 0 has the probabilities of a batch. */
static inline void lm_end_scores(lm_run *run) {
    lm_batch *batch = &run->batch;
    lm_normalise(batch);
    for (int row = 0; row < batch->rows; row++) run->loss -= batch->answers[row];
    run->done += batch->rows;
    if (run->log_probabilities)
        memcpy(run->log_probabilities + run->first, batch->answers, batch->rows * sizeof(float));
}

/* One worker's share of an epoch; counters 0 and 1 count predictions. */
static inline void lm_work(lm_run *run, int worker, control *c, int64_t *counters) {
    lm_batch *batch = &run->batch;
    for (;;) {
        if (worker == 0) lm_begin_batch(run, c);
        if (!barrier_wait(&run->all, c) || batch->rows == 0) return;
        for (int64_t s = worker; s < batch->slices; s += run->all.workers) lm_scores(&run->net, batch, s);
        if (!barrier_wait(&run->all, c)) return;
        if (worker == 0) {
            lm_end_scores(run);
            counters[0] += batch->rows;
            counters[1] += batch->rows;
        }
        if (run->log_probabilities) continue;
        if (!barrier_wait(&run->all, c)) return;
        for (int64_t s = worker; s < batch->slices; s += run->all.workers)
            lm_output_step(&run->net, batch, s, run->rate, run->keep);
        if (!barrier_wait(&run->all, c)) return;
        if (worker == 0) lm_hidden_step(&run->net, batch, run->rate, run->keep);
    }
}

#endif
