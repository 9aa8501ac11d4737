"""What is no key, no list of words, no vector or no number is refused in one sentence."""

import numpy as np
import pytest

from fastvec import KeyedVectors, Word2Vec

TEXT = [["the", "cat", "sat"], ["the", "dog", "ran"]] * 9


@pytest.fixture
def model():
    return Word2Vec(TEXT, vector_size=4, min_count=1, workers=1, sample=0, hs=1, negative=5)


STRINGS = {
    "doesnt_match": lambda m: m.wv.doesnt_match("the cat dog"),
    "rank_by_centrality": lambda m: m.wv.rank_by_centrality("the cat"),
    "wmdistance": lambda m: m.wv.wmdistance(["the"], "cat sat"),
    "distances": lambda m: m.wv.distances("the", "cat"),
    "most_similar_to_given": lambda m: m.wv.most_similar_to_given("the", "cat"),
    "most_similar_batch": lambda m: m.wv.most_similar_batch("the"),
    "vectors_for_all": lambda m: m.wv.vectors_for_all("the"),
    "predict_output_word": lambda m: m.predict_output_word("the cat"),
    "score": lambda m: m.score("the cat"),
    "score of strings": lambda m: m.score(["the cat"]),
    "bytes": lambda m: m.wv.doesnt_match(b"the cat"),
}


@pytest.mark.parametrize("name", STRINGS)
def test_a_string_is_not_taken_for_its_letters(name, model):
    with pytest.raises(TypeError, match=r"must be a list of words, got the string b?'"):
        STRINGS[name](model)


ODD = ["x", 2.5, float("nan"), [1], b"1", 2**70, object()]
NUMBERS = {
    "topn": lambda m, odd: m.wv.most_similar("the", topn=odd),
    "restrict_vocab": lambda m, odd: m.wv.most_similar("the", restrict_vocab=odd),
    "topn of cosmul": lambda m, odd: m.wv.most_similar_cosmul("the", topn=odd),
    "restrict_vocab of cosmul": lambda m, odd: m.wv.most_similar_cosmul("the", restrict_vocab=odd),
    "topn of a batch": lambda m, odd: m.wv.most_similar_batch(["the"], topn=odd),
    "topn of a key": lambda m, odd: m.wv.similar_by_key("the", odd),
    "topn of a vector": lambda m, odd: m.wv.similar_by_vector(m.wv["the"], odd),
    "topn of synonyms": lambda m, odd: m.wv.relative_cosine_similarity("the", "cat", odd),
    "topn of predictions": lambda m, odd: m.predict_output_word(["the"], topn=odd),
    "total_sentences": lambda m, odd: m.score(TEXT, total_sentences=odd),
    "vocab_size": lambda m, odd: m.estimate_memory(odd),
    "corpus_count": lambda m, odd: m.build_vocab_from_freq({"a": 1}, corpus_count=odd),
    "vector_size": lambda _, odd: KeyedVectors(odd),
    "count": lambda _, odd: KeyedVectors(2, count=odd),
    "limit": lambda _, odd: KeyedVectors.load_word2vec_format("no file", limit=odd),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_number_is_named(name, model):
    for odd in ODD:
        with pytest.raises((TypeError, ValueError), match=f"^{name.split()[0]} must be "):
            NUMBERS[name](model, odd)


def test_what_is_no_key(model):
    for odd in (None, 1.5, slice(0, 2), object(), b"the"):
        with pytest.raises(TypeError, match="a key must be a string or an integer, got "):
            model.wv[odd]
    with pytest.raises(KeyError, match="Key 'b'the'' not present"):
        model.wv.most_similar(b"the")
    with pytest.raises(TypeError, match="reset_from takes a Word2Vec, got str"):
        model.reset_from("model")


@pytest.mark.parametrize(
    ("keys", "weights", "says"),
    [
        (["x"], [["1", "2"]], "weights must be real numbers, got <U1"),
        (["x"], np.ones((1, 2)) * 1j, "weights must be real numbers, got complex128"),
        (["x"], [[object(), None]], "weights must be real numbers, got object"),
        (["x", "y"], [[1, 2], [3]], "weights must be vectors of one length"),
        (["x"], [[1, 2, 3]], "1 keys need weights of shape"),
        (["\ud800"], [[1, 2]], "word '.*' is not valid Unicode"),
        (["x", "\ud800"], [[1, 2], [3, 4]], "is not valid Unicode"),
        ([b"x"], [[1, 2]], "keys must be all strings or all integers, got b'x'"),
    ],
)
@pytest.mark.parametrize("replace", [False, True])
def test_what_cannot_be_kept_is_not_added(keys, weights, says, replace, tmp_path):
    wv = KeyedVectors(2)
    wv.add_vectors(["a"], [[5, 6]])
    with pytest.raises((TypeError, ValueError), match=says):
        wv.add_vectors(keys, weights, replace=replace)
    with pytest.raises((TypeError, ValueError), match=says):
        wv[keys] = weights
    assert wv.index_to_key == ["a"]
    wv.save(tmp_path / "v.safetensors")
    assert wv["a"].tolist() == [5, 6]
