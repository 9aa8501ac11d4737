"""The command line: a module for each family of commands; errors are handled here.

Exit codes: 0 for success, 1 if the user stopped the command (Ctrl-C), 2 for bad input, which one
sentence on standard error explains.  A bug in fastvec also gives one sentence and exit code 2; the
sentence names the line of the source.
"""

from __future__ import annotations

import io
import logging
import os
import re
import signal
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import click

from fastvec import __version__
from fastvec._util.log import log
from fastvec._util.signals import STOPPING
from fastvec._util.simd import simd
from fastvec._util.system import WINDOWS
from fastvec.cli import (
    alignment,
    check,
    completion,
    corpus,
    demo,
    documents,
    embed,
    evaluate,
    explore,
    glove,
    language_models,
    man,
    maps,
    plot,
    ranking,
    train,
    vectors,
    watch,
)
from fastvec.cli.help import write_commands
from fastvec.cli.shared import as_flags, echo, fail
from fastvec.cli.spelling import check_options

#: what the library raises with a sentence for the user: bad input, training that is not finite any
#: more (ArithmeticError), what this machine cannot do (ImportError, RuntimeError)
DELIBERATE = (ValueError, TypeError, KeyError, ImportError, ArithmeticError, RuntimeError)


def print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version and the instruction set in use, and exit."""
    if wanted:
        click.echo(f"fastvec {__version__} ({simd()})")
        context.exit()


class Commands(click.Group):
    """The group of all commands.

    It exits with code 0, and not with click's 1, when the reader of a pipe closes it early, as in
    ``fastvec vocab X | head``.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.groups: dict[str, list[click.Command]] = {}

    def add_group(self, title: str, commands: list[click.Command]) -> None:
        """Add commands, which stand under a title on the help page."""
        self.groups[title] = commands
        for command in commands:
            self.add_command(command)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the commands do, in groups."""
        write_commands(formatter, self.groups)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and refuse options that other programs have, with their names here."""
        name, command, rest = super().resolve_command(context, args)
        if command is not None:
            check_options(command, rest)
        return name, command, rest

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except BrokenPipeError:
            drop_output()
            context.exit(0)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    invoke_without_command=True,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show the version and the instruction set in use, and exit.",
)
@click.pass_context
def app(context: click.Context) -> None:
    """Train word vectors, query and evaluate them, and convert them between formats.

    fastvec COMMAND --help has examples.  A file that is - is standard input or output.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


app.add_group(
    "Make vectors",
    [
        *(train.train, glove.glove, glove.ppmi, documents.documents),
        *(language_models.nplm, ranking.rank),
    ],
)
app.add_group(
    "Prepare text", [check.check, corpus.encode, corpus.vocab, corpus.phrases, glove.cooccur]
)
app.add_group(
    "Use vectors",
    [
        *vectors.QUERIES,
        explore.explore,
        evaluate.evaluate,
        language_models.perplexity,
        embed.embed,
        *vectors.FILES,
    ],
)
app.add_group("Compare vectors", [alignment.drift, alignment.align])
app.add_group("Draw", [maps.word_map, plot.plot])
app.add_group("Learn more", [demo.demo, watch.watch, completion.completion, man.man])


def show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning as one line, without the line of Python that it came from."""
    echo(f"fastvec: {as_flags(str(message))}", err=True)


class LogLines(logging.Handler):
    """Shows what is logged as a command shows warnings; with --quiet, only what is an error."""

    def emit(self, record: logging.LogRecord) -> None:
        context = click.get_current_context(silent=True)
        quiet = context is not None and context.params.get("quiet")
        if quiet and record.levelno < logging.ERROR:
            return
        show_warning(record.getMessage())


def prepare_streams() -> None:
    """Replace closed standard streams (``>&-``) by empty ones, and let file names be any bytes."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115
    encoding = "utf-8" if WINDOWS else None  # elsewhere that of the terminal, nearly always UTF-8
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding=encoding, errors="surrogateescape")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(encoding=encoding)


def drop_output() -> None:
    """Discard what is still buffered for standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def end_like_ctrl_c() -> None:
    """Let a plain kill and a closed terminal end a command like Ctrl-C: it saves what was learned,
    and removes temporary files.  What is ignored stays so: nohup ignores closed terminals."""
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def main() -> None:
    """Entry point: run the command; every error becomes one sentence and exit code 2."""
    end_like_ctrl_c()
    warnings.showwarning = show_warning
    log.addHandler(LogLines(logging.WARNING))
    prepare_streams()
    try:
        app.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        fail(re.sub(r"\n\s*", " ", error.format_message()))  # click lists choices on lines
    except (KeyboardInterrupt, click.Abort):
        echo("fastvec: stopped", err=True)
        sys.exit(1)
    except BrokenPipeError:  # as in Commands, but raised by the last flush
        drop_output()
        sys.exit(0)
    except MemoryError as error:
        fail(f"out of memory: {error}" if str(error) else "out of memory")
    except OSError as error:
        drop_output()  # if standard output is full, Python would try again to write at exit
        reason = error.strerror or str(error)  # str(error) begins with, say, "[Errno 28]"
        fail(f"{error.filename}: {reason}" if error.filename else reason)
    except UnicodeError as error:
        fail(str(error))
    except DELIBERATE as error:
        fail(str(error.args[0]) if error.args else str(error))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        fail(
            f"a fault of fastvec, please report it: {type(error).__name__} in {place.filename}, "
            f"line {place.lineno}: {error}"
        )
