"""Outputs of commands: what keeps them from being written is found out early, or loses nothing."""

from __future__ import annotations

import contextlib
import errno
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from fastvec._util.atomic import (
    STDOUT,
    KeptError,
    check_new_folder,
    check_target,
    is_special,
    path_name,
    written_together,
)
from fastvec._util.log import tell
from fastvec._util.progress import plural
from fastvec.cli.any_model import AnyModel
from fastvec.cli.files import Source, check_outputs
from fastvec.cli.interrupts import Interrupts
from fastvec.cli.shared import report
from fastvec.io.compression import COMPRESSORS
from fastvec.io.fasttext import FASTTEXT
from fastvec.io.format import Format, VectorFile
from fastvec.io.registry import FORMATS, check_writable, files_of, format_of, write_vectors
from fastvec.models.facebook import save_facebook_model
from fastvec.models.fasttext import FastText
from fastvec.subwords import Subwords
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

#: formats that write numbers as text
TEXT_FORMATS = ("word2vec", "glove", "projector")
#: formats that are one file, and so can go to standard output
STREAMED = [name for name, one in FORMATS.items() if one.companions is None and not one.is_folder]
#: about the least that a compressed file takes of its content
COMPRESSED = 0.3
#: a disk with fewer free bytes is full
LEAST_ROOM = 4096

#: writes a file with this name
Write = Callable[[Path], object]

TO = click.option(
    "--to",
    type=click.Choice(list(FORMATS)),
    metavar="FORMAT",
    help=f"the format of the output ({', '.join(FORMATS)}); by default its ending says it",
)


class Output:
    """A file that a command writes.

    Whatever would keep it from being written is checked before the work.  If writing fails all the
    same, it is written to another folder, and the error says where.

    Parameters
    ----------
    path : Path
    tmp : path, optional
        a folder for temporary files, where the file may be kept that cannot be written to ``path``.
    is_text : bool
        whether the file may be printed on a terminal.
    """

    def __init__(self, path: Path, tmp: Path | str | None = None, *, is_text: bool = True) -> None:
        self.path, self.tmp, self.size = path, tmp, 0
        if path == STDOUT and not is_text and os.isatty(1):
            raise ValueError(
                "cannot write to the terminal what is no text: name a file, or send standard "
                "output to a file or a program (> FILE, | PROGRAM)"
            )
        if self._lacks_room(LEAST_ROOM):
            raise OSError(errno.ENOSPC, f"cannot write {path}: the disk is full")

    def expect(self, size: int, says: str) -> None:
        """Call it as soon as about the fewest bytes of the file are known: OSError if the disk has
        no room for them.  ``says`` begins a sentence: ``5 vectors take``."""
        self.size = size
        if self._lacks_room(size):
            raise OSError(
                errno.ENOSPC,
                f"cannot write {self.path}: {says} about {size / 1e6:,.1f} MB, and the disk has "
                "less room",
            )

    def _lacks_room(self, size: int) -> bool:
        return not is_special(self.path) and _lacks_room(self.path.resolve().parent, size)

    def write(self, write: Write) -> None:
        """Write the file, or after an error a copy elsewhere, of which the error then speaks."""
        _write([(self, write)])

    def other_folders(self) -> list[Path]:
        """Where a file may be kept that cannot be written: each folder once."""
        folders = [] if self.tmp is None else [Path(self.tmp).absolute()]
        with contextlib.suppress(OSError):
            folders.append(Path.cwd())
        with contextlib.suppress(OSError):
            folders.append(Path(tempfile.gettempdir()))
        return list(dict.fromkeys(folders))


def save(*files: tuple[Output, Write]) -> None:
    """Write what a command has made, each file with its function; one Ctrl-C does not stop it.

    Files replace others together, or are kept elsewhere together: old and new ones are not mixed.
    """
    with Interrupts(saving=True):
        _write([(output, write) for output, write in files if not is_special(output.path)])
        for output, write in files:
            if is_special(output.path):
                output.write(write)


def _write(files: list[tuple[Output, Write]]) -> None:
    """Write files, or after an error copies elsewhere."""
    try:
        with written_together():
            for output, write in files:
                write(output.path)
    except (BrokenPipeError, KeptError):
        raise
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "out of memory"
        if not reason.startswith("cannot write"):
            reason = f"cannot write {path_name(files[-1][0].path)}: {reason}"
        folders = files[-1][0].other_folders()
        for folder in folders:
            if (copies := _write_copies(folder, files)) is not None:
                reason += f"; the result is saved in {' and '.join(map(str, copies))}"
                break
        else:
            reason += f"; it could not be saved in {' or '.join(map(str, folders))} either"
        raise OSError(getattr(error, "errno", None), reason) from error


def _write_copies(folder: Path, files: list[tuple[Output, Write]]) -> list[Path] | None:
    """Write files to a new folder within a folder; None if that is not possible."""
    if _lacks_room(folder, sum(output.size for output, _ in files)):
        return None
    try:
        new = Path(tempfile.mkdtemp(prefix="fastvec-", dir=folder))
    except OSError:
        return None
    try:
        for output, write in files:
            write(new / output.path.name)
    except (OSError, MemoryError):
        shutil.rmtree(new, ignore_errors=True)
        return None
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    return [new / output.path.name for output, _ in files]


