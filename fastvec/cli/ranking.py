"""``fastvec rank``: vectors by ranking windows."""

from __future__ import annotations

from typing import Any

import click

from fastvec.cli.help import Command
from fastvec.cli.networks import network_options, train_network
from fastvec.cli.news import long_command
from fastvec.cli.shared import options_from
from fastvec.models.ranker import Ranker
from fastvec.params import RankerParams


@click.command(
    cls=Command,
    examples=[
        "fastvec rank text.txt -o vectors.bin",
        "fastvec rank text.txt -o ranker.safetensors --grow 5000 --validation 0.01",
    ],
)
@network_options
@options_from(RankerParams)
@long_command
def rank(**options: Any) -> None:
    """Train vectors by ranking windows (Collobert & Weston 2008).

    CORPUS: text files, folders or globs, one sentence a line; tables and JSON lines, with --column;
    or what fastvec encode wrote.

    A network learns to score each window of the text above the same window with a random word in
    its middle.

    The output's ending chooses its format, as with fastvec convert; .safetensors is the whole
    model: Ranker.load opens it.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).  In the first
    epoch it does not replace a file, but writes another one beside it: NAME.partial.ENDING.  With
    --checkpoint it writes the checkpoint, from which the same command with --resume goes on.
    """
    train_network(Ranker, **options)
