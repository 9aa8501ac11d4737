"""Print what CHANGELOG.md says about a release; an error unless everything is ready for its tag.

python .ci/release_notes.py v0.1.0
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def version() -> str:
    """The version of these sources; it stands in one place only."""
    found = re.search(r'^__version__ = "(.*)"$', (ROOT / "fastvec/__init__.py").read_text(), re.M)
    assert found, "fastvec/__init__.py has no __version__"
    return found[1]


def notes(tag: str, changelog: str) -> str:
    """The section of a version; ValueError for another version, or one without a date."""
    if tag != f"v{version()}":
        raise ValueError(f"the tag is {tag}, but the version of the sources is {version()}")
    heading, _, rest = changelog.partition(f"\n## {tag[1:]} ")[2].partition("\n")
    if not re.fullmatch(r"\(\d{4}-\d\d-\d\d\)", heading):
        raise ValueError(f"CHANGELOG.md must have a heading '## {tag[1:]} (YYYY-MM-DD)'")
    return rest.split("\n## ")[0].strip() + "\n"


if __name__ == "__main__":
    try:
        sys.stdout.write(notes(sys.argv[1], (ROOT / "CHANGELOG.md").read_text("utf-8")))
    except ValueError as error:
        sys.exit(f"release: {error}")
