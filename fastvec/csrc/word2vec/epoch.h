/* epoch.h - the Hogwild loop of word2vec: walk the corpus, list input and output rows, update.
 *
 * Chunks of CHUNK tokens are taken from a shared counter.  Random numbers are seeded by (seed, epoch,
 * chunk) and the learning rate follows from the position in the corpus, so neither depends on which
 * worker takes a chunk, or on how many there are.
 *
 * The rows of each window are listed AHEAD windows before they are used, so that they are prefetched
 * meanwhile.  Rows that all workers need all the time have copies (hot_rows.h).
 */
#ifndef FASTVEC_EPOCH_H
#define FASTVEC_EPOCH_H

#include "base/control.h"
#include "base/rng.h"
#include "base/sentences.h"
#include "word2vec/open_bags.h"
#include "word2vec/batch_epoch.h"
#include "word2vec/context.h"
#include "word2vec/document_epoch.h"
#include "word2vec/training.h"

/* --- copies of hot rows */

static inline void start_hot_rows(const training *t, worker *w) {
    hot_rows_start_epoch(&w->vectors, &w->plan, t->alpha_start);
    hot_rows_start_epoch(&w->bags.ngrams, &w->plan, t->alpha_start);
#define START(layer, _) hot_rows_start_epoch(&w->layer.rows, &w->plan, t->alpha_start);
    OUTPUT_LAYERS(START)
#undef START
}

/* Merge the tiers that are due; or `all`.  Workers merge at different times: of two that add to a row at
 * the same time one is lost. */
static inline void merge_hot_rows(const training *t, worker *w, int all) {
#define ROWS(layer, _) &w->layer.rows,
    hot_rows *const each[] = {&w->vectors, &w->bags.ngrams, OUTPUT_LAYERS(ROWS)};
#undef ROWS
    const int matrices = (int)(sizeof each / sizeof *each);
    int64_t from = 0, to = TIER_ROWS;
    for (int tier = 0; tier < TIERS; tier++, from = to, to *= 2) {
        const int64_t interval = w->plan.interval << tier;
        const int64_t since = (w->batches + interval * w->index / t->workers) % interval;
        for (int i = 0; i < matrices; i++)
            if (since == 0)
                hot_rows_merge(each[i], from, to);
            else if (all)
                hot_rows_merge_early(each[i], from, to, since * BATCH, t->alpha_start, t->workers);
    }
}

/* --- one window */

/* One prediction of the centre word from m input rows, by every layer in use. */
static inline void predict(const training *t, worker *w, float *const *inputs, int m, int32_t centre,
                           float alpha) {
#define PREDICT(layer, _)       \
    if (t->layer.weights.rows) \
        layer##_predict(&t->layer, &w->layer, &w->updater, inputs, m, centre, alpha);
    OUTPUT_LAYERS(PREDICT)
#undef PREDICT
}

/* The mean (or sum) of m input rows predicts; its change is added to every context row, in full
 * (word2vec.c), or divided among them when corrected (Irsoy et al. 2021: the true gradient of
 * the mean; that of the sum is the whole change).  With subwords it is the mean of all rows of the
 * context words' bags, of which there are `all`. */
static inline void predict_from_mean(const training *t, worker *w, float *const *inputs, int m, float all,
                                     int32_t centre, float alpha) {
    const float scale = t->cbow_mean ? 1.0f / all : 1.0f;
    cbow_input *input = &w->updater.input;
    input->rows = inputs;
    input->weights = w->window.weights;
    input->m = m;
    input->scale = scale;
    input->share = t->cbow_corrected ? scale : 1.0f;
    input->fixed = w->window.words;
    predict(t, w, inputs, m, centre, alpha);
}

static inline void predict_from_window(const training *t, worker *w, int i, int from, float alpha) {
    const window *v = &w->window;
    const float all = has_bags(t) ? weigh_inputs(t, w, i, from) : (float)v->m;
    predict_from_mean(t, w, v->inputs, v->m, all, w->kept[i], alpha);
}

/* PV-DBOW: each document by itself, all of them with the same negatives. */
static inline void predict_from_documents(const training *t, worker *w, int32_t centre, float alpha) {
    for (int i = 0; i < w->window.m; i++)
        predict_from_mean(t, w, w->window.inputs + i, 1, 1.0f, centre, alpha);
}

/* The order of word2vec.c: each context word by itself, with negatives of its own. */
static inline void predict_pairs(const training *t, worker *w, int32_t centre, float alpha) {
    for (int i = 0; i < w->window.m; i++) {
#define NEXT(layer, _)                   \
    if (i > 0 && t->layer.weights.rows) \
        layer##_next_input(&t->layer, &w->layer, &w->random);
        OUTPUT_LAYERS(NEXT)
#undef NEXT
        predict(t, w, w->window.inputs + i, 1, centre, alpha);
    }
}

static inline float **list_of(const training *t, const worker *w, int i) {
    return w->listed + (i % RING) * list_room(t);
}

/* List the rows that window i, the slot-th of its batch, will need: the input row that comes into reach,
 * and what the layers list; and the input's n-grams. */
