"""The vectors of all sentences of a source, in their order and in bounded memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, TextError, TextReader
from fastvec._util.progress import Progress
from fastvec.corpus.chunks import Chunk, invalid_utf8
from fastvec.corpus.normalize import normalize_words, word_splitter
from fastvec.corpus.sources import Contents, EncodedSource, Source
from fastvec.params import CorpusParams, RowParams
from fastvec.vectors.sentence_vectors import SentenceMeans, Split
from fastvec.words import Words, not_one_string

SENTENCES = 1 << 12  # read at a time where they are lists


def split_by(params: CorpusParams) -> Split:
    """What the options make of the words between spaces; integers are words like others."""
    split = word_splitter(bool(params.lower), params.tokens == "words")

    def splitting(words: Words) -> tuple[Words, NDArray[np.int64], NDArray[np.int32]]:
        words = words.as_text()
        if split is None:
            return words, np.arange(len(words) + 1), np.arange(len(words), dtype=np.int32)
        made = normalize_words(words, np.zeros(len(words), np.int64), split)
        return made.words, made.starts, made.ids

    return splitting


def sentence_means(
    source: Source, params: RowParams, means: SentenceMeans, progress: bool | None = None
) -> Iterator[NDArray[np.float32]]:
    """The (n, D) vectors of the sentences of a source, some at a time.

    Every line of a text, and every row of a table, has one, also if it is empty.

    Raises
    ------
    ValueError
        an encoded corpus, which has no empty sentences any more; text that is not valid UTF-8.
    """
    if isinstance(source, EncodedSource):
        name = source.file.name if source.file is not None else "the corpus"
        raise ValueError(
            f"{name} is an encoded corpus, which has lost its empty lines: give the text itself"
        )
    contents = source.open(params)
    control = Control(1)
    with Progress("embedding", contents.bytes, "bytes", progress) as bar:
        for reader in _readers(contents, params, control):
            yield from means.add(reader)
            bar.update(control.total())


def _readers(contents: Contents, params: CorpusParams, control: Control) -> Iterator[TextReader]:
    """Readers that have read a part of the source each: so none of them knows all its words."""
    for chunk in contents.chunks or ():
        yield _read_chunk(chunk, params, control)
    sentences = iter(contents.sentences or ())
    while some := list(itertools.islice(sentences, SENTENCES)):
        yield _read_sentences(some)


def _read_chunk(chunk: Chunk, params: CorpusParams, control: Control) -> TextReader:
    reader = TextReader(
        replace=params.errors == "replace", join_lines=not params.lines, join_rows=True
    )
    try:
        with chunk.read(reader, control, 0):
            return reader
    except TextError as error:
        raise invalid_utf8(chunk, error.position) from None


def _read_sentences(sentences: Iterable[Any]) -> TextReader:
    reader = TextReader()
    for sentence in sentences:
        reader.sentence(not_one_string(sentence, "a sentence"))
    return reader
