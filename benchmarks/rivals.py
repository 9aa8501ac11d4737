"""The tools that are compared, as data: how each is run, and what is unfair about it.

    python benchmarks/rivals.py gensim-file '{"corpus": "text.txt", "output": "vectors.bin", ...}'

trains one model with a Python library and saves it in word2vec's binary format.  train.py calls it
like this, with a process for every run.  Tools that are not Python libraries are run directly.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Settings:
    """One training run, the same for every tool."""

    corpus: str  # a text file, one sentence a line
    output: str  # where the vectors go, in word2vec's binary format
    model: str  # a name in MODELS
    dimension: int
    seed: int
    epochs: int = 1
    workers: int = 1
    window: int = 5
    sample: float = 1e-3
    min_count: int = 5
    unseen: str = ""  # a file of words that get vectors from their n-grams if the text lacks them


MODELS: dict[str, dict[str, Any]] = {
    "sg-ns": {"sg": 1, "hs": 0, "negative": 5, "alpha": 0.025},
    "cbow-ns": {"sg": 0, "hs": 0, "negative": 5, "alpha": 0.05},
    "sg-hs": {"sg": 1, "hs": 1, "negative": 0, "alpha": 0.025},
    "cbow-hs": {"sg": 0, "hs": 1, "negative": 0, "alpha": 0.05},
}
"""word2vec.c's rates: gensim's default of 0.025 would be too slow for CBOW."""

SUBWORDS = {"min_n": 3, "max_n": 6, "bucket": 2_000_000}
SUBWORD_MODELS: dict[str, dict[str, Any]] = {
    f"{name}-subwords": MODELS[name] | {"alpha": 0.05} | SUBWORDS for name in MODELS
}
"""With fastText's rate and n-grams."""

BEGINS, ENDS = "training begins", "training ends"


class Marks:
    """A gensim callback that prints when training begins and ends."""

    def on_train_begin(self, model: object) -> None:  # noqa: ARG002
        print(BEGINS, flush=True)

    def on_train_end(self, model: object) -> None:  # noqa: ARG002
        print(ENDS, flush=True)

    def on_epoch_begin(self, model: object) -> None:
        """Does nothing; gensim calls all four methods."""

    def on_epoch_end(self, model: object) -> None:
        """Does nothing."""


def options_of(settings: Settings) -> dict[str, Any]:
    """The options of a run's model."""
    return (MODELS | SUBWORD_MODELS)[settings.model]


def gensim_like(module: Any, settings: Settings, **more: Any) -> None:
    """Train with a class that has gensim's names, ours included, and save."""
    options = options_of(settings)
    model = (module.FastText if "bucket" in options else module.Word2Vec)(
        vector_size=settings.dimension,
        window=settings.window,
        min_count=settings.min_count,
        sample=settings.sample,
        epochs=settings.epochs,
        workers=settings.workers,
        seed=settings.seed,
        callbacks=[Marks()],
        **options,
        **more,
    )
    if not settings.unseen:
        model.wv.save_word2vec_format(settings.output, binary=True)
        return
    words = with_unseen(model.wv.index_to_key, settings)
    write_vectors(settings, words, (model.wv[word] for word in words))


def with_unseen(words: list[str], settings: Settings) -> list[str]:
    """The words of a model, and then those of the list of unseen words that it lacks."""
    known, listed = set(words), Path(settings.unseen).read_text().split()
    return [*words, *(word for word in listed if word not in known)]


def write_vectors(settings: Settings, words: list[str], rows: Iterable[Any]) -> None:
    """Write vectors in word2vec's binary format."""
    with Path(settings.output).open("wb") as file:
        file.write(f"{len(words)} {settings.dimension}\n".encode())
        for word, row in zip(words, rows, strict=True):
            file.write(word.encode() + b" " + row.astype("<f4").tobytes() + b"\n")


def run_fastvec(settings: Settings, **more: Any) -> None:
    import fastvec

    gensim_like(fastvec, settings, corpus_file=settings.corpus, **more)


def run_gensim_file(settings: Settings) -> None:
    from gensim import models

    gensim_like(models, settings, corpus_file=settings.corpus)


def run_gensim_lines(settings: Settings) -> None:
    from gensim import models
    from gensim.models.word2vec import LineSentence

    gensim_like(models, settings, sentences=LineSentence(settings.corpus))


