"""The documentation's Python examples run, each by itself; its commands have the options that it
names, and its links lead somewhere."""

from __future__ import annotations

import random
import re
import shlex
import tomllib
import warnings
from fnmatch import fnmatch
from pathlib import Path

import fasttext_files
import pytest
from processes import skip_without_package
from two_spaces import Meanings

import fastvec.demo
from fastvec import Word2Vec
from fastvec.cli import app

ROOT = Path(__file__).parent.parent
PAGES = [
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md"))
]
WORDS = "king queen man woman cat dog array in new york bank of america".split()  # noqa: SIM905
BLOCKS = [
    pytest.param(name, found.group(1), id=f"{name}:{text.count(chr(10), 0, found.start()) + 1}")
    for name in PAGES
    for text in [(ROOT / name).read_text("utf-8")]
    for found in re.finditer(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
]
COMMANDS = sorted(
    {
        line
        for name in PAGES
        for block in re.findall(
            r"^```sh\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("fastvec ")
    }
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the examples name, and a short text for documentation()."""
    draw = random.Random(1)
    lines = [draw.choices(WORDS, k=12) for _ in range(300)]
    text = "\n".join(map(" ".join, lines)) + "\n"
    (tmp_path / "news").mkdir()
    for name in ("text.txt", "more.txt", "new.txt", "later.txt", "news/a.txt"):
        (tmp_path / name).write_text(text)
    (tmp_path / "questions.txt").write_text("king queen man woman\nman woman king queen\n")
    (tmp_path / "pairs.txt").write_text("king queen 9\nking man 5\nking cat 0\n")
    meanings = Meanings(words=300)
    for name in ("old", "new", "half", "other", "german", "english"):
        meanings.model().save(tmp_path / f"{name}.safetensors")
    pairs = "".join(f"{word}\t{word}\n" for word in meanings.keys)
    (tmp_path / "dictionary.tsv").write_text(pairs)
    model = Word2Vec(lines, vector_size=100, epochs=1)
    model.save(tmp_path / "model.safetensors")
    model.wv.save(tmp_path / "vectors.safetensors")
    model.wv.save_word2vec_format(tmp_path / "vectors.bin", binary=True)
    (tmp_path / "cc.en.300.bin").write_bytes(fasttext_files.model())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fastvec.demo, "documentation", lambda: lines)
    return tmp_path


def test_there_are_examples() -> None:
    assert len(BLOCKS) > 9
    assert len(COMMANDS) > 9


def save_with_gensim() -> None:
    """The files of gensim that an example names."""
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    lines = [line.split() for line in Path("text.txt").read_text().splitlines()]
    for name, kind in (("old.model", models.Word2Vec), ("old.fasttext", models.FastText)):
        model = kind(lines, vector_size=10, epochs=1)
        model.save(name)
    model.wv.save("old.vectors")
    models.Phrases(lines).save("old.phrases")
    documents = [models.doc2vec.TaggedDocument(words, [i]) for i, words in enumerate(lines)]
    models.Doc2Vec(documents, vector_size=10, epochs=1).save("old.doc2vec")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # gensim's own
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # and open files
@pytest.mark.parametrize(("name", "block"), BLOCKS)
@pytest.mark.usefixtures("folder")
def test_examples(name: str, block: str) -> None:
    if "fastvec.ann" in block:
        pytest.importorskip("usearch", reason="usearch is not installed")
    if "import gensim" in block:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            save_with_gensim()
    if "import pandas" in block:
        pytest.importorskip("pandas", reason="pandas is not installed")
    try:
        exec(compile(block, name, "exec"), {})
    except ImportError as error:
        skip_without_package(str(error))
        raise


@pytest.mark.parametrize("line", COMMANDS)
def test_options_of_commands(line: str) -> None:
    _, name, *rest = shlex.split(line.partition("|")[0], comments=True)
    options = {
        text
        for option in app.commands[name].params
        for text in (*option.opts, *option.secondary_opts)
    }
    named = {word for word in rest if word.startswith("-")} - {"-", "--help"}
    assert named <= options


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


#: addresses of this project's files on the internet, and the files
OURS = [
    (r"https://github\.com/fastvec/fastvec/(?:blob|tree)/main/(.*)", r"\1"),
    (r"https://raw\.githubusercontent\.com/fastvec/fastvec/main/(.*)", r"\1"),
    (r"https://fastvec\.github\.io/fastvec/(.*)\.html", r"docs/\1.md"),
]


def file_of(page: Path, address: str) -> Path | None:
    """The file that a link without an anchor leads to; None if it is not of this project."""
    for pattern, path in OURS:
        if re.fullmatch(pattern, address):
            return ROOT / re.sub(pattern, path, address)
    if re.match(r"[a-z]+:", address):
        return None
    return page.parent / address if address else page


@pytest.mark.parametrize("name", PAGES)
def test_links(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        address, _, anchor = target.partition("#")
        there = file_of(page, address)
        if there is not None:
            assert there.exists(), f"{name} links to {target}"
            assert not anchor or anchor in anchors(there), f"{name} links to {target}"


def test_links_of_the_readme_are_addresses() -> None:
    """A package index shows it without the files that are beside it."""
    targets = re.findall(r"\]\(([^)\s]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert len(targets) > 10
    assert [target for target in targets if not target.startswith("https://")] == []


def test_every_public_name_is_in_the_reference() -> None:
    text = "".join(page.read_text("utf-8") for page in (ROOT / "docs/api").glob("*.md"))
    assert {name for name in fastvec.__all__ if f":: fastvec.{name}\n" not in text} == set()


def test_first_steps_lists_the_extras() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    text = (ROOT / "docs/first-steps.md").read_text("utf-8")
    extras = set(project["optional-dependencies"]) - {"test", "bench"}
    assert {extra for extra in extras if f"| `{extra}` |" not in text} == set()


def test_every_page_is_in_the_table_of_contents() -> None:
    entries = set()
    for page in (ROOT / "docs/index.md", ROOT / "docs/api/index.md"):
        for block in re.findall(r"^```{toctree}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S):
            names = re.findall(r"^(?:.*<)?([\w/*-]+)>?$", block, re.M)
            entries |= {str(page.parent.relative_to(ROOT) / name) for name in names}
    pages = {name.removesuffix(".md") for name in PAGES if name.startswith("docs/")}
    pages -= {"docs/index"}
    assert {page for page in pages if not any(fnmatch(page, entry) for entry in entries)} == set()
