"""WordMap: files of maps."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from word_maps import word_map

from fastvec import Word2Vec
from fastvec.plots.frequencies import draw_frequencies
from fastvec.plots.word_map import check_picture


def test_the_ending_chooses_the_file(tmp_path: Path) -> None:
    word_map().save(tmp_path / "map.html", title="A & B")
    assert "<title>A &amp; B</title>" in (tmp_path / "map.html").read_text("utf-8")
    with pytest.raises(ValueError, match=r"map.gif: the ending must be one of .html, .png"):
        word_map().save(tmp_path / "map.gif")
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_pictures_have_two_dimensions(tmp_path: Path) -> None:
    made = word_map(dimensions=3)
    with pytest.raises(ValueError, match=r"three dimensions .* the ending must be .html"):
        made.save(tmp_path / "map.png")
    with pytest.raises(ValueError, match="three dimensions"):
        made.figure()
    made.save(tmp_path / "map.html")


def test_without_matplotlib_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    trained = Word2Vec([list("abcd")] * 9, vector_size=4, sample=0)
    for call in (
        lambda: check_picture("map.png"),
        lambda: word_map().figure(),
        trained.plot,
        lambda: trained.wv.plot_analogy("a", "b", "c"),
        lambda: draw_frequencies({"text": np.ones(2, np.int64)}),
    ):
        with pytest.raises(ImportError, match=r"need matplotlib: pip install 'fastvec\[plot\]'"):
            call()
    assert check_picture("map.html") == ".html"


def test_a_notebook_shows_the_page_in_a_frame() -> None:
    shown = word_map()._repr_html_()
    assert shown.startswith('<iframe sandbox="allow-scripts"')
    assert "<script>alert" not in shown


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="no matplotlib")
def test_a_notebook_shows_a_figure() -> None:
    figure = word_map(["a", "b", "c"]).figure()
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_clusters_stand_at_one_of_their_words() -> None:
    made = word_map([f"w{i}" for i in range(60)], clusters=4)
    assert made.clusters[made.places].tolist() == [0, 1, 2, 3]
    away = np.linalg.norm(made.coordinates[made.places], axis=1)
    assert (away < 0.8).all()
