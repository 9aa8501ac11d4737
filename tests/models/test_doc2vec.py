"""Doc2Vec: tags of every kind, what it learns, new documents, files; gensim's way of calling it."""

import copy
import importlib
import mmap
import pickle
import tracemalloc
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from texts import GENSIMS_TEXT

import fastvec
from fastvec import Corpus, Doc2Vec, KeyedVectors, Word2Vec
from fastvec.models.doc2vec import TaggedDocument, TaggedLineDocument

MODES = {
    "dbow": {"dm": 0},
    "dbow_words": {"dm": 0, "dbow_words": 1},
    "dm_mean": {"dm": 1},
    "dm_sum": {"dm": 1, "dm_mean": 0},
    "tree": {"dm": 0, "hs": 1, "negative": 0},
}
OPTIONS: dict[str, Any] = {
    "vector_size": 16, "min_count": 1, "sample": 0, "epochs": 20, "workers": 1, "progress": False,
}  # fmt: skip
HALF = 20


def texts(seed: int = 0) -> list[list[str]]:
    """Documents in two languages that have no word in common: the first half and the second."""
    draw = np.random.default_rng(seed)
    languages = [[f"{name}{i}" for i in range(30)] for name in "ab"]
    return [draw.choice(languages[i >= HALF], 40).tolist() for i in range(2 * HALF)]


def tagged(names: bool = False) -> list[TaggedDocument]:
    return [TaggedDocument(words, [f"d{i}" if names else i]) for i, words in enumerate(texts())]


def trained(documents: Any = None, **options: Any) -> Doc2Vec:
    documents = tagged() if documents is None else documents
    return Doc2Vec(documents, **(OPTIONS | {"alpha": 0.1} | options))