def _lacks_room(folder: Path, size: int) -> bool:
    """Whether a folder's disk has fewer free bytes; False if the system does not tell."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return False
    return usage.total > 0 and usage.free < size


class VectorOutput(Output):
    """The file for a command's vectors; its ending, or ``to``, chooses the format.

    Parameters
    ----------
    path : Path
    inputs : iterable
        what the command reads, and must not be replaced.
    tmp : path, optional
        see :class:`Output`.
    to : str, optional
        the name of a format.
    """

    def __init__(
        self,
        path: Path,
        inputs: Iterable[Source | Path | None],
        tmp: Path | str | None = None,
        to: str | None = None,
    ) -> None:
        self.file_format = _format_of(path, to)
        if self.file_format.is_folder:
            check_new_folder(path)
        else:
            check_outputs(files_of(path, self.file_format), inputs)
        check_writable(path, self.file_format)
        super().__init__(path, tmp, is_text=self.file_format.name in TEXT_FORMATS)

    def check(self, words: Words, vector_size: int, subwords: Subwords | None = None) -> None:
        """Call it before the training: ValueError for what the format cannot hold, OSError if the
        disk has no room for so many vectors."""
        check_writable(self.path, self.file_format, words, subwords)
        says = f"{len(words):,} vectors of {vector_size} numbers take"
        self.expect(self._least_size(len(words), vector_size), says)

    def _least_size(self, words: int, vector_size: int) -> int:
        """About the fewest bytes that vectors take in the file."""
        size = float(words * vector_size * 4)
        if self.file_format.holds_models or self.file_format.name in TEXT_FORMATS:
            size *= 2  # a model has output vectors too; a number as text has about 10 characters
        if self.path.suffix.lower() in COMPRESSORS:
            size *= COMPRESSED
        return int(size)

    def go_beside(self) -> bool:
        """Take a new name, ``good.partial.bin``, if a file of before would be replaced."""
        if is_special(self.path) or not self.path.exists():
            return False
        for number in itertools.count(1):
            beside = marked(self.path, f"partial{number if number > 1 else ''}")
            if not any(path.exists() for path in files_of(beside, self.file_format)):
                self.path = beside
                break
        return True

    def save(self, model: AnyModel) -> None:
        """Write the whole model if the format can hold it, else its vectors."""
        if self.file_format.holds_models:
            self.write(model.save)
        elif self.file_format is FASTTEXT and isinstance(model, FastText):
            self.write(functools.partial(save_facebook_model, model))
        else:
            self.write_vectors(model.wv)

    def write_vectors(self, wv: KeyedVectors) -> None:
        """Write vectors, and the words' counts and n-grams if the format can hold them."""
        self.write(self.writing(wv))

    def writing(self, wv: KeyedVectors) -> Write:
        """What writes vectors to a path, in the format of this output."""
        file = VectorFile(wv.words, wv.vectors, wv.counts, subwords=wv.subwords)
        return lambda path: write_vectors(path, file, file_format=self.file_format.name)

    def report(self, quiet: bool, wv: KeyedVectors) -> None:
        """One line about vectors that were written, unless --quiet was given."""
        size, kind = (
            f"{plural(len(wv), 'vector')} of {plural(wv.vector_size, 'number')}",
            self.file_format.name,
        )
        line = f"{path_name(self.path)}: {size}, {kind}"
        report(quiet, line)
        tell("saved", line, path=self.path, vectors=len(wv))
        if wv.subwords is not None and not self.file_format.holds_subwords:
            keeper = "floret" if wv.subwords.hash_count else "fasttext"
            report(
                quiet,
                f"{kind} cannot hold n-grams: words that are not in the vocabulary have no vector "
                "there (--to safetensors or --to " + keeper + " keeps them)",
            )

    def write_file(self, file: VectorFile) -> None:
        """Write whatever a vector file holds, as far as the format can hold it."""
        self.write(lambda path: write_vectors(path, file, file_format=self.file_format.name))


def marked(path: Path, mark: str) -> Path:
    """A path with a mark before its endings.

    >>> marked(Path("good.bin.gz"), "partial").name
    'good.partial.bin.gz'
    """
    endings = 2 if path.suffix.lower() in COMPRESSORS else 1
    start, *ends = path.name.rsplit(".", endings)
    return path.with_name(".".join([start, mark, *ends]))


def _format_of(path: Path, to: str | None) -> Format:
    """The format of an output; ValueError if standard output has none, or one of several files."""
    if to is None or not FORMATS[to].is_folder:
        check_target(path)
    if path == STDOUT and to not in STREAMED:
        reason = "needs its format" if to is None else f"takes one file, and {to} has several"
        raise ValueError(f"standard output {reason}: give --to with one of {', '.join(STREAMED)}")
    return format_of(path) if to is None else FORMATS[to]
