"""Reading rows of word2vec and GloVe files: numbers, headers, and damaged files."""

import bz2
import gzip
import lzma
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import PEAK, needs_peak
from vector_tables import write

from fastvec import KeyedVectors
from fastvec._core import RowReader
from fastvec.io import row_reader
from fastvec.io.word2vec import read_word2vec, write_word2vec
from fastvec.words import Words

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


def test_nan_and_infinity_are_read(tmp_path):
    path = write(tmp_path / "v", b"1 4\na nan -inf +Infinity NaN\n")
    assert np.array_equal(
        read_word2vec(path)[1][0], [np.nan, -np.inf, np.inf, np.nan], equal_nan=True
    )


def test_many_rows_cross_the_buffer(tmp_path, monkeypatch):
    monkeypatch.setattr(row_reader, "CHUNK", 64)
    monkeypatch.setattr(row_reader, "MARGIN", 100)
    words = Words.of(f"w{i}" * (1 + i % 40) for i in range(500))
    vectors = np.random.default_rng(1).normal(size=(500, 7)).astype("f")
    path = tmp_path / "v"
    for binary, header in ((True, True), (False, True), (False, False)):
        write_word2vec(path, words, vectors, binary=binary, header=header)
        again, numbers = read_word2vec(path, binary=binary, header=header)
        assert again == words
        assert np.array_equal(numbers, vectors)
        again, numbers = read_word2vec(path, binary=binary, header=header, limit=3)
        assert list(again) == words[:3]
        assert numbers.shape == (3, 7)


def test_words_with_spaces_are_read_from_the_right(tmp_path):
    path = write(tmp_path / "v", b"New York 1 2\n. . . 3 4\n1 2 5 6\n\xc2\xa0 7 8\n 9 10\n")
    words, vectors = read_word2vec(path, header=False)
    assert list(words) == ["New York", ". . .", "1 2", "\xa0", ""]
    assert np.array_equal(vectors, np.arange(1, 11).reshape(5, 2))
    write_word2vec(path, words, vectors)
    assert read_word2vec(path)[0] == words
    path = write(tmp_path / "v", b"route 66 1 2\nb 3 4\n")  # the first row does not say D
    assert list(read_word2vec(path, header=False)[0]) == ["route 66", "b"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "first line must say"),
        (b"hello\n", "first line must say"),
        (b"3 0\n", "cannot be"),
        (b"-1 3\n", "cannot be"),
        (b"2-1 3\n", "first line must say"),
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
        read_word2vec(write(tmp_path / "v", data))
    if data.startswith(b"1000000 300"):  # compressed: the size is not known before
        with pytest.raises(ValueError, match="row 1"):
            read_word2vec(write(tmp_path / "v.gz", gzip.compress(data)))


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
    monkeypatch.setattr(row_reader, "CHUNK", chunk)
    assert len(read_word2vec(write(tmp_path / "v", data))[0])
    for stored in (data, gzip.compress(data)):
        path = write(tmp_path / "v", stored)
        with pytest.raises(ValueError, match=r"v: its rows are text, not binary: read it with bin"):
            read_word2vec(path, binary=True)


@pytest.mark.parametrize("number", [1, -0.7])  # bytes 00 00 80 3f, 33 33 33 bf
def test_binary_is_not_read_as_text(tmp_path, number):
    vectors = np.full((2, 3), number)
    write_word2vec(tmp_path / "v", Words.of(["a", "b"]), vectors, binary=True)
    says = r"row 1: .*; if its rows are binary, read it with binary=True \(--from word2vec-bin"
    with pytest.raises(ValueError, match=says):
        read_word2vec(tmp_path / "v")


def test_a_header_is_no_row(tmp_path):
    path = write(tmp_path / "v", b"2 2\na 1 2\nb 3 4\n")
    with pytest.raises(ValueError, match=r"v: its first line is a header, '2 2': read it with no_"):
        read_word2vec(path, header=False)
    for data, shape in ((b"2 2\na 1\nb 3\n", (3, 1)), (b"of 2\na 1 2\n", (2, 1))):
        path = write(tmp_path / "v", data)
        assert read_word2vec(path, header=False)[1].shape == shape


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
    assert read_word2vec(path, binary=True)[1].shape == shape


@pytest.mark.parametrize("compressed", [False, True])
def test_cut_binary_files(tmp_path, compressed):
    """Only the newline after the last vector may be missing."""
    whole = b"2 1\na \0\0\0\0\nb \0\0\0\0\n"
    for length in range(len(whole)):
        path = tmp_path / ("v.gz" if compressed else "v")
        write(path, gzip.compress(whole[:length]) if compressed else whole[:length])
        if length == len(whole) - 1:
            assert list(read_word2vec(path, binary=True)[0]) == ["a", "b"]
        else:
            with pytest.raises(ValueError, match=r"cut off|first line must say"):
                read_word2vec(path, binary=True)


def test_a_line_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(row_reader, "MOST_BYTES", 1 << 18)
    monkeypatch.setattr(row_reader, "CHUNK", 1 << 10)
    with pytest.raises(ValueError, match="row 1 does not end"):
        read_word2vec(write(tmp_path / "v", b"9 9\n" + b"a" * (1 << 19)), binary=True)


