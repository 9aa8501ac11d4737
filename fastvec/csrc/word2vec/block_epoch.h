/* block_epoch.h - training in exclusive blocks: tiles, and the stages of a segment (blocks.h). */
#ifndef FASTVEC_BLOCK_EPOCH_H
#define FASTVEC_BLOCK_EPOCH_H

#include "word2vec/blocks.h"

/* --- one tile */

/* The blocks of a tile: the `inputs` with the half blocks 0 and 1 of the outputs. */
typedef struct {
    int round, inputs, halves[2];
} tile;

static inline tile tile_at(const blocks *b, int64_t task) {
    const int n = b->n, round = (int)(task / n), j = (int)(task % n);
    return (tile){round, j, {(j + round) % n, n + (j + 3 * round) % n}};
}

/* Where in the pieces the next pairs are. */
typedef struct {
    int64_t piece;
    uint32_t at;
} pair_cursor;

/* Copy the next pairs of one half of a tile to `list`, at most SLICE of them; returns how many. */
static inline int64_t gather_pairs(const blocks *b, int inputs, int half, pair_cursor *c,
                                   uint32_t *list) {
    const int64_t tile = (int64_t)half * b->n + inputs, pieces = segment_pieces(b);
    int64_t n = 0;
    while (c->piece < pieces && n < SLICE) {
        const piece *p = &b->pieces[c->piece];
        const uint32_t left = p->starts[tile + 1] - p->starts[tile] - c->at;
        const uint32_t some = left < SLICE - n ? left : (uint32_t)(SLICE - n);
        memcpy(list + n, p->pairs + p->starts[tile] + c->at, some * sizeof *list);
        n += some;
        *c = some == left ? (pair_cursor){c->piece + 1, 0} : (pair_cursor){c->piece, c->at + some};
    }
    return n;
}

/* Put pairs in random order (Fisher-Yates): else all pairs of a sentence would be trained at once. */
static inline void shuffle_pairs(uint32_t *pairs, int64_t n, uint64_t *random) {
    for (int64_t i = n - 1; i > 0; i--) {
        const uint32_t j = rng_below((uint32_t)(rng_next(random) >> 32), (uint32_t)i + 1);
        const uint32_t pair = pairs[i];
        pairs[i] = pairs[j];
        pairs[j] = pair;
    }
}

/* How many pairs are trained at a time.  Together they must not step on one noise word too much: it would
 * swing ever wider. */
static inline int pairs_at_a_time(const training *t, const blocks *b, int noise, float alpha) {
    int most = t->shared_negatives ? PAIRS_AT_A_TIME : 1;
    while (most > 4 && (float)most * b->draws[noise] * b->largest[noise] * alpha > MOST_STEP) most /= 2;
    return most;
}

/* The pairs whose centre words are in one of the half blocks of a tile. */
static inline pair_list list_half(const training *t, const blocks *b, const tile *tile, int which,
                                  uint32_t *pairs, int64_t n, float alpha) {
    const deal *in = &b->inputs, *out = &b->outputs;
    const int half = tile->halves[which], other = tile->halves[!which];
    const int32_t noise = out->starts[other];
    return (pair_list){
        .pairs = pairs,
        .n = n,
        .stride = in->stride,
        .inputs = in->bricks + in->starts[tile->inputs] / BRICK,
        .centres = out->bricks + out->starts[half] / BRICK,
        .noise = out->bricks + noise / BRICK,
        .columns = b->columns + noise,
        .places = (uint32_t)(out->starts[other + 1] - noise),
        .draws = b->draws[other],
        .most = pairs_at_a_time(t, b, other, alpha),
    };
}

static inline int64_t list_groups(const pair_list *l) { return (l->n + l->most - 1) / l->most; }

/* The next group, of the half that is behind the other one. */
static inline void list_next(pair_list *halves, pair_group *g, uint64_t *random) {
    const pair_list *a = &halves[0], *b = &halves[1];
    list_group(&halves[a->at == a->n || (b->at < b->n && b->at * a->n < a->at * b->n)], g, random);
}

/* Train the pairs of two lists, which take turns. */
static inline void train_halves(const training *t, const blocks *b, worker *w, block_worker *own,
                                pair_list *halves, int inputs, float alpha) {
    const int64_t groups = list_groups(&halves[0]) + list_groups(&halves[1]);
    const int32_t *words = b->inputs.words + b->inputs.starts[inputs];
    for (int64_t i = 0, listed = 0; i < groups; i++) {
        while (listed < groups && listed <= i + AHEAD)
            list_next(halves, &own->groups[listed++ % RING], &w->random);
        const pair_group *g = &own->groups[i % RING], *soon = &own->groups[(i + AHEAD) % RING];
        const int rows = i + AHEAD < groups ? 2 * soon->m + soon->noise : 0;
        w->updater.prefetch = (prefetch_list){soon->rows, rows < MAX_PREFETCHED ? rows : MAX_PREFETCHED, 0};
        if (t->locks) lock_group(t, g, words, own->locked);
        train_group(&w->updater, g, alpha);
        if (t->locks) unlock_group(t, g, words, halves->inputs, own->locked);
    }
}

