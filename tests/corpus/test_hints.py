"""What is said of a text after reading, and that nothing is said of text that is fine."""

from __future__ import annotations

import contextlib
import functools
import itertools
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastvec import Corpus, Phrases, Word2Vec
from fastvec.corpus.hints import ENDLESS_LINE, ENOUGH, ENOUGH_PHRASES, SHOWN, is_garbled
from fastvec.corpus.vocabulary import NoWordsError

Lines = list[list[str]]


@functools.cache
def language(alphabet: str = "etaoinsr", seed: int = 1) -> list[list[str]]:
    """Sentences of something like a language: frequent words are short, few words follow each."""
    draw = random.Random(seed)
    shapes = (
        "".join(letters)
        for length in (1, 2, 3, 4)
        for letters in itertools.product(alphabet, repeat=length)
    )
    words = list(itertools.islice(shapes, 300))
    words += [word + draw.choice(words) + alphabet * 1 for word in words[:300:3]]
    following = [
        draw.choices(range(len(words)), weights=range(len(words), 0, -1), k=9) for _ in words
    ]
    sentences = []
    at = 0
    for _ in range(1_500):
        sentences.append([])
        at = draw.randrange(len(words))  # a sentence says nothing of the next one
        for _ in range(draw.randint(6, 25)):
            sentences[-1].append(words[at])
            at = draw.choice(following[at])
    return sentences


def messages_of(
    caplog: pytest.LogCaptureFixture, path: Path, text: Iterable[Iterable[str]], **options: object
) -> list[str]:
    """What is logged when a text is read."""
    path.write_text("\n".join(map(" ".join, text)), "utf-8")
    caplog.clear()
    Corpus.read(path, **{"min_count": 1, **options})  # type: ignore[arg-type]
    assert {record.name for record in caplog.records} <= {"fastvec"}
    return list(caplog.messages)


def every(n: int, change: Callable[[str], str], lines: Lines) -> Lines:
    """The lines with every n-th word changed."""
    count = itertools.count()
    return [[change(word) if next(count) % n == 0 else word for word in line] for line in lines]


def wrapped(lines: Lines, width: int) -> Lines:
    """The text in lines of so many words."""
    words = list(itertools.chain.from_iterable(lines))
    return [words[i : i + width] for i in range(0, len(words), width)]


def capital_first(lines: Lines) -> Lines:
    return [[line[0].capitalize(), *line[1:]] for line in lines]


def garbled(word: str) -> str:
    return ("ä" + word).encode().decode("cp1252")


TEXT = language()
THAI = language("กขคงจฉชซ")
CHINESE = language("我们在北京学习")
KANA = language("ひらがなのもじ")
SHORT = [line[:7] for line in TEXT]

UPPER = [[word.upper() for word in line] for line in TEXT]
SECOND_TWICE = [copy for i, line in enumerate(TEXT) for copy in [line] * (1 + i % 2)]
FIVE_WORDS = (
    "lines have 5.0 words on average and the text runs on across them, but windows end there: try "
    "lines=False"
)
UNSPACED = (
    " % of the words are whole phrases, since {} has no spaces between words: cut the text into "
    "words first, by a program such as "
)


def unspaced(lines: Lines) -> Lines:
    return [["".join(line)] for line in lines]


def comma(word: str) -> str:
    return word + ","


def address(word: str) -> str:
    return "https://t.co/" + word


def timed(i: int, arrow: str) -> list[str]:
    return [f"0{i // 3600}:{i // 60 % 60:02}:{i % 60:02},500", arrow, f"00:{i % 60:02}"]


def tagged(lines: Lines) -> Lines:
    """A word on each line, with tags, and an empty line after each sentence."""
    draw = random.Random(1)
    tags = ["NOUN", "VERB", "DET"]
    rows = ([[word, word, draw.choice(tags), "_"] for word in line] + [[]] for line in lines)
    return list(itertools.chain.from_iterable(rows))


