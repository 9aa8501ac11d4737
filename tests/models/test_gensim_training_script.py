"""A script of what gensim's documentation shows of Word2Vec and Phrases: only the imports differ.

It runs with fastvec always, and with gensim, where that is installed, to show that the script is
right.  Phrases' answers are compared; vectors that are trained are not the same bits, but their
shapes, words and kinds are.
"""

import importlib
import io
from types import SimpleNamespace

import numpy as np
import pytest

TEXT = """\
trees of new york city grow in the bank of america
graph minors of trees and graph minors survey
the mayor of new york was there and new york was machine learning
machine learning can be useful sometimes in new york
human interface computer survey user computer system response time
""".strip().split("\n")


#: what the script imports, and from where: fastvec, gensim
IMPORTS = {
    "Word2Vec": ("fastvec", "gensim.models"),
    "KeyedVectors": ("fastvec", "gensim.models"),
    "CallbackAny2Vec": ("fastvec", "gensim.models.callbacks"),
    "LineSentence": ("fastvec.sentences", "gensim.models.word2vec"),
    "PathLineSentences": ("fastvec.sentences", "gensim.models.word2vec"),
    "Text8Corpus": ("fastvec.sentences", "gensim.models.word2vec"),
    "Phrases": ("fastvec", "gensim.models"),
    "FrozenPhrases": ("fastvec.phrases", "gensim.models.phrases"),
    "Phraser": ("fastvec.phrases", "gensim.models.phrases"),
    "ENGLISH_CONNECTOR_WORDS": ("fastvec.phrases", "gensim.models.phrases"),
    "original_scorer": ("fastvec.phrases", "gensim.models.phrases"),
    "npmi_scorer": ("fastvec.phrases", "gensim.models.phrases"),
}


def imported(which):
    """All of them, from fastvec (0) or gensim (1)."""
    found = {name: (importlib.import_module(places[which])) for name, places in IMPORTS.items()}
    return SimpleNamespace(**{name: getattr(module, name) for name, module in found.items()})


def training(g, folder):
    """Word2Vec's page: what it saw that does not depend on random numbers."""
    seen = []
    see = seen.append
    path = folder / "text.txt"
    path.write_text("\n".join(TEXT))
    common_texts = [line.split() for line in TEXT]

    # train, save, load, train on
    model = g.Word2Vec(sentences=common_texts, vector_size=100, window=5, min_count=1, workers=4)
    model.save(str(folder / "word2vec.model"))
    model = g.Word2Vec.load(str(folder / "word2vec.model"))
    model.train([["hello", "world"]], total_examples=1, epochs=1)
    vector = model.wv["computer"]
    see((vector.shape, vector.dtype))
    sims = model.wv.most_similar("computer", topn=10)
    see((len(sims), type(sims[0][0]), len(sims[0])))

    # only the vectors
    word_vectors = model.wv
    word_vectors.save(str(folder / "word2vec.wordvectors"))
    wv = g.KeyedVectors.load(str(folder / "word2vec.wordvectors"), mmap="r")
    see(np.array_equal(wv["computer"], word_vectors["computer"]))
    model.wv.save_word2vec_format(str(folder / "vectors.bin"), binary=True)
    wv = g.KeyedVectors.load_word2vec_format(str(folder / "vectors.bin"), binary=True)
    see(sorted(wv.index_to_key))
    see(wv.vectors.shape)

    # files, folders, streams
    for source in (
        g.LineSentence(str(path)),
        g.PathLineSentences(str(path)),
        g.Text8Corpus(str(path)),
    ):
        model = g.Word2Vec(source, vector_size=10, min_count=2, sg=1, hs=1, negative=5, epochs=2)
        see((len(model.wv), model.corpus_total_words, model.wv.get_vecattr("of", "count")))
    model = g.Word2Vec(corpus_file=str(path), vector_size=10, min_count=2)
    see((len(model.wv), model.corpus_count, model.corpus_total_words))

    # step by step
    model = g.Word2Vec(vector_size=10, min_count=1, seed=3, sample=0, alpha=0.03, min_alpha=0.0007)
    model.build_vocab(common_texts, progress_per=10000)
    see((model.corpus_count, model.epochs, model.wv.get_vecattr("of", "count")))
    model.train(common_texts, total_examples=model.corpus_count, epochs=model.epochs)
    model.build_vocab([["brand", "new", "words", "trees"]], update=True)
    model.train([["brand", "new", "words"]], total_examples=1, epochs=1)
    see("brand" in model.wv)
    see(model.predict_output_word(["new", "york"], topn=3) is not None)

    # callbacks
    class EpochLogger(g.CallbackAny2Vec):
        def __init__(self):
            self.epoch = 0

        def on_epoch_begin(self, model):
            see(f"epoch {self.epoch} of {model.epochs} begins")

        def on_epoch_end(self, model):
            self.epoch += 1
            see(model.vector_size)

    g.Word2Vec(common_texts, vector_size=7, min_count=1, epochs=2, callbacks=[EpochLogger()])

    # phrases, then vectors of phrases
    bigram_transformer = g.Phrases(common_texts, min_count=1, threshold=1)
    model = g.Word2Vec(bigram_transformer[common_texts], min_count=1, vector_size=10)
    see(sorted(model.wv.index_to_key))
    see(model.wv.get_vecattr("new_york", "count"))
    return seen


