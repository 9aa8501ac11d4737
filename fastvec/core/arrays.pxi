# Checks of arrays that several classes share.


cdef const char *NOTHING = b""


cdef inline const char *bytes_of(const uint8_t[::1] array):
    """The bytes of an array; never NULL, which C's own functions must not be given."""
    return <const char *> &array[0] if array.shape[0] else NOTHING


cdef int64_t check_offsets(const int64_t[::1] offsets, int64_t end, str name) except -1:
    """The number of ranges between offsets; ValueError unless these rise from 0 to ``end``."""
    if not rises(offsets, end, 0):
        raise ValueError(f"{name} must rise from 0 to {end}")
    return offsets.shape[0] - 1


def rises(const int64_t[::1] offsets, int64_t end, int64_t least):
    """Whether offsets rise from 0 to ``end``, by at least ``least`` each time."""
    cdef int64_t n = offsets.shape[0] - 1, i
    cdef bint rising = n >= 0 and offsets[0] == 0 and offsets[n] == end
    if rising:
        with nogil:
            for i in range(n):
                rising = (rising and 0 <= offsets[i] <= end
                          and offsets[i + 1] >= offsets[i] + least)
    return bool(rising)


cdef int check_rows(float[:, ::1] rows, str name, Py_ssize_t count, Py_ssize_t stride) except -1:
    if rows.shape[0] < count or rows.shape[1] != stride:
        raise ValueError(
            f"{name} must have shape ({count}, {stride}), got ({rows.shape[0]}, {rows.shape[1]})"
        )
    if rows.shape[0] and <size_t> &rows[0, 0] % 64:
        raise ValueError(f"{name} must start at a multiple of 64 bytes")
    return 0


cdef int check_tokens(const int32_t[::1] tokens, const int64_t[::1] offsets, int32_t n) except -1:
    """ValueError unless a corpus has sentences, and ids of n words only."""
    cdef Py_ssize_t i, count = tokens.shape[0]
    cdef bint good = True
    if offsets.shape[0] < 2 or count < 1 or not rises(offsets, count, 0):
        raise ValueError(f"sentence offsets must rise from 0 to {count}")
    with nogil:
        for i in range(count):
            good &= <uint32_t> tokens[i] < <uint32_t> n
    if not good:
        raise ValueError(f"token ids must be from 0 to {n - 1}")
    return 0
