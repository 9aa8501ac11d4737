"""What a release needs: one version, notes, and a build that says what it lacks."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from processes import DEADLINE

import fastvec

ROOT = Path(__file__).parent.parent

CHANGES = f"""# Changelog

## {fastvec.__version__} (2026-12-01)

### Added

- Something.

## 0.0.1 (2026-11-01)

- Nothing.
"""


def notes(tag: str, changelog: str) -> str:
    """What .ci/release_notes.py says."""
    spec = importlib.util.spec_from_file_location("release_notes", ROOT / ".ci/release_notes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.notes(tag, changelog)


def test_the_version_stands_once() -> None:
    assert version("fastvec") == fastvec.__version__
    for name in ("pyproject.toml", "CITATION.cff", "setup.py"):
        assert fastvec.__version__ not in (ROOT / name).read_text("utf-8")


def test_regular_expressions_repeat_no_group_possessively() -> None:
    """Before Python 3.11.5 that matches too much (CPython's issue 106052)."""
    for path in sorted((ROOT / "fastvec").rglob("*.py")):
        assert not re.search(r"\)[*+?]\+|\(\?>", path.read_text("utf-8")), path


def test_the_notes_of_a_release_are_its_section_of_the_changelog() -> None:
    assert notes(f"v{fastvec.__version__}", CHANGES) == "### Added\n\n- Something.\n"


@pytest.mark.parametrize(
    ("tag", "changes", "reason"),
    [
        ("v0.0.1", CHANGES, "the version of the sources is"),
        (f"v{fastvec.__version__}", CHANGES.replace("2026-12-01", "unreleased"), "a heading"),
        (f"v{fastvec.__version__}", "# Changelog\n", "a heading"),
    ],
)
def test_a_release_that_is_not_ready_is_refused(tag: str, changes: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        notes(tag, changes)


def test_the_scripts_that_workflows_run_are_there() -> None:
    workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))
    if not workflows:
        pytest.skip("there are no workflows in a source distribution")
    for workflow in workflows:
        for name in re.findall(r"(\.ci/[\w.-]+)(?= |$)", workflow.read_text("utf-8"), re.M):
            assert os.access(ROOT / name, os.X_OK) or name.endswith(".py"), f"{workflow}: {name}"
            assert (ROOT / name).exists(), f"{workflow}: {name}"


def test_without_the_native_core_the_import_says_what_to_do(tmp_path: Path) -> None:
    package = Path(fastvec.__file__).parent
    leave = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    shutil.copytree(package, tmp_path / "fastvec", ignore=leave)
    command = [sys.executable, "-c", "import sys; sys.path.insert(0, '.'); import fastvec"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: {tmp_path / 'fastvec'} has no native core for Python 3.")
    assert "pip install -e ." in last


@pytest.mark.parametrize("compiler", ["false", "no-such-compiler"])
def test_a_build_without_a_compiler_says_what_is_needed(tmp_path: Path, compiler: str) -> None:
    pytest.importorskip("Cython", reason="Cython is not installed")
    pytest.importorskip("setuptools", reason="setuptools is not installed")
    if os.name == "nt" or not (ROOT / "setup.py").exists():
        pytest.skip("the compiler cannot be chosen by CC here, or there are no sources")
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "fastvec/csrc").mkdir(parents=True)
    (tmp_path / "fastvec/__init__.py").write_text('__version__ = "1"\n')
    (tmp_path / "fastvec/_core.pyx").touch()
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    options = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": DEADLINE}
    done = subprocess.run(command, env={**os.environ, "CC": compiler}, **options)
    assert done.returncode == 1
    assert "The native core of fastvec could not be compiled" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wheel_holds_no_sources_of_the_core() -> None:
    names = {file.suffix for file in Path(fastvec.__file__).parent.rglob("*")}
    if Path(fastvec.__file__).is_relative_to(ROOT):
        pytest.skip("fastvec is not installed from a wheel")
    assert not names & {".c", ".h", ".pyx", ".pxi"}
