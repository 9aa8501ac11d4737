# Renumbering: the second look at a text that was read (csrc/text/renumber.h).

cdef extern from "text/renumber.h" nogil:
    ctypedef struct renumbering:
        const int32_t *map
        int64_t known
        const int64_t *starts
        const int32_t *several
        int keep_empty
    ctypedef struct renumbered:
        int64_t tokens, sentences
        int ends, first_empty, open
    int renumber_count(const renumbering *m, const int32_t *ids, int64_t n, renumbered *r)
    int renumber_write(const renumbering *m, const int32_t *ids, int64_t n, int32_t *tokens,
                       int64_t n_tokens, int64_t *ends, int64_t n_ends, int64_t base, int open)


cdef class Renumbering:
    """From spooled ids to ids of the vocabulary (csrc/text/renumber.h).

    Parameters
    ----------
    numbers : (known,) int32 array
        for each id a token, -1 for nothing, or -2 - e for several tokens; numbers[0] is not used.
    starts, several : (E + 1,) int64 and (P,) int32 array, optional
        the several tokens of entry e are ``several[starts[e]:starts[e + 1]]``.
    keep_empty : bool
        whether sentences of which nothing is left are kept.

    Raises
    ------
    ValueError
        starts that do not rise from 0 to the length of several; a number below -1 - E.
    """

    cdef renumbering m
    cdef object arrays

    def __cinit__(self, const int32_t[::1] numbers, const int64_t[::1] starts=None,
                  const int32_t[::1] several=None, *, bint keep_empty=False):
        self.m.keep_empty = keep_empty
        self.arrays = (numbers, starts, several)
        self.m.known = numbers.shape[0]
        self.m.map = &numbers[0] if numbers.shape[0] else NULL
        cdef int64_t i, entries = 0
        cdef int32_t lowest = -1
        if starts is not None:
            entries = check_offsets(starts, several.shape[0], "starts")
            self.m.starts = &starts[0]
            self.m.several = &several[0] if several.shape[0] else <const int32_t *> self.m.starts
        with nogil:
            for i in range(self.m.known):
                lowest = min(lowest, self.m.map[i])
        if lowest < -1 - entries:
            raise ValueError(f"numbers must be at least {-1 - entries}, got {lowest}")

    def count(self, const int32_t[::1] ids):
        """What becomes of a segment of ids.

        Returns (tokens kept, sentences that end, whether any ends, whether nothing of the first
        one is in this segment, whether tokens follow the last end).  ValueError for an unknown id.
        """
        cdef renumbered r
        cdef int failed = 0
        cdef int64_t n = ids.shape[0]
        memset(&r, 0, sizeof(r))
        if n:
            with nogil:
                failed = renumber_count(&self.m, &ids[0], n, &r)
        if failed < 0:
            raise ValueError(f"an id is not below {self.m.known}")
        return r.tokens, r.sentences, bool(r.ends), bool(r.first_empty), bool(r.open)

    def write(self, const int32_t[::1] ids, int32_t[::1] tokens, int64_t[::1] ends, int64_t base,
              bint open):
        """Write what count() has counted: tokens, and ``base`` + where sentences end."""
        cdef int32_t token
        cdef int64_t end
        cdef int64_t n = ids.shape[0], n_tokens = tokens.shape[0], n_ends = ends.shape[0]
        cdef int32_t *to_tokens = &tokens[0] if n_tokens else &token
        cdef int64_t *to_ends = &ends[0] if n_ends else &end
        cdef int failed = n_tokens != 0 or n_ends != 0
        if n:
            with nogil:
                failed = renumber_write(&self.m, &ids[0], n, to_tokens, n_tokens, to_ends, n_ends,
                                        base, open)
        if failed:
            raise ValueError(f"the segment does not have {n_tokens} tokens and {n_ends} ends")
