"""Corpus files: what they keep, and that no damage goes unseen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from containers import rewrite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from texts import (
    counts_of,
    decoded,
)

from fastvec._core import checksum
from fastvec.corpus.build import count_words
from fastvec.corpus.corpus import Corpus
from fastvec.io.tensors import save_tensors


def test_save_and_open(encoded: Path) -> None:
    for corpus in (Corpus.open(encoded), Corpus.read(encoded), Corpus.read(str(encoded))):
        assert decoded(corpus) == [["a", "rose", "is"], ["a", "rose", "é"]]
        assert counts_of(corpus) == {"a": 2, "rose": 2, "is": 1, "é": 1}
        assert (corpus.raw_words, corpus.raw_sentences) == (6, 2)
        assert isinstance(corpus.tokens.base, np.memmap) or corpus.tokens.base is not None
    assert list(count_words(encoded).words) == ["a", "rose", "is", "é"]


def test_a_corpus_file_refuses_other_options(encoded: Path) -> None:
    """Those that it was encoded with are right, and a default asks for nothing."""
    assert len(Corpus.read(encoded, min_count=1)) == 2
    for options, message in (
        ({"min_count": 2}, r"corpus\.fvc was encoded with min_count 1: for 2, encode its text"),
        ({"lower": True}, "was encoded with lower False: for True"),
        ({"tokens": str.split}, "was encoded with tokens whitespace: for <method"),
    ):
        with pytest.raises(ValueError, match=message):
            Corpus.read([encoded], **options)  # type: ignore[arg-type]
    assert list(count_words(encoded, min_count=2).words) == ["a", "rose"]
    with pytest.raises(ValueError, match="was encoded with lower False: for True"):
        count_words(encoded, lower=True)


def test_other_files_are_no_corpora(tmp_path: Path) -> None:
    path = tmp_path / "text.fvc"
    path.write_text("just words")
    assert list(Corpus.read(path, min_count=1).vocabulary.words) == ["just", "words"]
    with pytest.raises(ValueError, match=r"text.fvc is not a safetensors file"):
        Corpus.open(path)
    save_tensors(path, {"tokens": np.arange(3, dtype=np.int32)}, {})
    with pytest.raises(ValueError, match=r"text.fvc is a safetensors file, but not one"):
        Corpus.open(path)
    save_tensors(path, {}, {"fastvec corpus": "3", "raw_words": "0", "raw_sentences": "0"})
    with pytest.raises(ValueError, match=r"has version 3 .*, this fastvec knows up to 2"):
        Corpus.open(path)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_goes_unseen(encoded: Path, data: st.DataObject) -> None:
    """One byte changed, or the end cut off: an error with the file's name, whatever it is."""
    whole = encoded.read_bytes()
    if data.draw(st.booleans()):
        bad = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        bad = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    path = encoded.with_name("bad.fvc")
    path.write_bytes(bad)
    try:
        corpus = Corpus.open(path)
    except ValueError as error:
        assert "bad.fvc" in str(error)
    else:  # a change of what the header says beside the arrays
        assert decoded(corpus) == [["a", "rose", "is"], ["a", "rose", "é"]]


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("tokens", np.array([0, 4], np.int32), "token 4 is not one of 4 words"),
        ("tokens", np.array([0, -1], np.int32), "token 4294967295 is not one of 4 words"),
        ("tokens", np.array([0, 1], np.int64), "tokens is missing, or not an array of int32"),
        ("offsets", np.array([0, 2, 2, 6]), "the sentences' offsets do not rise"),
        ("offsets", np.array([0, 7]), "the sentences' offsets do not rise"),
        ("offsets", np.array([], np.int64), "the sentences' offsets do not rise"),
        ("word_offsets", np.array([0, 5, 1, 7, 9]), "the words' offsets do not rise"),
        ("word_offsets", np.array([0, 9]), r"counts is missing, or not an array .* shape \(1\)"),
        (
            "counts",
            np.array([1, 1, 1, -1]),
            "is damaged: counts must be at least 0, got -1",
        ),
        (
            "counts",
            np.array([1, 1, 1, 1 << 62]),
            "is damaged: counts must add up to less",
        ),
    ],
)
def test_wrong_arrays_with_right_checksums(
    encoded: Path, name: str, array: NDArray[Any], message: str
) -> None:
    rewrite(encoded, arrays={name: array})
    with pytest.raises(ValueError, match=message):
        Corpus.open(encoded)


def test_checksum_against_the_plain_formula() -> None:
    data = np.random.default_rng(0).integers(0, 256, 100_003, dtype=np.uint8)
    words = np.frombuffer(data.tobytes() + b"\0", "<u4").astype(object)
    total = sum(words) % (1 << 64)
    weighted = sum((i + 1) * word for i, word in enumerate(words)) % (1 << 64)
    assert checksum(data) == (total, weighted, max(words))
    first, second = checksum(data[:4000]), checksum(data[4000:], 4000)
    assert [(a + b) % (1 << 64) for a, b in zip(first, second, strict=True)][:2] == [
        total,
        weighted,
    ]


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"raw_words": '"many"'}, "its metadata are not complete"),
        ({"options": '{"tokens": "letters"}'}, "tokens must be whitespace or words or a function"),
        ({"options": "[1]"}, "is damaged"),
    ],
)
def test_wrong_metadata(encoded: Path, metadata: dict[str, str], message: str) -> None:
    rewrite(encoded, **metadata)
    with pytest.raises(ValueError, match=message):
        Corpus.open(encoded)
