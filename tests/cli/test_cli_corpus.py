"""The commands that read text, as real processes."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import fastvec
from texts import decoded

from fastvec.cli.corpus import phrases
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.registry import read_vectors
from fastvec.models.pairs import Pairs
from fastvec.models.phrases import Phrases


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("a rose is a rose\nis a Rose")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"a thorn"))
    return tmp_path


def test_vocab_prints_words_and_counts(folder: Path) -> None:
    done = fastvec(folder, "vocab", "a.txt", "b.gz")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "a 4\nrose 2\nis 2\nRose 1\nthorn 1\n"
    done = fastvec(folder, "vocab", ".", "--lower", "--min-count", "2")
    assert done.stdout == "a 4\nrose 3\nis 2\n"


def test_vocab_of_standard_input_into_a_file(folder: Path) -> None:
    done = fastvec(folder, "vocab", "-", "-o", "v.txt", input="né à é é")
    assert (done.stdout, done.stderr) == ("", "fastvec: v.txt: 3 words, counted 4 times\n")
    assert (folder / "v.txt").read_text() == "é 2\nné 1\nà 1\n"


def test_vocab_ends_quietly_when_the_pipe_is_closed(folder: Path) -> None:
    (folder / "many").write_text(" ".join(map(str, range(300_000))))
    command = f"({sys.executable} -m fastvec vocab many; echo $? > code) | head -1"
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("0 1\n", "")
    assert (folder / "code").read_text() == "0\n"


def test_encode_and_read_again(folder: Path) -> None:
    done = fastvec(folder, "encode", "a.txt", "b.gz", "-o", "c.fvc", "--min-count", "2")
    says = "c.fvc: 8 of 10 words in 3 sentences, 3 words of the vocabulary"
    assert (done.stdout, done.stderr) == ("", f"fastvec: {says}\n")
    corpus = Corpus.open(folder / "c.fvc")
    assert list(corpus.vocabulary.words) == ["a", "rose", "is"]
    assert corpus.raw_words == 10
    assert fastvec(folder, "vocab", "c.fvc").stdout == "a 4\nrose 2\nis 2\n"
    done = fastvec(folder, "vocab", "c.fvc", "a.txt")
    assert done.returncode == 2
    assert done.stderr == "fastvec: c.fvc is an encoded corpus: it can only be read alone\n"


def test_train_starts_from_an_encoded_corpus(tmp_path: Path) -> None:
    """The same vectors as from the text; no text is read, nor is it there any more."""
    rng = np.random.default_rng(0)
    rows = rng.zipf(1.5, (300, 40)) % 90
    (tmp_path / "t").write_text("\n".join("A" + " b".join(map(str, row)) for row in rows))
    train = ["train", "--epochs", "1", "--workers", "1", "--vector-size", "8", "-q", "-o"]
    options = ["--lower", "--min-count", "3", "--tokens", "words", "--no-lines"]
    assert fastvec(tmp_path, *train, "text.bin", "t", *options).returncode == 0
    done = fastvec(tmp_path, "encode", "t", "-o", "c.fvc", *options)
    assert done.returncode == 0, done.stderr
    (tmp_path / "t").unlink()
    done = fastvec(tmp_path, *train, "encoded.bin", "c.fvc")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "encoded.bin").read_bytes() == (tmp_path / "text.bin").read_bytes()
    done = fastvec(tmp_path, *train, "other.bin", "c.fvc", "--min-count", "9")
    assert done.returncode == 2
    assert done.stderr == (
        "fastvec: c.fvc was encoded with min_count 3: for 9, encode its text again\n"
    )


@pytest.mark.parametrize("command", ["train", "glove", "cooccur", "ppmi", "encode", "phrases"])
def test_every_command_reads_text_the_same_way(folder: Path, command: str) -> None:
    """The corpus options reach the reader: each of these would be an error, or other words."""
    (folder / "lines").write_text('{"t": "The CAT the cat"}\n{"t": "THE Cat a"}\n')
    more = {"train": ["--epochs", "1"], "glove": ["--epochs", "1"], "ppmi": ["--vector-size", "1"]}
    options = ["--column", "t", "--lower", "--min-count", "1", "--tmp", "."]
    if command != "phrases":
        options += ["--max-final-vocab", "2"]
    done = fastvec(folder, command, "lines", "-o", "out.txt", *options, *more.get(command, []))
    assert done.returncode == 0, done.stderr
    if command == "phrases":
        assert (folder / "out.txt").read_text() == "the cat the cat\nthe cat a\n"
    elif command == "encode":
        assert list(Corpus.open(folder / "out.txt").vocabulary.words) == ["the", "cat"]
    elif command == "cooccur":
        assert list(Pairs.load(folder / "out.txt").words or ()) == ["the", "cat"]
    else:
        assert list(read_vectors(folder / "out.txt").words) == ["the", "cat"]
    done = fastvec(folder, command, "lines", "-o", "out.txt", "--errors", "no")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "fastvec: errors must be strict or replace, got 'no'\n"
    done = fastvec(folder, command, "no such", "-o", "out.txt")
    assert (done.returncode, done.stderr) == (2, "fastvec: no such: there is no such file\n")


@pytest.mark.parametrize("command", ["train", "glove", "cooccur", "ppmi", "encode", "phrases"])
def test_every_command_reads_long_tables(folder: Path, command: str) -> None:
    """Sequences, and not rows: within a row there would be no pairs."""
    rows = [f"{user};{item};{time}" for user in "abc" for time, item in enumerate("xyxyx")]
    random.Random(1).shuffle(rows)
    (folder / "events.txt").write_text("\n".join(["user;item;time", *rows]) + "\n")
    more = {"train": ["--epochs", "1", "--sample", "0"], "glove": ["--epochs", "1"]}
    options = ["--column", "item", "--group", "user", "--order", "time", "--min-count", "1"]
    options += more.get(command, []) + (["--vector-size", "1"] if command == "ppmi" else [])
    for delimiter in (["--delimiter", ";"], []) if command != "phrases" else ([],):
        done = fastvec(folder, command, "events.txt", "-o", "out.txt", *options, *delimiter)
        assert done.returncode == 0, done.stderr
        if command == "phrases":
            assert (folder / "out.txt").read_text() == "x y x y x\n" * 3
        elif command == "encode":
            assert decoded(Corpus.open(folder / "out.txt")) == [["x", "y", "x", "y", "x"]] * 3
        elif command == "cooccur":
            assert list(Pairs.load(folder / "out.txt").words or ()) == ["x", "y"]
        else:
            assert list(read_vectors(folder / "out.txt").words) == ["x", "y"]
    done = fastvec(folder, command, "events.txt", "-o", "out.txt", "--group", "user")
    assert (done.returncode, done.stderr) == (
        2,
        "fastvec: group needs --column NAME beside it, which names another column\n",
    )


def test_items_of_a_long_table_are_counted(folder: Path) -> None:
    (folder / "ratings.dat").write_text("1::7::5\n1::9::3\n2::7::1\n2::::1\n::7::1\n")
    options = ["--delimiter", "::", "--no-header", "--column", "2", "--group", "1"]
    done = fastvec(folder, "vocab", "ratings.dat", *options)
    assert (done.returncode, done.stdout) == (0, "7 2\n9 1\n")
    assert done.stderr == "fastvec: rows left out, which have no value in column 2 or 1: 2\n"


def test_encode_with_a_vocabulary_that_is_there(folder: Path) -> None:
    (folder / "v.txt").write_text("</s> 0\nthorn 9\nrose 2\nunseen 1\n")
    done = fastvec(folder, "encode", "a.txt", "b.gz", "--read-vocab", "v.txt", "-o", "c.fvc", "-q")
    assert (done.stdout, done.stderr) == ("", "")
    corpus = Corpus.open(folder / "c.fvc")
    assert list(corpus.vocabulary.words) == ["thorn", "rose", "unseen"]
    assert corpus.vocabulary.counts.tolist() == [9, 2, 1]
    assert sorted(corpus.tokens.tolist()) == [0, 1, 1]


@pytest.mark.parametrize("command", ["train", "glove", "ppmi"])
def test_training_with_a_vocabulary_that_is_there(folder: Path, command: str) -> None:
    (folder / "v.txt").write_text("</s> 0\nis 9\nrose 2\nunseen 1\n")
    more = {"ppmi": ["--vector-size", "1"]}.get(command, ["--epochs", "1"])
    done = fastvec(folder, command, "a.txt", "--read-vocab", "v.txt", "-o", "out.bin", *more)
    assert done.returncode == 0, done.stderr
    file = read_vectors(folder / "out.bin")
    assert list(file.words) == ["is", "rose", "unseen"]
    done = fastvec(folder, command, "a.txt", "--read-vocab", "a.txt", "-o", "out.bin")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("fastvec: a.txt: line 1 is not a word and its count")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vocab", "missing"], "missing: there is no such file"),
        (["vocab", ""], "path must not be empty"),
        (["vocab", "a.txt", "--min-count", "9"], "no word is left: 8 words were read, 4 of them"),
        (["vocab", "a.txt", "--workers", "-1"], "workers must be at least 0, got -1"),
        (["vocab", "a.txt", "--errors", "no"], "errors must be strict or replace, got 'no'"),
        (["vocab", "bad"], "bad: byte 3 is not valid UTF-8 (--errors replace reads it never"),
        (["vocab", "short.gz"], "short.gz is damaged or cut off: "),
        (["vocab", "table.json", "--column", "text"], "table.json: line 1 is not JSON: "),
        (["encode", "a.txt", "-o", "no/where"], "cannot write no/where: there is no folder "),
        (["encode", "a.txt", "-o", "c", "--tmp", "no"], "no: there is no such folder"),
        (["encode", "a.txt", "-o", "c", "--memory", "x"], "memory must be a number of bytes"),
        (["encode", "a.txt", "-o", "c", "--read-vocab", "a.txt"], "a.txt: line 1 is not a word"),
    ],
)
def test_bad_input_is_one_sentence(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "bad").write_bytes(b"ab \xff")
    (folder / "short.gz").write_bytes((folder / "b.gz").read_bytes()[:-4])
    (folder / "table.json").write_text("{")
    before = sorted(folder.iterdir())
    done = fastvec(folder, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"fastvec: {message}")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert sorted(folder.iterdir()) == before


def test_words_that_hold_spaces_are_no_lines(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="word 'new york' has a space in it, and cannot stand"):
        Vocabulary.of({"old": 1, "new york": 1}).save(tmp_path / "v")


YORK = "new york is old\nthe bank of england\n" * 9


def test_phrases_joins_and_lists(tmp_path: Path) -> None:
    (tmp_path / "text").write_text(YORK)
    line = ["phrases", "text", "-o", "joined", "--min-count", "1", "--threshold", ".9"]
    done = fastvec(tmp_path, *line, "--phrases", "found", "--connector-words", "english")
    says = "fastvec: joined: 36 words, 4 different phrases\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", says)
    assert (tmp_path / "joined").read_text() == "new_york is_old\nthe bank_of_england\n" * 9
    # (9 - 1) / (9 * 9) times 6 words (connectors are none) and 4 pairs
    found = [row.split("\t") for row in (tmp_path / "found").read_text().splitlines()]
    assert sorted(found) == [
        [word, f"{80 / 81:.6g}"] for word in ("bank_of_england", "is_old", "new_york", "york_is")
    ]


def test_phrases_in_two_passes(tmp_path: Path) -> None:
    (tmp_path / "text").write_text(YORK)
    (tmp_path / "words").write_text("of the\n")
    line = ["phrases", "text", "-o", "/dev/stdout", "-q", "--min-count", "1", "--threshold", ".3"]
    done = fastvec(tmp_path, *line, "--passes", "2", "--connector-words", "words")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "new_york_is_old\nthe bank_of_england\n" * 9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--threshold", "0"], "threshold must be above 0 with default scoring, got 0.0"),
        (["--scoring", "no"], "scoring must be default or npmi or word2phrase, got 'no'"),
        (["--scoring", "npmi"], "threshold must be from -1 to 1 with npmi scoring, got 10.0"),
        (["--connector-words", "no"], "connector-words must be none, english or a file of words"),
        (
            ["--connector-words", "bytes"],
            "connector-words must be none, english or a file of words in UTF-8, got 'bytes'",
        ),
        (["--delimiter", "\udcff"], "delimiter must be Unicode text, got '\\udcff'"),
        (["--phrases", "no/such"], "cannot write no/such: there is no folder"),
        (["--delimiter", " "], "delimiter must not have a space in it, got ' '"),
    ],
)
def test_phrases_refuses(tmp_path: Path, options: list[str], message: str) -> None:
    (tmp_path / "text").write_text(YORK * 30)
    (tmp_path / "bytes").write_bytes(b"\xff")
    done = fastvec(tmp_path, "phrases", "text", "-o", "joined", "--min-count", "1", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"fastvec: {message}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "joined").exists()


def test_phrases_joins_within_the_memory_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--memory and --tmp are for the joined text too."""
    given: list[object] = []
    join = Phrases.join

    def joined(self: Phrases, source: object, **options: Any) -> Corpus:
        given.append((options["memory"], options["tmp"]))
        return join(self, source, **options)

    monkeypatch.setattr(Phrases, "join", joined)
    (tmp_path / "text").write_text("new york is new\n" * 20)
    line = [str(tmp_path / "text"), "-o", str(tmp_path / "joined"), "--memory", "50M"]
    line += ["--tmp", str(tmp_path), "--passes", "2", "-q"]
    phrases.main(line, standalone_mode=False)
    assert given == [("50M", str(tmp_path))] * 2
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["joined", "text"]
