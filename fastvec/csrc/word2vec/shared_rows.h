/* shared_rows.h - the rows of one matrix that several virtual workers need in one round (rounds.h).
 *
 * Each virtual worker claims the rows that it needs.  A row that no other one has claimed it changes in place.
 * Of any other row it has a copy, which it changes instead; afterwards the copies of each row are merged, in the
 * order of the virtual workers.  So nothing depends on which of them are quicker.
 *
 * Claims are compared and copies are merged by parts of the matrix, so that no two workers write to one cache
 * line.  A part merges the copies of a round and then compares the claims of the next one, while other parts may
 * still merge: so odd and even rounds have copies in different places.
 */
#ifndef FASTVEC_SHARED_ROWS_H
#define FASTVEC_SHARED_ROWS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache_lines.h"
#include "base/huge_pages.h"
#include "word2vec/hot_rows.h"

enum {
    VIRTUAL_WORKERS = 16,          /* at most 32: the bits of `holders` */
    PARTS = VIRTUAL_WORKERS,       /* of a matrix */
    PART_ROWS = 16,                /* neighbours that are in one part: their places fill a cache line */
    PLACES = 16,                   /* that a part takes at a time */
};

/* The rows that one virtual worker has claimed, and may have claimed twice. */
typedef struct {
    int32_t *rows;   /* (room,): in the order of its windows, */
    int32_t *sorted; /* (room,): and part by part; then where it has copies */
    int starts[PARTS + 1], copies[PARTS]; /* where each part's begin; how many copies it has in it */
    int n;
} claims;

/* What a part has taken: `used` places of the last one of its blocks, and all of those before. */
typedef struct {
    int32_t block, used;
    char apart[120];
} part_places;

typedef struct {
    float *rows;
    int64_t stride;
    int floats;        /* of each row that are used */
    const float *steps; /* (rows,): expected updates of each row for every word trained on, or NULL */
    int32_t *places;   /* (rows,): where in the next three a row is that has copies; below 0, see claim_mark */
    int32_t *shared;   /* (2 half,): which row that is, */
    uint32_t *holders; /* (2 half,): the virtual workers that have copies of it, a bit for each; 0: none is here */
    float *copies;     /* (VIRTUAL_WORKERS, 2 half, stride) */
    int32_t *before;   /* (2 half / PLACES,): the block that the same part took before, or -1 */
    void *memory;      /* of the copies, for free() */
    int32_t half;      /* places of odd and of even rounds */
    int32_t blocks;    /* that are taken */
    part_places parts[PARTS];
} shared_rows;

/* --- memory */

static inline void shared_rows_free(shared_rows *s) {
    aligned_free(s->places);
    aligned_free(s->shared);
    aligned_free(s->holders);
    aligned_free(s->before);
    free(s->memory);
}

/* most: rows that a virtual worker claims.  -1 when out of memory. */
static inline int shared_rows_init(shared_rows *s, const weights *of, int64_t stride, int floats, int64_t most) {
    const int64_t pairs = most * VIRTUAL_WORKERS / 2, shared = of->count < pairs ? of->count : pairs;
    const int64_t half = (shared / PLACES + 1 + PARTS) * PLACES;
    *s = (shared_rows){.rows = of->rows, .steps = of->steps, .stride = stride, .floats = floats, .half = (int32_t)half};
    s->places = cache_line_alloc((size_t)(of->count + 1) * sizeof *s->places);
    s->shared = cache_line_alloc((size_t)(2 * half) * sizeof *s->shared);
    s->holders = cache_line_alloc((size_t)(2 * half) * sizeof *s->holders);
    s->before = cache_line_alloc((size_t)(2 * half / PLACES) * sizeof *s->before);
    s->memory = huge_pages_alloc((size_t)(2 * half * VIRTUAL_WORKERS * stride) * sizeof *s->copies + 128);
    if (!s->places || !s->shared || !s->holders || !s->before || !s->memory) return -1;
    s->copies = (float *)(((uintptr_t)s->memory + 127) / 128 * 128); /* mostly never touched */
    return 0;
}

/* Where the copies of a virtual worker begin. */
static inline float *copies_of(const shared_rows *s, int index) {
    return s->copies + 2 * (int64_t)index * s->half * s->stride;
}

static inline void claims_free(claims *c) {
    aligned_free(c->rows);
    aligned_free(c->sorted);
}

/* The claims of virtual worker `index`, which finds its rows by `h`.  -1 when out of memory. */
static inline int claims_init(claims *c, hot_rows *h, const shared_rows *s, int index, int64_t most) {
    h->places = s->places;
    h->copies = copies_of(s, index);
    c->rows = cache_line_alloc((size_t)(most + 1) * sizeof *c->rows);
    c->sorted = cache_line_alloc((size_t)(most + 1) * sizeof *c->sorted);
    return c->rows && c->sorted ? 0 : -1;
}

