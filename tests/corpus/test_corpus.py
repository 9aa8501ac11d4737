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
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from containers import rewrite
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from processes import started

from fastvec._core import Control, TextError, TextReader, checksum
from fastvec.corpus import chunks
from fastvec.corpus import corpus as corpus_module
from fastvec.corpus.build import count_words
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.sources import TEXT, format_of
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io import compression
from fastvec.io.tensors import save_tensors
from fastvec.models.word2vec import Word2Vec
from fastvec.params import CorpusParams

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
HOSTILE += [" a ", " a\0 ", " aaaaaaaa ", " aaaaaaaa\0 ", " aaaaaaa\0 "]  # alike but for a NUL
HOSTILE += ["abcdefghi", "abcdefgh" * 3, "x" * 70, " " * 64, "\n" * 65]
hostile_texts = st.lists(st.sampled_from(HOSTILE), max_size=60).map(lambda parts: "".join(parts))


@settings(deadline=None)
@given(hostile_texts, st.integers(1, 70), st.sampled_from([1, 2, 7]), st.integers(1, 3))
@example("one\ntwo", 3, 2, 1)
@example("x" * 70 + " y", 5, 7, 1)
@example("a a\0 a\0\0 aaaaaaaa aaaaaaaa\0 aaaaaaa aaaaaaa\0", 7, 2, 1)
@example("\ufeffa a", 1, 2, 1)
def test_any_text_any_cut_any_workers(text: str, part: int, workers: int, min_count: int) -> None:
    data = text.encode()
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
    without_last = sentences[:-1] if data.endswith(b"\n") else sentences
    assert corpus.raw_sentences == len(without_last)


BROKEN = [b"\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xf4\x90", b"\xc0\xaf"]
BROKEN += [b"\xfe", b"a", b" ", b"\n", "é한𝄞".encode(), b"z" * 40]
hostile_bytes = st.lists(
    st.sampled_from([*BROKEN, *(text.encode() for text in HOSTILE)]) | st.binary(max_size=9),
    max_size=60,
).map(b"".join)


@settings(deadline=None)
@given(hostile_bytes, st.integers(1, 70), st.booleans())
@example(b"ab \xe2\r\x82\xac", 3, True)
@example(b"\xef\xbb\xbf\xef\xbb\xbfa", 2, True)
def test_any_bytes_any_cut_any_workers(data: bytes, part: int, replace: bool) -> None:
    """Counts are those of a Counter over what Python decodes; or the error names the first byte
    that Python cannot decode."""
    assume(not compression.is_compressed(data) and format_of(data, CorpusParams()) is TEXT)
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
            assert not reader.file_range(file.fileno(), start, stop, len(data), Control(1), 0)
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
        ([[np.True_]], "np.True_"),
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


def test_known_words_keep_their_ids_and_new_ones_follow() -> None:
    known = Vocabulary.of({"zebra": 9, "cat": 7, "dog": 3})
    sentences = [["dog", "cow", "emu"], ["zebra", "cow"], ["ant", "emu", "emu"]]
    corpus = Corpus.read(sentences, known=known, min_count=2)
    assert counts_of(corpus) == {"zebra": 10, "cat": 7, "dog": 4, "emu": 3, "cow": 2}
    assert decoded(corpus) == [["dog", "cow", "emu"], ["zebra", "cow"], ["emu", "emu"]]
    assert known.counts.tolist() == [9, 7, 3]


def test_encode_later_text(tmp_path: Path) -> None:
    corpus = Corpus.read([["to", "be", "or", "not", "to", "be"]], min_count=2)
    path = tmp_path / "more"
    path.write_text("let it be\nnot that\nto you")
    more = corpus.encode(path)
    assert decoded(more) == [["be"], ["to"]]
    assert (more.raw_words, more.raw_sentences) == (7, 3)
    with pytest.raises(
        ValueError, match="none of 1 different words is one of the 2 of the vocabulary"
    ):
        corpus.encode([["nothing"]])


