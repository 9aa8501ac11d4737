"""What is typed into the page: sums such as ``king - man + woman``, and lists of words."""

from __future__ import annotations

import re
from collections.abc import Container

MOST_TYPED = 5000  # characters

SIGNS = {"+": 1.0, "-": -1.0, "\N{MINUS SIGN}": -1.0}
QUOTED = r'"(?:[^"\\]|\\.)*"'
#: a sign, if there is one, and a word, which ends before a space and the next sign.  Repetitions of
#: spaces are possessive (++, *+): they try no shorter match, so that a text of spaces takes no
#: minutes.  Those of groups are not: before Python 3.11.5 they match too much.
TERM = re.compile(
    rf"\s*+([-+−]?)\s*+({QUOTED}(?=\s++[-+−]|\s*+$)|\S++(?:\s++(?![-+−])\S++)*)", re.DOTALL
)
BETWEEN_COMMAS = re.compile(rf"({QUOTED}(?=\s*+(?:,|$))|[^,\s]++(?:\s++[^,\s]++)*)", re.DOTALL)
BETWEEN_SPACES = re.compile(rf"({QUOTED}(?=\s|$)|\S+)")


def parse_sum(text: str, words: Container[str]) -> list[tuple[str, float]]:
    """The words of a sum, each with its weight, 1 or -1.

    A text that is a word as a whole is this word.  Signs stand after a space, so that
    ``vice-president`` is one word; words may have spaces.  What has signs in it stands in quotes,
    in which a backslash comes before a quote or a backslash.

    ValueError for a sign without a word, for no word at all, and for more than 5,000 characters.

    >>> parse_sum('king - man + "rock + roll"', {"king", "man"})
    [('king', 1.0), ('man', -1.0), ('rock + roll', 1.0)]
    """
    text = text.strip()
    if text in words:
        return [(text, 1.0)]
    check_length(text)
    terms = TERM.findall(text)
    for _, word in terms:
        if re.match(r"[-+−](\s|$)", word):
            raise ValueError(f"there is no word beside {word[0]}")
    if not terms:
        raise ValueError("type a word, or a sum such as king - man + woman")
    return [(unquoted(word), SIGNS.get(sign, 1.0)) for sign, word in terms]


def parse_words(text: str, words: Container[str]) -> list[str]:
    """A list of words, each once: separated by commas, or by spaces where there is no comma.

    A text that is a word as a whole is this word.  A word in quotes may have spaces and commas.
    ValueError for an empty list, and for more than 5,000 characters.

    >>> parse_words("paris, new york", ()), parse_words('paris "new york" paris', ())
    (['paris', 'new york'], ['paris', 'new york'])
    """
    text = text.strip()
    if text in words:
        return [text]
    check_length(text)
    commas = "," in re.sub(QUOTED, "", text)
    found = (BETWEEN_COMMAS if commas else BETWEEN_SPACES).findall(text)
    if not found:
        raise ValueError("type some words, with commas between them")
    return list(dict.fromkeys(map(unquoted, found)))


def check_length(text: str) -> None:
    """ValueError for a text that nobody types.

    >>> check_length("king - man")
    """
    if len(text) > MOST_TYPED:
        raise ValueError(f"type at most {MOST_TYPED:,} characters, not {len(text):,}")


def unquoted(word: str) -> str:
    """A word as it is, or what is between its quotes.

    >>> unquoted('"new york"'), unquoted('"'), unquoted(r'"a \\"b\\""')
    ('new york', '"', 'a "b"')
    """
    if re.fullmatch(QUOTED, word, re.DOTALL):
        return re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL)
    return word
