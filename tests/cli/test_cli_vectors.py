"""The commands that look at vectors, as real processes."""

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from processes import DEADLINE, fastvec, started

from fastvec import Corpus, GloVe, Phrases, Word2Vec
from fastvec.cli.shared import visible
from fastvec.cli.vectors import info
from fastvec.evaluation import categories
from fastvec.io.tensors import load_tensors
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


@pytest.fixture
def vectors(tmp_path):
    wv = KeyedVectors.of(
        Words.of(["man", "king", "woman", "queen"]),
        np.array([[1, 0, 0.1], [1, 1, 0.1], [-1, 0, 0.1], [-1, 1, 0.1]], np.float32),
        np.array([4, 3, 2, 1]),
    )
    wv.save(tmp_path / "v.safetensors")
    wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
    wv.save_word2vec_format(tmp_path / "v.txt")
    wv.save_word2vec_format(tmp_path / "v.glove", write_header=False)
    return tmp_path


def on_a_terminal(folder, *arguments):
    """What the command prints when its output is a terminal, without colours, spaces made one."""
    ours, theirs = pty.openpty()
    options = {"stdin": subprocess.DEVNULL, "stdout": theirs, "stderr": theirs, "cwd": folder}
    printed, wide = b"", os.environ | {"COLUMNS": "200"}
    with started("-m", "fastvec", *arguments, env=wide, **options) as process:
        os.close(theirs)
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            try:
                while some := terminal.read(1 << 16):
                    printed += some
            except OSError:  # Linux raises it when no process writes any more
                pass
        assert process.wait(DEADLINE) == 0, printed.decode()
    return " ".join(re.sub("\x1b\\[[0-9;]*m", "", printed.decode()).split())


@pytest.mark.parametrize("name", ["v.safetensors", "v.bin", "v.txt", "v.glove"])
def test_similar_reads_every_format(vectors, name):
    done = fastvec(vectors, "similar", name, "king", "man", "-n", "1")
    assert done.stderr == ""
    assert done.stdout == "king\tman\t0.7089\nman\tking\t0.7089\n"


def test_analogy(vectors):
    done = fastvec(vectors, "analogy", "v.bin", "man", "king", "woman")
    assert done.stdout == "queen\t0.9600\n"


def test_words_that_are_known_are_answered_beside_one_that_is_not(vectors):
    done = fastvec(vectors, "similar", "v.bin", "king", "Wman", "QUEEN", "Wman", "-n", "1")
    assert done.returncode == 0
    assert done.stdout == "king\tman\t0.7089\n"
    assert done.stderr.splitlines() == [
        "fastvec: 'Wman' is not among the 4 words of v.bin: did you mean 'man' or 'woman'?",
        "fastvec: 'QUEEN' is not among the 4 words of v.bin: did you mean 'queen'?",
    ]
    done = fastvec(vectors, "similar", "v.bin", "0", "1")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 2)
    done = fastvec(vectors, "analogy", "v.bin", "man", "king", "Woman")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("of v.bin: did you mean 'woman' or 'man'?\n")


