"""Processes that tests start beside themselves: none outlives its test, however that ends."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def started(*arguments: str, **options: Any) -> "Iterator[subprocess.Popen[Any]]":
    """Python with these arguments; ``options`` are those of subprocess.Popen."""
    with subprocess.Popen([sys.executable, *arguments], **options) as process:
        try:
            yield process
        finally:
            process.kill()
