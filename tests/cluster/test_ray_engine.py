"""Training on a Ray cluster of several nodes on this machine, of which some are killed.

These tests need Ray (``pip install 'fastvec[ray]'``).  FASTVEC_KILLS=1 kills a whole node, too;
``benchmarks/cluster_kills.py`` kills many things at random moments.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import DEADLINE

from fastvec import CallbackAny2Vec, GloVe, RayEngine, Word2Vec
from fastvec.cluster.engine import SimulatedEngine

pytest.importorskip("ray", reason="ray is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # those of Ray
    pytest.mark.skipif(sys.platform == "win32", reason="its test cluster is for POSIX"),
]

OPTIONS: dict[str, Any] = {"vector_size": 8, "min_count": 1, "sample": 0.01, "epochs": 3}
NODES = 3


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head without cores, and some nodes of one core each."""
    import ray
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    store = {"object_store_memory": 80 << 20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **store})
    for _ in range(NODES):
        cluster.add_node(num_cpus=1, object_store_memory=80 << 20)
    ray.init(cluster.address, log_to_driver=False, logging_level="error")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture
def text(tmp_path: Path) -> str:
    """Three files of ten chunks in all."""
    rows = np.random.default_rng(1).integers(0, 500, (5000, 20)).tolist()
    for i in range(3):
        lines = (" ".join(map(str, row)) for row in rows[i::3])
        (tmp_path / f"{i}.txt").write_text("\n".join(lines) + "\n")
    return str(tmp_path / "*.txt")


