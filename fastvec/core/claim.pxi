# Claim: a native object is changed by one call at a time; the Python face of csrc/claim.h.
#
# Calls release the GIL, or run what they are given (an iterator), in the midst of changing their
# object: another call, of any thread, must not see it then.  So a method that changes its object
# begins with alone(), and one that reads what others change with shared().  The local variable
# that holds the claim ends it, however the method ends.

cdef extern from "claim.h" nogil:
    bint claim_take(int32_t *users, bint alone)
    void claim_end(int32_t *users, bint alone)


@cython.final
@cython.freelist(8)
cdef class Claim:
    """What keeps other calls out of a native object, for as long as it lives."""

    cdef int32_t *users
    cdef bint alone

    def __dealloc__(self):
        if self.users != NULL:
            claim_end(self.users, self.alone)


cdef Claim take_claim(object owner, int32_t *users, bint alone):
    cdef Claim claim = Claim.__new__(Claim)
    if not claim_take(users, alone):
        raise RuntimeError(f"this {type(owner).__name__} is in use by another call")
    claim.users = users
    claim.alone = alone
    return claim


cdef Claim alone(object owner, int32_t *users):
    """To change an object; RuntimeError while any other call uses it."""
    return take_claim(owner, users, True)


cdef Claim shared(object owner, int32_t *users):
    """To read an object; RuntimeError while another call changes it."""
    return take_claim(owner, users, False)
