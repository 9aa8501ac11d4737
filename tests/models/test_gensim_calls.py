"""Programs that use what people use of gensim's models, run with both libraries: only the imports
differ, and every answer that does not depend on random numbers is compared."""

import copy
import pickle
import types

import numpy as np
import pytest

import fastvec.models.callbacks
from fastvec.models import KeyedVectors, Phrases, Word2Vec
from fastvec.sentences import LineSentence, PathLineSentences, Text8Corpus

TEXT = [line.split() for line in """\
the quick brown fox jumps over the lazy dog and the dog barks at the fox
a king and a queen live in the castle and the king rules the land
the queen rules the castle while the king sleeps in the land of the fox
a man and a woman walk the dog in the land near the castle
the woman sees the fox and the man sees the king near the brown castle
""".splitlines()]  # fmt: skip

OURS = types.SimpleNamespace(
    Word2Vec=Word2Vec,
    KeyedVectors=KeyedVectors,
    Phrases=Phrases,
    CallbackAny2Vec=fastvec.models.callbacks.CallbackAny2Vec,
    LineSentence=LineSentence,
    PathLineSentences=PathLineSentences,
    Text8Corpus=Text8Corpus,
)


def theirs():
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    readers = ("LineSentence", "PathLineSentences", "Text8Corpus")
    return types.SimpleNamespace(
        Word2Vec=models.Word2Vec,
        KeyedVectors=models.KeyedVectors,
        Phrases=models.Phrases,
        CallbackAny2Vec=models.callbacks.CallbackAny2Vec,
        **{name: getattr(models.word2vec, name) for name in readers},
    )


SMALL = {"vector_size": 6, "min_count": 1, "workers": 1, "sample": 0, "epochs": 2}
OPTIONS = {
    "vector_size": 5, "alpha": 0.03, "window": 3, "min_count": 2, "max_vocab_size": 999,
    "sample": 0, "seed": 3, "workers": 2, "min_alpha": 0.002, "sg": 1, "hs": 0, "negative": 4,
    "ns_exponent": 0.5, "cbow_mean": 0, "hashfxn": hash, "epochs": 3, "null_word": 0,
    "sorted_vocab": 1, "batch_words": 1000, "compute_loss": True, "comment": "mine",
    "max_final_vocab": 50, "shrink_windows": True,
}  # fmt: skip


def constructor(g, see, _):
    model = g.Word2Vec(sentences=TEXT, **OPTIONS, trim_rule=None, callbacks=())
    for name in OPTIONS:
        see((name, getattr(model, name)))
    for name in ("corpus_count", "corpus_total_words", "train_count", "layer1_size"):
        see((name, getattr(model, name)))
    see((model.wv.vectors.shape, model.wv.vectors.dtype, model.syn1neg.shape))
    see((model.get_latest_training_loss() > 0, model.total_train_time > 0))
    see(model.min_alpha_yet_reached < 0.03)
    see(sorted(model.wv.key_to_index))
    see({word: int(model.wv.get_vecattr(word, "count")) for word in model.wv.index_to_key})
    see((len(model.wv), model.wv.vector_size, "the" in model.wv, "sleeps" in model.wv))


def positions(g, see, _):
    model = g.Word2Vec(TEXT, None, 7, 0.025, 4, 1, None, 0, 1, 1, 0.0001, 1, 0, 3, 0.75, 1)
    see((model.vector_size, model.window, model.min_count, model.sg, model.negative))


def more_training(g, see, folder):
    model = g.Word2Vec(**SMALL)
    see(model.build_vocab(TEXT, progress_per=100))
    see(model.train(TEXT, total_examples=model.corpus_count, epochs=model.epochs))
    see(model.train(TEXT, total_words=75, epochs=1, start_alpha=0.02, end_alpha=0.01))
    see((0 < model.min_alpha_yet_reached <= 0.02, model.train_count, model.epochs))
    see(model.train([["the", "unknown", "fox"]], total_examples=1, epochs=3, compute_loss=True))
    see(model.build_vocab([["the", "wolf", "wolf"], ["a", "wolf"]], update=True))
    see((len(model.wv), "wolf" in model.wv, model.syn1neg.shape))
    see({word: int(model.wv.get_vecattr(word, "count")) for word in ("the", "wolf", "a", "fox")})
    see(model.train([["the", "wolf"]] * 9, total_examples=9, epochs=1)[1])
    path = folder / "text.txt"
    path.write_text("\n".join(map(" ".join, TEXT)))
    see(model.train(corpus_file=str(path), total_words=75, epochs=1)[1])
    see([int(model.wv.get_index(word)) >= 0 for word in ("wolf", "dog")])


