"""Tables in HTML: valid, with nothing of a word as code."""

from xml.etree import ElementTree

import numpy as np
import pytest

from fastvec._util.html import escaped, facts, table


@pytest.mark.parametrize("word", ["<script>", "a & b", '"', "'", "</td>", "&lt;", "‮abc", "😀"])
def test_words_are_text(word):
    made = table(word, (word,), [(word, 1)])
    cells = list(ElementTree.fromstring(made).itertext())
    assert cells == [word, word, word, "1"]


def test_numbers_stand_to_the_right():
    row = ElementTree.fromstring(table("", (), [("cat", 0.25, 1234567, np.float64(0.5))]))
    cells = list(row.iter("td"))
    assert ["".join(one.itertext()) for one in cells] == ["cat", "0.2500", "1,234,567", "0.5000"]
    assert ["right" in one.get("style", "") for one in cells] == [False, True, True, True]


def test_there_is_no_colour_that_a_dark_page_would_hide():
    made = table("title", ("a", "b"), [("cat", 0.5)]) + facts("x", {"a": 1})
    assert "color" not in made
    assert "background" not in made


def test_empty_tables_are_tables():
    assert ElementTree.fromstring(table("", ("word",), [])).tag == "table"
    assert escaped("") == "<bdi></bdi>"
