"""Servers of the page of ``fastvec explore`` for tests, and vectors to look at."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from fastvec.explore.server import Explorer
from fastvec.explore.spaces import Space
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

#: words that are hard to show, to type or to put into an address
ODD_WORDS = [
    "new york", "rock + roll", "-lrb-", '"', "\\", "a,b", "😀", "👩‍👩‍👧",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "it's", "a&b=c", "a#b?c%20d",
    "مرحبا", "שלום", "東京", "Straße", "naïve", "-", "+", "{{7*7}}", "javascript:alert(1)",
]  # fmt: skip
#: words of which king : queen = man : woman, and others
ROYAL = {
    "king": (1, 1, 0.1), "man": (1, 0, 0.1), "queen": (-1, 1, 0.1), "woman": (-1, 0, 0.1),
    "prince": (0.9, 0.8, 0.3), "princess": (-0.9, 0.8, 0.3), "apple": (0, -0.2, 1),
    "pear": (0.1, -0.3, 1),
}  # fmt: skip


def royal_words(turned: bool = False) -> KeyedVectors:
    """Those of ROYAL, then ODD_WORDS, all far from each other; ``turned`` has other neighbours."""
    random = np.random.default_rng(3)
    odd = random.normal(size=(len(ODD_WORDS), 3)) * (0.2, 0.2, -1)
    rows = np.array([*ROYAL.values(), *odd], np.float32)
    if turned:
        rows = rows * np.float32([0.2, 1, 1])
    return KeyedVectors.of(Words.of([*ROYAL, *ODD_WORDS]), rows)


@contextmanager
def serving(
    *vectors: KeyedVectors, names: Sequence[str] = ("a.bin", "b.bin")
) -> Iterator[Explorer]:
    """A server of some vectors, which ends with the block."""
    spaces = [Space(name, wv) for name, wv in zip(names, vectors, strict=False)]
    with Explorer(spaces) as explorer:
        thread = threading.Thread(target=explorer.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield explorer
        finally:
            explorer.shutdown()
            thread.join()
