"""Pages that are one HTML file and work without a network.

The content security policy of a page lets it run its own script and load nothing at all.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Sequence
from pathlib import Path

POLICY = "default-src 'none'; script-src '{}'; style-src '{}'"


def page_of(folder: Path, scripts: Sequence[str], **parts: str) -> str:
    """The file page.html of a folder, with the marks between @ replaced: POLICY, STYLE (page.css),
    SCRIPT (the scripts, joined into one) and ``parts``, which are HTML."""
    script, style = "\n".join(_read(folder / name) for name in scripts), _read(folder / "page.css")
    parts |= {"SCRIPT": script, "STYLE": style, "POLICY": policy_of(script, style)}
    return re.sub("@([A-Z]+)@", lambda mark: parts[mark[1]], _read(folder / "page.html"))


def policy_of(script: str, style: str) -> str:
    """The content security policy of a page with one script and one style sheet.

    >>> policy_of("", "").count("sha256-")
    2
    """
    return POLICY.format(_hash(script), _hash(style))


def frame(page: str, height: int) -> str:
    """A page as a notebook shows it: in a frame that can do nothing outside it.

    >>> frame("<p>Hello", 300).partition("srcdoc")[2]
    '="&lt;p&gt;Hello"></iframe>'
    """
    style = f"width: 100%; height: {height}px; border: 0"
    return f'<iframe sandbox="allow-scripts" style="{style}" srcdoc="{html.escape(page)}"></iframe>'


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
