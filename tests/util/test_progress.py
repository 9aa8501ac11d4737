"""The bar: silent at first and when piped, then rate and facts; and the lines in the log."""

import io
import logging
import sys
import types

import pytest

from fastvec._util import bars, progress
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


# --- lines in the log


def log_lines(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, total: int | None
) -> list[logging.LogRecord]:
    """The lines of work that is looked at after 9, 11, 12 and 22 seconds."""
    caplog.set_level(logging.INFO, "fastvec")
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    now = 100.0
    with Progress("counting", total, "words", enabled=False, done=50) as bar:
        for now in (109.0, 111.0, 112.0, 122.0):
            bar.update(int(now), rate=0.025, loss=None)
    return caplog.records


def test_a_line_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = log_lines(monkeypatch, caplog, 200)
    assert first.name == "fastvec"
    assert first.getMessage().startswith(
        "counting: 55.5 %, 6 words/s, rate 0.025, 0:00:16 left, "  # 61 of them in 11 seconds
    )
    assert first.getMessage().endswith("B of memory")
    news = second.news  # type: ignore[attr-defined]
    assert (news["done"], news["total"], news["unit"], news["seconds"]) == (122, 200, "words", 22)
    assert news["memory_bytes"] > 1e6


def test_a_line_without_a_total(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, _ = log_lines(monkeypatch, caplog, None)
    assert first.getMessage().startswith("counting: 111 words, 6 words/s, rate 0.025, ")


def test_an_epoch_is_shown_before_the_rest(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO, "fastvec")
    with Progress("training", 100, enabled=True) as bar:
        bar.update(50, epoch=2, epochs=5, rate=0.01)
        bar.tell(50, "epoch", epoch=2, epochs=5, rate=0.01)
    assert "epoch 2 of 5  rate 0.01" in capfd.readouterr().err
    assert caplog.messages[0].startswith("training: epoch 2 of 5, 50.0 %, ")


# --- notebooks


class Output:
    """What IPython gives for something that is displayed."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []

    def update(self, content: dict[str, str], raw: bool) -> None:
        assert raw
        self.shown.append(content)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Output:
    """An IPython that says that it runs in a notebook."""
    output = Output()

    def display(content: dict[str, str], raw: bool, display_id: bool) -> Output:
        assert display_id
        output.update(content, raw)
        return output

    shell = types.SimpleNamespace(kernel=object())
    ipython, module = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython = lambda: shell  # type: ignore[attr-defined]
    module.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return output


def test_a_notebook_has_one_bar_without_escape_codes(
    notebook: Output, capfd: pytest.CaptureFixture[str]
) -> None:
    with Progress("<training>", 1000) as bar:
        bar.update(10)
        bar.update(500, loss=2.5)
    assert capfd.readouterr() == ("", "")
    last = notebook.shown[-1]
    assert '<progress value="500" max="1000">' in last["text/html"]
    assert "&lt;training&gt;" in last["text/html"]
    assert last["text/plain"].startswith("<training>: ")
    assert last["text/plain"].endswith(" words/s  loss 2.5")
    assert not any("\x1b" in text for content in notebook.shown for text in content.values())


def test_ipython_in_a_terminal_is_no_notebook(
    notebook: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: None)
    assert not bars.in_notebook()
    assert notebook.shown == []
