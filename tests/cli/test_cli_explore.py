"""The command ``fastvec explore``, as a real process."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from explorers import royal_words
from processes import DEADLINE, fastvec, started

from fastvec.cli.explore import short_names
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    royal_words().save(tmp_path / "v.safetensors")
    rising = KeyedVectors.of(
        Words.of(["rare", "often"]), np.eye(2, dtype=np.float32), np.array([1, 9])
    )
    rising.save(tmp_path / "rising.safetensors")
    return tmp_path


@contextmanager
def exploring(
    folder: Path, *arguments: str, **options: object
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The command, running, and the address that it has printed."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = ("-m", "fastvec", "explore", *arguments)
    with started(*command, cwd=folder, text=True, **{**pipes, **options}) as process:
        yield process, process.stdout.readline().strip()


def ask(address: str, question: str, method: str = "GET") -> object:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.netloc, timeout=DEADLINE)
    connection.request(method, place.path + question, headers={"Origin": f"http://{place.netloc}"})
    response = connection.getresponse()
    try:
        return json.loads(response.read() or "null")
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_ends_it(folder: Path, number: signal.Signals) -> None:
    before = sorted(folder.iterdir())
    with exploring(folder, "v.safetensors", "rising.safetensors", "--no-browser") as (
        process,
        address,
    ):
        assert address.startswith("http://127.0.0.1:")
        names = [space["name"] for space in ask(address, "spaces")]
        assert names == ["v.safetensors", "rising.safetensors"]
        assert ask(address, "map?layout=pca")[1]["words"] == ["often", "rare"]
        process.send_signal(number)
        assert process.wait(DEADLINE) == 0
        assert process.stderr.read() == (
            "fastvec: the page is there until Ctrl-C, or the button on it, ends it\n"
        )
    assert sorted(folder.iterdir()) == before


def test_the_page_ends_it(folder: Path) -> None:
    with exploring(folder, "v.safetensors", "--no-browser", "--limit", "3") as (process, address):
        assert ask(address, "spaces")[0]["words"] == 3
        ask(address, "end", "POST")
        assert process.wait(DEADLINE) == 0


def test_it_opens_the_browser(folder: Path) -> None:
    """BROWSER is any command, here one that ends the server of the page that it opens."""
    script = folder / "browser.py"
    script.write_text(
        "import sys, urllib.request, urllib.parse\n"
        "address = urllib.request.urlopen(sys.argv[1]).geturl()\n"
        "head = {'Origin': f'http://{urllib.parse.urlsplit(address).netloc}'}\n"
        "ask = urllib.request.Request(address + 'end', method='POST', headers=head)\n"
        "urllib.request.urlopen(ask)\n"
    )
    env = os.environ | {"BROWSER": f"{sys.executable} {script} %s"}
    with exploring(folder, "v.safetensors", env=env) as (process, _):
        assert process.wait(DEADLINE) == 0


def test_without_a_screen_no_browser_is_opened(folder: Path) -> None:
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    }
    with exploring(folder, "v.safetensors", env=env) as (process, address):
        assert ask(address, "spaces")
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0


def test_a_port_of_ones_own(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = fastvec(folder, "explore", "v.safetensors", "--no-browser", "--port", port)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"fastvec: cannot listen on port {port}: Address already in use; "
        "without --port, one is found\n"
    )
    with exploring(folder, "v.safetensors", "--no-browser", "--port", port) as (process, address):
        assert urlsplit(address).port == int(port)
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'VECTORS...'"),
        (["none.bin"], "File 'none.bin' does not exist"),
        (["broken.bin"], "broken.bin"),
        (["-", "-"], "standard input can be read only once"),
        (["v.safetensors", "--port", "0"], "0 is not in the range 1<=x<=65535"),
    ],
)
def test_wrong_arguments(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "broken.bin").write_bytes(b"3 4\nking \0\0")
    done = fastvec(folder, "explore", "--no-browser", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert message in done.stderr


def test_names_of_files() -> None:
    assert short_names([Path("a/v.bin"), Path("b/w.bin")]) == ["v.bin", "w.bin"]
    assert short_names([Path("a/v.bin"), Path("b/v.bin")]) == ["a/v.bin", "b/v.bin"]
