"""The two files of TensorFlow's projector (projector.tensorflow.org): vectors and words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, atomic_write, written_together
from fastvec.io.compression import open_output
from fastvec.io.format import Format, check_lengths
from fastvec.io.word2vec import number_rows
from fastvec.words import Words


def metadata_beside(path: PathLike) -> Path:
    """The file that has the words of a projector's vectors.

    >>> str(metadata_beside("v.tsv"))
    'v.metadata.tsv'
    """
    return Path(path).with_suffix(".metadata.tsv")


def write_projector(path: PathLike, words: Words, vectors: NDArray[Any]) -> Path:
    """Write a TSV pair for projector.tensorflow.org: vectors at ``path``, words beside it.

    The page samples large tables without saying so; give it at most some ten thousand words.

    Returns
    -------
    path
        of the words: ``NAME.metadata.tsv``.

    >>> str(write_projector("v.tsv", Words.of(["cat"]), np.ones((1, 2), np.float32)))
    'v.metadata.tsv'
    """
    check_lengths(words, vectors)
    beside = metadata_beside(path)
    with written_together():
        with atomic_write(beside) as file:
            # A file with one column has no header line.  No word may break its line, and no line
            # may be empty.
            table = str.maketrans("\t\n\r", "   ")
            file.writelines((word.translate(table) or " ").encode() + b"\n" for word in words)
        with open_output(path) as rows:
            for block in number_rows(vectors):
                rows.write(block)
    return beside


PROJECTOR = Format(
    "projector",
    "TensorFlow projector, words in NAME.metadata.tsv",
    endings=(".tsv",),
    write=lambda path, file: write_projector(path, file.words, file.vectors),
    companions=lambda path: [metadata_beside(path)],
)