static inline void list_rows(const training *t, worker *w, int n, int i, int slot) {
    float **list = list_of(t, w, i);
    const int next = i + t->reach < n ? i + t->reach : n - 1;
    int listed = list_size(t);
    *list++ = w->rows[t->reach + next];
#define LIST(layer, _)                                               \
    if (t->layer.weights.rows) {                                     \
        layer##_list(&t->layer, &w->layer, w->kept, i, slot, list);  \
        list += layer##_listed(&t->layer);                           \
    }
    OUTPUT_LAYERS(LIST)
#undef LIST
    if (has_bags(t) && listed < MAX_PREFETCHED)
        listed += list_ngrams_ahead(t, w, next, i - t->reach - 1, MAX_PREFETCHED - listed, list);
    w->n_listed[i % RING] = listed < MAX_PREFETCHED ? listed : MAX_PREFETCHED;
}

static inline void start_window(const training *t, worker *w, int i, int slot) {
    float **list = list_of(t, w, i) + 1;
#define START(layer, _)                               \
    if (t->layer.weights.rows) {                      \
        layer##_start_window(&w->layer, slot, list);  \
        list += layer##_listed(&t->layer);            \
    }
    OUTPUT_LAYERS(START)
#undef START
    w->updater.prefetch = (prefetch_list){list_of(t, w, i + AHEAD), w->n_listed[(i + AHEAD) % RING],
                                          w->whole_rows};
}

static inline void train_window(const training *t, worker *w, int i, int from, float alpha) {
    const int32_t centre = w->kept[i];
    if (t->locks) lock_inputs(t, w, i, from);
    if (t->documents.alone)
        predict_from_documents(t, w, centre, alpha);
    else if (!t->skip_gram)
        predict_from_window(t, w, i, from, alpha);
    else if (t->shared_negatives)
        predict(t, w, w->window.inputs, w->window.m, centre, alpha);
    else
        predict_pairs(t, w, centre, alpha);
    if (t->locks) unlock_inputs(t, w, i, from);
}

/* --- the walk */

/* A batch begins at position i of `kept`: draw what its windows need, and the first AHEAD of the next one. */
static inline void draw_windows(const training *t, worker *w, const int32_t *kept, int i, int listed) {
#define START(layer, _)         \
    if (t->layer.weights.rows) \
        layer##_start_batch(&t->layer, &w->layer, kept, i, listed, &w->random);
    OUTPUT_LAYERS(START)
#undef START
}

/* A batch begins at position i of n.  Documents may be short: nothing is drawn for windows beyond them. */
static inline void start_batch(const training *t, worker *w, int n, int i) {
    draw_windows(t, w, w->kept, i, t->documents.rows && n - i < BATCH ? n - i + AHEAD : LISTED);
    w->batches++;
    if (t->workers > 1) merge_hot_rows(t, w, 0);
}

/* PV-DBOW in streams: for each of their documents' tags the words are walked through once. */
static inline void train_streams(const training *t, worker *w, const control *c, int n, float alpha,
                                 float slope) {
    enum { GROUPS_PER_BATCH = BATCH / MAX_PAIRS };
    document_streams *s = &w->streams;
    order_documents(w, n);
    for (int tag = 0; fill_streams(t, w, tag) > 0; tag++) {
        list_stream_group(t, w, 0);
        for (int i = 0; i < s->each; i++) {
            if (i % GROUPS_PER_BATCH == 0) {
                if (control_stopped(c)) return;
                w->batches++;
                if (t->workers > 1) merge_hot_rows(t, w, 0);
            }
            list_stream_group(t, w, i + 1);
            train_stream_group(w, i, alpha + slope * (float)(i * MAX_PAIRS));
        }
    }
}

/* Where the walk through the sentences of a chunk is. */
typedef struct {
    int start;          /* of the sentence of the last window, */
    const int32_t *end; /* and where this one ends; the ends of the next ones follow */
} walk;

/* Train on window i of n, the slot-th of its batch; `first`: no rows have been listed ahead. */
static inline void walk_on(const training *t, worker *w, walk *at, int n, int i, int slot, int first,
                           float alpha) {
    for (int a = first ? 0 : AHEAD; a <= AHEAD; a++) list_rows(t, w, n, i + a, slot + a);
    while (i == *at->end) at->start = *at->end++;
    if (has_bags(t)) move_bags(t, w, i, at->start, *at->end, n);
    const int reach = draw_reach(t, &w->random);
    const int from = t->documents.alone ? no_context(w, i)
                                        : list_context(t, w, i, at->start, *at->end, reach);
    if (t->documents.rows) list_documents(t, w, w->sentences[at->end - w->ends]);
    if (w->window.m == 0) return;
    start_window(t, w, i, slot);
    train_window(t, w, i, from, alpha);
}

/* Train on kept[0 .. n), window by window, the learning rate changing by `slope` (below 0) with each word. */
static inline void walk_through(const training *t, worker *w, const control *c, int n, float alpha,
                                float slope) {
    walk at = {0, w->ends};
    for (int i = 0; i < n; i++) {
        const int slot = i % BATCH;
        if (slot == 0) {
            if (control_stopped(c)) break;
            start_batch(t, w, n, i);
        }
        walk_on(t, w, &at, n, i, slot, i == 0, alpha + slope * (float)i);
    }
    if (has_bags(t)) close_all_bags(t, w);
}

