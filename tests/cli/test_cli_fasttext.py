"""The commands that look at vectors take files with n-grams, and say where these are lost."""

import json
from pathlib import Path

import fasttext_files
import pytest
from processes import fastvec

from fastvec import FastTextKeyedVectors, KeyedVectors, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.bin").write_bytes(fasttext_files.model())
    load(tmp_path / "a.bin").save(tmp_path / "a.safetensors")
    return tmp_path


@pytest.mark.parametrize("name", ["a.bin", "a.safetensors"])
def test_unseen_words_are_answered(folder, name):
    wv = load(folder / "a.bin")
    done = fastvec(folder, "similar", name, "catty", "-n", "2")
    assert (done.stderr, done.returncode) == ("", 0)
    found = [line.split("\t") for line in done.stdout.splitlines()]
    wanted = [["catty", word, f"{cosine:.4f}"] for word, cosine in wv.most_similar("catty", topn=2)]
    assert found == wanted
    done = fastvec(folder, "analogy", name, "cat", "cats", "собака", "-n", "1")
    best = wv.most_similar(["cats", "собака"], ["cat"], topn=1)[0]
    assert done.stdout == f"{best[0]}\t{best[1]:.4f}\n"
    done = fastvec(folder, "similar", name, "")  # which is too short to have n-grams
    assert (done.returncode, done.stdout) == (2, "")
    assert f"'' is not among the 4 words of {name}" in done.stderr


def test_info_speaks_of_the_ngrams(folder):
    facts = json.loads(fastvec(folder, "info", "a.bin", "--json").stdout)
    assert (facts["kind"], facts["words"], facts["sum of counts"]) == ("fasttext", 4, 30)
    assert facts["n-grams"] == "3 to 6 characters"
    assert facts["buckets"] == facts["rows of n-grams"] == fasttext_files.BUCKET
    assert facts["fasttext"]["model"] == "skip-gram"


@pytest.mark.parametrize(
    ("output", "to"), [("b.safetensors", None), ("b.bin", "fasttext"), ("b.bin.gz", "fasttext")]
)
def test_ngrams_are_kept_where_there_is_a_place(folder, output, to):
    done = fastvec(folder, "convert", "a.bin", output, *(["--to", to] if to else []))
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    wv = load(folder / output)
    assert isinstance(wv, FastTextKeyedVectors)
    assert wv["unseen"].tolist() == load(folder / "a.bin")["unseen"].tolist()
    done = fastvec(folder, "convert", "a.bin", "c.safetensors", "--limit", "2")
    assert len(load(folder / "c.safetensors")) == 2
    assert "unseen" in load(folder / "c.safetensors")


@pytest.mark.parametrize("output", ["b.bin", "b.txt", "b.npy", "b.glove", "b.tsv"])
def test_a_line_says_that_ngrams_are_lost(folder, output):
    done = fastvec(folder, "convert", "a.bin", output)
    assert done.returncode == 0
    assert "cannot hold n-grams: words that are not in the vocabulary have no vector" in done.stderr
    done = fastvec(folder, "convert", "a.bin", output, "--quiet")
    assert done.stderr == ""
    if output != "b.tsv":
        assert type(load(folder / output)) is KeyedVectors


def test_normalized_vectors_have_no_ngrams(folder):
    done = fastvec(folder, "convert", "a.bin", "b.safetensors", "--normalize")
    assert "with --normalize the n-grams are left out" in done.stderr
    assert type(load(folder / "b.safetensors")) is KeyedVectors


def test_eval_infers_unseen_words_if_asked(folder):
    (folder / "pairs.txt").write_text("cat cats 9\ncat catty 7\nкошка кошки 5\ncats mat 1\n")
    known = []
    for option in ([], ["--allow-inference"]):
        done = fastvec(folder, "eval", "a.bin", "--similarity", "pairs.txt", "--json", *option)
        known.append(json.loads(done.stdout)[0]["known"])
    assert known == [1, 4]


def test_a_damaged_file_is_one_sentence(folder):
    (folder / "a.bin").write_bytes(fasttext_files.model()[:500])
    for command in (["similar", "a.bin", "cat"], ["info", "a.bin"], ["convert", "a.bin", "b.txt"]):
        done = fastvec(folder, *command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "fastvec: a.bin is a fastText model that is cut off within its input matrix\n"
        )


def test_a_classifier_says_what_is_left_out(folder):
    (folder / "a.bin").write_bytes(fasttext_files.model(labels=("__label__a",)))
    done = fastvec(folder, "convert", "a.bin", "b.txt", "--quiet")
    assert done.returncode == 0
    assert "a.bin is a classifier" in done.stderr


def test_tables_of_florets(tmp_path):
    (tmp_path / "text.txt").write_text("the cat sat on the mat\n" * 40)
    few = ["train", "text.txt", "--min-count", "1", "--vector-size", "4", "--epochs", "1"]
    done = fastvec(tmp_path, *few, "-o", "a.floret")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "cannot write a.floret: these vectors are not made of a table" in done.stderr
    few += ["--subwords", "--hash-count", "2", "--bucket", "300"]
    done = fastvec(tmp_path, *few, "-o", "a.bin", "--to", "fasttext")
    assert done.returncode == 2
    assert "cannot write a.bin: these vectors are made of a table of floret's" in done.stderr
    for name in "a.floret", "a.safetensors":
        assert fastvec(tmp_path, *few, "--workers", "1", "-o", name).returncode == 0
    assert fastvec(tmp_path, "convert", "a.safetensors", "b.floret").returncode == 0
    assert (tmp_path / "a.floret").read_text() == (tmp_path / "b.floret").read_text()
    facts = json.loads(fastvec(tmp_path, "info", "a.floret", "--json").stdout)
    assert (facts["kind"], facts["words"], facts["rows of n-grams"]) == ("floret", 0, 300)
    assert facts["hashes of an n-gram"] == "2 (floret)"
    for command in (
        ["similar", "a.floret", "w1"],
        ["analogy", "a.floret", "a", "b", "c"],
        ["classes", "a.floret"],
    ):
        refused = fastvec(tmp_path, *command)
        assert refused.returncode == 2
        assert "a.floret has no words to choose from, only rows of n-grams" in refused.stderr
    done = fastvec(tmp_path, "convert", "a.safetensors", "a.txt")
    assert "(--to safetensors or --to floret keeps them)" in done.stderr
    done = fastvec(tmp_path, "convert", "a.safetensors", "c.floret", "--normalize")
    assert done.returncode == 2
