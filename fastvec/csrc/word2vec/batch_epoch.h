/* batch_epoch.h - the walk over a chunk for objectives that predict many windows at once (batch_outputs.h).
 *
 * With skip-gram the centre word is the input and the context words are the targets (Mikolov et al. 2013,
 * "Distributed representations", equation 1): one softmax for each window, not one for each pair as the other way
 * round, which has the same pairs.  With CBOW the context words are the inputs and the centre word is the target.
 */
#ifndef FASTVEC_BATCH_EPOCH_H
#define FASTVEC_BATCH_EPOCH_H

#include "base/control.h"
#include "word2vec/context.h"

/* What the rows of a window's inputs are multiplied with before they are added up. */
static inline float input_scale(const training *t, const batch_worker *b, int window) {
    const int m = b->inputs.starts[window + 1] - b->inputs.starts[window];
    return t->cbow_mean ? 1.0f / (float)m : 1.0f;
}

/* Add up the inputs of all windows; a frozen run multiplies all scores with its rate. */
static inline void gather_inputs(const training *t, batch_worker *b) {
    memset(b->hidden, 0, (size_t)(b->windows * b->stride) * sizeof *b->hidden);
    for (int window = 0; window < b->windows; window++) {
        const float scale = input_scale(t, b, window) * (t->batch.frozen ? b->rates[window] : 1.0f);
        for (int i = b->inputs.starts[window]; i < b->inputs.starts[window + 1]; i++)
            add_row(b->hidden + window * b->stride, t->vectors.rows + b->inputs.words[i] * b->stride, scale,
                    b->floats);
    }
}

/* Add what the inputs of all windows learned to their rows. */
static inline void spread_changes(const training *t, const batch_worker *b) {
    for (int window = 0; window < b->windows; window++) {
        const float share = t->cbow_corrected ? input_scale(t, b, window) : 1.0f;
        for (int i = b->inputs.starts[window]; i < b->inputs.starts[window + 1]; i++) {
            const int32_t word = b->inputs.words[i];
            const float lock = t->locks ? t->locks[word] : 1.0f;
            if (lock != 0.0f)
                add_row(t->vectors.rows + word * b->stride, b->changes + window * b->stride, share * lock,
                        b->floats);
        }
    }
}

static inline void train_batch(const training *t, worker *w) {
    batch_worker *b = &w->batch;
    if (b->windows == 0) return;
    gather_inputs(t, b);
    w->updater.loss += predict_batch(&t->batch, b, &w->random);
    w->updater.predictions += b->targets.starts[b->windows];
    if (!t->batch.frozen) spread_changes(t, b);
    b->windows = 0;
}

/* Append words kept[from .. to) but one to the list of a window. */
static inline void append_words(word_lists *lists, int window, const int32_t *kept, int from, int to,
                                int but) {
    int n = lists->starts[window];
    for (int i = from; i < to; i++)
        if (i != but) lists->words[n++] = kept[i];
    lists->starts[window + 1] = n;
}

/* The window around position i of the sentence [start, end). */
static inline void append_window(const training *t, worker *w, int i, int start, int end, int reach,
                                 float rate) {
    batch_worker *b = &w->batch;
    const int from = i - reach > start ? i - reach : start, to = i + reach < end - 1 ? i + reach + 1 : end;
    if (to - from < 2) return;
    append_words(t->skip_gram ? &b->targets : &b->inputs, b->windows, w->kept, from, to, i);
    append_words(t->skip_gram ? &b->inputs : &b->targets, b->windows, w->kept, i, i + 1, -1);
    b->rates[b->windows++] = rate;
}

static inline int batch_is_full(const batch_worker *b) {
    return b->windows == BATCH_WINDOWS || b->targets.starts[b->windows] >= BATCH_TARGETS ||
           b->inputs.starts[b->windows] >= BATCH_WORDS;
}

/* Train on kept[0 .. n), the learning rate changing by `slope` (below 0) with each word. */
static inline void train_in_batches(const training *t, worker *w, const control *c, int n, float alpha,
                                    float slope) {
    int start = 0;
    const int32_t *end = w->ends;
    w->batch.windows = 0;
    for (int i = 0; i < n; i++) {
        while (i == *end) start = *end++;
        const int reach = draw_reach(t, &w->random);
        append_window(t, w, i, start, *end, reach, alpha + slope * (float)i);
        if (!batch_is_full(&w->batch)) continue;
        if (control_stopped(c)) return;
        train_batch(t, w);
    }
    train_batch(t, w);
}

#endif
