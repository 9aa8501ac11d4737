"""The options of training on several machines: what is refused before a cluster is looked for."""

from pathlib import Path

import pytest
from processes import fastvec

RAY = ("--engine", "ray")
BOTH = "has no effect without --engine ray: give both, or leave it out"
REFUSED = [
    (("--address", "local"), f"--address {BOTH}"),
    (("--threads", "2"), "ray: --workers is the number of threads of this machine"),
    (("--round-words", "9"), f"--round-words {BOTH}"),
    (("--engine", "spark"), "engine must be local or ray, got 'spark'"),
    ((*RAY, "--round-words", "0"), "round_words must be at least 1, got 0"),
    ((*RAY, "--seeds", "1-3"), "--seeds cannot be used with --engine ray yet"),
    ((*RAY, "--plan"), "--plan needs --workers, the number of trainers"),
    (("--plan",), f"--plan {BOTH}"),
    ((*RAY, "--subwords"), "--subwords cannot be used with --engine ray yet"),
]


REFUSED_BY_GLOVE = [
    (("text.txt", "--address", "local"), "--address has no effect without --engine ray"),
    (("text.txt", *RAY, "--round-words", "9"), "--round-words has no effect on GloVe"),
    (("text.txt", *RAY, "--seeds", "1-3"), "--seeds cannot be used with --engine ray yet"),
    (("text.txt", *RAY, "--plan"), "--plan needs --workers, the number of trainers"),
    (("--matrix", "m", *RAY, "--plan", "--workers", "2"), "--plan is for a CORPUS"),
]


@pytest.mark.parametrize(("options", "sentence"), REFUSED_BY_GLOVE)
def test_what_glove_refuses(tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "text.txt").write_text("a b c\n" * 99)
    (tmp_path / "m").write_text("")
    done = fastvec(tmp_path, "glove", "-o", "out.txt", *options)
    assert done.returncode == 2
    assert sentence in done.stderr.strip().split("\n")[-1]


def test_a_plan_of_glove(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("a b c\n" * 99)
    plan = (*RAY, "--plan", "--workers", "2", "--min-count", "1")
    done = fastvec(tmp_path, "glove", "text.txt", "-o", "out.txt", *plan)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "one machine is quicker: leave out --engine ray"


@pytest.mark.parametrize(("options", "sentence"), REFUSED)
def test_what_is_refused(tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "text.txt").write_text("a b c\n" * 99)
    done = fastvec(tmp_path, "train", "text.txt", "-o", "out.txt", *options)
    assert done.returncode == 2
    assert done.stderr.strip().endswith(sentence)
    assert not (tmp_path / "out.txt").exists()
