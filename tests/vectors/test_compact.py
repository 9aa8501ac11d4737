"""The compact index: the same answers as without it, and bounds that hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sixty_words import COUNTS, ITEMS, VECTORS, same

from fastvec._core import code_products, encode_rows
from fastvec.vectors.compact import CompactIndex
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def some_vectors(n: int, d: int, seed: int = 1, dtype: type = np.float32) -> KeyedVectors:
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(n, d)) * draw.lognormal(size=(n, 1))
    return KeyedVectors.of(Words.of([f"w{i}" for i in range(n)]), rows.astype(dtype))


def check(wv: KeyedVectors, *query: object, topn: int = 10) -> None:
    """The index gives the same words, and the same cosines up to float32's rounding."""
    same(
        wv.most_similar(*query, topn=topn, indexer=CompactIndex(wv)),
        wv.most_similar(*query, topn=topn),
    )


@pytest.mark.parametrize("d", [1, 2, 3, 7, 16, 31, 100, 300, 1025])
def test_the_same_answers(d: int) -> None:
    wv = some_vectors(3000, d) if d > 2 else some_vectors(60, d)
    for word in ("w0", "w1", "w59"):
        if d > 1:  # or all cosines are 1 and -1, which rounding puts in any order
            check(wv, word)
            check(wv, [word, "w7"], ["w8"])
    if d > 1:
        check(wv, [wv["w3"] - 3 * wv["w4"]])


def test_only_some_rows_are_compared_in_full() -> None:
    wv = some_vectors(20_000, 100)
    rows = CompactIndex(wv)._candidates(wv.get_vector("w5", norm=True), 10)
    assert 10 <= len(rows) < 400


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("topn", [1, 10, 299, 300, 5000])
def test_types_and_numbers_of_answers(dtype: type, topn: int) -> None:
    check(some_vectors(300, 20, dtype=dtype), "w9", topn=topn)


def test_a_mapped_file(tmp_path) -> None:
    some_vectors(300, 20).save(tmp_path / "v.safetensors")
    check(KeyedVectors.load(tmp_path / "v.safetensors"), "w9")


def test_integers_as_keys() -> None:
    check(KeyedVectors.of(Words.of(ITEMS), VECTORS, COUNTS), 7)


def test_equal_vectors_and_no_vectors() -> None:
    equal = KeyedVectors.of(Words.of([f"w{i}" for i in range(99)]), np.ones((99, 5), np.float32))
    check(equal, "w3")
    check(equal, "w3", ["w4"])  # zeros
    empty = KeyedVectors(5)
    assert CompactIndex(empty).most_similar(np.ones(5), 3) == []
    flat = KeyedVectors.of(Words.of(["a", "b"]), np.ones((2, 0), np.float32))
    assert len(CompactIndex(flat).most_similar(np.ones(0), 2)) == 2


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rows_that_are_zero_or_not_finite(bad: float) -> None:
    wv = some_vectors(200, 8)
    wv.vectors[3] = 0
    wv.vectors[4, 2] = bad
    wv.vectors[5] *= 1e38
    wv.vectors[6] *= 1e-40
    wv.forget_norms()
    with np.errstate(all="ignore"):
        for word in ("w0", "w3", "w6"):
            check(wv, word, topn=200)
        assert wv.most_similar("w4", indexer=CompactIndex(wv)) == wv.most_similar("w4")


@given(st.integers(1, 40), st.integers(1, 20), st.integers(0, 2**32), st.floats(1e-30, 1e30))
def test_codes_are_near_the_vectors(n: int, d: int, seed: int, size: float) -> None:
    rows = (np.random.default_rng(seed).normal(size=(n, d)) * size).astype(np.float32)
    codes, scales = np.empty((n, d), np.int8), np.empty(n, np.float32)
    encode_rows(rows, codes, scales)
    units = rows / np.maximum(np.linalg.norm(rows.astype(float), axis=1, keepdims=True), 1e-300)
    assert np.all(np.abs(codes * scales[:, None].astype(float) - units) <= scales[:, None] * 0.5001)
    query = np.random.default_rng(seed).integers(-(2**15), 2**15, d).astype(np.int16)
    products = np.empty(n, np.float32)
    code_products(codes, scales, query, 0.5, products)
    np.testing.assert_allclose(products, (codes @ query.astype(float)) * scales * 0.5, rtol=1e-5)


def test_wrong_shapes_and_queries_that_are_too_large() -> None:
    codes, scales = np.zeros((3, 600), np.int8), np.zeros(3, np.float32)
    rows, query = np.zeros((3, 600), np.float32), np.zeros(600, np.int16)
    for wrong in (codes[:2], np.zeros((3, 599), np.int8)):
        with pytest.raises(ValueError, match="3 rows of 600 numbers"):
            encode_rows(rows, wrong, scales)
        with pytest.raises(ValueError, match="rows, and the query of"):
            code_products(wrong, scales, query, 1.0, scales.copy())
    with pytest.raises(ValueError, match="must be of 3 rows of 600"):
        encode_rows(rows, codes, scales[:2])
    with pytest.raises(ValueError, match="too large for sums of 32 bits"):
        code_products(codes, scales, np.full(600, -(2**15), np.int16), 1.0, scales.copy())
