"""Drift: planted changes are found, and nothing else is above the floor."""

import numpy as np
import pytest
from two_spaces import Meanings, exchanged

from fastvec import Word2Vec
from fastvec.alignment import align, drift
from fastvec.vectors.alignment.shared_words import shared_words
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

PLANTED = [3, 700, 40, 1100, 150, 900]


@pytest.fixture(scope="module")
def meanings():
    return Meanings()


@pytest.fixture(scope="module")
def models(meanings):
    """Old, new with six words exchanged, and two models that differ by chance."""
    order = exchanged(PLANTED, meanings.words)
    return meanings.model(), meanings.model(order), (meanings.model(), meanings.model())


@pytest.fixture(scope="module")
def found(models):
    old, new, noise = models
    return drift(old, new, noise=noise)


def test_planted_changes_come_first_and_above_the_floor(found):
    planted = {f"w{row}" for row in PLANTED}
    assert set(found.words[:6]) == planted
    assert set(found.above_floor) == planted
    assert (np.diff(found.z) <= 0).all()
    assert found.by_chance[5] < 0.05
    assert (found.kept[:6] < 0.5).all()


def test_words_that_move_in_the_noise_pair_too_have_not_drifted(meanings, models):
    """One that moves in every training, as far as a planted change."""
    restless = [exchanged([3, 700, 40, other], meanings.words) for other in (500, 600)]
    noise = meanings.model(restless[0]), meanings.model(restless[1])
    again = drift(models[0], models[1], noise=noise)
    assert "w40" not in again.above_floor
    assert {"w3", "w700"} <= set(again.above_floor)


def test_without_change_no_word_is_above_the_floor(meanings, models):
    for _ in range(5):
        again = drift(meanings.model(), meanings.model(), noise=models[2])
        assert again.above_floor == []


def test_without_a_noise_pair_rare_words_come_first(models):
    """That is why a floor is needed: a planted change of a frequent word is not among the first."""
    old, new, _ = models
    found = drift(old, new, min_count=1)
    assert np.isnan(found.floor)
    assert np.isnan([found.z, found.by_chance]).all()
    assert found.above_floor == []
    assert not found.has_floor
    assert (np.diff(found.moved) <= 0).all()
    assert repr(found) == "Drift<2000 words, no floor>"


def test_what_moved_is_measured_after_turning(models, found):
    old, new, _ = models
    row = found.new.get_index("w3")
    cosine = found.old.vectors[row] @ found.new.vectors[row]
    assert found.moved[row] == pytest.approx(1 - cosine, abs=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found.old.vectors, axis=1), 1, atol=1e-5)
    shared = shared_words(old, new)
    assert np.median(1 - (shared.first * shared.second).sum(1)) > 0.7  # before turning
    assert np.median(found.moved) < 0.3


def test_neighbours_that_are_kept(found):
    for word in ("w3", "w10"):
        row = found.words.index(word)
        near = [{one for one, _ in wv.most_similar(word, topn=10)} for wv in found.sides]
        assert found.kept[row] == pytest.approx(len(near[0] & near[1]) / 10)


def test_rows_say_all_of_it(found):
    first = found.rows(1, neighbours=3)[0]
    assert list(first) == [
        *("word", "old_count", "new_count", "moved", "z", "by_chance", "kept", "before", "after")
    ]
    assert first["word"] == found.words[0]
    assert first["old_count"] == first["new_count"] == found.old.get_vecattr(first["word"], "count")
    assert first["before"] == [one for one, _ in found.old.most_similar(first["word"], topn=3)]
    assert len(found.rows()) == len(found.words)


def test_given_anchors(models):
    old, new, noise = models
    chosen = [f"w{row}" for row in range(100) if row not in PLANTED]
    assert set(drift(old, new, noise=noise, anchors=chosen).words[:6]) == {
        f"w{row}" for row in PLANTED
    }
    with pytest.raises(
        ValueError, match=r"at least 20 anchors .* got 5 of 6 given: both sets must"
    ):
        drift(old, new, anchors=[*chosen[:5], "unknown"])
    with pytest.raises(TypeError, match="anchors must be a list of words"):
        drift(old, new, anchors="w1")