def test_answers_as_json(vectors):
    done = fastvec(vectors, "similar", "v.bin", "king", "zzz", "man", "-n", "1", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert [(word, near[0]["word"]) for word, near in found.items()] == [
        ("king", "man"), ("man", "king")
    ]  # fmt: skip
    assert round(found["king"][0]["cosine"], 4) == 0.7089
    done = fastvec(vectors, "analogy", "v.bin", "man", "king", "woman", "--json")
    (answer,) = json.loads(done.stdout)
    assert (answer["word"], round(answer["cosine"], 4)) == ("queen", 0.96)


def test_eval(vectors):
    (vectors / "q.txt").write_text(": royal\nman king woman queen\nman king woman x\n")
    (vectors / "c.txt").write_text("king male\nman male\nqueen female\nprincess female\n")
    (vectors / "s.txt").write_text("man king 5\nman queen 1\nwoman queen 4\n")
    arguments = ("eval", "v.txt", "--analogies", "q.txt", "--similarity", "s.txt")
    plain = fastvec(vectors, *arguments, "--categories", "c.txt")
    wv = KeyedVectors.load_word2vec_format(vectors / "v.txt")
    purity = categories(wv, vectors / "c.txt").purity
    assert [line.split("\t") for line in plain.stdout.splitlines()] == [
        ["vectors", "file", "part", "measure", "score", "low", "high", "known", "of"],
        ["v.txt", "q.txt", "royal", "accuracy", "1.0000", "0.2065", "1.0000", "1", "2"],
        ["v.txt", "q.txt", "all", "accuracy", "1.0000", "0.2065", "1.0000", "1", "2"],
        ["v.txt", "s.txt", "all", "spearman", "0.8660", "0.8660", "1.0000", "3", "3"],
        ["v.txt", "s.txt", "all", "pearson", "0.9707", "nan", "nan", "3", "3"],
        ["v.txt", "c.txt", "all", "purity", f"{purity:.4f}", "nan", "nan", "3", "4"],
    ]
    rows = json.loads(fastvec(vectors, *arguments, "--json", "--unknown-wrong").stdout)
    assert [(one["part"], one["measure"], one["score"]) for one in rows[:2]] == [
        ("royal", "accuracy", 0.5), ("all", "accuracy", 0.5)
    ]  # fmt: skip
    assert (rows[3]["measure"], rows[3]["low"], rows[3]["known"]) == ("pearson", None, 3)


def test_eval_takes_several_files_and_folders(vectors):
    """One table; a file of another kind in a folder is left out and named."""
    tests = vectors / "tests"
    tests.mkdir()
    (tests / "a.csv").write_text("word1,word2,mean\nman,king,5\nman,queen,1\n")
    (tests / "b.txt").write_text("man king N 5 1\nman queen N 1 9\nx queen N 1 9\n")
    (tests / "c.txt").write_text(": capitals\nman king woman queen\n")
    (tests / ".hidden").write_text("no pairs\n")
    done = fastvec(vectors, "eval", "v.txt", "v.bin", "--similarity", "tests")
    head, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert head[0] == "vectors"
    assert [(row[0], row[1], *row[7:9]) for row in rows if row[3] == "spearman"] == [
        ("v.txt", "a.csv", "2", "2"), ("v.txt", "b.txt", "2", "3"),
        ("v.bin", "a.csv", "2", "2"), ("v.bin", "b.txt", "2", "3"),
    ]  # fmt: skip
    assert set(done.stderr.splitlines()) == {
        "fastvec: left out: tests/c.txt has no line that is two words and a score: line 1 is "
        "': capitals'; it looks like a file of analogies"
    }
    done = fastvec(
        vectors, "eval", "v.txt", "--analogies", "tests/c.txt", "--analogies", "tests/c.txt"
    )
    assert done.stdout.count("c.txt\tcapitals\t") == 2


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("categories", ": capitals\nman king woman queen\n", "it looks like a file of analogies"),
        ("categories", "man king 5\nman queen 3\n", "it looks like a file of similarity"),
        ("analogies", "man person\nking person\n", "it looks like a file of categories"),
        ("analogies", "man king 5\nman queen 3\n", "it looks like a file of similarity"),
        ("analogies", "man king 5\nman queen 3\na b c d\n", "it looks like a file of similarity"),
        ("similarity", "man person\nking person\n", "it looks like a file of categories"),
        ("similarity", "man 3\nking 4\n", "it looks like a file of words and counts"),
        ("analogies", "man .1 .2 .3 .4\nking .1 .2 .3 .4\n", "it looks like a file of vectors"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(vectors, option, text, says):
    (vectors / "t").write_text(text)
    done = fastvec(vectors, "eval", "v.txt", f"--{option}", "t")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("fastvec: t")
    assert done.stderr.endswith(f"{says}\n")


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("similarity", "q r 1\nr s 2\n", "none of its 2 pairs is known"),
        ("analogies", "q r s t\n", "none of its 1 questions is known"),
        ("categories", "q x\nr x\n", "none of its 2 words is known"),
    ],
)
def test_what_is_not_known_at_all_is_said(vectors, option, text, says):
    (vectors / "t").write_text(text)
    done = fastvec(vectors, "eval", "v.txt", f"--{option}", "t")
    assert done.returncode == 0
    assert done.stderr == f"fastvec: t: {says}, for lack of vectors\n"
    assert {line.split("\t")[4] for line in done.stdout.splitlines()[1:]} == {"nan"}


