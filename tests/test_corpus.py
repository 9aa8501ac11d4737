"""Reading: against a plain reference, for any bytes, any cut and any number of workers."""

from __future__ import annotations

import itertools
import lzma
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fastvec import pieces
from fastvec._core import Control, TextError, TextReader
from fastvec.corpus import Corpus
from fastvec.vocabulary import Vocabulary

Sentences = list[list[str]]
NOTHING_LEFT = r"is empty|no word is left"


def sentences_of(data: bytes, join_lines: bool = False) -> Sentences:
    """The plain reference: what the words of a file are."""
    text = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"").decode()
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
HOSTILE += ["abcdefghi", "abcdefgh" * 3, "x" * 70, " " * 64, "\n" * 65]
hostile_texts = st.lists(st.sampled_from(HOSTILE), max_size=60).map(lambda parts: "".join(parts))


@settings(deadline=None, max_examples=150)
@given(hostile_texts, st.integers(1, 70), st.sampled_from([1, 2, 7]), st.integers(1, 3))
@example("one\ntwo", 3, 2, 1)
@example("x" * 70 + " y", 5, 7, 1)
@example("\ufeffa a", 1, 2, 1)
def test_any_text_any_cut_any_workers(text: str, part: int, workers: int, min_count: int) -> None:
    data = text.encode()
    sentences = sentences_of(data)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(pieces, "PART_BYTES", part)
        path = Path(folder) / "text"
        path.write_bytes(data)
        if not expected(sentences, min_count)[0]:
            with pytest.raises(ValueError, match=NOTHING_LEFT):
                Corpus.read(path, min_count=min_count, workers=workers)
            return
        corpus = Corpus.read(path, min_count=min_count, workers=workers)
    assert_holds(corpus, sentences, min_count)
    without_last = sentences[:-1] if data.endswith(b"\n") else sentences
    assert corpus.raw_sentences == len(without_last)


@settings(deadline=None, max_examples=200)
@given(hostile_texts, st.integers(1, 9), st.integers(1, 40), st.booleans())
def test_any_step_reads_the_same(text: str, step: int, part: int, join_lines: bool) -> None:
    """The reader's buffer may end anywhere: within a word, a character, a pair of CR LF."""
    data = text.encode()
    reader = TextReader(step=step, join_lines=join_lines)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        for start in range(0, len(data), part):
            stop = min(start + part, len(data))
            assert not reader.part(file.fileno(), start, stop, len(data), Control(1), 0)
    reader.flush()
    joined, offsets, counts = (
        np.frombuffer(x, t) for x, t in zip(reader.words(), "Bqq", strict=True)
    )
    found = {
        joined[a:b].tobytes().decode(): n
        for (a, b), n in zip(itertools.pairwise(offsets.tolist()), counts.tolist(), strict=True)
    }
    assert found == Counter(itertools.chain.from_iterable(sentences_of(data, join_lines)))


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=8), min_size=1), st.integers(1, 3))
def test_sentences_of_any_words(sentences: Sentences, min_count: int) -> None:
    encodable = [
        [word.encode(errors="replace").decode() for word in sentence] for sentence in sentences
    ]
    if not expected(encodable, min_count)[0]:
        with pytest.raises(ValueError, match=NOTHING_LEFT):
            Corpus.read(iter(encodable), min_count=min_count)
        return
    corpus = Corpus.read(iter(encodable), min_count=min_count)  # a one-shot iterator
    assert_holds(corpus, encodable, min_count)
    assert corpus.raw_sentences == len(encodable)


def test_words_that_are_no_strings_become_strings() -> None:
    corpus = Corpus.read([[7, "7", b"7"], (3.5, np.int64(7))], min_count=1)
    assert counts_of(corpus) == {"7": 4, "3.5": 1}


def test_a_lone_surrogate_is_named() -> None:
    with pytest.raises(ValueError, match=r"word 'a\\ud800' is not valid Unicode"):
        Corpus.read([["a\ud800"]], min_count=1)


