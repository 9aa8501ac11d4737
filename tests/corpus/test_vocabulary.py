"""Vocabulary: construction and its rules (pruning is tested with the corpus)."""

from __future__ import annotations

import numpy as np
import pytest

from fastvec.corpus.vocabulary import Vocabulary
from fastvec.words import Words


def test_words_and_counts_go_together() -> None:
    vocabulary = Vocabulary.of({"a": 2, "rose": 1})
    assert len(vocabulary) == 2
    assert list(vocabulary.words) == ["a", "rose"]
    assert vocabulary.counts.tolist() == [2, 1]
    with pytest.raises(ValueError, match="1 words cannot have 2 counts"):
        Vocabulary(Words.of(["a"]), np.array([1, 2]))
    with pytest.raises(ValueError, match="counts must be at least 0, got -1"):
        Vocabulary(Words.of(["a"]), np.array([-1]))
