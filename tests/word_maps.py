"""Maps for tests, made without any vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fastvec.plots.word_map import WordMap

#: words that a careless page or picture breaks
ODD = [
    "plain", "<script>alert(1)</script>", "</script>", "a&b", "\"quoted\"", "it's", "$5", "a_b",
    "x^2$y$", "New York", "naïve", "北京", "日本語", "한국어", "עברית", "العربية", "🍕", "👩‍🚀",
    "\\n", "tab\tin", "@DATA@", "{{x}}", "%s", "<!--", "]]>", "\u202eturned", "é", "word" * 30,
]  # fmt: skip


def word_map(
    keys: Sequence[Any] = tuple(ODD), dimensions: int = 2, clusters: int = 3, k: int = 4
) -> WordMap:
    """A map of some words at random places."""
    n = len(keys)
    draw = np.random.default_rng(1)
    near = np.stack([(np.arange(n) + step) % n for step in range(1, k + 1)], 1)
    labels = np.arange(n) % clusters
    return WordMap(
        keys=list(keys),
        coordinates=draw.uniform(-1, 1, (n, dimensions)).astype(np.float32),
        clusters=labels,
        names=[", ".join(map(str, keys[one::clusters][:3])) for one in range(clusters)],
        neighbours=near,
        cosines=np.tile(np.linspace(0.9, -0.1, k, dtype=np.float32), (n, 1)),
        counts=np.arange(n, 0, -1) * 1000,
        method="pca",
    )
