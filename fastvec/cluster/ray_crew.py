"""Trainers as actors of Ray, which exchange rows through its object store, not the driver."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError, RayTaskError

from fastvec.cluster.crew import Call, ClusterError, Key

#: seconds until all trainers must have started
START_SECONDS = 120.0
#: seconds between two looks at whether to stop
TICK_SECONDS = 0.2
#: trainers that come instead of lost ones, for each that there is at first
REPLACEMENTS = 3


class Remote:
    """What a trainer in a process of its own can do besides."""

    def place(self) -> str:
        """The machine that it runs on."""
        return f"{platform.node()} ({ray.util.get_node_ip_address()})"


class RayCrew:
    """The trainers of a model, each with some cores of a cluster to itself.

    Parameters
    ----------
    kind : class
        of the trainers.
    arguments : sequence
        with which each is made.
    trainers, threads : int

    Raises
    ------
    ClusterError
        they have not started in time.
    """

    def __init__(self, kind: Any, arguments: Sequence[Any], trainers: int, threads: int) -> None:
        actor = ray.remote(type(f"Remote{kind.__name__}", (Remote, kind), {}))
        self._new = actor.options(num_cpus=threads, scheduling_strategy="SPREAD", max_restarts=0)
        self._arguments = tuple(map(ray.put, arguments))
        self._actors: dict[int, Any] = {}
        self._places: dict[int, str] = {}
        self._starting: dict[int, Any] = {}  # what each of them will say of its place
        self._trainers, self._left = trainers, REPLACEMENTS * trainers
        self.alive: list[int] = []
        for number in range(trainers):
            self._start(number)
        try:
            self._wait_for_all()
        except BaseException:
            self.close()
            raise

    def call(self, trainer: int, method: str, *arguments: Any) -> Call:
        """Send a call to an actor."""
        given = (each.value if isinstance(each, Call) else each for each in arguments)
        return Call(trainer, getattr(self._actors[trainer], method).remote(*given))

    def wait(
        self, calls: Mapping[Key, Call], stopped: Callable[[], bool] | None = None
    ) -> dict[Key, Any]:
        """Wait for actors."""
        found: dict[Key, Any] = {}
        waiting = {call.value: key for key, call in calls.items()}
        while waiting and not (stopped is not None and stopped()):
            ready, _ = ray.wait(list(waiting), timeout=TICK_SECONDS, fetch_local=False)
            for reference in ready:
                key = waiting.pop(reference)
                try:
                    found[key] = ray.get(reference)
                except RayError as error:
                    self._look_at(error, calls[key].trainer)
        return found

    def joined(self) -> list[int]:
        """Trainers whose processes have started since."""
        come = []
        for number, place in list(self._starting.items()):
            if ray.wait([place], timeout=0)[0]:
                del self._starting[number]
                try:
                    self._places[number] = ray.get(place)
                except RayError:
                    self._lose(number)
                else:
                    come.append(number)
        self.alive += come
        return come

    def close(self) -> None:
        """End all processes."""
        for actor in self._actors.values():
            ray.kill(actor)
        self._actors, self._starting, self.alive = {}, {}, []

    def _start(self, number: int) -> None:
        self._actors[number] = self._new.remote(*self._arguments)
        self._starting[number] = self._actors[number].place.remote()

    def _wait_for_all(self) -> None:
        numbers = list(self._starting)
        try:
            places = ray.get(list(self._starting.values()), timeout=START_SECONDS)
        except GetTimeoutError:
            raise ClusterError(
                f"{len(numbers)} trainers did not start within {START_SECONDS:.0f} seconds: the "
                "cluster has no free cores for them"
            ) from None
        except RayTaskError as error:
            raise of_trainer(error, "the cluster") from None
        self._places = dict(zip(numbers, places, strict=True))
        self._starting, self.alive = {}, numbers

    def _look_at(self, error: RayError, trainer: int) -> None:
        """Find out who was lost, from what a call of a trainer gave; or raise its error."""
        cause = error.cause if isinstance(error, RayTaskError) else error
        if isinstance(error, RayTaskError) and not isinstance(cause, RayError):
            raise of_trainer(error, self._places.get(trainer, "a trainer")) from None
        if isinstance(cause, RayActorError) and cause.actor_id is not None:
            self._lose_actor(cause.actor_id)
        else:  # rows went with the machine that had them
            self._ask_all()

    def _lose_actor(self, actor_id: str) -> None:
        for number, actor in list(self._actors.items()):
            if actor._actor_id.hex() == actor_id:
                self._lose(number)

    def _ask_all(self) -> None:
        """Find out who is lost."""
        for number in list(self.alive):
            try:
                ray.get(self._actors[number].place.remote())
            except RayError:
                self._lose(number)

    def _lose(self, number: int) -> None:
        """Do without a trainer, and start another one."""
        actor = self._actors.pop(number, None)
        if actor is None:
            return
        ray.kill(actor)
        if number in self.alive:
            self.alive.remove(number)
        if self._left > 0:
            self._left -= 1
            self._start(number + self._trainers)  # whose portions are the same


def of_trainer(error: RayTaskError, place: str) -> Exception:
    """The error of a trainer, with its place, as one sentence."""
    cause = error.cause
    if isinstance(cause, OSError) and cause.strerror:
        return OSError(cause.errno, f"{cause.strerror} (on {place})", cause.filename)
    kinds = (ValueError, TypeError, ImportError, MemoryError, FloatingPointError)
    kind = next((kind for kind in kinds if isinstance(cause, kind)), ClusterError)
    return kind(f"{cause} (on {place})")
