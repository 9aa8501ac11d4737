"""Curves of trainings: losses, evaluations, learning rates and speeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fastvec._util.progress import readable
from fastvec.plots.figures import new_figure, run_colour, style
from fastvec.plots.runs import Curve, TrainingCurves

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 40
MOST_MARKERS = 40  # points of a curve that are marked
#: a panel: its title, and the curve of a training that it shows
Panel = tuple[str, Callable[[TrainingCurves], Curve]]


def panels_of(runs: Sequence[TrainingCurves]) -> list[Panel]:
    """What there is to draw of some trainings.

    >>> run = TrainingCurves("run")
    >>> run.loss.add(1, 0.5)
    >>> [title for title, _ in panels_of([run])]
    ['Training loss']
    """
    measured = dict.fromkeys(name for run in runs for name in run.evaluations)
    units = "/".join(dict.fromkeys(run.unit for run in runs))
    panels: list[Panel] = [
        ("Validation loss", lambda run: run.validation),
        ("Training loss", lambda run: run.loss),
        *((name, lambda run, name=name: run.evaluations.get(name, Curve())) for name in measured),
        ("Learning rate", lambda run: run.rate),
        (f"Speed: {units} a second, so far", lambda run: run.speed),
    ]
    return [(title, curve) for title, curve in panels if any(curve(run).epochs for run in runs)]


def draw_curves(runs: Sequence[TrainingCurves], title: str = "") -> Figure:
    """A figure with a panel for each number that the trainings have.

    ValueError if they have none, or too many.
    """
    panels = panels_of(runs)
    if not panels:
        raise ValueError("there is nothing to draw yet: no epoch was trained")
    if len(panels) > MOST_PANELS:
        raise ValueError(f"{len(panels)} panels are too many: at most {MOST_PANELS} are drawn")
    columns = min(len(panels), 2)
    rows = math.ceil(len(panels) / columns)
    with style(title, *(run.name for run in runs), *(name for name, _ in panels)):
        figure, axes = new_figure(4.6 * columns, 3 * rows, rows, columns)
        for (name, curve), ax in zip(panels, axes, strict=False):
            _draw_panel(ax, name, [curve(run) for run in runs])
        for ax in axes[len(panels) :]:
            ax.remove()
        if title:
            figure.suptitle(title, fontweight="bold")
        if len(runs) > 1:
            names = [run.name for run in runs]
            lines = [axes[0].plot([], [], color=run_colour(i))[0] for i in range(len(runs))]
            figure.legend(lines, names, loc="outside lower center", ncols=min(len(runs), 4))
    return figure


def _draw_panel(axes: Axes, name: str, curves: Sequence[Curve]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_title(name)
    axes.set_xlabel("epochs")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    marker = "o" if max(len(curve.epochs) for curve in curves) <= MOST_MARKERS else None
    for index, curve in enumerate(curves):
        colour = run_colour(index)
        axes.plot(curve.epochs, curve.values, color=colour, marker=marker, markersize=3.5)
        if not np.isnan(curve.low).all():
            axes.fill_between(curve.epochs, curve.low, curve.high, color=colour, alpha=0.15, lw=0)
    axes.set_xlim(left=0)
    if name.startswith("Speed"):
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: readable(value)))


def table_of(runs: Sequence[TrainingCurves]) -> list[dict[str, str]]:
    """What each training came to, as rows of a table.

    >>> run = TrainingCurves("run")
    >>> run.loss.add(1, 0.5)
    >>> table_of([run])
    [{'': 'run', 'epochs': '1', 'Training loss': '0.5'}]
    """
    return [
        {
            "": run.name,
            "epochs": f"{max(max(curve(run).epochs, default=0) for _, curve in panels_of(runs)):g}",
            **{name: _last(curve(run)) for name, curve in panels_of(runs)},
        }
        for run in runs
    ]


def _last(curve: Curve) -> str:
    """The last number of a curve, with its interval if it has one."""
    if not curve.values:
        return ""
    value, low, high = curve.values[-1], curve.low[-1], curve.high[-1]
    shown = readable(value) if value >= 1000 else f"{value:.4g}"
    return shown if math.isnan(low) else f"{shown} ({low:.4g} to {high:.4g})"