def apart(vectors: NDArray[np.float32]) -> bool:
    """Whether documents are more similar to those of their own half than to those of the other."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines, half = unit @ unit.T, np.arange(len(unit)) >= HALF
    same = half[:, None] == half
    others = ~np.eye(len(unit), dtype=bool)
    return bool(cosines[same & others].mean() - cosines[~same].mean() > 0.05)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("mode", MODES)
def test_documents_of_two_languages_are_apart(mode: str, workers: int) -> None:
    model = trained(workers=workers, **MODES[mode])
    assert apart(model.dv.vectors)
    new = texts(1)
    assert apart(model.infer_vectors(new))
    near = [tag < HALF for tag, _ in model.dv.most_similar(model.infer_vector(new[0]), topn=9)]
    assert np.mean(near) > 0.5


@pytest.mark.parametrize("mode", MODES)
def test_same_seed_same_bytes(mode: str) -> None:
    one, two, other = (trained(seed=seed, **MODES[mode]) for seed in (1, 1, 2))
    for get in (lambda m: m.wv.vectors, lambda m: m.dv.vectors, lambda m: m.infer_vector(["a1"])):
        np.testing.assert_array_equal(get(one), get(two))
        assert (get(one) != get(other)).any()


def test_words_are_trained_only_where_they_are_inputs() -> None:
    fresh = {mode: Doc2Vec(**(OPTIONS | options)) for mode, options in MODES.items()}
    for mode, model in fresh.items():
        model.build_vocab(tagged())
        before = model.wv.vectors.copy()
        model.train(tagged())
        assert (model.wv.vectors != before).any() == (mode not in ("dbow", "tree"))


# --- tags


def test_integer_tags_are_numbers_of_rows() -> None:
    model = trained([TaggedDocument(["a", "b"], [3]), TaggedDocument(["b", "a"], [np.int64(1)])])
    assert model.dv.index_to_key == [0, 1, 2, 3]
    assert model.dv[3].shape == (16,)
    with pytest.raises(KeyError):
        model.dv[4]


def test_several_tags_and_none() -> None:
    documents = [
        TaggedDocument(["a", "b"], ["x", "all"]),
        TaggedDocument(["b", "c"], ["y", "all"]),
        TaggedDocument(["c", "a"], []),
        TaggedDocument([], ["z"]),
    ]
    model = trained(documents)
    assert model.dv.index_to_key == ["x", "all", "y", "z"]
    fresh = Doc2Vec(**OPTIONS)
    fresh.build_vocab(documents)
    before = fresh.dv.vectors.copy()
    fresh.train(documents)
    moved = (fresh.dv.vectors != before).any(axis=1)
    assert moved.tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ("tags", "error", "says"),
    [
        ("name", TypeError, r"document 1: its tags must be a list, got 'name': write \['name'\]"),
        (7, TypeError, r"its tags must be a list, got 7: write \[7\]"),
        (["a", 1], TypeError, "tags must be all strings or all integers, got 'a'"),
        ([None], TypeError, "a tag is a string or an integer, got None"),
        ([True], TypeError, "a tag is a string or an integer, got True"),
        ([-1], ValueError, "the number of a row, from 0 on, got -1: use strings as tags"),
        ([2**31], ValueError, "the number of a row, below 2147483648, got 2147483648: use strings"),
        ([10**12], ValueError, "below 2147483648, got 1000000000000: use strings as tags"),
        ([10**6], ValueError, "3 documents should not have a tag as large as 1000000: use strings"),
        (["\ud800"], (TypeError, ValueError), "all strings or all integers|not valid Unicode"),
    ],
)
def test_bad_tags_are_refused(tags: Any, error: Any, says: str) -> None:
    documents = [
        TaggedDocument(["a"], [0]), TaggedDocument(["a"], tags), TaggedDocument(["a"], [1]),
    ]  # fmt: skip
    with pytest.raises(error, match=says):
        trained(documents)


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(TypeError, match="document 1 must be a TaggedDocument, as the first one is"):
        trained([TaggedDocument(["a"], [0]), ["a"]])
    with pytest.raises(TypeError, match="is a string"):
        trained([TaggedDocument("a b", [0])])


LINES = ["a b", "", "c", "zz", "a c b"]


def numbered_alike(model: Doc2Vec, other: Doc2Vec) -> None:
    assert model.dv.index_to_key == other.dv.index_to_key == list(range(len(LINES)))
    np.testing.assert_array_equal(model.dv.vectors, other.dv.vectors)
    np.testing.assert_array_equal(model.wv.vectors, other.wv.vectors)


def test_lines_are_numbered_also_those_without_words(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(LINES) + "\n")
    documents = [TaggedDocument(line.split(), [i]) for i, line in enumerate(LINES)]
    model = trained(documents, min_count=2)
    for given in (path, TaggedLineDocument(path), [line.split() for line in LINES]):
        numbered_alike(trained(given, min_count=2), model)
    assert [list(each.words) for each in TaggedLineDocument(path)] == [x.split() for x in LINES]
    by_file = Doc2Vec(corpus_file=str(path), **(OPTIONS | {"alpha": 0.1, "min_count": 2}))
    numbered_alike(by_file, model)


def test_tags_in_a_column(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import csv, parquet

    names = ["x", "y", "x", None, "z"]
    table = pa.table({"text": ["a b", "b\nc", "c a", "a", ""], "id": names})
    parquet.write_table(table, tmp_path / "t.parquet")
    csv.write_csv(table, tmp_path / "t.csv")
    columns: dict[str, Any] = {"column": "text", "tag_column": "id"}
    wanted = trained(
        [TaggedDocument(text.split(), [name]) for text, name in
         [("a b", "x"), ("b c", "y"), ("c a", "x")]]
    )  # fmt: skip
    for source in (tmp_path / "t.parquet", tmp_path / "t.csv", table.to_pylist(), table):
        model = trained(source, **columns)
        assert model.dv.index_to_key == ["x", "y"]
        np.testing.assert_array_equal(model.dv.vectors, wanted.dv.vectors)
    numbers = pa.table({"text": ["a b", "b c"], "id": [10**12, 7]})
    assert trained(numbers, **columns).dv.index_to_key == ["1000000000000", "7"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tag_column": "id"}, "tag_column=id needs column=NAME beside it"),
        ({"tag_column": "id", "column": "id"}, "tag_column=id needs column=NAME beside it"),
        ({"tag_column": "no", "column": "text"}, "no"),
    ],
)
def test_columns_that_are_not_there(options: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        trained([{"text": "a b", "id": "x"}], **options)


def test_tag_columns_are_for_tables() -> None:
    with pytest.raises(ValueError, match=r"tag_column is for tables|there is no column"):
        trained([["a", "b"]], column="text", tag_column="id")
    with pytest.raises(
        ValueError, match="an encoded corpus has no columns: tag_column is for tables"
    ):
        trained(Corpus.read([["a"]], min_count=1), column="text", tag_column="id")


def test_a_corpus_has_its_sentences_as_documents() -> None:
    corpus = Corpus.read([["a", "b"], [], ["b", "a"]], min_count=1)
    assert trained(corpus).dv.index_to_key == [0, 1]


# --- more text, and other models


@pytest.mark.parametrize("names", [True, False])
def test_more_documents_later(names: bool) -> None:
    tags: list[Any] = ["x", "y", "z"] if names else [0, 1, 2]
    first = [TaggedDocument(["a", "b"], tags[:1]), TaggedDocument(["b", "a"], tags[1:2])]
    model = trained(first)
    before = model.dv.vectors.copy()
    model.build_vocab([TaggedDocument(["c", "a"], tags[2:])], update=True)
    assert model.dv.index_to_key == tags
    assert model.wv.index_to_key == ["a", "b", "c"]
    np.testing.assert_array_equal(model.dv.vectors[:2], before)
    model.train([TaggedDocument(["c", "a"], tags[2:]), TaggedDocument(["c"], [])], epochs=1)
    np.testing.assert_array_equal(model.dv.vectors[:2], before)
    other = ["new"] if names else [9]
    model.train([TaggedDocument(["c", "a"], other)], epochs=1)  # a tag that is not known
    np.testing.assert_array_equal(model.dv.vectors[:2], before)


def test_names_and_numbers_do_not_mix() -> None:
    model = trained()
    with pytest.raises(ValueError, match="the tags of this model's documents are numbers"):
        model.train(tagged(names=True))
    with pytest.raises(ValueError, match="the tags of this model's documents are names"):
        trained(tagged(names=True)).build_vocab(tagged(), update=True)


def test_a_model_is_what_it_was_after_an_error() -> None:
    model = trained()
    before = model.dv.vectors.copy()
    with pytest.raises(TypeError):
        model.build_vocab([TaggedDocument(["a"], ["x"]), ["b"]])
    np.testing.assert_array_equal(model.dv.vectors, before)
    assert model.infer_vector(["a1"]).any()


def test_reset_from() -> None:
    model = trained()
    other = Doc2Vec(**(OPTIONS | {"vector_size": 8}))
    other.reset_from(model)
    assert other.dv.vectors.shape == (2 * HALF, 8)
    other.train()
    assert other.loss_history
    with pytest.raises(TypeError, match="reset_from takes a Doc2Vec"):
        other.reset_from(Word2Vec([["a"]], min_count=1))


def test_vectors_that_are_given() -> None:
    given = KeyedVectors(16)
    given.add_vectors(["d0", "old"], np.ones((2, 16)))
    model = Doc2Vec(dv=given, **OPTIONS)
    model.build_vocab(tagged(names=True))
    assert model.dv.index_to_key[:3] == ["d0", "old", "d1"]
    assert (model.dv["d0"] == 1).all()
    with pytest.raises(ValueError, match="dv must be a KeyedVectors of 16 numbers"):
        Doc2Vec(dv=KeyedVectors(8), **OPTIONS)


def test_vectors_in_a_mapped_file(tmp_path: Path) -> None:
    mapped = trained(dv_mapfile=tmp_path / "dv")
    np.testing.assert_array_equal(mapped.dv.vectors, trained().dv.vectors)
    assert (tmp_path / "dv").stat().st_size == 2 * HALF * 64
    on_disk = np.fromfile(tmp_path / "dv", np.float32).reshape(-1, 16)
    np.testing.assert_array_equal(on_disk, mapped.dv.vectors)
    more = [*tagged(), TaggedDocument(["a1"], [2 * HALF])]
    mapped.build_vocab(more, update=True)
    np.testing.assert_array_equal(mapped.dv.vectors[:-1], on_disk)
    with pytest.raises(FileNotFoundError):
        trained(dv_mapfile=tmp_path / "no" / "dv")


def tracked_peak(work: Callable[[], object]) -> int:
    """How many bytes of memory some work takes at once, mapped files not among them."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def many_documents(count: int) -> list[TaggedDocument]:
    return [TaggedDocument([f"a{i % 30}", f"a{i % 29}"], [i]) for i in range(count)]


