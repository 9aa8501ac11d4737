"""Vectors as the page asks about them: each question is answered with what JSON can hold."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from fastvec._util.run_log import plain
from fastvec.explore.completion import Completion
from fastvec.explore.expressions import parse_sum, parse_words
from fastvec.explore.map import Map, layouts
from fastvec.vectors.compact import CompactIndex
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.norms import normalized_rows
from fastvec.vectors.spelling import similar_spellings

Answer = dict[str, Any]

MOST_NEIGHBOURS = 200
LARGE = 20_000_000  # numbers, of which a query would read all: some ten milliseconds
MOST_WORDS = 60  # of a matrix, or to find the odd one in
SPELLINGS = 10_000  # words that are looked through for one that is spelled like an unknown one


class UnknownWordError(ValueError):
    """A word without a vector; ``meant`` are words that look like it."""

    def __init__(self, word: str, meant: Sequence[str]) -> None:
        super().__init__(f"“{word}” has no vector here")
        self.word, self.meant = word, list(meant)


class Space:
    """The vectors of one file, and the name that the page shows for it.

    Words are expected in the order of their frequency.  What the first query would have to wait for
    is done here: reading the vectors, and the index of words.

    >>> space = Space("vectors.txt", wv)
    >>> space.neighbours("king", 1)["found"]
    [['queen', 0.9488]]
    """

    def __init__(self, name: str, wv: KeyedVectors) -> None:
        self.name, self._wv = name, wv
        self._words = wv.words.as_text()
        self.complete = Completion(self._words)
        self._map = Map(wv)
        self._index = CompactIndex(wv) if wv.vectors.size >= LARGE else None
        self._words.find("")
        wv.fill_norms()

    def facts(self) -> Answer:
        """The size of the vectors, and some words to begin with."""
        first = list(itertools.islice(map(str, self._words), 40, 43)) or self._words[:3]
        return {"name": self.name, "words": len(self._wv), "size": self._wv.vector_size,
                "examples": first, "layouts": layouts()}  # fmt: skip

    def neighbours(self, text: str, topn: int) -> Answer:
        """The words nearest to a word, or to a sum of words."""
        return self._nearest(parse_sum(text, self._words), topn)

    def analogy(self, a: str, b: str, c: str, topn: int) -> Answer:
        """A is to B as C is to these words."""
        return self._nearest([(b, 1.0), (a, -1.0), (c, 1.0)], topn)

    def _nearest(self, terms: list[tuple[str, float]], topn: int) -> Answer:
        if not 1 <= topn <= MOST_NEIGHBOURS:
            raise ValueError(f"between 1 and {MOST_NEIGHBOURS} words can be shown, not {topn}")
        for word, _ in terms:
            if word not in self._wv:
                raise self._unknown(word)
        self._check_finite([word for word, _ in terms])
        found = self._wv.most_similar(positive=terms, topn=topn, indexer=self._index)
        made = [word for word, _ in terms if word not in self._words]
        return {
            "terms": terms,
            "inferred": made,
            "found": [[str(key), round(score, 4)] for key, score in found],
        }

    def odd_one_out(self, text: str) -> Answer:
        """Some words, sorted by their cosine with the mean of all; the last does not match."""
        words, missing = self._known(text, 3)
        ranked = self._wv.rank_by_centrality(words)
        return {"found": [[word, round(float(score), 4)] for score, word in ranked],
                "missing": missing}  # fmt: skip

    def matrix(self, text: str) -> Answer:
        """The cosines of some words with each other."""
        words, missing = self._known(text, 2)
        units = normalized_rows(np.stack([self._wv.get_vector(word) for word in words]))
        cosines = np.clip(units @ units.T, -1, 1).round(4)
        return {"words": words, "cosines": plain(cosines.tolist()), "missing": missing}

    def _known(self, text: str, least: int) -> tuple[list[str], list[str]]:
        """The words of a list that have a vector, and those that have none."""
        words = parse_words(text, self._words)
        if len(words) > MOST_WORDS:
            raise ValueError(f"at most {MOST_WORDS} words can be compared, not {len(words)}")
        known = [word for word in words if word in self._wv]
        missing = [word for word in words if word not in self._wv]
        if len(known) < least:
            raise (
                self._unknown(missing[0])
                if missing
                else ValueError(f"type at least {least} words, with commas between them")
            )
        self._check_finite(known)
        return known, missing

    def _check_finite(self, words: list[str]) -> None:
        """ValueError for a word whose vector has no cosines."""
        for word in words:
            if not np.isfinite(self._wv.get_vector(word)).all():
                raise ValueError(f"the vector of “{word}” has numbers that are not finite")

    def _unknown(self, word: str) -> UnknownWordError:
        return UnknownWordError(word, similar_spellings(self._words, word, SPELLINGS))

    def map(self, layout: str) -> Answer:
        """The most frequent words, and their places on a map."""
        return self._map.answer(layout)

    def located(self, text: str, topn: int, layout: str) -> Answer:
        """The words nearest to a sum of words; where they and the words of the sum stand."""
        answer = self.neighbours(text, topn)
        words = dict.fromkeys(str(word) for word, _ in (*answer["terms"], *answer["found"]))
        return answer | {"places": self._map.places(list(words), layout)}
