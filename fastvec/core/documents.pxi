# Documents: rows for what sentences are tagged with (csrc/word2vec/documents.h, infer.h).

cdef class Documents:
    """The rows of documents, and which of them each sentence of a :class:`Training` belongs to.

    Parameters
    ----------
    rows : float32 (documents, stride), changed
        aligned to 64 bytes, stride as that of the input vectors.
    starts, tags : int64 (sentences + 1,), int32 (n,)
        sentence s has the rows ``tags[starts[s]:starts[s + 1]]``.
    alone : bool
        whether they are the only inputs, without the context words.
    """

    cdef float[:, ::1] rows
    cdef const int64_t[::1] starts
    cdef const int32_t[::1] tags
    cdef bint alone

    def __cinit__(self, float[:, ::1] rows, const int64_t[::1] starts, const int32_t[::1] tags,
                  bint alone):
        self.rows, self.starts, self.tags, self.alone = rows, starts, tags, alone

    cdef int attach(self, training *t) except -1:
        """Put the documents into ``t``; ValueError if they do not fit its sentences or its rows."""
        cdef c_documents *d = &t.documents
        cdef int64_t i, most = 0
        cdef bint good = True
        check_rows(self.rows, "documents", self.rows.shape[0], t.stride)
        d.count, d.n_tags, d.alone = self.rows.shape[0], self.tags.shape[0], self.alone
        if check_offsets(self.starts, d.n_tags, "starts of tags") != t.n_sentences:
            raise ValueError(f"starts of tags must have {t.n_sentences + 1} entries")
        with nogil:
            for i in range(d.n_tags):
                good &= 0 <= self.tags[i] < d.count
            for i in range(t.n_sentences):
                most = max(most, self.starts[i + 1] - self.starts[i])
        if not good or most > 0x7fffff:
            raise ValueError(f"tags must be from 0 to {d.count - 1}, fewer than 2**23 a sentence")
        d.rows = &self.rows[0, 0] if d.count else NULL
        d.starts = &self.starts[0]
        d.tags = &self.tags[0] if d.n_tags else NULL
        d.most = <int> most
        if self.alone:
            t.vectors.count = 0  # the words' rows are not trained: workers need no copies
        return 0


cdef bint each_has_a_row(const training *t) noexcept:
    """Whether sentence s has row s, and no other."""
    cdef const c_documents *d = &t.documents
    cdef int64_t i
    cdef bint good = d.n_tags == d.count == t.n_sentences
    for i in range(d.count if good else 0):
        good = good and d.starts[i] == i and d.tags[i] == i
    return good
