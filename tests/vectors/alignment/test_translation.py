"""Two languages: a planted rotation is found by a dictionary, and its precision is honest."""

import math

import numpy as np
import pytest
from two_spaces import Meanings

from fastvec.alignment import align, read_dictionary
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


@pytest.fixture(scope="module")
def meanings():
    return Meanings(words=1000)


def language(meanings, prefix, noise):
    wv = meanings.model(noise=noise)
    return KeyedVectors.of(Words.of([prefix + key for key in meanings.keys]), wv.vectors, wv.counts)


@pytest.fixture(scope="module")
def languages(meanings):
    """Two languages without noise."""
    return language(meanings, "a", 0.0), language(meanings, "b", 0.0)


@pytest.fixture(scope="module")
def noisy(meanings):
    return language(meanings, "a", 40.0), language(meanings, "b", 40.0)


def pairs(number=400):
    return [(f"aw{row}", f"bw{row}") for row in range(0, 2 * number, 2)]


@pytest.mark.parametrize("csls", [False, True])
def test_a_planted_rotation_is_found(languages, csls):
    source, target = languages
    found = align(source, target, pairs(), csls=csls)
    assert found.precision == {1: 1.0, 5: 1.0}
    assert (found.learned, found.held_out, found.unknown) == (320, 80, 0)
    np.testing.assert_allclose(found.aligned().vectors, target.vectors, atol=1e-4)
    assert found.aligned().index_to_key == source.index_to_key
    assert (found.aligned().counts == source.counts).all()
    assert [near[0][0] for near in found.translate(["aw1", "aw501"])] == ["bw1", "bw501"]


def test_lengths_are_kept(languages):
    source, target = languages
    found = align(source, target, pairs()).aligned()
    np.testing.assert_allclose(found.fill_norms(), source.fill_norms(), rtol=1e-4)


def test_precision_is_that_of_words_held_out(noisy):
    """It is computed again from translations; of a wrong dictionary it is near chance."""
    source, target = noisy
    found = align(source, target, pairs())
    assert 0.3 < found.precision[1] < found.precision[5] < 1
    draw = np.random.default_rng(1)
    ours, theirs = zip(*pairs(), strict=True)
    wrong = list(zip(ours, draw.permutation(theirs).tolist(), strict=True))
    assert align(source, target, wrong).precision[5] < 0.1
    assert align(source, target, pairs(), seed=1).precision == found.precision
    assert align(source, target, pairs(), seed=2).precision != found.precision


def test_words_held_out_are_not_learned_from(noisy):
    """Their pairs may be replaced by others, and the rotation stays the same."""
    source, target = noisy
    known = [source.get_index(one) for one, _ in pairs()]
    tested = set(np.random.default_rng(1).permutation(np.unique(known))[:80].tolist())
    changed = [
        (one, "bw999" if source.get_index(one) in tested else other) for one, other in pairs()
    ]
    first, second = (align(source, target, some) for some in (pairs(), changed))
    np.testing.assert_array_equal(first.rotation, second.rotation)
    assert second.precision[1] < first.precision[1]


def csls(source, target, k=10):
    """All CSLS scores by definition, in float64."""
    a, b = (wv.vectors.astype(np.float64) for wv in (source, target))
    a, b = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (a, b))
    cosines = a @ b.T
    near_a = np.sort(cosines, axis=1)[:, -k:].mean(axis=1)
    near_b = np.sort(cosines, axis=0)[-k:].mean(axis=0)
    return 2 * cosines - near_a[:, None] - near_b, near_a


def test_csls_is_what_its_authors_define(noisy):
    source, target = noisy
    found = align(source, target, pairs(), csls=True)
    scores, near = csls(found.aligned(), target)
    for row in (0, 10, 999):
        best = np.argsort(-scores[row], kind="stable")[:5]
        (answers,) = found.translate([source.index_to_key[row]])
        assert [word for word, _ in answers] == [target.index_to_key[one] for one in best]
        expected = scores[row, best] + near[row]
        np.testing.assert_allclose([score for _, score in answers], expected, atol=1e-4)


def test_several_translations_of_a_word(languages):
    source, target = languages
    several = [*pairs(), *[(one, f"bw{row + 801}") for row, (one, _) in enumerate(pairs()[:50])]]
    found = align(source, target, several, held_out=0.5)
    assert found.precision[1] > 0.95
    assert found.learned + found.held_out == 400


def test_unknown_words_are_counted(languages):
    source, target = languages
    found = align(source, target, [*pairs(), ("xyzzy", "bw1"), ("aw1", "xyzzy")])
    assert found.unknown == 2
    assert align(source, target, pairs(), restrict_vocab=100).unknown == 350
    with pytest.raises(ValueError, match="of 1 pairs, none to learn from"):
        align(source, target, [("bw1", "aw1")])
    with pytest.raises(KeyError, match="xyzzy"):
        found.translate(["xyzzy"])


def test_without_words_held_out_nothing_is_said(languages):
    found = align(*languages, pairs(), held_out=0)
    assert found.learned == 400
    assert all(math.isnan(share) for share in found.precision.values())


def test_wrong_values_are_refused(languages):
    source, target = languages
    small = KeyedVectors.of(target.words, target.vectors[:, :7])
    with pytest.raises(ValueError, match="one size, got 20 and 7"):
        align(source, small, pairs())
    for share in (-0.1, 0.95, "a fifth"):
        with pytest.raises((ValueError, TypeError), match="held_out must be"):
            align(source, target, pairs(), held_out=share)


def test_dictionaries_are_read_with_tabs_or_spaces(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("\ufeffHund\tdog\nNew York\tnew york\n\nKatze cat\n")
    assert read_dictionary(path) == [("Hund", "dog"), ("New York", "new york"), ("Katze", "cat")]
    path.write_text("Hund dog\nthree words here\nKatze cat\n")
    with pytest.warns(UserWarning, match="skipped what is not a word and its trans.*, lines: 1"):
        assert len(read_dictionary(path)) == 2
    path.write_text("only\nwords\n")
    with pytest.raises(ValueError, match="no line that is a word and its translation"):
        read_dictionary(path)


def test_a_file_is_named_where_no_pair_is_known(languages, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("x\ty\n")
    with pytest.raises(ValueError, match=r"pairs.tsv: of 1 pairs, none to learn from"):
        align(*languages, path)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_vectors_that_are_not_finite_are_refused(languages, bad):
    source, target = languages
    broken = KeyedVectors.of(source.words, source.vectors.copy(), source.counts)
    broken.vectors[0, 0] = bad
    with pytest.raises(ValueError, match="cannot align vectors that are not finite"):
        align(broken, target, pairs(), held_out=0)


def test_a_dictionary_of_few_words_is_remarked_on(languages, caplog):
    align(*languages, pairs(19), held_out=0)
    assert "learned from 19 words of the dictionary, fewer than a vector has numbers" in caplog.text
    caplog.clear()
    align(*languages, pairs(20), held_out=0)
    assert not caplog.records
