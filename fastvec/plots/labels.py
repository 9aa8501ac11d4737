"""Labels that do not cover each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec.plots.fonts import without_remarks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

Box = tuple[float, float, float, float]  # left, bottom, right, top

OFFSET = 4  # from a point to its label, in points
GAP = 1  # pixels between labels
LONGEST = 30  # letters of a label


def placed(labels: Iterable[Sequence[Box]], most: int) -> dict[int, int]:
    """Which labels are shown, and in which of the boxes where each could stand: each label, in the
    order given, in the first of its boxes that covers no label before it.

    ``most`` is how many are shown at most.

    >>> placed([[(0, 0, 2, 1)], [(1, 0, 3, 1)], [(1, 0, 3, 1), (1, 1, 3, 2)]], 10)
    {0: 0, 2: 1}
    """
    shown: dict[int, int] = {}
    taken: NDArray[np.float64] = np.empty((most, 4))
    for index, boxes in enumerate(labels):
        if len(shown) == most:
            break
        there = taken[: len(shown)]
        for choice, box in enumerate(boxes):
            if not _covers(there, box):
                taken[len(shown)] = box
                shown[index] = choice
                break
    return shown


def _covers(there: NDArray[np.float64], box: Box) -> bool:
    left, bottom, right, top = box
    beside = (there[:, 2] <= left) | (there[:, 0] >= right)
    return not np.all(beside | (there[:, 3] <= bottom) | (there[:, 1] >= top))


def shortened(word: str, most: int = LONGEST) -> str:
    """A label, which is cut if it is too long.

    >>> shortened("a" * 40)
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'
    """
    word = " ".join(word.split())
    return word if len(word) <= most else word[: most - 1] + "…"


def write(axes: Axes, point: Sequence[float], text: str, **more: Any) -> Annotation:
    """A label of a point, to its right and above it, with a light edge, which can be read on other
    points too."""
    from matplotlib.patheffects import withStroke

    edge = [withStroke(linewidth=2.5, foreground="white", alpha=0.85)]
    look: dict[str, Any] = {"xytext": (OFFSET, OFFSET), "ha": "left", "va": "bottom", **more}
    return axes.annotate(
        text, (point[0], point[1]), textcoords="offset points", path_effects=edge, **look
    )


def keep_apart(figure: Figure, labels: Sequence[Annotation], most: int | None = None) -> None:
    """Move labels to where they do not cover those before them.

    Labels that would cover others, or leave the figure, wherever they stand, are removed if
    ``most`` is given; it is how many are kept at most.  Centred labels stay where they are.
    """
    with without_remarks():
        figure.draw_without_rendering()  # so that points have their pixels
        spots = [_spots(label, figure) for label in labels]
    shown = placed((list(one.values()) for one in spots), len(labels) if most is None else most)
    for index, label in enumerate(labels):
        if index in shown:
            _move(label, list(spots[index])[shown[index]])
        elif most is not None:
            label.remove()


def _spots(label: Annotation, figure: Figure) -> dict[tuple[int, int], Box]:
    """Where a label could stand within the figure: the boxes, by their corners."""
    box = label.get_window_extent().padded(GAP)
    sides, heights = {1: (box.x0, box.x1)}, {1: (box.y0, box.y1)}
    if label.get_horizontalalignment() != "center" and label.axes is not None:
        x, y = label.axes.transData.transform(label.xy)
        sides[-1] = 2 * x - box.x1, 2 * x - box.x0
        heights[-1] = 2 * y - box.y1, 2 * y - box.y0
    found = {}
    for right, up in itertools.product(sides, heights):
        (left, end), (bottom, top) = sides[right], heights[up]
        if left >= 0 and bottom >= 0 and end <= figure.bbox.width and top <= figure.bbox.height:
            found[right, up] = left, bottom, end, top
    return found


def _move(label: Annotation, corner: tuple[int, int]) -> None:
    """Put a label to the right (1) or the left (-1) of its point, above (1) or below it (-1)."""
    if label.get_horizontalalignment() == "center":
        return
    right, up = corner
    label.set_horizontalalignment("left" if right == 1 else "right")
    label.set_verticalalignment("bottom" if up == 1 else "top")
    label.xyann = (right * OFFSET, up * OFFSET)
