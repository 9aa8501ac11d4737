"""Follow the links of a site: python .ci/check_site.py FOLDER.

Each link within the site must lead to a file, and to a place in it, that exist.  No page may load
anything from another server.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: elements that load what they name
LOADING = {"script", "img", "iframe", "source", "link"}


class Page(HTMLParser):
    """The places and the links of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[tuple[str, str]] = []  # element and address
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        given = {name: value for name, value in attrs if value}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        address = given.get("href", given.get("src"))
        if address and given.get("rel") not in ("canonical", "edit"):
            self.links.append((tag, address))


def faults(site: Path) -> list[str]:
    """What is wrong, a line each."""
    pages = {path: Page(path) for path in site.rglob("*.html")}
    found = []
    for path, page in pages.items():
        for tag, address in page.links:
            there = urlsplit(address)
            if there.scheme or there.netloc:
                wrong = tag in LOADING and there.scheme != "data"
            else:
                file = (path.parent / unquote(there.path)).resolve() if there.path else path
                places = pages[file].places if file in pages else set()
                place = unquote(there.fragment)
                wrong = not file.exists() or (file in pages and place not in places | {""})
            if wrong:
                found.append(f"{path.relative_to(site)}: {tag} {address}")
    return found


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]).resolve())
    print(*wrong, sep="\n")
    sys.exit(f"{len(wrong)} wrong links" if wrong else 0)
