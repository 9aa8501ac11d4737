# The instruction sets of the kernels (csrc/kernels/instruction_sets.h).

from cpython.pycapsule cimport PyCapsule_New

cdef extern from "kernels/kernels.h" nogil:
    enum: ROW_FLOATS
    ctypedef struct kernels:
        int width

cdef extern from "glove/kernels.h" nogil:
    enum: GLOVE_ROWS, GLOVE_FLOATS
    ctypedef struct glove_kernels:
        int width

cdef extern from "softmax/kernels.h" nogil:
    enum: SOFTMAX_FLOATS
    float NO_SCORE
    ctypedef struct softmax_kernels:
        int width

cdef extern from "ranker/kernels.h" nogil:
    ctypedef struct ranker_kernels:
        int width

cdef extern from "kernels/instruction_sets.h" nogil:
    ctypedef struct instruction_set:
        const char *name
        const kernels *word2vec
        const kernels *word2vec_frozen
        const kernels *word2vec_infer
        const glove_kernels *glove
        const softmax_kernels *softmax
        const ranker_kernels *ranker
    const instruction_set *instruction_set_at(int i)
    const instruction_set *instruction_set_named(const char *name)


def simd_names():
    """The instruction sets that this machine runs, best first: ``("avx512", "avx2", "baseline")``."""
    names = []
    cdef int i = 0
    while instruction_set_at(i) != NULL:
        names.append(instruction_set_at(i).name.decode())
        i += 1
    return tuple(names)


cdef const instruction_set *instruction_set_of(str simd) except NULL:
    """One instruction set; ValueError lists those of this machine."""
    cdef bytes name = simd.encode()
    cdef const instruction_set *found = instruction_set_named(name)
    if found == NULL:
        raise ValueError(
            f"simd must be one of {', '.join(simd_names())} on this machine, got {simd!r}"
        )
    return found


def simd_kernels(str simd):
    """The kernels of an instruction set, for C code that calls them by themselves.

    A PyCapsule named "fastvec.instruction_set" of a pointer to csrc's ``instruction_set``.
    """
    return PyCapsule_New(<void *> instruction_set_of(simd), "fastvec.instruction_set", NULL)
