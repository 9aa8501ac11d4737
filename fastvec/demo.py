"""Real English that is on every machine: the documentation of Python, NumPy and SciPy.

The demonstration trains on it, so that it needs no download.  Source files are parsed, never
executed.  Imports nothing of the package.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sysconfig
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = ("numpy", "scipy", "click", "rich")
"""What is installed wherever fastvec is."""

SKIPPED = {"test", "tests", "site-packages", "dist-packages", "__pycache__", "idlelib"}
"""Folders without documentation, or with somebody else's."""

TOKEN = re.compile(r"[^\W\d_]\w*")
"""A word, or an identifier with what holds it together: float64, array_like."""


def documentation(packages: Iterable[str] = PACKAGES) -> Iterator[list[str]]:
    """Paragraphs of the standard library's and some packages' strings.

    Parameters
    ----------
    packages : iterable of str
        names of installed packages to read besides the standard library; one that is not there
        is passed over.

    Yields
    ------
    list of str
        the lower-case words of one paragraph, five at least; each paragraph once.

    >>> len(next(documentation())) >= 5
    True
    """
    folders = [Path(sysconfig.get_path("stdlib"))]
    for name in packages:
        spec = importlib.util.find_spec(name)
        if spec is not None:
            folders += map(Path, spec.submodule_search_locations or [])
    seen = set()
    for folder in folders:
        for path in source_files(folder):
            for words in paragraphs(path):
                text = " ".join(words)
                if text not in seen:
                    seen.add(text)
                    yield words


def source_files(folder: Path) -> Iterator[Path]:
    """The Python files below a folder, in the same order on every machine."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.suffix == ".py":
            yield entry
        elif entry.name not in SKIPPED and entry.is_dir() and not entry.is_symlink():
            yield from source_files(entry)


def paragraphs(path: Path) -> Iterator[list[str]]:
    """The words of each paragraph in the strings of one source file; none if it does not parse.

    Every string with paragraphs of five words counts: NumPy and SciPy document what is written in
    C by strings that are no docstrings of anything, and error messages are English too.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other people's invalid escapes
            tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for paragraph in re.split(r"\n\s*\n", node.value):
                words = TOKEN.findall(paragraph.lower())
                if len(words) >= 5:
                    yield words