def test_count_words(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("a rose is a rose\nis a rose")
    vocabulary = count_words(path)
    assert list(vocabulary.words) == ["a", "rose", "is"]
    assert vocabulary.counts.tolist() == [3, 3, 2]
    assert list(count_words(path, max_final_vocab=2).words) == ["a", "rose"]
    with pytest.raises(ValueError, match="no word is left"):
        count_words(path, min_count=4)


# --- what a word is


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
    sentences = [words_of_pattern(line, lower=False) for line in text.split("\n")]
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(chunks, "RANGE_BYTES", part)
        path = Path(folder) / "text"
        path.write_bytes(text.encode())
        corpus = Corpus.read(path, min_count=min_count, tokens="words", workers=workers)
    assert_holds(corpus, sentences, min_count)


def test_lower_case_joins_counts() -> None:
    assert read("The THE the ΟΔΟΣ cat", min_count=1, lower=True) == {"the": 3, "οδος": 1, "cat": 1}


def test_newlines_may_be_spaces(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("a b\nc\n\nd")
    (tmp_path / "2").write_text("e\nf\n")
    corpus = Corpus.read(tmp_path, min_count=1, lines=False)
    assert decoded(corpus) == [["a", "b", "c", "d"], ["e", "f"]]
    assert corpus.raw_sentences == 2


def test_a_tokenizer_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes("\ufeffTo-be\r\nor-not\n\nto-be".encode())
    corpus = Corpus.read(path, min_count=1, tokens=lambda line: line.strip().split("-"), lower=True)
    assert decoded(corpus) == [["to", "be"], ["or", "not"], [""], ["to", "be"]]
    texts = ["to be", "or not"]
    assert decoded(Corpus.read(texts, min_count=1, tokens=str.split)) == [
        ["to", "be"],
        ["or", "not"],
    ]
    path.write_bytes(b"good\nbad \xff")
    with pytest.raises(ValueError, match="text: byte 9 is not valid UTF-8"):
        Corpus.read(path, tokens=str.split)
    corpus = Corpus.read(path, tokens=str.split, errors="replace", min_count=1)
    assert decoded(corpus) == [["good"], ["bad", "\ufffd"]]


# --- bounded memory


@pytest.mark.parametrize("memory", ["0", "1K", 40_000, "1G"])
@pytest.mark.parametrize("workers", [1, 3])
def test_any_budget_gives_the_same(tmp_path: Path, memory: str | int, workers: int) -> None:
    rng = np.random.default_rng(3)
    words = rng.zipf(1.3, 60_000) % 500
    lines = [" ".join(map(str, row)) for row in np.split(words, 3000)]
    path = tmp_path / "text"
    path.write_text("\n".join(lines))
    folder = tmp_path / "tmp"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "RANGE_BYTES", 5000)
        corpus = Corpus.read(path, memory=memory, tmp=folder, workers=workers)
    assert_holds(corpus, [line.split() for line in lines], 5)
    assert not list(folder.iterdir())
    mapped = isinstance(corpus.tokens.base, np.memmap)
    assert mapped == (memory != "1G")
    corpus.close()
    assert len(corpus.tokens) == 0


def test_a_corpus_of_twenty_times_the_budget_trains(tmp_path: Path) -> None:
    """The ids take 400 KB, the budget is 20 KB; the vectors are those of a corpus in memory."""
    rng = np.random.default_rng(3)
    lines = [" ".join(map(str, row)) for row in rng.zipf(1.3, (1000, 100)) % 500]
    path = tmp_path / "text"
    path.write_text("\n".join(lines))
    options = {"vector_size": 8, "epochs": 1, "workers": 1, "progress": False}
    bounded = Word2Vec(path, memory="20K", tmp=tmp_path, **options)
    assert isinstance(bounded._corpus.tokens.base, np.memmap)
    assert bounded._corpus.tokens.nbytes >= 20 * 19_000
    assert np.array_equal(bounded.wv.vectors, Word2Vec(path, **options).wv.vectors)
    assert list(tmp_path.iterdir()) == [path]


def test_temporary_files_vanish(tmp_path: Path) -> None:
    with Corpus.read([["a", "b"]] * 5000, memory=100, tmp=tmp_path) as corpus:
        assert not list(tmp_path.iterdir())
        assert str(tmp_path) in Path("/proc/self/maps").read_text()
        assert len(corpus) == 5000
    del corpus
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()


def test_a_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    code = f"""
import resource
from fastvec.corpus.corpus import Corpus
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
Corpus.read((["word"] * 100 for _ in range(20_000)), memory=1000, tmp={str(tmp_path)!r})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert last.startswith(
        "OSError: [Errno 27] no room for temporary files (tmp names another fold"
    )
    assert str(tmp_path) in last
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_for_temporary_files(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no such folder.*nowhere"):
        Corpus.read([["a"]], tmp=tmp_path / "nowhere")


# --- corpus files


@pytest.fixture
def encoded(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.fvc"
    Corpus.read([["a", "rose", "is"], ["a", "rose", "é"]], min_count=1).save(path)
    return path


def test_save_and_open(encoded: Path) -> None:
    for corpus in (Corpus.open(encoded), Corpus.read(encoded), Corpus.read(str(encoded))):
        assert decoded(corpus) == [["a", "rose", "is"], ["a", "rose", "é"]]
        assert counts_of(corpus) == {"a": 2, "rose": 2, "is": 1, "é": 1}
        assert (corpus.raw_words, corpus.raw_sentences) == (6, 2)
        assert isinstance(corpus.tokens.base, np.memmap) or corpus.tokens.base is not None
    assert list(count_words(encoded).words) == ["a", "rose", "is", "é"]


def test_a_corpus_file_refuses_other_options(encoded: Path) -> None:
    """Those that it was encoded with are right, and a default asks for nothing."""
    assert len(Corpus.read(encoded, min_count=1)) == 2
    for options, message in (
        ({"min_count": 2}, r"corpus\.fvc was encoded with min_count 1: for 2, encode its text"),
        ({"lower": True}, "was encoded with lower False: for True"),
        ({"tokens": str.split}, "was encoded with tokens whitespace: for <method"),
    ):
        with pytest.raises(ValueError, match=message):
            Corpus.read([encoded], **options)  # type: ignore[arg-type]
    assert list(count_words(encoded, min_count=2).words) == ["a", "rose"]
    with pytest.raises(ValueError, match="was encoded with lower False: for True"):
        count_words(encoded, lower=True)


def test_a_corpus_in_other_words(encoded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """vocabulary and known mean with a corpus, or its file, what they mean with a text."""
    sentences = [["a", "rose", "is"], ["a", "rose", "é"]]
    monkeypatch.setattr(corpus_module, "RENUMBERED_TOKENS", 2)
    for source in (encoded, Corpus.open(encoded)):
        few = Vocabulary.of({"is": 1, "a": 9})
        assert decoded(Corpus.read(source, vocabulary=few)) == [["a", "is"], ["a"]]
        assert decoded(Corpus.read(source, vocabulary=few, memory=0)) == [["a", "is"], ["a"]]
        rest = Corpus.read(source, vocabulary=Vocabulary.of({"é": 1, "b": 1}))
        assert (rest.tokens.tolist(), rest.offsets.tolist()) == ([0], [0, 1])
        known = Vocabulary.of({"old": 1, "rose": 3})
        grown, fresh = (Corpus.read(s, known=known, min_count=1) for s in (source, sentences))
        assert list(grown.vocabulary.words) == list(fresh.vocabulary.words)
        assert counts_of(grown) == counts_of(fresh)
        assert decoded(grown) == decoded(fresh) == sentences
        with pytest.raises(ValueError, match="none of 4 different words is one of the 1 of the"):
            Corpus.read(source, vocabulary=Vocabulary.of({"b": 1}))


def test_a_corpus_knows_how_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "corpus.fvc"
    Corpus.read([["The", "THE"]], min_count=1, lower=True).save(path)
    assert decoded(Corpus.open(path).encode([["tHE", "the"]])) == [["the", "the"]]
    Corpus.read(["a-b"], min_count=1, tokens=lambda text: text.split("-")).save(path)
    corpus = Corpus.open(path)
    with pytest.raises(ValueError, match="tokens must be given again: it was a function"):
        corpus.encode([["a"]])
    assert decoded(corpus.encode([["a"]], tokens="whitespace")) == [["a"]]


def test_other_files_are_no_corpora(tmp_path: Path) -> None:
    path = tmp_path / "text.fvc"
    path.write_text("just words")
    assert list(Corpus.read(path, min_count=1).vocabulary.words) == ["just", "words"]
    with pytest.raises(ValueError, match=r"text.fvc is no safetensors file"):
        Corpus.open(path)
    save_tensors(path, {"tokens": np.arange(3, dtype=np.int32)}, {})
    with pytest.raises(ValueError, match=r"text.fvc is a safetensors file, but not one"):
        Corpus.open(path)
    save_tensors(path, {}, {"fastvec corpus": "3", "raw_words": "0", "raw_sentences": "0"})
    with pytest.raises(ValueError, match=r"has version 3 .*, this fastvec knows up to 2"):
        Corpus.open(path)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_goes_unseen(encoded: Path, data: st.DataObject) -> None:
    """One byte changed, or the end cut off: an error with the file's name, whatever it is."""
    whole = encoded.read_bytes()
    if data.draw(st.booleans()):
        bad = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        bad = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    path = encoded.with_name("bad.fvc")
    path.write_bytes(bad)
    try:
        corpus = Corpus.open(path)
    except ValueError as error:
        assert "bad.fvc" in str(error)
    else:  # a change of what the header says beside the arrays
        assert decoded(corpus) == [["a", "rose", "is"], ["a", "rose", "é"]]


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("tokens", np.array([0, 4], np.int32), "token 4 is not one of 4 words"),
        ("tokens", np.array([0, -1], np.int32), "token 4294967295 is not one of 4 words"),
        ("tokens", np.array([0, 1], np.int64), "tokens is missing, or not an array of int32"),
        ("offsets", np.array([0, 2, 2, 6]), "the sentences' offsets do not rise"),
        ("offsets", np.array([0, 7]), "the sentences' offsets do not rise"),
        ("offsets", np.array([], np.int64), "the sentences' offsets do not rise"),
        ("word_offsets", np.array([0, 5, 1, 7, 9]), "the words' offsets do not rise"),
        ("word_offsets", np.array([0, 9]), r"counts is missing, or not an array .* shape \(1\)"),
        (
            "counts",
            np.array([1, 1, 1, -1]),
            "is damaged: counts must be at least 0, got -1",
        ),
        (
            "counts",
            np.array([1, 1, 1, 1 << 62]),
            "is damaged: counts must add up to less",
        ),
    ],
)
def test_wrong_arrays_with_right_checksums(
    encoded: Path, name: str, array: NDArray[Any], message: str
) -> None:
    rewrite(encoded, arrays={name: array})
    with pytest.raises(ValueError, match=message):
        Corpus.open(encoded)


def test_checksum_against_the_plain_formula() -> None:
    data = np.random.default_rng(0).integers(0, 256, 100_003, dtype=np.uint8)
    words = np.frombuffer(data.tobytes() + b"\0", "<u4").astype(object)
    total = sum(words) % (1 << 64)
    weighted = sum((i + 1) * word for i, word in enumerate(words)) % (1 << 64)
    assert checksum(data) == (total, weighted, max(words))
    first, second = checksum(data[:4000]), checksum(data[4000:], 4000)
    assert [(a + b) % (1 << 64) for a, b in zip(first, second, strict=True)][:2] == [
        total,
        weighted,
    ]


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


@settings(deadline=None)
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
from fastvec.corpus.corpus import Corpus
print('ready', flush=True)
Corpus.read([{str(path)!r}] * 100, workers=2)
"""
    with started("-c", code, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.5)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert time.monotonic() - start < 2
    assert b"KeyboardInterrupt" in errors
