"""gensim's readers of text, for scripts that were written for it.

They are plain Python and give lists of words.  A path that is given to Word2Vec, Phrases or
Corpus.read instead is read by native code, which is much faster.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from fastvec._util.atomic import PathLike
from fastvec.io.archives import open_input
from fastvec.io.compression import MOST_BYTES, MOST_LINE_BYTES, lines_of

MAX_WORDS_IN_BATCH = 10000  # gensim's name for it
FAST_VERSION = 1  # in gensim: at least 0 where training is compiled
BLOCK_BYTES = 1 << 20


class LineSentence:
    """The lines of a file as lists of words, which whitespace (Unicode's) separates.

    Parameters
    ----------
    source : path or open file
        may be compressed (gzip, bzip2, xz, zstd) if it is a path; an open file is read from its
        beginning each time.
    max_sentence_length : int, default 10000
        in words; longer lines are cut into several lists.
    limit : int, optional
        how many lines to read; default: all.

    >>> _ = Path("text.txt").write_text("to be\\nor not to be\\n")
    >>> list(LineSentence("text.txt", limit=1))
    [['to', 'be']]
    """

    def __init__(
        self,
        source: PathLike | IO[Any],
        max_sentence_length: int = MAX_WORDS_IN_BATCH,
        limit: int | None = None,
    ) -> None:
        if max_sentence_length < 1:
            raise ValueError(f"max_sentence_length must be at least 1, got {max_sentence_length}")
        self.source = source
        self.max_sentence_length = max_sentence_length
        self.limit = limit

    def __iter__(self) -> Iterator[list[str]]:
        with _open(self.source) as file:
            name = getattr(file, "name", None) or str(self.source)
            for line in itertools.islice(lines_of(str(name), file, MOST_LINE_BYTES), self.limit):
                words = _decoded(str(name), line).split()
                for first in range(0, len(words), self.max_sentence_length):
                    yield words[first : first + self.max_sentence_length]


class TaggedDocument(NamedTuple):
    """A document for Doc2Vec: its words, and its tags: integers, or strings.

    >>> TaggedDocument(["to", "be"], [0]).tags
    [0]
    """

    words: Sequence[Any]
    tags: Sequence[Any]


class TaggedLineDocument:
    """The lines of a file as TaggedDocuments, whose tags are their numbers, from 0 on.

    ``source`` is a path or an open file, as for :class:`LineSentence`.  If it is a path, Doc2Vec
    reads the file natively.

    >>> _ = Path("text.txt").write_text("to be\\nor not to be\\n")
    >>> [document.tags for document in TaggedLineDocument("text.txt")]
    [[0], [1]]
    """

    def __init__(self, source: PathLike | IO[Any]) -> None:
        self.source = source

    def __iter__(self) -> Iterator[TaggedDocument]:
        with _open(self.source) as file:
            name = getattr(file, "name", None) or str(self.source)
            for number, line in enumerate(lines_of(str(name), file, MOST_LINE_BYTES)):
                yield TaggedDocument(_decoded(str(name), line).split(), [number])


class PathLineSentences:
    """All files of a folder, in the order of their names, each read as :class:`LineSentence` does.

    ``limit`` applies to each file.

    >>> Path("texts").mkdir()
    >>> _ = Path("texts", "one.txt").write_text("to be")
    >>> list(PathLineSentences("texts"))
    [['to', 'be']]
    """

    def __init__(
        self,
        source: PathLike,
        max_sentence_length: int = MAX_WORDS_IN_BATCH,
        limit: int | None = None,
    ) -> None:
        path = Path(source)
        if not (os.fspath(source) and path.exists()):
            raise FileNotFoundError(2, "there is no such file or folder", str(path))
        self.source = source
        self.max_sentence_length = max_sentence_length
        self.limit = limit
        self.input_files = (
            [str(p) for p in sorted(path.iterdir())] if path.is_dir() else [str(path)]
        )

    def __iter__(self) -> Iterator[list[str]]:
        for name in self.input_files:
            yield from LineSentence(name, self.max_sentence_length, self.limit)


class Text8Corpus:
    """A text without line breaks (text8) as lists of ``max_sentence_length`` words.

    >>> _ = Path("text8").write_text("to be or not to be")
    >>> list(Text8Corpus("text8", max_sentence_length=4))
    [['to', 'be', 'or', 'not'], ['to', 'be']]
    """

    def __init__(self, fname: PathLike, max_sentence_length: int = MAX_WORDS_IN_BATCH) -> None:
        if max_sentence_length < 1:
            raise ValueError(f"max_sentence_length must be at least 1, got {max_sentence_length}")
        self.fname = fname
        self.max_sentence_length = max_sentence_length

    def __iter__(self) -> Iterator[list[str]]:
        with _open(self.fname) as file:
            words = _words(str(self.fname), file)
            while sentence := list(itertools.islice(words, self.max_sentence_length)):
                yield sentence


class BrownCorpus:
    """The Brown corpus as NLTK ships it: a folder of files of ``word/TAG`` tokens.

    Words are in lower case, with the first two letters of their tag: ``dog/nn``.  Tokens whose tag
    is no word (punctuation) are left out, and so are empty lines.

    >>> Path("brown").mkdir()
    >>> _ = Path("brown", "ca01").write_text("The/at dog/nn barked/vbd ./.")
    >>> list(BrownCorpus("brown"))
    [['the/at', 'dog/nn', 'barked/vb']]
    """

    def __init__(self, dirname: PathLike) -> None:
        self.dirname = dirname

    def __iter__(self) -> Iterator[list[str]]:
        for path in sorted(Path(self.dirname).iterdir()):
            if path.is_file():
                for line in LineSentence(path):
                    pairs = [token.split("/") for token in line if token.count("/") == 1]
                    words = [
                        f"{word.lower()}/{tag[:2]}" for word, tag in pairs if tag[:2].isalpha()
                    ]
                    if words:
                        yield words


@contextlib.contextmanager
def _open(source: PathLike | IO[Any]) -> Iterator[IO[Any]]:
    """The file of a path, or a file that is open already, at its beginning."""
    if isinstance(source, (str, os.PathLike)):
        with open_input(source) as file:
            yield file
    else:
        source.seek(0)
        yield source


def _words(name: str, file: IO[Any]) -> Iterator[str]:
    """The words of a file, read in blocks that are cut at a space."""
    rest: list[bytes] = []
    size = 0
    while block := file.read(BLOCK_BYTES):
        head, space, tail = block.rpartition(b" ")
        if not space:
            rest.append(block)
            size += len(block)
            if size > MOST_BYTES:
                raise ValueError(f"{name}: a word does not end within {MOST_BYTES} bytes")
            continue
        yield from _decoded(name, b"".join([*rest, head])).split()
        rest, size = [tail], len(tail)
    yield from _decoded(name, b"".join(rest)).split()


def _decoded(name: str, data: bytes | str) -> str:
    """Bytes as text; UnicodeDecodeError, with the name of the file, unless they are UTF-8."""
    try:
        return data if isinstance(data, str) else data.decode()
    except UnicodeDecodeError as error:
        error.reason += f" in {name}"
        raise
