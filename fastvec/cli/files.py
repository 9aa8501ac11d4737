"""The files that commands read and write: standard streams as -, and outputs that are inputs."""

from __future__ import annotations

import dataclasses
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from fastvec._util.atomic import STDIN, STDOUT, check_target, is_special
from fastvec._util.places import is_remote
from fastvec.cli.shared import Function, complete_names
from fastvec.corpus.files import find_files
from fastvec.io.compression import check_compressor
from fastvec.io.container import is_container
from fastvec.io.registry import READABLE, files_of, sniff


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


def corpus_argument(required: bool = True) -> Callable[[Function], Function]:
    """The argument CORPUS: one or more sources."""
    return click.argument(
        "corpus", nargs=-1, required=required, type=Source, shell_complete=complete_names
    )


def sources(corpus: Sequence[Source]) -> list[Source]:
    """What a command reads its text from.

    An encoded corpus that comes from standard input is copied to a file, where it can be mapped.
    """
    alone = [str(one) for one in corpus] == ["-"]
    if not alone or not is_container(_head_of_standard_input(), "corpus"):
        return list(corpus)
    folder = tempfile.TemporaryDirectory(prefix="fastvec-")
    copy = Path(click.get_current_context().with_resource(folder)) / "standard input"
    with copy.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return [Source(str(copy))]


def _head_of_standard_input() -> bytes:
    peek = getattr(getattr(sys.stdin, "buffer", None), "peek", None)
    return b"" if peek is None else peek(64)[:64]


class FileName(click.Path):
    """The name of a file; - is a standard stream."""

    def __init__(self, stream: Path, **options: Any) -> None:
        super().__init__(path_type=Path, **options)
        self.stream = stream

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """The name as a path."""
        return self.stream if value == "-" else super().convert(value, param, context)


INPUT = FileName(STDIN, exists=True, dir_okay=False)
OUTPUT = FileName(STDOUT)

READ_VOCAB = click.option(
    "--read-vocab",
    type=INPUT,
    help="take the words of this file of words and counts, and no others",
)


def check_inputs(inputs: Iterable[Source | Path | None]) -> None:
    """ValueError if standard input is to be read more than once."""
    if sum(str(one) == "-" or one == STDIN for one in inputs) > 1:
        raise ValueError("standard input can be read only once, but - is given for two inputs")


def check_outputs(outputs: Iterable[Path | None], inputs: Iterable[Source | Path | None]) -> None:
    """Refuse, before any work, outputs that could not be written or would replace an input, and a
    standard stream that is closed or given for two files.

    An output and an input are also compared through links, folders and globs.  None stands for an
    option that was not given.
    """
    inputs = list(inputs)
    check_inputs(inputs)
    paths = [check_target(path) for path in outputs if path is not None]
    if paths.count(STDOUT) > 1:
        raise ValueError("standard output can take only one output, but - is given for two")
    if STDOUT in paths and sys.__stdout__ is None:
        raise ValueError("cannot write standard output: it is closed")
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
        if name in ("-", str(STDIN)):
            yield 0
        else:
            yield from (file.path for file in find_files([given]) if file.path is not None)


def vector_files(path: Path, file_format: str | None = None) -> list[Path]:
    """The files that a reader of these vectors opens: the file, and its words if they are apart."""
    if is_special(path):  # a pipe is read once only
        return [path]
    return files_of(path, sniff(path) if file_format is None else READABLE[file_format])
