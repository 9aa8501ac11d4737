"""What the site has beside the pages of this folder: a page of all commands, typeset formulas, and
docstrings as Sphinx expects them.

It is an extension of Sphinx.
"""

from __future__ import annotations

import re
from typing import Any

import click
from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util.logging import getLogger

from fastvec.cli import app as commands
from fastvec.cli.help import Command, option_groups, paragraphs
from fastvec.cli.man import ENVIRONMENT, EXIT_CODES

log = getLogger(__name__)
FILES = "https://github.com/fastvec/fastvec/blob/main/"
#: a link to a file outside of this folder
OUTSIDE = re.compile(r"\]\((?:\.\./)+(benchmarks(?!\S*\.png)|examples|tests|[A-Z]+\.md)")

BAR = r"\|"  # within a table


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", complete_page)
    app.connect("autodoc-process-docstring", mend_docstring, priority=400)  # before numpydoc
    app.connect("autodoc-process-signature", any_machine)
    app.add_html_math_renderer("mathml", (inline_formula, None), (formula, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


# --- pages


def complete_page(_: Sphinx, page: str, source: list[str]) -> None:
    """Add what is generated to a page, and let links to files outside of this folder lead to
    GitHub."""
    if page == "commands":
        source[0] += "\n".join(command_page())
    source[0] = OUTSIDE.sub(rf"]({FILES}\1", source[0])


def command_page() -> list[str]:
    """All commands, in Markdown."""
    root = click.Context(commands, info_name="fastvec", **commands.context_settings)
    lines = []
    for title, group in commands.groups.items():
        lines += [f"\n## {title}\n"]
        for command in group:
            lines += command_section(command, click.Context(command, root, command.name))
    lines += ["\n## Exit codes and environment\n", *table("code", EXIT_CODES.items())]
    return [*lines, *table("variable", ENVIRONMENT.items())]


def command_section(command: click.Command, context: click.Context) -> list[str]:
    """One command: its usage, what it does, its options and its examples."""
    usage = " ".join([str(context.command_path), *command.collect_usage_pieces(context)])
    lines = [f"\n### fastvec {command.name}\n", f"```text\n{usage}\n```\n"]
    lines += [
        f"```text\n{text}\n```\n" if "\n" in text else f"{plain(text)}\n"
        for text in paragraphs(command)
    ]
    if isinstance(command, Command):
        lines += ["```sh", *command.examples, "```"]
    for title, records in option_groups(command, context).items():
        lines += table(title.lower(), records)
    return lines


def table(title: str, rows: Any) -> list[str]:
    """A table of terms and what is said of them."""
    lines = [f"\n| {title} | |", "|---|---|"]
    for term, text in rows:
        lines.append(f"| `{term.replace('|', BAR)}` | {plain(text)} |")
    return [*lines, ""]


def plain(text: str) -> str:
    """A text that holds no Markdown, as Markdown, in which options are code."""
    text = re.sub(r"[\\`*_{}\[\]<>#|$~]", r"\\\g<0>", text)
    return re.sub(r"(?<![\w-])--[a-z][a-z-]*", r"`\g<0>`", text)


# --- docstrings


def mend_docstring(_: Sphinx, __: str, name: str, ___: Any, ____: Any, lines: list[str]) -> None:
    """Put examples that follow a section of a docstring into a section of their own, since they
    would belong to the one before, and let names of pages lead there."""
    lines[:] = [re.sub(r"\bdocs/([\w/-]+)\.md\b", r":doc:`/\1`", line) for line in lines]
    begin = next((i for i, line in enumerate(lines) if line.startswith(">>>")), len(lines))
    first = next((i for i, line in enumerate(lines) if re.fullmatch("-{3,}", line)), begin)
    for line in lines[first:begin]:
        if re.match(r"\S.*\.$", line):
            log.warning("%s: a sentence follows a section of the docstring: %s", name, line)
    if first < begin < len(lines):
        lines[begin:begin] = ["Examples", "--------"]


def any_machine(
    _: Sphinx, __: str, ___: str, ____: Any, _____: Any, signature: str | None, result: str | None
) -> tuple[str | None, str | None] | None:
    """Show the default of ``workers`` by what it means, not by the cores of this machine."""
    return signature and (re.sub(r"\bworkers=\d+", "workers=cores", signature), result)


# --- formulas


def inline_formula(self: Any, node: nodes.math) -> None:
    """Write a formula within a line as MathML, which every browser shows."""
    self.body.append(convert(node.astext()))
    raise nodes.SkipNode


def formula(self: Any, node: nodes.math_block) -> None:
    """Write a formula that has a line of its own."""
    self.body.append(f'<div class="formula">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode
