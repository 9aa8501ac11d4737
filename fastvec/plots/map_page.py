"""A map as one HTML page that works without a network: its points are drawn by WebGL."""

from __future__ import annotations

import base64
import html
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fastvec.plots.pages import page_of

if TYPE_CHECKING:
    from fastvec.plots.word_map import WordMap

FOLDER = Path(__file__).parent / "map"
SCRIPTS = ("points.js", "labels.js", "moving.js", "words.js")
METHODS = {"tsne": "t-SNE", "umap": "UMAP", "pca": "principal components"}
COSINE_STEPS = 10_000  # the page has cosines as integers of 16 bits


def map_page(word_map: WordMap, title: str) -> str:
    """The page of a map; equal maps give equal pages."""
    data = base64.b64encode(zlib.compress(_packed(word_map), 6)).decode()
    return page_of(FOLDER, SCRIPTS, TITLE=html.escape(title or "A map of words"), DATA=data)


def _packed(word_map: WordMap) -> bytes:
    """What the page shows: the length of a JSON object, the object, and arrays behind it.

    The arrays begin at a multiple of four bytes and are little-endian: coordinates, neighbours,
    cosines, clusters.
    """
    facts = {
        "words": [str(key) for key in word_map.keys],
        "counts": None if word_map.counts is None else word_map.counts.tolist(),
        "dimensions": word_map.coordinates.shape[1],
        "near": word_map.neighbours.shape[1],
        "method": METHODS.get(word_map.method, word_map.method),
        "clusters": [
            {"name": name, "colour": colour, "place": place}
            for name, colour, place in zip(
                word_map.names, word_map.colours, word_map.places.tolist(), strict=True
            )
        ],
    }
    head = json.dumps(facts, ensure_ascii=False).encode()
    head += b" " * (-len(head) % 4)
    return b"".join(
        [
            len(head).to_bytes(4, "little"),
            head,
            word_map.coordinates.astype("<f4").tobytes(),
            word_map.neighbours.astype("<i4").tobytes(),
            np.round(word_map.cosines * COSINE_STEPS).astype("<i2").tobytes(),
            word_map.clusters.astype("<u2").tobytes(),
        ]
    )
