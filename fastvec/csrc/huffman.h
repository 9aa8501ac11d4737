/* huffman.h - the binary tree of hierarchical softmax.
 *
 * The two lightest nodes are merged until one is left.  Which of several that are equally heavy goes first
 * is open; a heap decides it here, moved as Python's heapq moves it, so that words in the order of gensim's
 * have gensim's tree.  Inner node k (0 .. n - 2, as they are made) is row n - 2 - k of the output matrix, so
 * that the root, which every path begins with, is row 0.
 */
#ifndef FASTVEC_HUFFMAN_H
#define FASTVEC_HUFFMAN_H

#include <stdint.h>
#include <stdlib.h>

typedef struct {
    int64_t weight;
    int32_t node;
} huffman_item;

/* Move heap[at] up, not above `top`. */
static inline void huffman_up(huffman_item *heap, int64_t top, int64_t at) {
    const huffman_item item = heap[at];
    for (; at > top && item.weight < heap[(at - 1) / 2].weight; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = item;
}

/* Move heap[top] down to a leaf, past the lighter child each time (of equal ones the right), and up again
 * to where it belongs: heapq's way. */
static inline void huffman_down(huffman_item *heap, int64_t n, int64_t top) {
    const huffman_item item = heap[top];
    int64_t at = top;
    for (int64_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && heap[child].weight >= heap[child + 1].weight;
        heap[at] = heap[child];
    }
    heap[at] = item;
    huffman_up(heap, top, at);
}

/* counts: n counts.  parent, bit: 2n - 1 entries for the n words and then the n - 1 inner nodes; the
 * root's own are not set.  -1 when out of memory. */
static inline int huffman_tree(const int64_t *counts, int32_t n, int32_t *parent, uint8_t *bit) {
    huffman_item *heap = malloc((size_t)n * sizeof *heap);
    if (!heap) return -1;
    for (int32_t i = 0; i < n; i++) heap[i] = (huffman_item){counts[i], i};
    for (int64_t i = n / 2 - 1; i >= 0; i--) huffman_down(heap, n, i);
    int64_t left = n;
    for (int32_t made = n; left > 1; made++) {
        int64_t weight = 0;
        for (int child = 0; child < 2; child++) {
            weight += heap[0].weight;
            parent[heap[0].node] = made;
            bit[heap[0].node] = (uint8_t)child;
            heap[0] = heap[--left];
            if (left > 0) huffman_down(heap, left, 0);
        }
        heap[left] = (huffman_item){weight, made};
        huffman_up(heap, 0, left++);
    }
    free(heap);
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