@given(st.binary(max_size=300), st.booleans(), st.booleans())
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(tmp_path_factory, data, binary, header):
    path = write(tmp_path_factory.getbasetemp() / "any", b"3 2\n" * header + data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            words, vectors = read_word2vec(path, binary=binary, errors="replace")
            assert len(words) == len(vectors)
        except ValueError:
            pass


MORE = "more follow"


@pytest.mark.parametrize("chunk", [40, 1 << 21])
@pytest.mark.parametrize(
    ("more", "says"),
    [
        (b"c 5 6\n", rf"{MORE} \(row 3 is 'c 5 6'\): correct .* with limit=2"),
        (b"\n\n \r\nc 5 6", rf"{MORE} \(row 3 is 'c 5 6'\)"),
        (b"\n" * 200 + b"c 5 6", rf"{MORE} \(row 3 is 'c 5 6'\)"),
        (b"2 2\na 1 2\n", rf"{MORE} \(row 3 is '2 2'\)"),  # two files, one behind the other
        (b"<unk> 5 6\nc 7 8\n", rf"{MORE} \(row 3 is '<unk> 5 6'\)"),
        (b"c", rf"{MORE} \(row 3 is 'c'\)"),
    ],
)
def test_rows_beyond_those_of_the_header_are_refused(tmp_path, monkeypatch, chunk, more, says):
    monkeypatch.setattr(row_reader, "CHUNK", chunk)
    whole = b"2 2\na 1 2\nb 3 4\n" + more
    for data in (whole, gzip.compress(whole)):
        path = write(tmp_path / "v", data)
        with pytest.raises(ValueError, match=f"^{path}: its first line says 2 rows, but {says}"):
            read_word2vec(path)
        assert list(read_word2vec(path, limit=2)[0]) == ["a", "b"]


@pytest.mark.parametrize(
    "more", [b"", b"\n", b" \t\r\n\n", b"<unk> 5 6\n", b"<unk> 5 6", b"\n<unk> 1 2\n\n"]
)
def test_what_tools_write_behind_the_rows_is_passed_over(tmp_path, more):
    """GloVe does not count the word <unk> in the first line that it writes."""
    words, vectors = read_word2vec(write(tmp_path / "v", b"2 2\na 1 2\nb 3 4\n" + more))
    assert list(words) == ["a", "b"]
    assert vectors.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\n\n"])
def test_bytes_behind_the_rows_of_a_binary_file_are_refused(tmp_path, ending):
    write_word2vec(tmp_path / "v", Words.of(["a", "b"]), np.ones((2, 3), "f"), binary=True)
    whole = (tmp_path / "v").read_bytes().removesuffix(b"\n")
    assert len(read_word2vec(write(tmp_path / "v", whole + ending), binary=True)[0]) == 2
    for more in (b"\0", b"c \0\0\0\0\0\0\0\0\0\0\0\0\n", whole):
        path = write(tmp_path / "v", whole + ending + more)
        with pytest.raises(
            ValueError, match="its first line says 2 rows, but more follow: correct"
        ):
            read_word2vec(path, binary=True)
        assert len(read_word2vec(path, binary=True, limit=2)[0]) == 2


@pytest.mark.parametrize("chunk", [40, 1 << 21])
def test_doubles_keep_all_digits_of_text(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(row_reader, "CHUNK", chunk)
    numbers = np.random.default_rng(1).normal(size=(50, 3))
    rows = [f"w {i} {' '.join(map(repr, row))}" for i, row in enumerate(numbers.tolist())]
    data = "\n".join(["50 3", *rows, rows[0], ""]).replace("50 3", "51 3").encode()
    for stored in (data, gzip.compress(data)):
        path = write(tmp_path / "v", stored)
        with pytest.warns(UserWarning, match="dropped 1 rows"):
            words, vectors = read_word2vec(path, doubles=True)
        assert vectors.dtype == np.float64
        assert np.array_equal(vectors, numbers)
        assert len(words) == 50
        with pytest.warns(UserWarning):
            wv = KeyedVectors.load_word2vec_format(path, datatype=np.float64)
        assert np.array_equal(wv.vectors, numbers)
        with pytest.warns(UserWarning):
            assert np.array_equal(read_word2vec(path)[1], numbers.astype(np.float32))


def test_doubles_of_a_binary_file_are_its_floats(tmp_path):
    numbers = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    write_word2vec(tmp_path / "v", Words.of(list("abcde")), numbers, binary=True)
    vectors = read_word2vec(tmp_path / "v", binary=True, doubles=True)[1]
    assert vectors.dtype == np.float64
    assert np.array_equal(vectors, numbers)


def test_doubles_of_rows_that_are_no_numbers_are_refused_too(tmp_path):
    path = write(tmp_path / "v", b"2 2\na 1 nan\nb 1_0 2\n")
    with pytest.raises(ValueError, match="row 2"):
        read_word2vec(path, doubles=True)


TINY = (
    PEAK
    + """
import sys
from pathlib import Path
from fastvec.io.registry import read_vectors

before = peak()
for path in sys.argv[1:]:
    try:
        read_vectors(Path(path))
    except ValueError:
        assert path.endswith("many")
print(peak() - before)
"""
)


@needs_peak
def test_tiny_files_of_unknown_size_take_little_memory(tmp_path):
    rows = b"the 1.5\nof 2.5\n"
    packed = [
        write(tmp_path / name, data)
        for name, data in [
            ("gz", gzip.compress(rows)),
            ("bz2", bz2.compress(rows)),
            ("xz", lzma.compress(rows)),
            ("many", gzip.compress(b"2000000000 1\n" + rows)),  # so many words are not in it
        ]
    ]
    done = subprocess.run(
        [sys.executable, "-c", TINY, *map(str, packed)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 100 << 10, done.stdout
