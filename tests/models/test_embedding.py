"""The vectors of all sentences of a source: each line and each row has one, in their order."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fastvec import Corpus, KeyedVectors
from fastvec.corpus import chunks
from fastvec.corpus.sources import find_source
from fastvec.models.embedding import sentence_means, split_by
from fastvec.params import RowParams
from fastvec.vectors.sentence_vectors import SentenceMeans
from fastvec.words import Words

WORDS = [f"w{i}" for i in range(40)]
WV = KeyedVectors.of(
    Words.of(WORDS), np.random.default_rng(1).normal(size=(40, 5)).astype(np.float32)
)


def embedded(source: Any, **options: Any) -> NDArray[np.float32]:
    params = RowParams(**options)
    means = SentenceMeans(WV, None, split_by(params))
    blocks = list(sentence_means(find_source(source, params), params, means, progress=False))
    found = np.concatenate(blocks)
    assert means.count == len(found)
    return found


def means_of(lines: list[str]) -> NDArray[np.float32]:
    return WV.sentence_vectors(lines)


LINES = ["w1 w2", "", "w3", "nothing", " w4\tw5 w6 ", "w7 w7", ""]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_of_a_file_has_a_vector(tmp_path: Path, end: str, last: bool) -> None:
    lines = [*LINES, "w9"]
    path = tmp_path / "text.txt"
    path.write_bytes((end.join(lines) + (end if last else "")).encode())
    np.testing.assert_array_equal(embedded(path), means_of(lines))


@pytest.mark.parametrize("size", [1, 7, 50])
def test_chunks_may_end_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(chunks, "RANGE_BYTES", size)
    draw = np.random.default_rng(2)
    lines = [" ".join(draw.choice(WORDS, draw.integers(0, 5))) for _ in range(60)]
    path = tmp_path / "text.txt"
    path.write_text("\n".join(lines) + "\n")
    np.testing.assert_allclose(embedded(path), means_of(lines), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(embedded([path, path]), means_of(lines * 2), rtol=1e-5, atol=1e-6)


def test_lists_of_words() -> None:
    found = embedded(line.split() for line in LINES * 3000)
    np.testing.assert_array_equal(found, means_of(LINES * 3000))


def test_words_are_cut_and_put_into_lower_case(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("W1,w2 (W3)\n...\n")
    found = embedded(tmp_path / "text.txt", tokens="words", lower=True)
    np.testing.assert_allclose(found, means_of(["w1 w2 w3", ""]), rtol=1e-6)
    np.testing.assert_allclose(
        embedded(tmp_path / "text.txt", tokens=str.split), means_of(["", ""]), rtol=1e-6
    )


ROWS = ["w1 w2", None, "", "w3\nw4", "w5"]


@pytest.mark.parametrize("kind", ["parquet", "dictionary", "jsonl", "csv", "pandas", "mappings"])
def test_every_row_of_a_table_has_a_vector(tmp_path: Path, kind: str) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import csv, parquet

    table = pa.table({"text": ROWS, "number": range(5)})
    source: Any = tmp_path / f"table.{kind}"
    if kind == "dictionary":
        table = table.set_column(0, "text", table["text"].dictionary_encode())
    if kind in ("parquet", "dictionary"):
        parquet.write_table(table, source)
    elif kind == "csv":
        csv.write_csv(table, source)
    elif kind == "jsonl":
        import json

        source.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    elif kind == "pandas":
        pytest.importorskip("pandas")
        source = table.to_pandas()
    else:
        source = table.to_pylist()
    texts = [text or "" for text in ROWS]
    np.testing.assert_array_equal(embedded(source, column="text"), means_of(texts))


def test_lists_in_tables(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    lists = [["w1", "w2"], None, [], ["w3"]]
    parquet.write_table(pa.table({"text": lists}), tmp_path / "table.parquet")
    found = embedded(tmp_path / "table.parquet", column="text")
    np.testing.assert_array_equal(found, means_of(["w1 w2", "", "", "w3"]))


def test_an_encoded_corpus_is_refused(tmp_path: Path) -> None:
    corpus = Corpus.read([["w1"]], min_count=1)
    corpus.save(tmp_path / "text.fvc")
    with pytest.raises(ValueError, match=r"text.fvc is an encoded corpus, which has lost"):
        embedded(tmp_path / "text.fvc")
    with pytest.raises(ValueError, match="the corpus is an encoded corpus"):
        embedded(corpus)


def test_text_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(b"w1 \xff\n")
    with pytest.raises(ValueError, match=r"text.txt: byte 3 is not valid UTF-8"):
        embedded(tmp_path / "text.txt")
    assert len(embedded(tmp_path / "text.txt", errors="replace")) == 1
