"""``fastvec embed``."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from processes import fastvec

from fastvec import KeyedVectors, Word2Vec

SIF = "m.safetensors text.txt -o out.npy --method sif"
TEXT = "a rose is a rose\n\na thorn is a thorn\nunknown\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text(TEXT)
    model = Word2Vec(
        [line.split() for line in TEXT.splitlines()[:3]],
        vector_size=6, min_count=1, workers=1, progress=False,
    )  # fmt: skip
    model.save(tmp_path / "m.safetensors")
    model.wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
    return tmp_path


def embed(folder: Path, line: str) -> str:
    done = fastvec(folder, "embed", *line.split())
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return done.stderr


def expected(folder: Path, method: str = "mean") -> NDArray[np.float32]:
    wv = KeyedVectors.load(folder / "m.safetensors")
    return wv.sentence_vectors(TEXT.splitlines(), method)


@pytest.mark.parametrize("vectors", ["m.safetensors", "v.bin"])
def test_each_line_has_a_row(folder: Path, vectors: str) -> None:
    said = embed(folder, f"{vectors} text.txt -o out.npy")
    assert said.splitlines() == [
        "fastvec: 2 of 4 sentences have no word with a vector: their vectors are zeros",
        "fastvec: out.npy: 4 vectors of 6 numbers",
    ]
    found = np.load(folder / "out.npy")
    np.testing.assert_allclose(found, expected(folder), rtol=1e-5, atol=1e-7)
    assert not found[[1, 3]].any()
    assert embed(folder, f"{vectors} text.txt -o out.npy -q") == ""


def test_parquet_and_standard_output(folder: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    embed(folder, "v.bin text.txt -o out.parquet -q")
    rows = parquet.read_table(folder / "out.parquet")["vector"].to_pylist()
    np.testing.assert_allclose(rows, expected(folder), rtol=1e-5, atol=1e-7)
    import subprocess
    import sys

    command = f"{sys.executable} -m fastvec embed v.bin - -o - -q < text.txt | cat > out.npy"
    subprocess.run(command, shell=True, cwd=folder, check=True)
    np.testing.assert_allclose(np.load(folder / "out.npy"), expected(folder), rtol=1e-5, atol=1e-7)


def test_sif_and_its_component(folder: Path) -> None:
    embed(folder, "m.safetensors text.txt -o out.npy --method sif --save-component c.npy -q")
    together = np.load(folder / "out.npy")
    np.testing.assert_allclose(together, expected(folder, "sif"), rtol=1e-3, atol=1e-6)
    (folder / "one.txt").write_text(TEXT.splitlines()[2] + "\n")
    embed(folder, "m.safetensors one.txt -o one.npy --method sif --component c.npy -q")
    np.testing.assert_allclose(np.load(folder / "one.npy")[0], together[2], rtol=1e-4, atol=1e-6)


def test_counts_of_a_file(folder: Path) -> None:
    (folder / "counts.txt").write_text("a 4\nis 2\nrose 2\nthorn 2\n")
    embed(folder, "v.bin text.txt -o out.npy --method sif --counts counts.txt -q")
    np.testing.assert_allclose(
        np.load(folder / "out.npy"), expected(folder, "sif"), rtol=1e-3, atol=1e-6
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("v.bin text.txt -o out.txt", "out.txt must end in .npy or .parquet"),
        ("v.bin text.txt -o out.npy --method sif", "sif needs the counts of the words"),
        ("v.bin text.txt -o out.npy --a 1", "--a has no effect without --method sif"),
        ("v.bin text.txt -o out.npy --component v.bin", "--component has no effect without"),
        (f"{SIF} --counts empty.txt", "empty.txt has no count of a word that has a vector"),
        (f"{SIF} --component v.bin", "v.bin is not a whole .npy file"),
        (f"{SIF} --component w.npy", "w.npy must be 6 numbers"),
        ("v.bin empty.txt -o out.npy", "the corpus is empty"),
        ("v.bin c.fvc -o out.npy", "c.fvc is an encoded corpus"),
        ("v.bin missing.txt -o out.npy", "missing.txt"),
        ("text.txt text.txt -o out.npy", "text.txt"),
        ("v.bin text.txt -o no/out.npy", "there is no folder"),
    ],
)  # fmt: skip
def test_refused_with_a_sentence(folder: Path, line: str, says: str) -> None:
    (folder / "empty.txt").write_text("")
    np.save(folder / "w.npy", np.ones(3, np.float32))
    fastvec(folder, "encode", "text.txt", "-o", "c.fvc", "--min-count", "1", "-q")
    done = fastvec(folder, "embed", *line.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert says in done.stderr
    assert not (folder / "out.npy").exists()


def test_a_column_of_a_table(folder: Path) -> None:
    rows = [{"text": line, "id": i} for i, line in enumerate(TEXT.splitlines())]
    (folder / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    embed(folder, "v.bin t.jsonl --column text -o out.npy -q")
    np.testing.assert_allclose(np.load(folder / "out.npy"), expected(folder), rtol=1e-5, atol=1e-7)
