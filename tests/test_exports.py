"""What other tools read: each file is opened by the tool itself where it is installed."""

import json

import numpy as np
import pytest

from fastvec.exports import keras_matrix, torch_embedding, write_static_embedding
from fastvec.io import formats
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

WORDS = Words.of(["the", "straße", "new_york", "x"])
VECTORS = np.array([[1, 2], [3, 4], [0.1, -0.5], [0, 1e-7]], np.float32)
COUNTS = np.array([9, 5, 5, 1])


@pytest.mark.parametrize("name", ["v.npy", "v.parquet"])
@pytest.mark.parametrize("limit", [None, 2])
def test_tables_read_back(tmp_path, name, limit):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = tmp_path / name
    formats.write_vectors(path, WORDS, VECTORS, counts=COUNTS)
    file = formats.read_vectors(path, limit=limit)
    assert list(file.words) == WORDS[:limit]
    assert np.array_equal(file.vectors, VECTORS[:limit])
    if name.endswith("parquet"):
        assert np.array_equal(file.counts, COUNTS[:limit])


def test_parquet_as_spark_sees_it(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    formats.write_vectors(tmp_path / "v.parquet", WORDS, VECTORS)
    table = parquet.read_table(tmp_path / "v.parquet")
    assert [str(field.type) for field in table.schema] == ["string", "list<element: float>"]
    assert table.column("vector").to_pylist()[0] == [1, 2]


def test_parquet_with_integers(tmp_path):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as parquet

    parquet.write_table(arrow.table({"word": [30, 7], "vector": [[1.0], [2.0]]}), tmp_path / "v")
    words = formats.read_vectors(tmp_path / "v").words
    assert words.keys() == [30, 7]
    formats.write_vectors(tmp_path / "w.parquet", words, VECTORS[:2])
    assert formats.read_vectors(tmp_path / "w.parquet").words.keys() == ["30", "7"]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"word": ["a", "b"], "vector": [[1.0], [1.0, 2.0]]}, "different lengths"),
        ({"word": ["a", None], "vector": [[1.0], [1.0]]}, "a value is missing"),
        ({"word": ["a"], "numbers": [[1.0]]}, "columns named word and vector"),
        ({"word": ["a"], "vector": [1.0]}, "vector must hold lists"),
        ({"word": [1.5], "vector": [[1.0]]}, "keys must be all strings or all integers, got 1.5"),
        ({"word": ["a"], "vector": [["x"]]}, "could not convert string"),
    ],
)
def test_broken_parquet(tmp_path, columns, says):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as parquet

    path = tmp_path / "v.parquet"
    parquet.write_table(arrow.table(columns), path)
    with pytest.raises(ValueError, match=says):
        formats.read_vectors(path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match="not Parquet with vectors"):
        formats.read_vectors(path)


def test_broken_npy(tmp_path):
    path = tmp_path / "v.npy"
    formats.write_vectors(path, WORDS, VECTORS)
    (tmp_path / "v.words.txt").write_text("a\nb\n")
    with pytest.raises(ValueError, match=r"has 4 vectors, .* has 2 words"):
        formats.read_vectors(path)
    whole = path.read_bytes()
    for length in (6, 20, len(whole) - 4):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"not a whole \.npy file"):
            formats.read_vectors(path)
    for wrong in (np.ones(3), np.array([["a"]]), np.array([[None]])):
        np.save(path, wrong, allow_pickle=True)
        with pytest.raises(ValueError, match=r"table of numbers|not a whole \.npy file"):
            formats.read_vectors(path)
    with pytest.raises(ValueError, match="a word has a line end"):
        formats.write_vectors(path, Words.of(["a\nb"]), np.ones((1, 1)))


def test_projector(tmp_path):
    words = Words.of(["a\tb", "", "c\n"])
    formats.write_vectors(tmp_path / "v.tsv", words, VECTORS[:3])
    rows = [line.split("\t") for line in (tmp_path / "v.tsv").read_text().splitlines()]
    assert np.array_equal(np.array(rows, np.float32), VECTORS[:3])
    assert (tmp_path / "v.metadata.tsv").read_text() == "a b\n \nc \n"


