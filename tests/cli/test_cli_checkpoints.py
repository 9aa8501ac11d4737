"""Commands that go on after a kill: --checkpoint, --checkpoint-every, --resume."""

import shlex
import shutil
import signal
from pathlib import Path

import pytest
from processes import KILL, STOP, fastvec, hooked

from fastvec import GloVe, Word2Vec
from fastvec.io.registry import read_vectors

SMALL = ("--vector-size", "8", "--min-count", "1", "--epochs", "5", "--workers", "1")
CHECKPOINT = ("--checkpoint", "run.ckpt", "--checkpoint-every", "1e")
TEXT = "a rose is a Rose and a thorn is a thorn\n" * 200
KINDS = {"train": Word2Vec, "glove": GloVe}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text(TEXT)
    return tmp_path


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a checkpoint of each command, which has its name."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "text.txt").write_text(TEXT)
    for command in KINDS:
        more = ("--checkpoint", command, "--checkpoint-every", "1e")
        hooked(folder, KILL, command, "text.txt", "-o", "v.bin", *SMALL, *more)
    return folder


def whole(folder: Path, command: str, *arguments: str) -> bytes:
    """The output of a command that nothing interrupts."""
    done = fastvec(folder, command, "text.txt", "-o", "whole.bin", *arguments)
    assert done.returncode == 0, done.stderr
    return (folder / "whole.bin").read_bytes()


@pytest.mark.parametrize("command", KINDS)
def test_after_a_kill_the_same_command_goes_on(folder: Path, command: str) -> None:
    arguments = ("text.txt", "-o", "v.bin", *SMALL, *CHECKPOINT, "--lower")
    assert hooked(folder, KILL, command, *arguments).returncode == -signal.SIGKILL
    assert {path.name for path in folder.iterdir()} == {"text.txt", "run.ckpt"}
    done = fastvec(folder, command, *arguments, "--resume")
    assert done.returncode == 0, done.stderr
    assert (folder / "v.bin").read_bytes() == whole(folder, command, *SMALL, "--lower")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("command", KINDS)
def test_a_signal_says_how_to_go_on(folder: Path, command: str, name: str) -> None:
    arguments = (command, "text.txt", "-o", "v w.bin", *SMALL, *CHECKPOINT)
    done = hooked(folder, STOP.format(name), *arguments)
    assert done.returncode == 1
    *others, second, go_on = done.stderr.splitlines()
    assert "fastvec: stopping: writing run.ckpt (Ctrl-C once more gives it up)" in others
    assert second.startswith("fastvec: stopped in epoch ")
    assert second.endswith("; go on from there with")
    assert not (folder / "v w.bin").exists()
    typed = shlex.split(go_on)[1:]
    typed = [one for one in typed if one not in (STOP.format(name), "3")]  # the hook's
    assert typed == [*arguments, "--resume"]
    assert fastvec(folder, *typed).returncode == 0
    assert (folder / "v w.bin").read_bytes() == whole(folder, command, *SMALL)


def test_a_second_ctrl_c_leaves_the_checkpoint_of_before(folder: Path) -> None:
    hook = "; ".join([STOP.format("SIGINT")] * 2)
    done = hooked(folder, hook, "train", "text.txt", "-o", "v.bin", "-q", *SMALL, *CHECKPOINT)
    assert done.returncode == 1
    assert done.stderr.startswith("fastvec: stopped in epoch 3 of 5, run.ckpt is of ")
    assert Word2Vec.load(folder / "run.ckpt").epochs_trained == 2
    (folder / "run.ckpt").unlink()
    more = ("--checkpoint", "run.ckpt")
    done = hooked(folder, hook, "train", "text.txt", "-o", "v.bin", "-q", *SMALL, *more)
    assert done.stderr == "fastvec: stopped in epoch 3 of 5, and no checkpoint was written\n"


@pytest.mark.parametrize("command", KINDS)
def test_resume_begins_where_there_is_no_checkpoint_and_ends_where_it_is_complete(
    folder: Path, command: str
) -> None:
    arguments = (command, "text.txt", "-o", "v.bin", "-q", *SMALL, *CHECKPOINT)
    for _ in range(2):
        done = fastvec(folder, *arguments, "--resume")
        assert done.returncode == 0, done.stderr
        assert (folder / "v.bin").read_bytes() == whole(folder, command, *SMALL)
        (folder / "v.bin").unlink()
    more = [*arguments, "--resume", "--epochs", "7", "--workers", "2"]
    assert fastvec(folder, *more).returncode == 0
    assert len(KINDS[command].load(folder / "run.ckpt").loss_history) == 7


