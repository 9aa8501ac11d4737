/* infer.h - vectors of new documents: kernels that change nothing but a document's row.
 *
 * The random numbers of a document follow from its words: it gets the same vector alone or among
 * others, with any number of workers.
 */
#ifndef FASTVEC_INFER_H
#define FASTVEC_INFER_H

#include "base/hash.h"
#include "word2vec/epoch.h"

typedef struct {
    int epochs;
    float alpha, min_alpha; /* learning rate in the first and in the last epoch */
    int vector_size;
} inference;

static inline uint64_t seed_of_words(const training *t, int64_t from, int64_t to) {
    uint64_t seed = t->seed;
    for (int64_t i = from; i < to; i++) seed = hash_mix(seed ^ (uint64_t)(t->tokens[i] + 1), HASH_B);
    return seed;
}

/* Numbers uniform in [-1 / size, 1 / size), as training begins. */
static inline void draw_row(float *row, int size, uint64_t *random) {
    for (int c = 0; c < size; c++)
        row[c] = ((float)(rng_next(random) >> 40) * 0x1p-23f - 1.0f) / (float)size;
}

static inline float rate_in(const inference *how, int epoch) {
    return how->alpha - (how->alpha - how->min_alpha) * (float)epoch / (float)(how->epochs > 1 ? how->epochs - 1 : 1);
}

/* A document's words. */
typedef struct {
    int64_t from, to;
} word_range;

static inline word_range words_of(const training *t, int64_t document) {
    const word_range r = {t->offsets[document], t->offsets[document + 1]};
    return r.from < 0 || r.from > r.to || r.to > t->n_tokens ? (word_range){0, 0} : r;
}

static inline float *start_document(const training *t, worker *w, const inference *how, int64_t document,
                                    word_range words) {
    float *row = t->documents.rows + document * t->stride;
    w->random = seed_of_words(t, words.from, words.to);
    draw_row(row, how->vector_size, &w->random);
    return row;
}

/* Some of the words, subsampled; returns how many are left. */
static inline int next_words(const training *t, worker *w, word_range *words) {
    const int64_t to = words->to - words->from > CHUNK ? words->from + CHUNK : words->to;
    const int n = subsample(t, w, words->from, to, 0);
    words->from = to;
    return n;
}

/* --- PV-DM, and trees: the walk of epoch.h */

static inline void infer_document(const training *t, worker *w, const control *c, const inference *how,
                                  int64_t document, word_range words) {
    start_document(t, w, how, document, words);
    w->sentences[0] = document;
    for (int epoch = 0; epoch < how->epochs; epoch++)
        for (word_range left = words; left.from < left.to && !control_stopped(c);) {
            const int n = w->ends[0] = next_words(t, w, &left);
            if (n > 0) walk_through(t, w, c, n, rate_in(how, epoch), 0.0f);
        }
}

/* --- PV-DBOW with noise words: a document predicts some of its words at once
 *
 * The words share noise words, each of which stands for NOISE_WEIGHT of those that the words would draw by
 * themselves.  Other documents have noise words of their own (docs/performance.md says why).  While one
 * group of words is trained, the rows of the next one are fetched, of the same document or of the next. */

enum { NOISE_WEIGHT = 2 };

/* Words that a document predicts at once. */
typedef struct {
    float *outputs[MAX_OUTPUTS]; /* n of them: the rows of the words and of noise words; 0: there is none */
    float signs[MAX_OUTPUTS + ROW_FLOATS];
    int n;
    float *row; /* of the document */
    float alpha;
} word_group;

/* What has been listed. */
typedef struct {
    int64_t next, last; /* the documents that have not been begun */
    float *row;         /* of this one, */
    word_range words, left; /* its words, and those that this epoch has left, */
    int epoch;              /* which it is, */
    int at, n; /* and how many of kept have been listed, of how many */
} infer_place;

static inline int infers_in_groups(const training *t) {
    return t->documents.alone && !has_tree(t);
}

/* How many of n words are predicted at once: all, or about evenly as many as there is room for. */
static inline int words_at_once(const training *t, int n, int weight) {
    const int most = MAX_OUTPUTS * weight / (t->negative_sampling.negative + weight);
    const int groups = most > 1 ? (n + most - 1) / most : n;
    return (n + groups - 1) / groups;
}

/* How many of m words are another word than this one: a word is no noise word for itself. */
static inline int other_words(const int32_t *words, int m, int32_t word) {
    int n = 0;
    for (int i = 0; i < m; i++) n += words[i] != word;
    return n;
}

