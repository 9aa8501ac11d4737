"""Plans: what a training would take."""

from pathlib import Path

import numpy as np
import pytest

from fastvec import GloVe, Word2Vec
from fastvec.cluster.plan import GloVePlan, Word2VecPlan, plan_of
from fastvec.corpus.sources import find_source
from fastvec.params import CorpusParams


@pytest.mark.parametrize("kept", [1, 5])
def test_a_plan_is_about_right(tmp_path: Path, kept: int) -> None:
    draw = np.random.default_rng(1)
    lines = (" ".join(map(str, draw.integers(0, 900, 20))) for _ in range(9000))
    (tmp_path / "text.txt").write_text("\n".join(lines))
    model = Word2Vec(min_count=kept, vector_size=8)
    plan = plan_of(model, model._source(str(tmp_path)), trainers=4, workers=1)
    assert isinstance(plan, Word2VecPlan)
    assert plan.words == pytest.approx(180_000, rel=0.05)
    assert plan.vocabulary == pytest.approx(900, rel=0.05)
    assert 1e4 < plan.rate < 1e9
    assert list(plan.lines())[-1] == "one machine is quicker: leave out --engine ray"


def test_large_texts_are_quicker_on_several_machines() -> None:
    plan = Word2VecPlan(8, 100_000_000_000, 1_000_000, 6e6, 2_400_000_000, 1)
    assert plan.rounds == 625
    assert plan.alone_seconds / plan.seconds == pytest.approx(3.5, abs=0.5)
    assert "quicker" not in "".join(plan.lines())
    assert plan.trainer_bytes == 2 * plan.model_bytes + 4 * plan.words // 8


def test_a_plan_of_glove(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    lines = (" ".join(map(str, draw.integers(0, 300, 20))) for _ in range(1000))
    (tmp_path / "text.txt").write_text("\n".join(lines))
    model = GloVe(min_count=1, vector_size=8)
    plan = plan_of(model, find_source(str(tmp_path), CorpusParams()), trainers=4, workers=1)
    assert isinstance(plan, GloVePlan)
    assert plan.pairs == pytest.approx(300 * 301 / 2, rel=0.05)
    assert plan.records_bytes == 300 * 4 * 16 * 4
    assert plan.moved_bytes == 2 * plan.records_bytes
    assert "pairs/s" in list(plan.lines())[1]
    assert list(plan.lines())[-1] == "one machine is quicker: leave out --engine ray"


def test_many_pairs_are_quicker_on_several_machines() -> None:
    plan = GloVePlan(8, 10**11, 10**6, 10**10, 3600.0, 1e8, 5 * 10**9, 25)
    assert plan.alone_seconds / plan.seconds == pytest.approx(6, abs=1)
    assert plan.trainer_bytes == 10**10 + 6 * 5 * 10**9 // 16


def test_what_is_no_file_has_no_plan() -> None:
    model = Word2Vec()
    with pytest.raises(ValueError, match="a plan is made of files"):
        plan_of(model, model._source([["a"]]), 2, 1)
