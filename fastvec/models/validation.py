"""Validation: the loss on text that is held out of training, and on nothing but that.

The loss of training cannot be compared from epoch to epoch: each prediction is made just before
the step that learns from it, with other vectors and other random numbers.  Here the vectors stand
still, and windows, subsampling and noise words are the same each time.
"""

from __future__ import annotations

import math
import time
import zlib
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fastvec._util.log import tell
from fastvec._util.options import check_value
from fastvec.corpus.corpus import Corpus
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.training_state import TrainingState
from fastvec.models.watchers import Watcher
from fastvec.words import Words

#: of the random numbers of validation: the same in every run
SEED = 0x76616C6964617465
#: the share of a text that may be held out
MOST_SHARE = 0.5
#: sentences of more words than this are held out in pieces
PIECE = 1000
#: words that are hashed at a time, so that a cache holds them
BLOCK = 1 << 16


def check_share(share: Any) -> float:
    """A share of the text or of the pairs, from above 0 to 0.5.

    >>> check_share(0.01)
    0.01
    """
    checked: float = check_value("validation", share, float, above=0, high=MOST_SHARE)
    return checked


@dataclass(frozen=True)
class Split:
    """Which sentences of a corpus are held out of training.

    Attributes
    ----------
    offsets : (sentences + 1,) int64 array
        those of the corpus; where pieces of long sentences are held out, these are sentences.
    held : (sentences,) uint8 array
        1 for those that are held out.
    words : int
        how many words that are.
    """

    offsets: NDArray[np.int64]
    held: NDArray[np.uint8]
    words: int


def hold_out(corpus: Corpus, share: float) -> Split:
    """Hold out a share of the sentences, chosen by a hash of their words.

    So equal sentences are never on both sides, and the same text is always split in the same way,
    in whatever order its sentences are.

    Raises ValueError if no sentence is held out, or if none is left.

    >>> text = [["a", "b"], ["b", "c"], ["c", "d"], ["a", "b"]]
    >>> hold_out(Corpus.read(text, min_count=1), 0.4).held.tolist()
    [0, 1, 0, 0]
    """
    units, ends = _pieces(corpus.offsets)
    held = _hashes(corpus, units) < np.uint64(share * 2**64)
    held &= np.diff(units) > 0
    words = int(np.diff(units)[held].sum())
    if not 0 < words < len(corpus.tokens):
        what = "all of it" if words else "no sentence"
        raise ValueError(
            f"validation={share:g} holds out {what} of this text: give another share, or a text "
            "for validation"
        )
    # Pieces that follow one another in training are one sentence again.
    kept = np.append(ends[:-1] | held[:-1] | held[1:], True)
    offsets = np.concatenate([[0], units[1:][kept]])
    return Split(offsets, held[kept].astype(np.uint8), words)


