"""Vector files under wrong names, endings and options: read right, or refused in one sentence."""

import bz2
import gzip
import itertools
import lzma
import warnings

import numpy as np
import pytest
from foreign_files import FOREIGN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vector_tables import write

from fastvec.io.format import VectorFile
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
PACKERS = {"": bytes, "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
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
    """The bytes of a file of a format."""
    path = folder / "made.file"
    write_vectors(path, VectorFile(words, vectors), file_format=name)
    return path.read_bytes()


def answer(path, **options):
    """What reading a file gives, or the sentence that refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read_vectors(path, **options)
    except (ValueError, OSError) as error:
        text = str(error)
        assert str(path.parent) in text, text
        assert "\n" not in text
        return text


def same(file, words, vectors):
    return (
        not isinstance(file, str)
        and list(file.words) == list(words)
        and np.array_equal(file.vectors, vectors)
    )


FOLDERS = itertools.count()
EXAMPLES = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@given(
    some_vectors(),
    st.sampled_from(["word2vec", "word2vec-binary", "glove", "safetensors"]),
    st.sampled_from(NAMES),
    st.sampled_from(list(PACKERS)),
    st.sampled_from(list(CHANGES)),
)
@EXAMPLES
def test_good_files_are_read_under_any_name(base, table, kind, name, packer, change):
    folder = base / str(next(FOLDERS))
    folder.mkdir()
    data = written(folder, kind, *table)
    if FORMATS[kind].compressible:
        if kind != "word2vec-binary":
            data = CHANGES[change](data)
        data = PACKERS[packer](data)
    assert same(answer(write(folder / name, data)), *table)


@given(
    some_vectors(),
    st.sampled_from(["word2vec", "glove"]),
    st.sampled_from(NAMES),
    st.sampled_from(list(PACKERS)),
    st.sampled_from(list(DAMAGES)),
    st.sampled_from([None, "word2vec", "word2vec-binary", "glove"]),
)
@EXAMPLES
def test_damaged_text_is_refused(base, table, kind, name, packer, damage, option):
    folder = base / str(next(FOLDERS))
    folder.mkdir()
    data = PACKERS[packer](DAMAGES[damage](written(folder, kind, *table)))
    found = answer(write(folder / name, data), file_format=option)
    assert isinstance(found, str), (found.words, found.vectors)


@given(
    some_vectors(),
    st.sampled_from(["word2vec", "word2vec-binary", "glove", "safetensors"]),
    st.sampled_from(NAMES),
    st.sampled_from(list(READABLE)),
)
@EXAMPLES
def test_a_wrong_option_gives_no_wrong_vectors(base, table, kind, name, option):
    folder = base / str(next(FOLDERS))
    folder.mkdir()
    found = answer(write(folder / name, written(folder, kind, *table)), file_format=option)
    assert isinstance(found, str) or same(found, *table), (found.words, found.vectors)


@given(
    st.sampled_from([data for data, _ in FOREIGN.values()]) | st.binary(max_size=400),
    st.sampled_from(NAMES),
    st.sampled_from(list(PACKERS)),
    st.sampled_from([None, *READABLE]),
)
@EXAMPLES
def test_anything_else_is_refused_with_the_files_name(base, data, name, packer, option):
    folder = base / str(next(FOLDERS))
    folder.mkdir()
    answer(write(folder / name, PACKERS[packer](data)), file_format=option)