def vocabulary(g, see, _):
    def rule(word, count, min_count):
        see((type(word), count > 0, min_count))
        return 2 if word == "sleeps" else 1 if word == "the" else 0

    model = g.Word2Vec(**{**SMALL, "min_count": 3})
    model.build_vocab(TEXT[:1] * 3 + TEXT[2:3], trim_rule=rule, keep_raw_vocab=True)
    see(sorted(model.wv.index_to_key))
    model = g.Word2Vec(**{**SMALL, "min_count": 2})
    model.build_vocab_from_freq({"dog": 2, "cat": 3, "eel": 1}, corpus_count=7)
    see((list(model.wv.index_to_key), model.corpus_count))
    model.build_vocab_from_freq({"dog": 2, "cow": 5, "owl": 1}, update=True)
    see(sorted(model.wv.index_to_key))
    other = g.Word2Vec(**{**SMALL, "vector_size": 3})
    other.build_vocab(TEXT)
    fresh = g.Word2Vec(**SMALL)
    fresh.reset_from(other)
    see((sorted(fresh.wv.index_to_key), fresh.corpus_count))
    see({"vocab", "vectors", "syn1neg", "total"} <= set(fresh.estimate_memory()))
    see(fresh.estimate_memory(vocab_size=10, report={"more": 5})["more"])
    limited = g.Word2Vec(TEXT, **{**SMALL, "max_final_vocab": 4})
    see(sorted(limited.wv.index_to_key))
    see(sorted(g.Word2Vec(TEXT, **{**SMALL, "sorted_vocab": 0}).wv.index_to_key))


class Losses:
    """What a callback of both libraries does."""

    def __init__(self, see):
        self.see, self.losses = see, []

    def on_train_begin(self, model):
        self.see(("begin", len(model.wv), model.epochs))

    def on_train_end(self, model):
        self.see(("end", len(self.losses), model.train_count))

    def on_epoch_begin(self, model):
        self.see(("epoch", model.alpha))

    def on_epoch_end(self, model):
        self.losses.append(model.get_latest_training_loss())
        model.wv.most_similar("fox", topn=1)


def callbacks(g, see, _):
    class Both(Losses, g.CallbackAny2Vec):
        pass

    one = Both(see)
    g.Word2Vec(TEXT, **SMALL, compute_loss=True, callbacks=[one])
    see([loss > 0 for loss in one.losses])
    model = g.Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    model.train(TEXT, total_examples=5, epochs=3, callbacks=[one, Both(see)])
    see(len(one.losses))


def readers(g, see, folder):
    (folder / "many").mkdir()
    lines = list(map(" ".join, TEXT))
    (folder / "many" / "a.txt").write_text("\n".join(lines[:3]) + "\n")
    (folder / "many" / "b.txt").write_text("\n".join(lines[3:]) + "\n")
    (folder / "one").write_text(" ".join(lines))
    see(list(g.LineSentence(str(folder / "many" / "a.txt"))))
    see(list(g.LineSentence(str(folder / "many" / "a.txt"), max_sentence_length=4, limit=2)))
    see(list(g.PathLineSentences(str(folder / "many"))))
    see(list(g.PathLineSentences(str(folder / "many"), limit=1)))
    see(list(g.Text8Corpus(str(folder / "one"), max_sentence_length=10)))
    for reader in (g.PathLineSentences(str(folder / "many")), g.Text8Corpus(str(folder / "one"))):
        see(sorted(g.Word2Vec(reader, **SMALL).wv.index_to_key))
        see(dict(g.Phrases(reader, min_count=1, threshold=2).export_phrases()))


def copies(g, see, folder):
    model = g.Word2Vec(TEXT, **SMALL)
    model.save(str(folder / "model"))
    loaded = g.Word2Vec.load(str(folder / "model"))
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), loaded):
        see(np.array_equal(other.wv.vectors, model.wv.vectors))
        see(np.array_equal(other.syn1neg, model.syn1neg))
        see((other.corpus_count, other.train_count, other.epochs, other.window))
        see(other.train(TEXT, total_examples=5, epochs=1))
        see(np.array_equal(other.wv.vectors, model.wv.vectors))
    wv = model.wv
    del model
    wv.save(str(folder / "wv"))
    for other in (copy.copy(wv), copy.deepcopy(wv), pickle.loads(pickle.dumps(wv))):
        see(other.index_to_key == wv.index_to_key)
        see(
            [pair[0] for pair in other.most_similar("fox")]
            == [p[0] for p in wv.most_similar("fox")]
        )
    see(np.array_equal(g.KeyedVectors.load(str(folder / "wv"), mmap="r").vectors, wv.vectors))


