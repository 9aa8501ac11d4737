"""fastvec train --subwords and --loss: what they train, and what is refused."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from processes import fastvec

from fastvec import FastText, FastTextKeyedVectors, KeyedVectors, load_facebook_model

WORDS = ["catlike", "cats", "doglike", "dogs", "hammer", "hammers", "nailed", "nails"]
SMALL = ("--min-count", "1", "--vector-size", "6", "--epochs", "2", "--workers", "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    draw = np.random.default_rng(3)
    lines = (" ".join(draw.choice(WORDS, 8)) for _ in range(300))
    (tmp_path / "text.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def train(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return fastvec(folder, "train", "text.txt", *SMALL, *options)


@pytest.mark.parametrize("method", [["--sg"], [], ["--hs", "--negative", "0"]])
def test_subwords_give_a_model_with_ngrams(folder: Path, method: list[str]) -> None:
    ngrams = ("--min-n", "2", "--max-n", "4", "--bucket", "5000")
    done = train(folder, "-o", "m.safetensors", "--subwords", *ngrams, *method)
    assert done.returncode == 0, done.stderr
    model = FastText.load(folder / "m.safetensors")
    assert (model.min_n, model.max_n, model.bucket) == (2, 4, 5000)
    assert model.epochs_trained == 2
    assert model.wv["unseen"].any()
    found = fastvec(folder, "similar", "m.safetensors", "hammering", "-n", "1")
    assert found.returncode == 0, found.stderr


def test_python_trains_the_same_model(folder: Path) -> None:
    assert train(folder, "-o", "m.safetensors", "--subwords").returncode == 0
    options = {"min_count": 1, "vector_size": 6, "epochs": 2, "workers": 1}
    model = FastText(folder / "text.txt", **options)  # type: ignore[arg-type]
    saved = KeyedVectors.load(folder / "m.safetensors")
    assert isinstance(saved, FastTextKeyedVectors)
    np.testing.assert_array_equal(saved.vectors, model.wv.vectors)
    np.testing.assert_array_equal(saved.vectors_ngrams, model.wv.vectors_ngrams)


@pytest.mark.parametrize("name", ["v.txt", "v.npy", "v.parquet", "v.vec.gz"])
def test_formats_without_ngrams_hold_the_words(folder: Path, name: str) -> None:
    done = train(folder, "-o", name, "--subwords")
    assert done.returncode == 0, done.stderr
    assert "n-gram" in done.stderr


def test_a_model_in_fasttexts_format_can_be_trained_further(folder: Path) -> None:
    done = train(folder, "-o", "m.bin", "--subwords", "--sg", "--to", "fasttext")
    assert done.returncode == 0, done.stderr
    assert "n-gram" not in done.stderr
    model = load_facebook_model(folder / "m.bin")
    assert (model.sg, model.negative, model.epochs) == (1, 5, 2)
    assert model.syn1neg.any()


def test_a_checkpoint_is_resumed(folder: Path) -> None:
    options = ("--subwords", "--checkpoint", "run.ckpt")
    assert train(folder, "-o", "m.safetensors", *options).returncode == 0
    again = (*SMALL[:4], "--epochs", "4", *SMALL[6:], "-o", "n.safetensors", *options, "--resume")
    done = fastvec(folder, "train", "text.txt", *again)
    assert done.returncode == 0, done.stderr
    assert FastText.load(folder / "n.safetensors").epochs_trained == 4
    done = fastvec(folder, "train", "text.txt", *(each for each in again if each != "--subwords"))
    assert done.returncode == 2
    assert "FastText" in done.stderr


def test_several_seeds(folder: Path) -> None:
    done = train(folder, "-o", "m.safetensors", "--subwords", "--seeds", "1-2", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    one, two = (FastText.load(folder / f"m.seed{seed}.safetensors") for seed in (1, 2))
    assert not np.array_equal(one.wv.vectors, two.wv.vectors)


def test_options_of_ngrams_need_subwords(folder: Path) -> None:
    for name in "min-n", "max-n", "bucket", "hash-count":
        done = train(folder, "-o", "m.safetensors", f"--{name}", "4")
        assert done.returncode == 2
        assert f"--{name} has no effect without --subwords" in done.stderr
    assert train(folder, "-o", "m.safetensors").returncode == 0


@pytest.mark.parametrize(
    "options", [["--min-n", "7"], ["--max-n", "2"], ["--max-n", "0"], ["--bucket", "0"]]
)
def test_subwords_without_ngrams_are_refused(folder: Path, options: list[str]) -> None:
    done = train(folder, "-o", "m.safetensors", "--subwords", *options)
    assert done.returncode == 2
    assert "--subwords needs --max-n of at least --min-n, and --bucket above 0" in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--min-n", "-1"], "min_n must be at least 0, got -1"),
        (["--max-n", "1001"], "max_n must be at most 1000, got 1001"),
        (["--hash-count", "5"], "hash_count must be at most 4, got 5"),
        (["--bucket", "3000000000"], "bucket must be at most 2147483647"),
        (["--sg", "--deterministic"], "is not for FastText yet"),
    ],
)
def test_wrong_options_are_refused(folder: Path, options: list[str], says: str) -> None:
    done = train(folder, "-o", "m.safetensors", "--subwords", *options)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax", "nce"])
def test_an_objective_is_trained_validated_and_told(folder: Path, loss: str) -> None:
    log = ("--validation", "0.2", "--log", "log")
    done = train(folder, "-o", "m.safetensors", "--sg", "--loss", loss, *log)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
    validated = [event for event in events if event["event"] == "validation"]
    assert len(validated) == 3
    for event in validated:
        assert event["perplexity"] == pytest.approx(np.exp(event["loss"]))
        assert 1 < event["perplexity"] < 20
    shown = fastvec(folder, "info", "m.safetensors", "--json")
    assert json.loads(shown.stdout)["parameters"]["loss"] == loss


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--loss", "softmax", "--hs"), "--hs is another objective than --loss softmax"),
        (("--loss", "softmax", "--subwords"), "loss must be ns or hs for FastText"),
        (("--loss", "ova"), "loss must be ns or hs or softmax or sampled_softmax or nce"),
        (("--softmax",), "did you mean --loss?"),
    ],
)
def test_an_objective_that_cannot_be_is_refused(
    folder: Path, options: tuple[str, ...], says: str
) -> None:
    done = train(folder, "-o", "m.safetensors", *options)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
