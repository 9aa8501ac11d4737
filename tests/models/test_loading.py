"""fastvec.load opens any file by its bytes, and load and save take open files and addresses."""

import io

import numpy as np
import pytest

import fastvec
from fastvec import Corpus, FrozenPhrases, GloVe, KeyedVectors, Pairs, Phrases, Word2Vec
from fastvec.io.container import KINDS
from fastvec.models.loading import OPENERS

TEXT = [["new", "york", "is", "big"], ["in", "new", "york"]] * 10


@pytest.fixture
def things():
    """One object of each kind that is saved."""
    corpus = Corpus.read(TEXT, min_count=1)
    phrases = Phrases(TEXT, min_count=1, threshold=0.1)
    model = Word2Vec(corpus, vector_size=4, min_count=1, workers=1)
    return {
        Word2Vec: model,
        KeyedVectors: model.wv,
        GloVe: GloVe(4, min_count=1, epochs=1, progress=False).fit(TEXT),
        Corpus: corpus,
        Pairs: Pairs.from_scipy(fastvec.cooccurrence(corpus)),
        Phrases: phrases,
        FrozenPhrases: phrases.freeze(),
    }


def test_every_kind_of_file_is_opened_by_its_bytes(things, tmp_path):
    assert set(OPENERS) == set(KINDS) - {"index"}
    for kind, thing in things.items():
        path = tmp_path / f"{kind.__name__}.txt"  # the name says nothing
        thing.save(path)
        assert type(fastvec.load(path)) is kind


@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz", "v.bin", "v.glove", "v.npy", "v.parquet"])
def test_every_format_of_vectors_is_opened_by_its_bytes(things, tmp_path, name):
    from fastvec.io.format import VectorFile
    from fastvec.io.registry import write_vectors

    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    wv = things[KeyedVectors]
    write_vectors(tmp_path / name, VectorFile(wv.words, wv.vectors, wv.counts))
    again = fastvec.load(tmp_path / name)
    assert type(again) is KeyedVectors
    assert again.index_to_key == wv.index_to_key
    np.testing.assert_array_equal(again.vectors, wv.vectors)


def test_what_is_nothing_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("to be or not to be\n" * 9)
    with pytest.raises(ValueError, match=r"a\.txt: row 1: expected a word and numbers"):
        fastvec.load(tmp_path / "a.txt")


def test_an_index_needs_its_vectors(things, tmp_path):
    pytest.importorskip("usearch", reason="usearch is not installed")
    from fastvec.ann import Index

    Index(things[KeyedVectors]).save(tmp_path / "index")
    with pytest.raises(ValueError, match=r"an index .* belongs to vectors: use ann\.Index\.load"):
        fastvec.load(tmp_path / "index")


SAVED = (Word2Vec, KeyedVectors, GloVe, Phrases, FrozenPhrases)


@pytest.mark.parametrize("kind", SAVED)
def test_open_files_are_written_and_read(things, tmp_path, kind):
    memory = io.BytesIO()
    things[kind].save(memory)
    path = tmp_path / "file"
    with path.open("wb") as file:
        things[kind].save(file)
        assert not file.closed
    assert path.read_bytes() == memory.getvalue()
    memory.seek(0)
    assert type(kind.load(memory)) is kind
    with path.open("rb") as file:
        assert type(kind.load(file)) is kind
        assert not file.closed


@pytest.mark.parametrize("binary", [False, True])
def test_open_files_of_word2vec(things, binary):
    wv, memory = things[KeyedVectors], io.BytesIO()
    memory.write(b"before")
    wv.save_word2vec_format(memory, binary=binary)
    memory.seek(6)
    again = KeyedVectors.load_word2vec_format(memory, binary=binary)
    assert again.index_to_key == wv.index_to_key
    np.testing.assert_array_equal(again.vectors, wv.vectors)
    assert not memory.closed


def test_open_files_that_cannot_be_used_are_refused(things, tmp_path):
    wv = things[KeyedVectors]
    with (tmp_path / "t").open("w") as file, pytest.raises(TypeError, match="open it as 'rb' or"):
        wv.save(file)
    with pytest.raises(TypeError, match="a file is a path, an address or an open file, got 7"):
        wv.save(7)
    with pytest.raises(ValueError, match="an open file is not a safetensors file, or cut off"):
        KeyedVectors.load(io.BytesIO(b"short"))


@pytest.fixture
def memory(request):
    """A remote place, which is in this process's memory."""
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    system = fsspec.filesystem("memory")
    request.addfinalizer(lambda: system.exists("/fastvec") and system.rm("/fastvec", True))
    return system


@pytest.mark.parametrize("kind", SAVED)
def test_remote_files_are_written_and_read(things, memory, tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    address = "memory://fastvec/deep/file"
    things[kind].save(address)
    assert memory.exists("/fastvec/deep/file")
    assert type(kind.load(address)) is type(fastvec.load(address)) is kind
    assert not list(tmp_path.iterdir())


def test_remote_files_of_word2vec(things, memory):
    wv, address = things[KeyedVectors], "memory://fastvec/v.txt.gz"
    wv.save_word2vec_format(address, fvocab="memory://fastvec/words.txt")
    assert memory.cat("/fastvec/v.txt.gz").startswith(b"\x1f\x8b")
    again = KeyedVectors.load_word2vec_format(address, fvocab="memory://fastvec/words.txt")
    np.testing.assert_array_equal(again.counts, wv.counts)
    assert fastvec.load(address).index_to_key == wv.index_to_key
    with pytest.raises(ValueError, match="v is remote: only a file of this machine"):
        wv.save_word2vec_format("memory://fastvec/v", append=True)


def test_a_remote_file_is_whole_or_not_there(things, memory, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("fastvec.io.tensors.row_blocks", full)
        with pytest.raises(OSError, match="No space left"):
            things[KeyedVectors].save("memory://fastvec/v")
    assert not memory.exists("/fastvec/v")


def test_usual_names_of_the_arguments(things, tmp_path):
    for kind in (Word2Vec, KeyedVectors, Phrases, FrozenPhrases):
        path = str(tmp_path / kind.__name__)
        things[kind].save(fname_or_handle=path)
        assert type(kind.load(fname=path)) is kind


@pytest.mark.parametrize("kind", [Word2Vec, KeyedVectors, GloVe, Phrases, FrozenPhrases, Pairs])
def test_load_is_not_called_on_an_instance(things, kind):
    with pytest.raises(AttributeError, match=rf"call it on the class, {kind.__name__}\.load"):
        things[kind].load("file")


def test_load_word2vec_format_is_not_called_on_an_instance():
    class Mine(KeyedVectors):
        pass

    with pytest.raises(AttributeError, match=r"Mine\.load_word2vec_format\(\.\.\.\)"):
        Mine(3).load_word2vec_format("file")


class MyModel(Word2Vec):
    def __init__(self, flavour):
        super().__init__(TEXT, vector_size=4, min_count=1, workers=1)
        self.flavour = flavour


class MyGlove(GloVe):
    def __init__(self, flavour):
        super().__init__(4, min_count=1, epochs=1, progress=False)
        self.flavour = flavour


class MyPhrases(Phrases):
    def __init__(self, flavour):
        super().__init__(TEXT, min_count=1)
        self.flavour = flavour


@pytest.mark.parametrize("kind", [MyModel, MyGlove, MyPhrases])
def test_subclasses_with_constructors_of_their_own_are_loaded(tmp_path, kind):
    thing = kind("sweet")
    if kind is MyGlove:
        thing.fit(TEXT)
    thing.save(tmp_path / "file")
    assert type(kind.load(tmp_path / "file")) is kind