#: what deserves a hint, how the hint begins, and beside it what just does not
DESERVED: dict[str, tuple[Lines, str, Lines]] = {
    "punctuation": (
        every(14, comma, TEXT),
        "7 % of the words end in punctuation, such as ",
        every(30, comma, TEXT),
    ),
    "printed lists": (
        every(14, lambda word: f"'{word}',", TEXT),
        "7 % of the words end in punctuation, such as ",
        every(14, lambda word: f"'{word}'", TEXT),
    ),
    "markup": (
        every(50, lambda word: word + "<br/>", TEXT),
        "2 % of the words are markup or times, such as ",
        every(50, lambda word: f"<{word}x>", TEXT),
    ),
    "subtitles": (
        [line for i, text in enumerate(SHORT) for line in (timed(i, "-->"), text, [])],
        "19 % of the words are markup or times, such as '-->': remove it first",
        SHORT,
    ),
    "log": (
        [[f"[2026-01-01T10:00:{i % 60:02}.{i:03}]", *line] for i, line in enumerate(TEXT)],
        "6 % of the words are markup or times, such as '[2026-01-01T10:00:",
        [["2026-01-01", "10:30", *line] for line in TEXT],
    ),
    "LaTeX": (
        [["\\emph{" + line[0] + "}", *line[1:]] for line in TEXT],
        "7 % of the words are markup or times, such as '\\\\emph{",
        [["\\", *line] for line in TEXT],
    ),
    "escaped letters": (
        every(60, lambda word: f"{word}\\u00e9", TEXT),
        "2 % of the words are markup or times, such as ",
        every(60, lambda word: f"{word}\\u", TEXT),
    ),
    "control characters": (
        every(60, lambda word: f"{word}\0", TEXT),
        "2 % of the words have control characters, such as ",
        every(60, lambda word: f"{word}\\0", TEXT),
    ),
    "CoNLL": (
        tagged(TEXT),
        "most lines have 4 columns, as in CoNLL, and tags become neighbours of words: take out ",
        [line for text in TEXT for line in (text, [])],
    ),
    "CoNLL-U": (
        [row for text in TEXT for row in (["#", "text", "=", *text], *tagged([text]))],
        "most lines have 4 columns, as in CoNLL",
        [row for row in tagged(TEXT) if row],
    ),
    "addresses": (
        every(10, address, TEXT),
        "10 % of the words are addresses, such as 'https://t.co/",
        every(30, address, TEXT),
    ),
    "decimals": (
        every(3, lambda word: f"0.{len(word)}", TEXT),
        "33 % of the words are decimal numbers, such as '0.",
        every(3, lambda word: f"{len(word)}", TEXT),
    ),
    "garbled": (
        every(60, garbled, TEXT),
        "2 % of the words are UTF-8 that was read in a wrong encoding, such as 'Ã¤",
        every(60, lambda word: f"Ã{word}¤", TEXT),
    ),
    "lost": (
        every(60, lambda word: "\ufffd" + word, TEXT),
        "2 % of the words have lost characters, such as '\ufffd",
        every(9_000, lambda word: "\ufffd" + word, TEXT),
    ),
    "upper case": (
        UPPER,
        "100 % of the words are in upper case: try lower=True",
        every(5, str.lower, UPPER),
    ),
    "capitals": (
        capital_first(SHORT),
        "12 % of the words are a more frequent one with a capital, such as ",
        capital_first(TEXT),
    ),
    "short lines": (wrapped(TEXT, 5), FIVE_WORDS, SHORT),
    "wrapped lines": (
        wrapped(TEXT, 12),
        "lines have 12.0 words on average and the text runs on",
        [line[:12] for line in TEXT],
    ),
    "a word in each line": (
        wrapped(TEXT, 1),
        "nearly every line is a single word, such as ",
        wrapped(SHORT, 40),
    ),
    "every second line twice": (
        SECOND_TWICE,
        "33 % of the sentences repeat others: is the same text there twice?",
        [*TEXT, *TEXT[::9]],
    ),
    "all lines twice": (TEXT + TEXT, "50 % of the sentences repeat others", TEXT),
    "Chinese": (unspaced(CHINESE), UNSPACED.format("Chinese") + "jieba", CHINESE),
    "Japanese": (unspaced(KANA), UNSPACED.format("Japanese") + "fugashi", KANA),
    "Thai": (unspaced(THAI), UNSPACED.format("Thai") + "pythainlp", THAI),
}


