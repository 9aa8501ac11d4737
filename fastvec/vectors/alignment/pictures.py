"""Pictures of words that have moved, as SVG: from their old neighbours to their new ones.

The word moves from left to right: the horizontal axis is the direction from its old vector to its
new one, and the vertical one shows most of the other differences.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Key

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 380, 250
#: free around the points, at the sides, above and below
SIDE, TOP, BOTTOM = 14, 44, 50
#: of a letter, about, and of a line of text
LETTER, LINE = 6.2, 13
#: longer words are cut off
LONGEST = 20

#: two colours that are told apart on white and on black, and by people who confuse red and green
BEFORE, AFTER = "#2f7fc1", "#d9732b"


class Svg(str):
    """A picture as the text of an SVG file; notebooks show it.

    >>> Svg("<svg/>")._repr_svg_()
    '<svg/>'
    """

    def _repr_svg_(self) -> str:
        return str(self)


@dataclass
class Label:
    """A point of a picture and its text."""

    x: float
    y: float
    text: str
    color: str
    is_word: bool = False

    @property
    def span(self) -> tuple[float, float]:
        """From where to where the text goes: to the inside of the picture."""
        width = LETTER * len(self.text) + 8
        return (self.x - width, self.x) if self.x > WIDTH / 2 else (self.x, self.x + width)


def way(sides: Sequence[KeyedVectors], word: Key, neighbours: int) -> Svg:
    """The way of one word from old vectors to new ones, which are in one space.

    >>> way((wv, wv), "king", 2).startswith("<svg")
    True
    """
    near = [[one for one, _ in wv.most_similar(word, topn=neighbours)] for wv in sides]
    both = [wv.get_vector(word) for wv in sides]
    others = [sides[1][words] for words in near]
    places = _places(np.concatenate([both, *others]))
    texts = [word, word, *near[0], *near[1]]
    colors = [BEFORE, AFTER, *[BEFORE] * len(near[0]), *[AFTER] * len(near[1])]
    labels = [
        Label(x, y, _short(text), color, number < 2)
        for number, ((x, y), text, color) in enumerate(zip(places, texts, colors, strict=True))
    ]
    return _drawn(labels, _short(word))


def _short(word: Any) -> str:
    text = str(word)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _places(vectors: NDArray[Any]) -> list[tuple[float, float]]:
    """Points of the picture for vectors, of which the first moves to the second."""
    step = (vectors[1] - vectors[0]).astype(np.float64)
    step /= np.linalg.norm(step) or 1
    centred = vectors - vectors.mean(axis=0)
    along = centred @ step
    rest = centred - np.outer(along, step)
    across = rest @ np.linalg.svd(rest, full_matrices=False)[2][0]
    x = SIDE + _scaled(along) * (WIDTH - 2 * SIDE)
    y = TOP + _scaled(across) * (HEIGHT - TOP - BOTTOM)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _scaled(values: Floats) -> Floats:
    """Values from 0 to 1; all 0.5 where they are equal."""
    span = np.ptp(values)
    scaled: Floats = (values - values.min()) / span if span > 1e-9 else np.full(len(values), 0.5)
    return scaled


def _drawn(labels: list[Label], title: str) -> Svg:
    """Points and labels, and an arrow from the first point to the second."""
    old, new = labels[:2]
    head = "m-13 -4l6 4l-6 4" if new.x > old.x else ""
    arrow = f'<path d="M{old.x:.1f} {old.y:.1f}L{new.x:.1f} {new.y:.1f}{head}" {LINE_STYLE}/>'
    ys = _apart(labels)
    texts = "".join(_label(label, y) for label, y in zip(labels, ys, strict=True))
    return Svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="11" fill="currentColor">'
        f"<title>{html.escape(title)}</title>"
        f'<text x="8" y="18" font-size="14" font-weight="bold">{html.escape(title)}</text>'
        f"{arrow}{texts}</svg>"
    )


LINE_STYLE = 'stroke="currentColor" stroke-opacity="0.45" stroke-width="1.5" fill="none"'


def _apart(labels: list[Label]) -> list[float]:
    """The heights of the texts, moved down where they would lie on each other."""
    placed: list[tuple[Label, float]] = []
    ys = [label.y - LINE * label.is_word for label in labels]  # the arrow is beside its words
    for number in sorted(range(len(labels)), key=ys.__getitem__):
        label = labels[number]
        for other, y in sorted(placed, key=lambda one: one[1]):
            if _overlap(label.span, other.span) and abs(ys[number] - y) < LINE:
                ys[number] = y + LINE
        placed.append((label, ys[number]))
    return ys


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _label(label: Label, y: float) -> str:
    """A point with its text beside it."""
    before_point = label.x > WIDTH / 2
    x = label.x + (-6 if before_point else 6) * (not label.is_word)
    anchor = "end" if before_point else "start"
    weight = ' font-weight="bold"' if label.is_word else ""
    return (
        f'<circle cx="{label.x:.1f}" cy="{label.y:.1f}" r="{4.5 if label.is_word else 3}" '
        f'fill="{label.color}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}"{weight} '
        f'style="unicode-bidi:isolate">{html.escape(label.text)}</text>'
    )
