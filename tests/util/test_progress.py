"""The bar: silent at first and when piped, then rate and facts."""

import io
import sys

import pytest

from fastvec._util import progress
from fastvec._util.progress import Progress, readable

pytestmark = pytest.mark.usefixtures("at_once")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    monkeypatch.setenv("COLUMNS", "120")


def test_shows_rate_and_facts(capfd: pytest.CaptureFixture[str]) -> None:
    with Progress("training", total=1000, enabled=True) as bar:
        bar.update(10)
        bar.update(500, loss=2.345678)
    err = capfd.readouterr().err
    for part in ("training", "50%", "words/s", "loss 2.346", "ETA"):
        assert part in err


def test_a_description_is_no_markup(capfd: pytest.CaptureFixture[str]) -> None:
    with Progress("[/red] :smile:", total=1000, enabled=True) as bar:
        bar.update(10)
    assert "[/red] :smile:" in capfd.readouterr().err


def test_a_total_may_be_unknown(capfd: pytest.CaptureFixture[str]) -> None:
    with Progress("reading", total=None, unit="bytes", enabled=True) as bar:
        bar.update(500)
    err = capfd.readouterr().err
    assert "reading" in err
    assert "bytes/s" in err


@pytest.mark.parametrize("enabled", [None, False])
def test_is_silent_when_piped_or_told(
    capfd: pytest.CaptureFixture[str], enabled: bool | None
) -> None:
    with Progress("training", total=1000, enabled=enabled) as bar:
        bar.update(500)
    assert capfd.readouterr() == ("", "")


def test_is_silent_for_two_seconds(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress, "QUIET_SECONDS", 2.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with Progress("training", total=1000, enabled=True) as bar:
        now[0] += 1.9
        bar.update(500)
        assert capfd.readouterr().err == ""
        now[0] += 0.2
        bar.update(500)
    assert "238 words/s" in capfd.readouterr().err


def test_errors_pass_through() -> None:
    with pytest.raises(ZeroDivisionError), Progress("training", total=1, enabled=True) as bar:
        bar.update(1)
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00k"),
        (1_234_567, "1.23M"),
        (5.6e10, "56.00G"),
        (999_999, "1.00M"),
        (999.7, "1.00k"),
    ],
)
def test_readable(number: float, text: str) -> None:
    assert readable(number) == text


@pytest.mark.parametrize("kind", ["none", "closed", "bare"])
def test_standard_error_need_not_be_a_file(monkeypatch, kind):
    stream = {"none": None, "closed": io.StringIO(), "bare": object()}[kind]
    if kind == "closed":
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    assert not Progress("reading", 1, "bytes").enabled
