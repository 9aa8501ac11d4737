"""gensim's readers of text give what gensim's give."""

import gzip
import io
from pathlib import Path

import pytest

from fastvec import Word2Vec, sentences
from fastvec.sentences import LineSentence, PathLineSentences, Text8Corpus

TEXT = "to be or\n\n  not\tto be  \nä ö\u00a0ü"
LINES = [["to", "be", "or"], [], ["not", "to", "be"], ["ä", "ö", "ü"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.gz").write_bytes(gzip.compress(TEXT.encode()))
    return tmp_path


def test_lines(folder: Path) -> None:
    full = [line for line in LINES if line]
    for name in ("a.txt", "b.gz"):
        sentences = LineSentence(folder / name)
        assert list(sentences) == list(sentences) == full
    assert list(LineSentence(str(folder / "a.txt"), max_sentence_length=2)) == [
        ["to", "be"],
        ["or"],
        ["not", "to"],
        ["be"],
        ["ä", "ö"],
        ["ü"],
    ]
    assert list(LineSentence(folder / "a.txt", limit=2)) == [["to", "be", "or"]]
    open_file = LineSentence(io.BytesIO(TEXT.encode()))
    assert list(open_file) == list(open_file) == full
    assert list(LineSentence(io.StringIO(TEXT))) == full


def test_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        PathLineSentences("")
    full = [line for line in LINES if line]
    assert list(PathLineSentences(folder)) == full + full
    assert list(PathLineSentences(folder / "a.txt", limit=1)) == full[:1]
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        PathLineSentences(folder / "none")


@pytest.mark.parametrize("size", [1, 2, 7, 10000])
def test_text_without_lines(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"wörd{i % 17}" * (1 + i % 3) for i in range(200)]
    (tmp_path / "text8").write_text(" ".join(words) + "\n")
    for block in (1, 3, 64, 1 << 20):
        monkeypatch.setattr("fastvec.sentences.BLOCK_BYTES", block)
        read = list(Text8Corpus(tmp_path / "text8", size))
        assert [word for sentence in read for word in sentence] == words
        assert {len(sentence) for sentence in read[:-1]} <= {size}


def test_bad_lengths(folder: Path) -> None:
    for reader in (LineSentence, Text8Corpus):
        with pytest.raises(ValueError, match="max_sentence_length must be at least 1, got 0"):
            reader(folder / "a.txt", 0)


def test_they_can_be_trained_on(folder: Path) -> None:
    model = Word2Vec(LineSentence(folder / "a.txt"), vector_size=4, min_count=1)
    assert model.corpus_total_words == 9


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_gensim_reads_the_same(folder: Path) -> None:
    gensim = pytest.importorskip("gensim.models.word2vec", reason="gensim is not installed")
    for name in ("a.txt", "b.gz"):
        for given in ({}, {"limit": 3}, {"max_sentence_length": 2}):
            theirs = gensim.LineSentence(str(folder / name), **given)
            assert list(LineSentence(folder / name, **given)) == list(theirs)
    assert list(PathLineSentences(str(folder))) == list(gensim.PathLineSentences(str(folder)))
    theirs = gensim.Text8Corpus(str(folder / "a.txt"), 3)
    assert list(Text8Corpus(folder / "a.txt", 3)) == list(theirs)


def test_text_that_is_not_utf8_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "latin"
    path.write_bytes("to be\nné né".encode("latin-1"))
    for reader in (LineSentence, PathLineSentences, Text8Corpus):
        with pytest.raises(UnicodeDecodeError, match=f" in {path}"):
            list(reader(path))


def test_words_and_lines_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(b"to be\n" + b"a" * (1 << 22)))
    monkeypatch.setattr(sentences, "MOST_BYTES", 1 << 20)
    with pytest.raises(ValueError, match=f"{path}: a word does not end within 1048576 bytes"):
        list(Text8Corpus(path))
    monkeypatch.setattr(sentences, "MOST_LINE_BYTES", 1 << 20)
    with pytest.raises(ValueError, match=f"{path}: line 2 does not end within 1048576 bytes"):
        list(LineSentence(path))