def test_a_mapped_file_is_never_in_memory_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastvec.io.tensors.BLOCK_BYTES", 1 << 20)
    count, options = 20_000, {"vector_size": 100, "epochs": 1, "min_count": 1}
    model = trained(many_documents(count), dv_mapfile=tmp_path / "dv", **options)
    model.save(tmp_path / "m.safetensors")
    size = (tmp_path / "dv").stat().st_size
    assert size == count * 448
    more = many_documents(10)

    def work() -> None:
        model.build_vocab([TaggedDocument(["a1"], [count])], update=True)
        model.train(more, epochs=1)
        model.infer_vectors(texts(1), epochs=2)
        model.save(tmp_path / "again.safetensors")

    assert tracked_peak(work) < size / 2
    assert len(model.dv) == count + 1
    loaded = Doc2Vec.load(tmp_path / "m.safetensors")
    loaded.dv_mapfile = tmp_path / "loaded"
    assert tracked_peak(lambda: loaded.train(more, epochs=1)) < size / 2
    assert (tmp_path / "loaded").stat().st_size == size
    np.testing.assert_array_equal(loaded.dv[count - 1], model.dv[count - 1])


def resident(path: Path) -> int:
    """How many bytes of a mapped file this process has touched."""
    lines = Path("/proc/self/smaps").read_text().splitlines()
    found = [i for i, line in enumerate(lines) if line.endswith(str(path))]
    facts = (
        dict(line.split(":", 1) for line in lines[i + 1 : i + 20] if ":" in line) for i in found
    )
    return 1024 * sum(int(each["Rss"].split()[0]) for each in facts)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux says it")
