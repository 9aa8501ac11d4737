"""Maps as pictures of matplotlib."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path

import pytest
from word_maps import ODD, word_map

from fastvec.plots import fonts
from fastvec.plots.fonts import families_for
from fastvec.plots.map_figure import MOST_LABELS, shortened

pytest.importorskip("matplotlib", reason="matplotlib is not installed")


def test_labels_do_not_cover_each_other_and_stay_inside() -> None:
    figure = word_map([f"word{i}" for i in range(2000)], clusters=12).figure("A map")
    axes = figure.axes[0]
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert 50 < len(boxes) <= MOST_LABELS
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert all(figure.bbox.contains(*box.min) and figure.bbox.contains(*box.max) for box in boxes)
    assert axes.get_title(loc="left") == "A map"


def test_the_most_frequent_words_and_all_clusters_come_first() -> None:
    made = word_map([f"word{i}" for i in range(500)], clusters=2)
    shown = [text.get_text() for text in made.figure().axes[0].texts]
    assert {"word0", made.names[0]} <= set(shown)


def test_odd_words_are_drawn_as_they_are(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = word_map()
    with caplog.at_level(logging.ERROR, "fastvec"):
        for ending in (".png", ".svg", ".pdf"):
            made.save(tmp_path / f"map{ending}")
            made.save(tmp_path / f"again{ending}")
            first, again = (
                (tmp_path / f"{name}{ending}").read_bytes() for name in ("map", "again")
            )
            assert first == again
            assert len(first) > 5000
    shown = {text.get_text() for text in made.figure().axes[0].texts}
    assert {"$5", "a_b"} <= shown


def test_every_label_is_a_text_without_mathematics() -> None:
    axes = word_map(ODD * 3).figure().axes[0]
    assert not any(text.get_parse_math() for text in axes.texts)


def test_long_words_are_cut_and_lines_joined() -> None:
    assert shortened("a" * 31) == "a" * 29 + "…"
    assert shortened("New\nYork\tCity") == "New York City"


def test_letters_that_no_font_has_are_named(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "fastvec"):
        families = families_for(["plain", "\U0001e2d0"])
    assert families[0] == "DejaVu Sans"
    assert "no font of this machine that matplotlib can draw has" in caplog.text or families[1:]
    assert not any("Last Resort" in family for family in families)


def test_another_font_is_found_for_letters_that_the_first_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking = {fonts.FIRST: frozenset(map(ord, "plain"))}
    letters = fonts._letters
    monkeypatch.setattr(
        fonts,
        "_letters",
        lambda path: lacking[fonts.FIRST] if path.endswith("DejaVuSans.ttf") else letters(path),
    )
    assert len(families_for(["naïve"])) == 2


def test_plain_letters_need_one_font() -> None:
    assert families_for(["plain", "naïve", "Ωραία"]) == ["DejaVu Sans"]
