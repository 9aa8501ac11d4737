"""The instruction set that the native kernels use."""

from __future__ import annotations

import os

from fastvec._core import simd_names


def simd() -> str:
    """The instruction set to use: what ``FASTVEC_SIMD`` names, or the best of this machine.

    Raises
    ------
    ValueError
        if the environment variable names an instruction set that this machine does not have.

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
