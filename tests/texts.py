"""Texts for tests, and the plain reference of how they are read."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import strategies as st

from fastvec.corpus.corpus import Corpus

Sentences = list[list[str]]
NOTHING_LEFT = r"is empty|no word is left"


def sentences_of(data: bytes, join_lines: bool = False) -> Sentences:
    """The plain reference: what the words of a file are."""
    text = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode()
    lines = [text] if join_lines else text.split("\n")
    return [[word for word in re.split(r"[ \t\n]", line) if word] for line in lines]


def expected(sentences: Sentences, min_count: int = 1) -> tuple[Counter[str], Sentences]:
    """Counts in the vocabulary's order (Counter keeps first appearance) and the kept sentences."""
    counts = Counter(itertools.chain.from_iterable(sentences))
    kept = Counter({w: n for w, n in counts.most_common() if n >= min_count})
    left = [[word for word in sentence if word in kept] for sentence in sentences]
    return kept, [sentence for sentence in left if sentence]


def decoded(corpus: Corpus) -> Sentences:
    words = list(corpus.vocabulary.words)
    ids = corpus.tokens.tolist()
    return [
        [words[i] for i in ids[start:stop]]
        for start, stop in itertools.pairwise(corpus.offsets.tolist())
    ]


def assert_holds(corpus: Corpus, sentences: Sentences, min_count: int = 1) -> None:
    counts, kept = expected(sentences, min_count)
    assert list(corpus.vocabulary.words) == list(counts)
    assert corpus.vocabulary.counts.tolist() == list(counts.values())
    assert decoded(corpus) == kept
    assert corpus.raw_words == sum(map(len, sentences))


def counts_of(corpus: Corpus) -> dict[str, int]:
    vocabulary = corpus.vocabulary
    return dict(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True))


HOSTILE = [
    "a",
    "b",
    "ab",
    "é",
    "한",
    "𝄞",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\0",
    "\x0b",
]
HOSTILE += ["\u2028", "\ufeff", "\u00a0", "\x85", "aaaaaaaa", "aaaaaaaa\0", "aaaaaaa\0", "a\0"]
HOSTILE += [" a ", " a\0 ", " aaaaaaaa ", " aaaaaaaa\0 ", " aaaaaaa\0 "]  # alike but for a NUL
HOSTILE += ["abcdefghi", "abcdefgh" * 3, "x" * 70, " " * 64, "\n" * 65]
hostile_texts = st.lists(st.sampled_from(HOSTILE), max_size=60).map(lambda parts: "".join(parts))
BROKEN = [b"\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xf4\x90", b"\xc0\xaf"]
BROKEN += [b"\xfe", b"a", b" ", b"\n", "é한𝄞".encode(), b"z" * 40]
hostile_bytes = st.lists(
    st.sampled_from([*BROKEN, *(text.encode() for text in HOSTILE)]) | st.binary(max_size=9),
    max_size=60,
).map(b"".join)


def read(text: str, **options: object) -> dict[str, int]:
    sentences = [line.split() for line in text.split("\n")]
    return counts_of(Corpus.read(sentences, **options))  # type: ignore[arg-type]


def words(source: object, **options: object) -> list[str]:
    return list(Corpus.read(source, min_count=1, **options).vocabulary.words)  # type: ignore[arg-type]


TEXTS = ["to be or not", None, "to be\nthat is", "", "the question"]
TEXT_WORDS = [["to", "be", "or", "not"], ["to", "be"], ["that", "is"], ["the", "question"]]
LISTS = [["to", "be"], [], None, ["new york", "be", "é"]]
LIST_WORDS = [["to", "be"], ["new york", "be", "é"]]
NUMBERS = [[3, -1], [], [3, 1 << 40]]
NUMBER_WORDS = [["3", "-1"], ["3", str(1 << 40)]]


def sentences(source: object, **options: Any) -> list[list[str]]:
    corpus = Corpus.read(source, min_count=1, **options)
    names = list(corpus.vocabulary.words)
    starts = corpus.offsets.tolist()
    return [
        [names[i] for i in corpus.tokens[start:stop]] for start, stop in itertools.pairwise(starts)
    ]


def a_table() -> Any:
    arrow = pytest.importorskip("pyarrow")
    return arrow.table(
        {"text": TEXTS, "words": [*LISTS, None], "items": [*NUMBERS, None, None], "n": range(5)}
    )


COLUMNS = {"text": TEXT_WORDS, "words": LIST_WORDS, "items": NUMBER_WORDS}


def shout(text: str) -> list[str]:
    return text.upper().split(",")


RULES = ["\ufeffto,\tbe\r\n\nor", "", "\ufeffit\n", "is"]
SHOUTED = [["TO", "\tBE"], [""], ["OR"], ["IT"], ["IS"]]
SHOUTED_WHOLE = [["TO", "\tBE  OR"], ["IT "], ["IS"]]

#: the text in gensim's documentation
GENSIMS_TEXT = [
    line.split()
    for line in (
        "human interface computer",
        "survey user computer system response time",
        "eps user interface system",
        "system human system eps",
        "user response time",
        "trees",
        "graph trees",
        "graph minors trees",
        "graph minors survey",
    )
]
