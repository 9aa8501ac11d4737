"""Merging rows while trainers are lost at any moment: those that are left always agree."""

import functools
import itertools

import numpy as np
import pytest
from fragile_crew import FragileCrew

from fastvec import Vocabulary, Word2Vec
from fastvec.cluster.crew import TrainersLostError
from fastvec.cluster.engine import blueprint_of
from fastvec.cluster.rounds import Merger
from fastvec.cluster.trainer import Trainer


def crew_of(trainers: int) -> tuple[FragileCrew, Merger]:
    model = Word2Vec(vector_size=4, min_count=1, seed=3)
    model._make_rows(Vocabulary.of({f"w{i}": 10 for i in range(12)}))
    crew = FragileCrew(functools.partial(Trainer, blueprint_of(model, 1), 4), trainers)
    blocks = crew.trainers[0].blocks
    assert len(blocks) == 4
    merger = Merger(crew, [block.of(crew.trainers[0].matrices).nbytes for block in blocks])
    for number, trainer in crew.trainers.items():
        for matrix in trainer.matrices:
            matrix += np.float32(2**number)  # what each has learned
    return crew, merger


def rows(trainer: Trainer) -> np.ndarray:
    return np.concatenate([np.concatenate(trainer.matrices), np.concatenate(trainer.agreed)])


def test_all_agree_on_the_mean() -> None:
    crew, merger = crew_of(3)
    before = crew.trainers[0].agreed[0].copy()
    merger.merge([0, 1, 2], 0.0, 3.0)
    for trainer in crew.trainers.values():
        assert np.allclose(trainer.agreed[0], before + (1 + 2 + 4) / 3, atol=1e-6)
        assert all(map(np.array_equal, trainer.matrices, trainer.agreed))
    size = sum(matrix.nbytes for matrix in crew.trainers[0].matrices)
    assert merger.moved == 2 * (3 - 1) * size  # each row goes once to its owner, once back


def test_one_alone_keeps_its_rows_bit_for_bit() -> None:
    crew, merger = crew_of(1)
    before = [matrix.copy() for matrix in crew.trainers[0].matrices]
    merger.merge([0], 0.0, 1.0)
    assert all(map(np.array_equal, crew.trainers[0].matrices, before))
    assert all(map(np.array_equal, crew.trainers[0].agreed, before))
    assert merger.moved == 0


@pytest.mark.parametrize("trainers", [2, 3])
@pytest.mark.parametrize("late", [False, True])
def test_whoever_is_lost_whenever_the_others_agree(trainers: int, late: bool) -> None:
    for fatal in itertools.count(1):
        crew, merger = crew_of(trainers)
        crew.fatal, crew.late = fatal, late
        base = crew.trainers[0].agreed[0].copy()
        work = {n: t.matrices[0].copy() for n, t in crew.trainers.items()}
        counts = True
        try:
            merger.merge(list(crew.trainers), 0.0, float(trainers))
        except TrainersLostError:
            counts = False
        crew.alive = [each for each in crew.alive if each not in crew.dead]
        left = [crew.trainers[each] for each in crew.alive]
        assert left
        if not counts and len(left) > 1:  # nothing has happened
            for number, trainer in zip(crew.alive, left, strict=True):
                assert np.array_equal(trainer.agreed[0], base)
                assert np.array_equal(trainer.matrices[0], work[number])
            merger.merge(crew.alive, 0.0, float(len(left)))
        for trainer in left:
            assert np.array_equal(rows(trainer), rows(left[0]))
            assert all(map(np.array_equal, trainer.matrices, trainer.agreed))
            assert trainer.versions == [merger.version] * 4
        if not crew.dead:
            break
    assert fatal > 20


def test_who_joins_gets_the_rows() -> None:
    crew, merger = crew_of(2)
    merger.merge([0, 1], 0.0, 2.0)
    crew.trainers[7] = crew.make()
    crew.alive.append(7)
    merger.welcome(7, 1)
    assert np.array_equal(rows(crew.trainers[7]), rows(crew.trainers[0]))
    assert crew.trainers[7].versions == crew.trainers[0].versions
