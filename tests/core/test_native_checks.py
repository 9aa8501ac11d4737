"""The native core without Python: its own checks, and machines that it refuses."""

import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from hooks import CSRC
from processes import DEADLINE

from fastvec._core import simd_names

CHECKS = Path(__file__).parents[1] / "native" / "checks.c"
CC = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]

pytestmark = pytest.mark.skipif(
    shutil.which(CC) is None or not CSRC.exists(), reason="there is no compiler, or no sources"
)


def compiled(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [CC, "-std=gnu11", "-Wall", "-Wextra", "-Werror", f"-I{CSRC}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)


def test_the_core_computes_the_same_without_python(tmp_path: Path) -> None:
    program = tmp_path / "checks"
    done = compiled("-O2", CHECKS, *CSRC.rglob("*.c"), "-lm", "-o", program)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(program, capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    sets, result = done.stdout.splitlines()
    assert sets == "instruction sets: " + " ".join(simd_names())
    assert result.endswith(" passed, 0 failed")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("__SIZEOF_POINTER__", "4", "fastvec needs a 64-bit machine"),
        ("__BYTE_ORDER__", "__ORDER_BIG_ENDIAN__", "fastvec needs a little-endian machine"),
    ],
)
def test_other_machines_are_refused(tmp_path: Path, name: str, value: str, reason: str) -> None:
    source = tmp_path / "source.c"
    source.write_text(f'#undef {name}\n#define {name} {value}\n#include "base/system.h"\n')
    done = compiled("-fsyntax-only", source)
    assert done.returncode != 0
    assert reason in done.stderr
