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
