"""Ids in bounded memory, and words that are dropped while reading."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from texts import (
    assert_holds,
)

from fastvec.corpus import chunks
from fastvec.corpus.corpus import Corpus
from fastvec.models.word2vec import Word2Vec


@pytest.mark.parametrize("memory", ["0", "1K", 40_000, "1G"])
@pytest.mark.parametrize("workers", [1, 3])
def test_any_budget_gives_the_same(tmp_path: Path, memory: str | int, workers: int) -> None:
    rng = np.random.default_rng(3)
    words = rng.zipf(1.3, 60_000) % 500
    lines = [" ".join(map(str, row)) for row in np.split(words, 3000)]
    path = tmp_path / "text"
    path.write_text("\n".join(lines))
    folder = tmp_path / "tmp"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "RANGE_BYTES", 5000)
        corpus = Corpus.read(path, memory=memory, tmp=folder, workers=workers)
    assert_holds(corpus, [line.split() for line in lines], 5)
    assert not list(folder.iterdir())
    mapped = isinstance(corpus.tokens.base, np.memmap)
    assert mapped == (memory != "1G")
    corpus.close()
    assert len(corpus.tokens) == 0


def test_a_corpus_of_twenty_times_the_budget_trains(tmp_path: Path) -> None:
    """The ids take 400 KB, the budget is 20 KB; the vectors are those of a corpus in memory."""
    rng = np.random.default_rng(3)
    lines = [" ".join(map(str, row)) for row in rng.zipf(1.3, (1000, 100)) % 500]
    path = tmp_path / "text"
    path.write_text("\n".join(lines))
    options = {"vector_size": 8, "epochs": 1, "workers": 1, "progress": False}
    bounded = Word2Vec(path, memory="20K", tmp=tmp_path, **options)
    assert isinstance(bounded._corpus.tokens.base, np.memmap)
    assert bounded._corpus.tokens.nbytes >= 20 * 19_000
    assert np.array_equal(bounded.wv.vectors, Word2Vec(path, **options).wv.vectors)
    assert list(tmp_path.iterdir()) == [path]


def test_temporary_files_vanish(tmp_path: Path) -> None:
    with Corpus.read([["a", "b"]] * 5000, memory=100, tmp=tmp_path) as corpus:
        assert not list(tmp_path.iterdir())
        assert str(tmp_path) in Path("/proc/self/maps").read_text()
        assert len(corpus) == 5000
    del corpus
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()


def test_a_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    code = f"""
import resource
from fastvec.corpus.corpus import Corpus
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
Corpus.read((["word"] * 100 for _ in range(20_000)), memory=1000, tmp={str(tmp_path)!r})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert last.startswith(
        "OSError: [Errno 27] no room for temporary files (tmp names another fold"
    )
    assert str(tmp_path) in last
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_for_temporary_files(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no such folder.*nowhere"):
        Corpus.read([["a"]], tmp=tmp_path / "nowhere")


def test_words_are_dropped_while_a_file_is_read(tmp_path: Path) -> None:
    """A pause within a part: the file is open still when reading goes on."""
    path = tmp_path / "text"
    walks = np.random.default_rng(0).integers(0, 50_000, (5_000, 20))
    np.savetxt(path, walks, "%d")
    options: dict[str, Any] = {"min_count": 1, "max_vocab_size": 20_000}
    one = Corpus.read(path, **options)
    other = Corpus.read(walks.astype(str).tolist(), **options)
    assert path.stat().st_size > 2 * (1 << 18)
    assert one.vocabulary.words == other.vocabulary.words
    assert np.array_equal(one.tokens, other.tokens)
