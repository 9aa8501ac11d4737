"""cooccur, glove and ppmi as real processes."""

import os
import signal
import subprocess

import click
import numpy as np
import pytest
from processes import DEADLINE, fastvec, started

from fastvec import cli
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.registry import read_vectors
from fastvec.models.glove import GloVe
from fastvec.models.glove_records import RECORD
from fastvec.models.pairs import Pairs


@pytest.fixture
def folder(tmp_path):
    generator = np.random.default_rng(0)
    lines = [" ".join(f"w{i}" for i in generator.zipf(1.5, 20) if i < 40) for _ in range(200)]
    (tmp_path / "text.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_from_text_to_vectors(folder):
    options = ("--vector-size", "5", "--epochs", "3", "--window", "4", "--x-max", "10")
    for name in ("v.safetensors", "v.bin", "v.txt", "v.glove"):
        done = fastvec(folder, "glove", "text.txt", "-o", name, *options)
        assert done.returncode == 0
        said = [line.split()[1] for line in done.stderr.splitlines() if "hardly" not in line]
        assert said == [
            "read", "counted", "training:", "training:", "training:", "trained", f"{name}:"
        ]  # fmt: skip
    files = [read_vectors(folder / n) for n in ("v.safetensors", "v.bin", "v.txt", "v.glove")]
    for file in files[1:]:
        assert list(file.words) == list(files[0].words)
        np.testing.assert_allclose(file.vectors, files[0].vectors, atol=1e-6)
    model = GloVe(5, epochs=3, window=4, x_max=10, progress=False).fit(folder / "text.txt")
    assert np.array_equal(model.wv.vectors, files[0].vectors)


def test_counting_first_gives_the_same(folder):
    done = fastvec(folder, "cooccur", "text.txt", "-o", "pairs", "--window", "4", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    pairs = Pairs.load(folder / "pairs")
    assert pairs.settings["window"] == "4"
    options = ("--vector-size", "5", "--epochs", "2", "-q")
    fastvec(folder, "glove", "--matrix", "pairs", "-o", "a.safetensors", *options)
    fastvec(folder, "glove", "text.txt", "--window", "4", "-o", "b.safetensors", *options)
    a, b = (read_vectors(folder / name) for name in ("a.safetensors", "b.safetensors"))
    assert np.array_equal(a.vectors, b.vectors)
    assert list(a.words) == list(b.words)


def test_glove_s_own_files(folder):
    done = fastvec(
        folder, "cooccur", "text.txt", "-o", "pairs.bin", "--save-vocab", "vocab.txt", "-q"
    )
    assert (done.returncode, done.stderr) == (0, "")
    records = np.fromfile(folder / "pairs.bin", RECORD)
    words = [line.split()[0] for line in (folder / "vocab.txt").read_text().splitlines()]
    assert records["word1"].max() == len(words)
    arguments = ("--matrix", "pairs.bin", "--vocab", "vocab.txt", "-o", "v.txt", "-q")
    done = fastvec(folder, "glove", *arguments, "--vector-size", "4", "--epochs", "1", "--unk")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(read_vectors(folder / "v.txt").words) == [*words, "<unk>"]


def test_initial_vectors_and_the_whole_model(folder):
    options = ("--vector-size", "5", "--epochs", "2", "-q")
    fastvec(folder, "glove", "text.txt", "-o", "first.txt", *options)
    done = fastvec(
        folder, "glove", "text.txt", "-o", "second.safetensors", "--init", "first.txt",
        "--mu", "1", *options,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    model = GloVe.load(folder / "second.safetensors")
    assert model.mu == 1
    assert model._prior is not None
    assert model.vector_size == 5


def test_a_saved_model_reads_more_text_as_the_first(tmp_path):
    """The command line goes through GloVe, so that its model knows how text was read."""
    (tmp_path / "up.txt").write_text("The CAT, the dog. Once\n" * 20)
    (tmp_path / "up2.txt").write_text("(The Dog) THE cat! twice twice\n" * 9)
    options = ("--lower", "--tokens", "words", "--min-count", "2", "--window", "3")
    done = fastvec(
        tmp_path, "glove", "up.txt", "-o", "g.safetensors", *options, "--vector-size", "4", "-q"
    )
    assert (done.returncode, done.stderr) == (0, "")
    model = GloVe.load(tmp_path / "g.safetensors")
    assert (model.lower, model.tokens, model.min_count) == (True, "words", 2)
    assert sorted(model.words) == ["cat", "dog", "once", "the"]
    same = GloVe.load(tmp_path / "g.safetensors")
    model.train(tmp_path / "up2.txt", epochs=2)
    with Corpus.read([["the", "dog", "the", "cat"]] * 9, min_count=1) as text:
        same.train(text.in_words(Vocabulary(same.words, same.counts)), epochs=2)
    assert model.loss_history == same.loss_history
    assert np.array_equal(model.wv.vectors, same.wv.vectors)


def test_ppmi(folder):
    done = fastvec(folder, "ppmi", "text.txt", "-o", "v.txt", "--vector-size", "6", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert read_vectors(folder / "v.txt").vectors.shape[1] == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["glove", "-o", "v.txt"], "give CORPUS or --matrix, one of them"),
        (["glove", "text.txt", "--matrix", "text.txt", "-o", "v.txt"], "give CORPUS or --matrix"),
        (["cooccur", "-o", "v.txt"], "give CORPUS: files or folders of text"),
        (
            ["glove", "text.txt", "--vocab", "text.txt", "-o", "v.txt"],
            "--read-vocab takes the words",
        ),
        (
            ["glove", "--matrix", "p", "--vocab", "text.txt", "-o", "v.txt"],
            "--vocab names the rows of",
        ),
        (
            ["glove", "--matrix", "p", "--window", "10", "-o", "v.txt"],
            "--window has no effect with",
        ),
        (["glove", "--matrix", "p", "--no-lower", "-o", "v.txt"], "--lower has no effect with"),
        (["ppmi", "--matrix", "p", "--min-count", "5", "-o", "v.txt"], "--min-count has no effect"),
        (
            ["ppmi", "--matrix", "p", "--read-vocab", "w", "-o", "v.txt"],
            "--read-vocab has no effect",
        ),
        (["glove", "text.txt", "--mu", "0.1", "-o", "v.txt"], "--mu has no effect without --init"),
        (["glove", "text.txt", "-o", "no/v.txt"], "cannot write no/v.txt: there is no folder"),
        (["glove", "missing.txt", "-o", "v.txt"], "missing.txt: "),
        (["glove", "text.txt", "-o", "v.txt", "--window", "0"], "window must be at least 1, got 0"),
        (
            ["glove", "text.txt", "-o", "v.txt", "--eta", "nan"],
            "eta must be a finite number, got nan",
        ),
        (["glove", "--matrix", "text.txt", "-o", "v.txt"], "text.txt is not a safetensors file"),
        (["glove", "--matrix", "odd.bin", "-o", "v.txt"], "odd.bin is no file of GloVe's records"),
        (["ppmi", "text.txt", "-o", "v.txt", "--vector-size", "500"], "vector_size must be below"),
        (["cooccur", "text.txt", "-o", "v.txt", "--memory", "1M"], "memory must be at least"),
        (
            ["cooccur", "text.txt", "-o", "v.txt", "--memory", "1e300"],
            "memory must be a number of bytes",
        ),
        (["glove", "text.txt", "-o", "v"], "v: the ending must be one of"),
        (["cooccur", "one.txt", "-o", "v.txt", "--min-count", "1"], "the corpus has no pairs"),
    ],
)
def test_bad_input_is_one_sentence(folder, arguments, sentence):
    (folder / "odd.bin").write_bytes(bytes(7))
    (folder / "one.txt").write_text("a\nb\n")
    Pairs.from_scipy(np.ones((2, 2))).save(folder / "p")
    (folder / "w").write_text("a 1\n")
    done = fastvec(folder, *arguments, "-q")
    assert done.returncode == 2
    assert done.stderr.startswith("fastvec: ")
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr
    assert not (folder / "v.txt").exists()


def test_ctrl_c_before_there_are_vectors_writes_nothing(folder, monkeypatch, capsys):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(GloVe, "_start", stopped)
    monkeypatch.chdir(folder)
    with pytest.raises(click.Abort):
        cli.app.main(["glove", "text.txt", "-o", "v.txt"], standalone_mode=False)
    assert "stopped in epoch" not in capsys.readouterr().err
    assert not (folder / "v.txt").exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_ends_promptly_and_saves_what_was_learned(folder, sent):
    before = {path.name for path in folder.iterdir()}
    command = ("-m", "fastvec", "glove", "text.txt", "-o", "v.txt", "--vector-size", "4")
    options = {"cwd": folder, "stderr": subprocess.PIPE, "text": True}
    options["env"] = os.environ | {"TMPDIR": str(folder)}
    with started(*command, "--epochs", "100000000", **options) as process:  # for days
        while "counted" not in process.stderr.readline():  # which is said when training begins
            assert process.poll() is None
        process.send_signal(sent)
        _, said = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    assert said.startswith("fastvec: stopped in epoch ")
    assert {path.name for path in folder.iterdir()} == before | {"v.txt"}
    assert np.isfinite(read_vectors(folder / "v.txt").vectors).all()
