"""A corpus file."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastvec.corpus.corpus import Corpus


@pytest.fixture
def encoded(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.fvc"
    Corpus.read([["a", "rose", "is"], ["a", "rose", "é"]], min_count=1).save(path)
    return path
