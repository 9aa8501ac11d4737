"""Colours of clusters."""

from __future__ import annotations

import numpy as np
import pytest

from fastvec.plots.colours import by_direction, darker, hues


def light(colour: str) -> float:
    """How light a colour is, from 0 to 1 (WCAG)."""
    parts = np.array(list(bytes.fromhex(colour[1:]))) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_colours_differ_and_are_seen_on_white_and_on_black(count: int) -> None:
    found = hues(count)
    assert len(set(found)) == count
    for colour in found:
        assert 1.05 / (light(colour) + 0.05) > 1.9
        assert (light(colour) + 0.05) / 0.05 > 3
        assert 1.05 / (light(darker(colour)) + 0.05) > 4.5  # text that is read


def test_no_place_has_no_colour() -> None:
    assert hues(0) == []


def test_neighbours_on_the_circle_have_neighbouring_colours() -> None:
    angles = np.array([0.1, 2.0, 1.0, -1.0])
    places = np.stack([np.cos(angles), np.sin(angles)], 1)
    places = np.concatenate([places, -places])  # around 0
    found = by_direction(places)
    order = np.argsort(np.arctan2(places[:, 1], places[:, 0]) % (2 * np.pi))
    assert [found[i] for i in order] == hues(8)
