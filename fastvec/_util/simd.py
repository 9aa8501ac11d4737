"""Which instruction set the kernels use.  Imports only the native core."""

from __future__ import annotations

import os

from fastvec._core import simd_names


def simd() -> str:
    """The instruction set in use: the best that this machine has, or ``FASTVEC_SIMD``.

    Raises ValueError, with the names there are, if ``FASTVEC_SIMD`` is none of this machine's.

    >>> simd() in ("avx512bf16", "avx512", "avx2", "baseline")
    True
    """
    names = simd_names()
    wanted = os.environ.get("FASTVEC_SIMD", names[0])
    if wanted not in names:
        raise ValueError(
            f"FASTVEC_SIMD must be one of {', '.join(names)} on this machine, got {wanted!r}"
        )
    return wanted
