"""floret's tables are those that floret and spaCy read and write."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fastvec
from fastvec.io.floret import SEED, read_floret, write_floret
from fastvec.io.registry import read_vectors, sniff, write_vectors
from fastvec.models.fasttext import FastText
from fastvec.subwords import Subwords
from fastvec.words import Words

WORDS = ["cat", "cats", "café", "кошка", "猫が", "x" * 50, "two words", "unseen", "ж"]
LINES = [["the", "cat", "sat"], ["кошка", "naïve", "café"], ["猫が", "好き"]] * 40
HEADER = b"3 2 3 6 2 %d < >\n" % SEED
ROWS = b"0 1 -2.5 \n1 1e-07 3 \n2 0 4 \n"


def model_of(**options: Any) -> FastText:
    few = {"vector_size": 8, "bucket": 200, "epochs": 2, "min_count": 1, "workers": 1}
    return FastText(LINES, **few | {"hash_count": 2, "min_n": 2, "max_n": 5} | options)


@pytest.mark.parametrize("hash_count", [1, 2, 3, 4])
def test_a_table_is_read_back(tmp_path: Path, hash_count: int) -> None:
    model = model_of(hash_count=hash_count)
    path = tmp_path / "v.floret"
    write_vectors(path, read_vectors_of(model, tmp_path))
    assert path.read_bytes().startswith(b"200 8 2 5 %d 2166136261 < >\n0 " % hash_count)
    wv = fastvec.load(path)
    assert (len(wv), wv.vector_size, wv.subwords.hash_count) == (0, 8, hash_count)
    for word in [*WORDS, "", "</s>"]:
        np.testing.assert_allclose(wv[word], model.wv[word], rtol=1e-5, atol=1e-9)
    assert all(word in wv for word in WORDS)
    write_floret(tmp_path / "again.floret", wv.subwords)
    assert (tmp_path / "again.floret").read_bytes() == path.read_bytes()


def read_vectors_of(model: FastText, folder: Path) -> Any:
    model.save(folder / "model.safetensors")
    return read_vectors(folder / "model.safetensors")


def test_as_floret_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "v.floret"
    path.write_bytes(HEADER + ROWS)
    assert sniff(path).name == "floret"
    table = read_floret(path)
    assert (table.min_n, table.max_n, table.bucket, table.hash_count) == (3, 6, 3, 2)
    assert table.ngrams.tolist() == np.array([[1, -2.5], [1e-7, 3], [0, 4]], np.float32).tolist()
    packed = tmp_path / "v.floret.gz"
    packed.write_bytes(gzip.compress(HEADER + ROWS))
    assert sniff(packed).name == "floret"
    assert np.array_equal(fastvec.load(packed)["cat"], fastvec.load(path)["cat"])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is no table of floret's: its first line must be bucket, dim"),
        (b"3 2\n" + ROWS, "is no table of floret's"),
        (HEADER.replace(b"2166136261", b"7") + ROWS, "only tables with hashSeed 2166136261"),
        (HEADER.replace(b"< >", b"[ ]") + ROWS, "only tables with hashSeed 2166136261, BOW <"),
        (HEADER.replace(b"6 2", b"6 0") + ROWS, "hashCount must be from 1 to 4, got 0"),
        (HEADER.replace(b"6 2", b"6 5") + ROWS, "hash_count must be at most 4, got 5"),
        (HEADER.replace(b"3 6", b"7 6") + ROWS, "max_n must be at least min_n"),
        (HEADER.replace(b"3 6", b"3 6000") + ROWS, "max_n must be at most 1000"),
        (HEADER + ROWS[:-7], "is cut off: its first line says 3 rows, it has 2"),
        (HEADER + ROWS + b"3 1 1\n", "more follow"),
        (HEADER + ROWS.replace(b"\n2", b"\n1"), "numbers from 0 to 2, in order"),
        (HEADER + ROWS.replace(b"\n2", b"\n7"), "numbers from 0 to 2, in order"),
        (HEADER + ROWS.replace(b"-2.5", b"x"), "row 1: expected a word and 2 numbers"),
        (HEADER.replace(b"3", b"999999999999999999", 1) + ROWS, "which cannot be"),
    ],
)
def test_damaged_tables_are_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "v.floret"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"v\.floret") as error:
        read_floret(path)
    assert says in str(error.value)


def test_only_tables_of_florets_are_written(tmp_path: Path) -> None:
    path = tmp_path / "v.floret"
    for hash_count in (0, 2):
        model = model_of(hash_count=hash_count)
        name, way = ("floret", path) if not hash_count else ("fasttext", tmp_path / "v.bin")
        with pytest.raises(ValueError, match=rf"cannot write .*{way.name}: these vectors are"):
            write_vectors(way, read_vectors_of(model, tmp_path), file_format=name)
        assert not way.exists()
    with pytest.raises(ValueError, match="as only those are that were trained with subwords"):
        write_floret(path, None)


def test_buckets_without_a_row_are_zeros(tmp_path: Path) -> None:
    rows = np.ones((2, 3), np.float32)
    table = Subwords(3, 6, 9000, rows[:0], rows, np.array([8999, 4], np.int32), hash_count=1)
    write_floret(tmp_path / "v.floret", table)
    read = read_floret(tmp_path / "v.floret").ngrams
    assert np.flatnonzero(read.any(axis=1)).tolist() == [4, 8999]


def test_vectors_are_florets(tmp_path: Path) -> None:
    floret = pytest.importorskip("floret", reason="floret is not installed")
    text, path = tmp_path / "text.txt", tmp_path / "v.floret"
    text.write_text("\n".join(map(" ".join, LINES)))
    for hash_count, min_n in [(1, 1), (2, 3), (4, 3)]:
        theirs = floret.train_unsupervised(
            str(text), mode="floret", hashCount=hash_count, minn=min_n, maxn=5, bucket=300, dim=8,
            epoch=5, minCount=1, thread=1, verbose=0,
        )  # fmt: skip
        theirs.save_floret_vectors(str(path))
        wv = fastvec.load(path)
        for word in WORDS:  # the file has five digits of each number
            np.testing.assert_allclose(wv[word], theirs.get_word_vector(word), atol=1e-6)


def test_vectors_are_spacys(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy.vectors", reason="spaCy is not installed")
    from spacy.training.initialize import convert_vectors

    model, path = model_of(), tmp_path / "v.floret"
    write_floret(path, model.wv.subwords)
    nlp = pytest.importorskip("spacy").blank("xx")
    convert_vectors(nlp, path, truncate=0, prune=0, mode="floret")
    assert isinstance(nlp.vocab.vectors, spacy.Vectors)
    for word in WORDS:
        np.testing.assert_allclose(nlp.vocab[word].vector, model.wv[word], atol=1e-6)


def test_unseen_words_are_made_as_those_of_the_text() -> None:
    model = model_of(sg=1, epochs=20)
    of_table = model.wv.subwords.vectors_of(Words.of(["cat"]))[0]
    np.testing.assert_allclose(model.wv["cat"], of_table, rtol=1e-6)
