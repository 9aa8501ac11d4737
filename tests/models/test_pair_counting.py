"""Counting pairs in chunks, on several threads and in little memory, against a plain counter."""

import errno
import tempfile
from pathlib import Path

import numpy as np
import pytest
from counts import N_WORDS, check_counts, corpus_of
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import glove as reference

from fastvec._core import HOT_WORDS, PairRows, PairText
from fastvec.models.cooccurrence import count_pairs
from fastvec.models.pair_counting import PairCounter, fixed_point
from fastvec.params import CooccurrenceParams

# Ids on both sides of the border between the dense table and the rows, and one that is rare.
IDS = st.sampled_from([0, 1, 2, HOT_WORDS - 1, HOT_WORDS, HOT_WORDS + 1, HOT_WORDS + 70])
SENTENCES = st.lists(st.lists(IDS, max_size=30), max_size=12)


def in_chunks(monkeypatch, chunk, workers=1):
    """Have texts counted in chunks of so many words."""
    monkeypatch.setattr(PairCounter, "_plan", lambda _: (workers, chunk))


def same_pairs(a, b):
    """Whether two results are equal to the last bit."""
    arrays = ("pairs", "tiles", "offsets")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in arrays)


@settings(max_examples=60, deadline=None)
@given(
    sentences=SENTENCES.filter(lambda s: any(len(x) > 1 for x in s)),
    window=st.integers(1, 12),
    symmetric=st.booleans(),
    weighting=st.booleans(),
    workers=st.integers(1, 3),
    chunk=st.integers(1, 200),
)
def test_counts_are_those_of_a_plain_counter(
    sentences, window, symmetric, weighting, workers, chunk
):
    params = CooccurrenceParams(window, symmetric, weighting, workers=workers)
    corpus = corpus_of(sentences)
    whole = count_pairs(corpus, params, progress=False)
    expected = reference.count_pairs(sentences, window, symmetric, weighting)
    check_counts(whole.to_scipy(), expected)
    assert whole.nnz == len(expected)
    with pytest.MonkeyPatch.context() as patch:
        in_chunks(patch, chunk, workers)
        assert same_pairs(count_pairs(corpus, params, progress=False), whole)


