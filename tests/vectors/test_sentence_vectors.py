"""Vectors of sentences, compared with gensim's mean vectors and with the formulas of the paper."""

import logging

import numpy as np
import pytest
from sixty_words import KEYS, VECTORS, D

from fastvec._core import TextReader, add_sentences
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.sentence_vectors import STEP, SentenceMeans
from fastvec.words import Words

TEXTS = [
    f"{KEYS[3]} {KEYS[5]}\t{KEYS[3]}",
    "",
    f"nowhere {KEYS[1]}",
    f"{KEYS[7]}\r\n{KEYS[8]}\n",
    "nowhere",
    f"{KEYS[59]} " * 300,
]


def expected(wv, texts, weights=None):
    """The means, word by word, in float64."""
    weights = np.ones(len(wv)) if weights is None else weights
    rows = [[wv.get_index(word) for word in text.split() if word in wv] for text in texts]
    vectors = wv.vectors.astype(np.float64)
    means = [(weights[r, None] * vectors[r]).sum(axis=0) / max(len(r), 1) for r in rows]
    return np.array(means)


def test_a_vector_is_the_mean_of_those_of_the_words(wv):
    found = wv.sentence_vectors(TEXTS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected(wv, TEXTS), rtol=1e-5, atol=1e-6)
    lists = wv.sentence_vectors([text.split() for text in TEXTS])
    np.testing.assert_array_equal(lists, found)


def test_as_gensim_has_it(wv, theirs):
    known = [text for text in TEXTS if any(word in wv for word in text.split())]
    mean = [theirs.get_mean_vector(text.split(), pre_normalize=False) for text in known]
    np.testing.assert_allclose(wv.sentence_vectors(known), mean, rtol=1e-5, atol=1e-6)


def test_texts_without_a_known_word_are_counted(wv, caplog):
    with caplog.at_level(logging.WARNING, "fastvec"):
        found = wv.sentence_vectors(TEXTS)
    assert not found[[1, 4]].any()
    assert caplog.messages == [
        "2 of 6 sentences have no word with a vector: their vectors are zeros"
    ]


def test_many_texts_keep_their_order(wv):
    texts = [" ".join(KEYS[i % 60] for i in range(n, n + n % 4)) for n in range(2 * STEP + 5)]
    np.testing.assert_allclose(
        wv.sentence_vectors(iter(texts)), expected(wv, texts), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("layout", ["C", "F"])
def test_vectors_of_any_type_and_layout(dtype, layout):
    vectors = np.asarray(VECTORS, dtype, order=layout)
    wv = KeyedVectors.of(Words.of(KEYS), vectors)
    np.testing.assert_allclose(
        wv.sentence_vectors(TEXTS), expected(wv, TEXTS), rtol=1e-5, atol=1e-6
    )


def test_integers_are_words():
    wv = KeyedVectors(2)
    wv.add_vectors([30, 7], [[1, 2], [3, 4]])
    assert wv.sentence_vectors([[7, 8], [30, 7]]).tolist() == [[3, 4], [2, 3]]
    with pytest.raises(TypeError, match="tokens must be integers"):
        wv.sentence_vectors(["7 8"])


def test_no_texts_and_no_words(wv):
    assert wv.sentence_vectors([]).shape == (0, D)
    assert wv.sentence_vectors(["", " \n"]).tolist() == [[0] * D] * 2
    assert not KeyedVectors(3).sentence_vectors(["a b"]).any()


def test_a_byte_order_mark_is_a_part_of_a_text():
    wv = KeyedVectors(1)
    wv.add_vectors(["\ufeffa", "a"], [[1], [2]])
    assert wv.sentence_vectors(["\ufeffa", "\ufeffa"]).tolist() == [[1], [1]]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ("king", "texts must be a list of texts, got the string 'king'"),
        (None, "texts must be a list of texts, got None"),
        (["king", ["queen"]], "texts must be all strings, or all lists of words, got 'king'"),
        ([["queen"], b"king"], "texts must be all strings, or all lists of words, got b'king'"),
        ([None], "texts must be all strings, or all lists of words, got None"),
        ([["a", 1]], "tokens must be all strings or all integers"),
    ],
)
def test_what_is_no_text_is_refused(wv, texts, says):
    with pytest.raises(TypeError, match=says):
        wv.sentence_vectors(texts)


def test_half_a_character_is_refused(wv):
    with pytest.raises(ValueError, match="a text is not valid Unicode at"):
        wv.sentence_vectors(["fine", "not \ud800 fine"])


# --- SIF


def sif(wv, texts, a):
    """SIF as the paper has it: Algorithm 1, in float64."""
    probabilities = wv.counts / wv.counts.sum()
    means = expected(wv, texts, a / (a + probabilities))
    first = np.linalg.svd(means.T)[0][:, 0]
    return means - np.outer(means @ first, first), first