def _pieces(offsets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Offsets with long sentences cut into pieces, and which of these end a sentence."""
    counts = np.maximum(-(-np.diff(offsets) // PIECE), 1)
    if counts.max() == 1:
        return offsets, np.ones(len(offsets) - 1, np.bool_)
    last = np.cumsum(counts)
    number = np.arange(last[-1]) - np.repeat(last - counts, counts)  # of each piece
    starts = np.repeat(offsets[:-1], counts) + number * PIECE
    ends = np.zeros(last[-1], np.bool_)
    ends[last - 1] = True
    return np.append(starts, offsets[-1]), ends


def _hashes(corpus: Corpus, offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A hash of the words of each sentence, whatever their order."""
    of_words = word_hashes(corpus.vocabulary.words)
    hashes = np.empty(len(offsets) - 1, np.uint64)
    first = 0
    while first < len(hashes):
        last = int(np.searchsorted(offsets, offsets[first] + BLOCK, "right")) - 1
        last = min(max(last, first + 1), len(hashes))
        tokens = corpus.tokens[offsets[first] : offsets[last]]
        sums = np.zeros(len(tokens) + 1, np.uint64)
        np.cumsum(of_words[tokens], out=sums[1:])
        bounds = offsets[first : last + 1] - offsets[first]
        hashes[first:last] = sums[bounds[1:]] - sums[bounds[:-1]]
        first = last
    return _mix(hashes)


def word_hashes(words: Words) -> NDArray[np.uint64]:
    """A hash of each word's text, the same in every vocabulary."""
    texts = (zlib.crc32(str(word).encode("utf-8", "surrogateescape")) for word in words)
    return _mix(np.fromiter(texts, np.uint64, len(words)))


def _mix(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The mixer of splitmix64 (csrc/base/rng.h)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return result


class Validated(Protocol):
    """A run that can be validated (fastvec/models/training.py has the rest of it)."""

    unit: str
    epoch_size: int

    @property
    def predicts_words(self) -> bool:
        """Whether the loss is that of words among all words, and e to its power is a perplexity."""
        ...

    def validate(self) -> tuple[float, int]:
        """The loss on what is held out, summed over its predictions, and their number."""
        ...

    def calibrated(self, loss: float) -> float:
        """The mean loss, now ``loss``, if the scores had the best scale."""
        ...


class Validation(CallbackAny2Vec, Watcher):
    """Validates a model before training, after each epoch and, if asked, every so many words.

    The results are in ``validation_history`` and ``validation_epochs`` of the training state, and
    in the log.  Workers pause meanwhile.

    Parameters
    ----------
    run : Validated
    state : TrainingState
    every : int, optional
        validate each time that so many words (of GloVe: pairs) were trained on, too.
    calibrate : bool
        after each epoch compute the loss at the best scale of scores, too: early stopping needs it.
    """

    def __init__(
        self, run: Validated, state: TrainingState, every: int | None, calibrate: bool = False
    ) -> None:
        self.run, self.state, self.every, self.calibrate = run, state, every, calibrate
        self.next = math.inf

    def on_train_begin(self, _: Any) -> None:
        """Find out whether there is anything to validate; the result is not kept."""
        self._set_next(self.state.passed + self.state.part.passed)
        _, predictions = self._validate()
        if not predictions:
            raise ValueError(
                "validation predicts nothing: no sentence that is held out has two words of the "
                "vocabulary that subsampling leaves"
            )

    def on_epoch_end(self, _: Any) -> None:
        """Validate."""
        self._note(self.state.passed)
        if self.calibrate:
            self.state.calibrated_loss = self.run.calibrated(self.state.validation_history[-1])

    def tick(self, done: int, _: float | None) -> bool:
        """Ask for a pause when so many words have been trained on."""
        return done >= self.next

    def pause(self) -> None:
        """Validate."""
        self._note(self.state.passed + self.state.part.passed)

    def _note(self, done: int) -> None:
        mean, _ = self._validate()
        self.state.validation_history.append(mean)
        part = self.state.part.passed / self.run.epoch_size
        self.state.validation_epochs.append(self.state.epochs_trained + part)
        self._set_next(done)

    def _set_next(self, done: int) -> None:
        if self.every is not None:
            self.next = (done // self.every + 1) * self.every

    def _validate(self) -> tuple[float, int]:
        """The mean loss, which is logged too, and the number of predictions."""
        begun = time.monotonic()
        loss, predictions = self.run.validate()
        seconds = time.monotonic() - begun
        state, mean = self.state, loss / predictions if predictions else math.nan
        epoch = state.epochs_done + state.part.passed / max(self.run.epoch_size, 1)
        perplexity = {"perplexity": perplexity_of(mean)} if self.run.predicts_words else {}
        also = "".join(f", {name} {value:.5g}" for name, value in perplexity.items())
        tell(
            "validation",
            f"validation: after epoch {epoch:.4g} of {state.epochs_wanted}, loss {mean:.5f}{also}, "
            f"{seconds:.1f} s",
            epoch=epoch,
            epochs=state.epochs_wanted,
            loss=mean,
            predictions=predictions,
            seconds=seconds,
            **perplexity,
        )
        return mean, predictions


def perplexity_of(loss: float) -> float:
    """e^loss: among how many words, all alike, it would be as hard to find the right one.

    >>> round(perplexity_of(math.log(200)))
    200
    """
    return math.exp(min(loss, 700.0))  # not much more would be infinite


def held_again(state: TrainingState, validation: Any) -> Any:
    """What to validate on where a training goes on: the same share, or the text that is given
    again; ValueError for anything else."""
    if state.held_out:
        same = isinstance(validation, float) and validation == state.held_out
        if validation is not None and not same:
            raise ValueError(
                f"validation must be {state.held_out:g}, which is held out, got {validation!r:.60}"
            )
        return state.held_out
    if state.validates and validation is None:
        raise ValueError("validation must be given again: it was a text of its own")
    if isinstance(validation, float):
        raise ValueError("validation must be text, since nothing was held out before")
    return validation


def watchers_of(
    run: Validated,
    state: TrainingState,
    validation: object,
    every: int | None,
    calibrate: bool = False,
) -> tuple[Validation, ...]:
    """The validation of a run, if there is to be one."""
    state.validates = validation is not None
    state.held_out = validation if isinstance(validation, float) else 0.0
    return () if validation is None else (Validation(run, state, every, calibrate),)