def test_words_that_are_rare_or_beyond_the_limit_are_left_out(models):
    old, new, _ = models
    assert max(int(word[1:]) for word in drift(old, new, min_count=2000).words) == 499
    assert len(drift(old, new, restrict_vocab=300).words) == 300
    assert len(drift(old, new, restrict_vocab=None, min_count=1).words) == 2000


def test_files_without_counts_go_by_their_order(models):
    """Counts of one file are not compared with made-up ones of another."""
    old, new, noise = models
    bare = KeyedVectors.of(old.words, old.vectors)
    found = drift(bare, new, noise=noise, min_count=10**9)
    assert len(found.words) == 2000
    assert found.old.counts is None is found.new.counts
    assert found.rows(1)[0]["old_count"] is None
    assert "None" not in found._repr_html_()
    assert set(found.words[:5]) <= {f"w{row}" for row in PLANTED}


def test_words_of_one_side_and_zero_vectors_are_left_out(models):
    old, new, _ = models
    some = old.vectors_for_all([f"w{row}" for row in range(100)], copy_vecattrs=True)
    some.vectors[7] = 0
    some.add_vectors(["only here"], np.ones((1, 20)), {"count": [100]})
    found = drift(some, new)
    assert sorted(found.words) == sorted(f"w{row}" for row in range(100) if row != 7)


def test_integer_keys(meanings):
    old, new = (
        KeyedVectors.of(Words.of(range(meanings.words)), wv.vectors, wv.counts)
        for wv in (meanings.model(), meanings.model(exchanged(PLANTED, meanings.words)))
    )
    noise = (old, KeyedVectors.of(old.words, meanings.model().vectors, old.counts))
    found = drift(old, new, noise=noise)
    assert set(found.words[:6]) == set(PLANTED)
    assert all(isinstance(near, int) for near in found.rows(1)[0]["before"])
    with pytest.raises(TypeError, match="tokens must be"):
        drift(old, meanings.model())


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_vectors_that_are_not_finite_are_refused(models, bad):
    old, new, _ = models
    broken = KeyedVectors.of(new.words, new.vectors.copy(), new.counts)
    broken.vectors[5, 2] = bad
    with pytest.raises(ValueError, match="not finite"):
        drift(old, broken)


def test_odd_pairs_are_refused(models):
    old, new, _ = models
    small = KeyedVectors.of(old.words, old.vectors[:, :7], old.counts)
    with pytest.raises(ValueError, match="must have one size, got 20 and 7"):
        drift(old, small)
    strange = KeyedVectors.of(Words.of([f"x{row}" for row in range(2000)]), old.vectors, old.counts)
    with pytest.raises(ValueError, match=r"at least 20 anchors .* got 0 words that both sets"):
        drift(old, strange)
    with pytest.raises(ValueError, match="got 0 words that both models of the noise pair have"):
        drift(old, new, noise=(old, strange))
    with pytest.raises(ValueError, match="two trainings, not one"):
        drift(old, new, noise=(old, old))
    with pytest.raises(ValueError, match="noise pair has 150 words in common"):
        drift(old, new, noise=(old, new), restrict_vocab=150)


def test_the_same_vectors_have_not_moved(models):
    old = models[0]
    found = drift(old, old, noise=models[2])
    assert np.abs(found.moved).max() < 1e-5
    assert (found.kept == 1).all()
    assert found.above_floor == []


def test_what_is_no_keyedvectors_is_refused(models):
    old, new, noise = models
    model = Word2Vec(vector_size=20)
    with pytest.raises(TypeError, match=r"new must be KeyedVectors, got Word2Vec.*: give its wv"):
        drift(old, model)
    for pair in (old, (old,), [*noise, old], "models"):
        with pytest.raises(TypeError, match="noise must be a pair of KeyedVectors, got"):
            drift(old, new, noise=pair)
    with pytest.raises(TypeError, match="the second of noise must be KeyedVectors"):
        drift(old, new, noise=(old, model))
    with pytest.raises(TypeError, match="source must be KeyedVectors"):
        align(model, new, [])
