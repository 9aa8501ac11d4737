"""A short run of what ``make fuzz`` runs for long."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLAGS = ["-std=gnu11", "-g1", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def test_hostile_text_under_sanitizers(tmp_path: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("there is no C compiler")
    program = tmp_path / "fuzz_text"
    source = ROOT / "tests" / "fuzz_text.c"
    trial = tmp_path / "trial.c"
    trial.write_text("int main(void) { return 0; }")
    built = subprocess.run([compiler, *FLAGS, trial, "-o", program], capture_output=True)
    if built.returncode or subprocess.run([program]).returncode:
        pytest.skip(f"{compiler} has no sanitizers here")
    include = f"-I{ROOT / 'fastvec' / 'csrc'}"
    subprocess.run([compiler, *FLAGS, include, source, "-o", program], check=True)
    done = subprocess.run([program, "2"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "inputs without a finding" in done.stdout
