/* rounds.h - training by virtual workers: the same result for any number of real ones.
 *
 * VIRTUAL_WORKERS chunks of the corpus are trained at a time, each by a virtual worker, in rounds.  In a round each
 * of them trains on its next BATCH words or fewer.  Rows that several of them need have copies (shared_rows.h).
 *
 * After the chunks have been read, two stages follow each other: in WORK each virtual worker trains on its words
 * of the last round, and claims the rows that it needs in the next one; in SHARE the copies of the last round are
 * merged, and the claims for the next one compared.  A stage is a task for each virtual worker, or for each
 * part of the matrices; real workers take them in order.
 */
#ifndef FASTVEC_ROUNDS_H
#define FASTVEC_ROUNDS_H

#include "base/control.h"
#include "base/stages.h"
#include "word2vec/epoch.h"
#include "word2vec/shared_rows.h"

enum { READ, WORK, SHARE, DONE }; /* stages */

/* The matrices of a model: the input vectors, and the weights of each output layer. */
#define MATRIX(layer, _) layer##_MATRIX,
enum { vectors_MATRIX, OUTPUT_LAYERS(MATRIX) MATRICES };
#undef MATRIX

/* A virtual worker, besides its struct `worker`. */
typedef struct {
    int n;              /* words of its chunk, of which */
    int from, to;       /* it trains on these in this round */
    int64_t done;       /* words of its chunk before subsampling */
    float alpha, slope; /* the learning rate at its first word, and the change with each word */
    walk at;
    claims claims[MATRICES];
} virtual_worker;

typedef struct {
    worker *workers; /* (VIRTUAL_WORKERS,) */
    virtual_worker each[VIRTUAL_WORKERS];
    shared_rows shared[MATRICES];
    int64_t first;       /* chunk of those that are trained */
    int round, n_rounds; /* claimed in this WORK; of these chunks */
    double loss;         /* of this epoch, without these chunks: always summed in one order */
    stages stages;
} rounds;

/* --- memory */

static inline void rounds_free(rounds *r) {
    for (int i = 0; i < MATRICES; i++) {
        for (int k = 0; k < VIRTUAL_WORKERS; k++) claims_free(&r->each[k].claims[i]);
        shared_rows_free(&r->shared[i]);
    }
    memset(r, 0, sizeof *r);
}

/* Words whose vectors a batch of windows needs, at most. */
static inline int64_t most_inputs(const training *t) {
    const int64_t words = BATCH + 2 * (int64_t)t->reach;
    return words < MAX_CHUNK ? words : MAX_CHUNK;
}