static inline void train_kept(const training *t, worker *w, const control *c, int n, float alpha,
                              float slope) {
    if (has_streams(t))
        train_streams(t, w, c, n, alpha, slope);
    else if (t->batch.weights.rows)
        train_in_batches(t, w, c, n, alpha, slope);
    else
        walk_through(t, w, c, n, alpha, slope);
}

/* Subsample tokens[from .. to) into kept[n ..]; returns the new n.  The ids were checked before, but the
 * array is the caller's, who may have changed it since. */
static inline int subsample(const training *t, worker *w, int64_t from, int64_t to, int n) {
    uint64_t random = w->random;
    const hot_rows vectors = w->vectors;
    float **rows = w->rows + t->reach;
    for (int64_t i = from; i < to; i++) {
        const int32_t word = __atomic_load_n(&t->tokens[i], __ATOMIC_RELAXED);
        if ((uint32_t)word >= (uint32_t)t->n_words) continue;
        w->kept[n] = word;
        rows[n] = hot_rows_at(&vectors, word);
        n += (uint32_t)rng_next(&random) <= t->keep[word];
    }
    w->random = random;
    return n;
}

static inline void start_chunk(const training *t, worker *w, int64_t chunk) {
    w->random = t->seed ^ ((uint64_t)chunk * 0xD1B54A32D192ED03u);
#define START(layer, _)         \
    if (t->layer.weights.rows) \
        layer##_start_chunk(&t->layer, &w->layer, chunk, t->seed);
    OUTPUT_LAYERS(START)
#undef START
}

/* Subsample a chunk into kept and ends; *done: how many tokens it has in this part of the corpus.  A chunk owns the sentences that
 * start in it, or segments of CHUNK tokens of longer ones.  It ends where the offsets have been changed
 * into others that do not rise. */
static inline int read_chunk(const training *t, worker *w, int64_t chunk, int64_t *done) {
    const int64_t first = chunk * CHUNK, last = first + CHUNK;
    int64_t s = sentence_at(t->offsets, t->n_sentences, first);
    int64_t at = t->offsets[s] + (first - t->offsets[s] + CHUNK - 1) / CHUNK * CHUNK;
    int n = 0, sentences = 0;
    *done = 0;
    while (s < t->n_sentences && at < last) {
        const int64_t end = __atomic_load_n(&t->offsets[s + 1], __ATOMIC_RELAXED);
        if (at >= end || (t->held && t->held[s] != t->part)) {
            at = end;
            s++;
            continue;
        }
        const int64_t to = at + CHUNK < end ? at + CHUNK : end;
        if (at < first || to > t->n_tokens || n + (to - at) > MAX_CHUNK) break;
        const int before = n;
        n = subsample(t, w, at, to, n);
        if (n > before) {
            w->sentences[sentences] = s;
            w->ends[sentences++] = n;
        }
        *done += to - at;
        at = to;
    }
    return n;
}

static inline void train_chunk(const training *t, worker *w, const control *c, int64_t chunk,
                               int64_t *counters) {
    int64_t done;
    start_chunk(t, w, chunk);
    const int n = read_chunk(t, w, chunk, &done);
    const double slope = ((double)t->alpha_end - (double)t->alpha_start) / (double)t->n_tokens;
    const float alpha = (float)(t->alpha_start + slope * (double)(chunk * CHUNK));
    if (n > 0) train_kept(t, w, c, n, alpha, (float)(slope * (double)done / n));
    update_collect_loss(&w->updater);
    counters[WORDS_DONE] += done;
    counters[WORDS_KEPT] += n;
}

/* The same beside other workers: rows are prefetched in the way that is found to be quicker. */
static inline void train_chunk_timed(const training *t, worker *w, const control *c, int64_t chunk,
                                     int64_t *counters) {
    const int64_t before = counters[WORDS_KEPT];
    const double start = thread_time();
    w->whole_rows = tuner_choose(&w->tuner);
    train_chunk(t, w, c, chunk, counters);
    const int64_t words = counters[WORDS_KEPT] - before;
    if (words > 0)
        tuner_record(&w->tuner, w->whole_rows, (thread_time() - start) / (double)words);
}

/* One worker's share of one epoch.  It trains on a chunk before it pauses: pauses never keep it from getting
 * on. */
static inline void train_epoch(const training *t, worker *w, control *c, int64_t *counters) {
    const int64_t all = (t->n_tokens + CHUNK - 1) / CHUNK, chunks = all < c->end ? all : c->end;
    start_hot_rows(t, w);
    while (!control_stopped(c)) {
        const int64_t chunk = control_next(c, 1);
        if (chunk >= chunks) break;
        if (t->workers > 1)
            train_chunk_timed(t, w, c, chunk, counters);
        else
            train_chunk(t, w, c, chunk, counters);
        if (control_ending(c)) break;
    }
    if (t->workers > 1) merge_hot_rows(t, w, 1);
}

#endif
