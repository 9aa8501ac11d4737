"""The options of training on several machines: what is refused before a cluster is looked for."""

from pathlib import Path

import pytest
from processes import fastvec

RAY = ("--engine", "ray")
REFUSED = [
    (("--address", "local"), "--address has no effect without --engine ray"),
    (("--threads", "2"), "--threads has no effect without --engine ray"),
    (("--round-words", "9"), "--round-words has no effect without --engine ray"),
    (("--engine", "spark"), "engine must be local or ray, got 'spark'"),
    ((*RAY, "--round-words", "0"), "round_words must be at least 1, got 0"),
    ((*RAY, "--seeds", "1-3"), "--seeds cannot be used with --engine ray yet"),
    ((*RAY, "--plan"), "--plan needs --workers, the number of trainers"),
    (("--plan",), "--plan has no effect without --engine ray"),
    ((*RAY, "--subwords"), "--subwords cannot be used with --engine ray yet"),
]


@pytest.mark.parametrize(("options", "sentence"), REFUSED)
def test_what_is_refused(tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "text.txt").write_text("a b c\n" * 99)
    done = fastvec(tmp_path, "train", "text.txt", "-o", "out.txt", *options)
    assert done.returncode == 2
    assert done.stderr.strip().endswith(sentence)
    assert not (tmp_path / "out.txt").exists()