@pytest.mark.parametrize("kind", DESERVED)
def test_a_text_that_deserves_a_hint(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines, hint, _ = DESERVED[kind]
    [message] = messages_of(caplog, tmp_path / "t", lines)
    assert message.startswith(hint) or (hint[0] == " " and hint in message)


@pytest.mark.parametrize("kind", DESERVED)
def test_a_text_that_just_does_not(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    *_, lines = DESERVED[kind]
    assert messages_of(caplog, tmp_path / "t", lines) == []


@pytest.mark.parametrize("kind", DESERVED)
def test_a_text_that_is_small_gets_no_hint(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = itertools.chain.from_iterable(DESERVED[kind][0])
    enough = ENOUGH_PHRASES if kind in ("Chinese", "Japanese", "Thai") else ENOUGH
    few = list(itertools.islice(words, enough - 1))
    assert messages_of(caplog, tmp_path / "t", wrapped([few], 9)) == []


@pytest.mark.parametrize("lines", [TEXT, THAI, CHINESE, KANA])
@pytest.mark.parametrize("options", [{}, {"lower": True}, {"tokens": "words"}, {"lines": False}])
def test_text_that_is_fine_gets_no_hint(
    lines: Lines, options: dict[str, object], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert messages_of(caplog, tmp_path / "t", lines, **options) == []


def sessions() -> Iterable[list[str]]:
    draw = np.random.default_rng(1)
    return [list(map(str, draw.zipf(1.3, draw.integers(1, 6)))) for _ in range(6_000)]


def walks() -> Iterable[list[str]]:
    """Walks on a graph, whose nodes have names in capitals and of one length."""
    draw = random.Random(1)
    names = ["".join(letters) for letters in itertools.product("ACGT", repeat=5)]
    near = [draw.sample(range(len(names)), 3) for _ in names]
    for start in [*range(len(names))] * 2:
        at = start
        walk = []
        for _ in range(8):
            walk.append(names[at])
            at = draw.choice(near[at])
        yield walk


def moves() -> Iterable[list[str]]:
    return [[f"{i // 2}." if i % 2 else f"Nf{i % 7}+" for i in range(40)] for _ in range(300)]


def baskets() -> Iterable[list[str]]:
    goods = "milk yogurt soda rolls water sausage pastry citrus butter beer eggs cheese".split()  # noqa: SIM905
    draw = random.Random(1)
    return [sorted(draw.sample(goods, draw.randint(1, 4))) for _ in range(5_000)]


@pytest.mark.parametrize("make", [sessions, walks, moves, baskets])
@pytest.mark.parametrize("min_count", [1, 20])
def test_ids_are_never_blamed(
    make: Callable[[], Iterable[list[str]]],
    min_count: int,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert messages_of(caplog, tmp_path / "t", make(), min_count=min_count) == []
    Corpus.read(list(make()), min_count=min_count)
    assert caplog.messages == []


def test_integers_are_never_blamed(caplog: pytest.LogCaptureFixture) -> None:
    draw = np.random.default_rng(1)
    Corpus.read(draw.integers(0, 90_000, (9_000, 2)), min_count=1)
    Corpus.read([[int(word)] * 2 for word in draw.zipf(1.3, 9_000)])
    assert caplog.messages == []


def test_lines_of_single_words_are_joined_unless_they_are_ids(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    [message] = messages_of(caplog, tmp_path / "t", wrapped(TEXT, 1))
    assert message.endswith(", without neighbours: try lines=False")
    [message] = messages_of(caplog, tmp_path / "t", [["1,22,3"], ["7,8,9"]] * 3_000)
    assert message.startswith("nearly every line is a single word, such as '1,22,3', without nei")
    assert "lines=" not in message


def test_scripts_that_are_mixed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No script has much of the text."""
    phrases = ["\u0e01" * 16, "\u1000" * 16, "\u3042" * 8, "\u4e00" * 8, "\u3005" * 8]
    lines = [["word"] * 9, *([phrase] for phrase in phrases)] * 300
    [message] = messages_of(caplog, tmp_path / "t", lines)
    assert "since Chinese has no spaces" in message


HOSTILE = st.text(max_size=9) | st.sampled_from(["\x1b[2J", "\ufffd", "Ã¤", "1.5", "a,", "\u3005"])


@given(st.lists(st.lists(HOSTILE, max_size=9), min_size=1, max_size=9), st.booleans())
def test_any_text_can_be_looked_at(sentences: Lines, lower: bool) -> None:
    times = 1 + ENOUGH // max(sum(map(len, sentences)), 1)
    with contextlib.suppress(NoWordsError):
        corpus = Corpus.read(sentences * times, min_count=1, lower=lower)
        assert all(hint.isprintable() for hint in corpus.examine().hints)


def test_a_single_long_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    words = (language()[i % 1_500] for i in itertools.count())
    line = list(itertools.islice(itertools.chain.from_iterable(words), ENDLESS_LINE))
    found = messages_of(caplog, tmp_path / "t", [line])
    assert found == [
        "the text has no line breaks for 1.0 million words: put one where a document ends, since "
        "windows end there"
    ]
    assert messages_of(caplog, tmp_path / "t", [line], lines=False) == []
    assert messages_of(caplog, tmp_path / "t", [line[:-1]]) == []


def test_words_that_are_mostly_rare(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert messages_of(caplog, tmp_path / "t", TEXT, min_count=50) == []
    [message] = messages_of(caplog, tmp_path / "t", TEXT, min_count=150)
    assert message.startswith("most words are rare: min_count=150 keeps only ")
    assert message.endswith(" % of the text")


def test_lists_of_words_have_no_lines(caplog: pytest.LogCaptureFixture) -> None:
    """What ends a window there is not a newline, and lines=False would not help."""
    Corpus.read(wrapped(TEXT, 5), min_count=1)
    assert caplog.messages == []
    Corpus.read(every(14, lambda word: word + ",", TEXT), min_count=1)
    assert caplog.messages[0].endswith("try tokens='words'")


def test_the_advice_helps(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shouted = [[word.upper() + "," for word in line] for line in wrapped(TEXT, 5)]
    assert len(messages_of(caplog, tmp_path / "t", shouted)) == SHOWN == 2
    advice = {"tokens": "words", "lower": True, "lines": False}
    assert messages_of(caplog, tmp_path / "t", shouted, **advice) == []


def test_phrases_of_many_texts_are_remarked_on_once(caplog: pytest.LogCaptureFixture) -> None:
    phrases = Phrases(every(14, comma, TEXT))
    phrases.add_vocab(every(14, comma, TEXT))
    assert len(caplog.messages) == 1


def test_hints_come_once_and_not_without_progress(caplog: pytest.LogCaptureFixture) -> None:
    lines = every(14, lambda word: word + ",", TEXT)
    model = Word2Vec(lines, vector_size=4, epochs=9)
    assert len(caplog.messages) == 1
    model.train(list(lines), epochs=1, start_alpha=1e-5, end_alpha=0)
    Word2Vec(Corpus.read(lines, progress=False), vector_size=4, epochs=9, progress=False)
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(
    "word", ["müller", "straße", "été", "Ã", "Âge", "привет", "한국", "x", "ø¤"]
)
def test_words_that_are_not_garbled(word: str) -> None:
    assert is_garbled(word) is None


@pytest.mark.parametrize(
    ("word", "encoding"),
    [("müller", "cp1252"), ("don’t", "cp1252"), ("привет", "latin-1"), ("한국", "latin-1")],
)
def test_words_that_are(word: str, encoding: str) -> None:
    assert is_garbled(word.encode().decode(encoding)) == word