def test_new_vectors_read_no_vector_of_a_document(tmp_path: Path) -> None:
    options = {"vector_size": 100, "epochs": 1, "min_count": 1}
    model = trained(many_documents(20_000), dv_mapfile=tmp_path / "dv", **options)
    owner: Any = model.dv.vectors
    while not isinstance(owner, mmap.mmap):
        owner = owner.base if isinstance(owner, np.ndarray) else owner.obj
    assert resident(tmp_path / "dv") > 8_000_000
    owner.madvise(mmap.MADV_DONTNEED)
    assert resident(tmp_path / "dv") < 200_000
    model.infer_vector(["a1", "a2"])
    model.infer_vectors(texts(1))
    assert model.dv[7].shape == (100,) and 7 in model.dv
    assert resident(tmp_path / "dv") < 200_000


def test_a_mapped_file_that_is_replaced_is_whole_or_as_before(tmp_path: Path) -> None:
    (tmp_path / "dv").write_bytes(b"old")
    with pytest.raises(ValueError, match="finite"):
        wild = KeyedVectors(16)
        wild.add_vectors(["d0"], np.full((1, 16), np.nan))
        Doc2Vec(tagged(names=True), dv=wild, dv_mapfile=tmp_path / "dv", **OPTIONS)
    assert (tmp_path / "dv").read_bytes() == b"old"
    trained(dv_mapfile=tmp_path / "dv")
    assert [path.name for path in tmp_path.iterdir()] == ["dv"]
    with pytest.raises(OSError, match="/dev/null"):
        trained(dv_mapfile="/dev/null")
    assert Path("/dev/null").is_char_device()


# --- new documents


@pytest.mark.parametrize("mode", MODES)
def test_a_new_vector_depends_on_the_document_alone(mode: str) -> None:
    model = trained(**MODES[mode])
    new = [*texts(1), ["zz"], []]
    together = model.infer_vectors(new)
    model.workers = 4
    np.testing.assert_array_equal(model.infer_vectors(new[::-1])[::-1], together)
    for i in (0, 7, len(new) - 1):
        np.testing.assert_array_equal(model.infer_vector(new[i]), together[i])
    assert not together[-2:].any()
    before = model.wv.vectors.copy(), model.dv.vectors.copy()
    model.train(tagged(), epochs=1)
    assert (model.infer_vector(new[0]) != together[0]).any()
    assert before[1].shape == model.dv.vectors.shape


