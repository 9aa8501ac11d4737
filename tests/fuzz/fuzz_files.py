"""Coverage-guided fuzzing of every file reader; not a test that pytest collects.

    pip install atheris
    python tests/fuzz/fuzz_files.py -max_total_time=600 INPUTS_FOLDER

Bytes may be read or refused with a ValueError that names the file; anything else is a finding.
`make fuzz` runs it with a native core that has AddressSanitizer; CONTRIBUTING.md says how to see
that core's coverage too.  The first byte of an input chooses the reader; ``--seeds FOLDER`` writes
one good input for each and ends.  FUZZ_READERS=9,10 keeps to some readers: 9 and 10 are those of
corpus files, 11 that of phrases, 12 to 14 those of pairs and models.
"""

import contextlib
import io
import os
import sys
import tempfile
import warnings
from pathlib import Path

import atheris
import numpy as np

sys.path.append(str(Path(__file__).parent.parent))

with atheris.instrument_imports():
    from containers import rewrite

    from fastvec.corpus import corpus
    from fastvec.io import word2vec
    from fastvec.io.container import Container
    from fastvec.io.counts import read_counts
    from fastvec.io.format import VectorFile
    from fastvec.io.registry import read_vectors
    from fastvec.io.vectors import load_vectors, save_vectors
    from fastvec.models import phrases
    from fastvec.models.glove import GloVe
    from fastvec.models.pairs import Pairs
    from fastvec.models.word2vec import Word2Vec
    from fastvec.words import Words

FOLDER = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
PATH = FOLDER / "input"


def with_checksums() -> Path:
    """The input with the checksums that its arrays have; otherwise hardly any changed file would
    get past the comparison of checksums."""
    changed = FOLDER / "input.checked"  # its errors begin with the name of the input
    rewrite(PATH, changed)
    return changed


READERS = [
    lambda: word2vec.read_word2vec(PATH),
    lambda: word2vec.read_word2vec(PATH, binary=True, errors="replace"),
    lambda: word2vec.read_word2vec(PATH, header=False, errors="ignore"),
    lambda: word2vec.read_word2vec(PATH, limit=2, encoding="latin-1"),
    lambda: read_counts(PATH),
    lambda: load_vectors(PATH),
    lambda: load_vectors(with_checksums(), mmap=False),
    lambda: read_vectors(PATH, file_format="npy"),
    lambda: read_vectors(PATH),
    lambda: corpus.Corpus.open(PATH),
    lambda: corpus.Corpus.open(with_checksums()),
    lambda: phrases.Phrases.load(with_checksums()),
    lambda: Pairs.load(with_checksums()),
    lambda: Word2Vec.load(with_checksums()),
    lambda: GloVe.load(with_checksums()),
]
CHOSEN = [int(i) for i in os.environ.get("FUZZ_READERS", "").split(",") if i] or range(len(READERS))


def check(result) -> None:
    """Touch every byte of what was read."""
    if isinstance(result, corpus.Corpus):
        use(result)
        return
    if isinstance(result, (phrases.Phrases, phrases.FrozenPhrases)):
        use_phrases(result)
        return
    if isinstance(result, Pairs):
        use_pairs(result)
        return
    if isinstance(result, Word2Vec | GloVe):
        train(result)
        return
    if isinstance(result, VectorFile):
        words, vectors = result.words, result.vectors
    elif isinstance(result, tuple):
        words, vectors = result[:2]
    else:
        return
    vectors = vectors.arrays["vectors"] if isinstance(vectors, Container) else vectors
    assert len(words) == len(vectors)
    for row, word in enumerate(words):
        assert 0 <= words.find(word) <= row or "�" in word
    assert vectors.astype(np.float64).sum() is not None


def use(read: corpus.Corpus) -> None:
    """Train on a corpus: the native loops go where its ids and offsets send them."""
    assert sum(map(len, read.vocabulary.words)) >= 0
    model = Word2Vec(vector_size=4, epochs=1, workers=1, hs=1, alpha=1e-3, progress=False)
    try:
        model.build_vocab(read)
        model.train(read)
    except ValueError:  # a corpus without words
        assert min(len(read.tokens), len(read.vocabulary)) < 2