def test_delimiter_and_encoding_of_eval(vectors):
    (vectors / "s").write_bytes("man|king|5\nman|k\xf6nig|1\nman|queen|2\n".encode("latin-1"))
    arguments = ("eval", "v.txt", "--similarity", "s")
    done = fastvec(vectors, *arguments, "--delimiter", "|", "--encoding", "latin-1")
    assert done.stdout.splitlines()[1].split("\t")[-2:] == ["2", "3"]
    done = fastvec(vectors, *arguments, "--delimiter", "|")
    assert "s is not utf-8 text" in done.stderr
    done = fastvec(vectors, *arguments, "--delimiter", "|", "--encoding", "klingon")
    assert "encoding must be one that Python has" in done.stderr
    (vectors / "s").write_text("old man\tking\t5\nman\tqueen\t2\nman\twoman\t2\n")
    done = fastvec(vectors, *arguments, "--delimiter", r"\t")
    assert done.stdout.splitlines()[1].split("\t")[-2:] == ["2", "3"]


def test_eval_says_once_what_it_skips(vectors):
    (vectors / "s.tsv").write_text("Word 1\tWord 2\tScore\nman\tking\t5\nman\tqueen\t1\nodd\n")
    done = fastvec(vectors, "eval", "v.txt", "--similarity", "s.tsv")
    assert done.stdout.split("\t")[-2:] == ["2", "2\n"]
    assert done.stderr == (
        "fastvec: s.tsv: skipped what is not two words and a score, lines: 1, "
        "the first: line 4 is 'odd'\n"
    )


