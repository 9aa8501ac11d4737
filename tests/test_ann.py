"""Approximate search."""

import numpy as np
import pytest

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def test_approximate_search(tmp_path):
    pytest.importorskip("usearch", reason="usearch is not installed")
    from fastvec.ann import Index

    vectors = np.random.default_rng(1).normal(size=(2000, 16)).astype("f")
    wv = KeyedVectors.of(Words.of(f"w{i}" for i in range(2000)), vectors)
    index = Index(wv)
    assert index.recall(topn=10, sample=200) > 0.9
    exact = {word for word, _ in wv.most_similar("w5", topn=5)}
    found = wv.most_similar("w5", topn=5, indexer=index)
    assert len(exact & {word for word, _ in found}) >= 4
    assert [cosine for _, cosine in found] == sorted((c for _, c in found), reverse=True)
    assert "w5" not in dict(found)
    index.save(tmp_path / "index")
    again = Index.load(tmp_path / "index", wv)
    assert again.most_similar(wv["w5"], 3) == index.most_similar(wv["w5"], 3)
    with pytest.raises(ValueError, match="indexes 2000 words, not 1"):
        Index.load(tmp_path / "index", wv.vectors_for_all(["w1"]))
    with pytest.raises(ValueError, match="not an index of vectors of size 3"):
        Index.load(tmp_path / "index", KeyedVectors(3, 1))


@pytest.fixture
def saved(tmp_path):
    pytest.importorskip("usearch", reason="usearch is not installed")
    from fastvec.ann import Index

    vectors = np.random.default_rng(1).normal(size=(20, 4)).astype("f")
    wv = KeyedVectors.of(Words.of(f"w{i}" for i in range(20)), vectors)
    Index(wv).save(tmp_path / "index")
    return wv, tmp_path / "index"


def test_every_flipped_bit_is_found_before_usearch_reads(saved, monkeypatch):
    from fastvec import ann

    wv, path = saved
    whole = path.read_bytes()
    monkeypatch.setattr(ann._usearch().Index, "restore", lambda *_: pytest.fail("it was read"))
    rng = np.random.default_rng(2)
    at = rng.integers(whole.index(b"usearch"), len(whole), 300).tolist()
    for position in at:
        data = bytearray(whole)
        data[position] ^= 1 << int(rng.integers(8))
        path.write_bytes(data)
        with pytest.raises(ValueError, match=f"{path} is damaged"):
            ann.Index.load(path, wv)
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=str(path)):
            ann.Index.load(path, wv)


def test_other_files_are_no_index(saved):
    from fastvec.ann import Index

    wv, path = saved
    wv.save(path)
    with pytest.raises(ValueError, match="holds vectors, not an index for approximate search"):
        Index.load(path, wv)
    Index(wv).graph.save(str(path))
    with pytest.raises(ValueError, match=str(path)):
        Index.load(path, wv)
    with pytest.raises(FileNotFoundError):
        Index.load(path.with_name("none"), wv)


def test_an_index_that_cannot_be_written_leaves_the_old_one(saved, monkeypatch):
    from fastvec.ann import Index
    from fastvec.io import tensors

    wv, path = saved
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tensors, "row_blocks", full)
    with pytest.raises(OSError, match="No space left"):
        Index(wv).save(path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
