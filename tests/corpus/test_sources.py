"""What paths stand for."""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import json
import lzma
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fastvec._core import Control, TextReader
from fastvec.corpus import arrays, chunks, files
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.spool import words_of


def words(source: object, **options: object) -> list[str]:
    return list(Corpus.read(source, min_count=1, **options).vocabulary.words)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """b.txt, a/x.txt, a/y.dat and hidden files."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b.txt").write_text("bee")
    (tmp_path / "a" / "x.txt").write_text("ex")
    (tmp_path / "a" / "y.dat").write_text("why")
    (tmp_path / ".hidden").write_text("secret")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("secret")
    return tmp_path


def test_folder_in_the_order_of_names(folder: Path) -> None:
    assert words(folder) == ["ex", "why", "bee"]


def test_glob(folder: Path) -> None:
    assert words(str(folder / "**" / "*.txt")) == ["ex", "bee"]
    with pytest.raises(FileNotFoundError, match="no file matches"):
        words(str(folder / "*.csv"))


def test_a_file_named_like_a_glob_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "what?.txt").write_text("mark")
    (tmp_path / "whats.txt").write_text("letter")
    assert words(str(tmp_path / "what?.txt")) == ["mark"]


def test_several_paths_stand_in_their_order(folder: Path) -> None:
    assert words([folder / "b.txt", str(folder / "a")]) == ["bee", "ex", "why"]
    with pytest.raises(TypeError, match="a list of paths holds 5, which is not a path"):
        words([folder / "b.txt", 5])


def test_missing_things(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no such file.*missing"):
        words(tmp_path / "missing")
    with pytest.raises(ValueError, match="holds no file"):
        words(tmp_path)


def test_an_empty_path_is_no_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for source in ("", ["b.txt", ""], [""]):
        with pytest.raises(ValueError, match=r"^path must not be empty$"):
            words(source)
    assert words(".") == ["ex", "why", "bee"]


def test_links_to_folders_have_an_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a" / "loop").symlink_to(".")
    (folder / "a" / "up").symlink_to("..")
    (folder / "c").symlink_to("a")
    (folder / "broken").symlink_to("nowhere")
    (folder / "itself").symlink_to("itself")
    (folder / "a" / "deep [1]").mkdir()
    (folder / "a" / "deep [1]" / "z.txt").write_text("zed")
    monkeypatch.chdir(folder)
    assert [file.name for file in files.find_files(["."])] == [
        "a/deep [1]/z.txt",
        "a/x.txt",
        "a/y.dat",
        "b.txt",
    ]
    for pattern, found in (
        ("**/*.txt", ["a/deep [1]/z.txt", "a/x.txt", "b.txt"]),
        (f"{folder}/**/*.dat", [f"{folder}/a/y.dat"]),
        ("a/**", ["a/deep [1]/z.txt", "a/up/b.txt", "a/x.txt", "a/y.dat"]),
        ("[ac]/**/z*", ["a/deep [1]/z.txt", "c/deep [1]/z.txt"]),
    ):
        assert [file.name for file in files.find_files([pattern])] == found
    for name in ("broken", "itself", "**/nothing"):
        with pytest.raises(FileNotFoundError, match=re.escape(name)):
            words(name)


def test_a_file_that_becomes_shorter_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text"
    message = rf"^{path} became shorter while it was read: 8 bytes of 24 are left$"
    for text in (b"to be or not\nthat is it\n", b'{"t": "to be or not to"}'):
        path.write_bytes(text)

        def cut(line: str) -> list[str]:
            os.truncate(path, 8)
            return line.split()

        with pytest.raises(ValueError, match=message):
            words(path, tokens=cut, column="t" if b"{" in text else None)
    path.write_bytes(b"to be or not\nthat is it\n")
    part = next(chunks.file_ranges(str(path), path.stat().st_size))
    os.truncate(path, 8)
    with pytest.raises(ValueError, match=message), part.read(TextReader(), Control(1), 0):
        pass


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("to be or no")
    part = next(chunks.file_ranges(str(path), path.stat().st_size))
    path.write_text("to be or not to be")
    reader = TextReader()
    with part.read(reader, Control(1), 0) as paused:
        assert not paused
    assert list(words_of(reader)[0]) == ["to", "be", "or", "not"]


def test_words_are_dropped_while_a_file_is_read(tmp_path: Path) -> None:
    """A pause within a part: the file is open still when reading goes on."""
    path = tmp_path / "text"
    walks = np.random.default_rng(0).integers(0, 50_000, (5_000, 20))
    np.savetxt(path, walks, "%d")
    options: dict[str, Any] = {"min_count": 1, "max_vocab_size": 20_000}
    one = Corpus.read(path, **options)
    other = Corpus.read(walks.astype(str).tolist(), **options)
    assert path.stat().st_size > 2 * (1 << 18)
    assert one.vocabulary.words == other.vocabulary.words
    assert np.array_equal(one.tokens, other.tokens)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("a b")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(PermissionError, match="secret"):
        words(path)


def test_sentences_end_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("a b")
    (tmp_path / "2").write_text("c\nd")
    corpus = Corpus.read(tmp_path, min_count=1)
    assert corpus.offsets.tolist() == [0, 2, 3, 4]
    assert corpus.raw_sentences == 3


def test_standard_input() -> None:
    code = """
