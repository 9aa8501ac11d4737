"""Coverage-guided fuzzing of every file reader; not a test that pytest collects.

    pip install atheris
    python tests/fuzz/fuzz_files.py -max_total_time=600 INPUTS_FOLDER

Files may be read, or refused with an error that names them; anything else is a finding.
`make fuzz` runs it with a native core that has AddressSanitizer; CONTRIBUTING.md says how to see
that core's coverage too.  The first byte of an input chooses one of the readers (readers.py);
``--seeds FOLDER`` writes one good input for each and ends.  FUZZ_READERS="corpus,phrases" keeps to
some of them.
"""

import os
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

sys.path.append(str(Path(__file__).parent))

with atheris.instrument_imports():
    from readers import READERS, run

FOLDER = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
CHOSEN = [name for name in os.environ.get("FUZZ_READERS", "").split(",") if name] or list(READERS)


def path_of(name: str) -> Path:
    """Where a reader finds its file; others that belong to it are beside it."""
    return FOLDER / str(CHOSEN.index(name)) / f"input{READERS[name].ending}"


def one_input(data: bytes) -> None:
    """Let the reader that the first byte chooses read the rest."""
    if data:
        name = CHOSEN[data[0] % len(CHOSEN)]
        path_of(name).write_bytes(data[1:])
        run(READERS[name], path_of(name), READERS[name].checksums)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for number, name in enumerate(CHOSEN):
        path_of(name).parent.mkdir()
        READERS[name].make(path_of(name))
        if sys.argv[1:2] == ["--seeds"]:
            seed = Path(sys.argv[2]) / f"{number}"
            seed.write_bytes(bytes([number]) + path_of(name).read_bytes())
    if sys.argv[1:2] != ["--seeds"]:
        atheris.Setup(sys.argv, one_input)
        atheris.Fuzz()
