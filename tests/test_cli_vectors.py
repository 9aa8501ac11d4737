"""The commands that look at vectors, as real processes."""

import json
import subprocess
import sys

import numpy as np
import pytest

from fastvec.keyedvectors import KeyedVectors
from fastvec.words import Words


@pytest.fixture
def vectors(tmp_path):
    wv = KeyedVectors.of(
        Words.of(["man", "king", "woman", "queen"]),
        np.array([[1, 0, 0.1], [1, 1, 0.1], [-1, 0, 0.1], [-1, 1, 0.1]], np.float32),
        np.array([4, 3, 2, 1]),
    )
    wv.save(tmp_path / "v.safetensors")
    wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
    wv.save_word2vec_format(tmp_path / "v.txt")
    wv.save_word2vec_format(tmp_path / "v.glove", write_header=False)
    return tmp_path


def fastvec(folder, *arguments):
    """Run the command line; returns the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "fastvec", *arguments], cwd=folder, capture_output=True, text=True
    )


@pytest.mark.parametrize("name", ["v.safetensors", "v.bin", "v.txt", "v.glove"])
def test_similar_reads_every_format(vectors, name):
    done = fastvec(vectors, "similar", name, "king", "man", "-n", "1")
    assert done.stderr == ""
    assert done.stdout == "king\tman\t0.7089\nman\tking\t0.7089\n"


def test_analogy(vectors):
    done = fastvec(vectors, "analogy", "v.bin", "man", "king", "woman")
    assert done.stdout == "queen\t0.9600\n"


def test_eval(vectors):
    (vectors / "q.txt").write_text(": royal\nman king woman queen\nman king woman x\n")
    (vectors / "s.txt").write_text("man king 5\nman queen 1\nwoman queen 4\n")
    arguments = ("eval", "v.txt", "--analogies", "q.txt", "--similarity", "s.txt")
    plain = fastvec(vectors, *arguments)
    assert plain.stdout.splitlines()[1].split("\t") == [
        "analogies", "q.txt", "1.0000", "1.0000", "1.0000", "1", "1", "1"
    ]  # fmt: skip
    facts = json.loads(fastvec(vectors, *arguments, "--json", "--unknown-wrong").stdout)
    assert facts["analogies"][0]["accuracy"] == 0.5
    assert facts["similarity"][0]["pairs"] == 3


def test_info(vectors):
    facts = json.loads(fastvec(vectors, "info", "v.safetensors", "--json").stdout)
    assert facts["words"] == 4
    assert facts["vector size"] == 3
    assert facts["sum of counts"] == 10
    assert fastvec(vectors, "info", "v.bin").stdout.startswith("file\tv.bin\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("similar", "v.bin", "xyzzy"), "'xyzzy' is not among the 4 words of v.bin"),
        (("similar", "missing", "a"), "'missing' does not exist"),
        (("similar", ".", "a"), "is a directory"),
        (("similar", "v.bin", "king", "-n", "0"), "0 is not in the range"),
        (("eval", "v.bin"), "give --analogies FILE, --similarity FILE, or both"),
        (("eval", "v.bin", "--method", "x", "--analogies", "q"), "'x' is not one of"),
        (("info", "broken"), "broken is cut off"),
        (("info", "empty"), "expected a word and numbers"),
    ],
)
def test_bad_input_is_one_sentence(vectors, arguments, says):
    (vectors / "broken").write_bytes((vectors / "v.bin").read_bytes()[:30])
    (vectors / "empty").write_bytes(b"")
    done = fastvec(vectors, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert done.stderr.startswith("fastvec: ")
    assert done.stderr.count("\n") == 1


def test_duplicates_are_told(vectors):
    (vectors / "d.txt").write_text("2 1\na 1\na 2\n")
    done = fastvec(vectors, "info", "d.txt")
    assert done.returncode == 0
    assert done.stderr == "fastvec: d.txt: dropped 1 rows whose word had come before\n"
