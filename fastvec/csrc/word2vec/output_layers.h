/* output_layers.h - the output layers: what a model predicts the centre word with.
 *
 * A layer is a row of the table below and a header of its own, which defines two structs, `layer` for
 * its weights and tables and `layer_worker` for what one worker keeps for itself, and these functions:
 *
 *     init(worker, layer)                        allocate the worker's lists; -1 when out of memory
 *     free(worker)
 *     listed(layer)                              how many rows `list` lists for a window
 *     start_chunk(layer, worker, chunk, seed)    a chunk of the corpus begins
 *     start_batch(layer, worker, kept, i, listed, random)   BATCH windows begin at position i of `kept`,
 *                                                of which `listed` will be listed
 *     list(layer, worker, kept, i, slot, list)   the rows that window i, the slot-th of its batch, will
 *                                                need: they are prefetched until it is trained
 *     start_window(worker, slot, list)           a window begins whose rows were listed in `list`
 *     next_input(layer, worker, random)          another input of the same window follows, if each
 *                                                context word has negatives of its own
 *     most(layer)                                how many rows a window needs at most,
 *     rows(layer, worker, word, slot, rows)      and the numbers of those that the slot-th window of the batch
 *                                                needs, whose centre is `word`; returns how many
 *     predict(layer, worker, updater, inputs, m, centre, alpha)
 *                                                predict the centre word: list the targets, update
 *
 * The table is expanded at compile time, so a layer costs one test of a pointer where it is not in use.
 * A model that has several layers trains them in the order of the table.
 */
#ifndef FASTVEC_OUTPUT_LAYERS_H
#define FASTVEC_OUTPUT_LAYERS_H

#include "word2vec/hierarchical_softmax.h"
#include "word2vec/negative_sampling.h"

/* X(layer, what its rows stand for: see hot_rows.h) */
#define OUTPUT_LAYERS(X)               \
    X(hierarchical_softmax, NODE_ROWS) \
    X(negative_sampling, WORD_ROWS)

#endif
