"""fastText's binary files, opened and written under gensim's names."""

from __future__ import annotations

from fastvec._util.places import FileLike
from fastvec.io.fasttext_reader import read_fasttext
from fastvec.vectors.fasttext import FastTextKeyedVectors


def load_facebook_vectors(path: FileLike, encoding: str = "utf-8") -> FastTextKeyedVectors:
    """The vectors of words and of n-grams in a binary file of fastText's, .bin or .ftz.

    Every word, unseen ones too, has the vector that fastText gives it.  All versions of the format
    are read, quantised and compressed files too; of a classifier (a supervised model) the words and
    n-grams, without its labels.

    Parameters
    ----------
    path : path
        or an address that fsspec knows, or a file that is open for reading bytes.
    encoding : str
        of the words; bytes that are not in it become escapes such as ``\\\\xff``.

    Raises
    ------
    ValueError
        a file that is cut off, damaged or of another kind; with its name and the reason.

    >>> load_facebook_vectors("fasttext.bin").most_similar("king", topn=1)[0][0]
    'queen'
    """
    file = read_fasttext(path, encoding=encoding)
    return FastTextKeyedVectors.of_subwords(file.words, file.subwords, file.counts, file.vectors)