from fastvec.corpus.corpus import Corpus
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


# --- packed files


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


# --- tables

TEXTS = ["to be or not", None, "to be\nthat is", "", "the question"]
TEXT_WORDS = [["to", "be", "or", "not"], ["to", "be"], ["that", "is"], ["the", "question"]]
LISTS = [["to", "be"], [], None, ["new york", "be", "é"]]
LIST_WORDS = [["to", "be"], ["new york", "be", "é"]]
NUMBERS = [[3, -1], [], [3, 1 << 40]]
NUMBER_WORDS = [["3", "-1"], ["3", str(1 << 40)]]


def sentences(source: object, **options: Any) -> list[list[str]]:
    corpus = Corpus.read(source, min_count=1, **options)
    names = list(corpus.vocabulary.words)
    starts = corpus.offsets.tolist()
    return [
        [names[i] for i in corpus.tokens[start:stop]] for start, stop in itertools.pairwise(starts)
    ]


def a_table() -> Any:
    arrow = pytest.importorskip("pyarrow")
    return arrow.table(
        {"text": TEXTS, "words": [*LISTS, None], "items": [*NUMBERS, None, None], "n": range(5)}
    )


COLUMNS = {"text": TEXT_WORDS, "words": LIST_WORDS, "items": NUMBER_WORDS}


@pytest.mark.parametrize("kind", ["parquet", "feather", "arrow"])
def test_table_files(kind: str, tmp_path: Path) -> None:
    table = a_table()
    path = tmp_path / "table"
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, path, row_group_size=2)
    else:
        compression = "lz4" if kind == "feather" else "uncompressed"
        pytest.importorskip("pyarrow.feather").write_feather(table, path, compression=compression)
    for column, expected in COLUMNS.items():
        assert sentences(path, column=column) == expected
    keys = Corpus.read(path, column="items", min_count=1).vocabulary.words.keys()
    assert keys == [3, -1, 1 << 40]
    with pytest.raises(ValueError, match=r"has 3 columns of text or lists.*it has text, words, "):
        sentences(path)
    with pytest.raises(ValueError, match=r"has no column 'txt'; it has text, words, items, n"):
        sentences(path, column="txt")
    with pytest.raises(TypeError, match="column n holds single numbers"):
        sentences(path, column="n")


