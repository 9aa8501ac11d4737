"""Everything that is saved goes to paths, to open files, and to addresses that fsspec knows, under
gensim's names of the arguments."""

import errno
import io
import itertools

import numpy as np
import pytest

import fastvec
from fastvec import (
    Corpus,
    FrozenPhrases,
    GloVe,
    KeyedVectors,
    NeuralLM,
    Pairs,
    Phrases,
    Ranker,
    Vocabulary,
    Word2Vec,
)

TEXT = [["the", "cat", "sat"], ["the", "dog", "ran"]] * 9


@pytest.fixture(scope="module")
def things():
    model = Word2Vec(TEXT, vector_size=4, min_count=1, workers=1, sample=0)
    glove = GloVe(4, min_count=1, epochs=1, progress=False).fit(TEXT)
    neural = NeuralLM(TEXT, 4, min_count=1, epochs=1, progress=False)
    ranker = Ranker(TEXT, 4, min_count=1, epochs=1, progress=False)
    phrases = Phrases(TEXT, min_count=1, threshold=0.1)
    numbers = KeyedVectors(2)
    numbers.add_vectors([30, 7], np.eye(2))
    return {
        "Word2Vec": (model, Word2Vec.load, lambda m: (m.wv.vectors.tolist(), m.corpus_count)),
        "GloVe": (glove, GloVe.load, lambda m: (m.wv.vectors.tolist(), m.loss_history)),
        "NeuralLM": (neural, NeuralLM.load, lambda m: (m.wv.vectors.tolist(), m.loss_history)),
        "Ranker": (ranker, Ranker.load, lambda m: (m.wv.vectors.tolist(), m.loss_history)),
        "KeyedVectors": (numbers, KeyedVectors.load, lambda wv: (wv.index_to_key, wv[7].tolist())),
        "Phrases": (phrases, Phrases.load, lambda p: (dict(p.vocab), p.export_phrases())),
        "FrozenPhrases": (phrases.freeze(), FrozenPhrases.load, lambda p: p.phrasegrams),
        "Pairs": (glove.pairs, Pairs.load, lambda p: p.to_scipy().toarray().tolist()),
        "Corpus": (Corpus.read(TEXT, min_count=1), Corpus.open, lambda c: c.tokens.tolist()),
        "Vocabulary": (
            Vocabulary.of({"a": 3}),
            Vocabulary.load,
            lambda v: (list(v.words), v.counts.tolist()),
        ),
    }


KINDS = [
    "Word2Vec",
    "GloVe",
    "NeuralLM",
    "Ranker",
    "KeyedVectors",
    "Phrases",
    "FrozenPhrases",
    "Pairs",
    "Corpus",
]


def through_path(thing, load, folder):
    thing.save(str(folder / "a"))
    return load(str(folder / "a"))


def through_names(thing, load, folder):
    thing.save(fname_or_handle=folder / "b")
    return load(fname=folder / "b")


def through_open_files(thing, load, folder):
    with (folder / "c").open("wb") as file:
        thing.save(file)
    with (folder / "c").open("rb") as file:
        return load(file)


def through_memory(thing, load, _):
    file = io.BytesIO()
    thing.save(file)
    file.seek(0)
    return load(fname=file)


def through_fsspec(thing, load, _):
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    try:
        thing.save("memory://saved/d")
        return load("memory://saved/d")
    finally:
        fsspec.filesystem("memory").rm("/saved", recursive=True)


def through_fastvec_load(thing, load, folder):
    del load
    thing.save(folder / "e")
    return fastvec.load(folder / "e")


WAYS = [
    through_path,
    through_names,
    through_open_files,
    through_memory,
    through_fsspec,
    through_fastvec_load,
]


@pytest.mark.parametrize(
    ("kind", "way"), [*itertools.product(KINDS, WAYS), *(("Vocabulary", way) for way in WAYS[:-1])]
)
def test_what_was_saved_is_loaded(kind, way, things, tmp_path):
    thing, load, contents = things[kind]
    again = way(thing, load, tmp_path)
    assert type(again) is type(thing)
    assert contents(again) == contents(thing)


@pytest.mark.parametrize("kind", [*KINDS, "Vocabulary"])
def test_what_is_no_file_is_refused(kind, things):
    thing, load, _ = things[kind]
    for odd in (3, None, ["a"]):
        for call in (thing.save, load):
            with pytest.raises(TypeError, match="a file is a path, an address or an open file"):
                call(odd)
    for call, text in ((thing.save, io.StringIO()), (load, io.StringIO("a 3"))):
        with pytest.raises(TypeError, match="open as text: open it as 'rb' or 'wb'"):
            call(text)


class Refusing:
    """A file system that cannot be used, in one way or another."""

    def __init__(self, error):
        self.error = error

    def put_file(self, *_):
        raise self.error

    def open(self, *_):
        raise self.error


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (NotImplementedError("read-only"), OSError, "fsspec cannot .* it: read-only: 'x://y'"),
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
            ConnectionError,
            "refused: 'x://y'",
        ),
        (OSError("no credentials"), OSError, "fsspec cannot .* it: no credentials: 'x://y'"),
        (PermissionError(errno.EACCES, "no", "y"), PermissionError, "no: 'x://y'"),
        (ValueError("a bad name"), ValueError, "fsspec cannot .* x://y: a bad name"),
        (RuntimeError("broken"), OSError, "fsspec cannot .* it: broken: 'x://y'"),
        (ImportError("Install s3fs"), ImportError, "x://y, fsspec needs a package: Install s3fs"),
    ],
    ids=repr,
)
def test_a_remote_place_that_cannot_be_used_says_so(error, kind, says, things, monkeypatch):
    core = pytest.importorskip("fsspec.core", reason="fsspec is not installed")
    monkeypatch.setattr(core, "url_to_fs", lambda _: (Refusing(error), "y"))
    for thing, load, _ in things.values():
        for call in (thing.save, load):
            with pytest.raises(kind, match=says):
                call("x://y")


def test_addresses_that_fsspec_does_not_know(things):
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    for thing, load, _ in things.values():
        for call in (thing.save, load):
            with pytest.raises(ValueError, match=r"fsspec cannot .* nothing://a/b: Protocol"):
                call("nothing://a/b")
