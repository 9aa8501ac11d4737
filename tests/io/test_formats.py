"""Vector files: what is written reads back, others read it, and broken files say what is wrong."""

import bz2
import gzip
import json
import lzma
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastvec._core import RowReader, write_rows
from fastvec.io import formats
from fastvec.io import word2vec as rowfiles
from fastvec.io.tensors import load_tensors
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.words import Words

floats32 = st.floats(width=32, allow_nan=False)
plain_words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=" \t\n\r"), min_size=1, max_size=9
)


@st.composite
def tables(draw, words=plain_words):
    """Distinct words and a matrix."""
    names = draw(st.lists(words, unique=True, max_size=7))
    size = draw(st.integers(1, 5))
    numbers = st.lists(floats32, min_size=size, max_size=size)
    rows = draw(st.lists(numbers, min_size=len(names), max_size=len(names)))
    return Words.of(names), np.array(rows, np.float32).reshape(-1, size)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# --- numbers


@given(st.lists(floats32 | st.sampled_from([np.inf, -np.inf]), min_size=1))
def test_shortest_numbers_read_back_and_are_no_longer_than_numpys(numbers):
    row = np.array([numbers], np.float32)
    texts = write_rows([b"w"], row, 0).split()[1:]
    assert np.array_equal(np.array([float(text) for text in texts], np.float32), row[0])
    assert all(len(text) <= len(str(x)) + 1 for text, x in zip(texts, row[0], strict=True))


@given(st.lists(floats32, min_size=1))
def test_six_decimals_are_those_of_printf(numbers):
    row = np.array([numbers], np.float32)
    assert write_rows([b"w"], row, 1) == b"w " + b"".join(b"%f " % x for x in row[0]) + b"\n"
    assert write_rows([b"w"], row, 2) == b"w" + b"".join(b" %f" % x for x in row[0]) + b"\n"


NUMBER = r"[-+]?([0-9]{1,25}\.?[0-9]{0,25}|\.[0-9]{1,25})([eE][-+]?[0-9]{1,3})?"


@given(st.from_regex(NUMBER, fullmatch=True))
@settings(max_examples=500)
def test_reading_a_number_is_pythons_float(text):
    reader = RowReader(1, False)
    row = np.empty((1, 1), np.float32)
    data = np.frombuffer(f"w {text}\n".encode(), np.uint8)
    reader.feed(data, 0, len(data), True, row, 1)
    with np.errstate(over="ignore"):
        assert row[0, 0] == np.float32(float(text))


@given(st.integers(0, 2**24 - 2), st.integers(-40, 20), st.integers(-1, 1), st.integers(0, 30))
def test_numbers_close_to_the_middle_of_two_floats(mantissa, power, side, more):
    """The hard cases of decimal reading: a middle, exactly, or off by one far digit."""
    from fractions import Fraction

    middle = Fraction(2 * mantissa + 1) * Fraction(2) ** (power - 1)
    digits = middle.denominator.bit_length() + more  # enough for an exact decimal
    scaled = int(middle * 10**digits) + side
    text = f"{scaled}e-{digits}"
    reader = RowReader(1, False)
    row = np.empty((1, 1), np.float32)
    data = np.frombuffer(f"w {text}\n".encode(), np.uint8)
    reader.feed(data, 0, len(data), True, row, 1)
    assert row[0, 0] == np.float32(float(text))


# --- round trips


@given(tables())
@settings(max_examples=60)
def test_every_word2vec_file_reads_back(tmp_path_factory, table):
    words, vectors = table
    path = tmp_path_factory.mktemp("files") / "vectors"
    for binary in (False, True):
        rowfiles.write_word2vec(path, words, vectors, binary=binary)
        again, numbers = rowfiles.read_word2vec(path, binary=binary)
        assert again == words
        assert np.array_equal(numbers, vectors)


@given(tables(st.text(st.characters(exclude_categories=["Cs"]), max_size=9)))
@settings(max_examples=60)
def test_safetensors_hold_any_word(tmp_path_factory, table):
    words, vectors = table
    path = tmp_path_factory.mktemp("files") / "a.safetensors"
    counts = np.arange(len(words), dtype=np.int64)
    save_vectors(path, words=words, vectors=vectors, counts=counts, metadata={"note": "é"})
    for mmap in (True, False):
        again, file = load_vectors(path, mmap=mmap)
        tensors, metadata = file.arrays, file.metadata
        assert again == words
        assert np.array_equal(tensors["vectors"], vectors)
        assert np.array_equal(tensors["counts"], counts)
        assert metadata["note"] == "é"
        assert tensors["vectors"].flags.aligned