def test_no_documents_have_no_vectors(tmp_path: Path) -> None:
    model = trained()
    (tmp_path / "empty.txt").touch()
    for nothing in ([], iter([]), tmp_path / "empty.txt"):
        assert model.infer_vectors(nothing).shape == (0, model.vector_size)


def test_one_new_document_is_read_as_many_are() -> None:
    model, words = trained(), texts(1)[0]
    wanted = model.infer_vectors([words])[0]
    for document in (words, iter(words), np.array(words), TaggedDocument(words, ["any"])):
        np.testing.assert_array_equal(model.infer_vector(document), wanted)
    for wrong in ("a b", None, 7, [0, 1], [None], [["a"]], ["a", 1]):
        with pytest.raises(TypeError, match=r"must be|not a word|tokens"):
            model.infer_vector(wrong)  # type: ignore[arg-type]


def test_new_documents_from_anywhere(tmp_path: Path) -> None:
    model = trained()
    new = texts(1)
    wanted = model.infer_vectors(new)
    path = tmp_path / "new.txt"
    path.write_text("".join(" ".join(words) + "\n" for words in new))
    np.testing.assert_array_equal(model.infer_vectors(path), wanted)
    documents = [TaggedDocument(words, ["any"]) for words in new]
    np.testing.assert_array_equal(model.infer_vectors(iter(documents)), wanted)


def test_how_new_vectors_are_found() -> None:
    model = trained()
    words = texts(1)[0]
    assert (model.infer_vector(words, epochs=1) != model.infer_vector(words, epochs=2)).any()
    assert (model.infer_vector(words, alpha=0.2) != model.infer_vector(words)).any()
    near = model.similarity_unseen_docs(words, texts(2)[0])
    assert near > model.similarity_unseen_docs(words, texts(2)[HALF])
    for infer in (model.infer_vector, lambda words, **how: model.infer_vectors([words], **how)):
        with pytest.raises(FloatingPointError, match=r"not finite: lower alpha \(now 1e\+38\)"):
            infer(words * 9, alpha=1e38)
    for bad in ({"epochs": 0}, {"alpha": 0}, {"min_alpha": -1}):
        with pytest.raises(ValueError, match="must be"):
            model.infer_vector(words, **bad)
    with pytest.raises(TypeError, match="doc_words must be a list of words"):
        model.infer_vector("a1 a2")
    with pytest.raises(RuntimeError, match="there is no vocabulary yet"):
        Doc2Vec(**OPTIONS).infer_vector(words)


# --- files and copies


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("mode", MODES)
def test_a_saved_model_goes_on(tmp_path: Path, mode: str, names: bool) -> None:
    model = trained(tagged(names), **MODES[mode])
    path = tmp_path / "model.safetensors"
    model.save(path)
    for loaded in (Doc2Vec.load(path), fastvec.load(path), pickle.loads(pickle.dumps(model))):
        assert isinstance(loaded, Doc2Vec)
        assert repr(loaded) == repr(model)
        assert loaded.dv.index_to_key == model.dv.index_to_key
        np.testing.assert_array_equal(loaded.dv.vectors, model.dv.vectors)
        np.testing.assert_array_equal(loaded.infer_vector(["a1"]), model.infer_vector(["a1"]))
        other = copy.deepcopy(model)
        for each in (loaded, other):
            each.train(tagged(names), epochs=2)
        np.testing.assert_array_equal(loaded.dv.vectors, other.dv.vectors)
    assert len(KeyedVectors.load(path)) == len(model.wv)
    with pytest.raises(ValueError, match="holds a Doc2Vec model"):
        Word2Vec.load(path)


def test_word2vec_files(tmp_path: Path) -> None:
    model = trained()
    both, alone = tmp_path / "both.txt", tmp_path / "alone.bin"
    model.save_word2vec_format(both, doctag_vec=True)
    found = KeyedVectors.load_word2vec_format(both)
    assert len(found) == len(model.wv) + len(model.dv)
    np.testing.assert_array_equal(found["*dt_3"], model.dv[3])
    model.save_word2vec_format(alone, doctag_vec=True, word_vec=False, prefix="", binary=True)
    found = KeyedVectors.load_word2vec_format(alone, binary=True)
    np.testing.assert_array_equal(found["3"], model.dv[3])


