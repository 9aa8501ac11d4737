"""The command ``fastvec watch``, as a real process."""

import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest
from processes import DEADLINE, fastvec, started

import fastvec as package


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("We drink milk.\nYou drink juice.\n")
    (tmp_path / "long.txt").write_text(" ".join(f"w{i}" for i in range(500)))
    return tmp_path


def test_it_serves_until_ctrl_c(folder: Path) -> None:
    before = sorted(folder.iterdir())
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = ("-m", "fastvec", "watch", "text.txt", "--no-browser", "--model", "cbow")
    with started(*command, cwd=folder, text=True, **pipes) as process:
        with urllib.request.urlopen(process.stdout.readline().strip(), timeout=DEADLINE) as answer:
            assert answer.read().decode() == package.watch(folder / "text.txt", model="cbow").page()
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0
        assert process.stderr.read() == "fastvec: the page is there until Ctrl-C ends it\n"
    assert sorted(folder.iterdir()) == before


def test_a_page_is_written(folder: Path) -> None:
    done = fastvec(folder, "watch", "text.txt", "-o", "watch.html", "--loss", "hs")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "fastvec: watch.html: Watch(2 sentences, 5 words, one-word, hs)\n"
    assert (folder / "watch.html").read_text("utf-8") == (
        package.watch(folder / "text.txt", loss="hs").page()
    )


def test_what_messages_advise_can_be_done(folder: Path) -> None:
    (folder / "latin.txt").write_bytes("Wir trinken Säfte.\n".encode("cp1252"))
    done = fastvec(folder, "watch", "latin.txt", "-o", "watch.html")
    assert (done.returncode, "encoding" in done.stderr) == (2, True)
    done = fastvec(folder, "watch", "latin.txt", "-o", "watch.html", "-q", "--encoding", "cp1252")
    assert (done.returncode, done.stderr) == (0, "")
    assert "s\\u00e4fte" in (folder / "watch.html").read_text("utf-8")


def test_a_page_goes_through_pipes(folder: Path) -> None:
    done = fastvec(folder, "watch", "-", "-o", "-", "-q", input="a b c\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == package.watch([["a", "b", "c"]]).page()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.txt"], "none.txt: "),
        (["long.txt"], "the text has 500 different words, and the page has room for 40"),
        (["text.txt", "-o", "watch.pdf"], "watch.pdf: the ending must be .html"),
        (["--window", "9"], "window must be at most 5, got 9"),
        (["-o", "watch.html", "--port", "80"], "--port has no effect with --output"),
        (["-q"], "--quiet has no effect without --output"),
    ],
)
def test_wrong_arguments(folder: Path, arguments: list[str], message: str) -> None:
    done = fastvec(folder, "watch", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert message in done.stderr