def run_fasttext(settings: Settings) -> None:
    import fasttext

    model = options_of(settings)
    trained = fasttext.train_unsupervised(
        settings.corpus,
        model="skipgram" if model["sg"] else "cbow",
        loss="hs" if model["hs"] else "ns",
        neg=model["negative"],
        lr=model["alpha"],
        dim=settings.dimension,
        ws=settings.window,
        t=settings.sample,
        minCount=settings.min_count,
        epoch=settings.epochs,
        thread=settings.workers,
        minn=model.get("min_n", 0),  # 0: no subwords
        maxn=model.get("max_n", 0),
        bucket=model.get("bucket", 0),
        verbose=2,
    )
    words = trained.get_words()
    if settings.unseen:
        words = with_unseen(words, settings)
    write_vectors(settings, words, map(trained.get_word_vector, words))


def word2vec_command(settings: Settings) -> list[str]:
    model = MODELS[settings.model]
    options = {
        "train": settings.corpus,
        "output": settings.output,
        "cbow": 1 - model["sg"],
        "hs": model["hs"],
        "negative": model["negative"],
        "alpha": model["alpha"],
        "size": settings.dimension,
        "window": settings.window,
        "sample": settings.sample,
        "min-count": settings.min_count,
        "iter": settings.epochs,
        "threads": settings.workers,
        "binary": 1,
    }
    program = Path(sys.executable).with_name("word2vec")  # beside this Python, where pip puts it
    return [str(program), *(text for k, v in options.items() for text in (f"-{k}", str(v)))]


@dataclass(frozen=True)
class Rival:
    """One tool: how to run it, how to recognise its training phase, and what is unfair."""

    package: str  # the distribution whose version is recorded
    unfair: str
    run: Callable[[Settings], None] | None = None  # a function here, or ...
    command: Callable[[Settings], list[str]] | None = None  # ... a program
    begins: str = BEGINS
    ends: str = ENDS
    environment: dict[str, str] = field(default_factory=dict)

    def line(self, name: str, settings: Settings) -> list[str]:
        """The command line of one run."""
        if self.command is not None:
            return self.command(settings)
        return [sys.executable, __file__, name, json.dumps(dataclasses.asdict(settings))]


FASTVEC = (
    "The text is read once, before training; gensim, fastText and word2vec.c read it again in "
    "every epoch, inside their training phase. Compare the end-to-end times too."
)

RIVALS: dict[str, Rival] = {
    "fastvec": Rival("fastvec", FASTVEC, run=run_fastvec),
    "fastvec-avx2": Rival(
        "fastvec",
        "As fastvec, kept from using AVX-512.",
        run=run_fastvec,
        environment={"FASTVEC_SIMD": "avx2"},
    ),
    "fastvec-baseline": Rival(
        "fastvec",
        "As fastvec, kept to what every processor of the kind has (SSE2, NEON).",
        run=run_fastvec,
        environment={"FASTVEC_SIMD": "baseline"},
    ),
    "fastvec-pairs": Rival(
        "fastvec",
        "As fastvec, with noise words of its own for each pair: word2vec.c's order of work.",
        run=lambda settings: run_fastvec(settings, shared_negatives=False),
    ),
    "fastvec-sqrt-noise": Rival(
        "fastvec",
        "As fastvec, with noise words that follow count^0.5, as fastText's do.",
        run=lambda settings: run_fastvec(settings, ns_exponent=0.5),
    ),
    "gensim-file": Rival(
        "gensim",
        "gensim's fastest mode. With more than one worker its learning rate hardly falls within "
        "an epoch, since each worker divides its own progress by the whole corpus: compare "
        "quality with one worker only.",
        run=run_gensim_file,
    ),
    "gensim-lines": Rival(
        "gensim",
        "gensim as most people run it. A second thread of its own splits the lines, so one worker "
        "uses more than one core.",
        run=run_gensim_lines,
    ),
    "fasttext": Rival(
        "fasttext",
        "The noise words follow count^0.5, the rate falls to 0, lines are cut at "
        "1024 words, there is no seed in Python (every run starts from the same one, whatever "
        "the column says). The training phase is what its progress lines tell, so it includes "
        "setting up the matrices.",
        run=run_fasttext,
        begins="Number of labels",
        ends="Progress",
    ),
    "word2vec": Rival(
        "word2vec",
        "Mikolov's C program as PyPI's word2vec package compiles it. No seed; lines become one "
        "word </s>; sentences are cut at 1000 words. Its training phase shows only after "
        "the first 10,000 words, which are not timed.",
        command=word2vec_command,
        begins="Words in train file",
        ends="Progress",
    ),
}


def main() -> None:
    name, settings = sys.argv[1], Settings(**json.loads(sys.argv[2]))
    run = RIVALS[name].run
    assert run is not None
    run(settings)


if __name__ == "__main__":
    main()