def random_corpus(n=20000, n_words=3000, seed=3):
    generator = np.random.default_rng(seed)
    tokens = np.minimum(generator.zipf(1.2, n) - 1, n_words - 1)
    cuts = np.sort(generator.integers(0, n, n // 20))
    return corpus_of([s.tolist() for s in np.split(tokens, cuts)], n_words)


@pytest.mark.parametrize("symmetric", [True, False])
def test_any_workers_and_chunks_give_the_same_bits(monkeypatch, symmetric):
    corpus = random_corpus()
    whole = count_pairs(corpus, CooccurrenceParams(symmetric=symmetric, workers=1), progress=False)
    for workers, chunk in ((4, 10**6), (1, 777), (3, 5000)):
        in_chunks(monkeypatch, chunk, workers)
        params = CooccurrenceParams(symmetric=symmetric)
        assert same_pairs(count_pairs(corpus, params, progress=False), whole)


def test_a_result_too_large_for_the_memory_lies_in_a_file(monkeypatch):
    corpus = random_corpus()
    whole = count_pairs(corpus, progress=False)
    monkeypatch.setattr(PairCounter, "_most_pairs", lambda _: 1000)
    spilled = count_pairs(corpus, progress=False)
    assert not spilled.pairs.flags.owndata
    assert isinstance(spilled.pairs.base.base, np.memmap)
    assert same_pairs(spilled, whole)


def test_matrix_ten_times_the_memory():
    n, n_words = 400_000, 20_000
    tokens = np.random.default_rng(5).integers(0, n_words, n, np.int32)
    corpus = corpus_of([[0]], n_words)
    corpus.tokens, corpus.offsets = tokens, np.arange(0, n + 1, 40)
    whole = count_pairs(corpus, progress=False)
    small = CooccurrenceParams(memory=6_500_000, workers=1)
    assert whole.nnz * 12 > 10 * small.memory  # as scipy holds it
    assert same_pairs(count_pairs(corpus, small, progress=False), whole)


def test_words_and_settings_come_along():
    pairs = count_pairs(corpus_of([[0, 1]]), CooccurrenceParams(window=3), progress=False)
    assert pairs.words[1] == "w1"
    assert pairs.counts[:3].tolist() == [1, 1, 0]
    assert pairs.settings == {"window": "3", "distance_weighting": "1", "tokens": "2"}


def test_corpora_without_pairs():
    with pytest.raises(ValueError, match="the corpus has no pairs: no sentence has two words"):
        count_pairs(corpus_of([[0], [1]]), progress=False)
    with pytest.raises(ValueError, match="the corpus has no words to count"):
        count_pairs(corpus_of([[]]), progress=False)


def test_ids_out_of_range_are_an_error():
    for bad in (-1, N_WORDS):
        corpus = corpus_of([[0, 1, 2]])
        corpus.tokens[1] = bad
        with pytest.raises(ValueError, match="token ids must be from 0 to 326"):
            count_pairs(corpus, progress=False)


def test_sentences_that_do_not_fit_are_an_error():
    for offsets in ([0, 2], [1, 3], [0, 5, 3], [0]):
        corpus = corpus_of([[0, 1, 2]])
        corpus.offsets = np.array(offsets, np.int64)
        with pytest.raises(ValueError, match="sentence offsets must rise from 0 to 3"):
            count_pairs(corpus, progress=False)


def test_sums_never_overflow():
    # A text of one word: every pair adds to one sum.
    for tokens, window in ((10**6, 10), (10**10, 10), (10**11, 1000)):
        array, bits = fixed_point(window, True, tokens)
        weights = array.tolist()
        assert bits <= 32
        assert 2 * tokens * sum(weights) < 2**64
        assert weights[-1] == pytest.approx(2**bits / window, rel=window / 2 ** (bits + 1))
    with pytest.raises(ValueError, match="too many to count"):
        fixed_point(32767, False, 10**14)


def test_one_word_a_million_times():
    matrix = count_pairs(corpus_of([[5] * 100_000]), progress=False).to_scipy()
    harmonic = sum(1 / d for d in range(1, 11))
    exact = 2 * sum((100_000 - d) / d for d in range(1, 11))
    assert matrix[5, 5] == pytest.approx(exact, rel=1e-7)
    assert exact == pytest.approx(2e5 * harmonic, rel=1e-3)


def full_file(**_):
    """A file on a full disk."""
    return Path("/dev/full").open("r+b", buffering=0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("chunks", [1, 5])
def test_a_full_disk_ends_the_count(monkeypatch, tmp_path, chunks):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    corpus = random_corpus()
    in_chunks(monkeypatch, len(corpus.tokens) // chunks + 1, workers=3)
    monkeypatch.setattr(PairCounter, "_most_pairs", lambda _: 1000)
    monkeypatch.setattr(tempfile, "TemporaryFile", full_file)
    with pytest.raises(OSError) as caught:
        count_pairs(corpus, progress=False)
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.strerror.startswith("no room for temporary files (tmp names another")
    assert caught.value.strerror.endswith("No space left on device")
    assert caught.value.filename == str(tmp_path)


def test_an_interrupt_ends_the_count(monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(PairCounter, "_show", interrupted)
    with pytest.raises(KeyboardInterrupt):
        count_pairs(random_corpus(), progress=False)


def test_shapes_are_checked():
    text = PairText(
        np.zeros(5, np.int32), np.array([0, 5]), np.ones(3, np.uint64), 300, asymmetric=False
    )
    hot = np.zeros((256, 256), np.uint64)
    numbers, occurrences = np.zeros(300, np.int64), np.zeros(9, np.uint64)
    with pytest.raises(ValueError, match="the text has 5 tokens, not 2 to 6"):
        text.scan(2, 6, hot, numbers)
    with pytest.raises(ValueError, match="must have shapes"):
        text.scan(0, 5, hot, numbers[1:])
    with pytest.raises(ValueError, match="the text has 5 tokens"):
        text.list_occurrences(3, 2, 4, numbers, numbers, occurrences)
    with pytest.raises(ValueError, match="cursors must be within the occurrences"):
        text.list_occurrences(0, 0, 5, numbers, numbers + 10, occurrences)
    rows = PairRows(text)
    with pytest.raises(ValueError, match="rows 0 to 301"):
        rows.count(0, 301, hot, occurrences, np.zeros(301, np.int64), 0, np.zeros(302, np.int64))
    with pytest.raises(ValueError, match="starts must rise within the occurrences"):
        rows.count(0, 1, hot, occurrences, np.array([0] + [10] * 300), 0, np.zeros(2, np.int64))
    part = (np.array([0, 1]), np.array([300], np.uint32), np.ones(1, np.uint64))
    with pytest.raises(ValueError, match="counts must be"):
        rows.merge(299, 300, hot, [part], np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="ends must rise"):
        rows.cut(np.array([0, 4]), 1, np.array([0, 300]), np.zeros(1, np.int64), occurrences)


def test_tokens_that_change_between_two_passes_are_an_error():
    tokens = np.full(5, 299, np.int32)
    text = PairText(tokens, np.array([0, 5]), np.ones(3, np.uint64), 300, asymmetric=False)
    numbers = np.zeros(300, np.int64)
    text.scan(0, 5, np.zeros((256, 256), np.uint64), numbers)
    tokens[2] = 298
    limits = np.cumsum(numbers)
    with pytest.raises(ValueError, match="the tokens changed while they were counted"):
        text.list_occurrences(0, 0, 5, limits - numbers, limits, np.zeros(5, np.uint64))


def one_occurrence(at, left, right):
    """An occurrence of a word as PairText.list_occurrences writes it."""
    return np.array([(at, left, right)], [("at", "<u4"), ("left", "<u2"), ("right", "<u2")]).view(
        np.uint64
    )


@pytest.mark.parametrize(
    ("occurrence", "origin"),
    [
        ((10, 0, 0), 0),
        ((0, 1, 0), 0),
        ((9, 0, 1), 0),
        ((5, 3, 0), 0),
        ((5, 0, 3), 0),
        ((5, 0, 0), 5),
    ],
)
def test_occurrences_out_of_the_text_are_an_error(occurrence, origin):
    tokens = np.full(10, 299, np.int32)
    text = PairText(tokens, np.array([0, 10]), np.ones(3, np.uint64), 300, asymmetric=False)
    starts, ends = np.zeros(301, np.int64), np.zeros(2, np.int64)
    starts[300] = 1
    with pytest.raises(ValueError, match="occurrences must be within the text"):
        PairRows(text).count(299, 300, None, one_occurrence(*occurrence), starts, origin, ends)
    PairRows(text).count(299, 300, None, one_occurrence(5, 2, 2), starts, 0, ends)
    assert ends.tolist() == [0, 1]


def test_sums_that_come_back_to_zero_are_refused():
    tokens, sentences = np.full(10, 299, np.int32), np.array([0, 10])
    with pytest.raises(ValueError, match="weights must be at least 1, got 0 for distance 2"):
        PairText(tokens, sentences, np.array([0, 1, 0], np.uint64), 300, asymmetric=False)
    weights = np.array([0, 1 << 63, 1], np.uint64)
    rows = PairRows(PairText(tokens, sentences, weights, 300, asymmetric=False))
    starts, ends = np.zeros(301, np.int64), np.zeros(2, np.int64)
    starts[300] = 1
    with pytest.raises(ValueError, match="too many to count"):
        rows.count(299, 300, None, one_occurrence(5, 2, 2), starts, 0, ends)
    hot = np.zeros((HOT_WORDS, HOT_WORDS), np.uint64)
    part = np.array([0, 2]), np.zeros(2, np.uint32), np.full(2, 1 << 63, np.uint64)
    with pytest.raises(ValueError, match="counts must be"):
        rows.merge(299, 300, hot, [part], ends)
