"""How often something happens: a time, or a number of epochs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fastvec._util.options import shown

SECONDS = {"s": 1, "m": 60, "h": 3600}
PATTERN = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(s|m|h|e|epochs?)")


@dataclass(frozen=True)
class Interval:
    """Every so many seconds, or every so many epochs; the other one is 0."""

    seconds: float = 0.0
    epochs: int = 0


def interval_from(name: str, value: Any) -> Interval:
    """The interval that a text stands for: 30s, 10m, 2h, 1e, 5 epochs; ValueError for another one.

    >>> interval_from("checkpoint_every", "10m")
    Interval(seconds=600.0, epochs=0)
    >>> interval_from("checkpoint_every", "2 epochs")
    Interval(seconds=0.0, epochs=2)
    """
    found = PATTERN.fullmatch(value.strip()) if isinstance(value, str) else None
    number = float(found[1]) if found is not None else 0.0
    is_epochs = found is not None and found[2].startswith("e")
    if found is None or not 0 < number < 1e9 or (is_epochs and number % 1):
        raise ValueError(
            f"{name} must be a time such as 30s, 10m or 2h, or a number of epochs such as 1e or "
            f"'5 epochs', got {shown(value)}"
        )
    return Interval(epochs=int(number)) if is_epochs else Interval(number * SECONDS[found[2]])
