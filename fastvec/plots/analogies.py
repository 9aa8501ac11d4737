"""An analogy as a parallelogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fastvec.plots.figures import GREY, new_figure, style
from fastvec.plots.labels import keep_apart, shortened, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

Floats = NDArray[np.floating]
Point = tuple[float, float]

CORNERS, ANSWER = "#2f6fde", "#d1495b"
#: colour and size of a, b, c, the answer, and further answers
LOOKS = [*[(CORNERS, 11.0)] * 3, (ANSWER, 11.0), (GREY, 9.0)]
LONGEST = 14  # letters of a word: three of them are the label of a corner
WIDE = 48  # letters of a title that has room in small letters only
LEAST_WIDTH = 1e-6  # of a parallelogram whose sides are at most 2 long


def plane_of(a: Floats, b: Floats, c: Floats) -> Floats:
    """The (2, D) directions of the plane through three vectors: the first one is that of b - a.

    ValueError if the three lie on one line.

    >>> plane_of(np.zeros(3), np.array([2, 0, 0]), np.array([1, 1, 0])).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    first, second = b - a, c - a
    if (length := np.linalg.norm(first)) > LEAST_WIDTH:
        first = first / length
        second = second - first * (first @ second)
        if (length := np.linalg.norm(second)) > LEAST_WIDTH:
            return np.stack([first, second / length])
    raise ValueError("the vectors of the three words lie on one line, and span no parallelogram")


def draw_analogy(words: list[str], rows: Floats) -> Figure:
    """The figure of a is to b as c is to d.

    Parameters
    ----------
    words : list of str
        a, b, c, d, and further answers.
    rows : (W, D) array
        their unit vectors.
    """
    words, rows = [shortened(word, LONGEST) for word in words], np.asarray(rows, np.float64)
    a, b, c = rows[:3]
    corner = b - a + c
    places = np.concatenate([rows, [corner]]) - a
    *points, goal = map(_point, places @ plane_of(a, b, c).T)
    cosines = rows @ corner / max(float(np.linalg.norm(corner)), LEAST_WIDTH)
    title = f"{words[0]} : {words[1]} = {words[2]} : {words[3]}"
    with style(title, *words):
        figure, (axes,) = new_figure(8, 6)
        axes.set_title(title, fontsize=13 if len(title) < WIDE else 10)
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.15)
        axes.set_xlabel(f"direction of {words[1]} − {words[0]}")
        axes.set_ylabel("across it")
        _draw_parallelogram(axes, [points[0], points[1], goal, points[2]])
        texts = [*words[:3], *(f"{words[i]}  {cosines[i]:.2f}" for i in range(3, len(words)))]
        labels = [
            _draw_word(axes, text, point, *LOOKS[min(index, 4)])
            for index, (text, point) in enumerate(zip(texts, points, strict=True))
        ]
        labels.append(write(axes, goal, f"{words[1]} − {words[0]} + {words[2]}", fontsize=9))
        keep_apart(figure, labels)
    return figure


def _point(numbers: Floats) -> Point:
    return float(numbers[0]), float(numbers[1])


def _draw_parallelogram(axes: Axes, corners: list[Point]) -> None:
    """Its area, the two sides that the analogy says are equal, and the corner that nobody gave."""
    a, b, goal, c = corners
    x, y = zip(*corners, strict=True)
    axes.fill(x, y, CORNERS, alpha=0.07)
    for begin, end, line in ((a, b, "-"), (c, goal, "--")):
        arrow = {"arrowstyle": "->", "color": CORNERS, "linewidth": 1.6, "linestyle": line}
        axes.annotate("", end, begin, arrowprops={**arrow, "shrinkA": 4, "shrinkB": 4})
    axes.plot(*goal, "o", mfc="white", mec=CORNERS, ms=9, zorder=3)


def _draw_word(axes: Axes, text: str, point: Point, colour: str, size: float) -> Annotation:
    axes.plot(*point, "o", color=colour, ms=size / 2 + 1, zorder=size)
    return write(axes, point, text, color=colour, fontsize=size)
