"""Reading: against a plain reference, for any bytes, any cut and any number of workers."""

from __future__ import annotations

import gzip
import itertools
import lzma
import os
import re
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from processes import DEADLINE, started
from texts import (
    NOTHING_LEFT,
    Sentences,
    assert_holds,
    counts_of,
    decoded,
    expected,
    hostile_bytes,
    hostile_texts,
    read,
    sentences_of,
)

from fastvec.corpus import chunks
from fastvec.corpus.build import count_words
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.file_formats import TEXT, format_of
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io import compression
from fastvec.io.foreign import wide_encoding
from fastvec.params import CorpusParams, CountOptions, ReadOptions


@settings(deadline=None)
@given(hostile_texts, st.integers(1, 70), st.sampled_from([1, 2, 7]), st.integers(1, 3))
@example("one\ntwo", 3, 2, 1)
@example("x" * 70 + " y", 5, 7, 1)
@example("a a\0 a\0\0 aaaaaaaa aaaaaaaa\0 aaaaaaa aaaaaaa\0", 7, 2, 1)
@example("\ufeffa a", 1, 2, 1)
def test_any_text_any_cut_any_workers(text: str, part: int, workers: int, min_count: int) -> None:
    data = text.encode()
    assume(format_of("data", data, CorpusParams()) is TEXT and wide_encoding(data) is None)
    sentences = sentences_of(data)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(chunks, "RANGE_BYTES", part)
        path = Path(folder) / "text"
        path.write_bytes(data)
        if not expected(sentences, min_count)[0]:
            with pytest.raises(ValueError, match=NOTHING_LEFT):
                Corpus.read(path, min_count=min_count, workers=workers)
            return
        corpus = Corpus.read(path, min_count=min_count, workers=workers)
    assert_holds(corpus, sentences, min_count)
    without_last = sentences[:-1] if data.endswith((b"\n", b"\r")) else sentences
    assert corpus.raw_sentences == len(without_last)


@settings(deadline=None)
@given(hostile_bytes, st.integers(1, 70), st.booleans())
@example(b"ab \xe2\r\x82\xac", 3, True)
@example(b"\xef\xbb\xbf\xef\xbb\xbfa", 2, True)
def test_any_bytes_any_cut_any_workers(data: bytes, part: int, replace: bool) -> None:
    """Counts are those of a Counter over what Python decodes; or the error names the first byte
    that Python cannot decode."""
    assume(not compression.is_compressed(data) and format_of("data", data, CorpusParams()) is TEXT)
    errors = "replace" if replace else "strict"
    bad = -1
    try:
        data.decode()
    except UnicodeDecodeError as error:
        bad = error.start
    text = data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").encode()
    counts = Counter(itertools.chain.from_iterable(sentences_of(b"\xef\xbb\xbf" + text)))
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(chunks, "RANGE_BYTES", part)
        path = Path(folder) / "text"
        path.write_bytes(data)
        for workers in (1, 2, 7):
            if bad >= 0 and not replace:
                with pytest.raises(ValueError, match=f"byte {bad} is not valid UTF-8"):
                    count_words(path, workers=workers)
            elif not counts:
                with pytest.raises(ValueError, match=NOTHING_LEFT):
                    count_words(path, workers=workers, errors=errors)
            else:
                found = count_words(path, workers=workers, errors=errors)
                ranked = list(zip(found.words, found.counts.tolist(), strict=True))
                assert ranked == counts.most_common()


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


def test_bytes_are_text() -> None:
    assert counts_of(Corpus.read([[b"7", "7", np.str_("7")]], min_count=1)) == {"7": 3}


@pytest.mark.parametrize(
    ("sentences", "what"),
    [
        ([[7, "7"]], "'7' after integers"),
        ([["a"], [b"b", 1]], "1 after strings"),
        ([["a"], np.array([1])], "1 after strings"),
        ([np.array([1]), ["a"]], "'a' after integers"),
        ([["a", None]], "None"),
        ([[1, 2.0]], "2.0"),
        ([[True]], "True"),
        ([[np.True_]], repr(np.True_)),
        ([[(1, 2)]], "(1, 2)"),
        ([np.ones((1, 1), int)], "array([1])"),
    ],
)
def test_tokens_are_all_strings_or_all_integers(sentences: Any, what: str) -> None:
    message = f"tokens must be all strings or all integers, got {what}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        Corpus.read(sentences, min_count=1)