def fastvec(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process that is not a fork: Ray starts threads and processes."""
    command = [sys.executable, "-m", "fastvec", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE)


def word2vec(**options: Any) -> Word2Vec:
    return Word2Vec(**OPTIONS | options)


def trained(text: str, engine: Any, **options: Any) -> Word2Vec:
    model = word2vec(**options)
    assert model.train(text, engine=engine)[1] == 300_000
    return model


def same_rows(one: Word2Vec, other: Word2Vec) -> bool:
    assert one.wv.words == other.wv.words
    assert one.loss_history == other.loss_history
    return np.array_equal(one.wv.vectors, other.wv.vectors) and np.array_equal(
        one.syn1neg, other.syn1neg
    )


@pytest.mark.usefixtures("cluster")
def test_the_vectors_are_those_of_one_machine_or_of_the_simulation(text: str) -> None:
    alone = word2vec(workers=1)
    alone.build_vocab(text)
    alone.train(text)
    assert same_rows(alone, trained(text, RayEngine(workers=1)))
    assert same_rows(trained(text, SimulatedEngine(3)), trained(text, RayEngine()))


def glove(text: str, engine: Any, **options: Any) -> GloVe:
    model = GloVe(8, min_count=1, window=5, epochs=3, workers=1)
    return model.fit(text, engine=engine, **options)


def same_records(one: GloVe, other: GloVe) -> bool:
    assert one._records is not None
    assert other._records is not None
    same = np.array_equal(one._records, other._records)
    return same and one.loss_history == other.loss_history


@pytest.mark.usefixtures("cluster")
def test_glove_is_that_of_one_machine_or_of_the_simulation(text: str) -> None:
    assert same_records(glove(text, None), glove(text, RayEngine(workers=1)))
    assert same_records(glove(text, SimulatedEngine(3)), glove(text, RayEngine()))


class Kill(CallbackAny2Vec):
    """Kills something after the first epoch."""

    def __init__(self, kill: Any) -> None:
        self.kill = kill

    def on_epoch_end(self, model: Any) -> None:
        if model.training_state.epochs_trained == 1:
            self.kill()


KILLED = ["trainer", "node"] if "FASTVEC_KILLS" in os.environ else ["trainer"]


@pytest.fixture(params=KILLED)
def killing(
    cluster: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> tuple[Kill, list[Any]]:
    """What kills the second trainer, or its node, after the first epoch; and all crews."""
    import ray

    from fastvec.cluster import ray_crew

    what, crews = request.param, []
    original = ray_crew.RayCrew._wait_for_all

    def remember(self: ray_crew.RayCrew) -> None:
        original(self)
        crews.append(self)

    monkeypatch.setattr(ray_crew.RayCrew, "_wait_for_all", remember)

    def kill() -> None:
        actor = crews[0]._actors[1]
        place = actor.__ray_call__.remote(
            lambda _: (os.getpid(), ray.get_runtime_context().get_node_id())
        )
        pid, node = ray.get(place)
        if what == "trainer":
            os.kill(pid, signal.SIGKILL)
            return
        (found,) = (each for each in cluster.worker_nodes if each.node_id == node)
        cluster.remove_node(found, allow_graceful=False)
        cluster.add_node(num_cpus=1, object_store_memory=80 << 20)

    return Kill(kill), crews


def test_a_lost_trainer_costs_no_word(text: str, killing: tuple[Kill, list[Any]]) -> None:
    kill, crews = killing
    model = word2vec()
    assert model.train(text, engine=RayEngine(workers=2), callbacks=[kill])[1] == 300_000
    assert model.training_state.passed == 300_000
    assert len(crews) == 1
    assert 1 not in crews[0]._actors


def test_a_lost_trainer_of_glove_changes_nothing(
    text: str, killing: tuple[Kill, list[Any]]
) -> None:
    kill, crews = killing
    model = glove(text, RayEngine(workers=2), callbacks=[kill])
    assert same_records(model, glove(text, SimulatedEngine(2)))
    assert 1 not in crews[0]._actors


@pytest.mark.usefixtures("cluster")
def test_errors_of_nodes_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"good " * 9 + b"\xff\xfe bad")
    with pytest.raises(ValueError, match=r"bad\.txt: byte 45 is not valid UTF-8.*\(on .*\)$"):
        word2vec().train(str(tmp_path / "bad.txt"), engine=RayEngine())
    with pytest.raises(ValueError, match=r"workers must be at most \d with threads 1.*got 99"):
        RayEngine(workers=99)
    with pytest.raises(ValueError, match="workers must be at most 0 with threads 2"):
        RayEngine(threads=2)


def test_the_command_writes_the_vectors_of_the_simulation(
    cluster: Any, text: str, tmp_path: Path
) -> None:
    options = ("--vector-size", "8", "--min-count", "1", "--sample", "0.01", "--epochs", "3")
    where = ("--engine", "ray", "--address", cluster.address, "--workers", "2")
    (tmp_path / "out").mkdir()
    done = fastvec(tmp_path, "train", text, "-o", "out/vectors.npy", *options, *where)
    assert done.returncode == 0, done.stderr
    expected = trained(text, SimulatedEngine(2))
    assert np.array_equal(np.load(tmp_path / "out/vectors.npy"), expected.wv.vectors)
    assert "Traceback" not in done.stderr
    assert "s for this text: leave out --engine ray" in done.stderr


def test_the_command_for_glove(cluster: Any, text: str, tmp_path: Path) -> None:
    options = ("--vector-size", "8", "--min-count", "1", "--window", "5", "--epochs", "3")
    where = ("--engine", "ray", "--address", cluster.address, "--workers", "2")
    (tmp_path / "out").mkdir()
    done = fastvec(tmp_path, "glove", text, "-o", "out/vectors.npy", *options, *where)
    assert done.returncode == 0, done.stderr
    expected = glove(text, SimulatedEngine(2))
    assert np.array_equal(np.load(tmp_path / "out/vectors.npy"), expected.wv.vectors)
    assert "Traceback" not in done.stderr
    assert "counted" in done.stderr


def test_there_is_no_such_cluster(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("a b c\n")
    where = ("--engine", "ray", "--address", "127.0.0.1:1")
    done = fastvec(tmp_path, "train", "text.txt", "-o", "out.txt", *where, "-q")
    assert done.returncode == 2
    assert done.stderr.startswith("fastvec: there is no Ray cluster at address '127.0.0.1:1'")
    assert done.stderr.count("\n") == 1


def test_nothing_else_imports_ray(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("a b c\n" * 99)
    code = (
        "import sys; from fastvec.cli import app;"
        "app.main(['train', 'text.txt', '-o', 'out.txt', '-q'], standalone_mode=False);"
        "assert 'ray' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=300)
