"""A native object is changed by one call at a time: other calls are refused, and do no harm."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
from cases import WORDS, arrays, word2vec_training
from glove_models import random_pairs, training_of
from processes import DEADLINE

from fastvec._core import (
    AnalogySolver,
    Control,
    PairRows,
    PairText,
    PhraseCounter,
    RowReader,
    TextReader,
    TopK,
    WordTable,
    simd_names,
)
from fastvec.models.glove_run import epoch_order
from fastvec.models.word_records import empty_records

Call = Callable[[], object]


@contextmanager
def held(call: Callable[[Iterator[Any]], object], items: Iterable[Any]) -> Iterator[None]:
    """While another thread is in the midst of ``call``, which waits for the first of ``items``."""
    inside, go_on = threading.Event(), threading.Event()

    def waiting() -> Iterator[Any]:
        inside.set()
        assert go_on.wait(60)
        yield from items

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(call, waiting())
        try:
            assert inside.wait(60)
            yield
        finally:
            go_on.set()
        done.result()


# --- calls that wait for what they are given

READER_CALLS: dict[str, Callable[[TextReader], object]] = {
    "block": lambda reader: reader.block(np.zeros(1, np.uint8), 0, True, Control(1), 0),
    "file_range": lambda reader: reader.file_range(0, 0, 0, 0, Control(1), 0),
    "text_rows": lambda reader: reader.text_rows(
        np.zeros(0, np.uint8), np.zeros(1, int), Control(1), 0
    ),
    "token_rows": lambda reader: reader.token_rows(
        np.zeros(0, np.uint8), np.zeros(1, int), np.zeros(1, int), Control(1), 0
    ),
    "int_rows": lambda reader: reader.int_rows(np.zeros(0, int), np.zeros(1, int), Control(1), 0),
    "resume": lambda reader: reader.resume(Control(1), 0),
    "sentence": lambda reader: reader.sentence([]),
    "move_ids": lambda reader: reader.move_ids(np.zeros(reader.spooled, np.int32)),
    "expect": lambda reader: reader.expect(0),
    "absorb": lambda reader: reader.absorb(TextReader(), 0, 0, np.zeros(0, np.int32)),
    "be absorbed": lambda reader: TextReader().absorb(reader, 0, 0, np.zeros(0, np.int32)),
    "keep": lambda reader: reader.keep(
        np.zeros(reader.known, np.uint8), np.zeros(reader.known, np.int32)
    ),
    "flush": lambda reader: reader.flush(),
    "words": lambda reader: reader.words(),
}


@pytest.mark.parametrize("name", READER_CALLS)
def test_a_reader_reads_one_thing_at_a_time(name: str) -> None:
    reader = TextReader()
    with held(reader.sentence, ["a", "rose", "is", "a", "rose"]):
        with pytest.raises(RuntimeError, match="this TextReader is in use by another call"):
            READER_CALLS[name](reader)
        assert (reader.tokens, reader.known) == (0, 0)  # numbers are there to be watched
    assert (reader.tokens, reader.lines, reader.known) == (5, 1, 3)
    READER_CALLS[name](reader)


def test_a_reader_is_not_used_by_the_iterator_that_it_reads() -> None:
    reader = TextReader()

    def tokens() -> Iterator[str]:
        yield "a"
        reader.flush()

    with pytest.raises(RuntimeError, match="this TextReader is in use by another call"):
        reader.sentence(tokens())
    reader.sentence(["b"])  # an error ends the call, too
    assert reader.known == 2


def test_a_reader_does_not_absorb_itself() -> None:
    reader = TextReader()
    reader.sentence(["a"])
    with pytest.raises(RuntimeError, match="this TextReader is in use by another call"):
        reader.absorb(reader, 0, 1, np.zeros(1, np.int32))


def test_pair_rows_are_one_call_s() -> None:
    weights = np.ones(2, np.uint64)
    text = PairText(np.array([0, 1], np.int32), np.array([0, 2]), weights, 2, False)
    rows, hot, ends = PairRows(text), np.zeros((256, 256), np.uint64), np.zeros(3, np.int64)
    places = np.zeros(0, np.uint64)
    calls: list[Call] = [
        rows.keys,
        rows.sums,
        lambda: rows.count(0, 2, hot, places, np.zeros(3, np.int64), 0, ends),
        lambda: rows.merge(0, 2, hot, [], ends),
        lambda: rows.cut(ends, 1, np.array([0, 2]), np.zeros(1, np.int64), places),
    ]
    part = (ends, np.zeros(0, np.uint32), np.zeros(0, np.uint64))
    with held(lambda part: rows.merge(0, 2, hot, [part], ends.copy()), part):
        for call in calls:
            with pytest.raises(RuntimeError, match="this PairRows is in use by another call"):
                call()
    for call in calls:
        call()


# --- calls that compute without the GIL


@contextmanager
def again_and_again(busy: Call) -> Iterator[None]:
    """While another thread makes a call again and again, which takes some milliseconds."""
    end = threading.Event()

    def work() -> None:
        while not end.is_set():
            with suppress(RuntimeError):  # the others' calls may be first
                busy()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        try:
            yield
        finally:
            end.set()
        done.result()


def refusal(call: Call) -> str:
    """How a call is refused as soon as it meets the other one, which is made again and again."""
    guard = time.monotonic() + DEADLINE
    while time.monotonic() < guard:
        try:
            call()
        except RuntimeError as error:
            return str(error)
        time.sleep(0)  # let the other thread run
    return "never"


def stopped(workers: int = 1) -> Control:
    control = Control(workers)
    control.stop()
    return control


def a_reader() -> tuple[Call, dict[str, list[Call]]]:
    reader, text = TextReader(), np.frombuffer(b"a rose " * 100_000, np.uint8)

    def busy() -> None:
        reader.block(text, 0, True, Control(1), 0)
        reader.move_ids(np.zeros(reader.spooled, np.int32))

    return busy, {"TextReader": [reader.words, reader.flush]}


def a_phrase_counter() -> tuple[Call, dict[str, list[Call]]]:
    counter, kinds = PhraseCounter(2), np.zeros(2, np.uint8)
    tokens, sentences = np.zeros(1 << 20, np.int32), np.array([0, 1 << 20])

    def count(control: Control) -> object:
        return counter.count(tokens, sentences, kinds, control, 0)

    calls: list[Call] = [counter.words, counter.pairs, counter.tree, lambda: count(stopped())]
    return lambda: count(Control(1)), {"PhraseCounter": calls}


def a_row_reader() -> tuple[Call, dict[str, list[Call]]]:
    reader, vectors = RowReader(1, False), np.zeros((2, 1), np.float32)
    data = np.frombuffer(b"a 1\n" * 200_000, np.uint8)

    def feed(end: int) -> object:
        return reader.feed(data, 0, end, True, vectors, 1 << 60)

    table: list[Call] = [
        lambda: reader.table.add(b"a"),
        lambda: reader.table.find(b"a"),
        lambda: reader.table.find_all(data[:1], np.array([0, 1]), np.zeros(1, np.int32)),
        reader.table.arrays,
    ]
    return lambda: feed(len(data)), {"RowReader": [lambda: feed(0)], "WordTable": table}


def a_search() -> tuple[Call, dict[str, list[Call]]]:
    best, n = TopK(1, 10), 1 << 22
    scores, scale = np.arange(n, dtype=np.float32)[None], np.ones(n, np.float32)

    def show(n: int) -> object:
        return best.add(scores[:, :n], scale[:n], 0)

    return lambda: show(n), {"TopK": [lambda: show(0), best.result]}


def answers() -> tuple[Call, dict[str, list[Call]]]:
    n, question = 1 << 22, np.zeros((1, 3), np.int64)
    best = AnalogySolver(question, question, np.arange(n), np.zeros(1, np.float32), 1, 0)
    cosines = np.arange(n, dtype=np.float32)[None]

    def show(n: int) -> object:
        return best.add(cosines[:, :n], 0)

    return lambda: show(n), {"AnalogySolver": [lambda: show(0), best.answers]}


def a_training() -> tuple[Call, dict[str, list[Call]], Call]:
    """Two workers'; last the other worker's call."""
    given = {"tokens": arrays()["tokens"].repeat(4000), "offsets": np.array([0, 20_000])}
    trainer = word2vec_training(given, workers=2, steps=[np.ones(WORDS, np.float32)] * 3)
    calls: list[Call] = [
        lambda: trainer.run(0, stopped(2)),
        lambda: trainer.start_epoch(0.01, 0.01, 1),
    ]
    return (
        lambda: trainer.run(0, Control(2)),
        {"Training": calls},
        lambda: trainer.run(1, Control(2)),
    )


def a_glove_training() -> tuple[Call, dict[str, list[Call]], Call]:
    """Two workers'; last the other worker's call."""
    pairs, records = random_pairs(300, density=1), empty_records(300, 50, 0.05)
    steps, blocks = epoch_order(pairs, records[0].nbytes, np.random.default_rng(1))
    trainer = training_of(pairs, records, 50, simd_names()[0], workers=2)
    losses = np.zeros(len(steps))

    def start() -> None:
        trainer.start_epoch(steps, blocks, losses, 1)

    def busy() -> None:
        start()
        trainer.run(0, Control(2))

    start()
    calls: list[Call] = [
        lambda: trainer.run(0, stopped(2)),
        start,
    ]
    return busy, {"GloveTraining": calls}, lambda: trainer.run(1, Control(2))


OBJECTS = [
    a_reader,
    a_phrase_counter,
    a_row_reader,
    a_search,
    answers,
    a_training,
    a_glove_training,
]


@pytest.mark.parametrize("make", OBJECTS)
def test_a_call_during_another_one_is_refused(make: Callable[[], Any]) -> None:
    busy, kinds, *_ = make()
    with again_and_again(busy):
        for name, calls in kinds.items():
            for call in calls:
                assert refusal(call) == f"this {name} is in use by another call"
    busy()


@pytest.mark.parametrize("make", [a_training, a_glove_training])
def test_workers_of_one_training_run_side_by_side(make: Callable[[], Any]) -> None:
    busy, _, other = make()
    with again_and_again(busy):
        for _ in range(20):
            time.sleep(0)  # let the other thread run
            other()


def test_words_are_looked_up_side_by_side() -> None:
    table = WordTable()
    for i in range(1000):
        table.add(b"%d" % i)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        assert list(pool.map(lambda i: table.find(b"%d" % i), range(1000))) == list(range(1000))