def use_pairs(read: Pairs) -> None:
    """Make a matrix of pairs and train on them: the native loops go where the tiles send them."""
    if read.shape[0] > 1000:  # a large matrix takes long, and shows nothing more
        return
    for work in (read.to_scipy, lambda: GloVe(4, epochs=1, progress=False, workers=1).fit(read)):
        try:
            work()
        except ValueError as error:
            assert "damaged" in str(error) or "there are no pairs" in str(error), error


def train(model: Word2Vec | GloVe) -> None:
    """Go on with the training of a model that was read."""
    model.workers = 1
    model.progress = False
    with contextlib.suppress(ValueError, TypeError, RuntimeError, FloatingPointError):
        model.train([["a", "rose", "is", "a", "rose"]] * 3, epochs=1)  # options may not fit


def use_phrases(read: phrases.Phrases | phrases.FrozenPhrases) -> None:
    """Join phrases and score them: the native loops go where words, pairs and nodes send them."""
    if read.tokens == "a function":  # it would have to be set again
        return
    read.join([["a", "rose", "of", "a", "rose"]], progress=False)
    if isinstance(read, phrases.Phrases):
        assert sum(read.vocab.values()) >= 0
        read.add_vocab([["a", "rose"]])
        assert len(read.vocab) >= 3


def one_input(data: bytes) -> None:
    """Let the reader that the first byte chooses read the rest."""
    if not data:
        return
    PATH.write_bytes(data[1:])
    try:
        check(READERS[CHOSEN[data[0] % len(CHOSEN)]]())
    except ImportError:  # Parquet without pyarrow
        pass
    except ValueError as error:
        assert str(PATH) in str(error), error


def seeds(folder: Path) -> None:
    """One good input for each reader."""
    words, vectors = Words.of(["a", "bé", "c d"]), np.array([[1, -2.5], [1e-7, 3], [0, 4]], "f")
    good = io.BytesIO()
    for reader, options in ((0, {}), (2, {"header": False}), (3, {"layout": "word2vec.c"})):
        word2vec.write_word2vec(PATH, words, vectors, **options)
        folder.joinpath(str(reader)).write_bytes(bytes([reader]) + PATH.read_bytes())
    word2vec.write_word2vec(PATH, words.take(np.arange(2)), vectors[:2], binary=True)
    folder.joinpath("1").write_bytes(b"\1" + PATH.read_bytes())
    folder.joinpath("4").write_bytes(b"\4a 3\nb 2\n")
    save_vectors(PATH, words=words, vectors=vectors, counts=np.arange(3))
    for reader in (5, 6, 8):
        folder.joinpath(str(reader)).write_bytes(bytes([reader]) + PATH.read_bytes())
    sentences = [["a", "rose", "is"], ["a", "rose", "é"]]
    corpus.Corpus.read(sentences, min_count=1, progress=False).save(PATH)
    for reader in (9, 10):
        folder.joinpath(str(reader)).write_bytes(bytes([reader]) + PATH.read_bytes())
    learned = phrases.Phrases(sentences * 3, 1, 0.1, connector_words=["is"], progress=False)
    learned.save(PATH)
    folder.joinpath("11").write_bytes(b"\x0b" + PATH.read_bytes())
    learned.freeze().save(PATH)
    folder.joinpath("11 frozen").write_bytes(b"\x0b" + PATH.read_bytes())
    pairs = Pairs.from_scipy(np.ones((3, 3)), words, np.arange(3))
    model = Word2Vec(sentences, vector_size=2, min_count=1, epochs=1, hs=1, progress=False)
    glove = GloVe(2, min_count=1, epochs=1, progress=False).fit(sentences)
    for reader, made in ((12, pairs), (13, model), (14, glove)):
        made.save(PATH)
        folder.joinpath(str(reader)).write_bytes(bytes([reader]) + PATH.read_bytes())
    np.save(good, vectors)
    folder.joinpath("7").write_bytes(b"\7" + good.getvalue())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    (FOLDER / "input.words.txt").write_text("a\nb\nc\n")
    if sys.argv[1:2] == ["--seeds"]:
        seeds(Path(sys.argv[2]))
    else:
        atheris.Setup(sys.argv, one_input)
        atheris.Fuzz()