/* --- claims */

static inline int part_of_row(int32_t row) { return row / PART_ROWS % PARTS; }

/* Sort what was claimed by parts. */
static inline void sort_claims(claims *c) {
    int next[PARTS];
    memset(c->starts, 0, sizeof c->starts);
    memset(c->copies, 0, sizeof c->copies);
    for (int i = 0; i < c->n; i++) c->starts[part_of_row(c->rows[i]) + 1]++;
    for (int part = 0; part < PARTS; part++) c->starts[part + 1] += c->starts[part];
    memcpy(next, c->starts, sizeof next);
    for (int i = 0; i < c->n; i++) c->sorted[next[part_of_row(c->rows[i])]++] = c->rows[i];
}

/* The place of a row that only this virtual worker has claimed, in this round. */
static inline int32_t claim_mark(int round, int index) { return -2 - (round * VIRTUAL_WORKERS + index); }

static inline int32_t take_place(shared_rows *s, int part, int32_t row) {
    part_places *p = &s->parts[part];
    if (p->used == PLACES) {
        const int32_t block = __atomic_fetch_add(&s->blocks, 1, __ATOMIC_RELAXED);
        s->before[block] = p->block;
        memset(s->holders + block * PLACES, 0, PLACES * sizeof *s->holders);
        *p = (part_places){.block = block};
    }
    const int32_t place = p->block * PLACES + p->used++;
    s->shared[place] = row;
    s->places[row] = place;
    return place;
}

/* A virtual worker needs a copy.  Its list of them takes the place of claims that have been compared. */
static inline void add_copy(shared_rows *s, claims *c, int part, int32_t place, int index) {
    const uint32_t bit = (uint32_t)1 << index;
    if (s->holders[place] & bit) return;
    s->holders[place] |= bit;
    c->sorted[c->starts[part] + c->copies[part]++] = place;
}

/* Compare the claims to a part.  `each`: those of all virtual workers. */
static inline void compare_claims(shared_rows *s, claims *const *each, int part, int round) {
    const int32_t first = claim_mark(round, 0), last = claim_mark(round, VIRTUAL_WORKERS - 1);
    for (int index = 0; index < VIRTUAL_WORKERS; index++) {
        const int32_t mark = claim_mark(round, index);
        const int end = each[index]->starts[part + 1];
        for (int i = each[index]->starts[part]; i < end; i++) {
            const int32_t row = each[index]->sorted[i], was = s->places[row];
            if (was == mark) continue;
            if (was < 0 && (was > first || was < last)) {
                s->places[row] = mark;
                continue;
            }
            const int32_t place = was < 0 ? take_place(s, part, row) : was;
            if (was < 0) add_copy(s, each[first - was], part, place, first - was);
            add_copy(s, each[index], part, place, index);
        }
    }
}

/* --- copies */

static inline void copy_rows(const shared_rows *s, const claims *c, int index) {
    float *copies = copies_of(s, index);
    for (int part = 0; part < PARTS; part++)
        for (int i = 0; i < c->copies[part]; i++) {
            const int64_t place = c->sorted[c->starts[part] + i];
            memcpy(copies + place * s->stride,
                   s->rows + s->shared[place] * s->stride, (size_t)s->floats * sizeof *s->rows);
        }
}

static inline void merge_place(const kernels *kernel, shared_rows *s, int64_t place, float rate) {
    float *copies[VIRTUAL_WORKERS + 1], *copy = s->copies + place * s->stride;
    const int32_t row = s->shared[place];
    int n = 0;
    for (uint32_t left = s->holders[place]; left; left >>= 1, copy += 2 * s->half * s->stride) {
        copies[n] = copy;
        n += (int)(left & 1);
    }
    if (n == 0) return;
    const float least = s->steps ? 1.0f / (rate * s->steps[row]) : 0.0f;
    kernel->combine(s->rows + row * s->stride, copies, n, least, s->floats);
    s->places[row] = -1;
}

/* Merge the copies of a part; then it has none. */
static inline void merge_part(const kernels *kernel, shared_rows *s, int part, float rate) {
    part_places *p = &s->parts[part];
    for (int32_t block = p->block; block >= 0; block = s->before[block])
        for (int i = 0; i < PLACES; i++) merge_place(kernel, s, (int64_t)block * PLACES + i, rate);
    *p = (part_places){.block = -1, .used = PLACES};
}

/* Forget all claims and copies of a part. */
static inline void forget_part(shared_rows *s, int64_t count, int part) {
    const int64_t from = count * part / PARTS, to = count * (part + 1) / PARTS;
    memset(s->places + from, -1, (size_t)(to - from) * sizeof *s->places);
    s->parts[part] = (part_places){.block = -1, .used = PLACES};
}

/* Before the claims of a round are compared. */
static inline void begin_places(shared_rows *s, int round) { s->blocks = round % 2 * (s->half / PLACES); }

#endif