def test_it_is_said_where_the_training_goes_on(folder: Path) -> None:
    arguments = ("train", "text.txt", "-o", "v.bin", *SMALL, *CHECKPOINT, "--resume")
    hooked(folder, KILL, *arguments)
    says = "fastvec: the training had ended before, after 5 epochs, 6 words of the vocabulary\n"
    assert fastvec(folder, *arguments).stderr.startswith("fastvec: going on in epoch 3 of 5, 6 ")
    assert fastvec(folder, *arguments).stderr.startswith(says)
    more = fastvec(folder, *arguments, "--epochs", "6")
    assert more.stderr.startswith("fastvec: going on in epoch 6 of 6, 6 ")


def test_options_of_before_need_not_be_given_again(folder: Path) -> None:
    typed = ("--lower", "--sg", "--window", "3")
    arguments = ("train", "text.txt", "-o", "v.bin", *SMALL, *typed, *CHECKPOINT)
    hooked(folder, KILL, *arguments)
    done = fastvec(
        folder, "train", "text.txt", "-o", "v.bin", "--checkpoint", "run.ckpt", "--resume"
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "v.bin").read_bytes() == whole(folder, "train", *SMALL, *typed)


@pytest.mark.parametrize("command", KINDS)
@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--checkpoint", "run.ckpt"], "run.ckpt is there already: --resume goes on from it; "),
        (["--resume"], "--resume needs --checkpoint FILE"),
        (["--checkpoint-every", "1e"], "checkpoint_every needs --checkpoint FILE"),
        (["--checkpoint", "new", "--checkpoint-every", "x"], "checkpoint_every must be a time"),
        (["--checkpoint", "new", "--seeds", "1-2"], "--checkpoint is for one training: leave out"),
        (["--checkpoint", "text.txt", "--resume"], "cannot write text.txt: it is also read"),
        (["--checkpoint", "v.bin"], "cannot write v.bin: two outputs would be the same file"),
        (["--checkpoint", "no/run"], "cannot write no/run: there is no folder"),
        (["--checkpoint", "run.ckpt", "--resume", "--window", "4"], "--window is "),
        (["--checkpoint", "run.ckpt", "--resume", "--epochs", "1"], "epochs must be at least "),
        (["--checkpoint", "other.ckpt", "--resume"], "other.ckpt holds a"),
        (["--checkpoint", "cut.ckpt", "--resume"], "cut.ckpt is cut off"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    folder: Path, killed: Path, command: str, more: list[str], says: str
) -> None:
    for name in KINDS:
        shutil.copy(killed / name, folder / ("run.ckpt" if name == command else "other.ckpt"))
    (folder / "cut.ckpt").write_bytes((folder / "run.ckpt").read_bytes()[:-9])
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done = fastvec(folder, command, "text.txt", "-o", "v.bin", "-q", *more)
    assert done.returncode == 2
    assert done.stderr.startswith("fastvec: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("command", KINDS)
def test_another_text_is_one_sentence(folder: Path, command: str) -> None:
    arguments = (command, "text.txt", "-o", "v.bin", *SMALL, *CHECKPOINT)
    hooked(folder, KILL, *arguments)
    (folder / "text.txt").write_text("a rose is a Rose and a thorn is a thorn\n" * 100)
    done = fastvec(folder, *arguments, "-q", "--resume")
    says = "fastvec: the corpus is not the one that run.ckpt was trained on: "
    assert (done.returncode, done.stderr.startswith(says)) == (2, True)


@pytest.mark.parametrize("command", KINDS)
def test_a_checkpoint_can_be_used_like_a_model(folder: Path, command: str) -> None:
    hooked(folder, KILL, command, "text.txt", "-o", "v.bin", *SMALL, *CHECKPOINT)
    assert fastvec(folder, "similar", "run.ckpt", "rose").returncode == 0
    assert fastvec(folder, "convert", "run.ckpt", "v.txt").returncode == 0
    assert "rose" in read_vectors(folder / "v.txt").words


@pytest.mark.parametrize("command", KINDS)
def test_the_best_model_outlives_a_stop(folder: Path, command: str) -> None:
    steering = ("--validation", "0.1" if command == "glove" else "text.txt", "--stop-after", "9")
    arguments = (command, "text.txt", "-o", "v.bin", *SMALL, *steering)
    done = hooked(folder, STOP.format("SIGTERM"), *arguments, *CHECKPOINT)
    if "holds out" in done.stderr:
        pytest.skip("no pair is held out of this text")
    assert (folder / "v.bin.best").exists(), done.stderr
    done = fastvec(folder, *arguments, *CHECKPOINT, "--resume")
    assert done.returncode == 0, done.stderr
    assert not (folder / "v.bin.best").exists()
    assert (folder / "v.bin").read_bytes() == whole(folder, command, *SMALL, *steering)
