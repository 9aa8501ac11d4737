"""A script of what gensim's documentation shows of KeyedVectors, run with both libraries.

Nothing but the import differs; every answer is compared.
"""

import copy

import numpy as np
import pytest

WORDS = [
    "king",
    "queen",
    "man",
    "woman",
    "computer",
    "media",
    "cat",
    "dog",
    "sushi",
    "shop",
    "japanese",
    "restaurant",
    "breakfast",
    "cereal",
    "dinner",
    "lunch",
    "obama",
    "speaks",
    "illinois",
    "president",
    "greets",
    "press",
    "chicago",
]


def script(KeyedVectors, folder):  # noqa: N803 - the import of the script
    """The script; returns everything it saw."""
    seen = []
    see = seen.append

    # vectors of one's own
    wv = KeyedVectors(vector_size=10)
    wv.add_vectors(WORDS, np.random.default_rng(7).normal(size=(len(WORDS), 10)).astype("f"))
    see(str(wv))

    # storing and loading
    wv.save_word2vec_format(str(folder / "vectors.txt"), binary=False)
    wv.save_word2vec_format(str(folder / "vectors.bin"), binary=True)
    wv.save(str(folder / "vectors.kv"))
    see(KeyedVectors.load(str(folder / "vectors.kv"), mmap="r")["king"])
    see(KeyedVectors.load_word2vec_format(str(folder / "vectors.bin"), binary=True)["cat"])
    wv.save_word2vec_format(str(folder / "glove.txt"), write_header=False)
    glove = KeyedVectors.load_word2vec_format(
        str(folder / "glove.txt"), binary=False, no_header=True
    )
    see(glove.most_similar("cat", topn=2))
    wv = KeyedVectors.load_word2vec_format(str(folder / "vectors.txt"), limit=len(WORDS))

    # the vocabulary
    for index, word in enumerate(wv.index_to_key):
        if index == 10:
            break
        see(f"word #{index}/{len(wv.index_to_key)} is {word}")
    see(wv.key_to_index["computer"])
    see("cameroon" in wv)
    try:
        see(wv["cameroon"])
    except KeyError:
        see("The word 'cameroon' does not appear in this model")

    # vectors
    vector = wv["computer"]
    see(vector.shape)
    see(vector)
    see(wv[["man", "woman"]])
    see(wv.get_vector("office" if "office" in wv else "media", norm=True))
    see(wv.vectors.shape)
    see(wv.get_normed_vectors())
    see(wv.get_mean_vector(["king", "queen"]))

    # similarity
    result = wv.most_similar(positive=["woman", "king"], negative=["man"])
    most_similar_key, similarity = result[0]  # look at the first match
    see(f"{most_similar_key}: {similarity:.4f}")
    see(result)
    result = wv.most_similar_cosmul(positive=["woman", "king"], negative=["man"])
    see(result)
    see(wv.doesnt_match(["breakfast", "cereal", "dinner", "lunch"]))
    similarity = wv.similarity("woman", "man")
    see(similarity > 0.8)
    see(similarity)
    see(wv.similar_by_word("cat"))
    see(wv.similar_by_vector(wv["cat"], topn=3))
    see(f"{wv.distance('media', 'media'):.1f}")
    see(wv.distance("media", "computer"))
    see(wv.distances("media", ["computer", "press"]))
    see(wv.n_similarity(["sushi", "shop"], ["japanese", "restaurant"]))
    see(wv.most_similar_to_given("cat", ["dog", "computer"]))
    see(wv.closer_than("cat", "computer"))
    see(wv.rank("cat", "computer"))
    see(wv.relative_cosine_similarity("cat", "dog", topn=5))
    see(wv.rank_by_centrality(["cat", "dog", "computer"]))

    # attributes
    wv.set_vecattr("cat", "colour", "black")
    see(wv.get_vecattr("cat", "colour"))
    see(wv.get_vecattr("king", "count"))
    see(copy.deepcopy(wv).most_similar("dog", topn=1))

    # evaluation
    questions, pairs = folder / "questions.txt", folder / "pairs.tsv"
    questions.write_text(": family\nman woman king queen\nman king woman queen\nman a b c\n")
    pairs.write_text("king\tqueen\t9\ncat\tdog\t8.5\ncat\tcomputer\t1\nmedia\tx\t3\n")
    see(wv.evaluate_word_analogies(str(questions)))
    pearson, spearman, ratio = wv.evaluate_word_pairs(str(pairs))
    see([float(pearson[0]), float(spearman[0]), ratio])

    # a part, and everything at length 1
    part = wv.vectors_for_all(["dog", "missing", "cat"])
    see(part.index_to_key)
    wv.unit_normalize_all()
    see(wv["cat"])
    return seen


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # gensim's own
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # and open files
def test_the_script_gives_the_same_answers(tmp_path):
    from fastvec.vectors.keyedvectors import KeyedVectors

    gensim = pytest.importorskip("gensim.models", reason="gensim is not installed")
    folders = [tmp_path / name for name in ("ours", "theirs")]
    for folder in folders:
        folder.mkdir()
    ours = script(KeyedVectors, folders[0])
    theirs = script(gensim.KeyedVectors, folders[1])
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        same(a, b)


def same(ours, theirs):
    """Equal up to rounding, all the way down."""
    if isinstance(theirs, list | tuple):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b)
    elif isinstance(theirs, float | np.floating | np.ndarray):
        np.testing.assert_allclose(ours, theirs, atol=5e-6, rtol=1e-5)
    else:
        assert ours == theirs
