"""The folder that sentence-transformers loads."""

import json

import numpy as np
import pytest
from vector_tables import VECTORS, WORDS

from fastvec.exports import write_static_embedding
from fastvec.words import Words


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


def test_words_with_punctuation_or_spaces_are_found_by_the_tokenizer(tmp_path):
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    words = ["the", "don't", "3.14", "well-known", "u.s.", "new york", "é.é", "...", " ", "cat"]
    write_static_embedding(
        tmp_path / "model", Words.of(words), np.ones((len(words), 2), np.float32)
    )
    tokenizer = tokenizers.Tokenizer.from_file(
        str(tmp_path / "model" / "0_StaticEmbedding" / "tokenizer.json")
    )

    def tokens(text):
        return tokenizer.encode(text, add_special_tokens=False).tokens

    for word in words:
        assert tokens(word) == ([word] if word.strip() else [])
    assert tokens("The U.S. don't like New York") == ["the", "u.s.", "don't", "[UNK]", "new york"]
    assert tokens("cat-3.14 3.141") == ["cat", "[UNK]", "3.14", *["[UNK]"] * 3]
