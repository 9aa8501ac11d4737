# Borrow: an object of the core is changed by one call at a time (csrc/base/borrow.h).
#
# Calls release the GIL, or run Python code (an iterator), while they change their object: a call
# of another thread must not see it then.  So a method that changes its object begins with
# borrow_exclusive(), and one that reads what others change with borrow_shared().  The local variable
# that holds the Borrow gives the object back, however the method ends.

cdef extern from "base/borrow.h" nogil:
    bint c_borrow "borrow"(int32_t *users, bint exclusive)
    void c_give_back "give_back"(int32_t *users, bint exclusive)


@cython.final
@cython.freelist(8)
cdef class Borrow:
    """Keeps conflicting calls out of an object of the core for as long as it lives."""

    cdef int32_t *users
    cdef bint exclusive

    def __dealloc__(self):
        if self.users != NULL:
            c_give_back(self.users, self.exclusive)


cdef Borrow borrow_as(object owner, int32_t *users, bint exclusive):
    cdef Borrow borrow = Borrow.__new__(Borrow)
    if not c_borrow(users, exclusive):
        raise RuntimeError(f"this {type(owner).__name__} is in use by another call")
    borrow.users = users
    borrow.exclusive = exclusive
    return borrow


cdef Borrow borrow_exclusive(object owner, int32_t *users):
    """To change an object; RuntimeError while any other call uses it."""
    return borrow_as(owner, users, True)


cdef Borrow borrow_shared(object owner, int32_t *users):
    """To read an object; RuntimeError while another call changes it."""
    return borrow_as(owner, users, False)