/* Wait until the rounds before that of a tile are done for its blocks; 0 if the training is stopped. */
static inline int wait_for_blocks(const blocks *b, const tile *tile, const control *c) {
    const int blocks[] = {tile->inputs, b->n + tile->halves[0], b->n + tile->halves[1]};
    for (int i = 0; i < 3; i++)
        for (int64_t tries = 0; __atomic_load_n(&b->rounds[blocks[i]], __ATOMIC_ACQUIRE) < tile->round;
             tries++) {
            if (control_stopped(c)) return 0;
            spin_wait(tries);
        }
    return 1;
}

static inline void finish_round(blocks *b, const tile *tile) {
    const int blocks[] = {tile->inputs, b->n + tile->halves[0], b->n + tile->halves[1]};
    for (int i = 0; i < 3; i++)
        __atomic_store_n(&b->rounds[blocks[i]], tile->round + 1, __ATOMIC_RELEASE);
}

/* The learning rate of a round: that of its middle, if the rounds were parts of the segment. */
static inline float round_alpha(const training *t, const blocks *b, int round) {
    const double done = (double)(b->first * CHUNK) + (double)b->words * (round + 0.5) / b->n;
    return (float)(t->alpha_start +
                   ((double)t->alpha_end - (double)t->alpha_start) * done / (double)t->n_tokens);
}

/* Returns 0 if the training is stopped before the tile is done. */
static inline int train_tile(const training *t, blocks *b, worker *w, block_worker *own,
                             int64_t task, const control *c, int64_t *counters) {
    const tile tile = tile_at(b, task);
    const float alpha = round_alpha(t, b, tile.round);
    pair_cursor cursors[2] = {{0, 0}, {0, 0}};
    pair_list halves[2];
    if (!wait_for_blocks(b, &tile, c)) return 0;
    w->random = t->seed ^ hash_mix(HASH_A + (uint64_t)b->first, HASH_B + (uint64_t)task);
    w->updater.loss = 0;
    do {
        if (control_stopped(c)) return 0;
        for (int i = 0; i < 2; i++) {
            const int64_t n = gather_pairs(b, tile.inputs, tile.halves[i], &cursors[i], own->lists[i]);
            shuffle_pairs(own->lists[i], n, &w->random);
            halves[i] = list_half(t, b, &tile, i, own->lists[i], n, alpha);
        }
        train_halves(t, b, w, own, halves, tile.inputs, alpha);
    } while (halves[0].n + halves[1].n > 0);
    update_collect_loss(&w->updater);
    b->losses[task] += w->updater.loss;
    counters[WORDS_DONE] += part_of(b->words, task, b->stages.tasks);
    counters[WORDS_KEPT] += part_of(b->kept, task, b->stages.tasks);
    finish_round(b, &tile);
    return 1;
}

/* --- the other tasks */

static inline void deal_matrix(const training *t, blocks *b, int which) {
    deal_words(which ? &b->outputs : &b->inputs, t->seed ^ hash_mix(HASH_B + (uint64_t)b->first, HASH_A + (uint64_t)which));
}

/* Ready a half block of the outputs: its rows, and its noise. */
static inline void open_half(blocks *b, int32_t half) {
    const deal *out = &b->outputs;
    const int32_t start = out->starts[half], end = out->starts[half + 1];
    double sum = 0, largest = 0;
    deal_open(&b->outputs, half);
    for (int32_t i = start; i < end; i++) {
        sum += b->weights[i] = out->words[i] < 0 ? 0 : b->noise[out->words[i]];
        if (b->weights[i] > largest) largest = b->weights[i];
    }
    if (end > start)
        alias_fill(b->weights + start, (uint32_t)(end - start), b->columns + start,
                   b->alias_shares + start, b->alias_queue + start);
    b->largest[half] = (float)(largest / sum);
    b->draws[half] = (float)(b->negative * (sum / b->all_noise) * out->n);
}

