"""Vector files under wrong names, endings and options: read right, or refused in one sentence.

FASTVEC_EXAMPLES=1500 tries so many in each of seven tests.
"""

import bz2
import gzip
import itertools
import lzma
import os
import warnings

import numpy as np
import pytest
from archives import PACKERS as ARCHIVES
from foreign_files import FOREIGN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vector_tables import write

from fastvec import KeyedVectors
from fastvec.io.format import VectorFile
from fastvec.io.npy import words_beside
from fastvec.io.registry import FORMATS, READABLE, read_vectors, write_vectors
from fastvec.words import Words

NAMES = [
    "v",
    "v.txt",
    "v.vec",
    "v.bin",
    "v.npy",
    "v.glove",
    "v.parquet",
    "v.safetensors",
    "v.txt.gz",
]
PACKERS = {
    "": bytes,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda data: ARCHIVES["zip"]({"v.txt": data}),
    "tar.gz": lambda data: ARCHIVES["tar.gz"]({"folder/v": data, ".hidden": b"\0"}),
    "gz in zip": lambda data: ARCHIVES["zip"]({"v.txt.gz": gzip.compress(data)}),
}
KINDS = ["word2vec", "word2vec-binary", "glove", "safetensors", "npy", "parquet"]
WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8
) | st.sampled_from(["the", "of", "1", "0.5", "#", "straße", "2024", "-", "nan"])
NUMBER = st.floats(-3, 3, width=32, allow_subnormal=False)
#: what may happen to the bytes of a file of text on its way
CHANGES = {
    "nothing": lambda data: data,
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "Windows": lambda data: data.replace(b"\n", b"\r\n"),
    "tabs": lambda data: data.replace(b" ", b"\t"),
    "no last line end": lambda data: data.removesuffix(b"\n"),
    "blank lines at the end": lambda data: data + b"\n\n",
}
#: what must not be read as if nothing had happened
DAMAGES = {
    "decimal commas": lambda data: data.replace(b".", b","),
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "UTF-32": lambda data: data.decode().encode("utf-32"),
    "commas between": lambda data: data.replace(b" ", b","),
    "a comment": lambda data: b"# made by hand\n" + data,
    "no words": lambda data: b"".join(
        b" ".join(line.split(b" ")[1:]) + b"\n" for line in data.splitlines()
    ),
    "a short row": lambda data: data.rpartition(b" ")[0] + b"\n",
}
#: the same, of files whose first line says how many rows there are
DAMAGES_OF_COUNTS = {
    "a row more": lambda data: data + data.splitlines()[-1] + b"\n",
    "a row less": lambda data: data.rstrip(b"\n").rpartition(b"\n")[0] + b"\n",
    "twice": lambda data: data + data,
    "cut off": lambda data: data[: len(data) * 2 // 3],
}


@st.composite
def some_vectors(draw):
    """Distinct words with vectors that have fractions, so that rows of text are not ambiguous."""
    words = draw(st.lists(WORD, unique=True, min_size=3, max_size=8))
    size = draw(st.integers(3, 6))
    rows = draw(
        st.lists(st.lists(NUMBER, min_size=size, max_size=size), min_size=3, max_size=len(words))
    )
    vectors = np.array(rows, np.float32)
    vectors[:, 0] += np.float32(0.12345)
    return Words.of(words[: len(rows)]), vectors


def written(folder, name, words, vectors):
    """The bytes of a file of a format; the words of an array for every name are beside it."""
    if name == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = folder / "made.file"
    write_vectors(path, VectorFile(words, vectors), file_format=name)
    if name == "npy":
        for other in NAMES:
            words_beside(folder / other).write_bytes(words_beside(path).read_bytes())
    return path.read_bytes()


def answer(path, read=read_vectors, **options):
    """What reading a file gives, or the sentence that refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read(path, **options)
    except (ValueError, OSError) as error:
        text = str(error)
        assert str(path.parent) in text, text
        assert "\n" not in text
        return text


def same(file, words, vectors, limit=None):
    return (
        not isinstance(file, str)
        and list(file.words) == list(words)[:limit]
        and np.array_equal(file.vectors, vectors[:limit])
    )


FOLDERS = itertools.count()
EXAMPLES = settings(
    max_examples=int(os.environ.get("FASTVEC_EXAMPLES", "150")),
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.fixture
def folder(base):
    """A function that makes a new folder."""

    def make():
        new = base / str(next(FOLDERS))
        new.mkdir()
        return new

    return make


KEEP = settings(EXAMPLES, suppress_health_check=list(HealthCheck))


@given(
    some_vectors(),
    st.sampled_from(KINDS),
    st.sampled_from(NAMES),
    st.sampled_from(list(PACKERS)),
    st.sampled_from(list(CHANGES)),
    st.none() | st.integers(0, 9),
)
@KEEP
def test_good_files_are_read_under_any_name(folder, table, kind, name, packer, change, limit):
    place = folder()
    data = written(place, kind, *table)
    if FORMATS[kind].compressible:
        if kind != "word2vec-binary":
            data = CHANGES[change](data)
        data = PACKERS[packer](data)
    assert same(answer(write(place / name, data), limit=limit), *table, limit)


@given(
    some_vectors(),
    st.sampled_from(["safetensors", "npy", "parquet"]),
    st.sampled_from(NAMES),
    st.sampled_from(list(PACKERS)[1:]),
)
@KEEP
def test_what_must_be_unpacked_is_refused(folder, table, kind, name, packer):
    place = folder()
    found = answer(write(place / name, PACKERS[packer](written(place, kind, *table))))
    assert isinstance(found, str), (found.words, found.vectors)


@given(
    some_vectors(),
    st.sampled_from(["word2vec", "glove"]),
    st.sampled_from(NAMES),
    st.sampled_from(list(PACKERS)),
    st.sampled_from(list(DAMAGES)),
    st.sampled_from([None, "word2vec", "word2vec-binary", "glove"]),
)
@KEEP
def test_damaged_text_is_refused(folder, table, kind, name, packer, damage, option):
    place = folder()
    data = PACKERS[packer](DAMAGES[damage](written(place, kind, *table)))
    found = answer(write(place / name, data), file_format=option)
    assert isinstance(found, str), (found.words, found.vectors)


@given(
    some_vectors(),
    st.sampled_from(["word2vec", "word2vec-binary"]),
    st.sampled_from(NAMES),
    st.sampled_from(list(PACKERS)),
    st.sampled_from(list(DAMAGES_OF_COUNTS)),
    st.sampled_from([None, "word2vec", "word2vec-binary", "glove"]),
)
@KEEP
def test_another_number_of_rows_is_refused(folder, table, kind, name, packer, damage, option):
    place = folder()
    data = written(place, kind, *table)
    if kind == "word2vec-binary" and damage.startswith("a row"):
        damage = "twice"  # there are no lines
    found = answer(
        write(place / name, PACKERS[packer](DAMAGES_OF_COUNTS[damage](data))), file_format=option
    )
    assert isinstance(found, str), (found.words, found.vectors)


@given(
    some_vectors(),
    st.sampled_from(KINDS),
    st.sampled_from(NAMES),
    st.sampled_from(list(READABLE)),
    st.none() | st.integers(0, 9),
    st.sampled_from(["strict", "ignore", "replace"]),
)
@KEEP
def test_a_wrong_option_gives_no_wrong_vectors(folder, table, kind, name, option, limit, errors):
    place = folder()
    path = write(place / name, written(place, kind, *table))
    found = answer(path, file_format=option, limit=limit, errors=errors)
    assert isinstance(found, str) or same(found, *table, limit), (found.words, found.vectors)


@given(
    some_vectors(),
    st.sampled_from(["word2vec", "word2vec-binary", "glove", "safetensors"]),
    st.sampled_from(list(PACKERS)),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 9),
    st.sampled_from([np.float16, np.float32, np.float64]),
)
@KEEP
def test_gensims_call_with_any_options(
    folder, table, kind, packer, binary, no_header, limit, datatype
):
    place = folder()
    path = write(place / "v", PACKERS[packer](written(place, kind, *table)))
    options = {"binary": binary, "no_header": no_header, "limit": limit, "datatype": datatype}
    found = answer(path, KeyedVectors.load_word2vec_format, **options)
    if not isinstance(found, str):
        assert found.vectors.dtype == datatype
        assert list(found.words) == list(table[0])[:limit]
        assert np.allclose(found.vectors, table[1][:limit], rtol=1e-3, atol=1e-3)


@given(
    st.sampled_from([data for data, _ in FOREIGN.values()]) | st.binary(max_size=400),
    st.sampled_from(NAMES),
    st.sampled_from(list(PACKERS)),
    st.sampled_from([None, *READABLE]),
)
@KEEP
def test_anything_else_is_refused_with_the_files_name(folder, data, name, packer, option):
    answer(write(folder() / name, PACKERS[packer](data)), file_format=option)
