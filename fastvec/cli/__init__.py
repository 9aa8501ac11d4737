"""The command line: one group, a module for each family of commands, one place for errors.

Exit codes: 0 done, 1 stopped by the user (Ctrl-C), 2 bad input, said in one sentence.
"""

from __future__ import annotations

import os
import signal
import sys

import click

from fastvec import __version__
from fastvec.cli import corpus, demo, glove, train, vectors
from fastvec.cli.shared import complain
from fastvec.simd import simd


def print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version and the instruction set in use, and end."""
    if wanted:
        click.echo(f"fastvec {__version__} ({simd()})")
        context.exit()


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
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
    """Train word vectors, look at them, and turn them into any format."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (train.train, *glove.COMMANDS, *corpus.COMMANDS, *vectors.COMMANDS, demo.demo):
    app.add_command(command)


def drop_output() -> None:
    """Send what is left of standard output nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Entry point: run the command; every error becomes one sentence and exit code 2."""
    # A plain kill ends like Ctrl-C: temporary files are removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        complain(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        print("fastvec: stopped", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has gone (`fastvec vocab X | head`): that is no error.
        drop_output()
        sys.exit(0)
    except MemoryError as error:
        complain(f"out of memory: {error}" if str(error) else "out of memory")
    except OSError as error:
        drop_output()  # it may be standard output that is full: Python would try it again at exit
        reason = error.strerror or str(error)  # str(error) would begin with "[Errno 28]"
        complain(f"{error.filename}: {reason}" if error.filename else reason)
    except UnicodeError as error:
        complain(str(error))
    except (ValueError, TypeError, KeyError, ImportError) as error:
        complain(str(error.args[0]) if error.args else str(error))
