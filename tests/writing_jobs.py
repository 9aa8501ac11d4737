"""What writes files, to be killed meanwhile.

It is in a module of its own because the processes that are killed import it by its name.
"""

from __future__ import annotations

import itertools
import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fastvec import GloVe, KeyedVectors, Phrases, Word2Vec, load
from fastvec.cli import app
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.models.pairs import Pairs
from fastvec.words import Words

WORDS = 300
QUIET: dict[str, Any] = {"progress": False, "workers": 1}


@dataclass(frozen=True)
class Job:
    """Something that writes files: ``write(folder, version)``.

    ``read(folder)`` returns the versions that it finds in them.
    """

    write: Callable[[Path, int], object]
    read: Callable[[Path], set[int]]


# --- what has a version: all words and all numbers


def some_words(version: int) -> list[str]:
    return [f"v{version}w{i}" for i in range(WORDS)]


def some_vectors(version: int) -> VectorFile:
    numbers = np.full((WORDS, 4), version + 0.5, np.float32)
    return VectorFile(Words.of(some_words(version)), numbers, np.full(WORDS, version + 1))


def some_text(folder: Path, version: int) -> str:
    """A text whose words, and how often they stand beside each other, are those of a version."""
    path = folder / f"source{version}"
    if not path.exists():
        path.write_text((" ".join(some_words(version)) + "\n") * (version + 1))
    return str(path)


def of_words(words: Any) -> set[int]:
    return {int(word[1]) for word in words}


def of_numbers(numbers: Any) -> set[int]:
    return set(np.unique(np.floor(numbers)).astype(int).tolist())


def of_vectors(file: Any) -> set[int]:
    return of_words(file.words) | of_numbers(file.vectors)


# --- jobs


def formats(name: str, file_format: str) -> Job:
    return Job(
        lambda folder, version: write_vectors(
            folder / name, some_vectors(version), file_format=file_format
        ),
        lambda folder: of_vectors(read_vectors(folder / name)),
    )


def of_projector(folder: Path) -> set[int]:
    words = (folder / "v.metadata.tsv").read_text().split()
    return of_words(words) | of_numbers(np.loadtxt(folder / "v.tsv"))


def write_embedding(folder: Path, version: int) -> None:
    """A new folder each time, since none is replaced."""
    name = f"model{next(i for i in itertools.count() if not (folder / f'model{i}').exists()) % 40}"
    write_vectors(folder / name, some_vectors(version), file_format="static-embedding")


def of_embeddings(folder: Path) -> set[int]:
    found = set()
    for model in folder.glob("model*"):
        names = {str(path.relative_to(model)) for path in model.rglob("*") if path.is_file()}
        assert names == {
            "modules.json",
            "config_sentence_transformers.json",
            "0_StaticEmbedding/model.safetensors",
            "0_StaticEmbedding/tokenizer.json",
        }
        found.add(0)
    return found


def command(*arguments: str) -> Callable[[Path, int], None]:
    """A command; TEXT and VECTORS stand for files of the version, all else is within the folder."""

    def write(folder: Path, version: int) -> None:
        vectors = folder / f"source{version}.safetensors"
        if "VECTORS" in arguments and not vectors.exists():
            write_vectors(vectors, some_vectors(version))
        given = {"TEXT": some_text(folder, version), "VECTORS": str(vectors)}
        words = [
            given.get(word, str(folder / word) if word.startswith("out") else word)
            for word in arguments
        ]
        app.main(words, standalone_mode=False)

    return write


def saved(make: Callable[[Path, int], Any]) -> Callable[[Path, int], None]:
    return lambda folder, version: make(folder, version).save(folder / "out")


def keyed(version: int) -> KeyedVectors:
    file = some_vectors(version)
    return KeyedVectors.of(file.words, file.vectors, file.counts)


def of_counts(path: Path) -> set[int]:
    vocabulary = Vocabulary.load(path)
    return of_words(vocabulary.words) | {int(count) - 1 for count in vocabulary.counts}


