"""Internals of the native core, called by themselves: hooks.c, compiled and loaded by ctypes.

The kernels that it runs are those of the installed core; only what is inlined there is compiled
again.  Needs a C compiler and the sources in fastvec/csrc.
"""

from __future__ import annotations

import ctypes
import functools
import os
import shlex
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec import _core
from fastvec.models.pairs import Pairs

SOURCE = Path(__file__).with_name("hooks.c")
CSRC = Path(__file__).parents[1] / "fastvec" / "csrc"


@functools.cache
def library() -> ctypes.CDLL:
    """hooks.c, compiled; OSError or CalledProcessError where that is not possible."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "hooks.so")
        command = [compiler, "-std=gnu11", "-O2", "-shared", "-fPIC", f"-I{CSRC}"]
        sources = [SOURCE, CSRC / "base" / "system.c"]
        subprocess.run([*command, *sources, "-lm", "-o", target], check=True, capture_output=True)
        loaded = ctypes.CDLL(str(target))
    loaded.update_rows.restype = ctypes.c_double
    loaded.update_pairs.restype = ctypes.c_double
    loaded.merge_scale.restype = ctypes.c_float
    loaded.draw_alias.restype = ctypes.c_uint64
    return loaded


def missing() -> str | None:
    """Why there are no hooks here, or None."""
    try:
        library()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"hooks.c cannot be compiled: {error}"
    return None


def kernels(simd: str) -> ctypes.c_void_p:
    """The core's kernels of one instruction set."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return ctypes.c_void_p(pointer(_core.simd_kernels(simd), b"fastvec.instruction_set"))


def address(array: NDArray[Any]) -> ctypes.c_void_p:
    assert array.flags.c_contiguous
    return ctypes.c_void_p(array.ctypes.data)


def update_rows(
    inputs: NDArray[np.float32],
    outputs: NDArray[np.float32],
    signs: NDArray[np.float32],
    alpha: float,
    simd: str,
    vector_size: int,
    repeats: int = 1,
    cbow: bool = False,
) -> float:
    """The update kernel; returns the loss before the steps.

    inputs (R * M, stride) and outputs (R * N, stride) are changed in place; step r takes rows r * M
    and r * N on, and begins again after R.  signs: N floats, +1 or -1, and 16 more.  M is at most
    10, N at most 64, R is 8, or 1 where ``repeats`` is.
    """
    sets = 8 if repeats > 1 else 1
    m, n, stride = len(inputs) // sets, len(outputs) // sets, inputs.shape[1]
    assert 1 <= m <= 10
    assert 1 <= n <= 64
    assert len(signs) >= n + 16
    assert all(a.dtype == np.float32 for a in (inputs, outputs, signs))
    assert all(a.ctypes.data % 64 == 0 and a.shape[1] == stride for a in (inputs, outputs))
    assert 1 <= vector_size <= stride
    assert stride % 16 == 0
    rate, size = ctypes.c_float(alpha), ctypes.c_int64(stride)
    loss: float = library().update_rows(
        kernels(simd), address(inputs), m, address(outputs), n, size, address(signs),
        vector_size, rate, sets, repeats, cbow,
    )  # fmt: skip
    return loss


def update_pairs(
    inputs: NDArray[np.float32],
    partners: NDArray[np.float32],
    noise: NDArray[np.float32],
    weights: NDArray[np.float32],
    alpha: float,
    simd: str,
    vector_size: int,
) -> float:
    """The kernel of pairs; returns the loss before the step.

    inputs and partners (M, stride), at most 16, and noise, whose first N rows are used, at most 6,
    are changed in place.  weights: N floats, and 16 more.
    """
    m, n, stride = len(inputs), len(weights) - 16, inputs.shape[1]
    assert 1 <= m <= 16
    assert len(partners) == m
    assert 0 <= n <= min(len(noise), 6)
    assert all(a.dtype == np.float32 for a in (inputs, partners, noise, weights))
    assert all(a.ctypes.data % 64 == 0 for a in (inputs, partners, noise))
    assert 1 <= vector_size <= stride
    assert stride % 16 == 0
    loss: float = library().update_pairs(
        kernels(simd), address(inputs), address(partners), m, address(noise), address(weights), n,
        ctypes.c_int64(stride), vector_size, ctypes.c_float(alpha),
    )  # fmt: skip
    return loss


def tuner_ways(costs: NDArray[np.float64]) -> list[int]:
    """Which of two ways the prefetch tuner chooses for each chunk, if they cost (chunks, 2)."""
    assert costs.dtype == np.float64
    assert costs.shape[1] == 2
    ways = np.empty(len(costs), np.int32)
    library().tuner_ways(address(costs), ctypes.c_int64(len(costs)), address(ways))
    return ways.tolist()


def merge_scale(decay: float, workers: int) -> float:
    """What the sum of several workers' deltas of a row is multiplied with."""
    scale: float = library().merge_scale(ctypes.c_float(decay), workers)
    return scale


def merge_in_turn(
    row: NDArray[np.float32], decay: float, scale: float, workers: int, turns: int, simd: str
) -> NDArray[np.float32]:
    """What a row is after each merge, if workers merge it in turn, and each leaves exp(-decay) of
    the distance to 0 between two of its merges."""
    assert row.dtype == np.float32
    assert len(row) % 16 == 0
    history = np.empty((turns, len(row)), np.float32)
    library().merge_in_turn(
        kernels(simd), address(row), len(row), ctypes.c_float(decay), ctypes.c_float(scale),
        workers, turns, address(history),
    )  # fmt: skip
    return history


def hot_row_plan(n_tokens: int, workers: int, tree: bool) -> tuple[int, int]:
    """How many rows a worker beside others has copies of, and how many words it trains on between
    two merges of the hottest."""
    rows, words = ctypes.c_int64(), ctypes.c_int64()
    tokens = ctypes.c_int64(n_tokens)
    library().hot_row_plan(tokens, workers, tree, ctypes.byref(rows), ctypes.byref(words))
    return rows.value, words.value


def draw_alias(table: NDArray[np.uint32], seed: int, draws: NDArray[np.int32]) -> int:
    """Fill ``draws`` with outcomes drawn by an alias table; returns the new state."""
    assert table.dtype == np.uint32
    assert draws.dtype == np.int32
    count, start = ctypes.c_int64(len(draws)), ctypes.c_uint64(seed)
    state: int = library().draw_alias(address(table), len(table), start, address(draws), count)
    return state


def prepared_tile(
    pairs: Pairs,
    tile: int,
    seed: int,
    *,
    simd: str,
    alpha: float = 0.75,
    x_max: float = 10.0,
    strip_bits: int = 2,
) -> list[tuple[int, int, float, float]]:
    """A tile's pairs as GloVe trains on them: [(row, column, log(x), f(x)), ...]."""
    size = int(pairs.offsets[tile + 1] - pairs.offsets[tile])
    cells, logs, weights = np.empty(size, np.uint32), np.empty(size, "f"), np.empty(size, "f")
    written = address(cells), address(logs), address(weights)
    failed = library().prepare_tile(
        kernels(simd), address(pairs.pairs), address(pairs.starts), address(pairs.tiles),
        address(pairs.offsets), ctypes.c_float(alpha), ctypes.c_float(x_max), strip_bits,
        ctypes.c_int64(tile), ctypes.c_uint64(seed), *written,
    )  # fmt: skip
    assert not failed
    rows, columns = (cells >> 16).tolist(), (cells & 0xFFFF).tolist()
    return list(zip(rows, columns, logs.tolist(), weights.tolist(), strict=True))
