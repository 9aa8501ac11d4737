# The products of matrices that SciPy's BLAS computes (csrc/base/blas.h).

from cpython.pycapsule cimport PyCapsule_GetName, PyCapsule_GetPointer

cdef extern from "base/blas.h" nogil:
    ctypedef void (*sgemm_function)(char *, char *, int *, int *, int *, float *, float *, int *,
                                    float *, int *, float *, float *, int *)
    ctypedef struct matrix_rows "rows_of":
        float *at
        int stride


cdef sgemm_function sgemm_of(object capsule) except NULL:
    """The function in a capsule of ``scipy.linalg.cython_blas.__pyx_capi__``.

    Its name is the function's type, in which a float is called something that ends in ``_s``.
    """
    cdef const char *name = PyCapsule_GetName(capsule)
    words = [word.rpartition("cython_blas_")[2] for word in (<bytes> name).decode().split()]
    number, count = ["s", "*,"], ["int", "*,"]
    wanted = ["void", "(char", "*,", "char", "*,", *count * 3, *number * 2, *count, *number, *count,
              *number * 2, "int", "*)"]
    if words != wanted:
        raise ValueError(f"this is not sgemm for 32-bit integers: {(<bytes> name).decode()}")
    return <sgemm_function> PyCapsule_GetPointer(capsule, name)