def test_sif_is_that_of_the_paper(wv):
    for a in 1e-3, 0.1:
        np.testing.assert_allclose(
            wv.sentence_vectors(TEXTS, "sif", a=a), sif(wv, TEXTS, a)[0], rtol=1e-3, atol=1e-5
        )


def test_new_texts_get_the_same_component(wv):
    component = wv.sif_component(TEXTS)
    first = sif(wv, TEXTS, 1e-3)[1]
    np.testing.assert_allclose(np.abs(component @ first), 1, rtol=1e-5)
    together = wv.sentence_vectors(TEXTS, "sif")
    alone = [wv.sentence_vectors([text], "sif", component=component)[0] for text in TEXTS]
    np.testing.assert_allclose(alone, together, rtol=1e-4, atol=1e-6)


def test_nothing_in_common_is_no_error(wv):
    assert not wv.sif_component(["nowhere"]).any()
    assert not wv.sentence_vectors(["nowhere"], "sif").any()


@pytest.mark.parametrize("counts", [None, np.arange(60, 0, -1), np.zeros(60, np.int64)])
def test_sif_needs_counts(counts):
    wv = KeyedVectors.of(Words.of(KEYS), VECTORS, counts)
    with pytest.raises(ValueError, match="sif needs the counts of the words"):
        wv.sentence_vectors(TEXTS, "sif")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"method": "max"}, "method must be one of mean, sif, got 'max'"),
        ({"method": "sif", "a": 0}, "a must be above 0, got 0"),
        ({"method": "sif", "component": [1]}, "component must be .* numbers"),
        ({"method": "sif", "component": [2] * D}, "a vector of length 1 .* got .* and length"),
        ({"method": "sif", "component": [float("nan")] * D}, "component must be"),
    ],
)
def test_options_are_checked(wv, options, says):
    with pytest.raises(ValueError, match=says):
        wv.sentence_vectors(TEXTS, **options)


# --- several readers, and inferred vectors


def test_a_sentence_may_go_on_in_the_next_reader(wv):
    parts = TextReader(join_lines=True), TextReader()
    parts[0].sentence([KEYS[0]])
    parts[1].sentence([KEYS[2]])
    means = SentenceMeans(wv)
    blocks = [block for reader in parts for block in means.add(reader)]
    np.testing.assert_allclose(np.concatenate(blocks), VECTORS[[0, 2]])


class Inferring(KeyedVectors):
    """Vectors that infer one for each unknown word: its length, in all numbers."""

    def rows_for_words(self, words):
        rows, _ = super().rows_for_words(words)
        unknown = np.flatnonzero(rows < 0)
        rows[unknown] = len(self) + np.arange(len(unknown))
        lengths = [[len(words[i])] * self.vector_size for i in unknown.tolist()]
        return rows, np.array(lengths, np.float32).reshape(-1, self.vector_size)


def test_inferred_vectors_count(wv):
    inferring = Inferring.of(wv.words, wv.vectors, wv.counts)
    found = inferring.sentence_vectors([f"{KEYS[0]} xyzzy", "abc"])
    np.testing.assert_allclose(found, [(VECTORS[0] + 5) / 2, [3] * D], rtol=1e-6)
    both = inferring._means(["abc", KEYS[0]], np.full(len(wv), 0.5, np.float32))
    np.testing.assert_allclose(both, [[3] * D, VECTORS[0] / 2], rtol=1e-6)


# --- the native sums


def sums_of(**changed):
    arrays = {
        "ids": np.array([1, 2, 0], np.int32),
        "starts": np.arange(3),
        "rows": np.array([0, 1], np.int32),
        "vectors": np.ones((1, 3), np.float32),
        "inferred": np.ones((1, 3), np.float32),
        "sums": np.zeros((2, 3), np.float32),
        "known": np.zeros(2, np.int64),
    } | changed
    add_sentences(**arrays)
    return arrays["sums"], arrays["known"]


def test_sums():
    sums, known = sums_of()
    assert sums.tolist() == [[2] * 3, [0] * 3]
    assert known.tolist() == [2, 0]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"ids": np.array([3], np.int32)}, "ids must be from 0 to 2"),
        ({"ids": np.array([-1], np.int32)}, "ids must be from 0 to 2"),
        ({"ids": np.array([0, 0], np.int32)}, "and end 1 sentences"),
        ({"rows": np.array([0, 2], np.int32)}, "rows must be from 0 to 1"),
        ({"rows": np.array([0, -1], np.int32)}, "rows must be from 0 to 1"),
        ({"starts": np.array([0, 3, 2])}, "starts must rise from 0 to 2"),
        ({"vectors": np.ones((1, 4), np.float32)}, "rows of 3 floats"),
        ({"inferred": np.ones((3, 1), np.float32).T[:, ::2]}, "rows of 3 floats"),
        ({"weights": np.ones(1, np.float32)}, "weights must have 2 entries, got 1"),
        ({"known": np.zeros(1, np.int64)}, "known must have 2 entries"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changed, says):
    with pytest.raises(ValueError, match=says):
        sums_of(**changed)