/* r: all zeros.  -1 when out of memory. */
static inline int rounds_init(rounds *r, const training *t, worker *workers) {
    int bad = 0;
#define INIT(matrix, weights, h, most)                                                                     \
    bad |= shared_rows_init(&r->shared[matrix##_MATRIX], weights, t->stride, t->floats, most);             \
    for (int i = 0; i < VIRTUAL_WORKERS && !bad; i++)                                                      \
        bad |= claims_init(&r->each[i].claims[matrix##_MATRIX], &workers[i].h, &r->shared[matrix##_MATRIX], \
                           i, most);
#define INIT_LAYER(layer, _)                                                                        \
    if (t->layer.weights.rows) {                                                                    \
        INIT(layer, &t->layer.weights, layer.rows, BATCH * (int64_t)layer##_most(&t->layer))        \
    }
    INIT(vectors, &t->vectors, vectors, most_inputs(t))
    OUTPUT_LAYERS(INIT_LAYER)
#undef INIT_LAYER
#undef INIT
    r->workers = workers;
    return bad ? -1 : 0;
}

/* loss: of the chunks of this epoch that were trained on before. */
static inline void rounds_start_epoch(rounds *r, double loss) {
    for (int i = 0; i < VIRTUAL_WORKERS; i++) r->workers[i].updater.loss = 0;
    r->loss = loss;
    r->first = -1;
    stages_begin(&r->stages, READ, 1); /* of nothing: the first chunks follow */
}

/* --- READ */

static inline void forget_rows(const training *t, rounds *r, int part) {
    forget_part(&r->shared[vectors_MATRIX], t->vectors.count, part);
#define FORGET(layer, _)       \
    if (t->layer.weights.rows) \
        forget_part(&r->shared[layer##_MATRIX], t->layer.weights.count, part);
    OUTPUT_LAYERS(FORGET)
#undef FORGET
}

static inline void read_virtual(const training *t, rounds *r, int index, int64_t *counters) {
    virtual_worker *v = &r->each[index];
    worker *w = &r->workers[index];
    const int64_t chunk = r->first + index;
    const double slope = ((double)t->alpha_end - (double)t->alpha_start) / (double)t->n_tokens;
    v->n = v->from = v->to = 0;
    forget_rows(t, r, index);
    if (r->first < 0 || chunk * CHUNK >= t->n_tokens) return;
    start_chunk(t, w, chunk);
    v->n = read_chunk(t, w, chunk, &v->done);
    v->at = (walk){0, w->ends};
    v->alpha = (float)(t->alpha_start + slope * (double)(chunk * CHUNK));
    v->slope = v->n ? (float)(slope * (double)v->done / v->n) : 0.0f;
    if (v->n == 0) counters[WORDS_DONE] += v->done;
}

/* --- WORK */

/* The words that this round's windows reach. */
static inline int first_reached(const training *t, const virtual_worker *v) {
    return v->from > t->reach ? v->from - t->reach : 0;
}

static inline int last_reached(const training *t, const virtual_worker *v) {
    return v->to + t->reach < v->n ? v->to + t->reach : v->n;
}

static inline void train_words(const training *t, const rounds *r, virtual_worker *v, worker *w, int index) {
    for (int i = 0; i < MATRICES; i++)
        if (r->shared[i].rows) copy_rows(&r->shared[i], &v->claims[i], index);
    for (int i = first_reached(t, v), end = last_reached(t, v); i < end; i++)
        w->rows[t->reach + i] = hot_rows_at(&w->vectors, w->kept[i]);
    for (int i = v->from; i < v->to; i++)
        walk_on(t, w, &v->at, v->n, i, i - v->from, i == v->from, v->alpha + v->slope * (float)i);
}

/* Draw what the next windows need, and list it. */
static inline void list_claims(const training *t, virtual_worker *v, worker *w, int words) {
    const int32_t *centres = w->kept + v->from;
    claims *inputs = &v->claims[vectors_MATRIX];
    const int first = first_reached(t, v);
    draw_windows(t, w, centres, 0, words + AHEAD);
    inputs->n = last_reached(t, v) - first;
    memcpy(inputs->rows, w->kept + first, (size_t)inputs->n * sizeof *inputs->rows);
#define LIST(layer, _)                                                      \
    for (int i = 0; t->layer.weights.rows && i < words; i++) {              \
        claims *c = &v->claims[layer##_MATRIX];                             \
        c->n += layer##_rows(&t->layer, &w->layer, centres[i], i, c->rows + c->n); \
    }
    OUTPUT_LAYERS(LIST)
#undef LIST
}

/* Claim the rows of the next windows, if there are any. */
static inline void claim_rows(const training *t, virtual_worker *v, worker *w) {
    for (int i = 0; i < MATRICES; i++) v->claims[i].n = 0;
    if (v->to > v->from) list_claims(t, v, w, v->to - v->from);
    for (int i = 0; i < MATRICES; i++) sort_claims(&v->claims[i]);
}

static inline void work(const training *t, rounds *r, int index, int64_t *counters) {
    virtual_worker *v = &r->each[index];
    worker *w = &r->workers[index];
    if (r->round > 0) {
        train_words(t, r, v, w, index);
        counters[WORDS_KEPT] += v->to - v->from;
        if (v->n) counters[WORDS_DONE] += part_of(v->done, r->round - 1, r->n_rounds);
    }
    if (r->round == r->n_rounds) return;
    v->from = (int)part_start(v->n, r->round, r->n_rounds);
    v->to = (int)part_start(v->n, r->round + 1, r->n_rounds);
    claim_rows(t, v, w);
}

/* --- SHARE */

static inline void share(const training *t, rounds *r, int part) {
    const float rate = r->each[0].alpha * VIRTUAL_WORKERS * BATCH;
    for (int i = 0; i < MATRICES; i++) {
        shared_rows *s = &r->shared[i];
        claims *each[VIRTUAL_WORKERS];
        for (int k = 0; k < VIRTUAL_WORKERS; k++) each[k] = &r->each[k].claims[i];
        if (!s->rows) continue;
        merge_part(t->kernel, s, part, rate);
        if (r->round < r->n_rounds) compare_claims(s, each, part, r->round);
    }
}

/* --- stages */

static inline void begin_rounds(rounds *r) {
    r->round = r->n_rounds = 0;
    for (int i = 0; i < VIRTUAL_WORKERS; i++) {
        const int n = (r->each[i].n + BATCH - 1) / BATCH;
        if (n > r->n_rounds) r->n_rounds = n;
    }
}

/* The chunks of the virtual workers are done. */
static inline void end_chunks(rounds *r, control *c) {
    for (int i = 0; i < VIRTUAL_WORKERS; i++) {
        updater *u = &r->workers[i].updater;
        update_collect_loss(u);
        r->loss += u->loss;
        u->loss = 0;
    }
    c->next = r->first + VIRTUAL_WORKERS;
}

/* The next chunks, if there are any. */
static inline int begin_chunks(const training *t, rounds *r, const control *c) {
    r->first = c->next;
    return r->first * CHUNK < t->n_tokens ? READ : DONE;
}

/* The stage that follows. */
static inline int next_stage(const training *t, rounds *r, control *c) {
    switch (r->stages.stage) {
    case READ:
        if (r->first < 0) return begin_chunks(t, r, c);
        begin_rounds(r);
        return WORK;
    case WORK:
        for (int i = 0; i < MATRICES; i++) begin_places(&r->shared[i], r->round);
        return SHARE;
    default:
        if (control_stopped(c)) return DONE;
        if (r->round++ < r->n_rounds) return WORK;
        end_chunks(r, c);
        return control_ending(c) ? DONE : begin_chunks(t, r, c);
    }
}

static inline void run_stage(const training *t, rounds *r, int stage, int index, int64_t *counters) {
    switch (stage) {
    case READ: read_virtual(t, r, index, counters); return;
    case WORK: work(t, r, index, counters); return;
    default: share(t, r, index); return;
    }
}

/* One real worker's share of one epoch. */
static inline void train_rounds(const training *t, rounds *r, control *c, int64_t *counters) {
    for (int64_t tries = 0;; tries++) {
        int stage;
        const int64_t task = stages_take(&r->stages, &stage);
        if (stage == DONE) return;
        if (task < 0) {
            spin_wait(tries);
            continue;
        }
        tries = -1;
        run_stage(t, r, stage, (int)task, counters);
        if (!stages_finish(&r->stages)) continue;
        stage = next_stage(t, r, c);
        stages_begin(&r->stages, stage, stage == DONE ? 0 : VIRTUAL_WORKERS);
        stages_go(&r->stages);
    }
}

#endif
