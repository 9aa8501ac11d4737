"""Frequencies by rank, and coverage."""

from __future__ import annotations

import numpy as np
import pytest

from fastvec.plots.frequencies import draw_frequencies, table_of, words_for


def test_curves_begin_with_the_most_frequent_word_and_end_at_all_tokens() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    counts = np.array([1, 0, 50, 49])
    zipf, coverage = draw_frequencies({"text": counts, "other": counts}).axes
    assert zipf.lines[0].get_xydata().tolist() == [[1, 50], [2, 49], [3, 1]]
    assert coverage.lines[1].get_ydata().tolist() == pytest.approx([50, 99, 100])


def test_a_million_words_make_a_short_curve() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    figure = draw_frequencies({"text": np.arange(10**6) + 1})
    zipf, _ = figure.axes
    figure.draw_without_rendering()
    assert "1,000,000" in [label.get_text() for label in zipf.get_xticklabels()]
    x = zipf.lines[0].get_xdata()
    assert len(x) <= 1000
    assert (x[0], x[-1]) == (1, 10**6)


def test_the_share_of_a_few_words() -> None:
    counts = np.array([5, 1, 4])
    assert [words_for(counts, share) for share in (0.5, 0.51, 0.9, 0.99)] == [1, 2, 2, 3]
    assert table_of({"text": counts})[0]["tokens"] == "10"


def test_a_vocabulary_without_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="text has no word that occurs"):
        draw_frequencies({"text": np.zeros(3, np.int64)})


def test_one_word_is_seen_and_no_rank_is_below_1() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    figure = draw_frequencies({"text": np.array([5])})
    figure.draw_without_rendering()
    for axes in figure.axes:
        assert axes.lines[0].get_marker() == "o"
        assert "0" not in [label.get_text() for label in axes.get_xticklabels()]
