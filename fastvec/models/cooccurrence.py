"""Co-occurrence: how often words occur near each other, as GloVe's cooccur counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from fastvec._util.atomic import PathLike
from fastvec.corpus.corpus import Corpus
from fastvec.models.pair_counting import PairCounter
from fastvec.models.pairs import Pairs
from fastvec.params import CooccurrenceParams, ReadOptions

if TYPE_CHECKING:  # see pairs.py
    from scipy import sparse

P = CooccurrenceParams


def cooccurrence(
    corpus: Any,
    *,
    window: int = P.window,
    symmetric: bool = P.symmetric,
    distance_weighting: bool = P.distance_weighting,
    workers: int = P.workers,
    progress: bool | None = None,
    **options: Unpack[ReadOptions],
) -> sparse.csr_array:
    """The co-occurrence matrix of a corpus, with the numbers of GloVe's cooccur.

    Parameters
    ----------
    corpus : Corpus, path, or sentences
        anything that :meth:`fastvec.Corpus.read` takes.  Windows end where a sentence ends; in
        files, a sentence is a line.
    window : int, default 10
        the number of words on each side that are context.  Words outside the vocabulary are removed
        before, so windows reach across them, as GloVe's do.
    symmetric : bool, default True
        False counts entry (i, j) only where word i is to the left of word j.
    distance_weighting : bool, default True
        a pair of words at a distance of d counts 1 / d; False: it counts 1.
    workers : int, default 0
        threads; 0 means one for each core.  The result is the same for any number.
    progress : bool, optional
        show a progress bar; default: if standard error is a terminal.
    memory : int or str, default "2G"
        bytes to count in, such as ``"500M"`` or ``"4G"``.  What does not fit goes to temporary
        files.
    min_count, max_vocab_size, max_final_vocab, sorted_vocab, trim_rule
        which words are kept of a corpus that is not read yet: see :meth:`fastvec.Corpus.read`.
    tokens, lower, lines, errors, encoding, column, group, order, delimiter, header, tmp
        how its text is read: see :meth:`fastvec.Corpus.read`.

    Returns
    -------
    (V, V) scipy.sparse.csr_array of float32
        rows and columns have the order of the corpus's vocabulary.  In a symmetric matrix, a word
        next to itself is counted from both ends, that is twice.

    Raises
    ------
    ValueError, TypeError
        if an option is out of range, or if no sentence of the corpus has two words.

    >>> cooccurrence([["a", "rose", "is", "a", "rose"]], window=2, min_count=1).toarray()
    array([[0. , 2.5, 1.5],
           [2.5, 0. , 1.5],
           [1.5, 1.5, 0. ]], dtype=float32)
    """
    tmp, memory = options.get("tmp"), options.setdefault("memory", P.memory)
    params = CooccurrenceParams(window, symmetric, distance_weighting, memory, workers)
    if isinstance(corpus, Corpus):
        return count_pairs(corpus, params, tmp=tmp, progress=progress).to_scipy()
    with Corpus.read(corpus, workers=workers, progress=progress, **options) as read:
        return count_pairs(read, params, tmp=tmp, progress=progress).to_scipy()


def count_pairs(
    corpus: Corpus,
    params: CooccurrenceParams | None = None,
    *,
    tmp: PathLike | None = None,
    progress: bool | None = None,
) -> Pairs:
    """Count the pairs of a corpus for training, with the options of :func:`cooccurrence`.

    Pairs that do not fit into half of ``memory`` are memory-mapped from a temporary file (in the
    folder ``tmp``; default: the system's), which is removed when they are no longer used.

    >>> with Corpus.read("text.txt") as corpus:
    ...     pairs = count_pairs(corpus)
    """
    params = params or CooccurrenceParams()
    return PairCounter(corpus, params, tmp, progress).count()