class Stop(fastvec.CallbackAny2Vec):
    """Ctrl-C after two epochs."""

    def __init__(self) -> None:
        self.epochs = 0

    def on_epoch_end(self, _: Any) -> None:
        self.epochs += 1
        if self.epochs == 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize("mode", MODES)
def test_a_checkpoint_is_gone_on_from(tmp_path: Path, mode: str) -> None:
    options = OPTIONS | {"epochs": 4} | MODES[mode]
    whole, path = trained(**(options | {"alpha": 0.025})), tmp_path / "run.ckpt"
    model = Doc2Vec(**options)
    model.build_vocab(tagged())
    with pytest.raises(KeyboardInterrupt):
        model.train(callbacks=[Stop()], checkpoint=path, checkpoint_every="1e")
    resumed = Doc2Vec.resume(path, tagged())
    np.testing.assert_array_equal(resumed.dv.vectors, whole.dv.vectors)
    np.testing.assert_array_equal(resumed.wv.vectors, whole.wv.vectors)
    other = [TaggedDocument(each.words, [0]) for each in tagged()]
    with pytest.raises(ValueError, match=r"another|not the"):
        Doc2Vec.resume(path, other, epochs=9)


@pytest.mark.parametrize("name", ["tags", "dbow_words"])
def test_a_damaged_file_is_refused(tmp_path: Path, name: str) -> None:
    from fastvec.io.container import read_container, write_container

    trained(tagged(names=True)).save(tmp_path / "m")
    file = read_container(str(tmp_path / "m"), "doc2vec")
    arrays = {key: np.array(value) for key, value in file.arrays.items()}
    if name == "tags":
        arrays["tag_offsets"] = arrays["tag_offsets"][:-1]
    else:
        file.metadata[name] = "some"
    write_container(tmp_path / "bad", "doc2vec", arrays, file.metadata, file.words)
    with pytest.raises(ValueError, match="bad is damaged"):
        Doc2Vec.load(tmp_path / "bad")


