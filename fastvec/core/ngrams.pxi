# word_ngrams: the n-grams of words as fastText and floret number them (csrc/text/ngrams.h).

cdef extern from "text/ngrams.h" nogil:
    int64_t NGRAMS_MOST
    ctypedef struct ngram_rule:
        int64_t min_n, max_n
        uint32_t bucket
        int64_t hash_count
    int64_t ngram_count(const ngram_rule *r, const char *word, int64_t length)
    int64_t ngram_numbers(const ngram_rule *r, const char *word, int64_t length, int32_t *out,
                          int64_t room)


cdef int64_t count_ngrams(const ngram_rule *r, const char *bytes_pointer,
                          const int64_t[::1] offsets, int64_t end, int64_t *out) noexcept nogil:
    """Where the n-grams of each word begin, and how many there are; -1 if they are too many."""
    cdef int64_t i, start, stop, count
    out[0] = 0
    for i in range(offsets.shape[0] - 1):
        start, stop = offsets[i], offsets[i + 1]
        if not word_is_within(start, stop, end):  # a mapped file may change after the check
            return -1
        count = ngram_count(r, bytes_pointer + start, stop - start)
        if count < 0 or count > NGRAMS_MOST - out[i]:
            return -1
        out[i + 1] = out[i] + count
    return out[offsets.shape[0] - 1]


cdef bint fill_ngrams(const ngram_rule *r, const char *bytes_pointer, const int64_t[::1] offsets,
                      int64_t end, const int64_t *ends, int32_t *out) noexcept nogil:
    """The numbers of the n-grams that were counted; whether they still are as many."""
    cdef int64_t i, start, stop, room
    for i in range(offsets.shape[0] - 1):
        start, stop, room = offsets[i], offsets[i + 1], ends[i + 1] - ends[i]
        if not word_is_within(start, stop, end):
            return False
        if ngram_numbers(r, bytes_pointer + start, stop - start, out + ends[i], room) != room:
            return False
    return True


def word_ngrams(const uint8_t[::1] joined, const int64_t[::1] offsets, int64_t min_n,
                int64_t max_n, int64_t bucket, int64_t hash_count=0):
    """The n-grams of words, each as a number below ``bucket``: fastText's hash of it.

    Parameters
    ----------
    joined, offsets
        word i is ``joined[offsets[i]:offsets[i + 1]]``, in UTF-8.
    min_n, max_n : int
        the least and the greatest number of characters; none if ``min_n`` is greater.
    bucket : int
        from 0 to 2**31 - 1; with 0 there are no n-grams.
    hash_count : int
        0: fastText's numbers; 1 to 4: floret's, so many of the whole word and of each n-gram.

    Returns
    -------
    ends : bytes of (n + 1,) int64
    buckets : bytes of int32
        word i has ``buckets[ends[i]:ends[i + 1]]``, in fastText's order, repeated ones included.

    Raises
    ------
    ValueError
        a wrong argument; words of more than 2**30 bytes, or with more than 2**40 n-grams.

    >>> import numpy as np
    >>> ends, buckets = word_ngrams(b"cat", np.array([0, 3]), 4, 5, 1000)
    >>> np.frombuffer(ends, np.int64).tolist(), np.frombuffer(buckets, np.int32).tolist()
    ([0, 3], [973, 137, 995])
    """
    if not 0 <= bucket <= 0x7fffffff:
        raise ValueError(f"bucket must be from 0 to 2**31 - 1, got {bucket}")
    if not 0 <= hash_count <= (4 if bucket else 0):
        raise ValueError(f"hash_count must be from 0 to 4, and 0 without buckets, got {hash_count}")
    cdef int64_t n = check_offsets(offsets, joined.shape[0], "offsets"), end = joined.shape[0], total
    cdef const char *bytes_pointer = bytes_of(joined)
    cdef ngram_rule rule = ngram_rule(min_n, max_n if bucket else 0, max(1, bucket),
                                      hash_count)
    cdef bint whole
    ends = PyBytes_FromStringAndSize(NULL, (n + 1) * sizeof(int64_t))
    cdef int64_t *to_ends = <int64_t *> PyBytes_AsString(ends)
    with nogil:
        total = count_ngrams(&rule, bytes_pointer, offsets, end, to_ends)
    if total < 0:
        raise ValueError("the words are too long, or have too many n-grams")
    buckets = PyBytes_FromStringAndSize(NULL, total * sizeof(int32_t))
    cdef int32_t *to_buckets = <int32_t *> PyBytes_AsString(buckets)
    with nogil:
        whole = fill_ngrams(&rule, bytes_pointer, offsets, end, to_ends, to_buckets)
    if not whole:
        raise ValueError("the words changed while they were read")
    return ends, buckets