def known_vectors(g):
    """The same vectors in both libraries."""
    model = g.Word2Vec(TEXT, **SMALL)
    wv = g.KeyedVectors(6)
    words = sorted(model.wv.index_to_key)
    counts = np.array([int(model.wv.get_vecattr(word, "count")) for word in words])
    vectors = np.random.default_rng(5).normal(size=(len(words), 6)).astype(np.float32)
    wv.add_vectors(words, vectors)
    for word, count in zip(words, counts.tolist(), strict=True):
        wv.set_vecattr(word, "count", count)
    return wv


def queries(g, see, _):
    wv = known_vectors(g)
    see(wv.most_similar("fox"))
    see(wv.most_similar(positive=["king", "woman"], negative=["man"], topn=3))
    see(wv.most_similar(positive=[("king", 0.5), "woman", wv["fox"]], negative=[wv["dog"]]))
    see(wv.most_similar("fox", topn=None))
    see(wv.most_similar("fox", clip_start=2, clip_end=9, topn=3))
    see(wv.most_similar("fox", restrict_vocab=8, topn=3))
    see(wv.most_similar("fox", topn=0))
    see(wv.most_similar_cosmul(positive=["king", "woman"], negative=["man"], topn=4))
    see(wv.most_similar_cosmul("fox"))
    see(wv.similar_by_word("fox", topn=2, restrict_vocab=9))
    see(wv.similar_by_key("fox", 2))
    see(wv.similar_by_vector(wv["fox"] * 2, topn=2))
    see(wv.similarity("fox", "dog"))
    see((wv.distance("fox", "dog"), wv.distances("fox", ["dog", "king"]), wv.distances("fox")))
    see(wv.n_similarity(["fox", "dog"], ["king"]))
    see(wv.doesnt_match(["fox", "dog", "king", "the"]))
    see(wv.rank_by_centrality(["fox", "dog", "king"], use_norm=False))
    see((wv.closer_than("fox", "dog"), wv.rank("fox", "dog"), wv.rank("fox", "fox")))
    see(wv.most_similar_to_given("fox", ["dog", "king", "the"]))
    see(wv.relative_cosine_similarity("fox", "dog", 5))
    see(wv.wmdistance(["fox", "dog"], ["king", "unknown", "king"]))
    see(wv.wmdistance(["fox"], ["unknown"]))
    see(wv.wmdistance(["fox", "dog"], ["queen"], norm=False))
    see(wv.cosine_similarities(wv["fox"], wv[["dog", "king"]]))
    see(wv.get_mean_vector(["fox", "dog", wv["king"]], weights=[1, -2, 0.5], post_normalize=True))
    for call in (
        lambda: wv["unknown"],
        lambda: wv.most_similar("unknown"),
        lambda: wv.similarity("fox", "unknown"),
        lambda: wv.get_vecattr("fox", "no such"),
        lambda: wv.doesnt_match([]),
        lambda: wv.most_similar([]),
        lambda: wv.get_mean_vector(["unknown"], ignore_missing=False),
    ):
        try:
            see(call())
        except (KeyError, ValueError) as error:
            see(type(error).__name__)


def changes(g, see, _):
    wv = known_vectors(g)
    see(wv.norms is None or len(wv.norms))
    wv.fill_norms()
    see(wv.norms)
    see(wv.get_vector("fox", norm=True))
    wv.fill_norms(force=True)
    see(wv.get_normed_vectors()[3])
    before = {word: wv[word].tolist() for word in wv.index_to_key}
    wv.sort_by_descending_frequency()
    counts = [int(wv.get_vecattr(word, "count")) for word in wv.index_to_key]
    see(counts)
    see(all(wv[word].tolist() == vector for word, vector in before.items()))
    see(wv.add_vector("wolf", np.arange(6)))
    see((len(wv), wv.key_to_index["wolf"], wv["wolf"].copy()))
    wv.add_vectors(["fox", "bear"], np.ones((2, 6)), replace=True)
    wv["elk"] = np.full(6, 2.0)
    wv[["fox", "owl"]] = np.full((2, 6), 3.0)
    see({word: wv[word].copy() for word in ("fox", "bear", "elk", "owl")})
    see((wv.has_index_for("elk"), wv.get_index("zzz", 7), wv.get_index("elk")))
    wv.set_vecattr("elk", "weight", 400)
    wv.allocate_vecattrs(["seen"], [bool])
    see((wv.get_vecattr("elk", "weight"), wv.get_vecattr("fox", "weight")))
    wv.allocate_vecattrs()
    part = wv.vectors_for_all(["elk", "zzz", "fox"], allow_inference=False, copy_vecattrs=True)
    see((part.index_to_key, part["fox"], part.get_vecattr("elk", "weight")))
    wv.fill_norms(force=True)
    wv.unit_normalize_all()
    see((wv["fox"], np.linalg.norm(wv.vectors, axis=1)))
    see(str(wv))


