"""Colours of clusters: evenly spread hues, equally light to the eye."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: of every other colour in turn, so that clusters beside each other differ
LIGHTNESS, CHROMA = (0.60, 0.72), 0.14
#: from OKLab (Ottosson 2020) to the cube roots of the responses of the eye, and to linear RGB
TO_LMS = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728],
     [1, -0.0894841775, -1.2914855480]]
)  # fmt: skip
TO_RGB = np.array(
    [[4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965],
     [-0.0041960863, -0.7034186147, 1.7076147010]]
)  # fmt: skip


def hues(count: int) -> list[str]:
    """So many colours around the circle of hues, as ``#rrggbb``.

    >>> hues(2)
    ['#c1587d', '#00c0a8']
    """
    angles = 2 * np.pi * np.arange(count) / max(count, 1)
    light = np.resize(LIGHTNESS, count)
    lab = np.stack([light, CHROMA * np.cos(angles), CHROMA * np.sin(angles)], 1)
    linear = np.clip((lab @ TO_LMS.T) ** 3 @ TO_RGB.T, 0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return ["#" + bytes(rgb).hex() for rgb in np.round(255 * curved).astype(np.uint8)]


def by_direction(places: NDArray[np.floating]) -> list[str]:
    """A colour for each of (C, 2) or more places, by its direction from their middle.

    So neighbours on the circle have neighbouring hues.

    >>> by_direction(np.array([[1.0, 0.1], [-1.0, 0.0]])) == hues(2)
    True
    """
    away = places - places.mean(0)
    order = np.argsort(np.arctan2(away[:, 1], away[:, 0]) % (2 * np.pi), kind="stable")
    colours = np.empty(len(places), object)
    colours[order] = hues(len(places))
    return list(colours)


def darker(colour: str, share: float = 0.6) -> str:
    """A colour with a share of its light, in which a text can be read on white.

    >>> darker("#ff8000", 0.5)
    '#7f4000'
    """
    return "#" + bytes(int(share * one) for one in bytes.fromhex(colour[1:])).hex()
