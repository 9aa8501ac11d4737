"""Categories: do words of one category lie in one cluster?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fastvec._util.atomic import PathLike
from fastvec._util.html import fields
from fastvec.vectors.clusters import k_means, purity
from fastvec.vectors.evaluation.datasets import HasVectors, WordLookup, read_entries, warn_if_none


@dataclass(frozen=True)
class Categories:
    """How clusters of vectors agree with the categories that people put words into."""

    #: of the file, without its ending
    name: str
    #: the mean purity of the clusterings, 0 to 1; NaN without any known word
    purity: float
    #: the number of words that have a vector
    words: int
    #: the number of words that have none
    unknown: int
    #: the number of categories among the known words, and of clusters
    categories: int

    def _repr_html_(self) -> str:
        return fields(self)


def categories(
    vectors: HasVectors,
    path: PathLike,
    *,
    case_insensitive: bool = True,
    encoding: str = "utf-8",
    runs: int = 10,
) -> Categories:
    """Cluster the words of a file of ``word category`` lines, and compare with the categories.

    There are as many clusters as categories.  Purity is the share of words whose category is the
    most frequent one of their cluster (Baroni et al. 2014).

    Parameters
    ----------
    case_insensitive : bool
        compare words in upper case; of words that differ only in case, the most frequent counts.
    runs : int
        the number of clusterings, each from other random first centres; the result is their mean.

    Raises
    ------
    ValueError
        a file with more lines of another form than such lines; the message quotes the first, and
        says what the file looks like.  In other files such lines are skipped with a warning.

    >>> categories(wv, "categories.txt").purity
    1.0
    """
    path = Path(path)
    lookup = WordLookup(vectors.words, None, case_insensitive)

    def parse(line: str) -> tuple[int, str]:
        word, category = line.split()
        if word.startswith(":"):  # a section of a file of analogies
            raise ValueError
        return lookup.find(word), category

    entries = read_entries(path, encoding, "a word and its category", parse)
    rows = [row for row, _ in entries if row >= 0]
    labels = [label for row, label in entries if row >= 0]
    unknown = len(entries) - len(rows)
    warn_if_none(path, "words", len(rows), len(entries), lookup)
    if not rows:
        return Categories(path.stem, float("nan"), 0, unknown, 0)
    k = len(set(labels))
    if k == len(rows) > 1:
        warnings.warn(
            f"{path}: each of the {k} known words is a category of its own, so that any vectors "
            "agree with them",
            stacklevel=2,
        )
    some = vectors.vectors[np.array(rows, np.int64)]
    purities = [purity(k_means(some, k, seed=run), np.array(labels)) for run in range(runs)]
    return Categories(path.stem, float(np.mean(purities)), len(rows), unknown, k)