def test_broken_table_files_are_named(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    shard = tmp_path / "shard"
    for start, kind in (
        (b"PAR1\x15\x04", "Parquet"),
        (b"ARROW1\0\0", "Arrow"),
        (b"FEA1\0", "Feather"),
    ):
        shard.write_bytes(start + bytes(40))
        with pytest.raises(ValueError, match=f"shard is no {kind} file, or damaged or cut off: "):
            words(tmp_path, column="text")


@pytest.mark.parametrize("word", ["PAR1", "ARROW1", "FEA1"])
def test_a_text_may_begin_like_a_table(word: str, tmp_path: Path) -> None:
    for text in (word, f"{word} is", f"{word}\nis"):
        (tmp_path / "text").write_text(text)
        assert words(tmp_path / "text") == text.split()


def test_arrow_objects() -> None:
    arrow = pytest.importorskip("pyarrow")
    table = a_table()
    for column, expected in COLUMNS.items():
        assert sentences(table, column=column) == expected
        assert sentences(table.slice(1), column=column) == sentences(
            table.take([1, 2, 3, 4]), column=column
        )
        assert sentences(table[column]) == expected
        assert sentences(table[column].combine_chunks()) == expected
    assert sentences(table.select(["text", "n"])) == TEXT_WORDS  # the only one that can be read
    assert sentences(arrow.array(TEXTS).dictionary_encode()) == TEXT_WORDS
    assert sentences(arrow.array([[1, 2], [1, 3]], arrow.list_(arrow.uint8(), 2))) == [
        ["1", "2"],
        ["1", "3"],
    ]
    with pytest.raises(TypeError, match="holds double"):
        sentences(arrow.array([1.5]))
    with pytest.raises(ValueError, match="lists with missing words"):
        sentences(arrow.array([["a", None]]))


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": TEXTS, "n": range(5)})
    if not hasattr(frame, "__arrow_c_stream__"):
        pytest.skip("this pandas does not speak Arrow")
    pytest.importorskip("pyarrow")
    assert sentences(frame) == TEXT_WORDS
    if hasattr(frame["text"], "__arrow_c_stream__"):
        assert sentences(frame["text"]) == TEXT_WORDS
    items = pandas.DataFrame({"items": NUMBERS})
    assert Corpus.read(items, min_count=1).vocabulary.words.keys() == [3, -1, 1 << 40]


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    frame = polars.DataFrame({"text": TEXTS, "words": [*LISTS, None]})
    assert sentences(frame, column="text") == TEXT_WORDS
    assert sentences(frame, column="words") == LIST_WORDS
    assert sentences(frame["words"]) == LIST_WORDS
    items = polars.DataFrame({"items": NUMBERS})
    assert Corpus.read(items, min_count=1).vocabulary.words.keys() == [3, -1, 1 << 40]


def test_hugging_face_datasets() -> None:
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_dict({"text": TEXTS, "n": list(range(5))})
    assert sentences(dataset) == TEXT_WORDS
    assert sentences(dataset.select([4, 0])) == [TEXT_WORDS[3], TEXT_WORDS[0]]


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    rows = [{"n": 1, "text": text} for text in TEXTS] + [{"text": ["a b", "7"]}, {"text": "é"}]
    path.write_text("\n\n".join(map(json.dumps, rows)))
    expected = [*TEXT_WORDS, ["a b", "7"], ["é"]]
    assert sentences(path, column="text") == expected
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert sentences(path, column="text") == expected


def test_json_lists_of_integers(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"n": []}\n{"n": [3, -1]}\n{"n": null}\n{"n": [3]}')
    assert sentences(path, column="n") == [["3", "-1"], ["3"]]
    for items, message in (
        ('[3, "3"]', "lines.jsonl: tokens must be all .* got '3' after integers"),
        ('["3", null]', "lines.jsonl: tokens must be all .* got None after strings"),
        ("[2.5]", r"lines.jsonl: tokens must be all strings or all integers, got 2.5"),
    ):
        path.write_text(f'{{"n": {items}}}')
        with pytest.raises(TypeError, match=message):
            sentences(path, column="n")
    path.write_text('{"n": [1, 9223372036854775808]}')
    with pytest.raises(ValueError, match=r"ids must be below 2\*\*63, got 9223372036854775808"):
        sentences(path, column="n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"lines: line 2 is not JSON"),
        ("[1]", r"lines: line 2 is not a JSON object"),
        ('{"txt": 1}', r"lines: line 2 has no field 'text'; it has txt"),
        ('{"text": 1}', r"lines: line 2: text is neither a text nor a list"),
        (r'{"text": "a\ud800"}', r"lines: 'a\\ud800' is not valid Unicode"),
        ("[" * 100_000, r"lines: line 2 is not JSON"),
    ],
)
def test_bad_json_lines(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "lines"
    path.write_text('{"text": "good"}\n' + line)
    with pytest.raises(ValueError, match=message):
        sentences(path, column="text")


def test_json_lines_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b'\xef\xbb\xbf{"text": "a"}\r\n{"text": "b\xff"}')
    with pytest.raises(ValueError, match=r"lines: byte 29 is not valid UTF-8 \(errors='replace'"):
        sentences(path, column="text")
    assert sentences(path, column="text", errors="replace") == [["a"], ["b\ufffd"]]


def test_json_surrogates_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text(r'{"text": "a\ud800 \ud83d\ude00"}')
    assert sentences(path, column="text", errors="replace") == [["a\ufffd", "😀"]]


# --- words that a function makes


def shout(text: str) -> list[str]:
    return text.upper().split(",")


