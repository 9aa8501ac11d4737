"""The instruction set: the best one of the machine, or what FASTVEC_SIMD names."""

import importlib
import os

import numpy as np
import pytest

from fastvec._core import simd_names
from fastvec._util.simd import simd


def test_these_tests_run_with_the_instruction_set_that_was_asked_for() -> None:
    assert simd() == os.environ.get("FASTVEC_SIMD", simd_names()[0])


def test_the_best_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FASTVEC_SIMD", raising=False)
    assert simd() == simd_names()[0]
    assert simd_names()[-1] == "baseline"


def test_the_sets_are_those_that_numpy_finds() -> None:
    core = "_core" if np.lib.NumpyVersion(np.__version__) >= "2.0.0" else "core"
    found = importlib.import_module(f"numpy.{core}._multiarray_umath").__cpu_features__
    names = simd_names()
    assert ("avx2" in names) == bool(found.get("AVX2") and found.get("FMA3"))
    assert ("avx512" in names) == bool(found.get("AVX512_SKX"))


@pytest.mark.parametrize("name", simd_names())
def test_every_name_can_be_chosen(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("FASTVEC_SIMD", name)
    assert simd() == name


def test_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTVEC_SIMD", "mmx")
    names = ", ".join(simd_names())
    with pytest.raises(ValueError, match=f"^FASTVEC_SIMD must be one of {names} on this machine"):
        simd()
