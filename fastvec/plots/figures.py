"""Figures of matplotlib: how they begin, and how they are saved.

They do not use pyplot, which would keep them in memory and choose a window system.
"""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fastvec._util.atomic import PathLike, atomic_write
from fastvec.plots.fonts import FIRST, families_for, without_remarks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: the endings of the files that a figure can be saved in
ENDINGS = (".png", ".svg", ".pdf")
DPI = 150
INK, GREY, FAINT = "#1f2430", "#6b7280", "#d9dce1"
#: colours that people with colour blindness tell apart, too (Okabe and Ito 2008)
RUNS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000")
STYLE: dict[str, Any] = {
    "axes.edgecolor": FAINT,
    "axes.labelcolor": GREY,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "axes.titleweight": "bold",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#eceef1",
    "legend.frameon": False,
    "svg.hashsalt": "fastvec",  # so that equal figures are equal files
    "text.color": INK,
    "text.parse_math": False,  # a $ in a word is a dollar
    "xtick.color": GREY,
    "ytick.color": GREY,
}


def require_matplotlib() -> None:
    """ImportError, which says what to install, without matplotlib."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError("pictures need matplotlib: pip install 'fastvec[plot]'") from None


@functools.cache
def _figure_class() -> type[Figure]:
    """Figures that notebooks show."""
    from matplotlib.figure import Figure

    class ShownFigure(Figure):
        """A figure that a notebook shows without pyplot."""

        def _repr_png_(self) -> bytes:
            return figure_bytes(self, "png")

    return ShownFigure


def new_figure(
    width: float, height: float, rows: int = 1, columns: int = 1
) -> tuple[Figure, list[Axes]]:
    """A figure of so many inches, and its axes, from left to right and from top to bottom; call it
    within :func:`style`.

    >>> figure, axes = new_figure(4, 3, rows=2)
    >>> len(axes)
    2
    """
    kind = _figure_class()
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = kind(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)  # which says quickly how large a text is
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def run_colour(index: int) -> str:
    """The colour of the curves of one run, or of one text.

    >>> run_colour(0), run_colour(8) == run_colour(0)
    ('#0072b2', True)
    """
    return RUNS[index % len(RUNS)]


def style(*texts: str) -> Any:
    """A context in which matplotlib draws in the style of fastvec, with fonts that have the letters
    of some texts; ImportError without matplotlib."""
    require_matplotlib()
    import matplotlib

    families = families_for(texts) if texts else [FIRST]
    return matplotlib.rc_context(cast(Any, STYLE | {"font.family": families}))


def figure_bytes(figure: Figure, file_format: str) -> bytes:
    """The file of a figure; equal figures give equal bytes."""
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    file = io.BytesIO()
    with style(), without_remarks():
        figure.savefig(
            file, format=file_format, facecolor="white", metadata=dates.get(file_format, {})
        )
    return file.getvalue()


def save_figure(figure: Figure, path: PathLike) -> None:
    """Write a figure; the ending of the name is one of ENDINGS."""
    data = figure_bytes(figure, Path(path).suffix.lower().removeprefix("."))
    with atomic_write(path) as file:
        file.write(data)
