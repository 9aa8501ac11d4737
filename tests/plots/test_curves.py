"""Curves of trainings as figures and tables."""

from __future__ import annotations

import pytest

from fastvec import GloVe, Word2Vec
from fastvec.plots.curves import draw_curves, panels_of, table_of
from fastvec.plots.figures import figure_bytes
from fastvec.plots.runs import TrainingCurves

pytest.importorskip("matplotlib", reason="matplotlib is not installed")


def run(name: str = "run", epochs: int = 3) -> TrainingCurves:
    curves = TrainingCurves(name)
    for epoch in range(1, epochs + 1):
        curves.loss.add(epoch, 0.5 / epoch)
        curves.rate.add(epoch, 0.025 / epoch)
        curves.speed.add(epoch, 1_234_567)
        score = {"file": "ws.csv", "measure": "spearman", "score": 0.4, "low": 0.3, "high": 0.5}
        curves.add_score(epoch, score)
    return curves


def test_each_number_has_a_panel() -> None:
    figure = draw_curves([run(), run("other", 5)], "Two runs")
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["Training loss", "ws.csv, spearman", "Learning rate",
                      "Speed: words a second, so far"]  # fmt: skip
    assert [len(axes.lines) for axes in figure.axes[1:]] == [2, 2, 2]
    assert figure.axes[1].lines[1].get_xdata().tolist() == [1, 2, 3, 4, 5]
    assert len(figure.axes[1].collections) == 2  # the intervals
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["run", "other"]


def test_a_run_without_a_number_has_no_line_there() -> None:
    short = TrainingCurves("short")
    short.loss.add(1, 0.5)
    assert len(panels_of([short])) == 1
    assert table_of([short, run()])[0]["Learning rate"] == ""
    draw_curves([short, run()])


def test_the_table_has_the_last_numbers() -> None:
    (row,) = table_of([run()])
    assert row == {
        "": "run",
        "epochs": "3",
        "Training loss": "0.1667",
        "ws.csv, spearman": "0.4 (0.3 to 0.5)",
        "Learning rate": "0.008333",
        "Speed: words a second, so far": "1.23M",
    }


def test_equal_curves_are_equal_files() -> None:
    for file_format in ("png", "svg", "pdf"):
        first, again = (figure_bytes(draw_curves([run()]), file_format) for _ in range(2))
        assert first == again


@pytest.mark.parametrize("make", [
    lambda: Word2Vec([["a", "b"]] * 30, vector_size=4, sample=0, validation=[["a", "b"]]),
    lambda: GloVe(4, epochs=2, min_count=1, progress=False).fit([["a", "b"]] * 30),
])  # fmt: skip
def test_models_draw_their_losses(make) -> None:
    model = make()
    axes = model.plot().axes
    assert axes[-1].get_title(loc="left") == "Training loss"
    assert axes[-1].lines[0].get_ydata().tolist() == pytest.approx(model.loss_history)


def test_too_many_panels_are_refused() -> None:
    curves = run()
    curves.evaluations = {f"file {i}": curves.loss for i in range(50)}
    with pytest.raises(ValueError, match="53 panels are too many: at most 40 are drawn"):
        draw_curves([curves])


def test_an_untrained_model_has_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="there is nothing to draw yet"):
        Word2Vec(vector_size=4).plot()
    with pytest.raises(TypeError, match="takes callbacks Evaluation of a training, got 'pairs'"):
        Word2Vec(vector_size=4).plot("pairs")