def test_static_embedding_with_its_tokenizer(tmp_path):
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    from safetensors.numpy import load_file

    path = tmp_path / "model"
    write_static_embedding(path, WORDS, VECTORS)
    tokenizer = tokenizers.Tokenizer.from_file(str(path / "0_StaticEmbedding" / "tokenizer.json"))
    ids = tokenizer.encode("The Straße, new_york?", add_special_tokens=False).ids
    assert ids == [0, 1, 4, 2, 4]
    weights = load_file(path / "0_StaticEmbedding" / "model.safetensors")["embedding.weight"]
    assert np.array_equal(weights, [*VECTORS, [0, 0]])
    with pytest.raises(FileExistsError, match="exists and is not empty"):
        write_static_embedding(path, WORDS, VECTORS)


def test_upper_case_words_are_not_lowered(tmp_path):
    write_static_embedding(tmp_path / "model", Words.of(["The"]), VECTORS[:1])
    text = (tmp_path / "model" / "0_StaticEmbedding" / "tokenizer.json").read_text()
    assert json.loads(text)["normalizer"] is None


def test_sentence_transformers_loads_the_folder(tmp_path):
    library = pytest.importorskip("sentence_transformers", reason="not installed: it needs PyTorch")
    write_static_embedding(tmp_path / "model", WORDS, VECTORS)
    model = library.SentenceTransformer(str(tmp_path / "model"), device="cpu")
    np.testing.assert_allclose(model.encode("the new_york"), (VECTORS[0] + VECTORS[2]) / 2)


def test_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    embedding = torch_embedding(VECTORS)
    assert np.array_equal(embedding(torch.tensor([2])).numpy(), VECTORS[2:3])
    assert not embedding.weight.requires_grad


def test_keras():
    vocabulary, weights = keras_matrix(WORDS, VECTORS)
    assert vocabulary == list(WORDS)
    assert np.array_equal(weights[2:], VECTORS)
    assert not weights[:2].any()


def test_spacy_reads_our_text(tmp_path):
    spacy = pytest.importorskip("spacy", reason="spaCy is not installed")
    from spacy.training.initialize import convert_vectors

    formats.write_vectors(tmp_path / "v.txt.gz", WORDS, VECTORS)
    nlp = spacy.blank("en")
    convert_vectors(nlp, tmp_path / "v.txt.gz", truncate=0, prune=-1)
    assert np.array_equal(nlp.vocab["straße"].vector, VECTORS[1])


def test_unknown_kinds(tmp_path):
    with pytest.raises(ValueError, match="kind must be one of safetensors"):
        formats.write_vectors(tmp_path / "v", WORDS, VECTORS, kind="x")
    with pytest.raises(ValueError, match="kind must be one of safetensors"):
        formats.read_vectors(tmp_path / "v", kind="projector")
    with pytest.raises(ValueError, match="the ending must be one of"):
        formats.write_vectors(tmp_path / "v", WORDS, VECTORS)


def test_approximate_search(tmp_path):
    pytest.importorskip("usearch", reason="usearch is not installed")
    from fastvec.ann import Index

    vectors = np.random.default_rng(1).normal(size=(2000, 16)).astype("f")
    wv = KeyedVectors.of(Words.of(f"w{i}" for i in range(2000)), vectors)
    index = Index(wv)
    assert index.recall(topn=10, sample=200) > 0.9
    exact = {word for word, _ in wv.most_similar("w5", topn=5)}
    found = wv.most_similar("w5", topn=5, indexer=index)
    assert len(exact & {word for word, _ in found}) >= 4
    assert [cosine for _, cosine in found] == sorted((c for _, c in found), reverse=True)
    assert "w5" not in dict(found)
    index.save(tmp_path / "index")
    again = Index.load(tmp_path / "index", wv)
    assert again.most_similar(wv["w5"], 3) == index.most_similar(wv["w5"], 3)
    with pytest.raises(ValueError, match="indexes 2000 words, not 1"):
        Index.load(tmp_path / "index", wv.vectors_for_all(["w1"]))
    with pytest.raises(ValueError, match="not an index of vectors of size 3"):
        Index.load(tmp_path / "index", KeyedVectors(3, 1))