@pytest.mark.parametrize("name", ["enwiki-100mb", "de-16mb", "ko-8mb"])
def test_real_text(name: str, tmp_path: Path) -> None:
    folder = os.environ.get("FASTVEC_DATA")
    if folder is None:
        pytest.skip("FASTVEC_DATA is not set")
    with lzma.open(Path(folder, f"{name}.txt.xz")) as file:
        data = file.read(12_000_000)
    path = tmp_path / "text"
    path.write_bytes(data)
    sentences = [line.split(b" ") for line in data.split(b"\n")]
    counts = Counter(itertools.chain.from_iterable(sentences))
    del counts[b""]
    ranked = [(word.decode(), n) for word, n in counts.most_common() if n >= 5]
    for workers in (1, 2, 7):
        corpus = Corpus.read(path, workers=workers)
        vocabulary = corpus.vocabulary
        assert list(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True)) == ranked
        assert corpus.raw_words == counts.total()
        assert np.array_equal(np.bincount(corpus.tokens), vocabulary.counts)
    assert [[word for word in s if counts[word.encode()] >= 5] for s in decoded(corpus)][:500] == [
        kept
        for s in sentences[:600]
        if (kept := [word.decode() for word in s if counts[word] >= 5])
    ][:500]


# --- which words are kept


def read(text: str, **options: object) -> dict[str, int]:
    sentences = [line.split() for line in text.split("\n")]
    return counts_of(Corpus.read(sentences, **options))  # type: ignore[arg-type]


def test_ties_stand_by_first_appearance() -> None:
    assert list(read("d c b a a b c d e", min_count=1)) == ["d", "c", "b", "a", "e"]
    assert list(read("d c b b", min_count=1, sorted_vocab=False)) == ["d", "c", "b"]


def test_max_final_vocab_drops_all_words_as_rare_as_the_first_too_many() -> None:
    text = "a a a b b c c d"
    assert read(text, min_count=1, max_final_vocab=4) == {"a": 3, "b": 2, "c": 2, "d": 1}
    assert read(text, min_count=1, max_final_vocab=3) == {"a": 3, "b": 2, "c": 2}
    assert read(text, min_count=1, max_final_vocab=2) == {"a": 3}


def test_max_vocab_size_prunes_as_gensim_does() -> None:
    """After each sentence that leaves too many words, those seen less often than words were
    dropped before; counts begin anew.  (gensim 4.4 gives the same.)"""
    text = "a b\na c\nd e\na\nf g a\nb"
    corpus = Corpus.read([line.split() for line in text.split("\n")], min_count=1, max_vocab_size=3)
    assert counts_of(corpus) == {"a": 4}
    assert decoded(corpus) == [["a"], ["a"], ["a"], ["a"]]


def plain_prune(sentences: Sentences, limit: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    least = 1
    for sentence in sentences:
        for word in sentence:
            counts[word] = counts.get(word, 0) + 1
        if len(counts) > limit:
            counts = {word: n for word, n in counts.items() if n >= least}
            least += 1
    return counts


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abcdefghij"), max_size=6), min_size=1, max_size=40),
    st.integers(1, 8),
)
def test_max_vocab_size_against_the_plain_rule(sentences: Sentences, limit: int) -> None:
    counts = plain_prune(sentences, limit)
    text = "".join(" ".join(sentence) + "\n" for sentence in sentences)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        path.write_text(text)
        for source in (sentences, path):
            if not counts:
                with pytest.raises(ValueError, match=NOTHING_LEFT):
                    Corpus.read(source, min_count=1, max_vocab_size=limit)
                continue
            corpus = Corpus.read(source, min_count=1, max_vocab_size=limit)
            assert counts_of(corpus) == counts
            assert np.array_equal(np.bincount(corpus.tokens), corpus.vocabulary.counts)


def test_trim_rule() -> None:
    rule = {"rare": 2, "the": 1}
    kept = read("the the cat cat rare", min_count=2, trim_rule=lambda word, *_: rule.get(word, 0))
    assert kept == {"cat": 2, "rare": 1}
    with pytest.raises(ValueError, match=r"trim_rule must return 0 .* got 'keep'"):
        read("a", trim_rule=lambda *_: "keep")


def test_a_given_vocabulary_keeps_its_ids() -> None:
    vocabulary = Vocabulary.of({"zebra": 9, "cat": 7, "dog": 3})
    corpus = Corpus.read([["dog", "cow"], ["zebra"]], vocabulary=vocabulary)
    assert corpus.vocabulary is vocabulary
    assert corpus.tokens.tolist() == [2, 0]
    assert corpus.offsets.tolist() == [0, 1, 2]


# --- errors


