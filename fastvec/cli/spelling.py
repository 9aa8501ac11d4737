"""What users may have meant: words that are not known, and options of other programs."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence

import click

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.spelling import similar_spellings

#: options by the names that word2vec.c, GloVe, fastText, gensim and other libraries give them
MEANT = {
    **dict.fromkeys(("dim", "dims", "dimension", "dimensions", "size", "layer1-size",
                     "vectorsize", "embedding-size", "vec-size"), ("vector-size",)),
    **dict.fromkeys(("lr", "learning-rate", "rate", "start-alpha"), ("eta", "alpha")),
    **dict.fromkeys(("iter", "iters", "iterations", "epoch", "niter", "n-epochs", "max-iter",
                     "num-epochs"), ("epochs", "rounds")),
    **dict.fromkeys(("thread", "threads", "jobs", "n-jobs", "cores", "num-workers",
                     "num-threads"), ("workers",)),
    **dict.fromkeys(("ws", "window-size", "context", "windowsize"), ("window",)),
    **dict.fromkeys(("neg", "negatives", "ns", "negative-samples"), ("negative",)),
    **dict.fromkeys(("mincount", "min-freq", "vocab-min-count", "min"), ("min-count",)),
    **dict.fromkeys(("max-vocab", "maxvocab", "vocab-size", "max-words"), ("max-final-vocab",)),
    **dict.fromkeys(("subsample", "subsampling", "t"), ("sample",)),
    **dict.fromkeys(("cbow", "skipgram", "skip-gram"), ("sg",)),
    "hierarchical-softmax": ("hs",),
    **dict.fromkeys(("softmax", "nce", "objective"), ("loss",)),
    **dict.fromkeys(("out", "output-file", "save-file", "save", "o"), ("output",)),
    **dict.fromkeys(("top", "k", "n", "top-n", "num"), ("topn",)),
    **dict.fromkeys(("debug", "verbose", "silent", "q"), ("quiet",)),
    **dict.fromkeys(("lowercase", "lower-case"), ("lower",)),
    **dict.fromkeys(("mem", "memory-limit", "max-product", "overflow-length"), ("memory",)),
    **dict.fromkeys(("temp", "temp-file", "overflow-file", "tmpdir", "temp-dir"), ("tmp",)),
    **dict.fromkeys(("format", "output-format"), ("to",)),
    **dict.fromkeys(("input-format",), ("from",)),
    **dict.fromkeys(("questions", "accuracy"), ("analogies",)),
    **dict.fromkeys(("pretrainedvectors", "init-param-file", "load-init-param"), ("init",)),
    **dict.fromkeys(("model",), ("combine",)),
    **dict.fromkeys(("field", "text-column"), ("column",)),
    **dict.fromkeys(("normalise", "norm"), ("normalize",)),
    **dict.fromkeys(("clusters", "classes", "num-classes"), ("k",)),
    **dict.fromkeys(("restrict", "top-words"), ("restrict-vocab", "limit")),
    "xmax": ("x-max",),
    "minn": ("min-n",),
    "maxn": ("max-n",),
    "vocab-file": ("vocab", "read-vocab"),
    "saveoutput": ("output",),
}  # fmt: skip

SUBWORDS = "fastvec train --subwords makes words of n-grams of characters"
WHOLE_MODEL = "an output that ends in .safetensors holds the whole model"
#: what other programs have an option for, and fastvec has not
INSTEAD = {
    **dict.fromkeys(("train", "input", "corpus", "input-file", "corpus-file", "sentences", "text",
                     "file", "i"), "name the text without an option"),
    **dict.fromkeys(("minn", "maxn", "bucket", "min-n", "max-n"), SUBWORDS),
    **dict.fromkeys(("wordngrams", "word-ngrams"), "fastvec has no n-grams of words"),
    **dict.fromkeys(("gradsq-file", "save-gradsq", "save-init-param", "load-init-gradsq"),
                    WHOLE_MODEL),
    **dict.fromkeys(("label", "minlabel", "mincountlabel", "supervised"),
                    "fastvec has no classifier, as fastText has"),
    "binary": "the ending of the output chooses the format, such as .bin or .txt",
    "write-header": "the ending of the output chooses the format: .glove has no first line",
    "classes": "fastvec classes makes classes from vectors",
    "accuracy": "fastvec eval --analogies measures vectors",
    "save-vocab": "fastvec vocab writes the words and their counts",
    "compute-loss": "the loss is always computed",
    "lrupdaterate": "the rate falls steadily",
    **dict.fromkeys(("batch-words", "batch-size", "batch"), "there are no batches"),
    "gpu": "fastvec runs on processors only",
}  # fmt: skip

#: an option of several letters after a single dash; not -5, and not -n5
LONG = re.compile(r"--?[A-Za-z][A-Za-z0-9_-]*[A-Za-z_-]")
#: how alike an option and one that exists must be, from 0 to 1
ALIKE = 0.85


def check_options(command: click.Command, arguments: Sequence[str]) -> None:
    """UsageError for an option of another program, or a misspelt one, with what it is called here.

    An option of several letters after a single dash is one too: click takes it for several
    options of one letter.
    """
    known = {
        flag
        for option in command.params
        if isinstance(option, click.Option)
        for flag in (*option.opts, *option.secondary_opts)
    } | {"--help", "-h"}
    for argument in itertools.takewhile(lambda one: one != "--", arguments):
        flag = argument.partition("=")[0]
        if LONG.fullmatch(flag) and flag not in known:
            advice = _advice(flag, known)
            if advice or flag[:2] not in known:
                raise click.UsageError(f"No such option {flag!r}{advice}")


def _advice(flag: str, known: set[str]) -> str:
    """What to use instead of an option that is not known, as the end of a sentence."""
    name = flag.lstrip("-").replace("_", "-").lower()
    flags = [f"{dashes}{meant}" for meant in (*MEANT.get(name, ()), name) for dashes in ("--", "-")]
    if (found := next((meant for meant in flags if meant in known), None)) is None:
        if name in INSTEAD:
            return f": {INSTEAD[name]}"
        close = difflib.get_close_matches(f"--{name}", sorted(known), 1, ALIKE)
        found = close[0] if close else None
    return "" if found is None else f": did you mean {found}?"


def unknown_word(wv: KeyedVectors, word: str, path: object) -> str:
    """A sentence about a word without a vector: where it is missing, and words like it."""
    names = " or ".join(map(repr, similar_spellings(wv.words.as_text(), word)))
    hint = f": did you mean {names}?" if names else ""
    return f"{word!r} is not among the {len(wv)} words of {path}{hint}"
