"""FastText: gensim's calls, what it learns, what is refused, and files."""

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from texts import GENSIMS_TEXT

from fastvec import CallbackAny2Vec, FastText, KeyedVectors, Word2Vec, load
from fastvec.fasttext import FastTextKeyedVectors
from fastvec.words import Words

TINY: dict[str, Any] = {"vector_size": 12, "min_count": 1, "workers": 1, "progress": False}


def topics(sentences: int = 2000) -> list[list[str]]:
    """Sentences about animals, and others about tools; the words of a topic are spelled alike."""
    draw = np.random.default_rng(0)
    stems = [["cat", "cow", "dog"], ["hammer", "nail", "saw"]]
    endings = [["ish", "like", "hood"], ["ing", "ed", "er"]]
    text = []
    for i in range(sentences):
        stem, ending = stems[i % 2], endings[i % 2]
        text.append([draw.choice(stem) + draw.choice(ending) for _ in range(6)])
    return text


def same(one: FastText, other: FastText) -> None:
    """Both models have the same words, rows and vectors, bit by bit."""
    assert one.wv.words == other.wv.words
    for name in "vectors", "vectors_vocab", "vectors_ngrams", "ngram_buckets":
        np.testing.assert_array_equal(getattr(one.wv, name), getattr(other.wv, name))
    for name in "syn1neg", "syn1":
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# --- gensim's documentation, in other words


def test_the_calls_of_gensims_documentation(tmp_path: Path) -> None:
    model = FastText(vector_size=4, window=3, min_count=1)
    model.build_vocab(corpus_iterable=GENSIMS_TEXT)
    model.train(corpus_iterable=GENSIMS_TEXT, total_examples=len(GENSIMS_TEXT), epochs=10)
    FastText(vector_size=4, window=3, min_count=1, sentences=GENSIMS_TEXT, epochs=10)

    model.save(str(tmp_path / "fasttext.model"))
    model = FastText.load(str(tmp_path / "fasttext.model"))
    assert "computer" in model.wv.key_to_index
    assert "computation" not in model.wv.key_to_index
    assert "computation" in model.wv
    assert model.wv["computation"].shape == (4,)
    more = [["he", "found", "a", "really", "interesting", "book"]]
    model.build_vocab(more, update=True)
    model.train(more, total_examples=model.corpus_count, epochs=model.epochs)
    assert "found" in model.wv.key_to_index

    assert model.wv.similarity("graph", "minors") == pytest.approx(
        model.wv.n_similarity(["graph"], ["minors"]), abs=1e-5
    )
    assert len(model.wv.most_similar("computations", topn=3)) == 3
    assert len(model.wv.most_similar(positive=["user", "graphs"], negative=["trees"])) == 10
    assert model.wv.doesnt_match(["user", "system", "trees"]) in ("user", "system", "trees")
    assert model.wv.vectors_vocab.shape == (len(model.wv), 4)
    assert model.wv.vectors_ngrams.shape == (len(model.wv.ngram_buckets), 4)
    assert (model.wv.min_n, model.wv.max_n, model.wv.bucket) == (3, 6, 2_000_000)
    assert "graphs" not in model.wv.key_to_index
    assert -1 <= model.wv.similarity("graph", "graphs") <= 1
    assert len(model.wv.most_similar("graphs")) == 10
    assert -1 <= model.wv.n_similarity(["surveys", "shop"], ["trees", "computers"]) <= 1
    assert len(model.wv.most_similar_cosmul(positive=["user"], negative=["trees"], topn=2)) == 2
    model.save(str(tmp_path / "separate.model"), separately=[])
    assert FastText.load(str(tmp_path / "separate.model")).wv["graphs"].any()
    (tmp_path / "questions.txt").write_text(
        ": all\nuser users tree trees\nuser system trees graph\n"
    )
    (tmp_path / "pairs.tsv").write_text("user\tusers\t9\ngraph\ttrees\t2\nuser\ttrees\t1\n")
    assert 0 <= model.wv.evaluate_word_analogies(str(tmp_path / "questions.txt"))[0] <= 1
    assert len(model.wv.evaluate_word_pairs(str(tmp_path / "pairs.tsv"))) == 3


