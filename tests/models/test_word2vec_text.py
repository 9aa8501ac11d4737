"""The text that Word2Vec is trained on: read once, in the words of the model."""

import collections
import itertools

import numpy as np
import pytest
from texts import GENSIMS_TEXT
from word2vec_models import small, two_languages

from fastvec import Corpus, Word2Vec


def test_a_generator_is_read_once():
    model = small(iter(two_languages(50)), epochs=3)
    assert model.corpus_count == 50
    assert len(model.loss_history) == 3


WALKS = [[7, 5, 3], [7, 3, 9], [5, 0, 9]] * 50


@pytest.mark.parametrize(
    "source",
    [WALKS, np.array(WALKS), list(np.array(WALKS)), [map(np.int8, w) for w in WALKS]],
    ids=["lists", "array", "arrays", "generators"],
)
def test_tokens_that_are_integers_stay_integers(source, tmp_path):
    model = small(source)
    model.save(tmp_path / "model")
    for again in (model, Word2Vec.load(tmp_path / "model")):
        wv = again.wv
        assert wv.index_to_key == [7, 5, 3, 9, 0]
        assert np.array_equal(wv[3], wv.vectors[2])
        assert 9 in wv
        assert 4 not in wv
        assert {key for key, _ in again.predict_output_word([7, 5])} == {7, 5, 3, 9, 0}
        assert {key for key, _ in wv.most_similar(7)} == {5, 3, 9, 0}
        again.build_vocab([[7, 11]] * 9, update=True)
        assert again.wv.index_to_key == [7, 5, 3, 9, 0, 11]
        again.train([[7, 11, 99]] * 9, epochs=1)
        assert again.training_state.passed == 18
        for more in (lambda s, a=again: a.build_vocab(s, update=True), again.train):
            with pytest.raises(TypeError, match=r"tokens must be integers, as .*, got '7'"):
                more([["7"]])
    assert small([["7", "5"]] * 9).wv.index_to_key == ["7", "5"]


def test_a_corpus_with_other_ids_is_renumbered():
    model = small(two_languages(), epochs=1)
    text = [["b3", "stranger", "a1"], ["stranger"], ["a2", "b3"]]
    one, other = (small(two_languages(), epochs=1) for _ in range(2))
    one.train(text, epochs=1)
    assert one.training_state.passed == 4
    other.train(Corpus.read(text, min_count=1), epochs=1)
    assert other.training_state.passed == 4
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors)
    assert (one.wv.vectors != model.wv.vectors).any()


def test_later_text_is_read_as_the_first_was(tmp_path):
    text, later, path = tmp_path / "text", tmp_path / "later", tmp_path / "model.safetensors"
    text.write_text("The CAT the-cat\n" * 20)
    later.write_text("THE Cat dog\n")
    options = {"min_count": 1, "epochs": 1, "vector_size": 4, "workers": 1}
    lower = Word2Vec(text, lower=True, tokens="words", **options)
    lower.save(path)
    corpus = Corpus.read(text, min_count=1, lower=True, tokens="words")
    for model in (lower, Word2Vec.load(path), Word2Vec(corpus, **options)):
        model.train(later, epochs=1)
        assert model.training_state.passed == 2
        model.build_vocab(later, update=True)
        assert list(model.wv.index_to_key) == ["the", "cat", "dog"]
    Word2Vec(text, tokens=str.split, **options).save(path)
    model = Word2Vec.load(path)
    with pytest.raises(ValueError, match="tokens must be given again: it was a function"):
        model.train(later, epochs=1)
    model.tokens = lambda line: line.replace("THE", "The").split()
    model.train(later, epochs=1)
    assert model.training_state.passed == 1


def test_text_of_unknown_words_trains_nothing():
    model = Word2Vec([["a", "b"]] * 9, vector_size=4, min_count=1)
    before = model.wv.vectors.copy()
    with pytest.warns(UserWarning, match="nothing was trained: none of 2 different words is one"):
        assert model.train([["hello", "world"]], total_examples=1, epochs=1) == (0, 0)
    for empty in ([], [[]], iter([])):
        with pytest.warns(UserWarning, match="nothing was trained: the corpus is empty"):
            assert model.train(empty, total_examples=0, epochs=1) == (0, 0)
    assert np.array_equal(model.wv.vectors, before)
    with pytest.raises(ValueError, match="the corpus is empty"):
        model.build_vocab([])


def test_online_text_that_adds_nothing_changes_nothing():
    model = Word2Vec([["a", "b"]] * 9, vector_size=4, min_count=5)
    wv, before = model.wv, model.wv.vectors.copy()
    for poor in ([["rare", "rarer"]], [], iter([["rare"]])):
        model.build_vocab(poor, update=True)
        assert model.wv is wv
        assert list(wv.words) == ["a", "b"]
        assert wv.get_vecattr("a", "count") == 9
        for again in (poor, None):
            with pytest.warns(UserWarning, match="nothing was trained"):
                assert model.train(again, epochs=1) == (0, 0)
    assert np.array_equal(wv.vectors, before)
    model.build_vocab([["a", "b", "rare"]], update=True)
    assert wv.get_vecattr("a", "count") == 10
    model.train(epochs=1)
    assert model.training_state.passed == 2


