"""Imports run one way: what each package may import from the others stands here."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "fastvec"
FOUNDATIONS = {"_core", "_util", "params", "words", "subwords"}
MAY_IMPORT: dict[str, set[str]] = {
    "_core": set(),
    "_util": {"_core"},
    "params": {"_util"},
    "words": {"_core"},
    "subwords": {"_core", "_util", "words"},
    "io": FOUNDATIONS,
    "corpus": FOUNDATIONS | {"io"},
    "sentences": FOUNDATIONS | {"io"},
    "plots": FOUNDATIONS | {"io"},
    "vectors": FOUNDATIONS | {"io", "plots"},
    "exports": FOUNDATIONS | {"io"},
    "models": FOUNDATIONS | {"io", "corpus", "sentences", "vectors", "plots"},
    "cluster": FOUNDATIONS | {"io", "corpus", "vectors", "models"},
    "ann": FOUNDATIONS | {"io", "vectors"},
    "explore": FOUNDATIONS | {"vectors", "plots"},
    "teaching": FOUNDATIONS | {"corpus", "plots"},
    "demo": set(),
    # public faces
    "alignment": {"vectors"},
    "doc2vec": {"_util", "models"},
    "evaluation": {"vectors"},
    "keyedvectors": {"_util", "vectors"},
    "phrases": {"models"},
    "word2vec": {"_util", "models"},
    "fasttext": {"_util", "models", "vectors"},
}
ENTRANCES = {"__init__", "__main__", "cli"}  # these may import everything


def parts() -> dict[str, list[Path]]:
    """The files of each part of the package."""
    found = {path.stem: [path] for path in PACKAGE.glob("*.py")}
    for folder in PACKAGE.iterdir():
        if (folder / "__init__.py").exists():
            found[folder.name] = sorted(folder.rglob("*.py"))
    return {name: files for name, files in found.items() if name not in ENTRANCES}


def imports(path: Path) -> set[str]:
    """The parts of fastvec that a file imports, type-checking imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("fastvec.")}
    return found


def test_every_part_is_listed() -> None:
    assert set(parts()) == set(MAY_IMPORT)


def test_imports_run_one_way() -> None:
    for part, files in parts().items():
        for path in files:
            allowed = MAY_IMPORT[part] | {part}
            assert imports(path) <= allowed, f"{path}: {imports(path) - allowed}"
