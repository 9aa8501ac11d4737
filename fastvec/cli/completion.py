"""``fastvec completion``: what makes a shell complete commands, options and choices."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from fastvec.cli.help import Command

SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=Command,
    examples=[
        "fastvec completion bash",
        """echo 'eval "$(fastvec completion bash)"' >> ~/.bashrc""",
        """echo 'eval "$(fastvec completion zsh)"' >> ~/.zshrc""",
        "fastvec completion fish > ~/.config/fish/completions/fastvec.fish",
    ],
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script for completion in bash, zsh or fish.

    SHELL then completes commands, options, choices and names of files when Tab is pressed.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    app = context.find_root().command
    click.echo(kind(app, {}, "fastvec", "_FASTVEC_COMPLETE").source())
