"""``fastvec check``: what a text is like, and what training on it would take here."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import click

from fastvec._util.options import params_of
from fastvec._util.progress import readable
from fastvec.cli.files import Source, corpus_argument, sources
from fastvec.cli.help import Command
from fastvec.cli.news import QUIET
from fastvec.cli.shared import as_flags, options_from, print_json, visible
from fastvec.cli.tables import show
from fastvec.cli.vectors import JSON
from fastvec.corpus.build import SMALL_TEXT, read_corpus
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.examination import Examination
from fastvec.corpus.sources import EncodedSource, FileSource, find_source
from fastvec.corpus.sources import Source as TextSource
from fastvec.corpus.vocabulary import NoWordsError, Vocabulary, select_words
from fastvec.models.estimates import Estimate, estimate_trainings
from fastvec.params import CooccurrenceParams, CorpusParams, VocabularyParams

TableRows = tuple[str, Sequence[str], Sequence[Sequence[str]]]
WIDTH = 50  # letters of a text in a table
FEW_WORDS, MANY_WORDS = 5_000_000, 1_000_000_000  # of a small and of a large text
HEADS = {"share": "of the text", "seconds": "time", "bytes": "memory", "option": "fastvec"}
TITLES = {
    "vocabulary": "curve",
    "what min-count keeps": "kept",
    "frequent words": "frequent",
    "longest lines": "longest",
    "repeated lines": "most_repeated",
    "odd words": "odd_words",
    "training here, about": "training",
    "settings that fit": "settings",
}


@click.command(
    cls=Command,
    examples=["fastvec check news/*.gz", "fastvec check news/*.gz --tokens words --json"],
)
@corpus_argument()
@options_from(VocabularyParams)
@options_from(CorpusParams)
@options_from(CooccurrenceParams, only=("workers",))
@JSON
@QUIET
def check(
    corpus: tuple[Source, ...], workers: int, as_json: bool, quiet: bool, **options: Any
) -> None:
    """Examine a text before training.

    It prints sizes, words, odd lines, what training would take here, and settings that fit.  Times
    and memory are estimates, from training for a moment on a part of the text.

    CORPUS: see `fastvec encode`.
    """
    progress = False if quiet else None
    wanted, params = params_of(VocabularyParams, options), params_of(CorpusParams, options)
    source = find_source(sources(corpus), params)
    with read_whole(source, wanted, params, workers, progress) as text:
        found = text.examine(min_count=wanted.min_count, progress=progress)
        trainings = estimates(text, chosen_words(text, wanted), workers)
    facts = {
        **sizes(source),
        **found.to_dict(),
        "hints": [as_flags(hint) for hint in found.hints],
        "training": [dataclasses.asdict(each) for each in trainings],
        "settings": settings(found),
    }
    if as_json:
        print_json(facts)
    else:
        show(tables(facts), heads=True)


def read_whole(
    source: TextSource,
    wanted: VocabularyParams,
    params: CorpusParams,
    workers: int,
    progress: bool | None,
) -> Corpus:
    """Read a text with all of its words; a corpus that was encoded has those that it has."""
    if not isinstance(source, EncodedSource):
        wanted = dataclasses.replace(wanted, min_count=1, max_final_vocab=None)
    return read_corpus(source, wanted, params, workers=workers, progress=progress, remarks=False)


def chosen_words(text: Corpus, wanted: VocabularyParams) -> Vocabulary:
    """The words that training would keep."""
    words, counts = text.vocabulary.words, text.vocabulary.counts
    order = select_words(words, counts, wanted)
    return Vocabulary(words.take(order), counts[order])


def estimates(text: Corpus, kept: Vocabulary, workers: int) -> list[Estimate]:
    """What training would take; nothing if no word is kept."""
    try:
        return estimate_trainings(text, kept, workers)
    except NoWordsError:
        return []


def sizes(source: TextSource) -> dict[str, int]:
    """How many files there are, and how many bytes they have, as far as that is known."""
    if isinstance(source, EncodedSource):
        files = [] if source.file is None else [source.file]
    else:
        files = source.files if isinstance(source, FileSource) else []
    known = [file.size for file in files if file.size is not None]
    return {"files": len(files)} | ({"bytes": sum(known)} if len(known) == len(files) else {})


def settings(found: Examination) -> list[dict[str, str]]:
    """Options that fit a text of this size, and why (docs/guide/training.md advises the same)."""
    left = next(share for least, _, share in found.kept if least == 5)
    tiny, small = found.words < SMALL_TEXT, found.words < FEW_WORDS
    huge = found.words >= MANY_WORDS
    rows = [
        (tiny, "train --min-count 1", "in so few words, hardly any occurs often"),
        (not tiny, "train --min-count 5", f"{percent(left)} of the text are left"),
        (tiny, "train --sample 0", "or too little is left of so few words"),
        (small and not tiny, "train --sample 1e-4", "frequent words fill the windows otherwise"),
        (huge, "train --sample 1e-5", "there is enough text for the rare words alone"),
        (small, "train --sg", "better on small texts and for rare words"),
        (small, "train --epochs 20", "a small text is to be seen more often"),
        (huge, "train --epochs 2", "so much text needs fewer epochs than 5"),
        (True, "train --alpha 0.05", "for CBOW, as in word2vec.c: it learns better"),
        (not huge, "glove --x-max 10", "100 is for billions of words"),
        (small, "glove --epochs 50", "a small text needs 50 and more"),
    ]
    return [{"option": option, "why": why} for fits, option, why in rows if fits]


def tables(facts: dict[str, Any]) -> list[TableRows]:
    """The facts as tables for people: title, heads and rows of each."""
    words, lengths = facts["words"], facts["lengths"]
    counts = {
        "files": facts["files"],
        "bytes": facts.get("bytes"),
        "lines": facts["sentences"],
        "lines without words": facts["empty_sentences"],
        "words": words,
        "different words": facts["different_words"],
    }
    corpus = [(name, f"{count:,}") for name, count in counts.items() if count is not None]
    corpus.append(("of these once", percent(facts["once"])))
    corpus.append(("lines that repeat others", percent(facts["repeated"])))
    made: list[TableRows] = [
        ("corpus", ("", ""), corpus),
        (
            "words in a line",
            ("", ""),
            [(name, cell(name, n)) for name, n in lengths.items()],
        ),
    ]
    for title, name in TITLES.items():
        if facts[name]:
            rows = [tuple(map(cell, row, row.values())) for row in facts[name]]
            made.append((title, tuple(head(one) for one in facts[name][0]), rows))
    if facts["hints"]:
        made.append(("hints", ("",), [(hint,) for hint in facts["hints"]]))
    return made


def head(name: str) -> str:
    """The head of a column."""
    return HEADS.get(name, name.replace("_", " "))


def cell(name: str, value: Any) -> str:
    """A value as people read it."""
    if name == "share":
        return percent(value)
    if name == "seconds":
        return duration(value)
    if name == "bytes":
        return f"{readable(value)}B"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    text = visible(value)
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def percent(share: float) -> str:
    """A share in percent."""
    return f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """A time that is an estimate: in seconds, minutes or hours.

    >>> duration(7.4), duration(400), duration(1e5)
    ('7 s', '7 min', '28 h')
    """
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{max(seconds, 1):.0f} s"