def test_safetensors_library_reads_it_and_padded_rows_are_fine(tmp_path):
    from safetensors.numpy import load_file, save_file

    padded = np.arange(32, dtype=np.float32).reshape(2, 16)[:, :3]
    path = tmp_path / "a.safetensors"
    save_vectors(path, words=Words.of(["a", "bc"]), vectors=padded)
    tensors = load_file(path)
    assert np.array_equal(tensors["vectors"], padded)
    assert tensors["words"].tobytes() == b"abc"
    save_file({"odd": np.arange(3, dtype=np.uint8), "x": np.ones(3)}, path)
    assert np.array_equal(load_tensors(path)[0]["x"], np.ones(3))


def test_bytes_of_word2vec_c(tmp_path):
    """Lines 570-582 of word2vec.c, by hand: binary rows end in a newline, text ones in ' \\n'."""
    words, vectors = Words.of(["</s>", "né"]), np.array([[0.5, -1], [1e-7, 3]], np.float32)
    path = tmp_path / "v"
    rowfiles.write_word2vec(path, words, vectors, binary=True)
    rows = struct.pack("<2f", 0.5, -1), struct.pack("<2f", 1e-7, 3)
    golden = b"2 2\n</s> " + rows[0] + b"\n" + "né ".encode() + rows[1] + b"\n"
    assert path.read_bytes() == golden
    rowfiles.write_word2vec(path, words, vectors, layout="word2vec.c")
    golden = "2 2\n</s> 0.500000 -1.000000 \nné 0.000000 3.000000 \n".encode()
    assert path.read_bytes() == golden
    rowfiles.write_word2vec(path, words, vectors, layout="glove", header=False)
    assert path.read_bytes() == "</s> 0.500000 -1.000000\nné 0.000000 3.000000\n".encode()


@pytest.mark.parametrize("ending", [".txt", ".bin", ".txt.gz", ".txt.xz", ".bin.bz2"])
def test_packed_files_and_sniffing(tmp_path, ending):
    words, vectors = Words.of(["a", "b"]), np.array([[0.1, 2], [3, 4]], np.float32)
    path = tmp_path / f"v{ending}"
    rowfiles.write_word2vec(path, words, vectors, binary="bin" in ending)
    file = formats.read_vectors(path)
    assert file.words == words
    assert np.array_equal(file.vectors, vectors)
    assert file.kind == ("word2vec-binary" if "bin" in ending else "word2vec")


def test_many_rows_cross_the_buffer(tmp_path, monkeypatch):
    monkeypatch.setattr(rowfiles, "CHUNK", 64)
    monkeypatch.setattr(rowfiles, "MARGIN", 100)
    words = Words.of(f"w{i}" * (1 + i % 40) for i in range(500))
    vectors = np.random.default_rng(1).normal(size=(500, 7)).astype("f")
    path = tmp_path / "v"
    for binary, header in ((True, True), (False, True), (False, False)):
        rowfiles.write_word2vec(path, words, vectors, binary=binary, header=header)
        again, numbers = rowfiles.read_word2vec(path, binary=binary, header=header)
        assert again == words
        assert np.array_equal(numbers, vectors)
        again, numbers = rowfiles.read_word2vec(path, binary=binary, header=header, limit=3)
        assert list(again) == words[:3]
        assert numbers.shape == (3, 7)


# --- odd words


def test_words_with_spaces_are_read_from_the_right(tmp_path):
    path = write(tmp_path / "v", b"New York 1 2\n. . . 3 4\n1 2 5 6\n\xc2\xa0 7 8\n 9 10\n")
    words, vectors = rowfiles.read_word2vec(path, header=False)
    assert list(words) == ["New York", ". . .", "1 2", "\xa0", ""]
    assert np.array_equal(vectors, np.arange(1, 11).reshape(5, 2))
    rowfiles.write_word2vec(path, words, vectors)
    assert rowfiles.read_word2vec(path)[0] == words
    path = write(tmp_path / "v", b"route 66 1 2\nb 3 4\n")  # the first row does not say D
    assert list(rowfiles.read_word2vec(path, header=False)[0]) == ["route 66", "b"]


