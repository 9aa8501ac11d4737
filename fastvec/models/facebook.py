"""fastText's binary files, opened and written under gensim's names."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

from fastvec._util.options import check_value
from fastvec._util.places import FileLike, name_of
from fastvec.io.fasttext import args_of, write_fasttext
from fastvec.io.fasttext_args import LOSSES, MODELS, SUPERVISED, FastTextArgs
from fastvec.io.fasttext_reader import FastTextFile, read_fasttext
from fastvec.models.fasttext import FastText
from fastvec.models.output_layers import WORD_OUTPUTS, OutputWeights
from fastvec.vectors.fasttext import FastTextKeyedVectors

MOST_NUMBER = 2**31 - 1  # in the head of a file


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
    return _vectors(read_fasttext(path, encoding=encoding))


def load_facebook_model(path: FileLike, encoding: str = "utf-8") -> FastText:
    """A model of fastText's that is trained further: ``model.train(text)``.

    The vectors are those of :func:`load_facebook_vectors`, and take as much memory as in the file,
    the output weights included.  fastText does not save its learning rate: set ``model.alpha``.
    The weights of another loss than negative sampling begin anew, with a warning.

    Parameters
    ----------
    path, encoding
        as in :func:`load_facebook_vectors`.

    Raises
    ------
    ValueError
        a classifier, which is not trained further; and as :func:`load_facebook_vectors`.

    >>> model = load_facebook_model("fasttext.bin")
    >>> model.train([["king", "queen"]] * 9, epochs=1)[1]
    18
    """
    file, name = read_fasttext(path, encoding=encoding, output=True), name_of(path)
    if file.args.model == SUPERVISED:
        raise ValueError(
            f"{name} is a classifier, which is not trained further: load_facebook_vectors reads "
            "the vectors of its words"
        )
    try:
        model = FastText(**_options(file.args))
    except ValueError as error:
        raise ValueError(f"{name} is a damaged fastText model: {error}") from None
    model.wv = _vectors(file)
    model._take_options(file.subwords)
    model.corpus_total_words = int(file.counts.sum())
    weights = OutputWeights(file.words, model.vector_size)
    if file.output is not None and file.args.loss == LOSSES["negative sampling"]:
        weights.set(WORD_OUTPUTS, file.output, name)
    else:
        warnings.warn(
            f"{name}: the output weights begin anew, since they are of another loss or tree: train "
            "the model before it predicts",
            stacklevel=2,
        )
    weights.prepare(model)
    model._output_weights = weights
    return model


def save_facebook_model(
    model: FastText,
    path: FileLike,
    encoding: str = "utf-8",
    lr_update_rate: int = 100,
    word_ngrams: int = 1,
) -> None:
    """Write a model as a binary file that fastText and gensim read.

    Buckets of n-grams that do not occur have rows of zeros in it.  The output weights of
    negative sampling are written, those of a tree are zeros.

    Parameters
    ----------
    path : path
        or an address that fsspec knows, or a file that is open for writing bytes; compressed if its
        name ends with .gz, .bz2, .xz or .zst.
    encoding : str
        only utf-8, as fastText has it.
    lr_update_rate, word_ngrams : int
        what the file says of these options of fastText's, which have no effect on vectors of words.

    Raises
    ------
    ValueError
        another encoding, a number that is not from 1 to 2**31 - 1, a word with a zero byte;
        TypeError if the model is no FastText, OSError if it cannot be written.

    >>> save_facebook_model(load_facebook_model("fasttext.bin"), "copy.bin")
    """
    if encoding.lower().replace("-", "") != "utf8":
        raise ValueError(f"fastText's files are UTF-8, not {encoding}")
    check_value("lr_update_rate", lr_update_rate, int, low=1, high=MOST_NUMBER)
    check_value("word_ngrams", word_ngrams, int, low=1, high=MOST_NUMBER)
    if not isinstance(model, FastText):
        raise TypeError(
            f"model must be a FastText, got {type(model).__name__} (the command fastvec convert "
            "--to fasttext writes vectors alone)"
        )
    model._sync_rows()
    wv, output = model.wv, model._output_weights.get(WORD_OUTPUTS)
    output = None if output is None else output[:, : model.vector_size]
    args = replace(args_of(vars(model)), lr_update_rate=lr_update_rate, word_ngrams=word_ngrams)
    write_fasttext(path, wv.words, wv.counts, wv.subwords, args, output)


def _vectors(file: FastTextFile) -> FastTextKeyedVectors:
    return FastTextKeyedVectors.of_subwords(file.words, file.subwords, file.counts, file.vectors)


def _options(args: FastTextArgs) -> dict[str, Any]:
    """fastText's options as those of FastText."""
    by_tree = args.loss == LOSSES["hierarchical softmax"]
    return {
        "vector_size": args.dim,
        "window": max(1, args.ws),
        "epochs": max(1, args.epoch),
        "min_count": max(1, args.min_count),
        "sg": int(args.model == MODELS["skip-gram"]),
        "hs": int(by_tree),
        "negative": 0 if by_tree else max(1, args.neg),
        "sample": args.t,
        "min_n": args.minn,
        "max_n": args.maxn,
        "bucket": args.bucket if args.maxn else 0,
    }
