"""What a source is: streams, compressed files, texts for a function."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from texts import (
    LIST_WORDS,
    RULES,
    SHOUTED,
    SHOUTED_WHOLE,
    a_table,
    decoded,
    sentences,
    shout,
    words,
)

from fastvec.corpus import build, sources, streams
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.sources import find_source
from fastvec.models.word2vec import Word2Vec
from fastvec.params import CorpusParams


def test_a_tokenizer_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes("\ufeffTo-be\r\nor-not\n\nto-be".encode())
    corpus = Corpus.read(path, min_count=1, tokens=lambda line: line.strip().split("-"), lower=True)
    assert decoded(corpus) == [["to", "be"], ["or", "not"], [""], ["to", "be"]]
    texts = ["to be", "or not"]
    assert decoded(Corpus.read(texts, min_count=1, tokens=str.split)) == [
        ["to", "be"],
        ["or", "not"],
    ]
    path.write_bytes(b"good\nbad \xff")
    with pytest.raises(ValueError, match="text: byte 9 is not valid UTF-8"):
        Corpus.read(path, tokens=str.split)
    corpus = Corpus.read(path, tokens=str.split, errors="replace", min_count=1)
    assert decoded(corpus) == [["good"], ["bad", "\ufffd"]]


def test_a_list_of_strings_is_a_list_of_paths(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="strings are paths here; a sentence is a list"):
        Corpus.read(["the quick brown fox", "jumps"])
    with pytest.raises(TypeError, match="sentence 1 is a string, 'jumps': a sentence is a list"):
        Corpus.read([["the"], "jumps"])
    with pytest.raises(TypeError, match="an array or a table, got int"):
        Corpus.read(5)
    (tmp_path / "a").write_text("a b")
    (tmp_path / "b").write_text("c")
    corpus = Corpus.read([str(tmp_path / "a"), tmp_path / "b"], min_count=1)
    assert decoded(corpus) == [["a", "b"], ["c"]]


def test_sentences_end_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("a b")
    (tmp_path / "2").write_text("c\nd")
    corpus = Corpus.read(tmp_path, min_count=1)
    assert corpus.offsets.tolist() == [0, 2, 3, 4]
    assert corpus.raw_sentences == 3


def test_standard_input() -> None:
    code = """
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.sources import find_source
from fastvec.models.word2vec import Word2Vec
from fastvec.params import CorpusParams
corpus = Corpus.read("-", min_count=1)
print(*corpus.vocabulary.words)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"to be or not to be", capture_output=True, check=True
    )
    assert done.stdout == b"to be or not\n"


def test_a_pipe_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("to be or not to be",))
    writer.start()
    assert words(path) == ["to", "be", "or", "not"]
    writer.join()


def zstd(data: bytes) -> bytes:
    packer = pytest.importorskip("zstandard").ZstdCompressor(write_checksum=True)
    packed: bytes = packer.compress(data)
    return packed


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
}
packers = pytest.mark.parametrize("pack", COMPRESSORS.values(), ids=list(COMPRESSORS))