# --- options


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"dm": 2}, ValueError, "dm must be 0 or 1, got 2"),
        ({"dbow_words": 3}, ValueError, "dbow_words must be 0 or 1, got 3"),
        ({"dm_concat": 1}, ValueError, "dm_concat and dm_tag_count are not there"),
        ({"sg": 1}, TypeError, "sg is an option of Word2Vec: use dm"),
        ({"cbow_mean": 1}, TypeError, "use dm_mean"),
        ({"windows": 3}, TypeError, "windows"),
        ({"deterministic": True, "dm": 0}, ValueError, "deterministic=True is not for documents"),
        ({"validation": 0.1}, ValueError, "Doc2Vec has no validation"),
        ({"tag_column": 3}, TypeError, "tag_column must be"),
    ],
)
def test_options_are_checked(options: dict[str, Any], error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        Doc2Vec(**(OPTIONS | options))


def test_locked_documents_are_refused() -> None:
    model = trained()
    model.dv.vectors_lockf = 0
    with pytest.raises(ValueError, match=r"dv.vectors_lockf must be 1"):
        model.train()


def test_what_is_known_of_a_model() -> None:
    model = trained(dm=0)
    assert (model.dm, model.dbow, model.dm_mean, model.dbow_words) == (False, True, 1, 0)
    assert repr(model).startswith("Doc2Vec<documents=40, vocab=60, vector_size=16, alpha=0.1, dm=0")
    assert model.estimate_memory()["doctag_syn0"] == 40 * 64
    assert model.corpus_count == 40


# --- gensim's documentation


def script(g: Any, folder: Path) -> list[Any]:
    """What gensim's pages about Doc2Vec show: what does not depend on random numbers."""
    seen = []
    documents = [g.TaggedDocument(doc, [i]) for i, doc in enumerate(GENSIMS_TEXT)]
    model = g.Doc2Vec(documents, vector_size=5, window=2, min_count=1, workers=4)
    fname = str(folder / "my_doc2vec_model")
    model.save(fname)
    model = g.Doc2Vec.load(fname)
    vector = model.infer_vector(["system", "response"])
    seen += [vector.shape, vector.dtype, len(model.dv), model.dv.vectors.shape]

    model = g.Doc2Vec(vector_size=50, min_count=2, epochs=40)
    model.build_vocab(documents)
    seen.append(model.wv.get_vecattr("system", "count"))
    model.train(documents, total_examples=model.corpus_count, epochs=model.epochs)
    ranks = []
    for doc_id in range(len(documents)):
        inferred_vector = model.infer_vector(documents[doc_id].words)
        sims = model.dv.most_similar([inferred_vector], topn=len(model.dv))
        ranks.append([docid for docid, sim in sims].index(doc_id))
    seen += [len(ranks), len(sims), sorted(docid for docid, sim in sims)]

    path = folder / "lines.txt"
    path.write_text("".join(" ".join(text) + "\n" for text in GENSIMS_TEXT))
    lines = list(g.TaggedLineDocument(str(path)))
    seen += [[list(doc.words) for doc in lines], [doc.tags for doc in lines]]
    model = g.Doc2Vec(corpus_file=str(path), vector_size=8, min_count=1, dm=0, dbow_words=1)
    seen += [model.dv[0].shape, model.dv.index_to_key, bool(model.dbow), bool(model.dm)]

    named = [g.TaggedDocument(doc, [f"SENT_{i}", "all"]) for i, doc in enumerate(GENSIMS_TEXT)]
    model = g.Doc2Vec(named, vector_size=8, min_count=1, dm=1, dm_mean=1, negative=5, hs=0)
    seen += [model.dv["SENT_3"].shape, model.dv.index_to_key, "SENT_3" in model.dv]
    seen.append(len(model.dv.most_similar("SENT_0", topn=3)))
    seen.append(type(model.dv.similarity("SENT_0", "SENT_1")))
    seen.append(isinstance(float(model.similarity_unseen_docs(["trees"], ["graph"])), float))
    seen += [model["trees"].shape, model["SENT_1"].shape, model[["SENT_1", "all"]].shape]
    seen += [len(model.docvecs), model.docvecs is model.dv, g.FAST_VERSION > -1]

    Review = namedtuple("Review", "words tags split sentiment")  # documents with more to them
    reviews = [Review(doc, [i], "train", i % 2) for i, doc in enumerate(GENSIMS_TEXT)]
    models = [
        g.Doc2Vec(dm=0, vector_size=6, min_count=2, sample=0, negative=5, hs=0, epochs=2),
        g.Doc2Vec(dm=1, window=10, vector_size=6, min_count=2, alpha=0.05, comment="alpha=0.05"),
    ]
    for model in models:
        model.build_vocab(reviews)
        model.train(reviews[::-1], total_examples=len(reviews), epochs=model.epochs)
        rows = np.array([model.dv[review.tags[0]] for review in reviews])
        seen += [rows.shape, np.isfinite(rows).all(), bool(model.dm), model.epochs]
        inferred = model.infer_vector(reviews[3].words, alpha=0.05, min_alpha=0.01, epochs=3)
        seen += [inferred.shape, len(model.dv.most_similar([inferred], topn=3))]
        seen.append(len(model.dv.most_similar(3, topn=len(model.dv))))
        seen += [model.dv.rank(0, 0), type(model.dv.n_similarity([0, 1], [2])).__name__]
    seen.append(len({str(model) for model in models}))
    return seen


def imported(package: str) -> SimpleNamespace:
    module = importlib.import_module(f"{package}.doc2vec")
    names = ("Doc2Vec", "TaggedDocument", "TaggedLineDocument", "FAST_VERSION")
    return SimpleNamespace(**{name: getattr(module, name) for name in names})


@pytest.mark.filterwarnings("ignore")  # gensim's own
def test_the_script_runs_with_both(tmp_path: Path) -> None:
    pytest.importorskip("gensim", reason="gensim is not installed")
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs").mkdir()
    ours = script(imported("fastvec"), tmp_path / "ours")
    assert str(ours) == str(script(imported("gensim.models"), tmp_path / "theirs"))
