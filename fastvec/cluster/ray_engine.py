"""RayEngine: trains on the nodes of a Ray cluster."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from fastvec._util.options import check_value
from fastvec.cluster.counting import Counts, TextSize, count_portion, reduce_counts
from fastvec.cluster.crew import ClusterError, Crew
from fastvec.cluster.engine import Engine
from fastvec.cluster.portions import TextPortion
from fastvec.cluster.trainer import Blueprint
from fastvec.params import ClusterParams, CorpusParams

C = ClusterParams
CONNECT_SECONDS = 10.0


class RayEngine(Engine):
    """Trains Word2Vec models on the nodes of a Ray cluster.

    Each node has a trainer, a process with a copy of the model, and trains on its own portions of
    the text; now and then all trainers merge their rows.  docs/guide/cluster.md says when this is
    worth it.

    Parameters
    ----------
    address : str, default "auto"
        the cluster: ``"auto"`` is the one that this machine belongs to, ``"local"`` starts one on
        this machine alone; or its address, such as ``"head:6379"``.  A program that has
        called ``ray.init`` uses its cluster.
    workers : int, optional
        trainers; default: one for each node.
    threads : int, optional
        of each trainer; default: as many as the smallest node has cores.
    round_words : int, optional
        how many words each trainer trains on between two merges; default: a 32nd of its share of
        an epoch, at most 20 million.

    Raises
    ------
    ImportError
        Ray is not installed.
    ClusterError
        there is no such cluster.
    ValueError
        the cluster has too few cores.
    """

    def __init__(
        self,
        address: str = C.address,
        workers: int | None = None,
        threads: int | None = None,
        round_words: int | None = C.round_words,
    ) -> None:
        params = ClusterParams("ray", address, threads or 0, round_words)
        wanted = check_value("workers", workers or 0, int, low=0, high=1024)
        connect(params.address)
        cores = cores_of_nodes()
        threads = params.threads or min(cores)
        places = sum(each // threads for each in cores)
        if places < max(wanted, 1):
            raise ValueError(
                f"workers must be at most {places} with threads {threads}, since the cluster has "
                f"nodes of {', '.join(map(str, cores))} cores, got {max(wanted, 1)}"
            )
        super().__init__(wanted or places, threads, params.round_words)

    def count(
        self, portions: Sequence[TextPortion], params: CorpusParams, least: int
    ) -> tuple[list[TextSize], list[Counts]]:
        """Count portions as tasks, wherever there are free cores."""
        import ray

        from fastvec.cluster.ray_crew import of_trainer

        reducers = self.workers
        count = ray.remote(count_portion).options(num_cpus=self.threads, num_returns=1 + reducers)
        reduce = ray.remote(reduce_counts).options(num_cpus=1)
        tasks = [
            count.remote(i, portion, params, reducers, self.threads)
            for i, portion in enumerate(portions)
        ]
        parts = [reduce.remote(least, *(task[1 + i] for task in tasks)) for i in range(reducers)]
        try:
            return ray.get([task[0] for task in tasks]), ray.get(parts)
        except ray.exceptions.RayTaskError as error:
            raise of_trainer(error, "a node of the cluster") from None
        except ray.exceptions.RayError as error:
            raise ClusterError(f"the words could not be counted: {first_line(error)}") from None

    @contextlib.contextmanager
    def crew(self, blueprint: Blueprint) -> Iterator[Crew]:
        """Actors, until the exit."""
        from fastvec.cluster.ray_crew import RayCrew

        crew = RayCrew(blueprint, self.workers, self.threads)
        try:
            yield crew
        finally:
            crew.close()


def connect(address: str) -> None:
    """Connect to a cluster, unless this process has done so already."""
    # Errors are raised here, as one sentence: Ray is not to print them, too.
    os.environ.setdefault("RAY_IGNORE_UNHANDLED_ERRORS", "1")
    with _same_handlers():
        try:
            import ray
        except ImportError:
            raise ImportError(
                "training on a cluster needs ray: pip install 'fastvec[ray]'"
            ) from None
        if ray.is_initialized():
            return
        if address == "local":
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
        if address == "local":
            options["include_dashboard"] = False
        try:
            look_for(address)
            ray.init(address, **options)
        except (OSError, RuntimeError, ValueError) as error:
            raise ClusterError(
                f"there is no Ray cluster at address {address!r}: start one with ray start --head, "
                f"or take address='local' ({first_line(error)})"
            ) from None


def look_for(address: str) -> None:
    """OSError if nothing answers at HOST:PORT, which Ray would wait for very long."""
    host, _, port = address.rpartition(":")
    if host and port.isdigit() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()


@contextlib.contextmanager
def _same_handlers() -> Iterator[None]:
    """Keep the handlers of signals, which Ray would replace by its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def cores_of_nodes() -> list[int]:
    """How many cores each node of the cluster has, of those that have any."""
    import ray

    nodes = (node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"])
    cores = [int(each) for each in nodes if each >= 1]
    if not cores:
        raise ClusterError("the cluster has no node with a core yet")
    return cores


def first_line(error: BaseException) -> str:
    """What an error says, without what follows."""
    return str(error).strip().split("\n")[0]
