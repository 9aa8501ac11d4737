"""News of long commands: plain lines where there is no bar, and the log of a run."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import click

from fastvec._util.bars import is_terminal
from fastvec._util.log import log
from fastvec._util.places import is_remote
from fastvec._util.progress import NEWS_SECONDS
from fastvec._util.run_log import RunLog
from fastvec.cli.files import OUTPUT, Source, check_outputs
from fastvec.cli.help import long_run_option
from fastvec.cli.shared import Function, echo
from fastvec.corpus.files import find_files

#: the names of what commands read and write, of which none may be the log
SOURCES = ("vectors", "corpus", "matrix", "vocab", "read_vocab", "init", "counts", "component")
OUTPUTS = (
    *("checkpoint", "output", "target", "save_vocab", "save_component", "listed"),
    *("word_output", "model_output"),
)
#: what a terminal shows beside its bar,
RESULTS = {"validation", "evaluation", "best", "stopping", "restored"}
#: and what other outputs show, which have no bar
LINES = RESULTS | {"progress", "epoch"}


class NewsLines(logging.Handler):
    """Shows news on standard error, as a command shows its other messages."""

    def __init__(self, events: set[str]) -> None:
        super().__init__(logging.INFO)
        self.events = events

    def emit(self, record: logging.LogRecord) -> None:
        """Show a line."""
        if getattr(record, "news", {}).get("event") in self.events:
            echo(f"fastvec: {record.getMessage()}", err=True)


def show_news(context: click.Context, _: click.Parameter, quiet: bool) -> bool:
    """The callback of --quiet: shows news until the command ends, unless it is given."""
    if not quiet:
        handler, level = NewsLines(RESULTS if is_terminal(sys.stderr) else LINES), log.level
        log.addHandler(handler)
        log.setLevel(logging.INFO)

        def end() -> None:
            log.removeHandler(handler)
            log.setLevel(level)

        context.call_on_close(end)
    return quiet


QUIET = click.option(
    "-q", "--quiet", is_flag=True, callback=show_news, help="print nothing but errors"
)
REPORT_EVERY = long_run_option(
    "--report-every",
    type=click.FloatRange(min=0, min_open=True),
    default=NEWS_SECONDS,
    show_default=True,
    help="without a terminal, seconds between two lines of news",
)


def long_command(command: Function) -> Function:
    """Give a command that may run for hours the options --log and --quiet."""

    @functools.wraps(command)
    def run(*arguments: Any, log_path: Path | None, **options: Any) -> Any:
        with _logged(log_path, click.get_current_context().params):
            return command(*arguments, **options)

    log_option = click.option(
        "--log",
        "log_path",
        type=OUTPUT,
        help="append what happens to this file, as JSON lines",
    )
    return cast(Function, log_option(QUIET(run)))


@contextlib.contextmanager
def _logged(path: Path | None, options: dict[str, Any]) -> Iterator[None]:
    """Log a command with these options to a file while it runs, if there is a path for it."""
    if path is None:
        yield
        return
    sources = [source for name in SOURCES if (source := options.get(name)) is not None]
    sources = [one for source in sources for one in (source if type(source) is tuple else [source])]
    outputs = [options[name] for name in OUTPUTS if isinstance(options.get(name), Path)]
    check_outputs([path, *outputs], sources)
    about = {
        "command": sys.argv,
        "folder": str(Path.cwd()),
        "options": options,
        "sources": [_size_of(source) for source in sources],
    }
    with RunLog(path, **about):
        yield


def _size_of(source: Source | Path) -> dict[str, Any]:
    """What the log says of a source: its name, and its files if they are on this machine."""
    name = os.fspath(source)
    if name == "-" or is_remote(name):
        return {"source": name}
    files = find_files([source])
    return {"source": name, "files": len(files), "bytes": sum(file.size or 0 for file in files)}