static inline void make(const training *t, blocks *b, worker *w, block_worker *own, int64_t task) {
    const int64_t pieces = segment_pieces(b), first = b->first + task * b->piece_chunks;
    if (task >= pieces + b->n) {
        open_half(b, (int32_t)(task - pieces - b->n));
    } else if (task >= pieces) {
        deal_open(&b->inputs, (int32_t)(task - pieces));
    } else {
        const int64_t last = b->last - first < b->piece_chunks ? b->last : first + b->piece_chunks;
        make_piece(t, w, &own->positions, &b->inputs, &b->outputs, first, last, own->cursors,
                   &b->room, &b->pieces[task]);
    }
}

static inline void close_block(const blocks *b, int32_t block) {
    if (block < b->n)
        deal_close(&b->inputs, block);
    else
        deal_close(&b->outputs, block - b->n);
}

/* --- stages */

static inline int64_t stage_tasks(const blocks *b, int stage) {
    switch (stage) {
    case BEGIN: return 1;
    case DEAL: return 2;
    case MAKE: return segment_pieces(b) + 3 * b->n;
    case TRAIN: return (int64_t)b->n * b->n;
    case CLOSE: return 3 * b->n;
    default: return 0;
    }
}

static inline void begin_stage(const training *t, blocks *b, int stage) {
    if (stage == DEAL) {
        b->last = segment_end(t, b);
        b->room.used = 0;
    }
    if (stage == TRAIN) {
        memset(b->rounds, 0, 3 * (size_t)b->n * sizeof *b->rounds);
        b->words = b->kept = 0;
        for (int64_t i = 0; i < segment_pieces(b); i++)
            b->words += b->pieces[i].done, b->kept += b->pieces[i].kept;
        b->open = 1;
    }
    stages_begin(&b->stages, stage, stage_tasks(b, stage));
}

/* Begin the segment whose first chunk is c->next, if there is one. */
static inline void begin_segment(const training *t, blocks *b, const control *c) {
    b->first = c->next;
    begin_stage(t, b, b->first < corpus_chunks(t) ? DEAL : END);
}

static inline void end_segment(const training *t, blocks *b, control *c) {
    b->open = 0;
    for (int64_t i = 0; i < (int64_t)b->n * b->n; i++) {
        b->loss += b->losses[i];
        b->losses[i] = 0;
    }
    c->next = b->last;
    if (control_ending(c))
        begin_stage(t, b, END);
    else
        begin_segment(t, b, c);
}

/* trained: words that the model was trained on in earlier epochs.  loss: of the chunks of this epoch that
 * it was trained on before. */
static inline void blocks_start_epoch(blocks *b, int64_t trained, double loss) {
    memset(b->losses, 0, (size_t)b->n * (size_t)b->n * sizeof *b->losses);
    b->loss = loss;
    b->trained = trained;
    b->open = b->inside = 0;
    stages_begin(&b->stages, BEGIN, 1);
}

static inline void next_block_stage(const training *t, blocks *b, control *c) {
    const int stage = b->stages.stage;
    if (stage == BEGIN)
        begin_segment(t, b, c);
    else if (stage == CLOSE)
        end_segment(t, b, c);
    else
        begin_stage(t, b, stage + 1);
}

/* Returns 0 if the training is stopped before the task is done. */
static inline int run_task(const training *t, blocks *b, worker *w, block_worker *own, int stage,
                           int64_t task, const control *c, int64_t *counters) {
    switch (stage) {
    case BEGIN: return 1;
    case DEAL: deal_matrix(t, b, (int)task); return 1;
    case MAKE: make(t, b, w, own, task); return 1;
    case TRAIN: return train_tile(t, b, w, own, task, c, counters);
    default: close_block(b, (int32_t)task); return 1;
    }
}

/* When the training is stopped, the last worker that leaves closes the blocks. */
static inline void leave_blocks(blocks *b, const control *c) {
    const int32_t others = __atomic_sub_fetch(&b->inside, 1, __ATOMIC_ACQ_REL);
    if (others || !control_stopped(c) || !__atomic_exchange_n(&b->open, 0, __ATOMIC_ACQ_REL)) return;
    for (int32_t block = 0; block < 3 * b->n; block++) close_block(b, block);
}

/* One worker's share of one epoch. */
static inline void train_blocks(const training *t, blocks *b, worker *w, block_worker *own, control *c,
                                int64_t *counters) {
    __atomic_add_fetch(&b->inside, 1, __ATOMIC_ACQ_REL);
    for (int64_t tries = 0; !control_stopped(c); tries++) {
        int stage;
        const int64_t task = stages_take(&b->stages, &stage);
        if (stage == END) break;
        if (task < 0) {
            spin_wait(tries);
        } else {
            tries = -1;
            if (!run_task(t, b, w, own, stage, task, c, counters)) continue;
            if (stages_finish(&b->stages)) {
                next_block_stage(t, b, c);
                stages_go(&b->stages);
            }
        }
    }
    leave_blocks(b, c);
}

#endif