@packers
def test_packed_files_are_known_by_their_content(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "text.txt"
    text = b"to be or not to be\n" * 50_000
    path.write_bytes(pack(text) + pack(b"the end"))  # two packed files in one
    corpus = Corpus.read(path, min_count=1)
    assert list(corpus.vocabulary.words) == ["to", "be", "or", "not", "the", "end"]
    assert corpus.vocabulary.counts.tolist() == [100_000, 100_000, 50_000, 50_000, 1, 1]
    assert len(corpus) == 50_001


@packers
def test_packed_files_that_are_cut_off_or_damaged(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    whole = pack(" ".join(map(str, rng.integers(0, 1 << 40, 5_000))).encode())
    path = tmp_path / "text"
    for bad in (whole[:-20], whole[: len(whole) // 2], whole[:12]):
        path.write_bytes(bad)
        with pytest.raises(ValueError, match=r"text is damaged or cut off"):
            words(path)
    damaged = bytearray(whole)
    damaged[len(whole) // 2 : len(whole) // 2 + 40] = bytes(40)
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match=r"text is damaged or cut off|is not valid UTF-8"):
        words(path)


def test_packed_standard_input() -> None:
    code = "from fastvec.corpus.build import count_words; print(*count_words('-').words)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=gzip.compress(b"to be"), capture_output=True, check=True
    )
    assert done.stdout == b"to be\n"


def test_a_function_gets_each_text_of_any_source(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    rows: list[Any] = [*RULES, None, ["be,a", "b"]]
    lines.write_text("\n".join(json.dumps({"t": row}) for row in rows))
    files = [tmp_path / str(i) for i in range(len(RULES))]
    for file, text in zip(files, RULES, strict=True):
        file.write_bytes(text.encode())
    (tmp_path / "3").write_bytes(gzip.compress(RULES[3].encode()))
    for options, expected in (({}, SHOUTED), ({"lines": False}, SHOUTED_WHOLE)):
        assert sentences(RULES, tokens=shout, **options) == expected
        assert sentences(files, tokens=shout, **options) == expected
        made = sentences(lines, column="t", tokens=shout, **options)
        assert made == [*expected, ["be,a", "b"]]


def test_bad_texts_for_a_function(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a list of texts holds None, which is not a text"):
        sentences(["to be", None], tokens=str.split)
    with pytest.raises(ValueError, match=r"a list of texts: 'a\\ud800' is not valid Unicode"):
        sentences(["a\ud800"], tokens=str.split)
    assert sentences(["a\ud800"], tokens=str.split, errors="replace") == [["a\ufffd"]]
    Corpus.read([["to"]], min_count=1).save(tmp_path / "c.fvc")
    (tmp_path / "text").write_text("be")
    with pytest.raises(ValueError, match=r"c\.fvc is an encoded corpus: it can only be read alone"):
        sentences(tmp_path, tokens=str.split)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_function_gets_whole_lines(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BLOCK_BYTES", size)
    path = tmp_path / "text"
    path.write_bytes("é,to be\n\n\ufeffor not\nx".encode())
    expected = [["É", "TO BE"], [""], ["\ufeffOR NOT"], ["X"]]
    assert sentences(path, tokens=shout) == expected
    path.write_bytes(b"a\nb\xff\n")
    with pytest.raises(ValueError, match="text: byte 3 is not valid UTF-8"):
        sentences(path, tokens=shout)


def test_a_signature_stays_equal_as_long_as_a_source_does(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("to be")
    params = CorpusParams()

    def signature(source: object) -> object:
        return find_source(source, params).signature

    before = signature(path)
    assert before == signature(str(path)) == signature([path]) == signature(tmp_path)
    path.write_text("to be or not")
    assert signature(path) != before
    assert signature([["to", "be"]]) is None
    assert signature("-") == signature(["-"]) == (("standard input",),)
    sentences = iter([["to", "be"]])
    assert signature(sentences) is signature(sentences) is sentences
    assert next(sentences) == ["to", "be"]  # it was not read
    texts = find_source(["to", "be"], CorpusParams(tokens=str.split))
    assert texts.signature is None


def test_a_model_looks_at_its_source_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "text"
    path.write_text("to be or not to be\n" * 9)
    calls = Counter[str]()

    def counted(module: Any, name: str) -> None:
        function = getattr(module, name)

        def call(*args: Any) -> Any:
            calls[name] += 1
            return function(*args)

        monkeypatch.setattr(module, name, call)

    counted(sources, "find_files")
    counted(sources, "format_of")
    counted(build, "find_source")
    Word2Vec(path, vector_size=4, min_count=1, epochs=2)
    assert calls == {"find_files": 1, "format_of": 2}  # is it a corpus? is it text?


@pytest.mark.parametrize("name", ["corpus.fvc", "*.fvc", "."])
def test_a_path_to_nothing_but_a_corpus_file(
    encoded: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(encoded.parent)
    assert len(Corpus.read(name, min_count=1)) == 2


def test_a_compressed_table(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow.parquet").write_table(a_table(), tmp_path / "table")
    (tmp_path / "table").write_bytes(gzip.compress((tmp_path / "table").read_bytes()))
    assert sentences(tmp_path / "table", column="words") == LIST_WORDS


def test_byte_strings_that_are_not_utf8_are_refused_or_replaced() -> None:
    sentence = [b"he\xff", b"she"]
    with pytest.raises(ValueError, match=r"word b'he\\xff' is not valid UTF-8 \(errors='replace'"):
        sentences([sentence])
    assert sentences([sentence], errors="replace") == [["he\ufffd", "she"]]


@pytest.mark.parametrize("bad", [None, float("nan"), 5])
def test_what_is_no_sentence_is_named(bad: object) -> None:
    with pytest.raises(TypeError, match=f"sentence 1 is {bad}: a sentence is a list of words"):
        sentences([["a", "b"], bad])
    with pytest.raises(TypeError, match=f"tokens gave {bad} for a text: it must give a sentence"):
        sentences(["a b"], tokens=lambda _: bad)


def test_a_tokenizer_that_raises_stop_iteration_does_not_end_the_text(tmp_path: Path) -> None:
    def first_digit(text: str) -> list[str]:
        return [next(letter for letter in text if letter.isdigit())]

    (tmp_path / "a").write_text("a 1\nbad\nc 2\n")
    for source in (tmp_path / "a", ["a 1", "bad", "c 2"]):
        with pytest.raises(RuntimeError, match="StopIteration"):
            sentences(source, tokens=first_digit)


def test_what_leaves_no_word_is_named_with_advice_for_small_texts() -> None:
    with pytest.raises(ValueError, match=r"min_count 5 \(a text this small needs min_count=1"):
        Corpus.read([["a", "b"]])
    with pytest.raises(ValueError, match=r"min_count 1 and max_final_vocab 1$"):
        Corpus.read([["a", "b"]] * 9, min_count=1, max_final_vocab=1)


def test_standard_input_of_strings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("the cat\nthe dög\n"))
    assert sentences("-") == [["the", "cat"], ["the", "dög"]]
