"""Plans: what a training would take."""

from pathlib import Path

import numpy as np
import pytest

from fastvec import Word2Vec
from fastvec.cluster.plan import Plan, plan_of


@pytest.mark.parametrize("kept", [1, 5])
def test_a_plan_is_about_right(tmp_path: Path, kept: int) -> None:
    draw = np.random.default_rng(1)
    lines = (" ".join(map(str, draw.integers(0, 900, 20))) for _ in range(9000))
    (tmp_path / "text.txt").write_text("\n".join(lines))
    model = Word2Vec(min_count=kept, vector_size=8)
    plan = plan_of(model, model._source(str(tmp_path)), trainers=4, workers=1)
    assert plan.words == pytest.approx(180_000, rel=0.05)
    assert plan.vocabulary == pytest.approx(900, rel=0.05)
    assert 1e4 < plan.rate < 1e9
    assert list(plan.lines())[-1] == "one machine is quicker: leave out --engine ray"


def test_large_texts_are_quicker_on_several_machines() -> None:
    plan = Plan(8, 100_000_000_000, 1_000_000, 6e6, 2_400_000_000, 1)
    assert plan.rounds == 625
    assert plan.alone_seconds / plan.seconds == pytest.approx(3.5, abs=0.5)
    assert "quicker" not in "".join(plan.lines())
    assert plan.trainer_bytes == 2 * plan.model_bytes + 4 * plan.words // 8


def test_what_is_no_file_has_no_plan() -> None:
    model = Word2Vec()
    with pytest.raises(ValueError, match="a plan is made of files"):
        plan_of(model, model._source([["a"]]), 2, 1)
