"""RayEngine: trains on the nodes of a Ray cluster."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fastvec._util.options import check_value
from fastvec.cluster.crew import ClusterError, Crew
from fastvec.cluster.engine import Engine
from fastvec.params import ClusterParams

C = ClusterParams
CONNECT_SECONDS = 10.0


class RayEngine(Engine):
    """Trains Word2Vec and GloVe models on the nodes of a Ray cluster.

    Each node has a trainer, a process.  Those of Word2Vec have a copy of the model each, and train
    on their own portions of the text; now and then all merge their rows.  Those of GloVe have two
    parts of the words at a time, no part being with two of them.  docs/guide/cluster.md says when
    this is worth it.

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
        of Word2Vec: how many words each trainer trains on between two merges; default: a 32nd of
        its share of an epoch, at most 20 million.

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

    def run(
        self, function: Callable[..., Any], calls: Sequence[Sequence[Any]], results: int, cores: int
    ) -> list[list[Any]]:
        """Start tasks, wherever there are free cores."""
        import ray

        task = ray.remote(function).options(num_cpus=cores, num_returns=results)
        started = [task.remote(*arguments) for arguments in calls]
        return [[each] for each in started] if results == 1 else started

    def fetch(self, results: Sequence[Any]) -> list[Any]:
        """Wait for tasks, and get what they give."""
        import ray

        from fastvec.cluster.ray_crew import of_trainer

        try:
            found: list[Any] = ray.get(list(results))
        except ray.exceptions.RayTaskError as error:
            raise of_trainer(error, "a node of the cluster") from None
        except ray.exceptions.RayError as error:
            raise ClusterError(f"the text could not be counted: {first_line(error)}") from None
        return found

    def share(self, value: Any) -> Any:
        """Put a value into the object store."""
        import ray

        return ray.put(value)

    @contextlib.contextmanager
    def crew(self, kind: Callable[..., Any], *arguments: Any) -> Iterator[Crew]:
        """Actors, until the exit."""
        from fastvec.cluster.ray_crew import RayCrew

        crew = RayCrew(kind, arguments, self.workers, self.threads)
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