class Stream:
    """Sentences that are read again for each pass, as gensim's documentation has them."""

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in GENSIMS_TEXT:
            yield list(sentence)


def test_a_stream_is_read_as_a_list_is() -> None:
    models = [FastText(**TINY), FastText(**TINY)]
    for model, text in zip(models, (GENSIMS_TEXT, Stream()), strict=True):
        model.build_vocab(corpus_iterable=text)
        model.train(corpus_iterable=text, total_examples=model.corpus_count, epochs=5)
    same(*models)


def test_the_corpus_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(map(" ".join, GENSIMS_TEXT)))
    model = FastText(**TINY)
    model.build_vocab(corpus_file=str(path))
    total = model.corpus_total_words
    assert model.train(corpus_file=str(path), total_words=total, epochs=3) == (
        model.training_state.trained,
        3 * total,
    )
    same(model, FastText(corpus_file=str(path), epochs=3, **TINY))


def test_arguments_stand_in_gensims_order() -> None:
    model = FastText(GENSIMS_TEXT, None, 1, 0, 7, 0.03, 4, 2)
    options = (model.sg, model.hs, model.vector_size, model.alpha, model.window, model.min_count)
    assert options == (1, 0, 7, 0.03, 4, 2)


# --- what it learns


METHODS: list[dict[str, Any]] = [
    {"sg": 1},
    {"sg": 0},
    {"sg": 1, "hs": 1, "negative": 0},
    {"sg": 0, "hs": 1, "negative": 0},
    {"sg": 0, "cbow_mean": 0, "alpha": 0.005},
    {"sg": 0, "cbow_corrected": True},
    {"sg": 1, "shared_negatives": False},
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("workers", [1, 2])
def test_unseen_words_are_near_those_that_are_spelled_alike(
    method: dict[str, Any], workers: int
) -> None:
    options = TINY | {"alpha": 0.05, "epochs": 10, "sample": 0} | method | {"workers": workers}
    model = FastText(topics(), **options)
    found = [word for word, _ in model.wv.most_similar("cathood" * 2, topn=3)]
    assert all(word.startswith(("cat", "cow", "dog")) for word in found)
    assert model.loss_history[-1] < model.loss_history[0]


def test_the_vector_of_a_word_is_the_mean_of_its_rows() -> None:
    model = FastText(topics(200), **TINY)
    wv = model.wv
    offsets, rows = wv.subwords.bags(wv.words)
    for i in range(len(wv)):
        bag = wv.vectors_ngrams[rows[offsets[i] : offsets[i + 1]]]
        expected = np.vstack([wv.vectors_vocab[i : i + 1], bag]).mean(axis=0)
        np.testing.assert_allclose(wv.vectors[i], expected, rtol=1e-4, atol=1e-6)


def test_vectors_are_up_to_date_in_callbacks() -> None:
    class Look(CallbackAny2Vec):
        def __init__(self) -> None:
            self.seen: list[Any] = []

        def on_epoch_end(self, model: FastText) -> None:
            self.seen.append(model.wv["catish"].copy())
            model.wv.adjust_vectors()
            np.testing.assert_array_equal(self.seen[-1], model.wv["catish"])

    look = Look()
    FastText(topics(200), epochs=3, callbacks=[look], **TINY)
    assert not np.array_equal(look.seen[0], look.seen[1])


@pytest.mark.parametrize("none", [{"bucket": 0}, {"max_n": 0}, {"min_n": 5, "max_n": 4}])
@pytest.mark.parametrize("sg", [0, 1])
def test_without_ngrams_it_is_word2vec(none: dict[str, int], sg: int) -> None:
    model = FastText(topics(200), sg=sg, **none, **TINY)
    plain = Word2Vec(topics(200), sg=sg, **TINY)
    np.testing.assert_array_equal(model.wv.vectors, plain.wv.vectors)
    assert "unseen" not in model.wv
    assert len(model.wv.vectors_ngrams) == 0


ODD = ["a", "é", "e\u0301", "日本", "👍🏽", "नमस्ते", "x" * 10_000, "</s>", "<", ">", "a>b"]


@pytest.mark.parametrize("lengths", [{"min_n": 1, "max_n": 1}, {}, {"min_n": 1, "max_n": 20}])
def test_words_of_any_script_and_length(lengths: dict[str, int]) -> None:
    model = FastText([ODD, ODD[::-1]] * 5, **lengths, **TINY, alpha=1e-4)
    assert set(model.wv.index_to_key) == set(ODD)
    assert np.isfinite(model.wv.vectors).all()


def test_few_buckets_are_shared_by_all_ngrams() -> None:
    model = FastText(topics(200), bucket=3, **TINY)
    assert model.wv.vectors_ngrams.shape == (3, 12)
    assert np.isfinite(model.wv["anything"]).all()


# --- the same again


@pytest.mark.parametrize("method", METHODS)
def test_one_worker_gives_the_same_bytes(method: dict[str, Any]) -> None:
    same(*(FastText(topics(200), epochs=2, **(TINY | method)) for _ in range(2)))


def test_training_goes_on_after_saving(tmp_path: Path) -> None:
    whole = FastText(**TINY)
    whole.build_vocab(topics(200))
    whole.train(topics(200), epochs=1, start_alpha=0.02, end_alpha=0.02)
    whole.save(tmp_path / "model.safetensors")
    loaded = FastText.load(tmp_path / "model.safetensors")
    same(whole, loaded)
    for model in whole, loaded:
        model.train(topics(200), epochs=1, start_alpha=0.01, end_alpha=0.01)
    same(whole, loaded)


def test_copies_and_pickles_are_whole() -> None:
    model = FastText(topics(200), **TINY)
    for other in copy.deepcopy(model), pickle.loads(pickle.dumps(model)):
        same(model, other)
        other.train(topics(200), epochs=1)
        assert not np.array_equal(model.wv.vectors, other.wv.vectors)


def test_the_rows_of_the_best_epoch_come_back(tmp_path: Path) -> None:
    model, path = FastText(topics(200), **TINY), tmp_path / "best.safetensors"
    model.save(path)
    best = copy.deepcopy(model)
    model.train(topics(200), epochs=1)
    model._restore_rows(path)
    same(model, best)


def test_validation_changes_nothing() -> None:
    held = topics(50)
    one = FastText(topics(300), **TINY)
    other = FastText(topics(300), validation=held, **TINY)
    same(one, other)
    assert np.isfinite(other.validation_history[-1])


# --- new words


def test_new_words_bring_new_ngrams() -> None:
    model = FastText(topics(200), **TINY)
    before = copy.deepcopy(model.wv)
    model.build_vocab([["wholly", "different", "spellings"]] * 3, update=True)
    wv, old, buckets = model.wv, len(before), before.ngram_buckets
    assert wv.index_to_key[:old] == before.index_to_key
    np.testing.assert_array_equal(wv.vectors_vocab[:old], before.vectors_vocab)
    assert len(wv.ngram_buckets) > len(buckets)
    rows = np.searchsorted(wv.ngram_buckets, buckets)
    np.testing.assert_array_equal(wv.ngram_buckets[rows], buckets)
    np.testing.assert_array_equal(wv.vectors_ngrams[rows], before.vectors_ngrams)
    assert (wv.subwords.bags(wv.words)[1] >= 0).all()
    assert wv.vectors[old:].any(axis=1).all()
    model.train([["wholly", "different", "spellings"]] * 3, epochs=1)


def test_an_update_without_new_words_changes_no_row() -> None:
    model = FastText(topics(200), **TINY)
    before = copy.deepcopy(model.wv)
    model.build_vocab(topics(200), update=True)
    np.testing.assert_array_equal(model.wv.vectors, before.vectors)
    assert model.wv.get_vecattr("catish", "count") == 2 * before.get_vecattr("catish", "count")


def test_words_that_are_added_by_hand_are_trained() -> None:
    model = FastText(topics(200), **TINY)
    model.wv.add_vectors(["brandnew"], np.ones((1, 12)))
    model.train([["brandnew", "catish"]] * 50, epochs=2)
    assert (model.wv.subwords.bags(model.wv.words)[1] >= 0).all()
    assert not np.allclose(model.wv["brandnew"], 1)


def test_a_vocabulary_of_counts() -> None:
    model = FastText(**TINY)
    model.build_vocab_from_freq({"dog": 2, "cat": 3})
    assert model.wv.index_to_key == ["cat", "dog"]
    assert model.wv.vectors.any(axis=1).all()


# --- files and other forms


def test_a_saved_model_opens_as_what_it_is(tmp_path: Path) -> None:
    model, path = FastText(topics(200), **TINY), tmp_path / "model.safetensors"
    model.save(path)
    loaded = load(path)
    assert type(loaded) is FastText
    vectors = KeyedVectors.load(path)
    assert isinstance(vectors, FastTextKeyedVectors)
    np.testing.assert_array_equal(vectors["cathood"], model.wv["cathood"])
    np.testing.assert_array_equal(vectors["catty"], model.wv["catty"])
    with pytest.raises(ValueError, match="FastText"):
        Word2Vec.load(path)


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    Word2Vec(topics(50), **TINY).save(path)
    with pytest.raises(ValueError, match="Word2Vec"):
        FastText.load(path)


def test_a_model_shows_its_options() -> None:
    model = FastText(topics(50), **TINY, min_n=2)
    assert repr(model).startswith("FastText<vocab=18, vector_size=12, alpha=0.025")
    assert "min_n=2" in repr(model)


def test_memory_is_estimated() -> None:
    model = FastText(vector_size=100, bucket=1000)
    assert model.estimate_memory(10)["syn0_ngrams"] == 1000 * 448
    model = FastText(topics(50), **TINY)
    report = model.estimate_memory()
    assert report["syn0_ngrams"] == len(model.wv.ngram_buckets) * 64
    assert report["total"] == sum(value for name, value in report.items() if name != "total")


def test_a_model_of_gensim_is_taken_over() -> None:
    gensim = pytest.importorskip("gensim.models", reason="gensim is not installed")
    options = {"vector_size": 12, "min_count": 1, "workers": 1}
    theirs = gensim.FastText(topics(100), bucket=500, min_n=2, **options)
    model = FastText.from_gensim(theirs)
    assert (model.min_n, model.max_n, model.bucket) == (2, 6, 500)
    np.testing.assert_allclose(model.wv["cathood"], theirs.wv["cathood"], atol=1e-6)
    np.testing.assert_allclose(model.wv["unseen"], theirs.wv["unseen"], atol=1e-6)
    np.testing.assert_array_equal(model.syn1neg, theirs.syn1neg)
    model.train(topics(100), epochs=1)
    with pytest.raises(TypeError, match=r"use FastText\.from_gensim"):
        Word2Vec.from_gensim(theirs)
    with pytest.raises(TypeError, match=r"use Word2Vec\.from_gensim"):
        FastText.from_gensim(gensim.Word2Vec(topics(100), **options))


# --- what is refused


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"min_n": -1}, "min_n must be at least 0, got -1"),
        ({"max_n": 1001}, "max_n must be at most 1000, got 1001"),
        ({"bucket": -1}, "bucket must be at least 0, got -1"),
        ({"bucket": 2**31}, "bucket must be at most 2147483647, got 2147483648"),
        ({"word_ngrams": 2}, "word_ngrams must be at most 1, got 2"),
        ({"deterministic": True}, "deterministic=True is not for FastText yet"),
    ],
)
def test_options_that_are_wrong(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        FastText(**(TINY | options))


@pytest.mark.parametrize(
    ("name", "value"), [("min_n", 2), ("max_n", 5), ("bucket", 99), ("hash_count", 1)]
)
def test_ngrams_are_chosen_before_the_words(name: str, value: int) -> None:
    model = FastText(topics(50), **TINY)
    before = getattr(model, name)
    setattr(model, name, value)
    says = f"{name} cannot become {value}, since .* were made with {name}={before}: set it before"
    with pytest.raises(ValueError, match=says):
        model.train(topics(50), epochs=1)
    with pytest.raises(ValueError, match=says):
        model.build_vocab(topics(50), update=True)
    model.build_vocab(topics(50))
    model.train(topics(50), epochs=1)
    assert getattr(model.wv.subwords, name) == value


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'windows'"):
        FastText(GENSIMS_TEXT, windows=3)  # type: ignore[call-arg]


def test_training_goes_on_after_a_look_at_the_locks(tmp_path: Path) -> None:
    models = [FastText(topics(50), **TINY) for _ in range(2)]
    assert models[0].wv.vectors_lockf.all()
    models[0].save(tmp_path / "looked.safetensors")
    models[0] = FastText.load(tmp_path / "looked.safetensors")
    for model in models:
        model.train(topics(50), epochs=1)
    np.testing.assert_array_equal(models[0].wv.vectors, models[1].wv.vectors)


def test_locks_are_refused() -> None:
    model = FastText(topics(50), **TINY)
    model.wv.vectors_lockf = np.zeros(len(model.wv), np.float32)
    with pytest.raises(ValueError, match="vectors_lockf must be 1"):
        model.train(topics(50), epochs=1)


FLORET: dict[str, Any] = TINY | {
    "hash_count": 2, "bucket": 200, "min_n": 2, "max_n": 4, "sample": 0, "epochs": 30, "alpha": 0.1
}  # fmt: skip


@pytest.mark.parametrize(
    "options", [{}, {"sg": 1, "workers": 2}, {"hs": 1, "negative": 0}, {"hash_count": 4}]
)
def test_floret_has_no_rows_of_words(tmp_path: Path, options: dict[str, Any]) -> None:
    model = FastText(topics(100), **FLORET | options)
    words, wv = model.wv.index_to_key, model.wv
    np.testing.assert_allclose(
        wv.vectors, wv.subwords.vectors_of(Words.of(words)), rtol=1e-6, atol=1e-9
    )
    assert not wv.vectors_vocab.any()
    assert np.abs(wv.vectors_ngrams).max() > 1 / model.vector_size  # more than at random
    model.save(tmp_path / "m.safetensors")
    read = FastText.load(tmp_path / "m.safetensors")
    assert (read.hash_count, read.bucket) == (model.hash_count, 200)
    for word in (words[0], "unseen"):
        assert np.array_equal(read.wv[word], wv[word])
    before = wv[words[0]].copy()
    read.build_vocab([["brandnew", words[0]]] * 3, update=True)
    read.train([["brandnew", words[0]]] * 30, epochs=2)
    assert "brandnew" in read.wv.key_to_index
    assert not np.array_equal(read.wv[words[0]], before)
    assert not read.wv.vectors_vocab.any()


def test_floret_of_one_row_a_word_learns() -> None:
    """Without n-grams of a length that words have, a word has the rows of its whole only."""
    options = FLORET | {"hash_count": 1, "min_n": 90, "max_n": 99, "bucket": 100_000}
    model = FastText(topics(100), **options)
    assert np.abs(model.wv.vectors_ngrams).max() > 1 / model.vector_size
    assert len(model.wv.vectors_ngrams) == len(model.wv)


@pytest.mark.parametrize("none", [{"bucket": 0}, {"max_n": 0}, {"min_n": 5, "max_n": 4}])
def test_floret_needs_ngrams(none: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="hash_count=2 needs n-grams: max_n must be at least"):
        FastText(topics(9), **FLORET | none)
