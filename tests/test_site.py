"""What checks the links of the site finds dead ones."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def check_site() -> Any:
    spec = importlib.util.spec_from_file_location("check_site", ROOT / ".ci/check_site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("element", "is_wrong"),
    [
        ('<a href="b/page.html#there">', False),
        ('<a href="b/page.html">', False),
        ('<a href="#here">', False),
        ('<a href="https://example.org/dead#x">', False),
        ('<img src="data:image/png;base64,AA==">', False),
        ('<img src="b/a%20picture.png">', False),
        ('<a href="b/page.html#nowhere">', True),
        ('<a href="#nowhere">', True),
        ('<a href="missing.html">', True),
        ('<img src="missing.png">', True),
        ('<script src="https://example.org/script.js">', True),
        ('<link rel="stylesheet" href="//example.org/style.css">', True),
    ],
)
def test_dead_links_and_foreign_scripts_are_found(
    check_site: Any, tmp_path: Path, element: str, is_wrong: bool
) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/page.html").write_text('<p id="there">')
    (tmp_path / "b/a picture.png").touch()
    (tmp_path / "index.html").write_text(f'<p id="here">{element}')
    assert len(check_site.faults(tmp_path)) == is_wrong
