"""Words that are counted in portions: the same vocabulary as on one machine, byte for byte."""

from pathlib import Path

import numpy as np
import pytest

from fastvec import Vocabulary, Word2Vec
from fastvec.cluster.engine import SimulatedEngine
from fastvec.corpus import chunks

WORDS = ["Rose", "rose", "café", "cafe\u0301", "a-b", "x" * 30, "日本", "and,so", "on"]


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Several files, which are cut within lines and within letters."""
    monkeypatch.setattr(chunks, "RANGE_BYTES", 101)
    draw = np.random.default_rng(1)
    for name in "abc":
        words = draw.choice([*WORDS, *map(str, range(300))], 900)
        lines = (" ".join(words[i : i + 7]) for i in range(0, 900, 7))
        (tmp_path / f"{name}.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


OPTIONS = [
    {},
    {"min_count": 1},
    {"max_final_vocab": 50},
    {"sorted_vocab": 0},
    {"lower": True, "tokens": "words"},
    {"lines": False},
    {"trim_rule": lambda word, *_: 1 if word == "7" else 2 if word == "日本" else 0},
    {"vocabulary": Vocabulary.of({"on": 3, "nowhere": 2, "7": 1}), "min_count": 1},
    {"hs": 1},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: ",".join(options))
@pytest.mark.parametrize("workers", [1, 3])
def test_the_words_are_those_of_one_machine(text: Path, options: dict, workers: int) -> None:
    model, other = (Word2Vec(vector_size=4, **options) for _ in range(2))
    model.build_vocab(str(text))
    SimulatedEngine(workers).build_vocab(other, str(text))
    assert other.wv.words == model.wv.words
    assert other.wv.counts.tolist() == model.wv.counts.tolist()
    assert other.corpus_total_words == model.corpus_total_words
    assert other.corpus_count == model.corpus_count
    assert other.wv.vectors.tobytes() == model.wv.vectors.tobytes()
    if "hs" in options:
        assert other.wv.huffman_order.tolist() == model.wv.huffman_order.tolist()


def test_other_text_is_counted_in_the_words_of_the_model(text: Path) -> None:
    model, other = (Word2Vec(vector_size=4, seed=2, workers=1) for _ in range(2))
    for each in (model, other):
        each.build_vocab(str(text / "a.txt"))
    model.train(str(text), epochs=1)
    other.train(str(text), epochs=1, engine=SimulatedEngine(1))
    assert other.wv.vectors.tobytes() == model.wv.vectors.tobytes()


def test_integers_and_strings_are_not_mixed(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet

    for name, words in (("a", [["1", "2"]]), ("b", [[1, 2]])):
        pyarrow.parquet.write_table(pa.table({"text": words}), tmp_path / f"{name}.parquet")
    model = Word2Vec(vector_size=4, min_count=1, column="text")
    with pytest.raises(TypeError, match="tokens must be"):
        SimulatedEngine(2).build_vocab(model, str(tmp_path))
