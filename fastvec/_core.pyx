"""The native core: extension classes that check their arguments, then run C without the GIL.

One extension module, one subject a file: each include below opens with what it holds, and each folder
of csrc/ holds the plain C of a subject.  Rules: array arguments are checked before ``nogil``, so that C
never reads or writes out of bounds; what only C can notice (a text that changes while it is read, no
more memory) comes back as a status and is raised behind the nogil block; the loops that train allocate
nothing; an object is changed by one call at a time (borrow.pxi); arrays come in as typed memoryviews, so
building needs no NumPy.
"""

import operator
import os

cimport cython
from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from libc.math cimport INFINITY, log2
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

cdef extern from "base/system.h" nogil:
    void aligned_free(void *memory)

cdef extern from "base/cache_lines.h" nogil:
    void *cache_line_alloc(size_t bytes)

include "core/borrow.pxi"
include "core/control.pxi"
include "core/arrays.pxi"
include "core/checksum.pxi"
include "core/words.pxi"
include "core/ngrams.pxi"
include "core/tokens.pxi"
include "core/text.pxi"
include "core/renumber.pxi"
include "core/phrase_counter.pxi"
include "core/phrase_joiner.pxi"
include "core/simd.pxi"
include "core/blas.pxi"
include "core/sampling.pxi"
include "core/output_layers.pxi"
include "core/ngram_rows.pxi"
include "core/documents.pxi"
include "core/blocks.pxi"
include "core/rounds.pxi"
include "core/training.pxi"
include "core/pairs.pxi"
include "core/tiles.pxi"
include "core/glove.pxi"
include "core/neural_lm.pxi"
include "core/ranker.pxi"
include "core/vector_files.pxi"
include "core/bags.pxi"
include "core/search.pxi"
include "core/sentence_sums.pxi"
