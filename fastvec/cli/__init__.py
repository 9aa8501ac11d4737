"""The command line: one group, a module for each family of commands, one place for errors.

Exit codes: 0 done, 1 stopped by the user (Ctrl-C), 2 bad input, said in one sentence.  A fault of
fastvec's own is one sentence with exit code 2 too, and names the line of the source.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings

import click

from fastvec import __version__
from fastvec.cli import corpus, demo, glove, train, vectors
from fastvec.cli.shared import complain
from fastvec.simd import simd

#: what the library raises on purpose, with a sentence for people: bad input, numbers that are not
#: finite any more (ArithmeticError), what this machine cannot do (ImportError, RuntimeError)
DELIBERATE = (ValueError, TypeError, KeyError, ImportError, ArithmeticError, RuntimeError)


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


def tell(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning as a plain line, without the line of Python that it came from."""
    print(f"fastvec: {message}", file=sys.stderr)


def drop_output() -> None:
    """Send what is left of standard output nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Entry point: run the command; every error becomes one sentence and exit code 2."""
    # A plain kill ends like Ctrl-C: temporary files are removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    warnings.showwarning = tell
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
    except DELIBERATE as error:
        complain(str(error.args[0]) if error.args else str(error))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        complain(
            f"a fault of fastvec, please report it: {type(error).__name__} in {place.filename}, "
            f"line {place.lineno}: {error}"
        )