@pytest.mark.parametrize(("word", "binary"), [("a b", True), ("a\nb", True), ("a\n", False),
                                              ("a ", False), ("\t", False)])  # fmt: skip
def test_words_that_a_format_cannot_hold(tmp_path, word, binary):
    with pytest.raises(ValueError, match="cannot hold") as error:
        rowfiles.write_word2vec(
            tmp_path / "v", Words.of(["ok", word]), np.ones((2, 1)), binary=binary
        )
    assert repr(word) in str(error.value)
    assert not list(tmp_path.iterdir())


def test_of_equal_words_the_first_row_is_kept(tmp_path):
    path = write(tmp_path / "v", b"4 1\na 1\nb 2\na 3\nc 4\n")
    with pytest.warns(UserWarning, match="dropped 1 rows"):
        words, vectors = rowfiles.read_word2vec(path)
    assert list(words) == ["a", "b", "c"]
    assert vectors.ravel().tolist() == [1, 2, 4]


def test_broken_unicode(tmp_path):
    path = write(tmp_path / "v", b"3 1\na\xff 1\na 2\n\xc3\xa9 3\n")
    with pytest.raises(UnicodeDecodeError, match="row 1 of"):
        rowfiles.read_word2vec(path)
    assert list(rowfiles.read_word2vec(path, errors="replace")[0]) == ["a�", "a", "é"]
    with pytest.warns(UserWarning, match="dropped 1 rows"):
        words, vectors = rowfiles.read_word2vec(path, errors="ignore")
    assert list(words) == ["a", "é"]
    assert vectors.ravel().tolist() == [1, 3]
    assert rowfiles.read_word2vec(path, encoding="latin-1")[0][2] == "Ã©"


def test_words_that_are_only_together_unicode(tmp_path):
    path = write(tmp_path / "v", b"2 1\na\xc3 1\n\xa9b 2\n")
    with pytest.raises(UnicodeDecodeError):
        rowfiles.read_word2vec(path)


def test_nan_and_infinity_are_read(tmp_path):
    path = write(tmp_path / "v", b"1 4\na nan -inf +Infinity NaN\n")
    assert np.array_equal(
        rowfiles.read_word2vec(path)[1][0], [np.nan, -np.inf, np.inf, np.nan], equal_nan=True
    )


# --- broken files


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "first line must say"),
        (b"hello\n", "first line must say"),
        (b"3 0\n", "cannot be"),
        (b"-1 3\n", "cannot be"),
        (b"99999999999 3\n", "cannot be"),
        (b"3 99999999\n", "cannot be"),
        (b"2 2\na 1 2\nb 1\n", "row 2: expected a word and 2 numbers, found 'b 1'"),
        (b"2 2\na 1 2\nb 1 x\n", "row 2: .* found 'b 1 x'"),
        (b"2 2\na 1 2\nb 1 2x\n", "row 2"),
        (b"1 2\na 1_0 2\n", "row 1"),
        (b"2 2\na 1 2\n\n\n\n\n\n\n\n", "cut off: its first line says 2 rows, it has 1"),
        (b"1000000 300\na 1\n", "cut off: .* cannot be in its 16 bytes"),
    ],
)
def test_broken_text(tmp_path, data, says):
    with pytest.raises(ValueError, match=says):
        rowfiles.read_word2vec(write(tmp_path / "v", data))
    if data.startswith(b"1000000 300"):  # packed: the size is not known before
        with pytest.raises(ValueError, match="row 1"):
            rowfiles.read_word2vec(write(tmp_path / "v.gz", gzip.compress(data)))


TEXTS = [
    b"2 2\na 1.5 2.5\nb 3.5 4.5\n",  # every row as long as a binary one
    b"2 2\na 1 2\nb 3 4\n",  # too short for binary rows
    b"1 2\na 1 2",
    b"2 3\n\xc3\xa4 0.123456 -1e-05 nan \r\nNew York\t1\t2\t3\r\n",
    b"90 1\n" + b"".join(b"w%d 0.25\n" % i for i in range(90)),
]


