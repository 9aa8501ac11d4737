# checksum: the checksum of fastvec's own files (csrc/base/checksum.h).

cdef extern from "base/checksum.h" nogil:
    ctypedef struct checksum_sums "checksum":
        uint64_t plain, weighted
        uint32_t largest
    void checksum_add(checksum_sums *c, const uint8_t *bytes, int64_t n, uint64_t first)


def checksum(const uint8_t[::1] data, int64_t start=0):
    """Sums over the 32-bit words of bytes that begin at byte ``start``: see csrc/base/checksum.h.

    Returns (sum, weighted sum, largest word); the sums of neighbouring chunks add up, modulo 2**64.

    >>> checksum(bytes([1, 0, 0, 0, 2]))
    (3, 5, 2)
    """
    if start < 0 or start % 4:
        raise ValueError(f"start must be a multiple of 4, got {start}")
    cdef checksum_sums sums
    memset(&sums, 0, sizeof(sums))
    cdef int64_t n = data.shape[0]
    if n:
        with nogil:
            checksum_add(&sums, &data[0], n, start // 4)
    return sums.plain, sums.weighted, sums.largest
