"""A short run of what ``make fuzz`` runs for long."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from readers import READERS, run

TESTS = Path(__file__).parent
DAMAGES = {
    "empty": lambda _: b"",
    "half": lambda data: data[: len(data) // 2],
    "one byte short": lambda data: data[:-1],
    "a changed byte": lambda data: data[: len(data) // 2] + b"\xff" + data[len(data) // 2 + 1 :],
    "a changed end": lambda data: data[:-3] + b"\xfe\xff\0",
    "a changed beginning": lambda data: b"\xff\xfe" + data[2:],
    "twice": lambda data: data + data,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", READERS)
def test_every_error_names_the_file(tmp_path: Path, name: str) -> None:
    reader = READERS[name]
    path = tmp_path / f"input{reader.ending}"
    try:
        reader.make(path)
    except ImportError as error:
        pytest.skip(f"{error.name} is not installed")
    whole = {file: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    for file, damage in itertools.product(whole, DAMAGES.values()):
        file.write_bytes(damage(whole[file]))
        run(reader, path)
        file.write_bytes(whole[file])
    path.unlink()
    with pytest.raises(OSError, match=str(path)):
        reader.read(path)


def test_hostile_text_under_sanitizers(tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc")
    trial = tmp_path / "trial.c"
    trial.write_text("int main(void) { return 0; }")
    command = ["gcc", "-fsanitize=address,undefined", trial, "-o", tmp_path / "trial"]
    built = subprocess.run(command, capture_output=True)
    if built.returncode or subprocess.run([tmp_path / "trial"]).returncode:
        pytest.skip("gcc has no sanitizers here")
    subprocess.run([TESTS / "fuzz_text.sh", tmp_path], check=True)
    libfuzzer = (tmp_path / "libfuzzer").exists()
    argument = "-max_total_time=2" if libfuzzer else "2"
    command = [tmp_path / "fuzz_text", argument]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ("DONE" in done.stderr) if libfuzzer else ("inputs without a finding" in done.stdout)


def test_no_changed_file_does_harm() -> None:
    """FASTVEC_MUTANTS=20000 reads so many of them; each run has others."""
    count = int(os.environ.get("FASTVEC_MUTANTS", "300"))
    first = int.from_bytes(os.urandom(4)) if "FASTVEC_MUTANTS" in os.environ else 0
    command = [sys.executable, TESTS / "mutants.py", str(count), str(first)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert " 0 findings" in done.stdout