def test_info(vectors):
    facts = json.loads(fastvec(vectors, "info", "v.safetensors", "--json").stdout)
    assert facts["words"] == 4
    assert facts["vector size"] == 3
    assert facts["sum of counts"] == 10
    assert fastvec(vectors, "info", "v.bin").stdout.startswith("file\tv.bin\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("similar", "v.bin", "xyzzy"), "'xyzzy' is not among the 4 words of v.bin"),
        (("similar", "missing", "a"), "'missing' does not exist"),
        (("similar", ".", "a"), "is a directory"),
        (("similar", "v.bin", "king", "-n", "0"), "0 is not in the range"),
        (("eval", "v.bin"), "give --analogies FILE, --similarity FILE, or --categories FILE"),
        (("eval", "v.bin", "--method", "x", "--analogies", "q"), "'x' is not one of"),
        (("info", "broken"), "broken is cut off"),
        (("convert", "v.bin", "v.xyz"), "v.xyz: the ending must be one of .safetensors"),
        (("convert", "v.bin", "no/v.txt"), "there is no folder"),
        (("convert", "v.bin", "."), "it is a folder, give a file name"),
        (("convert", "v.bin", "v.txt", "--to", "x"), "'x' is not one of"),
        (("convert", "broken", "v.txt"), "broken is cut off"),
        (("convert", "v.txt", "w.npy", "--from", "word2vec-binary"), "v.txt: its rows are text"),
        (("convert", "v.bin", "w.npy", "--from", "word2vec"), "(--from word2vec-binary)"),
        (("classes", "v.bin", "-k", "5"), "k must be from 1 to the 4 words, got 5"),
        (("classes", "v.bin", "-o", "no/c"), "there is no folder"),
        (("info", "empty"), "expected rows of a word and numbers, but the file is empty"),
    ],
)
def test_bad_input_is_one_sentence(vectors, arguments, says):
    (vectors / "broken").write_bytes((vectors / "v.bin").read_bytes()[:30])
    (vectors / "empty").write_bytes(b"")
    done = fastvec(vectors, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert done.stderr.startswith("fastvec: ")
    assert done.stderr.count("\n") == 1


ENDINGS = [".safetensors", ".txt", ".vec.gz", ".bin", ".glove.xz", ".npy"]


def test_converting_in_a_circle(vectors):
    """Each format is made from the one before; the last equals the first."""
    last = "v.safetensors"
    for ending in [*ENDINGS, ".txt"]:
        done = fastvec(vectors, "convert", last, f"w{ending}")
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith(f"fastvec: w{ending}: 4 vectors of 3 numbers, ")
        last = f"w{ending}"
    assert (vectors / "w.txt").read_bytes() == (vectors / "v.txt").read_bytes()


def test_integer_keys(tmp_path):
    wv = KeyedVectors(2)
    wv.add_vectors([30, 7], [[1, 0], [0, 1]])
    wv.save(tmp_path / "v.safetensors")
    assert fastvec(tmp_path, "similar", "v.safetensors", "7").stdout == "7\t30\t0.0000\n"
    assert fastvec(tmp_path, "similar", "v.safetensors", "1").returncode == 2
    assert fastvec(tmp_path, "convert", "v.safetensors", "w.safetensors").returncode == 0
    assert KeyedVectors.load(tmp_path / "w.safetensors").index_to_key == [30, 7]
    assert fastvec(tmp_path, "convert", "w.safetensors", "w.txt").returncode == 0
    assert (tmp_path / "w.txt").read_text() == "2 2\n30 1.0 0.0\n7 0.0 1.0\n"


def test_converting_keeps_a_whole_model(tmp_path):
    """Every tensor and all metadata; with other vectors it would be no model, and says so."""
    model = Word2Vec([["a", "b", "c"]] * 9, min_count=1, vector_size=4, epochs=1, hs=1, workers=1)
    model.save(tmp_path / "m.safetensors")
    GloVe(4, min_count=1, epochs=1, progress=False).fit([["a", "b"]] * 9).save(tmp_path / "g")
    wv = KeyedVectors.of(model.wv.words, model.wv.vectors)
    wv.set_vecattr("b", "weight", 2.5)
    wv.save(tmp_path / "w")
    for name in ("m.safetensors", "g", "w"):
        assert fastvec(tmp_path, "convert", name, "c.safetensors").returncode == 0
        before, after = (load_tensors(tmp_path / one) for one in (name, "c.safetensors"))
        assert before[1] == after[1]
        assert before[0].keys() == after[0].keys()
        assert all(np.array_equal(before[0][key], after[0][key]) for key in before[0])
    for option in (["--normalize"], ["--limit", "2"]):
        done = fastvec(tmp_path, "convert", "m.safetensors", "v.safetensors", *option)
        assert done.returncode == 0, done.stderr
        with pytest.raises(ValueError, match="holds vectors, not a Word2Vec model"):
            Word2Vec.load(tmp_path / "v.safetensors")
        assert "counts" in load_tensors(tmp_path / "v.safetensors")[0]
    assert fastvec(tmp_path, "convert", "w", "v.safetensors", "--limit", "2").returncode == 0
    assert KeyedVectors.load(tmp_path / "v.safetensors").get_vecattr("b", "weight") == 2.5


def test_options_of_convert(vectors):
    (vectors / "odd.txt").write_bytes(b"3 2\nb\xff 3 4\na 1 0\nc 0 0\n")
    done = fastvec(vectors, "convert", "odd.txt", "w.txt")
    assert "unicode_errors='replace' or 'ignore' reads it" in done.stderr
    assert (done.returncode, (vectors / "w.txt").exists()) == (2, False)
    options = ("--unicode-errors", "ignore", "--normalize", "--limit", "2", "--to", "glove")
    assert fastvec(vectors, "convert", "odd.txt", "w.any", *options).returncode == 0
    assert (vectors / "w.any").read_text() == "b 0.6 0.8\na 1.0 0.0\n"
    done = fastvec(vectors, "convert", "v.bin", "w.tsv", "--from", "word2vec-binary")
    assert (vectors / "w.metadata.tsv").read_text() == "man\nking\nwoman\nqueen\n"
    assert (vectors / "w.tsv").read_text().splitlines()[0] == "1.0\t0.0\t0.1"


def test_converting_to_a_folder(vectors):
    (vectors / "model").mkdir()
    done = fastvec(vectors, "convert", "v.bin", "model", "--to", "static-embedding")
    assert done.returncode == 0, done.stderr
    assert (vectors / "model" / "modules.json").exists()
    done = fastvec(vectors, "convert", "v.bin", "model", "--to", "static-embedding")
    assert (done.returncode, "exists and is not empty" in done.stderr) == (2, True)


def test_classes(vectors):
    assert fastvec(vectors, "classes", "v.bin", "-k", "2", "--seed", "4", "-o", "c").stdout == ""
    classes = dict(line.split() for line in (vectors / "c").read_text().splitlines())
    assert list(classes) == ["man", "king", "woman", "queen"]
    assert classes["man"] == "0"
    assert set(classes.values()) == {"0", "1"}
    again = fastvec(vectors, "classes", "v.txt", "-k", "2", "--seed", "4").stdout
    assert again == (vectors / "c").read_text()


def test_duplicates_give_a_warning(vectors):
    (vectors / "d.txt").write_text("2 1\na 1\na 2\n")
    done = fastvec(vectors, "info", "d.txt")
    assert done.returncode == 0
    assert done.stderr == "fastvec: d.txt: dropped 1 rows whose word had come before\n"


ODD = ["[red]", "[/red]", "[/INST]", ":smile:", "[link=x]", "\\[b]", "http://x", "\x1b[2J", "plain"]


def test_no_word_is_markup_on_a_terminal(tmp_path):
    """The same holds for file names; control characters are printed as escapes."""
    wv = KeyedVectors.of(Words.of(ODD), np.arange(1, 19, dtype=np.float32).reshape(9, 2))
    wv.save(tmp_path / "[red].txt")
    shown = [word.replace("\x1b", "\\x1b") for word in ODD]
    for word, seen in zip(ODD, shown, strict=True):
        printed = on_a_terminal(tmp_path, "similar", "[red].txt", word)
        assert all(other in printed for other in shown if other != seen)
        assert printed.startswith(seen)
    printed = on_a_terminal(tmp_path, "analogy", "[red].txt", "[red]", "[/INST]", ":smile:")
    assert printed.startswith("[red] : [/INST] = :smile: : ?")
    printed = on_a_terminal(tmp_path, "info", "[red].txt")
    assert "│ [red].txt │" in printed
    assert " ".join(shown) in printed
    (tmp_path / "[q].txt").write_text(": [/red]\n[red] [/red] [/INST] plain\n")
    printed = on_a_terminal(tmp_path, "eval", "[red].txt", "--analogies", "[q].txt")
    assert "[/red]" in printed
    assert "[q].txt" in printed


EVIL = ["a\x1b[2J", "b\u202ec", "d\x07", "e\u2066f", "g\x9b2J", "plain", "می\u200cخواهم"]


def test_no_word_commands_a_terminal(tmp_path):
    """On a terminal as escapes; into a pipe and a file exactly as it is."""
    (tmp_path / "text").write_text(" ".join(EVIL), "utf-8")
    shown = [visible(word) for word in EVIL]
    assert shown[:6] == ["a\\x1b[2J", "b\\u202ec", "d\\x07", "e\\u2066f", "g\\x9b2J", "plain"]
    assert shown[6] == EVIL[6]
    printed = on_a_terminal(tmp_path, "vocab", "text")
    assert printed == " ".join(f"{word} 1" for word in shown)
    exact = "".join(f"{word} 1\n" for word in EVIL)
    assert fastvec(tmp_path, "vocab", "text").stdout == exact
    wv = KeyedVectors.of(Words.of(EVIL), np.eye(7, dtype=np.float32))
    wv.save_word2vec_format(tmp_path / "v.txt")
    printed = on_a_terminal(tmp_path, "classes", "v.txt", "-k", "1")
    assert printed == " ".join(f"{word} 0" for word in shown)
    assert fastvec(tmp_path, "classes", "v.txt", "-k", "1").stdout == exact.replace(" 1", " 0")
    printed = on_a_terminal(tmp_path, "similar", "v.txt", EVIL[0])
    assert all(word in printed for word in shown)
    assert not any(letter in printed for letter in "\x1b\x07\x9b\u202e\u2066")


def test_no_file_name_or_field_commands_a_terminal(tmp_path):
    (tmp_path / "evil\x1b[2J\u202e.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "lines.jsonl").write_text('{"\\u001b[2J\\u202e": "text"}\n')
    for arguments in (
        ["vocab", "."],
        ["info", "evil\x1b[2J\u202e.txt"],
        ["vocab", "lines.jsonl", "--column", "text"],
        ["similar", "none\x1b[2J\u202e", "word"],
    ):
        done = fastvec(tmp_path, *arguments)
        assert done.returncode == 2
        assert "\\x1b[2J\\u202e" in done.stderr
        assert not any(letter in done.stderr for letter in "\x1b\u202e")


def test_json_of_eval_changes_no_names(vectors):
    (vectors / "q.txt").write_text(": NaNcy\nno such words here\n")
    done = fastvec(vectors, "eval", "v.bin", "--analogies", "q.txt", "--json")
    section = json.loads(done.stdout)[0]
    assert (section["part"], section["score"], section["low"]) == ("NaNcy", None, None)


def own_files(folder):
    """A file of each kind of container."""
    text = [["man", "king"], ["woman", "queen"]] * 9
    corpus = Corpus.read(text, min_count=1)
    corpus.save(folder / "corpus")
    options = {"vector_size": 3, "min_count": 1, "epochs": 1, "workers": 1}
    Word2Vec(text, **options).save(folder / "word2vec")
    glove = GloVe(**options)
    glove.fit(text)
    glove.save(folder / "glove")
    glove.pairs.save(folder / "pairs")
    glove.wv.save(folder / "vectors")
    Phrases(text).save(folder / "phrases")
    return ["corpus", "word2vec", "glove", "pairs", "vectors", "phrases"]


def test_info_reads_every_file_of_fastvec_and_finds_every_flipped_bit(tmp_path):
    rng = np.random.default_rng(1)
    for name in own_files(tmp_path):
        path = tmp_path / name
        whole = path.read_bytes()
        facts = json.loads(fastvec(tmp_path, "info", name, "--json").stdout)
        assert facts["words"] == 4
        assert facts["first words"].split(" ")[0] in ("man", "king")
        for position in [*range(40, len(whole), 97), *rng.integers(40, len(whole), 20).tolist()]:
            if 0 <= position - whole.index(b"header_checksum") < 15:
                continue  # without this name the file is one of the first of version 2
            data = bytearray(whole)
            data[position] ^= 1 << int(rng.integers(8))
            path.write_bytes(data)
            with pytest.raises(ValueError, match=str(path)):
                info.main([str(path)], standalone_mode=False)
            if name in ("word2vec", "glove", "vectors"):
                with pytest.raises(ValueError, match=str(path)):
                    KeyedVectors.load(path, verify=True)
        done = fastvec(tmp_path, "info", name)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"fastvec: {name}")


def test_info_shows_the_ends_of_long_lists(tmp_path: Path) -> None:
    model = Word2Vec([["a", "b"]] * 9, vector_size=2, min_count=1, epochs=30, sample=0, workers=1)
    model.save(tmp_path / "m.safetensors")
    shown = fastvec(tmp_path, "info", "m.safetensors").stdout
    losses = json.loads(fastvec(tmp_path, "info", "m.safetensors", "--json").stdout)
    losses = losses["training"]["loss_history"]
    assert len(losses) == 30
    assert f'"loss_history": ["...", {str(losses[-5:])[1:]}' in shown
