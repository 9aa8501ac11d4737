"""SciPy's BLAS: its product of matrices for the native core, and how many threads it takes."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

#: what the functions of OpenBLAS are called in SciPy's own library, and in that of a system
NAMES = ("scipy_openblas_{}_num_threads", "openblas_{}_num_threads")

_LOCK = threading.Lock()
_users, _before = 0, 0


def sgemm() -> Any:
    """The product of matrices of single precision: a PyCapsule for the native core.

    >>> type(sgemm()).__name__
    'PyCapsule'
    """
    from scipy.linalg import cython_blas  # slow to import

    return cython_blas.__pyx_capi__["sgemm"]


@contextlib.contextmanager
def one_thread_each() -> Iterator[None]:
    """Let SciPy's BLAS take no threads besides the one that calls it.

    Workers call it side by side, and their number is what the user has chosen.  Another BLAS than
    OpenBLAS (Apple's, MKL) goes on as it does.

    >>> with one_thread_each():
    ...     pass
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _users, _before
    with _LOCK:
        if _users == 0 and (functions := _functions()) is not None:
            get, set_ = functions
            _before = get()
            set_(1)
        _users += 1


def _leave() -> None:
    global _users
    with _LOCK:
        _users -= 1
        if _users == 0 and (functions := _functions()) is not None:
            functions[1](_before)


@functools.cache
def _functions() -> tuple[Callable[[], int], Callable[[int], object]] | None:
    """What gets and what sets the number of threads; None for another BLAS."""
    from scipy.linalg import cython_blas

    library = ctypes.CDLL(cython_blas.__file__)  # and what it is linked with
    for name in NAMES:
        with contextlib.suppress(AttributeError):
            return getattr(library, name.format("get")), getattr(library, name.format("set"))
    return None