RULES = ["\ufeffto,\tbe\r\n\nor", "", "\ufeffit\n", "is"]
SHOUTED = [["TO", "\tBE"], [""], ["OR"], ["IT"], ["IS"]]
SHOUTED_WHOLE = [["TO", "\tBE  OR"], ["IT "], ["IS"]]


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


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_a_function_gets_each_text_of_a_table(kind: str, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"t": [*RULES, None], "w": [["A b", "a"], None, [], ["b"], []]})
    path = tmp_path / "table"
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, path)
    else:
        pytest.importorskip("pyarrow.feather").write_feather(table, path)
    for source in (table, path):
        assert sentences(source, column="t", tokens=shout) == SHOUTED
        assert sentences(source, column="t", tokens=shout, lines=False) == SHOUTED_WHOLE
        assert sentences(source, column="w", tokens=shout) == [["A b", "a"], ["b"]]
    numbers = arrow.table({"n": [[1, 2], [3]]})
    assert sentences(numbers, tokens=shout) == [["1", "2"], ["3"]]
    assert sentences(np.array([[1, 2]]), tokens=shout) == [["1", "2"]]


def test_a_table_row_is_read_like_a_file() -> None:
    arrow = pytest.importorskip("pyarrow")
    rows = ["to", "\ufeffto be"]
    assert sentences(arrow.table({"t": rows})) == [["to"], ["to", "be"]]


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
    monkeypatch.setattr(chunks, "BLOCK_BYTES", size)
    path = tmp_path / "text"
    path.write_bytes("é,to be\n\n\ufeffor not\nx".encode())
    expected = [["É", "TO BE"], [""], ["\ufeffOR NOT"], ["X"]]
    assert sentences(path, tokens=shout) == expected
    path.write_bytes(b"a\nb\xff\n")
    with pytest.raises(ValueError, match="text: byte 3 is not valid UTF-8"):
        sentences(path, tokens=shout)


# --- arrays


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.int64, np.uint64, ">i4"])
def test_arrays_of_item_ids(dtype: Any) -> None:
    walks = np.array([[1, 2, 3], [3, 2, 1]], dtype)
    for source in (
        walks,
        list(walks),
        walks.tolist(),
        list(map(list, walks)),
        walks.astype(object),
    ):
        assert Corpus.read(source, min_count=1).vocabulary.words.keys() == [1, 2, 3]
    expected = [["1", "2", "3"], ["3", "2", "1"]]
    assert sentences(walks) == expected
    assert sentences(walks.T.copy().T) == expected
    assert sentences(list(walks)) == expected
    assert sentences(walks.tolist()) == expected
    assert sentences(iter(walks)) == expected
    assert sentences(walks[0]) == expected[:1]


def test_the_whole_range_of_integers() -> None:
    low, high = -(1 << 63), (1 << 63) - 1
    assert sentences(np.array([[low, high, 0]])) == [[str(low), str(high), "0"]]
    assert sentences([[low, high, 1 << 64, -(1 << 64)]]) == [
        [str(low), str(high), str(1 << 64), str(-(1 << 64))]
    ]
    with pytest.raises(ValueError, match=r"item ids must be below 2\*\*63"):
        sentences(np.array([[1 << 63]], np.uint64))


def test_arrays_that_hold_no_item_ids() -> None:
    with pytest.raises(TypeError, match="must hold integers, got float64"):
        sentences(np.ones((2, 2)))
    with pytest.raises(ValueError, match="must have 1 or 2 dimensions, got 3"):
        sentences(np.ones((2, 2, 2), int))


def test_large_arrays_are_read_by_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "CHUNK_ITEMS", 100)
    walks = np.random.default_rng(0).integers(0, 50, (1000, 7))
    corpus = Corpus.read(walks, min_count=1, workers=3)
    names = np.array(list(map(int, corpus.vocabulary.words)))
    assert np.array_equal(names[corpus.tokens].reshape(1000, 7), walks)


# --- remote files


def test_remote_files() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe({"/corpus/a.txt": b"to be", "/corpus/b.gz": gzip.compress(b"or not")})
    assert words("memory://corpus/a.txt") == ["to", "be"]
    assert words("memory://corpus") == ["to", "be", "or", "not"]
    assert words("memory://corpus/*.gz") == ["or", "not"]
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        words("memory://nowhere")


# --- streams


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_blocks_are_cut_between_words(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"one twenty\tthree\n\nhundred and fiftyfour "
    monkeypatch.setattr(chunks, "BLOCK_BYTES", size)
    blocks = list(chunks.text_blocks("name", io.BytesIO(data)))
    assert b"".join(block.data for block in blocks) == data
    assert [block.last for block in blocks] == [False] * (len(blocks) - 1) + [True]
    start = 0
    for block in blocks:
        assert block.start == start
        start += len(block.data)
        assert block.data[-1:] in b" \t\n" or block.last
