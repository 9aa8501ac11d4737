"""``fastvec demo``: train on text that every machine has, and show similar words."""

from __future__ import annotations

import time
from pathlib import Path

import click

from fastvec._util.progress import plural, readable
from fastvec._util.simd import simd
from fastvec.cli.help import Command
from fastvec.cli.output import VectorOutput
from fastvec.cli.shared import options_from
from fastvec.demo import documentation
from fastvec.models.word2vec import Word2Vec
from fastvec.params import Word2VecParams

ASKED = [
    "array", "file", "thread", "matrix", "string", "error",
    "socket", "dict", "random", "eigenvalues", "encoding", "path",
]  # fmt: skip
NEIGHBOURS = 6
ENOUGH = 100_000
SAVED = Path("fastvec-demo.safetensors")

NEXT = """
The model is in {file}. Ask it more:

    fastvec similar {file} {words}

or in Python:

    import fastvec
    model = fastvec.load("{file}")
    model.wv.most_similar("{word}")

Then your own text, one sentence a line:

    fastvec train TEXT -o vectors.bin
    fastvec similar vectors.bin WORD
"""


@click.command(cls=Command, examples=["fastvec demo"])
@options_from(Word2VecParams, only=("workers",))
def demo(workers: int) -> None:
    """Train on documentation that is on this machine.

    It is that of Python, NumPy and SciPy.  Nothing is downloaded or executed.  It takes less than
    half a minute.  The model is saved in the current folder, as fastvec-demo.safetensors.
    """
    start = time.perf_counter()
    output = VectorOutput(SAVED, [])
    paragraphs, words = read()
    model = Word2Vec(sg=1, min_count=15, sample=1e-4, alpha=0.05, epochs=20, workers=workers)
    click.echo(
        f"Training skip-gram with negative sampling: {model.vector_size} dimensions, "
        f"{plural(model.epochs, 'epoch')}, {plural(model.workers, 'thread')}, {simd()} ..."
    )
    model.build_vocab(paragraphs)
    model.train(paragraphs)
    speed = words * model.epochs / model.total_train_time
    click.echo(
        f"{len(model.wv):,} word vectors in {model.total_train_time:.1f} s, "
        f"{readable(speed)} words/s\n"
    )
    known = [word for word in ASKED if word in model.wv] or model.wv.index_to_key[:2]
    for word in known:
        found = model.wv.most_similar(word, topn=NEIGHBOURS)
        click.echo(f"  {word:<12} {', '.join(near for near, _ in found)}")
    output.save(model)
    click.echo(f"\n{time.perf_counter() - start:.1f} s altogether.")
    click.echo(NEXT.format(file=SAVED, words=" ".join(known[:2]), word=known[0]), nl=False)


def read() -> tuple[list[list[str]], int]:
    """The paragraphs of the documentation, and how many words they have."""
    click.echo("Reading the documentation strings of Python, NumPy and SciPy ...")
    paragraphs = list(documentation())
    words = sum(map(len, paragraphs))
    if words < ENOUGH:
        raise click.ClickException(
            f"this Python has only {words} words of documentation, {ENOUGH} are needed: "
            "its source files are missing"
        )
    click.echo(f"{words:,} words in {len(paragraphs):,} paragraphs")
    return paragraphs, words
