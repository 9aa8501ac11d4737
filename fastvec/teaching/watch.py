"""watch(): a page that trains a few words, one step at a time."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from fastvec._util.atomic import STDOUT, PathLike, atomic_write
from fastvec._util.options import fields_of, refuse_unknown
from fastvec.corpus.corpus import Corpus
from fastvec.params import CorpusParams, TextOptions, WatchParams
from fastvec.plots.pages import frame, page_of
from fastvec.teaching.texts import DEFAULT, TEXTS

if TYPE_CHECKING:
    from fastvec._util.page_server import PageServer

FOLDER = Path(__file__).parent / "page"
SCRIPTS = (
    "numbers.js", "text.js", "training.js", "drawing.js", "network.js", "map.js", "panels.js",
    "story.js", "main.js",
)  # fmt: skip
PAGE = ".html"
POLICY = "connect-src 'none'; base-uri 'none'; form-action 'none'"  # beside the one in the page
#: what fits on a screen
MOST_WORDS, MOST_TOKENS = 40, 400

Sentences = list[list[str]]


def watch(
    sentences: Any = None,
    *,
    model: str = WatchParams.model,
    loss: str = WatchParams.loss,
    vector_size: int = WatchParams.vector_size,
    window: int = WatchParams.window,
    negative: int = WatchParams.negative,
    alpha: float = WatchParams.alpha,
    min_alpha: float = WatchParams.min_alpha,
    epochs: int = WatchParams.epochs,
    seed: int = WatchParams.seed,
    **text: Unpack[TextOptions],
) -> Watch:
    """A page on which a small network learns word vectors, one step at a time, for teaching.

    A notebook shows it, and ``save`` writes it.  The network is trained by the page itself,
    which has all settings, takes other sentences, and goes forwards and backwards
    (docs/guide/watch.md).

    Parameters
    ----------
    sentences : optional
        whatever :class:`Corpus` can read: lists of words, or the path of a text.  Default: a few
        lines about food and drink.
    model : {"one-word", "cbow", "skip-gram"}
        what a word is predicted from: the word before it; the mean of the words around it; one
        other word of the window.
    loss : {"softmax", "ns", "hs"}
        how: by the probabilities of all words; by negative sampling; by hierarchical softmax.
    vector_size : int
        numbers in each vector, 2 to 10; default: 5.
    window : int
        words on each side that count as context, 1 to 5; default: 2.
    negative : int
        noise words, 1 to 10; default: 3.
    alpha, min_alpha : float
        learning rate at the start and at the end; default: 0.25, 0.01.
    epochs : int
        passes over the text, 1 to 500; default: 50.
    seed : int
        of the first vectors and the noise words; default: 1.
    **text
        how text is read: the options of :meth:`Corpus.read`, but with ``tokens="words"`` and
        ``lower=True`` as defaults, as the page reads what is typed.

    Raises
    ------
    ValueError
        an option out of range; a text with more than 40 different words or 400 altogether, or
        without a sentence of two different words.
    TypeError
        an option that does not exist; sentences that are no lists of words.
    OSError
        a file that cannot be read.

    >>> watch([["we", "drink", "milk"], ["you", "drink", "juice"]], loss="ns")
    Watch(2 sentences, 5 words, one-word, ns)
    """
    refuse_unknown(text, WatchParams, CorpusParams)
    params = WatchParams(model, loss, vector_size, window, negative, alpha, min_alpha, epochs, seed)
    lines = [line.split() for line in DEFAULT.splitlines()] if sentences is None else sentences
    return Watch(_read(lines, text), params)


class Watch:
    """A page that trains a few words; :func:`fastvec.watch` makes one.

    Attributes
    ----------
    sentences : list of list of str
        what it trains on.
    params : WatchParams
        the settings that it begins with.
    """

    def __init__(self, sentences: Sentences, params: WatchParams) -> None:
        self.sentences, self.params = sentences, params

    def __repr__(self) -> str:
        words = len({word for sentence in self.sentences for word in sentence})
        lines = f"{len(self.sentences)} sentence{'s' * (len(self.sentences) != 1)}"
        return f"Watch({lines}, {words} words, {self.params.model}, {self.params.loss})"

    def page(self) -> str:
        """The page as HTML, which loads nothing from anywhere.

        >>> watch().page().startswith("<!doctype html>")
        True
        """
        facts = {
            "sentences": self.sentences,
            "options": dataclasses.asdict(self.params),
            "limits": {"words": MOST_WORDS, "tokens": MOST_TOKENS, "ranges": _ranges()},
            "examples": TEXTS,
        }
        return page_of(FOLDER, SCRIPTS, DATA=json.dumps(facts).replace("<", "\\u003c"))

    def save(self, path: PathLike) -> None:
        """Write the page.

        Raises
        ------
        ValueError
            the name of the file does not end in .html.
        OSError
            the file cannot be written.

        >>> watch().save("watch.html")
        """
        check_page(path)
        with atomic_write(path) as file:
            file.write(self.page().encode())

    def server(self, port: int = 0) -> PageServer:
        """A server of the page for this machine; port 0 is one that is free.

        >>> with watch().server() as server:
        ...     server.address.startswith("http://127.0.0.1:")
        True
        """
        from fastvec._util.page_server import HTML, PageServer

        return PageServer({"index.html": (self.page().encode(), HTML)}, POLICY, port)

    def _repr_html_(self) -> str:
        """What a notebook shows: the page, in a frame that can do nothing outside it."""
        return frame(self.page(), height=960)


def check_page(path: PathLike) -> None:
    """ValueError if the name of a file is not that of a page; standard output takes one too.

    >>> check_page("watch.htm")
    Traceback (most recent call last):
    ValueError: watch.htm: the ending must be .html
    """
    if Path(path) != STDOUT and Path(path).suffix.lower() != PAGE:
        raise ValueError(f"{path}: the ending must be {PAGE}")


def _read(source: Any, text: TextOptions) -> Sentences:
    """The sentences of a source, as words."""
    options: TextOptions = {"tokens": "words", "lower": True, **text}
    with Corpus.read(source, min_count=1, progress=False, **options) as corpus:
        _check(corpus)
        words = [str(word) for word in corpus.vocabulary.words]
        sentences = np.split(corpus.tokens, corpus.offsets[1:-1])
        return [[words[token] for token in sentence] for sentence in sentences]


def _check(corpus: Corpus) -> None:
    """ValueError for a text that the page cannot train on."""
    for size, most, what in (
        (len(corpus.vocabulary.words), MOST_WORDS, "different words"),
        (len(corpus.tokens), MOST_TOKENS, "words"),
    ):
        if size > most:
            raise ValueError(
                f"the text has {size:,} {what}, and the page has room for {most}: take fewer "
                "sentences"
            )
    if len(corpus.vocabulary.words) < 2 or np.diff(corpus.offsets).max() < 2:
        raise ValueError(
            "the text needs a line with two different words: one is predicted from the other"
        )


def _ranges() -> dict[str, tuple[float, float]]:
    """The lowest and the highest value of each option that is a number."""
    rules = {item.name: item.metadata["rule"] for item in fields_of(WatchParams)}
    return {name: (rule["low"], rule["high"]) for name, rule in rules.items() if "low" in rule}
