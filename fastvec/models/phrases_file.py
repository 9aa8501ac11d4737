"""The file of Phrases and FrozenPhrases: a container (io/container.py) of the kind "phrases"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.places import FileLike
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.container import Container, read_container, write_container
from fastvec.models.collocations import BETWEEN, COUNT, FIRST, LAST, Bigrams
from fastvec.words import Words


@dataclass(frozen=True)
class PhrasesFile:
    """What a file of phrases holds.

    Attributes
    ----------
    kind : str
        ``Phrases`` or ``FrozenPhrases``.
    settings : dict
        the options, by name.
    bigrams : Bigrams or None
        what a Phrases has counted; None if it has not read any text.
    phrasegrams : dict of str to float
        the phrases of a FrozenPhrases, with their scores.
    damaged : callable
        makes the ValueError that says that the file is damaged, from the reason.
    """

    kind: str
    settings: dict[str, Any]
    bigrams: Bigrams | None
    phrasegrams: dict[str, float]
    damaged: Callable[[object], ValueError]


def write_phrases(path: FileLike, settings: Mapping[str, Any], bigrams: Bigrams | None) -> None:
    """Write the file of a Phrases."""
    arrays: dict[str, NDArray[Any]] = {}
    counted: dict[str, int] = {}
    if bigrams is not None:
        counted = {"tokens": bigrams.tokens, "min_reduce": bigrams.min_reduce}
        arrays = {
            "counts": bigrams.counts,
            "pairs": bigrams.pairs,
            "parents": bigrams.parents,
            "connectors": bigrams.connectors,
        }
    words = None if bigrams is None else bigrams.words
    _write(path, arrays, {**settings, "kind": "Phrases", "counted": counted}, words)


def write_frozen(
    path: FileLike, settings: Mapping[str, Any], phrasegrams: Mapping[str, float]
) -> None:
    """Write the file of a FrozenPhrases."""
    scores = np.fromiter(phrasegrams.values(), np.float64, len(phrasegrams))
    settings = {**settings, "kind": "FrozenPhrases"}
    _write(path, {"scores": scores}, settings, Words.of(phrasegrams))


def _write(
    path: FileLike,
    arrays: Mapping[str, NDArray[Any]],
    settings: Mapping[str, Any],
    words: Words | None,
) -> None:
    write_container(path, "phrases", arrays, {"settings": settings}, words)


def read_phrases(path: FileLike) -> PhrasesFile:
    """Read a file of either kind; ValueError, with the reason, for any other or a damaged one."""
    # Not mapped: the native tables are made from what was checked, whatever becomes of the file.
    file = read_container(path, "phrases", mmap=False)
    settings = file.metadata.get("settings")
    if not isinstance(settings, dict) or not isinstance(settings.get("kind"), str):
        raise file.damaged("its settings are not complete")
    phrasegrams, bigrams = {}, None
    if settings["kind"] == "FrozenPhrases":
        words = _words(file)
        scores = file.array("scores", "<f8", len(words)).tolist()
        phrasegrams = dict(zip(words, scores, strict=True))
    elif settings.get("counted"):
        bigrams = _bigrams(file, settings["counted"])
    return PhrasesFile(settings["kind"], settings, bigrams, phrasegrams, file.damaged)


def _bigrams(file: Container, counted: Any) -> Bigrams:
    words = _words(file)
    counts = file.array("counts", "<i8", len(words))
    pairs = file.array("pairs", "<u4", None, 4)
    parents, connectors = (file.array(name, "<u4", None) for name in ("parents", "connectors"))
    try:
        counts = Vocabulary(words, counts).counts
        tokens, min_reduce = int(counted["tokens"]), int(counted["min_reduce"])
        bigrams = Bigrams(words, counts, pairs, parents, connectors, tokens, min_reduce)
        bigrams.spell(pairs[:0], "")  # checks the tree
    except (KeyError, TypeError, ValueError) as error:
        raise file.damaged(error) from None
    if len(pairs) and (pairs[:, COUNT].min() < 1 or pairs[:, [FIRST, LAST]].max() >= len(words)):
        raise file.damaged("a pair names a word that is not there")
    if len(pairs) and pairs[:, BETWEEN].max() >= len(parents):
        raise file.damaged("a pair names connectors that are not there")
    return bigrams


def _words(file: Container) -> Words:
    """The words; ValueError unless each of them is UTF-8."""
    words = file.words
    if words is None:
        raise file.damaged("it holds no words")
    try:
        words.joined.tobytes().decode()
    except UnicodeDecodeError as error:
        raise file.damaged(error) from None
    starts = words.offsets[words.offsets < len(words.joined)]
    if np.any(words.joined[starts] & 0xC0 == 0x80):
        raise file.damaged("a word begins within a letter")
    return words
