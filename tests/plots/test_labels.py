"""Labels that do not cover each other."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastvec.plots.figures import new_figure
from fastvec.plots.labels import Box, keep_apart, placed, write

EDGE = st.integers(0, 20)
BOX = st.tuples(EDGE, EDGE, st.integers(1, 9), st.integers(1, 4)).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)


def cover(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@given(st.lists(st.lists(BOX, max_size=3), max_size=30), st.integers(0, 30))
def test_as_many_as_possible_are_shown_in_turn(labels: list[list[Box]], most: int) -> None:
    shown = placed(labels, most)
    assert len(shown) <= most
    boxes = {index: labels[index][choice] for index, choice in shown.items()}
    assert not any(cover(one, other) for one, other in itertools.combinations(boxes.values(), 2))
    if len(shown) < most:
        for index, choices in enumerate(labels):
            before = [box for one, box in boxes.items() if one < index]
            earlier = choices[: shown.get(index, len(choices))]
            assert all(any(cover(one, box) for box in before) for one in earlier)


def test_labels_move_to_where_there_is_room() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    figure, (axes,) = new_figure(4, 3)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    labels = [write(axes, (0.5, 0.5), "a label") for _ in range(6)]
    labels.append(write(axes, (0.5, 0.5), "a label", ha="center", va="center", xytext=(0, 0)))
    keep_apart(figure, labels, 10)
    shown = [text.get_window_extent() for text in axes.texts]
    assert len(shown) == 4
    assert not any(one.overlaps(other) for one, other in itertools.combinations(shown, 2))
    keep_apart(figure, labels[:4])
    assert len(axes.texts) == 4
