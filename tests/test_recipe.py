"""The recipe for conda-forge needs what the package needs."""

import re
import tomllib
from pathlib import Path

import fastvec

ROOT = Path(__file__).parent.parent
RECIPE = (ROOT / "recipe/recipe.yaml").read_text("utf-8")


def needed(section: str) -> set[str]:
    """The entries of a section of the recipe's requirements, without spaces."""
    found = re.search(rf"^  {section}:\n((?:    - .*\n)+)", RECIPE, re.MULTILINE)
    assert found
    entries = re.findall(r"- (.*)", found[1])
    return {entry.replace(" ", "") for entry in entries} - {"python", "pip"}


def test_the_recipe_has_the_dependencies_and_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert needed("run") == set(project["project"]["dependencies"])
    assert needed("host") == set(project["build-system"]["requires"])
    assert f'version: "{fastvec.__version__}"' in RECIPE
