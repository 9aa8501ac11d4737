"""The slow truth of phrases: counting, scoring and joining, a word at a time, over strings.

Sources: word2phrase.c (Mikolov et al. 2013), and for connectors and pruning gensim's phrases.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from math import inf, log

Sentence = Sequence[str]


def candidates(
    sentence: Sentence, connectors: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(first word, connectors between, last word) of each pair that stands in a sentence."""
    plain = [i for i, word in enumerate(sentence) if word not in connectors]
    for first, last in pairwise(plain):
        yield sentence[first], tuple(sentence[first + 1 : last]), sentence[last]


def counts(
    sentences: Sequence[Sentence],
    delimiter: str,
    connectors: Collection[str],
    most: float = inf,
) -> tuple[dict[str, int], int]:
    """How often each word and each joined pair occurs, the rarest dropped after any sentence that
    leaves more than ``most`` of them; and what is dropped the next time if it occurs less often."""
    found: dict[str, int] = {}
    reduce = 1
    for sentence in sentences:
        pairs = [
            delimiter.join((a, *between, b)) for a, between, b in candidates(sentence, connectors)
        ]
        for entry in [word for word in sentence if word not in connectors] + pairs:
            found[entry] = found.get(entry, 0) + 1
        if len(found) > most:
            found = {entry: count for entry, count in found.items() if count >= reduce}
            reduce += 1
    return found, reduce


def score(
    scoring: str, a: int, b: int, together: int, *, known: int, min_count: float, words: int
) -> float:
    """One pair's score, from the counts of its words and its own."""
    if scoring == "default":
        return (together - min_count) / (a * b) * known
    if scoring == "word2phrase":
        return (together - min_count) / (a * b) * words if min(a, b) >= min_count else -inf
    if together < min_count:
        return -inf
    joint = together / words
    if joint == 1:
        return -inf  # 0 / 0: the text is this pair, and nothing is known
    return log(joint / (a / words * (b / words))) / -log(joint)


def joined(
    sentence: Sentence, phrases: Collection[str], delimiter: str, connectors: Collection[str]
) -> list[str]:
    """A sentence with its phrases joined, from the left."""
    out: list[str] = []
    rest = list(sentence)
    while rest:
        word = rest.pop(0)
        between = 0
        while between < len(rest) and rest[between] in connectors:
            between += 1
        if word not in connectors and between < len(rest):
            phrase = delimiter.join([word, *rest[: between + 1]])
            if phrase in phrases:
                out.append(phrase)
                rest = rest[between + 1 :]
                continue
        out.append(word)
    return out
