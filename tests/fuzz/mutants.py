"""Changed files for every reader, each read in a process that is watched; not a test by itself.

    python tests/fuzz/mutants.py COUNT [SEED] [READER ...]

A file that is read must give something that can be used, or a ValueError or OSError with its name.
A signal, a hang, more memory than MEMORY, and any other exception are findings: the changed file is
kept, and the exit code is 1.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from readers import READERS, Reader, run

SECONDS = 10  # of processor time: more is a hang, however busy the machine is
WAITING = 300  # seconds after which a process that does nothing hangs too
BATCH = 1000  # mutants of one process
MEMORY = 10**9  # bytes that a process may take, beside what it has taken before
INTERESTING = [
    b"\0",
    b"\xff",
    b"\n",
    b" ",
    b"\t",
    b'"',
    b"-1",
    b"0",
    b"99999999999",
    b"nan",
    b"1e999",
]


def changed(data: bytes, chance: random.Random) -> bytes:
    """The bytes of a file with one to four changes."""
    changes = (flip, cut, insert, overwrite, repeat, remove, number)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(changes)(data, chance)
    return data


def flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return (
        data[:at]
        + bytes(byte ^ 1 << chance.randrange(8) for byte in data[at : at + 1])
        + data[at + 1 :]
    )


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice((chance.choice(INTERESTING), chance.randbytes(9))) + data[at:]


def overwrite(data: bytes, chance: random.Random) -> bytes:
    at, new = chance.randrange(len(data) + 1), chance.choice(INTERESTING)
    return data[:at] + new + data[at + len(new) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[start:end] * chance.choice((1, 1, 50)) + data[end:]


def remove(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[end:]


def number(data: bytes, chance: random.Random) -> bytes:
    """Overwrite a binary number by one that is at some limit."""
    size = chance.choice((2, 4, 8))
    value = chance.choice(
        (0, 1, -1, 1 << 8 * size - 2, (1 << 8 * size - 1) - 1, -(1 << 8 * size - 1))
    )
    at = chance.randrange(len(data) + 1) // size * size
    return data[:at] + value.to_bytes(size, "little", signed=True) + data[at + size :]


def make_good_files(folder: Path, names: list[str]) -> list[str]:
    """A folder with a good file for each reader; returns the readers whose packages are there."""
    made = []
    for name in names:
        place = folder / name.replace("/", " ")
        place.mkdir()
        with contextlib.suppress(ImportError):
            READERS[name].make(place / f"input{READERS[name].ending}")
            made.append(name)
    return made


def write_mutant(good: Path, folder: Path, seed: int, reader: Reader) -> tuple[Path, bool]:
    """Copy the good files of a reader, one of them changed; which one, the seed decides."""
    chance = random.Random(seed)
    shutil.copytree(good, folder, dirs_exist_ok=True)
    main = folder / f"input{reader.ending}"
    others = sorted(path for path in folder.iterdir() if path != main and path.is_file())
    target = chance.choice([main, main, *others])
    target.write_bytes(changed(target.read_bytes(), chance))
    return main, reader.checksums and target == main and chance.random() < 0.7


def work(good: Path, names: list[str], start: int, stop: int, pipe: Connection) -> None:
    """Read the mutants start..stop; each is announced before, and its finding told after."""
    warnings.simplefilter("ignore")
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - ends with the process
    status = Path("/proc/self/status").read_text()
    size = 1024 * int(next(line.split()[1] for line in status.splitlines() if "VmData" in line))
    resource.setrlimit(resource.RLIMIT_DATA, (size + MEMORY, resource.RLIM_INFINITY))
    for seed in range(start, stop):
        name = names[seed % len(names)]
        with tempfile.TemporaryDirectory() as folder:
            pipe.send((seed, None))
            path, checksums = write_mutant(
                good / name.replace("/", " "), Path(folder), seed, READERS[name]
            )
            try:
                run(READERS[name], path, checksums)
            except BaseException:
                pipe.send((seed, traceback.format_exc()))
    pipe.send((stop, None))
    pipe.close()


def has_answered(pid: int | None, pipe: Connection) -> bool:
    """Wait for the next message of a process; False if it hangs."""
    begun, before = time.monotonic(), processor_time(pid)
    while not pipe.poll(1):
        if processor_time(pid) > before + SECONDS or time.monotonic() > begun + WAITING:
            return False
    return True


def processor_time(pid: int | None) -> float:
    """The seconds that a process has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def findings(good: Path, names: list[str], first: int, count: int) -> Iterator[tuple[int, str]]:
    """The mutants of which the readers make something that they must not, and what it is."""
    seed, end = first, first + count
    while seed < end:
        stop = min(seed + BATCH, end)
        ours, theirs = multiprocessing.Pipe(False)
        process = multiprocessing.get_context("spawn").Process(
            target=work, args=(good, names, seed, stop, theirs), daemon=True
        )
        process.start()
        theirs.close()
        while seed < stop:
            try:
                finding = f"it takes longer than {SECONDS} seconds"
                if has_answered(process.pid, ours):
                    seed, finding = ours.recv()
            except EOFError:
                process.join()
                finding = f"the process ended with exit code {process.exitcode}"
            if finding is not None:
                yield seed, finding
            if finding is not None and "Traceback" not in finding:
                seed += 1
                break
        process.kill()
        process.join()


def main(count: int, first: int, names: list[str]) -> int:
    """Read so many mutants, print what was found, and return how many findings there were."""
    begun, kinds = time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        names = make_good_files(Path(folder), names or list(READERS))
        for seed, finding in findings(Path(folder), names, first, count):
            name = names[seed % len(names)]
            kinds[name] += 1
            kept = Path(tempfile.mkdtemp(prefix=f"mutant-{seed}-"))
            write_mutant(Path(folder) / name.replace("/", " "), kept, seed, READERS[name])
            print(f"--- mutant {seed}, {name}, kept in {kept}:\n{finding}", flush=True)
    print(
        f"{count} mutants of {len(names)} readers from {first} on in "
        f"{time.monotonic() - begun:.0f} s: {sum(kinds.values())} findings"
    )
    return sum(kinds.values())


if __name__ == "__main__":
    chosen = sys.argv[3:]
    sys.exit(min(1, main(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 0, chosen)))