def of_pairs(pairs: Pairs) -> set[int]:
    """Words that stand beside each other do so once in version 0, and twice in version 1."""
    found = set((pairs.to_scipy().diagonal(1).astype(int) - 1).tolist())
    return found | (of_words(pairs.words) if pairs.words is not None else set())


def of_glove_files(folder: Path) -> set[int]:
    pairs = Pairs.read_glove(folder / "out.bin", folder / "out.txt")
    assert pairs.counts is not None
    return of_pairs(pairs) | {int(count) - 1 for count in pairs.counts}


SMALL = ("--min-count", "1", "-q")
TRAIN = (*SMALL, "--epochs", "1", "--vector-size", "4", "--workers", "1")
SETTINGS: dict[str, Any] = {"min_count": 1, "vector_size": 2, "epochs": 1, **QUIET}

JOBS = {
    "npy": formats("v.npy", "npy"),
    "projector": Job(formats("v.tsv", "projector").write, of_projector),
    "text": formats("v.txt.gz", "word2vec"),
    "safetensors": formats("v", "safetensors"),
    "static embedding": Job(write_embedding, of_embeddings),
    "vectors and words": Job(
        lambda folder, version: keyed(version).save_word2vec_format(
            folder / "v.bin", folder / "words", binary=True
        ),
        lambda folder: of_counts(folder / "words") | of_vectors(read_vectors(folder / "v.bin")),
    ),
    "convert": Job(
        command("convert", "VECTORS", "out.npy"),
        lambda folder: of_vectors(read_vectors(folder / "out.npy")),
    ),
    "cooccur of GloVe": Job(
        command(
            "cooccur", "TEXT", "-o", "out.bin", "--save-vocab", "out.txt", "--window", "1", *SMALL
        ),
        of_glove_files,
    ),
    "cooccur": Job(
        command("cooccur", "TEXT", "-o", "out", "--save-vocab", "out.txt", "--window", "1", *SMALL),
        lambda folder: of_pairs(Pairs.load(folder / "out")) | of_counts(folder / "out.txt"),
    ),
    "train": Job(
        command("train", "TEXT", "-o", "out.npy", *TRAIN),
        lambda folder: of_words(read_vectors(folder / "out.npy").words),
    ),
    "glove": Job(
        command("glove", "TEXT", "-o", "out.safetensors", *TRAIN),
        lambda folder: of_words(GloVe.load(folder / "out.safetensors").wv.index_to_key),
    ),
    "ppmi": Job(
        command("ppmi", "TEXT", "-o", "out.npy", "--vector-size", "2", *SMALL),
        lambda folder: of_words(read_vectors(folder / "out.npy").words),
    ),
    "encode": Job(
        command("encode", "TEXT", "-o", "out", *SMALL),
        lambda folder: of_words(Corpus.open(folder / "out").vocabulary.words),
    ),
    "vocab": Job(
        command("vocab", "TEXT", "-o", "out", "-q"), lambda folder: of_counts(folder / "out")
    ),
    "phrases": Job(
        command("phrases", "TEXT", "-o", "out", "--threshold", "1e9", *SMALL),
        lambda folder: of_words((folder / "out").read_text().split()),
    ),
    "classes": Job(
        command("classes", "VECTORS", "-k", "2", "-o", "out", "--rounds", "1"),
        lambda folder: of_words((folder / "out").read_text().split()[::2]),
    ),
    "model": Job(
        saved(lambda folder, version: Word2Vec(corpus_file=some_text(folder, version), **SETTINGS)),
        lambda folder: of_words(load(folder / "out").wv.index_to_key),
    ),
    "phrases of Python": Job(
        saved(lambda _, version: Phrases([some_words(version)] * 2, 1, 0.1, **QUIET)),
        lambda folder: {int(word[1]) for word in Phrases.load(folder / "out").vocab},
    ),
}


def write_for_ever(name: str, folder: Path, begun: Any) -> None:
    """Write version 1, 0, 1 ... until the process is killed."""
    warnings.simplefilter("ignore")
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - ends with the process
    begun.send(1)
    for version in itertools.cycle([1, 0]):
        JOBS[name].write(folder, version)
