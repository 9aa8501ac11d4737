"""The ledger: every chunk is trained on once, in the rows that survive."""

import random

import pytest

from fastvec.cluster.ledger import Ledger, Report


def report(next_: int, progress: float) -> Report:
    return Report(next_, progress, 2.0 * next_, 10 * next_, 100, 50, 0.1)


@pytest.mark.parametrize("seed", range(20))
def test_each_chunk_counts_once_whoever_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    ledger, counted, steps = Ledger.of([5, 1, 3, 7], 3), [0] * 4, 4
    trainers, newest = [0, 1, 2], 2
    while not ledger.is_complete:
        tasks = {t: p for t in trainers if (p := ledger.assign(t)) is not None}
        assert len(set(tasks.values())) == len(tasks)  # nobody does what another one does
        assert tasks
        for trainer, portion in tasks.items():
            if chance.random() < 0.2:
                ledger.release(trainer)
                trainers.remove(trainer)
                newest += 1
                trainers.append(newest)
                continue
            done = ledger.entries[portion].next + 1
            ledger.commit(trainer, report(done, done / steps))
            counted[portion] += 1
    assert counted == [steps] * 4
    assert ledger.progress == pytest.approx(1)
    assert ledger.loss == (4 * 8.0, 4 * 40)


def test_a_trainer_gets_its_own_portions_first_and_then_those_of_others() -> None:
    ledger = Ledger.of([1] * 5, 2)
    order = []
    for trainer in (1, 0, 1, 1, 1):
        portion = ledger.assign(trainer)
        order.append(portion)
        if trainer == 1:
            ledger.commit(1, report(1, 1.0))
    assert order == [1, 0, 3, 2, 4]
    assert ledger.assign(3) is None  # trainer 0 has what is left
    ledger.release(0)
    assert ledger.assign(2) == 0


def test_it_is_kept_in_arrays() -> None:
    ledger = Ledger.of([2, 3], 1)
    ledger.assign(0)
    ledger.entries[0].rates = (0.5, 0.25)
    ledger.commit(0, report(3, 0.75))
    other = Ledger.of([2, 3], 1)
    other.go_on(ledger.arrays())
    ledger.release(0)
    assert other.entries == ledger.entries


def test_the_ledger_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of 2 portions"):
        Ledger.of([1, 1], 1).go_on(Ledger.of([1, 1, 1], 1).arrays())
    partly = Ledger.of([1], 1).arrays()
    del partly["portion_rates"]
    with pytest.raises(ValueError, match="not one of 1 portions"):
        Ledger.of([1], 1).go_on(partly)