@pytest.mark.parametrize("chunk", [40, 1 << 21])
@pytest.mark.parametrize("data", TEXTS)
def test_text_is_not_read_as_binary(tmp_path, monkeypatch, data, chunk):
    monkeypatch.setattr(rowfiles, "CHUNK", chunk)
    assert len(rowfiles.read_word2vec(write(tmp_path / "v", data))[0])
    for packed in (data, gzip.compress(data)):
        path = write(tmp_path / "v", packed)
        with pytest.raises(ValueError, match=r"v: its rows are text, not binary: read it with bin"):
            rowfiles.read_word2vec(path, binary=True)


@pytest.mark.parametrize("number", [1, -0.7])  # bytes 00 00 80 3f, 33 33 33 bf
def test_binary_is_not_read_as_text(tmp_path, number):
    vectors = np.full((2, 3), number)
    rowfiles.write_word2vec(tmp_path / "v", Words.of(["a", "b"]), vectors, binary=True)
    says = r"row 1: .*; if its rows are binary, read it with binary=True \(--from word2vec-bin"
    with pytest.raises(ValueError, match=says):
        rowfiles.read_word2vec(tmp_path / "v")


def test_a_header_is_no_row(tmp_path):
    path = write(tmp_path / "v", b"2 2\na 1 2\nb 3 4\n")
    with pytest.raises(ValueError, match=r"v: its first line is a header, '2 2': read it with no_"):
        rowfiles.read_word2vec(path, header=False)
    for data, shape in ((b"2 2\na 1\nb 3\n", (3, 1)), (b"of 2\na 1 2\n", (2, 1))):
        path = write(tmp_path / "v", data)
        assert rowfiles.read_word2vec(path, header=False)[1].shape == shape


@pytest.mark.parametrize(
    "data",
    [
        b"1 1\na 1\n\x80?\n",  # 1.0003, whose first two bytes look like the end of a row
        b"1 1\na 0.\x7f?\n",
        b"1 2\na 1.5 \0\0\x80?\n",
        b"2 2\n5 1.5 2.5\nb 1.5\0\0\x80?\n",  # the second row is no text
    ],
)
def test_binary_rows_that_begin_like_text_are_read(tmp_path, data):
    shape = tuple(map(int, data[:3].split()))
    path = write(tmp_path / "v", data)
    assert rowfiles.read_word2vec(path, binary=True)[1].shape == shape


@pytest.mark.parametrize("packed", [False, True])
def test_cut_binary_files(tmp_path, packed):
    """Only the newline after the last vector may be missing."""
    whole = b"2 1\na \0\0\0\0\nb \0\0\0\0\n"
    for length in range(len(whole)):
        path = tmp_path / ("v.gz" if packed else "v")
        write(path, gzip.compress(whole[:length]) if packed else whole[:length])
        if length == len(whole) - 1:
            assert list(rowfiles.read_word2vec(path, binary=True)[0]) == ["a", "b"]
        else:
            with pytest.raises(ValueError, match=r"cut off|first line must say"):
                rowfiles.read_word2vec(path, binary=True)


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_damaged_packed_files(tmp_path, ending):
    """Every byte changed, and every cut: read rightly or refused, never another exception."""
    if ending == ".zst" and sys.version_info < (3, 14):
        pytest.importorskip("zstandard", reason="zstandard is not installed")
    path = tmp_path / f"v{ending}"
    rowfiles.write_word2vec(path, Words.of(["a", "b"]), np.ones((2, 3), "f"))
    whole = path.read_bytes()
    assert len(rowfiles.read_word2vec(path)[0]) == 2
    damaged = [whole[:i] + bytes([whole[i] ^ 0x55]) + whole[i + 1 :] for i in range(len(whole))]
    for data in damaged + [whole[:i] for i in range(len(whole))]:
        path.write_bytes(data)
        try:
            assert rowfiles.read_word2vec(path)[1].shape == (2, 3)
        except ValueError as error:
            assert str(path) in str(error)


def test_a_cut_gz_file(tmp_path):
    packed = gzip.compress(b"2 1\na 1\nb 2\n")
    with pytest.raises(ValueError, match="cut off"):
        rowfiles.read_word2vec(write(tmp_path / "v.gz", packed[:-9]))


