"""``fastvec nplm`` and ``fastvec perplexity``."""

import json
import signal
from pathlib import Path

import pytest
from processes import KILL, STOP, fastvec, hooked

from fastvec import NeuralLM
from fastvec.io.registry import read_vectors

CHECKPOINT = ("--checkpoint", "run.ckpt", "--checkpoint-every", "1e")
SMALL = ("--vector-size", "6", "--hidden-size", "5", "--min-count", "1", "--epochs", "4")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("a rose is a Rose and a thorn is a thorn\n" * 100)
    (tmp_path / "new.txt").write_text("a tulip is a rose\nIS A\n")
    (tmp_path / "pairs.txt").write_text("a rose 9\na thorn 5\nis and 1\n")
    return tmp_path


def test_the_whole_model_with_news_validation_and_evaluation(folder: Path) -> None:
    more = ("--lower", "--validation", "new.txt", "--evaluate", "pairs.txt", "--log", "log")
    done = fastvec(folder, "nplm", "text.txt", "-o", "m.safetensors", *SMALL, *more, "--json")
    assert done.returncode == 0, done.stderr
    model = NeuralLM.load(folder / "m.safetensors")
    assert json.loads(done.stdout)["loss_history"] == model.loss_history
    assert (model.lower, model.hidden_size, len(model.validation_history)) == (True, 5, 4)
    assert "fastvec: 1,100 words in 100 lines, 7 words of the vocabulary\n" in done.stderr
    for part in ("training: epoch 2 of 4", "validation: after epoch 4", "evaluation: after epoch"):
        assert part in done.stderr
    events = [json.loads(line)["event"] for line in (folder / "log").read_text().splitlines()]
    assert events.count("validation") == 5

    done = fastvec(folder, "perplexity", "m.safetensors", "new.txt")
    found = model.perplexity([["a", "tulip", "is", "a", "rose"], ["is", "a"]])
    assert (done.returncode, done.stdout) == (0, f"{found:.2f}\n")
    assert done.stderr == "fastvec: 7 words in 2 sentences, 14.3 % of them <unk>\n"
    read = (folder / "new.txt").read_text()
    done = fastvec(folder, "perplexity", "m.safetensors", "-", "--json", "-q", input=read)
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "perplexity": pytest.approx(found), "words": 7, "sentences": 2, "unknown": 1
    }  # fmt: skip


def test_the_first_words_of_a_vocabulary_and_a_stream(folder: Path) -> None:
    (folder / "words").write_text("a 5\nrose 2\n")
    more = ("--read-vocab", "words", "--no-lines", "-q")
    done = fastvec(folder, "nplm", "text.txt", "-o", "v.txt", *SMALL, *more)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(read_vectors(folder / "v.txt").words) == ["<s>", "<unk>", "a", "rose"]


def test_seeds(folder: Path) -> None:
    done = fastvec(folder, "nplm", "text.txt", "-o", "v.txt", *SMALL, "--seeds", "1,2", "-q")
    assert done.returncode == 0, done.stderr
    assert "loss" in done.stdout
    options = {"hidden_size": 5, "min_count": 1, "epochs": 4, "seed": 2, "progress": False}
    model = NeuralLM(folder / "text.txt", 6, **options)
    assert read_vectors(folder / "v.seed2.txt").vectors == pytest.approx(model.wv.vectors, abs=1e-6)


def test_a_corpus_that_was_encoded_before(folder: Path) -> None:
    for name, count in (("all", "1"), ("some", "2")):
        fastvec(folder, "encode", "text.txt", "-o", f"{name}.fvc", "--min-count", count, "-q")
    done = fastvec(folder, "nplm", "all.fvc", "-o", "v.txt", *SMALL, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    done = fastvec(folder, "nplm", "some.fvc", "-o", "v.txt", *SMALL, "-q")
    assert done.returncode == 2
    assert "some.fvc was encoded with min_count 2: for 1, encode its text again" in done.stderr


def test_after_a_kill_the_same_command_goes_on(folder: Path) -> None:
    arguments = ("text.txt", "-o", "v.bin", *SMALL, *CHECKPOINT)
    assert hooked(folder, KILL, "nplm", *arguments).returncode == -signal.SIGKILL
    done = fastvec(folder, "nplm", *arguments, "--resume")
    assert done.returncode == 0, done.stderr
    assert fastvec(folder, "nplm", "text.txt", "-o", "whole.bin", *SMALL).returncode == 0
    assert (folder / "v.bin").read_bytes() == (folder / "whole.bin").read_bytes()


def test_ctrl_c_saves_what_was_learned(folder: Path) -> None:
    done = hooked(folder, STOP.format("SIGINT"), "nplm", "text.txt", "-o", "v.bin", *SMALL)
    assert done.returncode == 1
    assert "saved what was learned so far in v.bin" in done.stderr
    assert len(read_vectors(folder / "v.bin").words) == 8


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nplm text.txt -o v.bin --n 1", "n must be at least 2, got 1"),
        ("nplm text.txt -o v.bin --hidden-size 0", "at least 1 without --direct, got 0"),
        ("nplm text.txt -o v.bin --min-count 1000", "no word is left"),
        ("nplm text.txt -o v.bin --min-alpha 0.1", "--min-alpha"),
        ("nplm text.txt -o v.bin --validation 2", "validation must be at most 0.5, got 2"),
        ("perplexity text.txt new.txt", "text.txt"),
        ("perplexity m.safetensors strange.txt", "none of 2 different words is one of"),
        ("perplexity m.safetensors absent.txt", "absent.txt"),
        ("perplexity w.safetensors new.txt", "w.safetensors holds a Word2Vec model"),
        ("perplexity - -", "standard input can be read only once"),
    ],
)
def test_refused_with_a_sentence(folder: Path, line: str, says: str) -> None:
    (folder / "strange.txt").write_text("something else\n")
    NeuralLM(folder / "text.txt", 2, hidden_size=2, min_count=1, epochs=1, progress=False).save(
        folder / "m.safetensors"
    )
    if "w.safetensors" in line:
        from fastvec import Word2Vec

        Word2Vec(folder / "text.txt", vector_size=2, min_count=1, progress=False).save(
            folder / "w.safetensors"
        )
    done = fastvec(folder, *line.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert says in done.stderr
    assert not (folder / "v.bin").exists()
