"""Every reader of files, with a good file for it: what is fuzzed.

A reader also uses what it has read: native loops then go where ids and offsets send them.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parent.parent))

import fasttext_files
from archives import PACKERS
from containers import rewrite

import fastvec
from fastvec import evaluation
from fastvec.alignment import read_dictionary
from fastvec.cli.maps import listed_words
from fastvec.corpus.corpus import Corpus
from fastvec.io.counts import read_counts, write_counts
from fastvec.io.floret import write_floret
from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.io.tensors import load_tensors
from fastvec.io.vectors import load_vectors
from fastvec.io.word2vec import read_word2vec, write_word2vec
from fastvec.models.doc2vec import Doc2Vec
from fastvec.models.facebook import load_facebook_model, load_facebook_vectors
from fastvec.models.fasttext import FastText
from fastvec.models.glove import GloVe
from fastvec.models.neural_lm import NeuralLM
from fastvec.models.pairs import Pairs
from fastvec.models.phrases import FrozenPhrases, Phrases
from fastvec.models.ranker import Ranker
from fastvec.models.word2vec import Word2Vec
from fastvec.plots.curves import table_of
from fastvec.plots.runs import read_runs
from fastvec.sentences import (
    LineSentence,
    PathLineSentences,
    TaggedDocument,
    TaggedLineDocument,
    Text8Corpus,
)
from fastvec.subwords import Subwords
from fastvec.vectors.fasttext import FastTextKeyedVectors
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

WORDS = Words.of(["a", "bé", "c d"])
PLAIN = Words.of(["a", "rose", "is"])
VECTORS = np.array([[1, -2.5], [1e-7, 3], [0, 4]], np.float32)
SENTENCES = [["a", "rose", "is"], ["a", "rose", "é"]] * 3
LINES = b"a rose is a rose\nnew york is new york \xc3\xa9\n" * 3
OLD = Path(__file__).parent.parent / "data" / "version-1"
MOST_WORDS = 1000  # of pairs that are used: more take long, and show nothing more
QUIET: dict[str, Any] = {"progress": False}
SMALL: dict[str, Any] = {"min_count": 1, "epochs": 1, "workers": 1, "progress": False}


# --- what is done with what was read


def use_vectors(words: Words, vectors: Any) -> None:
    """Find each word, and touch every number."""
    assert len(words) == len(vectors)
    for row, word in enumerate(words):
        assert 0 <= words.find(word) <= row or "�" in word
    assert vectors.astype(np.float64).sum() is not None


def use_file(file: VectorFile) -> None:
    use_vectors(file.words, file.vectors)


def use_subwords(wv: FastTextKeyedVectors) -> None:
    """Infer the vector of an unseen word, and make all others anew."""
    use_vectors(wv.words, wv.vectors)
    assert wv.get_vector("unseen é").shape == (wv.vector_size,) if wv.bucket else True
    wv.adjust_vectors()


def use_corpus(corpus: Corpus) -> None:
    """Train on a corpus, and count its phrases."""
    assert sum(map(len, corpus.vocabulary.words)) >= 0
    model = Word2Vec(vector_size=4, hs=1, alpha=1e-3, **SMALL)
    try:
        model.build_vocab(corpus)
        model.train(corpus)
        Phrases(corpus, min_count=1, **QUIET)
    except ValueError:  # a corpus without words
        assert min(len(corpus.tokens), len(corpus.vocabulary)) < 2


def use_pairs(pairs: Pairs) -> None:
    """Make a matrix of pairs, and train on them."""
    if pairs.shape[0] > MOST_WORDS:
        return
    for work in (pairs.to_scipy, lambda: GloVe(4, **SMALL).fit(pairs)):
        try:
            work()
        except ValueError as error:
            assert "there are no pairs" in str(error) or pairs.path in str(error) != "", error


def use_model(model: Word2Vec | GloVe | NeuralLM) -> None:
    """Go on with the training of a model."""
    model.workers = 1
    model.progress = False
    with contextlib.suppress(ValueError, TypeError, RuntimeError, FloatingPointError):
        model.train([["a", "rose", "is", "a", "rose"]] * 3, epochs=1)  # options may not fit


def use_documents(model: Doc2Vec) -> None:
    """Find each document, go on with the training, and infer a vector."""
    use_vectors(model.dv.words, model.dv.vectors)
    tags = model.dv.index_to_key[:1]
    model.workers, model.progress = 1, False
    with contextlib.suppress(ValueError, TypeError, RuntimeError, FloatingPointError):
        model.train([TaggedDocument(words, tags) for words in SENTENCES], epochs=1)
        assert model.infer_vector(["a", "rose"], epochs=1).shape == (model.vector_size,)


def use_phrases(phrases: Phrases | FrozenPhrases) -> None:
    """Join phrases and score them."""
    if phrases.tokens == "a function":  # it would have to be set again
        return
    phrases.join([["a", "rose", "of", "a", "rose"]], progress=False)
    if isinstance(phrases, Phrases):
        assert sum(phrases.vocab.values()) >= 0
        phrases.add_vocab([["a", "rose"]])
        assert len(phrases.vocab) >= 3


USES: dict[type, Callable[[Any], None]] = {
    Corpus: use_corpus,
    Doc2Vec: use_documents,
    FastText: use_model,
    FastTextKeyedVectors: use_subwords,
    FrozenPhrases: use_phrases,
    GloVe: use_model,
    KeyedVectors: lambda wv: use_vectors(wv.words, wv.vectors),
    NeuralLM: use_model,
    Pairs: use_pairs,
    Phrases: use_phrases,
    VectorFile: use_file,
    Word2Vec: use_model,
}


def use(thing: Any) -> None:
    """Use whatever was read."""
    if type(thing) in USES:
        USES[type(thing)](thing)
    elif isinstance(thing, tuple):
        use_vectors(*thing)


# --- good files


def vector_file(name: str) -> Callable[[Path], object]:
    file = VectorFile(PLAIN, VECTORS, np.array([3, 2, 1]))
    return lambda path: write_vectors(path, file, file_format=name)


def text_rows(path: Path, **options: Any) -> None:
    write_word2vec(path, WORDS, VECTORS, **options)


def bytes_of(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def in_memory(make: Callable[[Path], object], path: Path) -> bytes:
    make(path)
    return path.read_bytes()


def packed(pack: Callable[[bytes], bytes], make: Callable[[Path], object]) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(pack(in_memory(make, path)))


def in_archive(ending: str, inside: str, make: Callable[[Path], object]) -> Callable[[Path], Any]:
    return packed(lambda data: PACKERS[ending]({inside: data}), make)


def zstd(data: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(write_content_size=False).compress(data)


def npz(path: Path) -> None:
    data = io.BytesIO()
    np.savez(data, vectors=VECTORS)
    path.write_bytes(data.getvalue())


def static_embedding(part: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        folder = path.with_name("embedding")
        vector_file("static-embedding")(folder)
        (folder / "0_StaticEmbedding" / part).replace(path)

    return make


def subwords_of(path: Path) -> None:
    buckets = np.array([1, 4, 7], np.int32)
    subwords = Subwords(3, 6, 9, VECTORS, VECTORS, buckets)
    FastTextKeyedVectors.of_subwords(PLAIN, subwords, np.array([3, 2, 1])).save(path)


def floret_table(path: Path) -> None:
    write_floret(path, Subwords(3, 6, 3, VECTORS[:0], VECTORS, hash_count=2))


def projector(path: Path) -> None:
    vector_file("projector")(path)


def model_of(path: Path) -> None:
    model = Word2Vec(SENTENCES, vector_size=2, hs=1, **SMALL)
    model.wv.vectors_lockf[1] = 0.5
    model.save(path)


def documents_of(path: Path, tags: Sequence[Any] = range(6), **options: Any) -> None:
    tagged = [TaggedDocument(words, [tag]) for words, tag in zip(SENTENCES, tags, strict=True)]
    Doc2Vec(tagged, vector_size=2, **options, **SMALL).save(path)


def ngrams_of(path: Path, **options: Any) -> None:
    FastText(SENTENCES, vector_size=2, bucket=20, **options, **SMALL).save(path)


def phrases_of(path: Path, frozen: bool = False) -> None:
    learned = Phrases(SENTENCES, 1, 0.1, connector_words=["is"], **QUIET)
    (learned.freeze() if frozen else learned).save(path)


def index_of(path: Path) -> None:
    from fastvec.ann import Index

    Index(index_vectors()).save(path)


def index_vectors() -> KeyedVectors:
    words = Words.of([f"w{i}" for i in range(40)])
    return KeyedVectors.of(words, np.random.default_rng(1).normal(size=(40, 4)).astype(np.float32))


def read_index(path: Path) -> None:
    from fastvec.ann import Index

    vectors = index_vectors()
    Index.load(path, vectors).most_similar(vectors["w1"], 3)


def records(path: Path) -> None:
    Pairs.from_scipy(np.ones((3, 3))).write_glove(path)
    vocabulary(path.with_name("vocab.txt"))


def vocabulary(path: Path) -> None:
    write_counts(path, PLAIN, np.array([3, 2, 1]))


def table(write: Callable[[Any, Path], object], kind: str = "text") -> Callable[[Path], object]:
    """A table of texts, of lists of words, or of items, written by pyarrow."""

    def make(path: Path) -> None:
        import pyarrow

        texts = ["a rose is", None, "a rose é"] * 3
        lists = [["a", "rose"], [], ["a", "é"]] * 3
        columns = {"text": texts, "lists": lists, "items": [[1, 2], [2, 1], [3]] * 3}
        chosen = {"n": list(range(9)), "text": columns[kind]}
        write(pyarrow.table(chosen), path)

    return make


def parquet(table: Any, path: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, path)


def arrow(table: Any, path: Path) -> None:
    import pyarrow

    with pyarrow.OSFile(str(path), "wb") as file, pyarrow.ipc.new_file(file, table.schema) as out:
        out.write_table(table)


def feather(table: Any, path: Path, **options: Any) -> None:
    import pyarrow.feather

    pyarrow.feather.write_feather(table, str(path), **options)


JSON_LINES = b'{"n": 1, "text": "a rose is"}\n{"n": 2, "text": "a rose \\u00e9"}\n' * 3
CSV = 'n,text\n1,"a rose, is"\n2,"a ""rose"" é"\n'.encode() * 3

FASTTEXT = {
    "version 12": (fasttext_files.model(), ".bin"),
    "the first version": (fasttext_files.model(0), ".bin"),
    "classifier": (fasttext_files.model(labels=("__label__a",)), ".bin"),
    "in gz": (gzip.compress(fasttext_files.model()), ".bin.gz"),
    "quantised": (
        fasttext_files.model(matrix=fasttext_files.quantized(6, True)[0], pruned=[(7, 1), (3, 0)]),
        ".ftz",
    ),
}

# --- the readers


def read_corpus(path: Path, **options: Any) -> Corpus:
    return Corpus.read(path, min_count=1, **QUIET, **options)


def read_pairs_of_glove(path: Path, with_words: bool) -> Pairs:
    return Pairs.read_glove(path, path.with_name("vocab.txt") if with_words else None)


def evaluated(what: str, path: Path) -> object:
    wv = KeyedVectors.of(PLAIN, VECTORS)
    return getattr(evaluation, what)(wv, path)


def tags_of(path: Path) -> object:
    """The documents and tags of a table; its words need not be enough to train on."""
    model = Doc2Vec(vector_size=2, column="text", tag_column="n", **SMALL)
    model.build_vocab(path)
    return model


@dataclass(frozen=True)
class Reader:
    """How a file is read, and how a good one is made.

    ``make`` may write other files beside it, which are changed too.  With ``checksums`` changed
    containers get right checksums, since otherwise hardly any would get past their comparison.
    """

    make: Callable[[Path], object]
    read: Callable[[Path], object]
    ending: str = ""
    checksums: bool = False


RUN_LOG = b"""{"event": "training", "unit": "words", "epochs": 2}
{"event": "epoch", "doing": "training", "epochs": 2, "done": 5, "total": 10, "rate": 0.01, \
"per_second": 99.5, "loss": 0.5}
{"event": "validation", "epoch": 1.5, "loss": 0.25}
{"event": "evaluation", "epoch": 2, "file": "a.txt", "measure": "accuracy", "score": 0.5, \
"low": 0.25, "high": null}
"""

auto, load, column = read_vectors, fastvec.load, partial(read_corpus, column="text")
text = vector_file("word2vec")

READERS = {
    "text": Reader(text_rows, read_word2vec),
    "binary": Reader(
        partial(write_word2vec, words=PLAIN, vectors=VECTORS, binary=True),
        lambda path: read_word2vec(path, binary=True, errors="replace"),
    ),
    "glove": Reader(
        partial(text_rows, header=False),
        lambda path: read_word2vec(path, header=False, errors="ignore"),
    ),
    "latin-1": Reader(
        partial(text_rows, layout="word2vec.c"),
        lambda path: read_word2vec(path, limit=2, encoding="latin-1"),
    ),
    "text by its bytes": Reader(text, auto),
    "binary by its bytes": Reader(vector_file("word2vec-binary"), auto),
    "glove by its bytes": Reader(vector_file("glove"), auto),
    "limit": Reader(vector_file("word2vec-binary"), lambda path: auto(path, limit=2)),
    "gz": Reader(packed(gzip.compress, text), auto),
    "bz2": Reader(packed(bz2.compress, text), auto),
    "xz": Reader(packed(lzma.compress, vector_file("word2vec-binary")), auto),
    "zst": Reader(packed(zstd, text), auto),
    **{f"vectors in {pack}": Reader(in_archive(pack, "v.txt", text), auto) for pack in PACKERS},
    "counts": Reader(vocabulary, read_counts),
    "npy": Reader(vector_file("npy"), auto, ".npy"),
    "npy by its name": Reader(vector_file("npy"), lambda path: auto(path, file_format="npy")),
    "npz": Reader(npz, auto, ".npz"),
    "parquet": Reader(vector_file("parquet"), auto, ".parquet"),
    "projector": Reader(projector, auto, ".tsv"),
    "static embedding": Reader(static_embedding("model.safetensors"), auto),
    "tokenizer": Reader(static_embedding("tokenizer.json"), auto),
    "tensors": Reader(static_embedding("model.safetensors"), lambda path: load_tensors(path) and 0),
    "fastText by its bytes": Reader(vector_file("fasttext"), auto),
    **{
        f"fastText, {name}": Reader(bytes_of(data), load_facebook_vectors, ending)
        for name, (data, ending) in FASTTEXT.items()
    },
    "fastText to be trained": Reader(bytes_of(fasttext_files.model()), load_facebook_model),
    "floret": Reader(floret_table, load, ".floret"),
    "floret in gz": Reader(packed(gzip.compress, floret_table), load),
    "finalfusion": Reader(bytes_of(b"FiFu\0\0\0\0\2\0\0\0\1\0\0\0" + bytes(99)), load),
    "vectors": Reader(vector_file("safetensors"), KeyedVectors.load),
    "vectors by their bytes": Reader(vector_file("safetensors"), load),
    "vectors with n-grams": Reader(subwords_of, KeyedVectors.load, "", True),
    "vectors without a map": Reader(
        vector_file("safetensors"), lambda path: KeyedVectors.load(path, mmap=False), "", True
    ),
    "vectors of a container": Reader(
        vector_file("safetensors"), lambda path: load_vectors(path) and 0, "", True
    ),
    "model": Reader(model_of, Word2Vec.load, "", True),
    "model by its bytes": Reader(model_of, load),
    "documents": Reader(documents_of, Doc2Vec.load, "", True),
    "documents with names": Reader(
        partial(documents_of, tags="abcdeé", dm=0, hs=1), Doc2Vec.load, "", True
    ),
    "documents by their bytes": Reader(documents_of, load),
    "lines as documents": Reader(
        bytes_of(LINES), lambda path: list(TaggedLineDocument(path)) and 0, ".gz"
    ),
    "tags of a table": Reader(table(parquet), tags_of, ".parquet"),
    "tags of CSV": Reader(bytes_of(CSV), tags_of, ".csv"),
    "tags of JSON lines": Reader(bytes_of(JSON_LINES), tags_of, ".jsonl"),
    "model of n-grams": Reader(ngrams_of, FastText.load, "", True),
    "model of floret's": Reader(partial(ngrams_of, hash_count=2), FastText.load, "", True),
    "model of n-grams by its bytes": Reader(ngrams_of, load),
    "ranker model": Reader(
        lambda path: Ranker(SENTENCES, 2, hidden_size=3, **SMALL).save(path), Ranker.load, "", True
    ),
    "glove model": Reader(lambda p: GloVe(2, **SMALL).fit(SENTENCES).save(p), GloVe.load, "", True),
    "language model": Reader(
        lambda path: NeuralLM(SENTENCES, 2, n=2, hidden_size=3, **SMALL).save(path),
        NeuralLM.load,
        "",
        True,
    ),
    "pairs": Reader(
        lambda path: Pairs.from_scipy(np.ones((3, 3)), PLAIN, np.arange(3)).save(path),
        Pairs.load,
        "",
        True,
    ),
    "pairs not verified": Reader(
        lambda path: Pairs.from_scipy(np.ones((9, 9))).save(path),
        lambda path: Pairs.load(path, verify=False),
    ),
    "phrases": Reader(phrases_of, Phrases.load, "", True),
    "frozen phrases": Reader(partial(phrases_of, frozen=True), Phrases.load, "", True),
    "corpus": Reader(lambda p: read_corpus_of(SENTENCES).save(p), Corpus.open, "", True),
    "corpus as a source": Reader(lambda p: read_corpus_of([[3, 5], [5, 7]]).save(p), read_corpus),
    "index": Reader(index_of, read_index),
    **{
        f"version 1, {name}": Reader(bytes_of((OLD / name).read_bytes()), load, "", True)
        for name in sorted(path.name for path in OLD.glob("*.*[!yd]"))
    },
    "records": Reader(records, partial(read_pairs_of_glove, with_words=False)),
    "records with words": Reader(records, partial(read_pairs_of_glove, with_words=True)),
    "plain text": Reader(bytes_of(LINES), read_corpus),
    "text to be cut": Reader(bytes_of(LINES), partial(read_corpus, tokens="words", lower=True)),
    "text with a function": Reader(bytes_of(LINES), partial(read_corpus, tokens=str.split)),
    "UTF-16": Reader(
        bytes_of(LINES.decode().encode("utf-16")), partial(read_corpus, encoding="utf-16")
    ),
    "text in gz": Reader(bytes_of(gzip.compress(LINES)), read_corpus),
    "text in zst": Reader(packed(zstd, bytes_of(LINES)), read_corpus),
    "text in zip": Reader(in_archive("zip", "a.txt", bytes_of(LINES)), read_corpus),
    "text in tar": Reader(in_archive("tar.gz", "a.txt", bytes_of(LINES)), read_corpus),
    "JSON lines": Reader(bytes_of(JSON_LINES), column, ".jsonl"),
    "CSV": Reader(bytes_of(CSV), column, ".csv"),
    "TSV": Reader(bytes_of(CSV.replace(b",", b"\t")), column, ".tsv"),
    "Parquet of texts": Reader(table(parquet), column, ".parquet"),
    "Parquet of lists": Reader(table(parquet, "lists"), column),
    "Parquet of items": Reader(table(parquet, "items"), column),
    "Arrow of texts": Reader(table(arrow), column, ".arrow"),
    "Arrow of lists": Reader(table(arrow, "lists"), column),
    "Feather": Reader(table(feather), column, ".feather"),
    "Feather 1": Reader(table(partial(feather, version=1)), column, ".feather"),
    "lines": Reader(bytes_of(LINES), lambda path: list(LineSentence(path)) and 0),
    "lines of a folder": Reader(
        bytes_of(LINES), lambda path: list(PathLineSentences(path)) and 0, ".bz2"
    ),
    "text8": Reader(bytes_of(LINES), lambda path: list(Text8Corpus(path)) and 0),
    "log of a run": Reader(
        bytes_of(RUN_LOG), lambda path: table_of(read_runs(path)) and 0, ".jsonl"
    ),
    "list of words": Reader(bytes_of(b"a\nrose\n"), lambda path: listed_words(path) and 0),
    "analogies": Reader(
        bytes_of(b": s\na rose is a\nrose a a is\n"), partial(evaluated, "analogies")
    ),
    "similarity": Reader(
        bytes_of(b"a rose 1\nrose is 2.5\na is 3\n"), partial(evaluated, "similarity")
    ),
    "categories": Reader(bytes_of(b"a x\nrose x\nis y\n"), partial(evaluated, "categories")),
    "dictionary": Reader(bytes_of(b"a\tx\nrose y\n"), read_dictionary),
}


def read_corpus_of(sentences: Any) -> Corpus:
    return Corpus.read(sentences, min_count=1, **QUIET)


def run(reader: Reader, path: Path, checksums: bool = False) -> None:
    """Read a file and use it.

    A ValueError, OSError or MemoryError must name the file, or one beside it; ImportError is a
    package that is missing.  Any other exception, AssertionError too, is a finding.
    """
    if checksums:
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            rewrite(path)
    try:
        thing = reader.read(path)
    except ImportError:
        return
    except (ValueError, OSError, MemoryError) as error:
        assert str(path.parent) in str(error), error
        return
    use(thing)