/* Which words may be among m words: one bit for each remainder. */
typedef struct {
    uint64_t bits[8];
} word_filter;

static inline void add_to_filter(word_filter *f, int32_t word) {
    f->bits[word >> 6 & 7] |= 1ull << (word & 63);
}

static inline int may_be_there(const word_filter *f, int32_t word) {
    return f->bits[word >> 6 & 7] >> (word & 63) & 1;
}

static inline void list_words(const training *t, worker *w, const int32_t *words, int m, int weight,
                              word_group *g) {
    const int negative = t->negative_sampling.negative, room = MAX_OUTPUTS - m;
    const int wanted = (m * negative + weight - 1) / weight, noise = wanted < room ? wanted : room;
    const float each = (float)negative / (float)noise; /* for each word */
    word_filter there = {{0}};
    int32_t drawn[LISTED];
    draw_negatives(w->negative_sampling.shard, drawn, noise, &w->random);
    for (int i = 0; i < m; i++) {
        g->outputs[i] = hot_rows_at(&w->negative_sampling.rows, words[i]);
        g->signs[i] = 1.0f;
        add_to_filter(&there, words[i]);
    }
    for (int i = 0; i < noise; i++) {
        const int others = may_be_there(&there, drawn[i]) ? other_words(words, m, drawn[i]) : m;
        g->outputs[m + i] = hot_rows_at(&w->negative_sampling.rows, drawn[i]);
        g->signs[m + i] = -each * (float)others;
    }
    g->n = m + noise;
}

/* Go on to the next words: of this epoch, of the next one, or of the next document; 0 if there are none. */
static inline int read_words(const training *t, worker *w, const inference *how, infer_place *p) {
    while (p->left.from == p->left.to) {
        if (++p->epoch < how->epochs && p->words.from < p->words.to) {
            p->left = p->words;
        } else {
            if (p->next == p->last) return 0;
            p->left = p->words = words_of(t, p->next);
            if (p->words.from < p->words.to) p->row = start_document(t, w, how, p->next, p->words);
            p->epoch = 0;
            p->next++;
        }
    }
    p->n = next_words(t, w, &p->left);
    p->at = 0;
    return 1;
}

/* List the next group, if there is one. */
static inline void list_words_ahead(const training *t, worker *w, const inference *how, infer_place *p,
                                    word_group *g) {
    const int weight = t->shared_negatives ? NOISE_WEIGHT : 1;
    g->n = 0;
    while (p->at == p->n)
        if (!read_words(t, w, how, p)) return;
    const int m = words_at_once(t, p->n - p->at, weight);
    list_words(t, w, w->kept + p->at, m, weight, g);
    g->row = p->row;
    g->alpha = rate_in(how, p->epoch);
    p->at += m;
}

static inline void infer_group(updater *u, const word_group *g, const word_group *next) {
    float *row = g->row;
    u->input = (cbow_input){.rows = &row, .m = 1, .scale = 1.0f, .share = 1.0f, .sum = u->input.sum};
    u->prefetch = (prefetch_list){next->outputs, next->n, 0};
    update_cbow(u, g->outputs, g->signs, g->n, g->alpha);
}

static inline void infer_in_groups(const training *t, worker *w, const control *c, const inference *how,
                                   int64_t first, int64_t last) {
    word_group groups[2];
    infer_place place = {.next = first, .last = last};
    list_words_ahead(t, w, how, &place, &groups[0]);
    for (int i = 0; groups[i].n > 0 && !control_stopped(c); i = 1 - i) {
        list_words_ahead(t, w, how, &place, &groups[1 - i]);
        infer_group(&w->updater, &groups[i], &groups[1 - i]);
    }
}

/* --- all documents */

/* One worker's share of the documents.  The rows of those without words stay zeros, as they were. */
static inline void infer_documents(const training *t, worker *w, control *c, const inference *how,
                                   int64_t *counters) {
    enum { AT_ONCE = 16 };
    start_chunk(t, w, 0);
    while (!control_stopped(c)) {
        const int64_t first = control_next(c, AT_ONCE);
        if (first >= t->n_sentences) break;
        const int64_t last = first + AT_ONCE < t->n_sentences ? first + AT_ONCE : t->n_sentences;
        if (infers_in_groups(t)) infer_in_groups(t, w, c, how, first, last);
        for (int64_t s = first; s < last; s++) {
            const word_range words = words_of(t, s);
            if (!infers_in_groups(t) && words.from < words.to) infer_document(t, w, c, how, s, words);
            counters[WORDS_DONE] += words.to - words.from;
        }
        update_collect_loss(&w->updater);
    }
}

#endif
