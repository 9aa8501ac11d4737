"""The tools that are compared, as data: how each is run, and what is unfair about it.

    python benchmarks/rivals.py gensim-file '{"corpus": "text.txt", "output": "vectors.bin", ...}'

trains one model with a Python library and saves it in word2vec's binary format.  train.py calls it
like this, with a process for every run.  Tools that are not Python libraries are run directly.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
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


MODELS: dict[str, dict[str, Any]] = {
    "sg-ns": {"sg": 1, "hs": 0, "negative": 5, "alpha": 0.025},
    "cbow-ns": {"sg": 0, "hs": 0, "negative": 5, "alpha": 0.05},
    "sg-hs": {"sg": 1, "hs": 1, "negative": 0, "alpha": 0.025},
    "cbow-hs": {"sg": 0, "hs": 1, "negative": 0, "alpha": 0.05},
}
"""word2vec.c's rates: gensim's default of 0.025 would be too slow for CBOW."""

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


def gensim_like(word2vec: type, settings: Settings, **more: Any) -> None:
    """Train with a class that has gensim's names, ours included, and save."""
    model = word2vec(
        vector_size=settings.dimension,
        window=settings.window,
        min_count=settings.min_count,
        sample=settings.sample,
        epochs=settings.epochs,
        workers=settings.workers,
        seed=settings.seed,
        callbacks=[Marks()],
        **MODELS[settings.model],
        **more,
    )
    model.wv.save_word2vec_format(settings.output, binary=True)


def run_fastvec(settings: Settings, **more: Any) -> None:
    from fastvec import Word2Vec

    gensim_like(Word2Vec, settings, corpus_file=settings.corpus, **more)


def run_gensim_file(settings: Settings) -> None:
    from gensim.models import Word2Vec

    gensim_like(Word2Vec, settings, corpus_file=settings.corpus)


def run_gensim_lines(settings: Settings) -> None:
    from gensim.models import Word2Vec
    from gensim.models.word2vec import LineSentence

    gensim_like(Word2Vec, settings, sentences=LineSentence(settings.corpus))


def run_fasttext(settings: Settings) -> None:
    import fasttext
    import numpy as np

    model = MODELS[settings.model]
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
        minn=0,  # no subwords
        maxn=0,
        bucket=0,
        verbose=2,
    )
    words = trained.get_words()
    rows = trained.get_input_matrix().astype(np.float32)
    with Path(settings.output).open("wb") as file:
        file.write(f"{len(words)} {settings.dimension}\n".encode())
        for word, row in zip(words, rows, strict=True):
            file.write(word.encode() + b" " + row.tobytes() + b"\n")


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
        "Without subwords. The noise words follow count^0.5, the rate falls to 0, lines are cut at "
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
