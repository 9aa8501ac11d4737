"""The n-grams of words are those of fastText, and of gensim, bit for bit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastvec._core import word_ngrams
from fastvec.subwords import ngrams
from fastvec.words import Words

SCRIPTS = [
    "",
    "a",
    "cat",
    "naïve",
    "Straße",
    "e\u0301te\u0301",  # combining accents are code points of their own
    "кошка",
    "γάτα",
    "猫が好き",
    "고양이",
    "बिल्ली",
    "قطة",
    "👩\u200d👩\u200d👧",
    "<",
    ">",
    "</s>",
    "a b",
    "\0",
]
RANGES = [(3, 6), (1, 1), (1, 3), (0, 2), (2, 2), (5, 4), (0, 0), (6, 100)]


def plain(word: str, min_n: int, max_n: int, bucket: int) -> list[int]:
    """The same, as slowly and plainly as can be."""
    text, found = f"<{word}>", []
    for start in range(len(text)):
        for n in range(max(1, min_n), max_n + 1):
            gram = text[start : start + n]
            if len(gram) == n and gram not in ("<", ">")[: 2 * (n == 1)]:
                found.append(fnv(gram.encode()) % bucket)
    return found if word != "</s>" else []


def fnv(data: bytes) -> int:
    value = 2166136261
    for byte in data:
        signed = byte - 256 if byte > 127 else byte
        value = (value ^ signed % (1 << 32)) * 16777619 % (1 << 32)
    return value


def of_each(words: list[str], min_n: int, max_n: int, bucket: int) -> list[list[int]]:
    offsets, buckets = ngrams(Words.of(words), min_n, max_n, bucket)
    assert offsets[-1] == len(buckets)
    return [part.tolist() for part in np.split(buckets, offsets[1:-1])]


@pytest.mark.parametrize(("min_n", "max_n"), RANGES)
def test_ngrams_in_any_script(min_n: int, max_n: int) -> None:
    words = [word for word in SCRIPTS if word not in ("<", ">")]  # which plain() has no eyes for
    expected = [plain(word, min_n, max_n, 1000) for word in words]
    assert of_each(words, min_n, max_n, 1000) == expected


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1), st.data())
def test_ngrams_of_any_words(words: list[str], data: st.DataObject) -> None:
    compute = pytest.importorskip("gensim.models.fasttext_inner").compute_ngrams_bytes
    min_n, max_n = data.draw(st.integers(0, 8)), data.draw(st.integers(0, 8))
    bucket = data.draw(st.integers(1, 2**31 - 1))
    for word, found in zip(words, of_each(words, min_n, max_n, bucket), strict=True):
        grams = compute(word, min_n, max_n) if word != "</s>" else []
        assert found == [fnv(gram) % bucket for gram in grams]


def test_ngrams_are_gensims() -> None:
    theirs = pytest.importorskip("gensim.models.fasttext_inner").ft_hash_bytes
    assert of_each(["éé"], 4, 4, 2**31 - 1) == [[theirs("<éé>".encode()) % (2**31 - 1)]]
    from gensim.models.fasttext import ft_ngram_hashes

    for word in SCRIPTS:
        if word != "</s>":
            assert of_each([word], 3, 6, 2000) == [ft_ngram_hashes(word, 3, 6, 2000)]


def test_ngrams_are_fasttexts(tmp_path: Path) -> None:
    fasttext = pytest.importorskip("fasttext")
    text = tmp_path / "text.txt"
    words = ["cat", "naïve", "кошка", "猫が好き", "👩\u200d👩\u200d👧", "x" * 300]
    text.write_text(f"{' '.join(words)}\n" * 3)
    for min_n, max_n in RANGES:
        model = fasttext.train_unsupervised(
            str(text), minn=min_n, maxn=max_n, bucket=777, minCount=1, dim=2, epoch=1, thread=1,
            verbose=0,
        )  # fmt: skip
        rows = len(model.get_words())
        for word in (*words, "unseen", "</s>"):
            ids = model.get_subwords(word)[1]
            assert [i - rows for i in ids if i >= rows] == of_each([word], min_n, max_n, 777)[0]


FLORET = {  # what floret 0.10.5 gives for hashCount 4, minn 5, maxn 5, bucket 1000
    "cat": [[587, 415, 948, 176], [587, 415, 948, 176]],
    "Straße": [
        [367, 909, 609, 59],
        [5, 244, 507, 801],
        [209, 749, 344, 120],
        [325, 833, 809, 212],
        [367, 290, 937, 244],
    ],
}


@pytest.mark.parametrize("hash_count", [1, 2, 3, 4])
def test_buckets_are_florets(hash_count: int) -> None:
    for word, four in FLORET.items():
        found = ngrams(Words.of([word]), 5, 5, 1000, hash_count)[1]
        assert found.reshape(-1, hash_count).tolist() == [row[:hash_count] for row in four]


def test_any_buckets_are_florets(tmp_path: Path) -> None:
    floret = pytest.importorskip("floret")
    text = tmp_path / "text.txt"
    text.write_text("a few words " * 9)
    for min_n, max_n, hash_count in [(1, 3, 1), (3, 6, 2), (2, 2, 3), (6, 100, 4)]:
        model = floret.train_unsupervised(
            str(text), mode="floret", hashCount=hash_count, minn=min_n, maxn=max_n, bucket=777,
            minCount=1, dim=2, epoch=1, thread=1, verbose=0,
        )  # fmt: skip
        for word in [*SCRIPTS, "x" * 300]:
            theirs = [row - len(model.get_words()) for row in model.get_subwords(word)[1]]
            assert ngrams(Words.of([word]), min_n, max_n, 777, hash_count)[1].tolist() == theirs


def test_a_very_long_word() -> None:
    assert len(of_each(["x" * 10_000], 3, 6, 100)[0]) == sum(10_002 - n + 1 for n in range(3, 7))
    assert len(of_each(["ж" * 1_000], 1, 10**9, 100)[0]) == 1002 * 1003 // 2 - 2


def test_without_ngrams() -> None:
    for min_n, max_n, bucket in [(3, 6, 0), (3, 0, 10), (6, 3, 10)]:
        assert of_each(["cat", "dog"], min_n, max_n, bucket) == [[], []]
    assert ngrams(Words.of([]), 3, 6, 10)[0].tolist() == [0]


def test_broken_utf8_is_read_within_the_word() -> None:
    joined = np.frombuffer(b"\x80\x80a\xff\xe9", np.uint8)
    ends, buckets = word_ngrams(joined, np.array([0, 3, 5]), 1, 4, 100)
    assert np.frombuffer(ends, np.int64)[-1] * 4 == len(buckets)


def test_wrong_arguments() -> None:
    words = Words.of(["cat"])
    for bucket in (-1, 2**31):
        with pytest.raises(ValueError, match=f"bucket must be from 0 .*, got {bucket}"):
            ngrams(words, 3, 6, bucket)
    for bucket, hash_count in [(9, -1), (9, 5), (0, 1)]:
        with pytest.raises(ValueError, match=f"hash_count must be .*, got {hash_count}"):
            ngrams(words, 3, 6, bucket, hash_count)
    with pytest.raises(ValueError, match="offsets must rise from 0 to 3"):
        word_ngrams(words.joined, np.array([0, 4]), 3, 6, 10)
    letters = np.zeros(1 << 22, np.uint8)
    with pytest.raises(ValueError, match="too many n-grams"):
        word_ngrams(letters, np.array([0, 1 << 22]), 1, 1 << 40, 10)
