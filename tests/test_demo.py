"""The text of the demonstration: found by parsing, whatever else is in the folders."""

import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fastvec import demo
from fastvec.cli import app
from fastvec.cli import demo as cli_demo


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package ``guests`` beside an empty standard library."""
    library = tmp_path / "library"
    library.mkdir()
    monkeypatch.setattr("sysconfig.get_path", {"stdlib": str(library)}.get)
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "guests"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('a source file was executed')\n")
    return package


def paragraphs(source: bytes, folder: Path) -> list[str]:
    """The paragraphs found in ``guests`` when one of its modules is this."""
    (folder / "module.py").write_bytes(source)
    found = [" ".join(words) for words in demo.documentation(["guests"])]
    assert found.pop(0) == "a source file was executed"
    return found


def test_paragraphs_of_docstrings_and_of_other_strings(folder: Path) -> None:
    source = '''"""Sort an array, or two. Or three.

    x : array_like of float64, see `np.linalg.solve`
      >>> __init__(Überraschung)
    """
short = "no documentation, only four"
add_newdoc("name", """Joins
  two tables by one column.""")
data = b"""bytes are not for people"""
'''
    assert paragraphs(source.encode(), folder) == [
        "sort an array or two or three",
        "x array_like of float64 see np linalg solve init__ überraschung",
        "joins two tables by one column",
    ]


def test_each_paragraph_comes_once(folder: Path) -> None:
    source = b"""
def a(): 'One two three four five.'
def b():
    '''
    one two three  four
    five

    six seven eight nine ten
    '''
"""
    assert paragraphs(source, folder) == ["one two three four five", "six seven eight nine ten"]


@pytest.mark.parametrize(
    "source",
    [b"def (:", b"x = '\0'", b"\xff\xfe\n", b"(" * 1000, b"-" * 99_999 + b"1", b"x = '\\d'", b""],
    ids=lambda source: repr(source[:8]),
)
def test_files_that_do_not_parse_are_passed_over(folder: Path, source: bytes) -> None:
    (folder / "good.py").write_text("'some words that follow anyway'")
    assert paragraphs(source, folder) == ["some words that follow anyway"]


def test_missing_packages_and_unreadable_folders_are_passed_over(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_a.py").write_text("'words in tests are not read'")
    (folder / "broken.py").symlink_to(folder / "nowhere.py")
    names = ["guests", "surely_not_installed"]
    assert list(demo.documentation(names)) == [["a", "source", "file", "was", "executed"]]
    assert list(demo.source_files(folder / "nowhere")) == []
    assert "guests" not in sys.modules


def test_there_is_enough_of_it_here() -> None:
    count = 0
    for words in demo.documentation():
        count += len(words)
        if count > 300_000:
            return
    pytest.fail(f"this Python has only {count} words of documentation")


def test_the_command_shows_neighbours_and_saves_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = [["array", "shape", "axis", "dtype"], ["file", "open", "read", "close"]]
    monkeypatch.setattr(cli_demo, "documentation", lambda: iter(worlds * 13_000))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["demo", "--workers", "1"])
    assert done.exit_code == 0, done.output
    shown = [line.split() for line in done.output.splitlines() if line.startswith("  ")]
    rows = {words[0]: {word.strip(",") for word in words[1:4]} for words in shown}
    assert rows["array"] == {"shape", "axis", "dtype"}
    assert rows["file"] == {"open", "read", "close"}
    assert "fastvec train TEXT -o vectors.bin" in done.output
    suggestion = next(line for line in done.output.splitlines() if "fastvec similar" in line)
    asked = CliRunner().invoke(app, suggestion.split()[1:])
    assert asked.exit_code == 0
    assert {line.split("\t")[0] for line in asked.output.splitlines()} == {"array", "file"}
    python = re.search(r"or in Python:\n\n((?:    .*\n)+)", done.output)
    assert python
    names: dict[str, Any] = {}
    exec(textwrap.dedent(python[1]), names)
    assert names["model"].wv.most_similar("array", topn=1)[0][0] in rows["array"]


def test_the_command_finds_out_first_that_it_cannot_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / cli_demo.SAVED).mkdir()
    monkeypatch.setattr(cli_demo, "documentation", pytest.fail)
    with pytest.raises(OSError, match=r"cannot write fastvec-demo\.safetensors"):
        CliRunner().invoke(app, ["demo"], catch_exceptions=False)


def test_the_command_needs_source_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli_demo, "documentation", lambda: iter([["far", "too", "few"]]))
    done = CliRunner().invoke(app, ["demo"])
    assert done.exit_code == 1  # 2 in a real process, see cli.main
    assert "this Python has only 3 words of documentation" in done.output
