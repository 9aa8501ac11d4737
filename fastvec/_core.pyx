"""The native core: argument doors that check, and nogil loops that compute.

One extension module, one topic a file: each include below opens with what it holds.  The work
itself is plain C in csrc/.  Rules: every ValueError is raised before ``nogil``; the loops allocate
nothing and cannot fail; an object is changed by one call at a time (claim.pxi); arrays come in as
typed memoryviews, so building needs no NumPy.
"""

import operator
import os

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.math cimport INFINITY, log2
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset
from posix.stdlib cimport posix_memalign

include "core/claim.pxi"
include "core/control.pxi"
include "core/text.pxi"
include "core/words.pxi"
include "core/phrases.pxi"
include "core/training.pxi"
include "core/vectors.pxi"
include "core/pairs.pxi"
include "core/glove.pxi"
