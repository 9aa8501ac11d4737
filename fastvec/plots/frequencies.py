"""How often the words of a vocabulary occur: Zipf's curve, and how much of a text they cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fastvec.plots.figures import new_figure, run_colour, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Counts = NDArray[np.int64]

POINTS = 1000  # of a curve
SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)


def falling(counts: Counts) -> Counts:
    """Counts by falling size, without those of 0.

    >>> falling(np.array([1, 0, 3]))
    array([3, 1])
    """
    return np.sort(counts[counts > 0])[::-1]


def words_for(counts: Counts, share: float) -> int:
    """How many of the most frequent words make up a share of all tokens.

    >>> words_for(np.array([6, 3, 1]), 0.9)
    2
    """
    covered = np.cumsum(falling(counts))
    return int(np.searchsorted(covered, share * covered[-1])) + 1


def draw_frequencies(vocabularies: Mapping[str, Counts], title: str = "") -> Figure:
    """A figure of vocabularies, by name: frequencies by rank, and the share of all tokens that the
    most frequent words make up.

    ValueError for one without a word that occurs.
    """
    for name, counts in vocabularies.items():
        if not counts.any():
            raise ValueError(f"{name} has no word that occurs: all counts are 0")
    with style(title, *vocabularies):
        from matplotlib.ticker import FuncFormatter

        figure, (zipf, coverage) = new_figure(9.2, 4, 1, 2)
        for index, (name, counts) in enumerate(vocabularies.items()):
            sorted_ = falling(counts)
            ranks = np.unique(np.geomspace(1, len(sorted_), POINTS).astype(np.int64))
            covered = np.cumsum(sorted_) / sorted_.sum()
            colour, marker = run_colour(index), "o" if len(ranks) == 1 else None
            zipf.plot(ranks, sorted_[ranks - 1], color=colour, marker=marker, label=name)
            coverage.plot(ranks, 100 * covered[ranks - 1], color=colour, marker=marker)
        zipf.set(
            title="Frequency by rank", xlabel="rank", ylabel="count", xscale="log", yscale="log"
        )
        coverage.set(title="Coverage", xlabel="most frequent words", ylabel="% of all tokens",
                     xscale="log", ylim=(0, 102))  # fmt: skip
        for axis in (zipf.xaxis, zipf.yaxis, coverage.xaxis):
            axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}" if x >= 1 else ""))
        if len(vocabularies) > 1:
            figure.legend(loc="outside lower center", ncols=min(len(vocabularies), 4))
        if title:
            figure.suptitle(title, fontweight="bold")
    return figure


def table_of(vocabularies: Mapping[str, Counts]) -> list[dict[str, str]]:
    """Sizes, and how many words cover which share, as rows of a table.

    >>> table_of({"text": np.array([6, 3, 1])})[0]["90 % are"]
    '2 words'
    """
    return [
        {
            "": name,
            "words": f"{np.count_nonzero(counts):,}",
            "tokens": f"{counts.sum():,}",
            **{
                f"{100 * share:.0f} % are": f"{words_for(counts, share):,} words"
                for share in SHARES
            },
        }
        for name, counts in vocabularies.items()
    ]
