"""Sums and lists of words, as they are typed."""

import time
from collections.abc import Callable

import pytest
from explorers import ODD_WORDS
from hypothesis import given
from hypothesis import strategies as st

from fastvec.explore.expressions import parse_sum, parse_words, unquoted

WORDS = {"new york", "-lrb-", "rock + roll", "-", "+", "a, b"}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("king", "+king"),
        ("  king ", "+king"),
        ("king - man + woman", "+king -man +woman"),
        ("king -man +woman", "+king -man +woman"),
        ("king − man", "+king -man"),
        ("- man", "-man"),
        ("vice-president", "+vice-president"),
        ("c++ - c", "+c++ -c"),
        ('"c" + "c"', "+c +c"),
    ],
)
def test_sums(text: str, terms: str) -> None:
    assert parse_sum(text, WORDS) == [(term[1:], float(term[0] + "1")) for term in terms.split()]


@pytest.mark.parametrize("text", sorted(WORDS))
def test_a_text_that_is_a_word_is_this_word(text: str) -> None:
    assert parse_sum(text, WORDS) == [(text, 1.0)]
    assert parse_words(text, WORDS) == [text]


def test_words_with_spaces_and_signs() -> None:
    assert parse_sum("new york - usa + old town", WORDS) == [
        ("new york", 1.0), ("usa", -1.0), ("old town", 1.0)
    ]  # fmt: skip
    assert parse_sum('"rock + roll" - "-" + "-lrb-"', WORDS) == [
        ("rock + roll", 1.0), ("-", -1.0), ("-lrb-", 1.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "type a word"), ("  ", "type a word"), ("king -", "no word beside -"),
     ("king + - man", "no word beside -"), ("king −", "no word beside −")],
)  # fmt: skip
def test_sums_without_a_word(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_sum(text, set())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b  c", ["a", "b", "c"]),
        ("a, b,c", ["a", "b", "c"]),
        (" new york ,,paris, ", ["new york", "paris"]),
        ('a "new york" b', ["a", "new york", "b"]),
        ('"a,b" c', ["a,b", "c"]),
        ('"a,b", c d', ["a,b", "c d"]),
        ("a b a", ["a", "b"]),
        ("مرحبا, שלום", ["مرحبا", "שלום"]),
    ],
)
def test_lists(text: str, words: list[str]) -> None:
    assert parse_words(text, WORDS) == words


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_lists_without_a_word(text: str) -> None:
    with pytest.raises(ValueError, match="type some words"):
        parse_words(text, WORDS)


@pytest.mark.parametrize("parse", [parse_sum, parse_words])
@pytest.mark.parametrize(
    "text",
    ["a" + " " * 4998 + "b", "a," + " " * 4996 + ",b", '"' * 5000, '"a\\' * 1666, "-" + " " * 4999],
)
def test_texts_that_a_pattern_could_try_in_many_ways(
    parse: Callable[[str, set[str]], object], text: str
) -> None:
    start = time.process_time()
    try:
        parse(text, set())
    except ValueError as error:
        assert "no word beside" in str(error)
    assert time.process_time() - start < 5  # it took minutes, or days


@pytest.mark.parametrize("parse", [parse_sum, parse_words])
def test_a_text_that_nobody_types(parse: Callable[[str, set[str]], list[object]]) -> None:
    long = "l" * 10_000
    assert len(parse(long, {long})) == 1  # a click on a word
    with pytest.raises(ValueError, match="at most 5,000 characters, not 10,000"):
        parse(long, set())


def quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(
    st.lists(st.sampled_from(ODD_WORDS) | st.text(min_size=1), min_size=2, max_size=5, unique=True)
)
def test_any_words_in_quotes(words: list[str]) -> None:
    assert unquoted(quoted(words[0])) == words[0]
    typed = [quoted(word) for word in words]
    assert parse_sum(" - ".join(typed), ()) == [
        (word, -1.0 if i else 1.0) for i, word in enumerate(words)
    ]
    assert parse_words(", ".join(typed), ()) == words
    assert parse_words(" ".join(typed), ()) == words


@given(st.text())
def test_any_text_is_words_or_a_sentence(text: str) -> None:
    for parse in (parse_sum, parse_words):
        try:
            assert parse(text, ())
        except ValueError as error:
            assert str(error)
