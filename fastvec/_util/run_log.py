"""A log of a run as JSON lines, which programs can read."""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import math
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import numpy as np

from fastvec._util.atomic import PathLike, about_file, check_target
from fastvec._util.log import log, tell
from fastvec._util.simd import simd
from fastvec._util.system import machine


class RunLog(logging.Handler):
    """Writes what fastvec logs to a file, while it is in use: one JSON object on each line.

    The first line says what runs: versions, machine, and ``about``; the last one how it ended.
    Between them are the lines that the logger ``fastvec`` gets, with their numbers.  Each line is
    written at once.  A file that exists is continued.  docs/guide/long-runs.md lists the fields.

    Parameters
    ----------
    path : path
        the file.
    about : optional
        what else the first line is to say, by name: anything that JSON can hold.

    Raises
    ------
    OSError
        the file cannot be written.  If it cannot be written any more later on, because the disk is
        full, there is a warning, and the run goes on.

    >>> with RunLog("run.jsonl", note="a test"):
    ...     log.warning("a remark")
    >>> [json.loads(line)["event"] for line in Path("run.jsonl").read_text().splitlines()]
    ['start', 'message', 'end']
    """

    def __init__(self, path: PathLike, **about: Any) -> None:
        super().__init__(logging.INFO)
        self.path, self._about = check_target(path), about
        self._level = logging.NOTSET
        self._broken = False

    def __enter__(self) -> Self:
        with about_file(self.path):
            self._file = self.path.open("a", encoding="utf-8")
        self._begun, self._level = time.monotonic(), log.level
        log.addHandler(self)
        if not log.isEnabledFor(logging.INFO):
            log.setLevel(logging.INFO)
        line = f"the log of this run is {self.path}"
        tell("start", line, **self._about, versions=versions(), machine=machine())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        how, message = _ending(error)
        seconds = time.monotonic() - self._begun
        tell("end", f"the run is {how}", how=how, message=message, seconds=seconds)
        log.removeHandler(self)
        log.setLevel(self._level)
        with contextlib.suppress(OSError):
            self._file.close()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        facts = getattr(record, "news", None)
        if facts is None:
            level, text = record.levelname, record.getMessage()
            facts = {"event": "message", "level": level, "message": text}
        time_of = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line = {"time": time_of.isoformat(timespec="milliseconds"), **facts}
        try:
            self._file.write(json.dumps(plain(line), ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            if not self._broken:
                self._broken = True
                _warn_while_logging(f"cannot write {self.path} any more: {error.strerror or error}")


def _warn_while_logging(message: str) -> None:
    """A warning from within a handler: some versions of Python drop those of ``log.warning``."""
    record = log.makeRecord(log.name, logging.WARNING, __file__, 0, message, (), None)
    log.callHandlers(record)


def versions() -> dict[str, str]:
    """The versions of what computes."""
    import fastvec

    return {
        "fastvec": fastvec.__version__,
        "instruction_set": simd(),
        "python": sys.version.split()[0],
        "numpy": np.__version__,
    }


def _ending(error: BaseException | None) -> tuple[str, str | None]:
    """How a run ended: complete, stopped (by the user), or failed; and what was said."""
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return "complete", None
    if isinstance(error, KeyboardInterrupt) or (isinstance(error, SystemExit) and error.code == 1):
        return "stopped", None
    return "failed", f"{error}" or type(error).__name__


def plain(value: Any) -> Any:
    """A value as strict JSON has it: None for NaN and infinity, text for what it does not know.

    >>> plain({"loss": math.nan, "words": np.int64(3), "file": Path("a")})
    {'loss': None, 'words': 3, 'file': 'a'}
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return str(value)
