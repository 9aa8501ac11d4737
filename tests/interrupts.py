"""Exceptions at every moment of a call: Ctrl-C between two lines, no memory at any native call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import fastvec

PACKAGE = str(Path(fastvec.__file__).parent)

#: functions that consist of assignments, between which Python itself never looks for Ctrl-C
ASSIGNMENTS = {"in_use", "undone_on_error", "end_epoch"}

#: where the exceptions come: before a line of fastvec, or before what it calls of NumPy, of the
#: native core, or of Python's own C code
PLACES: dict[str, tuple[str, type[BaseException]]] = {
    "Ctrl-C": ("line", KeyboardInterrupt),
    "no memory": ("c_call", MemoryError),
}


def interrupted(change: Callable[[Any], object], thing: Any, moment: int, place: str) -> bool:
    """Change a thing, with an exception at a moment: so many lines, or calls, after the first one.

    Gives whether the change came to its end before.
    """
    event, error = PLACES[place]
    left = moment

    def watch(frame: FrameType, what: str, _: Any) -> Any:
        nonlocal left
        inside = frame.f_code.co_filename.startswith(PACKAGE)
        if what == event and inside and frame.f_code.co_name not in ASSIGNMENTS:
            left -= 1
            if left == 0:
                raise error
        return watch if inside or event == "c_call" else None

    get, set_ = (
        (sys.gettrace, sys.settrace) if event == "line" else (sys.getprofile, sys.setprofile)
    )
    before = get()
    set_(watch)
    try:
        change(thing)
    except error:
        return left > 0  # of the change's own, which came later
    finally:
        set_(before)
    return True
