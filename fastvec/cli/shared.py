"""What several commands need: options made from params dataclasses, messages, checks of outputs."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import re
import shlex
import sys
import typing
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from fastvec._util.atomic import check_target, is_special
from fastvec._util.options import is_switch
from fastvec._util.places import is_remote
from fastvec.corpus.files import find_files
from fastvec.io.compression import check_compressor
from fastvec.io.registry import (
    READABLE,
    files_of,
    sniff,
)
from fastvec.params import (
    CooccurrenceParams,
    CorpusParams,
    GloVeParams,
    PhrasesParams,
    PPMIParams,
    VocabularyParams,
    Word2VecParams,
)

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclasses.dataclass(frozen=True)
class Source(os.PathLike[str]):
    """One source of a corpus, as it was typed: a path, a glob, a URL, or - for standard input.

    It is a path and not a string because the readers refuse lists of strings, which may be
    sentences that were not split into words.
    """

    text: str

    def __fspath__(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text


def corpus_argument(required: bool = True) -> Callable[[Command], Command]:
    """The argument CORPUS: one or more sources."""
    return click.argument("corpus", nargs=-1, required=required, type=Source)


READ_VOCAB = click.option(
    "--read-vocab",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="take the words of this file of words and counts, and no others",
)


#: what is not printed on a terminal as it is: control characters, with which a terminal is
#: commanded; characters that turn the direction of what follows, so that it reads as something
#: else; line separators, byte order marks, and surrogates
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """A text as a terminal may show it, with escapes for what is UNPRINTABLE.

    >>> visible("a\x1b[2Jb\u202e")
    'a\\x1b[2Jb\\u202e'
    """
    return UNPRINTABLE.sub(lambda one: repr(one[0])[1:-1], text)


def print_lines(lines: Iterable[str]) -> None:
    """Print results: exactly, in UTF-8, into a pipe or a file; as ``visible`` on a terminal."""
    if sys.stdout.isatty():
        lines = map(visible, lines)
    sys.stdout.flush()
    sys.stdout.buffer.writelines(f"{line}\n".encode() for line in lines)
    sys.stdout.flush()


#: every option that Python and the command line share, by its name
OPTIONS = {
    item.name: item
    for group in (
        VocabularyParams,
        CorpusParams,
        Word2VecParams,
        CooccurrenceParams,
        GloVeParams,
        PPMIParams,
        PhrasesParams,
    )
    for item in dataclasses.fields(group)
}
#: an option with its value, as the library's messages write it; not as a part of a path
ARGUMENT = re.compile(
    rf"(?<![\w/.-])({'|'.join(OPTIONS)})=('[^']*'|[-+\w]++(?:\.\d\w*+)*+)(?![\w/=]|\.\w)"
)


def as_flags(message: str) -> str:
    """A message of the library, with options as they are written on the command line.

    >>> as_flags("try tokens='words', lower=True, lines=False or sample=0")
    'try --tokens words, --lower, --no-lines or --sample 0'
    """
    return ARGUMENT.sub(_as_flag, message)


def _as_flag(found: re.Match[str]) -> str:
    name, value = found.groups()
    flag = name.replace("_", "-")
    if is_switch(OPTIONS[name]):
        return f"--{flag}" if value in ("True", "1") else f"--no-{flag}"
    return f"--{flag} {shlex.quote(value.strip(chr(39)))}"


def fail(sentence: str) -> NoReturn:
    """Print one sentence on standard error and exit with code 2."""
    echo(f"fastvec: {as_flags(sentence)}", err=True)
    sys.exit(2)


def info(quiet: bool, line: str, *, err: bool = False) -> None:
    """Print one line about what was done, unless --quiet was given."""
    if not quiet:
        echo(line, err=err)


def report(quiet: bool, text: str) -> None:
    """One line of news on standard error, unless --quiet was given."""
    info(quiet, f"fastvec: {text}", err=True)


def echo(line: str, *, err: bool = False) -> None:
    """Print one line that is a message and not a result; it is always ``visible``.

    A message that cannot be printed, because the output is closed or its disk is full, is no error:
    the results are still computed and saved.
    """
    with contextlib.suppress(OSError):
        click.echo(visible(line), err=err)


def check_outputs(outputs: Iterable[Path | None], inputs: Iterable[Source | Path | None]) -> None:
    """Refuse, before any work, outputs that could not be written or would replace an input.

    An output and an input are also compared through links, folders and globs.  None stands for an
    option that was not given.
    """
    paths = [check_target(path) for path in outputs if path is not None]
    for path in paths:
        check_compressor(path)
    paths = [path for path in paths if not is_special(path)]
    for one, other in itertools.combinations(paths, 2):
        if one.resolve() == other.resolve():
            raise ValueError(f"cannot write {one}: two outputs would be the same file")
    there = [path for path in paths if path.exists()]
    for file in _files_read(inputs) if there else ():
        for path in there:
            if os.path.samefile(path, file):  # noqa: PTH121 - Path.samefile takes no number
                raise ValueError(f"cannot write {path}: it is also read, and would be replaced")


def _files_read(inputs: Iterable[Source | Path | None]) -> Iterator[Path | int]:
    """The local files among the inputs; standard input as its file descriptor."""
    for given in inputs:
        if given is None or is_remote(name := os.fspath(given)):
            continue
        if name == "-":
            yield 0
        else:
            yield from (file.path for file in find_files([given]) if file.path is not None)


def vector_files(path: Path, file_format: str | None = None) -> list[Path]:
    """The files that a reader of these vectors opens: the file, and its words if they are apart."""
    if is_special(path):  # a pipe is read once only
        return [path]
    return files_of(path, sniff(path) if file_format is None else READABLE[file_format])


def options_from(
    params: type, *, only: tuple[str, ...] = (), without: tuple[str, ...] = (), **defaults: Any
) -> Callable[[Command], Command]:
    """Give a command one option for each field of a params dataclass.

    Help texts and defaults come from the dataclass; ``defaults`` replaces some of them.  The
    dataclass checks the values, so that the command line and Python print the same error message.

    Parameters
    ----------
    only : tuple of str
        make options for these fields only; by default, for all.
    without : tuple of str
        leave these fields out.
    """

    def decorate(command: Command) -> Command:
        for item in reversed(dataclasses.fields(params)):
            if item.name not in without and (not only or item.name in only):
                command = _option(item, defaults.get(item.name, item.default))(command)
        return command

    return decorate


def _option(item: dataclasses.Field[Any], default: Any) -> Callable[[Command], Command]:
    """The option of one field: --name VALUE, or --name/--no-name."""
    flag = item.name.replace("_", "-")
    shown: dict[str, Any] = {"show_default": default is not None, "help": item.metadata["help"]}
    if is_switch(item):
        return click.option(f"--{flag}/--no-{flag}", item.name, default=bool(default), **shown)
    kind = (typing.get_args(item.type) or (item.type,))[0]
    kind = {int: click.INT, float: click.FLOAT}.get(kind, click.STRING)
    return click.option(f"--{flag}", item.name, type=kind, default=default, **shown)
