"""Matrix products by NumPy's BLAS, one at a time.

BLAS uses all cores for each product.  Several at once, from several threads, are slower than one
after the other, and many times as slow with OpenBLAS.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "OMP_NUM_THREADS")


def _new_lock() -> contextlib.AbstractContextManager[object]:
    """What a product holds; where BLAS has one thread only, nobody waits for it."""
    threads = next((os.environ[name] for name in THREADS if os.environ.get(name)), "")
    return contextlib.nullcontext() if threads == "1" else threading.Lock()


_turns = {"lock": _new_lock()}

if hasattr(os, "register_at_fork"):  # a child process must not wait for a thread that it lacks
    os.register_at_fork(after_in_child=lambda: _turns.update(lock=_new_lock()))


def product(left: NDArray[Any], right: NDArray[Any], out: Floats | None = None) -> Floats:
    """``left @ right``, in the memory of ``out`` if it is given.

    >>> product(np.ones((2, 3), np.float32), np.ones(3, np.float32))
    array([3., 3.], dtype=float32)
    """
    with _turns["lock"]:
        result: Floats = np.matmul(left, right, out=out)
    return result
