# bag_means: vectors of words with n-grams (csrc/vectors/bag_mean.h).

cdef extern from "vectors/bag_mean.h" nogil:
    ctypedef struct bag_rows:
        const char *base
        int64_t rows, stride
    int bag_mean(const bag_rows *words, int64_t own, const bag_rows *ngrams, const int32_t *bag,
                 int64_t n, float *out, int64_t size)


cdef bag_rows bag_rows_of(const float[:, :] matrix, int64_t size, str name) except *:
    """A matrix as rows of contiguous numbers."""
    if matrix.shape[1] != size or (size > 1 and matrix.strides[1] != sizeof(float)):
        raise ValueError(f"{name} must have rows of {size} contiguous numbers")
    cdef const char *base = <const char *> &matrix[0, 0] if matrix.shape[0] and size else NULL
    return bag_rows(base, matrix.shape[0], matrix.strides[0])


def bag_means(const float[:, :] words or None, const float[:, :] ngrams, const int64_t[::1] offsets,
              const int32_t[::1] bags, float[:, ::1] out):
    """The means of words' own rows and those of their n-grams.

    Parameters
    ----------
    words : (n, D) float32 array or None
        the words' own rows; None for words that have none.
    ngrams : (N, D) float32 array
    offsets : (n + 1,) int64 array
    bags : int32 array
        word i has the n-grams ``bags[offsets[i]:offsets[i + 1]]``, rows of ``ngrams``; -1 stands
        for a row of zeros.
    out : (n, D) float32 array, written

    Raises
    ------
    ValueError
        shapes that do not fit; a row that is not there.

    >>> import numpy as np
    >>> out = np.empty((1, 2), np.float32)
    >>> ngrams = np.array([[1, 2], [3, 4]], np.float32)
    >>> bag_means(None, ngrams, np.array([0, 2]), np.array([0, 1], np.int32), out)
    >>> out
    array([[2., 3.]], dtype=float32)
    """
    cdef int64_t n = check_offsets(offsets, bags.shape[0], "offsets"), size = out.shape[1], i
    if out.shape[0] != n or (words is not None and words.shape[0] != n):
        raise ValueError(f"there are {n} words, not {out.shape[0]}")
    cdef bag_rows own = bag_rows(NULL, 0, 0), of_ngrams = bag_rows_of(ngrams, size, "ngrams")
    if words is not None:
        own = bag_rows_of(words, size, "words")
    cdef int failed = 0
    if n == 0 or size == 0:
        return
    cdef const int32_t *bag = &bags[0] if bags.shape[0] else NULL
    with nogil:
        for i in range(n):
            if bag_mean(&own, i, &of_ngrams, bag + offsets[i], offsets[i + 1] - offsets[i],
                        &out[i, 0], size) < 0:
                failed = 1
                break
    if failed:
        raise ValueError(f"the n-grams' rows must be from -1 to {ngrams.shape[0] - 1}")
