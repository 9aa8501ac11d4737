"""Vector files of text whose shape must be found out: what is read, and what is refused."""

import gzip

import numpy as np
import pytest
from vector_tables import write

from fastvec.io.registry import read_vectors, sniff
from fastvec.io.text_rows import is_text, size_of_rows
from fastvec.io.word2vec import read_word2vec

ROWS = b"the 0.1 0.2 0.3\nof 0.4 0.5 0.6\nand 0.7 0.8 0.9\n"
MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "data",
    [
        MARK + ROWS,
        MARK + b"3 3\n" + ROWS,
        b"3 3\r\n" + ROWS.replace(b"\n", b"\r\n"),
        ROWS.replace(b"\n", b"\r\n"),
        ROWS.replace(b" ", b"\t"),
        b"3\t3 \n" + ROWS,
    ],
)
def test_marks_and_windows_line_ends_are_no_part_of_words(tmp_path, data):
    for stored in (data, gzip.compress(data)):
        file = read_vectors(write(tmp_path / "v", stored))
        assert list(file.words) == ["the", "of", "and"]
        assert np.allclose(file.vectors, np.arange(1, 10).reshape(3, 3) / 10)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        # rows that do not agree with most others
        (b"the 0.1 0.2 0.3\nof 0.4\nand 0.7 0.8 0.9\n", "row 2: expected a word and 3 numbers"),
        (b"of 0.4\n" + ROWS, "row 1: expected a word and 3 numbers"),
        (ROWS + b"in\n", "row 4: expected a word and 3 numbers"),
        (ROWS + b"in 0.1111 0.2222 0.3333 0.4444\n", "row 4: it has more numbers"),
        (ROWS * 100 + b"in 0.1\n", "row 301: expected a word and 3 numbers"),
        # headers
        (b"2 3 70\n" + ROWS, "header of another tool"),
        (b"3 3 0 1\n" + ROWS, "header of another tool|row 1"),
        (b"2 2 70\nthe 1.5 2.5\nof 1.5 3\n", "header of another tool"),
        (b"300\n" + ROWS, "row 1"),
        (b"3 2\nthe 0.5 0.25\nof 0.5 1\nto 0.5\n", "its first line is a header|row 3"),
        (b"# made by hand\n" + ROWS, "row 1: .* it looks like a comment"),
        (b"% size: 3\n" + ROWS, "row 1: .* it looks like a comment"),
        (b"3 2\n" + ROWS, "more than the 2 numbers of which the header speaks"),
        (b"3 1\nthe 1 2\nof 3 4\nand 5 6\n", "more than the 1 numbers"),
        (b"3 4\n" + ROWS, "row 1: expected a word and 4 numbers"),
        # numbers of other kinds
        (b"the 0,125 0,25\nof 0,5 0,75\n", "row 1: .* decimal commas"),
        (b"2 2\nthe 0,125 0,25\nof 0,5 0,75\n", "row 1: .* decimal commas"),
        (b"2 3\nthe 0,125 0,0 1e-05\nof 0,5 0,0 1\n", "row 1: .* decimal commas"),
        (b"the 0,125 1e-05\nof 1,5e-05 1\n", "decimal commas"),
        (b"2 2\nthe 0x1p-3 0x1\nof 0x2 0x3\n", "row 1: .* hexadecimal"),
        (b"the,0.1,0.2\nof,0.3,0.4\n", "row 1: .* looks like a table"),
        (b"the;0,1;0,2\nof;0,3;0,4\n", "row 1: .* looks like a table"),
        # tables without words
        (b"0.1\t0.2\t0.3\n0.4\t0.5\t0.6\n", "no words, only numbers"),
        (b"2 2\n0.1 0.2 0.3\n-0.4 0.5 0.6\n", "no words, only numbers"),
        (b"to be or not to be\nthat is\n", "row 1: expected a word and numbers"),
        (b"", "but the file is empty"),
        (b" \n\n", "but the file is empty"),
    ],
)
def test_files_whose_rows_contradict_each_other_are_refused(tmp_path, data, says):
    for stored in (data, gzip.compress(data)):
        with pytest.raises(ValueError, match=f"v: .*({says})"):
            read_vectors(write(tmp_path / "v", stored))


def test_decimal_commas_behind_a_header_that_is_not_read_are_seen(tmp_path):
    path = write(tmp_path / "v", b"2 3\nthe 0,125 0,0 1e-05\nof 0,5 0,0 1e-05\n")
    with pytest.raises(ValueError, match=r"v: .*decimal commas"):
        read_vectors(path, file_format="glove")


@pytest.mark.parametrize("number", [b"0,5", b"1,25e-3", b"0x1f"])
def test_text_of_strange_numbers_is_not_read_as_binary(tmp_path, number):
    path = write(tmp_path / "v.bin", b"2 4\n" + b"".join(
        b"%b %b\n" % (word, b" ".join([number] * 4)) for word in (b"the", b"of")
    ))  # fmt: skip
    assert sniff(path).name == "word2vec"
    with pytest.raises(ValueError, match="text, not binary"):
        read_word2vec(path, binary=True)


@pytest.mark.parametrize(
    "data",
    [
        b"12 0.5 1.5\n7 0.5 2.5\n",  # ids of items
        b"1 2 3\n4 5 6\n",
        b"0.5 1 2\nand 3 4\n",  # one word that is a number
        b"2 2\ntype 1 0.5 1.5\ntype 2 0.5 2.5\n",  # words with spaces that end with a number
        b"python 3.11 1 2\njava 1 2\n",
        b"# 0.5 1.5\n% 0.5 2.5\n",  # words that could begin a comment
        b"a,b,c 1 2\nx;y;z 3 4\n",
        b"12 3 4\nthe 0.5 0.25\n",
        b"nan 1 2\ninf 3 4\n",
    ],
)
def test_unusual_words_are_read(tmp_path, data):
    file = read_vectors(write(tmp_path / "v", data))
    assert file.vectors.shape == (2, 2)


def test_text_without_a_first_line_names_the_option(tmp_path):
    with pytest.raises(ValueError, match="no_header=True"):
        read_word2vec(write(tmp_path / "v", ROWS))


def test_of_sizes_that_are_equally_frequent_the_smallest_is_meant():
    assert size_of_rows([b"route 66 1 2", b"a 1 2"]) == 2
    assert size_of_rows([b"", b"a 1", b"route 66 1", b"b 2"]) == 1


def test_bytes_of_text():
    assert is_text("straße".encode()[:5])
    assert not is_text(np.float32(-0.7).tobytes())


def test_a_header_is_seen_where_rows_are_cut_off(tmp_path):
    path = write(tmp_path / "v", b"3 3\n0 0.5 0 0\n1 0.5 0 0\n2 0.5\n")
    with pytest.raises(ValueError, match="v: its first line is a header"):
        read_vectors(path, file_format="glove")
