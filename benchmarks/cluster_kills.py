"""Kills trainers, nodes and drivers of trainings on Ray at random moments, and sees what is left.

    python benchmarks/cluster_kills.py text.txt --kills 50

The cluster has three nodes of one core, all on this machine.  Each line of JSON is a training with
one kill: what was killed and when, how much longer the training took than without (a killed driver
goes on with --resume), whether every word was trained on once, and the loss.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from fastvec import Word2Vec

STORE = 100 << 20  # bytes of the object store of each node
TARGETS = ("trainer", "node", "driver")


class Nodes:
    """A Ray cluster on this machine."""

    def __init__(self, count: int) -> None:
        import ray
        from ray.cluster_utils import Cluster

        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        head = {"num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False}
        self.cluster = Cluster(initialize_head=True, head_node_args=head)
        for _ in range(count):
            self.add()
        ray.init(self.cluster.address, log_to_driver=False)

    def add(self) -> None:
        """Add a node."""
        self.cluster.add_node(num_cpus=1, object_store_memory=STORE)

    def kill(self, chance: random.Random) -> None:
        """Kill a node, and add another one."""
        node = chance.choice(sorted(self.cluster.worker_nodes, key=lambda node: node.node_id))
        self.cluster.remove_node(node, allow_graceful=False)
        self.add()


def trainers() -> list[int]:
    """The processes of trainers on this machine."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and b"RemoteTrainer" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return sorted(found)


def command(text: Path, folder: Path, address: str) -> list[str]:
    """The command line of a training."""
    options = ["--epochs", "4", "--sg", "--vector-size", "100", "--checkpoint-every", "2s"]
    files = ["-o", str(folder / "out.safetensors"), "--checkpoint", str(folder / "run.ckpt")]
    where = ["--engine", "ray", "--address", address, "--workers", "3"]
    return [sys.executable, "-m", "fastvec", "train", str(text), *files, *options, *where]


def one(text: Path, nodes: Nodes, target: str, after: float, chance: random.Random) -> Any:
    """One training with one kill."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.monotonic()
        line = command(text, folder, nodes.cluster.address)
        with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(after)
            if target == "trainer" and (running := trainers()):
                os.kill(chance.choice(running), signal.SIGKILL)
            elif target == "node":
                nodes.kill(chance)
            elif target == "driver":
                process.kill()
            process.communicate(timeout=300)
        if target == "driver":
            subprocess.run([*line, "--resume"], check=True, timeout=300, capture_output=True)
        elif process.returncode:
            return {"target": target, "after": after, "failed": process.returncode}
        state = Word2Vec.load(folder / "out.safetensors").training_state
        facts = {"target": target, "after": after, "seconds": time.monotonic() - begun}
        return facts | {"passed": state.passed, "loss": state.loss_history[-1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance, nodes = random.Random(arguments.seed), Nodes(3)
    whole = one(arguments.text, nodes, "nothing", 0.1, chance)
    print(json.dumps(whole), flush=True)
    for number in range(arguments.kills):
        after = chance.uniform(1, whole["seconds"])
        facts = one(arguments.text, nodes, TARGETS[number % len(TARGETS)], after, chance)
        if "seconds" in facts:
            facts["lost"] = facts["seconds"] - whole["seconds"]
            facts["complete"] = facts["passed"] == whole["passed"]
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
