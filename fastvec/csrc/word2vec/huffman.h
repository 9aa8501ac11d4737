/* huffman.h - the binary tree of hierarchical softmax.
 *
 * Huffman's algorithm gives the depth of each word in the tree, but leaves open which words of one depth
 * are siblings: paths are equally long on average in any case.  An inner node has to tell the
 * words on its left from those on its right, which is easier to learn if those on a side have something in
 * common.  So all words are put in an order in which related words are near each other, and at every
 * depth, from the deepest up, neighbours become siblings (docs/method.md).
 *
 * Inner node k (0 .. n - 2, as they are made) is row n - 2 - k of the output matrix, so that the root,
 * which every path begins with, is row 0, and the other rows follow level by level, each from left to
 * right.
 */
#ifndef FASTVEC_HUFFMAN_H
#define FASTVEC_HUFFMAN_H

#include <stdint.h>

/* Write the depths of the leaves of n counts, which never rise, to the first n of `depths`: the two
 * lightest nodes are merged until one is left.  What is merged is never lighter than what was merged before, so
 * the lightest is the last leaf or the first inner node that is left (van Leeuwen 1976); of equal ones the
 * leaf, which keeps the longest path short.  Room: 2n - 1 depths and n weights. */
static inline void huffman_depths(const int64_t *counts, int32_t n, int32_t *depths,
                                  int64_t *weights) {
    int32_t leaf = n - 1, node = 0;
    for (int32_t made = 0; made < n - 1; made++) {
        weights[made] = 0;
        for (int child = 0; child < 2; child++) {
            const int is_leaf = leaf >= 0 && (node == made || counts[leaf] <= weights[node]);
            weights[made] += is_leaf ? counts[leaf] : weights[node];
            depths[is_leaf ? leaf-- : n + node++] = n + made; /* its parent, for now */
        }
    }
    depths[2 * n - 2] = 0;
    for (int32_t i = 2 * n - 3; i >= 0; i--) depths[i] = depths[depths[i]] + 1;
}

/* A word, or an inner node, which has the order of the first of its words. */
typedef struct {
    int32_t order;
    int32_t node; /* words are 0 .. n - 1, inner nodes follow */
} huffman_item;

/* Merge two rows that are sorted by order. */
static inline void huffman_merge(const huffman_item *a, int32_t n_a, const huffman_item *b, int32_t n_b,
                                 huffman_item *out) {
    const huffman_item *const end_a = a + n_a, *const end_b = b + n_b;
    while (a < end_a && b < end_b) *out++ = a->order < b->order ? *a++ : *b++;
    while (a < end_a) *out++ = *a++;
    while (b < end_b) *out++ = *b++;
}

/* words: n of them, the deepest first and those of one depth sorted by order; depths: theirs, in this order.
 * parent, bit: 2n - 1 entries for the n words and then the n - 1 inner nodes; the root's own are not set.
 * Room: n nodes, n items.  -1 if no binary tree has these depths. */
static inline int huffman_join(const huffman_item *words, const int32_t *depths, int32_t n,
                               huffman_item *nodes, huffman_item *items, int32_t *parent,
                               uint8_t *bit) {
    int32_t made = n, n_nodes = 0, from = 0;
    for (int32_t depth = depths[0]; depth > 0; depth--) {
        int32_t to = from;
        while (to < n && depths[to] == depth) to++;
        huffman_merge(nodes, n_nodes, words + from, to - from, items);
        const int32_t n_items = n_nodes + to - from;
        if (n_items % 2) return -1;
        n_nodes = n_items / 2;
        for (int32_t i = 0; i < n_items; i++) {
            parent[items[i].node] = made + n_nodes - 1 - i / 2;
            bit[items[i].node] = (uint8_t)(i % 2);
        }
        for (int32_t i = 0; i < n_nodes; i++)
            nodes[i] = (huffman_item){items[2 * i].order, made + n_nodes - 1 - i};
        made += n_nodes;
        from = to;
    }
    return made == 2 * n - 1 ? 0 : -1;
}

/* Word i's inner nodes as output rows, and +1 where its code has a 0 (label 1 - bit), -1 where it
 * has a 1; from the word up to the root.  -1 if offsets[i + 1] - offsets[i] is not its depth. */
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
