"""What all tests share."""

import importlib.machinery
import inspect
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
CHECKOUT = HERE.parent

# "python -m pytest" puts the checkout first in the search path.  Unless the native core was built
# there (setup.py build_ext --inplace), the tests are for the installed package.
if not any(
    (CHECKOUT / "fastvec" / f"_core{suffix}").exists()
    for suffix in importlib.machinery.EXTENSION_SUFFIXES
):
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != CHECKOUT]

# The Python processes that tests start do the same: no folder that they run in is searched.
os.environ["PYTHONSAFEPATH"] = "1"

# A shell makes its background jobs ignore Ctrl-C, and their child processes inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No example has a time limit, since other work on the machine may slow down any of them.
settings.register_profile("plain", deadline=None)
settings.load_profile("plain")

# make fuzz: more examples (FASTVEC_EXAMPLES says how many), and different ones each time.
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=int(os.environ.get("FASTVEC_EXAMPLES", "500")),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

#: what depends on the kernels
SIMD = (
    "core/",
    "models/test_glove",
    "models/test_mittens",
    "models/test_neural_lm",
    "models/test_ranker",
    "models/test_training",
    "models/test_validation",
    "models/test_word2vec",
    "util/test_simd",
)


#: what only POSIX has: a test that names any of it gets the marker ``posix``
POSIX = re.compile(
    r"/dev/|/proc/|\b(chmod|fcntl|fork|kill|mkfifo|needs_peak|preexec_fn|setsid|SIG[A-Z]+|symlink_to|"
    r"ulimit|umask)\b"
)
POSIX_MODULES = re.compile(r"^import (pty|resource)$", re.M)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of the kernels the marker ``simd``, and those that need POSIX ``posix``.

    Tests that name instruction sets to the core themselves also get ``each_set``: FASTVEC_SIMD
    changes nothing for them.
    """
    for item in items:
        path = item.path.relative_to(HERE).as_posix()
        if path.startswith(SIMD):
            item.add_marker("simd")
        if path.startswith("core/") or "simd" in getattr(item, "fixturenames", ()):
            item.add_marker("each_set")
        if isinstance(item, pytest.Function) and POSIX.search(inspect.getsource(item.function)):
            item.add_marker("posix")
            if sys.platform == "win32":
                item.add_marker(pytest.mark.skip(reason="Windows has nothing like it"))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On Windows, leave out the modules that import what it does not have."""
    if sys.platform != "win32" or collection_path.suffix != ".py":
        return None
    return True if POSIX_MODULES.search(collection_path.read_text("utf-8")) else None


@pytest.fixture(scope="session")
def compiled_hooks() -> None:
    """Skips tests of the native core's internals where these cannot be compiled (hooks.py)."""
    import hooks  # it imports fastvec, which must be found as above

    reason = hooks.missing()
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium; tests that need it are skipped where there is none.

    Two in one process would be in each other's way, so each module closes its own.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