def test_text_and_integers_do_not_mix(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    feather = pytest.importorskip("pyarrow.feather")
    feather.write_feather(arrow.table({"text": [[1, 2]]}), tmp_path / "numbers")
    feather.write_feather(arrow.table({"text": [["one"]]}), tmp_path / "words")
    feather.write_feather(arrow.table({"text": ["one two"]}), tmp_path / "text")
    for other, what in (("words", "'one'"), ("text", "text|'one'")):
        for workers in (1, 3):
            for names, message in (
                (["numbers", other], f"got ({what}) after integers"),
                ([other, "numbers"], "got 1 after strings"),
            ):
                with pytest.raises(TypeError, match=message.replace("(", "(?:")):
                    Corpus.read([tmp_path / n for n in names], column="text", workers=workers)


def test_integers_stay_integers(tmp_path: Path) -> None:
    walks = [[30, 7], [7, -1]]
    with Corpus.read(walks, min_count=1, lower=True, tokens="words") as corpus:
        assert corpus.vocabulary.words.keys() == [7, 30, -1]
        corpus.save(tmp_path / "walks.fvc")
    saved = Corpus.open(tmp_path / "walks.fvc")
    assert saved.vocabulary.words.keys() == [7, 30, -1]
    assert saved.encode(np.array(walks)).tokens.tolist() == [1, 0, 0, 2]
    with pytest.raises(
        TypeError, match="must be integers, as those of the vocabulary are, got '7'"
    ):
        saved.encode([["7"]])
    texts = Corpus.read([["7"]], min_count=1)
    with pytest.raises(TypeError, match="must be strings, as those of the vocabulary are, got 30"):
        texts.encode(walks)
    with pytest.raises(TypeError, match="must be strings, as those of the vocabulary are, got 7"):
        texts.encode(saved)


def test_a_trim_rule_sees_integers() -> None:
    seen: list[Any] = []

    def rule(word: Any, count: int, least: int) -> None:
        seen.append((word, count, least))  # and returns None: min_count decides

    corpus = Corpus.read([[7, 7, 3]], min_count=2, trim_rule=rule)
    assert seen == [(7, 2, 2), (3, 1, 2)]
    assert corpus.vocabulary.words.keys() == [7]


def test_a_lone_surrogate_is_named() -> None:
    with pytest.raises(ValueError, match=r"word 'a\\ud800' is not valid Unicode"):
        Corpus.read([["a\ud800"]], min_count=1)


@pytest.mark.parametrize("name", ["enwiki-100mb", "de-16mb", "ko-8mb"])
def test_real_text(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = os.environ.get("FASTVEC_DATA")
    if folder is None:
        pytest.skip("FASTVEC_DATA is not set")
    with lzma.open(Path(folder, f"{name}.txt.xz")) as file:
        data = file.read()
    path = tmp_path / "text"
    path.write_bytes(data)
    sentences = [line.split(b" ") for line in data.split(b"\n")]
    counts = Counter(itertools.chain.from_iterable(sentences))
    del counts[b""]
    ranked = [(word.decode(), n) for word, n in counts.most_common() if n >= 5]
    for workers, part in ((1, 1 << 21), (2, 1 << 21), (7, 1 << 21), (2, 54_321), (7, 999)):
        if len(data) // part > 100_000:
            continue
        monkeypatch.setattr(chunks, "RANGE_BYTES", part)
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


def test_known_words_keep_their_ids_and_new_ones_follow() -> None:
    known = Vocabulary.of({"zebra": 9, "cat": 7, "dog": 3})
    sentences = [["dog", "cow", "emu"], ["zebra", "cow"], ["ant", "emu", "emu"]]
    corpus = Corpus.read(sentences, known=known, min_count=2)
    assert counts_of(corpus) == {"zebra": 10, "cat": 7, "dog": 4, "emu": 3, "cow": 2}
    assert decoded(corpus) == [["dog", "cow", "emu"], ["zebra", "cow"], ["emu", "emu"]]
    assert known.counts.tolist() == [9, 7, 3]


def test_count_words(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("a rose is a rose\nis a rose")
    vocabulary = count_words(path)
    assert list(vocabulary.words) == ["a", "rose", "is"]
    assert vocabulary.counts.tolist() == [3, 3, 2]
    assert list(count_words(path, max_final_vocab=2).words) == ["a", "rose"]
    with pytest.raises(ValueError, match="no word is left"):
        count_words(path, min_count=4)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_of_all_systems(tmp_path: Path, end: str, last: bool) -> None:
    text = end.join(["a b", "", "c", "d e"]) + end * last
    path = tmp_path / "text"
    path.write_bytes(text.encode())
    (tmp_path / "text.gz").write_bytes(gzip.compress(text.encode()))
    rows = [{"text": text}]
    for source, options in ((path, {}), (tmp_path / "text.gz", {}), (rows, {"column": "text"})):
        for tokens in ("whitespace", "words", str.split):
            corpus = Corpus.read(source, min_count=1, tokens=tokens, **options)  # type: ignore[arg-type]
            assert decoded(corpus) == [["a", "b"], ["c"], ["d", "e"]]
            assert corpus.raw_sentences == 4
        joined = Corpus.read(source, min_count=1, lines=False, **options)  # type: ignore[arg-type]
        assert decoded(joined) == [["a", "b", "c", "d", "e"]]


def test_a_carriage_return_within_a_line_ends_it() -> None:
    for text in ("a b\rc\r\r\nd", "\ra b\n\rc\rd\r"):
        read = Corpus.read([{"t": text}], column="t", min_count=1)
        assert decoded(read) == [["a", "b"], ["c"], ["d"]]


def test_newlines_may_be_spaces(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("a b\nc\n\nd")
    (tmp_path / "2").write_text("e\nf\n")
    corpus = Corpus.read(tmp_path, min_count=1, lines=False)
    assert decoded(corpus) == [["a", "b", "c", "d"], ["e", "f"]]
    assert corpus.raw_sentences == 2


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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_count": -1}, "min_count must be at least 0, got -1"),
        ({"max_vocab_size": 0}, "max_vocab_size must be at least 1, got 0"),
        ({"workers": -1}, "workers must be at least 0, got -1"),
        ({"errors": "ignore"}, "errors must be strict or replace, got 'ignore'"),
        ({"tokens": "letters"}, "tokens must be whitespace or words or a function, got 'letters'"),
        ({"memory": "much"}, "memory must be a number of bytes such as 500M or 4G, got 'much'"),
        ({"memory": -1}, "memory must be a number of bytes such as 500M or 4G, got -1"),
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
        for i in range(6):
            file.write(b"".join(b"%d w%d " % (j, j * i) for j in range(100_000)))
    copies = 1000
    code = f"""
from fastvec.corpus import build
from fastvec.corpus.corpus import Corpus

class Bar(build.Progress):
    done = 0

    def update(self, done, **facts):
        if done and not Bar.done:
            print("reading", flush=True)
        Bar.done = done

build.Progress = Bar
try:
    Corpus.read([{str(path)!r}] * {copies}, workers=2)
except KeyboardInterrupt:
    print(Bar.done)
"""
    with started("-c", code, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"reading\n"
        process.send_signal(signal.SIGINT)
        read, _ = process.communicate(timeout=DEADLINE)
    assert 0 < int(read) < copies * path.stat().st_size / 2


def test_counting_takes_no_option_that_has_no_effect() -> None:
    assert get_type_hints(CountOptions).keys() == get_type_hints(ReadOptions).keys() - {
        "memory",
        "tmp",
    }
    for options in ({"memory": "1G"}, {"tmp": "."}):
        with pytest.raises(TypeError, match=r"unexpected keyword argument '(memory|tmp)': count_"):
            count_words([["a"]], **options)  # type: ignore[arg-type]
