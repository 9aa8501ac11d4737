"""The notebooks in examples/ run from top to bottom, and are kept without outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "examples"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))


def cells(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text("utf-8"))["cells"]
    return found


def test_there_are_five() -> None:
    assert len(NOTEBOOKS) == 5


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_they_are_written_for_people(name: str) -> None:
    first, *rest = cells(name)
    assert "".join(first["source"]).startswith("# ")
    kinds = [cell["cell_type"] for cell in rest]
    assert kinds.count("markdown") > 3
    code = [cell for cell in rest if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.filterwarnings("ignore")  # those of Jupyter's packages
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_they_run(name: str, tmp_path: Path) -> None:
    for package in ("nbclient", "nbformat", "ipykernel", "matplotlib", "openTSNE"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    import nbclient
    import nbformat

    notebook = nbformat.read(FOLDER / name, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=600, resources=resources).execute()
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", ())]
    assert [one for one in outputs if one.get("name") == "stderr"] == []
    shown = {kind for one in outputs for kind in one.get("data", ())}
    assert "text/html" in shown
    assert shown & {"image/png", "image/svg+xml"}
