"""Writers that are killed at any moment: files are old or new, never mixed, and nothing is left.

FASTVEC_KILLS=240 kills so many times, spread over all that writes files.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest
from writing_jobs import JOBS, write_for_ever

from fastvec._util import beside

pytestmark = pytest.mark.skipif(
    not beside.HAS_LOCKS or not hasattr(signal, "SIGKILL"), reason="nobody is killed here"
)

KILLS = int(os.environ.get("FASTVEC_KILLS", "0"))
LONGEST = 0.1  # seconds that a process writes before it is killed
STARTING = 300  # seconds that it may take to begin

#: those that write two files, of which one may be missing
PAIRS = (
    *("npy", "projector", "convert", "train", "ppmi"),
    *("vectors and words", "cooccur", "cooccur of GloVe"),
)


def kill_one(name: str, folder: Path, chance: random.Random) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["writing_jobs"])
    ours, theirs = context.Pipe(False)
    process = context.Process(target=write_for_ever, args=(name, folder, theirs))
    process.start()
    theirs.close()
    assert ours.poll(STARTING)
    time.sleep(chance.random() * LONGEST)  # any moment will do
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if beside.ENDING.search(path.name)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", JOBS)
def test_what_a_killed_process_leaves(tmp_path: Path, name: str) -> None:
    job, chance = JOBS[name], random.Random(os.urandom(8) if KILLS else name)
    job.write(tmp_path, 0)
    kills = max(1, -(-KILLS // len(JOBS)))
    for _ in range(kills):
        kill_one(name, tmp_path, chance)
        try:
            found = job.read(tmp_path)
        except FileNotFoundError:  # it was killed between two names
            assert name in PAIRS
        else:
            assert len(found) == 1
        job.write(tmp_path, 1)
        assert left_over(tmp_path) == []
        assert name == "static embedding" or job.read(tmp_path) == {1}