def test_no_word_left(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"3 words were read, 2 of them different, .* min_count 5"):
        Corpus.read([["a", "b", "a"]])
    path = tmp_path / "empty"
    path.touch()
    with pytest.raises(ValueError, match="the corpus is empty: 0 words were read"):
        Corpus.read(path)
    with pytest.raises(ValueError, match="the corpus is empty: there was nothing to read"):
        Corpus.read([])


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_invalid_utf8_names_the_first_bad_byte(tmp_path: Path, workers: int) -> None:
    data = bytearray(b"word " * 2_000_000)
    data[7_654_321] = 0xFF
    data[9_000_000] = 0xFF
    path = tmp_path / "bad"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: byte 7654321 is not valid"):
        Corpus.read(path, workers=workers)


BROKEN = [b"\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xf4\x90", b"\xc0\xaf"]
BROKEN += [b"\xfe", b"a", b" ", b"\n", "é한𝄞".encode(), b"z" * 40]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(BROKEN), max_size=40))
def test_invalid_utf8_against_python(parts: list[bytes]) -> None:
    data = b"".join(parts)
    try:
        data.decode()
        position = -1
    except UnicodeDecodeError as error:
        position = error.start
    reader = TextReader()
    if position >= 0:
        with pytest.raises(TextError) as caught:
            reader.block(np.frombuffer(data, np.uint8), 100, True, Control(1), 0)
        assert caught.value.position == 100 + position
    else:
        reader.block(np.frombuffer(data, np.uint8), 100, True, Control(1), 0)
    reader = TextReader(replace=True)
    reader.block(np.frombuffer(data, np.uint8), 100, True, Control(1), 0)
    joined, offsets, _ = reader.words()
    ends = np.frombuffer(offsets, np.int64).tolist()
    words = {joined[a:b].decode() for a, b in itertools.pairwise(ends)}
    text = data.decode(errors="replace")
    assert words == {word for word in re.split(r"[ \t\n]", text) if word}


def test_a_list_of_strings_is_a_list_of_paths(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="strings are paths here; a sentence is a list"):
        Corpus.read(["the quick brown fox", "jumps"])
    with pytest.raises(TypeError, match="sentence 1 is a string, 'jumps': a sentence is a list"):
        Corpus.read([["the"], "jumps"])
    with pytest.raises(TypeError, match="an array or a table, got int"):
        Corpus.read(5)
    (tmp_path / "a").write_text("a b")
    (tmp_path / "b").write_text("c")
    corpus = Corpus.read([str(tmp_path / "a"), tmp_path / "b"], min_count=1)
    assert decoded(corpus) == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_count": -1}, "min_count must be at least 0, got -1"),
        ({"max_vocab_size": 0}, "max_vocab_size must be at least 1, got 0"),
        ({"workers": -1}, "workers must be at least 0, got -1"),
        ({"errors": "ignore"}, "errors must be strict or replace, got 'ignore'"),
    ],
)
def test_bad_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Corpus.read([["a"]], **options)  # type: ignore[arg-type]


def test_an_error_of_the_iterable_comes_through() -> None:
    def broken() -> Iterator[list[str]]:
        yield ["a"]
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        Corpus.read(broken())


# --- long words, long lines, small files


def test_a_long_line_and_a_long_word(tmp_path: Path) -> None:
    line, word = b"ab cd " * 1_700_000, b"x" * 10_000_000
    path = tmp_path / "long"
    path.write_bytes(line + word + b" end")
    for workers in (1, 3):
        corpus = Corpus.read(path, min_count=1, workers=workers)
        assert len(corpus) == 1
        assert corpus.vocabulary.counts.tolist() == [1_700_000, 1_700_000, 1, 1]
        assert len(corpus.vocabulary.words[2]) == len(word)
        assert corpus.tokens[-3:].tolist() == [1, 2, 3]


def test_ctrl_c_ends_reading_at_once(tmp_path: Path) -> None:
    path = tmp_path / "text"
    with path.open("wb") as file:
        for i in range(60):
            file.write(b"".join(b"%d w%d " % (j, j * i) for j in range(100_000)))
    code = f"""
import sys
from fastvec.corpus import Corpus
print('ready', flush=True)
Corpus.read([{str(path)!r}] * 100, workers=2)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.5)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - start < 2
    assert b"KeyboardInterrupt" in errors
