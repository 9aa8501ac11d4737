"""Texts that the tests of phrases share."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from fastvec import Corpus

WORDS = ["a", "b", "c", "d", "of", "the", "ä", "longer-than-eight"]
CONNECTORS = frozenset({"of", "the"})
#: some hold the delimiter, so that different pairs are spelled alike
SPELLED_ALIKE = ["a", "b", "a_b", "b_a", "_", "of"]
sentences = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), min_size=1)
alike = st.lists(st.lists(st.sampled_from(SPELLED_ALIKE), min_size=1, max_size=9), min_size=1)
connectors = st.sampled_from([frozenset[str](), CONNECTORS])
YORK = [["new", "york"]] * 9 + [["old", "town"]] * 9


def texts_of(corpus: Corpus) -> list[list[str]]:
    """The sentences of a corpus as lists of words."""
    words = list(corpus.vocabulary.words)
    return [
        [words[i] for i in corpus.tokens[start:end]]
        for start, end in itertools.pairwise(corpus.offsets.tolist())
    ]
