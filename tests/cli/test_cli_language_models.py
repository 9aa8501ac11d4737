"""``fastvec nplm`` and ``fastvec perplexity``."""

import json
from pathlib import Path

import pytest
from processes import fastvec

from fastvec import NeuralLM
from fastvec.io.registry import read_vectors

SMALL = ("--vector-size", "6", "--hidden-size", "5", "--min-count", "1", "--epochs", "4")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("a rose is a Rose and a thorn is a thorn\n" * 100)
    (tmp_path / "new.txt").write_text("a tulip is a rose\nIS A\n")
    return tmp_path


def test_the_perplexity_of_a_text_and_of_a_stream(folder: Path) -> None:
    model = NeuralLM(folder / "text.txt", 6, lower=True, min_count=1, epochs=1, progress=False)
    model.save(folder / "m.safetensors")
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


def test_a_corpus_that_was_encoded_before(folder: Path) -> None:
    for name, count in (("all", "1"), ("some", "2")):
        fastvec(folder, "encode", "text.txt", "-o", f"{name}.fvc", "--min-count", count, "-q")
    done = fastvec(folder, "nplm", "all.fvc", "-o", "v.txt", *SMALL, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    done = fastvec(folder, "nplm", "some.fvc", "-o", "v.txt", *SMALL, "-q")
    assert done.returncode == 2
    assert "some.fvc was encoded with min_count 2: for 1, encode its text again" in done.stderr


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
