"""Completion, compared with the plainest way to do it."""

from explorers import ODD_WORDS
from hypothesis import given
from hypothesis import strategies as st

from fastvec.explore.completion import Completion
from fastvec.words import Words

WORDS = [
    "the",
    "Then",
    "THE",
    "straße",
    "STRASSE",
    "strasbourg",
    "İstanbul",
    "ὈΔΥΣΣΕΎΣ",
    *ODD_WORDS,
]


def test_case_does_not_matter_and_frequent_words_come_first() -> None:
    complete = Completion(Words.of(WORDS))
    assert complete("the") == ["the", "Then", "THE"]
    assert complete("THE", 2) == ["the", "Then"]
    assert complete("strass") == ["straße", "STRASSE", "Straße"]
    assert complete("ὀδυσσεύς") == ["ὈΔΥΣΣΕΎΣ"]
    assert complete("😀") == ["😀"]
    assert complete("מ") == complete("") == complete("e") == []


@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=4), unique=True, max_size=30),
    st.text(max_size=2) | st.sampled_from(["s", "t", "-", "<", "a"]),
    st.integers(1, 9),
)
def test_any_words(words: list[str], text: str, most: int) -> None:
    expected = [word for word in words if text and word.casefold().startswith(text.casefold())]
    assert Completion(Words.of(words))(text, most) == expected[:most]
