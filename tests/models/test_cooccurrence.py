"""The co-occurrence matrix: what it reads, its options, and texts with known numbers."""

import itertools
import lzma
import os
from pathlib import Path

import pytest
from counts import check_counts, corpus_of
from reference import glove as reference

from fastvec.corpus.corpus import Corpus
from fastvec.models.cooccurrence import cooccurrence, count_pairs

DATA = os.environ.get("FASTVEC_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="FASTVEC_DATA is not set")


def test_cooccurrence_reads_any_source(tmp_path):
    (tmp_path / "text.txt").write_text("a rose is a rose\nis a\n")
    sentences = [["a", "rose", "is", "a", "rose"], ["is", "a"]]
    for source in (tmp_path / "text.txt", sentences, iter(sentences)):
        matrix = cooccurrence(source, window=2, min_count=1, progress=False)
        expected = [[0, 2.5, 2.5], [2.5, 0, 1.5], [2.5, 1.5, 0]]
        assert matrix.toarray().tolist() == expected
    with Corpus.read(sentences, min_count=1) as corpus:
        matrix = cooccurrence(corpus, window=1, symmetric=False, distance_weighting=False)
    assert matrix.toarray().tolist() == [[0, 2, 0], [0, 0, 1], [2, 0, 0]]


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("window", 0, "window must be at least 1, got 0"),
        ("window", 40000, "window must be at most 32767, got 40000"),
        ("memory", 0, "memory must be at least 5M for 327 words, got 0"),
        ("memory", "much", "memory must be a number of bytes such as 500M or 4G, got 'much'"),
        ("workers", -1, "workers must be at least 0, got -1"),
        ("memory", "1M", "memory must be at least 5M for 327 words, got 1M"),
    ],
)
def test_bad_parameters(option, value, sentence):
    with pytest.raises(ValueError) as caught:
        cooccurrence(corpus_of([[0, 1]]), **{option: value}, progress=False)
    assert str(caught.value) == sentence


@needs_data
def test_korean_lines_against_the_plain_counter():
    with lzma.open(Path(DATA) / "ko-8mb.txt.xz", "rt", encoding="utf-8") as file:
        lines = [line.split() for line in itertools.islice(file, 500)]
    with Corpus.read(lines, min_count=2) as corpus:
        kept = set(corpus.vocabulary.words)
        ids = {word: i for i, word in enumerate(corpus.vocabulary.words)}
        sentences = [[ids[w] for w in line if w in kept] for line in lines]
        matrix = count_pairs(corpus, progress=False).to_scipy()
    check_counts(matrix, reference.count_pairs(sentences, 10))


@needs_data
def test_enwiki_has_glove_s_number_of_pairs(tmp_path):
    with lzma.open(Path(DATA) / "enwiki-100mb.txt.xz") as file:
        (tmp_path / "enwiki.txt").write_bytes(file.read())
    with Corpus.read(tmp_path / "enwiki.txt") as corpus:
        assert len(corpus.vocabulary) == 67_868
        assert count_pairs(corpus, progress=False).nnz == 43_212_742
