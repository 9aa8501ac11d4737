"""``fastvec man``: the manual page, made from the definitions of the commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from fastvec import __version__
from fastvec.cli.help import Command, option_groups, paragraphs

EXIT_CODES = {
    "0": "success",
    "1": "stopped, by Ctrl-C or a signal; what was learned so far is saved",
    "2": "bad input, which one sentence on standard error explains",
}
ENVIRONMENT = {
    "FASTVEC_SIMD": "the instruction set to use: baseline, avx2, avx512 or avx512bf16; by default "
    "the best one that the processor has",
    "TMPDIR": "the folder for temporary files, where --tmp gives none",
}


@click.command(
    cls=Command,
    examples=[
        "mkdir -p ~/.local/share/man/man1",
        "fastvec man > ~/.local/share/man/man1/fastvec.1   # then: man fastvec",
    ],
)
@click.pass_context
def man(context: click.Context) -> None:
    """Print the manual page, for the program man.

    It has the help of all commands on one page.
    """
    root = context.find_root()
    click.echo("\n".join(manual(root.command, root)))


def manual(app: click.Command, root: click.Context) -> Iterator[str]:
    """The lines of the manual page, in the language of troff."""
    first, *more = paragraphs(app)
    yield f'.TH FASTVEC 1 "" "fastvec {__version__}" "User commands"'
    yield from section("Name", [f"fastvec \\- {escaped(first[0].lower() + first[1:].rstrip('.'))}"])
    yield from section("Synopsis", [".B fastvec", ".I COMMAND", "[OPTIONS]"])
    yield from section("Description", [escaped(first), *separated(more)])
    for title, commands in getattr(app, "groups", {}).items():
        yield from section(title, [])
        for command in commands:
            yield from command_lines(command, root)
    yield from section("Exit codes", listed(EXIT_CODES.items()))
    yield from section("Environment", listed(ENVIRONMENT.items()))


def command_lines(command: click.Command, root: click.Context) -> Iterator[str]:
    """What a command does, its options and its examples."""
    context = click.Context(command, root, command.name)
    yield f".SS fastvec {escaped(str(command.name))}"
    yield escaped(" ".join(["fastvec", str(command.name), *command.collect_usage_pieces(context)]))
    yield from separated(paragraphs(command))
    for title, records in option_groups(command, context).items():
        yield from (".PP", f".B {title}:", *listed(records))
    if isinstance(command, Command):
        yield from (".PP", ".B Examples:", ".PP", ".nf")
        yield from (f"    {escaped(line)}" for line in command.examples)
        yield ".fi"


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A section of the page."""
    yield f".SH {title.upper()}"
    yield from lines


def separated(texts: Iterable[str]) -> Iterator[str]:
    """Paragraphs; the lines of one that has several are kept apart."""
    for text in texts:
        lines = map(escaped, text.splitlines())
        yield from (".PP", ".nf", *lines, ".fi") if "\n" in text else (".PP", *lines)


def listed(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Terms, each with what is said of it below."""
    for term, text in pairs:
        yield from (".TP", f".B {escaped(term)}", escaped(text))


def escaped(text: str) -> str:
    """A text without anything that troff takes for a command.

    >>> print(escaped(".5 of a -c\\\\b"))
    \\&.5 of a \\-c\\eb
    """
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^[.']", r"\\&\g<0>", text)
