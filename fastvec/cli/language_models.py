"""``fastvec nplm`` and ``perplexity``: neural language models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fastvec._util.progress import plural
from fastvec.cli.files import INPUT, Source, check_inputs, corpus_argument, sources
from fastvec.cli.help import Command
from fastvec.cli.networks import network_options, train_network
from fastvec.cli.news import long_command
from fastvec.cli.shared import options_from, print_json, print_lines, report
from fastvec.cli.vectors import JSON
from fastvec.models.neural_lm import NeuralLM
from fastvec.models.neural_lm_text import RARE_ID
from fastvec.params import NeuralLMParams


@click.command(
    cls=Command,
    examples=[
        "fastvec nplm text.txt -o lm.safetensors",
        "fastvec nplm text.txt -o lm.safetensors --validation 0.1 --stop-after 2",
        "fastvec nplm book.txt -o vectors.bin --no-lines --n 3 --direct",
    ],
)
@network_options
@options_from(NeuralLMParams)
@long_command
def nplm(**options: Any) -> None:
    """Train a neural language model (Bengio et al. 2003), and its vectors.

    CORPUS: text files, folders or globs, one sentence a line; tables and JSON lines, with --column;
    or what fastvec encode wrote with --min-count 1.

    A network learns to predict each word from the words before it.  Rare words are one word, <unk>,
    and <s> stands before each sentence and is predicted at its end.

    The output's ending chooses its format, as with fastvec convert; .safetensors is the whole
    model: fastvec perplexity and NeuralLM.load open it.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).  In the first
    epoch it does not replace a file, but writes another one beside it: NAME.partial.ENDING.  With
    --checkpoint it writes the checkpoint, from which the same command with --resume goes on.
    """
    train_network(NeuralLM, **options)


@click.command(
    cls=Command,
    examples=[
        "fastvec perplexity lm.safetensors test.txt",
        "fastvec perplexity lm.safetensors - --json < test.txt",
    ],
)
@click.argument("model", type=INPUT)
@corpus_argument()
@JSON
@long_command
def perplexity(model: Path, corpus: tuple[Source, ...], as_json: bool, quiet: bool) -> None:
    """Print the perplexity of a text under a neural language model.

    MODEL: what fastvec nplm wrote.  CORPUS is read as the text of its training was.  The end of
    each sentence counts as a word, and words that the model does not know as <unk>.
    """
    check_inputs([model, *corpus])
    lm = NeuralLM.load(model)
    lm.progress = False if quiet else None
    text = lm._known_text(sources(corpus))
    found = lm.perplexity(text)
    words, unknown = len(text.tokens), int((text.tokens == RARE_ID).sum())
    report(
        quiet,
        f"{plural(words, 'word')} in {plural(len(text), 'sentence')}, "
        f"{100 * unknown / words:.1f} % of them <unk>",
    )
    facts = {"perplexity": found, "words": words, "sentences": len(text), "unknown": unknown}
    if as_json:
        print_json(facts)
    else:
        print_lines([f"{found:.2f}"])
