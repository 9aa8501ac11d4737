"""Writing what a training has made, so that neither a full disk nor a second Ctrl-C loses it."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from fastvec._util.atomic import KeptError, check_target, is_special
from fastvec._util.log import tell
from fastvec.cli.shared import Source, check_outputs, echo, report
from fastvec.io.compression import COMPRESSORS
from fastvec.io.format import VectorFile
from fastvec.io.registry import check_writable, files_of, format_of, write_vectors
from fastvec.models.glove import GloVe
from fastvec.models.word2vec import Word2Vec
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

#: formats that write numbers as text
TEXT_FORMATS = ("word2vec", "glove", "projector")
#: about the least that a compressed file takes of its content
COMPRESSED = 0.3
STOPPING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
SAVING = b"fastvec: the vectors are being saved (Ctrl-C once more gives them up)\n"


class VectorOutput:
    """The file for a command's vectors; its ending chooses the format.

    Whatever would keep the vectors from being written is checked before the training.  If writing
    fails all the same, they are written to another folder, and the error says where.

    Parameters
    ----------
    path : Path
    inputs : iterable
        what the command reads, and must not be replaced.
    tmp : path, optional
        a folder for temporary files, where vectors may be kept that cannot be written to ``path``.
    """

    def __init__(
        self, path: Path, inputs: Iterable[Source | Path | None], tmp: Path | str | None = None
    ) -> None:
        self.path = check_target(path)
        self.file_format = format_of(path)
        self.tmp, self.size = tmp, 0
        check_outputs(files_of(path, self.file_format), inputs)
        check_writable(path, self.file_format)

    def check(self, words: Words, vector_size: int) -> None:
        """Call it before the training: ValueError for words that the format cannot hold, OSError
        if the disk has no room for so many vectors."""
        check_writable(self.path, self.file_format, words)
        self.size = self._least_size(len(words), vector_size)
        room = _room(self.path.resolve().parent)
        if room is not None and room < self.size and not is_special(self.path):
            raise OSError(
                errno.ENOSPC,
                f"cannot write {self.path}: {len(words):,} vectors of {vector_size} numbers take "
                f"about {self.size / 1e6:,.1f} MB, and the disk has {room / 1e6:,.1f} MB free",
            )

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

    def save(self, model: Word2Vec | GloVe) -> None:
        """Write the whole model if the format can hold it, else its vectors."""
        if self.file_format.holds_models:
            self._write(model.save)
        else:
            self.write(model.wv)

    def write(self, wv: KeyedVectors) -> None:
        """Write vectors, and the words' counts if they are known and the format can hold them."""
        file = VectorFile(wv.words, wv.vectors, wv.counts)
        self._write(lambda path: write_vectors(path, file))

    def _write(self, write: Callable[[Path], object]) -> None:
        """Write the file, or after an error a copy elsewhere, of which the error then speaks."""
        try:
            write(self.path)
        except (BrokenPipeError, KeptError):
            raise
        except (OSError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "out of memory"
            if not reason.startswith("cannot write"):
                reason = f"cannot write {self.path}: {reason}"
            folders = self._other_folders()
            for folder in folders:
                if (copy := self._write_copy(folder, write)) is not None:
                    reason += f"; the vectors are saved in {copy}"
                    break
            else:
                reason += f"; they could not be saved in {' or '.join(map(str, folders))} either"
            raise OSError(getattr(error, "errno", None), reason) from error

    def _other_folders(self) -> list[Path]:
        """Where vectors may be kept that cannot be written: each folder once."""
        folders = [] if self.tmp is None else [Path(self.tmp).absolute()]
        with contextlib.suppress(OSError):
            folders.append(Path.cwd())
        with contextlib.suppress(OSError):
            folders.append(Path(tempfile.gettempdir()))
        return list(dict.fromkeys(folders))

    def _write_copy(self, folder: Path, write: Callable[[Path], object]) -> Path | None:
        """Write the vectors to a new folder within a folder; None if that is not possible."""
        room = _room(folder)
        if room is not None and room < self.size:
            return None
        try:
            new = Path(tempfile.mkdtemp(prefix="fastvec-", dir=folder))
        except OSError:
            return None
        try:
            write(new / self.path.name)
        except (OSError, MemoryError):
            shutil.rmtree(new, ignore_errors=True)
            return None
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        return new / self.path.name


def marked(path: Path, mark: str) -> Path:
    """A path with a mark before its endings.

    >>> marked(Path("good.bin.gz"), "partial").name
    'good.partial.bin.gz'
    """
    endings = 2 if path.suffix.lower() in COMPRESSORS else 1
    start, *ends = path.name.rsplit(".", endings)
    return path.with_name(".".join([start, mark, *ends]))


def _room(folder: Path) -> int | None:
    """The free bytes of a folder's disk; None if the system does not tell."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return usage.free if usage.total else None


class Interrupts:
    """Ctrl-C and the signals that end a process, while a training is running and being saved.

    The first one stops the training with KeyboardInterrupt.  While ``saving``, they only say that
    vectors are being saved; a second Ctrl-C then gives them up.  Terminals that close and
    programs like timeout send their signals more than once, so these never give up.
    """

    def __init__(self, *, saving: bool = False) -> None:
        self.saving, self._warned = saving, False
        self._numbers: list[int] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in STOPPING:
                if signal.getsignal(number) is signal.default_int_handler:  # it is not ignored
                    signal.signal(number, self._receive)
                    self._numbers.append(number)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number in self._numbers:
            signal.signal(number, signal.default_int_handler)

    def _receive(self, number: int, _: FrameType | None) -> None:
        if not self.saving:
            self.saving = True  # a second signal is not to end the way to the saving
            raise KeyboardInterrupt
        if number == signal.SIGINT and self._warned:
            raise KeyboardInterrupt
        self._warned |= number == signal.SIGINT
        with contextlib.suppress(OSError, ValueError):  # click.echo cannot be called in a handler
            os.write(sys.stderr.fileno(), SAVING)


def train_and_save(
    output: VectorOutput, model: Word2Vec | GloVe, train: Callable[[], None], quiet: bool
) -> None:
    """Train and save a model.  What was learned is saved too if Ctrl-C or an error stops it.

    What was learned in less than one epoch does not replace a file: it goes beside it.
    """
    stop: BaseException | None = None
    with Interrupts() as interrupts:
        try:
            train()
        except (KeyboardInterrupt, OSError, MemoryError) as error:
            state = model.training_state
            by_user = isinstance(error, KeyboardInterrupt)
            if not _has_vectors(model) or not (by_user or state.epochs_trained):
                raise
            stop = error
        interrupts.saving = True
        wanted, beside = output.path, False
        if stop is not None and not model.training_state.epochs_trained:
            beside = output.go_beside()
        output.save(model)
    if stop is None:
        line = f"{output.path}: {len(model.wv):,} vectors of {model.vector_size} numbers"
        report(quiet, line)
        tell("saved", line, path=output.path, vectors=len(model.wv))
        return
    epoch = model.training_state.epochs_done + 1
    saved = f"saved what was learned so far in {output.path}"
    left = f", {wanted} is still what it was" if beside else ""
    echo(f"fastvec: stopped in epoch {epoch} of {model.epochs}, {saved}{left}", err=True)
    if isinstance(stop, KeyboardInterrupt):
        sys.exit(1)
    raise stop


def _has_vectors(model: Word2Vec | GloVe) -> bool:
    """Whether training has begun: a moment before, there is nothing to save yet."""
    try:
        return len(model.wv) > 0
    except RuntimeError:
        return False
