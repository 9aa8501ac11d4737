"""Progress bars: one on a terminal, one in a notebook."""

from __future__ import annotations

import html
import sys
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


class Bar(Protocol):
    """A bar that is on show from its making until it is closed."""

    def show(self, done: int, text: str) -> None:
        """Show how much is done by now, and further facts; OSError if that is not possible."""
        ...

    def close(self) -> None:
        """Show nothing more."""
        ...


def open_bar(description: str, total: int | None) -> Bar:
    """A bar in the notebook that this process runs, or else on standard error."""
    return NotebookBar(description, total) if in_notebook() else TerminalBar(description, total)


def is_wanted(enabled: bool | None) -> bool:
    """Whether to show a bar; None stands for "if somebody sees it"."""
    return (is_terminal(sys.stderr) or in_notebook()) if enabled is None else enabled


def is_terminal(stream: Any) -> bool:
    """Whether a stream is a terminal; notebooks, services and tests replace standard error by
    None, by closed files, or by objects that can be written to and nothing else."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


class TerminalBar:
    """A bar of rich on standard error, which is removed at the end."""

    def __init__(self, description: str, total: int | None) -> None:
        # Imported here, since loading rich takes longer than many uses of fastvec.
        from rich import progress
        from rich.console import Console

        # markup=False: a description in brackets is text, not rich's markup.
        self._bar: RichProgress = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TextColumn("{task.fields[facts]}", markup=False),
            progress.TextColumn("ETA"),
            progress.TimeRemainingColumn(),
            # Either standard error is a terminal, or the caller asked for the bar all the same.
            console=Console(stderr=True, force_terminal=True),
            transient=True,
        )
        self._task = self._bar.add_task(description, total=total, facts="")
        self._bar.start()

    def show(self, done: int, text: str) -> None:
        """Show how much is done by now, and further facts."""
        self._bar.update(self._task, completed=done, facts=text)

    def close(self) -> None:
        """Remove the bar."""
        self._bar.stop()


class NotebookBar:
    """A bar of HTML below the cell of a notebook, which stays there.

    It is one output that is replaced again and again: it needs no widgets, and is saved with the
    notebook as it was last.
    """

    def __init__(self, description: str, total: int | None) -> None:
        from IPython.display import display

        self._description, self._total = description, total
        self._output = display(self._content(0, ""), raw=True, display_id=True)

    def _content(self, done: int, text: str) -> dict[str, str]:
        share = "" if self._total is None else f' value="{done}" max="{self._total}"'
        line = f"{self._description}: {text}"
        bar = f"<progress{share}></progress> <code>{html.escape(line)}</code>"
        return {"text/plain": line, "text/html": bar}

    def show(self, done: int, text: str) -> None:
        """Show how much is done by now, and further facts."""
        self._output.update(self._content(done, text), raw=True)

    def close(self) -> None:
        """Leave the bar as it is."""
