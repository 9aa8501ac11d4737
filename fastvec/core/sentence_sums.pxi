# add_sentences: sums of the vectors of words (csrc/vectors/sentence_sums.h).

cdef extern from "vectors/sentence_sums.h" nogil:
    ctypedef struct sentence_words:
        const float *vectors
        int64_t stride, count
        const float *inferred
        int64_t inferred_stride, more
        const float *weights
        int64_t floats
        const int64_t *starts
        const int32_t *rows
        int64_t words
    int sum_sentences(const sentence_words *t, const int32_t *ids, int64_t n, float *sums,
                      int64_t *known, int64_t sentences)


cdef const float *rows_of(const float[:, :] rows, int64_t floats, int64_t *stride) except? NULL:
    """The first of some rows, and how many floats the next one is away."""
    if rows.shape[1] != floats or rows.strides[0] % 4 or (floats > 1 and rows.strides[1] != 4):
        raise ValueError(f"vectors must be rows of {floats} floats one behind the other")
    stride[0] = rows.strides[0] // 4
    return &rows[0, 0] if rows.shape[0] and floats else NULL


def add_sentences(const int32_t[::1] ids, const int64_t[::1] starts, const int32_t[::1] rows,
                  const float[:, :] vectors, const float[:, :] inferred, float[:, ::1] sums,
                  int64_t[::1] known, const float[::1] weights=None):
    """Add the vectors of the words of each sentence up.

    Parameters
    ----------
    ids : (n,) int32
        as TextReader.move_ids gives them: 0 ends a sentence, 1 + i is word i.
    starts, rows : (words + 1,) int64, int32
        word i has the vectors of ``rows[starts[i]:starts[i + 1]]``, mostly of one or none.
    vectors, inferred : (V, D) and (M, D) float32
        row V + i is ``inferred[i]``.
    sums : (sentences, D) float32, changed
        the last sentence is what follows the last end.
    known : (sentences,) int64, changed
        how many vectors each sentence has.
    weights : (V + M,) float32, optional
        what each vector is multiplied with.

    >>> import numpy as np
    >>> vectors, none = np.array([[1, 2], [3, 4]], "f"), np.empty((0, 2), "f")
    >>> sums, known = np.zeros((2, 2), "f"), np.zeros(2, np.int64)
    >>> ids, one = np.array([1, 2, 0, 2], "i"), np.array([0, 1], "i")
    >>> add_sentences(ids, np.arange(3), one, vectors, none, sums, known)
    >>> sums.tolist(), known.tolist()
    ([[4.0, 6.0], [3.0, 4.0]], [2, 1])
    """
    cdef sentence_words t
    cdef int64_t i, every = vectors.shape[0] + inferred.shape[0], n = ids.shape[0]
    cdef int64_t sentences = sums.shape[0]
    cdef bint good = True
    cdef int failed = 0
    memset(&t, 0, sizeof(t))
    t.floats = sums.shape[1]
    t.count, t.more = vectors.shape[0], inferred.shape[0]
    t.vectors = rows_of(vectors, t.floats, &t.stride)
    t.inferred = rows_of(inferred, t.floats, &t.inferred_stride)
    t.words = check_offsets(starts, rows.shape[0], "starts")
    for i in range(rows.shape[0]):
        good &= 0 <= rows[i] < every
    if not good:
        raise ValueError(f"rows must be from 0 to {every - 1}")
    if weights is not None and weights.shape[0] != every:
        raise ValueError(f"weights must have {every} entries, got {weights.shape[0]}")
    if sentences < 1 or known.shape[0] != sentences:
        raise ValueError(f"known must have {sentences} entries, one or more")
    t.weights = &weights[0] if weights is not None and every else NULL
    t.starts = &starts[0]
    t.rows = &rows[0] if rows.shape[0] else NULL
    if n:
        with nogil:
            failed = sum_sentences(&t, &ids[0], n, &sums[0, 0], &known[0], sentences)
    if failed < 0:
        raise ValueError(f"ids must be from 0 to {t.words}, and end {sentences - 1} sentences")