def test_a_list_that_has_changed_is_read_again():
    text = two_languages()
    model = small(text)
    text[:] = [["a1", "a2"] for _ in range(10)]
    assert model.train(text, epochs=1)[1] == 20
    text[0][0] = "unknown"
    model.train(text, epochs=1)
    assert model.training_state.passed == 19
    assert model.train(epochs=1)[1] == 12 * 600


def test_a_file_that_has_changed_is_read_again(tmp_path, monkeypatch):
    path = tmp_path / "day.txt"
    path.write_text("a b\n" * 10)
    model = small([path])
    read, really = [], Corpus.read
    monkeypatch.setattr(
        Corpus, "read", lambda *a, **options: read.append(*a) or really(*a, **options)
    )
    assert model.train([str(path)], epochs=1)[1] == 20
    assert all(isinstance(source, Corpus) for source in read)
    path.write_text("b\n" * 7)
    assert model.train(path, epochs=1)[1] == 7
    path.unlink()
    with pytest.raises(FileNotFoundError, match="no such file"):
        model.train(path)


def test_a_generator_that_build_vocab_has_read_is_trained_on():
    model = Word2Vec(vector_size=4, min_count=1)
    text = iter(two_languages(50))
    model.build_vocab(text)
    assert model.train(text, epochs=1)[1] == 12 * 50
    with pytest.warns(UserWarning, match="nothing was trained: the corpus is empty"):
        assert model.train(map(list, text), epochs=1) == (0, 0)


def test_words_that_were_counted_elsewhere():
    text = two_languages()
    counts = collections.Counter(itertools.chain.from_iterable(text))
    model = Word2Vec(vector_size=8, min_count=2, hs=1)
    model.build_vocab_from_freq({"rare": 1} | counts, keep_raw_vocab=True, corpus_count=600)
    assert (len(model.wv), model.corpus_count, model.layer1_size) == (40, 600, 8)
    assert "rare" not in model.wv
    assert model.train(text, total_examples=600, epochs=1)[1] == 12 * 600
    model.build_vocab_from_freq({"rare": 1, "new": 2, "a1": 3}, update=True)
    assert model.wv.index_to_key[40:] == ["new"]
    assert model.wv.get_vecattr("a1", "count") == counts["a1"] + 3
    with pytest.raises(ValueError, match="train needs a corpus"):
        model.train()
    with pytest.raises(ValueError, match="none of 1 words is kept with min_count 2"):
        model.build_vocab_from_freq({"rare": 1})


def test_a_model_can_take_over_the_words_of_another():
    model = small()
    other = Word2Vec(vector_size=8, workers=1, seed=5)
    other.reset_from(model)
    assert other.wv.words == model.wv.words
    assert other.wv is not model.wv
    assert other.train(epochs=1)[1] == 12 * 600
    other.build_vocab([["a1"]], update=True)
    assert other.wv.get_vecattr("a1", "count") == model.wv.get_vecattr("a1", "count") + 1


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ([["a"], ["b"]] * 9, {}, "no sentence has two words of the vocabulary"),
        ([["a", "b"], ["a", "c"]], {"min_count": 2}, "vocabulary has one word only"),
        (
            [["a", "x"], ["a", "y"], ["b", "z"], ["b"]],
            {"min_count": 2},
            "no sentence has two words",
        ),
        ([["a"], ["b"]] * 9, {}, "lines=False joins the lines"),
        ([{"n": "a"}, {"n": "b"}] * 9, {"column": "n"}, "group=NAME joins the rows of a table"),
        ([["a", "b", "c"]] * 10, {"sample": 1e-12}, "sample=1e-12 leaves out nearly all words"),
        ([["a", "b", "c"]] * 10, {"sample": 1e-12, "hs": 1, "negative": 0}, "nothing was learned"),
    ],
)
def test_a_text_of_which_nothing_is_learned_is_a_warning_and_no_loss(text, options, reason, caplog):
    model = Word2Vec(text, vector_size=4, workers=1, **{"min_count": 1, **options})
    assert reason in caplog.text
    assert np.isnan(model.loss_history).all()
    assert len(model.loss_history) == 5


def test_subsampling_of_a_small_text_is_remarked_on(caplog):
    sentences = GENSIMS_TEXT
    Word2Vec(sentences, min_count=1, vector_size=4, workers=1, seed=7)
    assert "try sample=0" in caplog.text
    caplog.clear()
    Word2Vec(sentences, min_count=1, vector_size=4, workers=1, sample=0)
    assert "sample" not in caplog.text


@pytest.mark.parametrize("kind", [list, tuple])
def test_files_as_corpus_file_are_files_with_a_function_as_tokens_too(tmp_path, kind):
    for name, text in (("a", "the cat"), ("b", "the dog")):
        (tmp_path / name).write_text(text)
    files = kind([str(tmp_path / "a"), str(tmp_path / "b")])
    model = Word2Vec(corpus_file=files, tokens=str.split, min_count=1, vector_size=2)
    assert model.wv.index_to_key == ["the", "cat", "dog"]
