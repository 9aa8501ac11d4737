"""English text that every machine has: the documentation of Python, NumPy and SciPy.

``fastvec demo`` trains on it, so that it needs no download.  Source files are parsed, never
executed.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sysconfig
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = ("numpy", "scipy", "click", "rich", "safetensors")
"""Packages that are installed together with fastvec."""

SKIPPED = {"test", "tests", "site-packages", "dist-packages", "__pycache__", "idlelib"}
"""Folders without documentation, or with that of other packages."""

TOKEN = re.compile(r"[^\W\d_]\w*")
"""A word, or an identifier with its digits and underscores: float64, array_like."""


def documentation(packages: Iterable[str] = PACKAGES) -> Iterator[list[str]]:
    """The paragraphs in the strings of the standard library and of some packages.

    Parameters
    ----------
    packages : iterable of str, default PACKAGES
        names of installed packages to read after the standard library; those that are not
        installed are skipped.

    Yields
    ------
    list of str
        the lower-case words of one paragraph, at least five; each paragraph once.

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
    """The Python files in a folder and its subfolders, in the same order on every machine.

    >>> _ = Path("module.py").touch()
    >>> [path.name for path in source_files(Path("."))]
    ['module.py']
    """
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
    """The words of each paragraph in the strings of a source file; none if it cannot be parsed.

    All strings are read, not only docstrings: NumPy and SciPy keep the documentation of functions
    written in C in other strings, and error messages are English, too.

    >>> _ = Path("module.py").write_text("'A sentence has five words.'")
    >>> list(paragraphs(Path("module.py")))
    [['a', 'sentence', 'has', 'five', 'words']]
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as those about invalid escapes
            tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for paragraph in re.split(r"\n\s*\n", node.value):
                words = TOKEN.findall(paragraph.lower())
                if len(words) >= 5:
                    yield words
