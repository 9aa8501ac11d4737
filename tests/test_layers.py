"""Imports run one way: what each module may import from the package stands here."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "fastvec"
MAY_IMPORT = {
    "params": set(),
    "files": set(),
    "threads": set(),
    "progress": set(),
    "demo": set(),
    "words": {"_core"},
    "matrix": set(),
    "simd": {"_core"},
    "callbacks": set(),
    "vocabulary": {"files", "params", "rowfiles", "words"},
    "pieces": {"_core"},
    "packed": {"files"},
    "columns": {"_core", "pieces"},
    "encoded": {"_core", "files", "tensors", "vocabulary", "words"},
    "sources": {"columns", "encoded", "packed", "pieces"},
    "rewriting": {"words"},
    "spool": {"_core", "files", "pieces", "rewriting", "threads", "vocabulary", "words"},
    "corpus": {
        "_core",
        "encoded",
        "files",
        "params",
        "progress",
        "rewriting",
        "sources",
        "spool",
        "textfiles",
        "vocabulary",
        "words",
    },
    "textfiles": {"_core", "files", "progress", "words"},
    "collocations": {"_core", "corpus", "files", "params", "progress", "spool", "threads"}
    | {"vocabulary", "words"},
    "sentences": {"files", "packed"},
    "phrases": {"collocations", "corpus", "files", "params", "sources", "tensors", "vocabulary"}
    | {"words"},
    "tensors": {"files", "progress"},
    "rowfiles": {"_core", "files", "packed", "progress", "words"},
    "tables": {"files", "words"},
    "exports": {"files", "packed", "rowfiles", "tensors", "words"},
    "formats": {"exports", "files", "packed", "rowfiles", "store", "tables", "tensors", "words"},
    "search": {"_core"},
    "store": {"search", "words"},
    "evaluation": {"clusters", "files", "search", "words"},
    "ann": {"files", "keyedvectors", "search"},
    "clusters": {"search"},
    "keyedvectors": {"evaluation", "files", "formats", "rowfiles", "search", "store"} | {"words"},
    "sampling": {"_core", "matrix", "params"},
    "word2vec": {
        "_core",
        "callbacks",
        "corpus",
        "files",
        "formats",
        "keyedvectors",
        "matrix",
        "params",
        "progress",
        "sampling",
        "simd",
        "sources",
        "store",
        "threads",
        "vocabulary",
        "words",
    },
    "pairs": {"_core", "files", "rowfiles", "tensors", "words"},
    "cooccurrence": {"_core", "corpus", "files", "pairs", "params", "progress", "threads"},
    "ppmi": {"keyedvectors", "pairs", "params", "progress", "words"},
    "glove": {"_core", "callbacks", "cooccurrence", "corpus", "files", "formats"}
    | {"keyedvectors", "matrix", "pairs", "params", "progress", "simd", "threads"}
    | {"vocabulary", "words"},
}


def imports(path: Path) -> set[str]:
    """The modules of fastvec that a file imports, type-checking imports included."""
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


def test_every_module_is_listed() -> None:
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert modules == set(MAY_IMPORT)


def test_imports_run_one_way() -> None:
    for module, allowed in MAY_IMPORT.items():
        assert imports(PACKAGE / f"{module}.py") <= allowed, module