def test_files_are_packed_by_content_not_by_name(tmp_path):
    plain = b"2 1\na 1\nb 2\n"
    for data in (plain, gzip.compress(plain), bz2.compress(plain), lzma.compress(plain)):
        for name in ("v.txt", "v.gz", "v"):
            assert list(rowfiles.read_word2vec(write(tmp_path / name, data))[0]) == ["a", "b"]
    file = formats.read_vectors(write(tmp_path / "v", b"BZh 1 2\na 3 4\n"))
    assert list(file.words) == ["BZh", "a"]


def test_a_line_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(rowfiles, "MAX_ROW", 1 << 18)
    monkeypatch.setattr(rowfiles, "CHUNK", 1 << 10)
    with pytest.raises(ValueError, match="row 1 does not end"):
        rowfiles.read_word2vec(write(tmp_path / "v", b"9 9\n" + b"a" * (1 << 19)), binary=True)


@given(st.binary(max_size=300), st.booleans(), st.booleans())
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(tmp_path_factory, data, binary, header):
    path = write(tmp_path_factory.getbasetemp() / "any", b"3 2\n" * header + data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            words, vectors = rowfiles.read_word2vec(path, binary=binary, errors="replace")
            assert len(words) == len(vectors)
        except ValueError:
            pass


@given(st.data())
@settings(max_examples=300)
def test_any_damage_to_safetensors_is_refused_or_harmless(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.safetensors"
    save_vectors(path, words=Words.of(["a", "bc"]), vectors=np.ones((2, 3), "f"))
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        words, file = load_vectors(path)
        assert len(words) == len(file.arrays["vectors"])
        list(words)
    except ValueError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"vectors": None}, "vectors is missing"),
        ({"words": {"dtype": "Q9", "shape": [3], "data_offsets": [0, 3]}}, "entry for 'words'"),
        ({"words": {"dtype": "U8", "shape": [-3], "data_offsets": [0, 3]}}, "entry for 'words'"),
        ({"words": {"dtype": "U8", "shape": [3], "data_offsets": [0, 4]}}, "needs other"),
        ({"words": {"dtype": "U8", "shape": [999], "data_offsets": [0, 999]}}, "cut off"),
        (
            {"words": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}},
            "checksum of its words is wr",
        ),
        ({"__metadata__": {"fastvec vectors": "9"}}, "version 9"),
        ({"__metadata__": {"fastvec vectors": 9}}, "must be strings"),
        ({"__metadata__": {}}, "not one that fastvec wrote"),
    ],
)
def test_broken_safetensors_headers(tmp_path, change, says):
    path = tmp_path / "a.safetensors"
    save_vectors(path, words=Words.of(["a", "bc"]), vectors=np.ones((2, 3), "f"))
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length]) | change
    text = json.dumps({name: entry for name, entry in header.items() if entry is not None}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + raw[8 + length :])
    with pytest.raises(ValueError, match=says):
        load_vectors(path)


def test_vocabulary_files(tmp_path):
    path = tmp_path / "vocab.txt"
    rowfiles.write_counts(path, Words.of(["a", "b c"]), np.array([3, 2]))
    assert path.read_text() == "a 3\nb c 2\n"
    assert rowfiles.read_counts(path) == {"a": 3, "b c": 2}
    with pytest.raises(ValueError, match="line 2 is not a word and its count"):
        rowfiles.read_counts(write(path, b"a 3\nb\n"))


@pytest.mark.parametrize("kind", ["safetensors", "npy", "parquet", "tsv"])
def test_only_rows_are_packed(tmp_path, kind):
    name = tmp_path / f"v.{kind}.gz"
    with pytest.raises(ValueError, match=r"v\.\w+\.gz: \w+ files are not packed: leave out \.gz$"):
        formats.write_vectors(name, Words.of(["a"]), np.ones((1, 2), np.float32))
    assert not list(tmp_path.iterdir())


def test_rows_are_written_for_bytes_only():
    """Other objects may say any length, and change what stands beside them meanwhile."""

    class Liar:
        def __len__(self):
            words[0] = b"x" * 1_000_000
            words[1] = b"y"
            return 1

    words = [b"a", Liar()]
    with pytest.raises(TypeError, match="bytes"):
        write_rows(words, np.ones((2, 1), np.float32), 0)