def phrases(g, folder):
    """Phrases' page; every answer is the same."""
    seen = []
    see = seen.append
    path = folder / "text.txt"
    path.write_text("\n".join(TEXT))
    sentences = g.Text8Corpus(str(path))
    phrase_model = g.Phrases(
        sentences, min_count=1, threshold=1, connector_words=g.ENGLISH_CONNECTOR_WORDS
    )
    sent = ["trees", "graph", "minors", "of", "new", "york"]
    see(phrase_model[sent])
    frozen_model = phrase_model.freeze()
    see(frozen_model[sent])
    see(g.Phraser(phrase_model)[sent])
    see(g.FrozenPhrases(phrase_model).phrasegrams)
    see(list(frozen_model[[["trees", "graph", "minors"], ["graph", "minors"]]]))
    see([list(phrase_model[g.LineSentence(io.BytesIO("\n".join(TEXT).encode()))])])
    frozen_model.save(str(folder / "phrases.model"))
    see(g.FrozenPhrases.load(str(folder / "phrases.model"))[sent])
    phrase_model.save(str(folder / "all.model"))
    see(g.Phrases.load(str(folder / "all.model")).export_phrases())
    see(dict(sorted(phrase_model.export_phrases().items())))
    see(phrase_model.find_phrases(g.LineSentence(str(path))))
    see(list(phrase_model.analyze_sentence(sent)))
    see(dict(phrase_model.vocab))
    see(len(phrase_model.vocab))

    # more text
    phrase_model.add_vocab([["the", "mayor", "of", "new", "york"], ["a", "new", "mayor"]])
    see((phrase_model.vocab["mayor"], phrase_model.vocab["new_york"]))
    see((phrase_model.corpus_word_count, phrase_model.min_reduce, phrase_model.delimiter))
    see(phrase_model["new", "york"])
    see(phrase_model.export_phrases())

    # scores
    npmi = g.Phrases(sentences, min_count=1, threshold=0.5, scoring="npmi", delimiter=" ")
    see(npmi.export_phrases())
    facts = {"len_vocab": 20, "min_count": 1, "corpus_word_count": 90}
    for scorer in (g.original_scorer, g.npmi_scorer):
        see(float(scorer(worda_count=5, wordb_count=4, bigram_count=3, **facts)))

    # trigrams
    trigram = g.Phrases(phrase_model[sentences], min_count=1, threshold=1)
    see(list(trigram[phrase_model[sentences]]))
    return seen


@pytest.mark.filterwarnings("ignore:nothing was trained")  # as the page shows it: unknown words
def test_training_runs(tmp_path):
    seen = training(imported(0), tmp_path)
    assert seen[0] == ((100,), np.float32)
    assert seen[1] == (10, str, 2)


def test_phrases_run(tmp_path):
    seen = phrases(imported(0), tmp_path)
    assert seen[0] == ["trees", "graph_minors", "of", "new_york"]


@pytest.mark.filterwarnings("ignore")  # gensim's own
@pytest.mark.parametrize("script", [training, phrases])
def test_the_same_with_gensim(script, tmp_path):
    pytest.importorskip("gensim.models", reason="gensim is not installed")
    folders = [tmp_path / name for name in ("ours", "theirs")]
    for folder in folders:
        folder.mkdir()
    ours, theirs = script(imported(0), folders[0]), script(imported(1), folders[1])
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert a == (pytest.approx(b) if isinstance(b, float | dict) else b)
