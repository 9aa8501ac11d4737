"""What fastvec.watch takes, and what its page holds."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

import fastvec
from fastvec import Corpus
from fastvec.teaching.texts import TEXTS
from fastvec.teaching.watch import FOLDER, MOST_TOKENS, MOST_WORDS, SCRIPTS, Watch

HOSTILE = ["</script><script>alert(1)</script>", "@DATA@", "<!--"]


def data_of(page: str) -> dict[str, Any]:
    """What the scripts of a page are given."""
    found = re.search('<script type="application/json" id="data">(.*?)</script>', page)
    assert found is not None
    return json.loads(found[1])


def test_the_page_holds_the_text_and_the_settings() -> None:
    made = fastvec.watch([["a", "b"], ["New York", "a"]], model="cbow", loss="hs", seed=7)
    facts = data_of(made.page())
    assert facts["sentences"] == made.sentences == [["a", "b"], ["new", "york", "a"]]
    assert (facts["options"]["model"], facts["options"]["loss"]) == ("cbow", "hs")
    assert (facts["options"]["seed"], facts["options"]["alpha"]) == (7, 0.25)
    assert facts["limits"]["ranges"]["vector_size"] == [2, 10]
    assert repr(made) == "Watch(2 sentences, 4 words, cbow, hs)"


def test_texts_are_read_like_all_others(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("We drink milk!\n\nYou: drink; juice.\n")
    wanted = [["we", "drink", "milk"], ["you", "drink", "juice"]]
    assert fastvec.watch(path).sentences == fastvec.watch(str(path)).sentences == wanted
    assert fastvec.watch(path, lower=False).sentences[0] == ["We", "drink", "milk"]
    assert fastvec.watch(path, tokens="whitespace").sentences[0] == ["we", "drink", "milk!"]
    assert fastvec.watch(Corpus.read([["A", "b c"]], min_count=1)).sentences == [["A", "b c"]]
    assert fastvec.watch([[1, 2], [2, 3]]).sentences == [["1", "2"], ["2", "3"]]


@pytest.mark.parametrize("text", TEXTS.values())
def test_texts_that_come_with_it_fit(text: str) -> None:
    assert len(fastvec.watch(line.split() for line in text.splitlines()).sentences) > 5


def test_the_page_asks_for_nothing_and_runs_no_word() -> None:
    page = fastvec.watch([HOSTILE]).page()
    assert data_of(page)["sentences"] == [["script", "script", "alert", "1", "script", "data"]]
    assert page.count("<script") == 2
    assert not re.search(r"""(src|href)=["']|@import|url\(|innerHTML""", page)
    assert "default-src 'none'" in page


def test_equal_calls_give_equal_pages() -> None:
    assert fastvec.watch().page() == fastvec.watch().page()


def test_a_notebook_shows_the_page_in_a_sandbox() -> None:
    made = fastvec.watch()
    shown = made._repr_html_()
    assert shown.startswith('<iframe sandbox="allow-scripts" style="')
    assert html.unescape(shown.partition('srcdoc="')[2]).startswith(made.page())


def test_saving(tmp_path: Path) -> None:
    made = fastvec.watch()
    made.save(tmp_path / "page.HTML")
    assert (tmp_path / "page.HTML").read_text("utf-8") == made.page()
    with pytest.raises(ValueError, match=r"page\.pdf: the ending must be \.html"):
        made.save(tmp_path / "page.pdf")
    with pytest.raises(OSError, match="there is no folder"):
        made.save(tmp_path / "none" / "page.html")


@pytest.mark.parametrize(
    ("sentences", "options", "message"),
    [
        (
            [[f"w{i}" for i in range(MOST_WORDS + 1)]],
            {},
            "has 41 different words, and the page has room for 40",
        ),
        ([["a", "b"]] * MOST_TOKENS, {}, "has 800 words, and the page has room for 400"),
        ([["a"], ["b"]], {}, "needs a line with two different words"),
        ([["a", "a", "a"]], {}, "needs a line with two different words"),
        ([], {}, "the corpus is empty"),
        (None, {"window": 6}, "window must be at most 5, got 6"),
        (None, {"vector_size": 1}, "vector_size must be at least 2, got 1"),
        (None, {"alpha": float("nan")}, "alpha must be"),
        (None, {"model": "sg"}, "model must be one-word or cbow or skip-gram"),
        (None, {"loss": "nce"}, "loss must be softmax or ns or hs"),
    ],
)
def test_what_cannot_be_watched_is_refused(
    sentences: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fastvec.watch(sentences, **options)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(TypeError, match="argument 'size': did you mean 'vector_size'"):
        fastvec.watch(size=3)
    with pytest.raises(TypeError, match="argument 'lowr': did you mean 'lower'"):
        fastvec.watch(lowr=True)


def test_all_scripts_are_a_part_of_the_page() -> None:
    assert {path.name for path in FOLDER.glob("*.js")} == set(SCRIPTS)
    assert isinstance(fastvec.watch(), Watch)
