"""A map as a figure of matplotlib: points in the colours of their clusters, names, and as many
words as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fastvec.plots.colours import darker
from fastvec.plots.figures import INK, new_figure, style
from fastvec.plots.labels import keep_apart, shortened, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

    from fastvec.plots.word_map import WordMap

SIZE = (14, 10)  # inches
MOST_LABELS = 400
MOST_TRIED = 2000  # words, the most frequent ones, that may get a label
FEW = 60  # words


def draw_map(word_map: WordMap, title: str) -> Figure:
    """A figure of a map of two dimensions."""
    names = [shortened(name) for name in word_map.names]
    words = [shortened(str(key)) for key in word_map.keys[:MOST_TRIED]]
    with style(title, *names, *words):
        figure, (axes,) = new_figure(*SIZE)
        axes.set_axis_off()
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_title(title, fontsize=16)
        _draw_points(axes, word_map)
        titles, labels = _names(axes, word_map, names), _words(axes, word_map, words)
        first = labels + titles if len(word_map) <= FEW else titles + labels
        keep_apart(figure, first, MOST_LABELS)
    return figure


def _draw_points(axes: Axes, word_map: WordMap) -> None:
    colours = np.array(word_map.colours)[word_map.clusters]
    x, y = word_map.coordinates.T
    size = float(np.clip(60_000 / max(len(word_map), 1), 1, 40))
    order = np.arange(len(word_map))[::-1]  # the most frequent ones lie on top
    axes.scatter(x[order], y[order], s=size, c=colours[order], linewidths=0, alpha=0.6,
                 rasterized=len(word_map) > 20_000)  # fmt: skip


def _names(axes: Axes, word_map: WordMap, names: list[str]) -> list[Annotation]:
    """The names of the clusters, the largest first."""
    if len(names) < 2:
        return []
    sizes = np.bincount(word_map.clusters, minlength=len(names))
    places, colours = word_map.coordinates[word_map.places].tolist(), word_map.colours
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 13, "fontweight": "bold"}
    return [
        write(axes, places[one], names[one], color=darker(colours[one]), xytext=(0, 0), **look)
        for one in np.argsort(-sizes, kind="stable").tolist()
    ]


def _words(axes: Axes, word_map: WordMap, words: list[str]) -> list[Annotation]:
    size = float(np.interp(len(word_map), (FEW, 10 * FEW), (12, 7.5)))
    return [
        write(axes, point, word, color=INK, fontsize=size)
        for point, word in zip(word_map.coordinates[:MOST_TRIED].tolist(), words, strict=True)
    ]
