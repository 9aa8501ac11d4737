"""Texts that say how often something happens."""

import pytest

from fastvec._util.intervals import Interval, interval_from


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("30s", Interval(seconds=30)),
        ("1.5m", Interval(seconds=90)),
        (" 2 h ", Interval(seconds=7200)),
        ("1e", Interval(epochs=1)),
        ("1 epoch", Interval(epochs=1)),
        ("5 epochs", Interval(epochs=5)),
    ],
)
def test_times_and_epochs(text: str, interval: Interval) -> None:
    assert interval_from("every", text) == interval


@pytest.mark.parametrize(
    "value",
    ["", "10", "m", "10 min", "-5m", "0e", "0.0s", "1.5e", "1e9e", "nan s", "9" * 30 + "h", 5],
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"^every must be a time such as 30s, 10m or 2h, or a n"):
        interval_from("every", value)