def files(g, see, folder):
    wv = known_vectors(g)
    path = str(folder / "v.txt")
    wv.save_word2vec_format(path, fvocab=str(folder / "vocab"), prefix="*w_", total_vec=5)
    see((folder / "vocab").read_text().split("\n")[0])
    see((folder / "v.txt").read_text().split(" ")[0:1])
    wv.save_word2vec_format(path)
    see(g.KeyedVectors.load_word2vec_format(path)["fox"])
    see(g.KeyedVectors.load_word2vec_format(path, limit=3).index_to_key)
    see(g.KeyedVectors.load_word2vec_format(path, datatype=np.float64)["fox"].dtype)
    wv.save_word2vec_format(path, binary=True, sort_attr="none")
    see(g.KeyedVectors.load_word2vec_format(path, binary=True).index_to_key)
    wv.save_word2vec_format(path, write_header=False)
    see(g.KeyedVectors.load_word2vec_format(path, no_header=True).vectors.shape)
    with (folder / "f.txt").open("w") as file:
        file.write("fox dog 9\nking queen 8\nman woman 7\nfox zzz 6\n".replace(" ", "\t"))
    pearson, spearman, unknown = wv.evaluate_word_pairs(str(folder / "f.txt"))
    see([float(pearson[0]), float(spearman[0]), unknown, pearson.statistic == pearson[0]])
    see(wv.evaluate_word_pairs(str(folder / "f.txt"), dummy4unknown=True)[2])
    (folder / "q.txt").write_text(": one\nking man queen woman\nfox dog king zzz\n: two\na b c d\n")
    accuracy, sections = wv.evaluate_word_analogies(str(folder / "q.txt"))
    see((accuracy, [section["section"] for section in sections], sections[0]))


def objectives(g, see, _):
    for options in ({"hs": 1, "negative": 0}, {"sg": 1, "hs": 1, "negative": 0}):
        model = g.Word2Vec(TEXT, **SMALL, **options)
        scores = model.score([["the", "fox"], ["the", "dog", "zzz"]], total_sentences=2)
        see((scores.shape, scores.dtype, bool((scores < 0).all())))
        try:
            model.predict_output_word(["the"])
        except RuntimeError:
            see("negative sampling is needed")
    model = g.Word2Vec(TEXT, **SMALL)
    predicted = model.predict_output_word(["the", "fox"], topn=3)
    see((len(predicted), type(predicted[0][0])))
    see(model.predict_output_word(["zzz"]))
    try:
        model.score([["the", "fox"]])
    except RuntimeError:
        see("hierarchical softmax is needed")


SCRIPTS = [constructor, positions, more_training, vocabulary, callbacks, readers, copies, queries,
           changes, files, objectives]  # fmt: skip


def seen_by(script, g, folder):
    folder.mkdir()
    seen = []
    script(g, seen.append, folder)
    return seen


def same(ours, theirs):
    """Equal up to rounding, all the way down; tuples stand for lists."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        ours, theirs = [ours[key] for key in theirs], list(theirs.values())
    if isinstance(theirs, list | tuple):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b)
    elif isinstance(theirs, float | np.floating | np.ndarray):
        np.testing.assert_allclose(ours, theirs, atol=5e-6, rtol=1e-5)
    else:
        assert ours == theirs


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
@pytest.mark.filterwarnings("ignore")  # gensim's own
def test_both_libraries_give_the_same(script, tmp_path):
    g = theirs()
    ours = seen_by(script, OURS, tmp_path / "ours")
    expected = seen_by(script, g, tmp_path / "theirs")
    assert len(ours) == len(expected)
    for a, b in zip(ours, expected, strict=True):
        same(a, b)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_programs_run_without_warnings(script, tmp_path):
    if script is queries:
        pytest.importorskip("ot", reason="POT is not installed")
    assert seen_by(script, OURS, tmp_path / "ours")
