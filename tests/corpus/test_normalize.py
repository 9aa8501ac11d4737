"""What a word is: patterns and lower case, against the plain rule."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import (
    NOTHING_LEFT,
    assert_holds,
    hostile_texts,
    read,
)

from fastvec.corpus import chunks
from fastvec.corpus.corpus import Corpus


def words_of_pattern(text: str, lower: bool) -> list[str]:
    """The plain reference of tokens="words", one character after the other."""
    found: list[str] = []
    for piece in re.split(r"[ \t\n]", text.replace("\r", "")):
        piece = unicodedata.normalize("NFC", piece)
        piece = piece.lower() if lower else piece
        word = ""
        for i, c in enumerate(piece):
            following = piece[i:].lstrip("\u200c\u200d")[:1]
            if (
                c.isalnum()
                or (word and unicodedata.category(c)[0] == "M")
                or (word and c in "\u200c\u200d" and following.isalnum())
            ):
                word += c
            else:
                found += [word] if word else []
                word = ""
        found += [word] if word else []
    return found


LETTERS = "aZé\u0301\u0308İßΣςक\u093f\u094dไ\u0e31한字٣²_-'.,!\u200c\u200d\u2028\u00a0❤\ufe0f \n\t"


@settings(deadline=None)
@given(st.text(LETTERS, min_size=1, max_size=40), st.booleans())
def test_word_pattern_against_the_plain_rule(text: str, lower: bool) -> None:
    sentences = [words_of_pattern(line, lower) for line in text.split("\n")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        path.write_text(text, encoding="utf-8", newline="\n")
        if not any(sentences):
            with pytest.raises(ValueError, match=NOTHING_LEFT):
                Corpus.read(path, min_count=1, tokens="words", lower=lower)
            return
        corpus = Corpus.read(path, min_count=1, tokens="words", lower=lower, workers=1)
    assert_holds(corpus, sentences)


@settings(deadline=None)
@given(hostile_texts, st.sampled_from([1, 2, 7]), st.integers(1, 30), st.integers(1, 3))
def test_word_pattern_any_cut(text: str, workers: int, part: int, min_count: int) -> None:
    """Pieces of text that make several words, or none, at every kind of edge."""
    text = text.removeprefix("\ufeff").replace("b", "b,a.").replace("x", "-") + " end-end-end"
    sentences = [words_of_pattern(line, lower=False) for line in re.split("\r\n|\r|\n", text)]
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(chunks, "RANGE_BYTES", part)
        path = Path(folder) / "text"
        path.write_bytes(text.encode())
        corpus = Corpus.read(path, min_count=min_count, tokens="words", workers=workers)
    assert_holds(corpus, sentences, min_count)


def test_lower_case_joins_counts() -> None:
    assert read("The THE the ΟΔΟΣ cat", min_count=1, lower=True) == {"the": 3, "οδος": 1, "cat": 1}


@pytest.mark.parametrize("kind", ["lists", "a generator", "mappings", "JSON lines", "a long table"])
def test_words_of_lists_are_cut_if_that_is_asked_for(tmp_path: Path, kind: str) -> None:
    lists = [["It's", "New York"], ["it's"]]
    (tmp_path / "lists").write_text("".join(json.dumps({"t": t}) + "\n" for t in lists))
    items = [{"t": word, "g": i} for i, words in enumerate(lists) for word in words]
    (tmp_path / "items").write_text("".join(json.dumps(item) + "\n" for item in items))

    def words(**more: Any) -> list[str]:
        sources: dict[str, tuple[Any, dict[str, Any]]] = {
            "lists": (lists, {}),
            "a generator": ((words for words in lists), {}),
            "mappings": ([{"t": words} for words in lists], {"column": "t"}),
            "JSON lines": (tmp_path / "lists", {"column": "t"}),
            "a long table": (tmp_path / "items", {"column": "t", "group": "g"}),
        }
        source, options = sources[kind]
        with Corpus.read(source, min_count=1, sorted_vocab=0, **options, **more) as corpus:
            return list(corpus.vocabulary.words)

    assert words() == ["It's", "New York", "it's"]
    assert words(lower=True) == ["it's", "new york"]
    assert words(tokens="words") == ["It", "s", "New", "York", "it"]
