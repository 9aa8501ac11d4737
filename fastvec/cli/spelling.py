"""What users may have meant: words that are not known, and options of other programs."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Sequence

import click

from fastvec.vectors.keyedvectors import KeyedVectors

#: only so many words, the most frequent ones, are compared with one that is not known: a second
MOST_COMPARED = 100_000

#: options by the names that word2vec.c, GloVe, fastText, gensim 3 and other libraries give them
MEANT = {
    **dict.fromkeys(("dim", "dims", "dimension", "dimensions", "size", "layer1-size"),
                    ("vector-size",)),
    **dict.fromkeys(("lr", "learning-rate", "rate"), ("eta", "alpha")),
    **dict.fromkeys(("iter", "iters", "iterations", "epoch", "niter", "n-epochs", "max-iter"),
                    ("epochs",)),
    **dict.fromkeys(("thread", "threads", "jobs", "n-jobs", "cores", "num-workers"), ("workers",)),
    **dict.fromkeys(("ws", "window-size", "context"), ("window",)),
    **dict.fromkeys(("neg", "negatives", "ns"), ("negative",)),
    **dict.fromkeys(("mincount", "min-freq", "vocab-min-count", "min"), ("min-count",)),
    **dict.fromkeys(("subsample", "t"), ("sample",)),
    **dict.fromkeys(("cbow", "skipgram", "skip-gram"), ("sg",)),
    **dict.fromkeys(("out", "output-file", "save-file", "save"), ("output",)),
    **dict.fromkeys(("top", "k", "n"), ("topn",)),
    **dict.fromkeys(("debug", "verbose", "silent"), ("quiet",)),
    **dict.fromkeys(("lowercase", "lower-case"), ("lower",)),
    **dict.fromkeys(("mem", "memory-limit"), ("memory",)),
    "xmax": ("x-max",),
    "vocab-file": ("vocab", "read-vocab"),
}  # fmt: skip

#: what other programs have an option for, and fastvec has not
INSTEAD = {
    **dict.fromkeys(("train", "input", "corpus", "input-file"), "name the text without an option"),
    "binary": "the ending of the output chooses the format, such as .bin or .txt",
}


def check_options(command: click.Command, arguments: Sequence[str]) -> None:
    """UsageError for an option of another program, with what it is called here.

    An option of several letters after a single dash is one too: click takes it for several
    options of one letter.
    """
    known = {
        flag
        for option in command.params
        if isinstance(option, click.Option)
        for flag in (*option.opts, *option.secondary_opts)
    }
    for argument in itertools.takewhile(lambda one: one != "--", arguments):
        flag = argument.partition("=")[0]
        name = flag.lstrip("-").replace("_", "-").lower()
        letters = not flag.startswith("--") and len(name) < 2  # -q, or - for standard input
        if not flag.startswith("-") or flag in known or letters:
            continue
        flags = [f"--{meant}" for meant in (name, *MEANT.get(name, ()))]
        found = next((meant for meant in flags if meant in known), None)
        advice = INSTEAD.get(name) if found is None else f"did you mean {found}?"
        if advice is not None:
            raise click.UsageError(f"No such option {flag!r}: {advice}")


def unknown_word(wv: KeyedVectors, word: str, path: object) -> str:
    """A sentence about a word without a vector: where it is missing, and words like it."""
    cases = {word.lower(), word.upper(), word.capitalize(), word.title()}
    near = sorted(case for case in cases if case in wv)
    frequent = itertools.islice(map(str, wv.words), MOST_COMPARED)
    near += difflib.get_close_matches(word, frequent, 3)
    names = " or ".join(map(repr, list(dict.fromkeys(near))[:3]))
    hint = f": did you mean {names}?" if near else ""
    return f"{word!r} is not among the {len(wv)} words of {path}{hint}"
