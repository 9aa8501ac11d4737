/* huffman.h - the binary tree of hierarchical softmax.
 *
 * word2vec.c's CreateBinaryTree: two queues, the words by falling count read from the back and the
 * inner nodes in the order they are made, merged in linear time.  Inner node k (0 .. n - 2) is row
 * n - 2 - k of the output matrix, so that the root, which every path begins with, is row 0.
 */
#ifndef FASTVEC_HUFFMAN_H
#define FASTVEC_HUFFMAN_H

#include <stdint.h>
#include <stdlib.h>

/* counts: n counts, falling.  parent, bit: 2n - 1 entries for the n words and then the n - 1 inner
 * nodes; the root's own are not set.  -1 when out of memory. */
static inline int huffman_tree(const int64_t *counts, int32_t n, int32_t *parent, uint8_t *bit) {
    int64_t *weight = malloc((size_t)n * sizeof *weight); /* of the inner nodes */
    if (!weight) return -1;
    int32_t word = n - 1, made = 0, used = 0;
    for (; made < n - 1; made++) {
        weight[made] = 0;
        for (int child = 0; child < 2; child++) {
            int32_t node = word >= 0 && (used == made || counts[word] < weight[used])
                               ? word--
                               : n + used++;
            weight[made] += node < n ? counts[node] : weight[node - n];
            parent[node] = n + made;
            bit[node] = (uint8_t)child;
        }
    }
    free(weight);
    return 0;
}

/* offsets: n + 1 entries, offsets[i + 1] - offsets[i] = length of word i's code. */
static inline void huffman_lengths(const int32_t *parent, int32_t n, int64_t *offsets) {
    const int32_t root = 2 * n - 2;
    offsets[0] = 0;
    for (int32_t i = 0; i < n; i++) {
        int64_t length = 0;
        for (int32_t node = i; node != root; node = parent[node]) length++;
        offsets[i + 1] = offsets[i] + length;
    }
}

/* Word i's inner nodes as output rows, and +1 where its code has a 0 (label 1 - bit), -1 where it
 * has a 1; from the word up to the root.  -1 if the offsets are not those of huffman_lengths. */
static inline int huffman_paths(const int32_t *parent, const uint8_t *bit, int32_t n,
                                const int64_t *offsets, int32_t *rows, float *signs) {
    const int32_t root = 2 * n - 2;
    int64_t at = 0;
    for (int32_t i = 0; i < n; i++) {
        if (offsets[i] != at) return -1;
        for (int32_t node = i; node != root; node = parent[node], at++) {
            if (at >= offsets[n]) return -1;
            rows[at] = root - parent[node];
            signs[at] = bit[node] ? -1.0f : 1.0f;
        }
    }
    return at == offsets[n] ? 0 : -1;
}

#endif
