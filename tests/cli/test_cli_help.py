"""Help pages: their width, groups and examples; and what shells complete."""

from __future__ import annotations

import os
import random
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from processes import DEADLINE, fastvec, python, skip_without_package
from two_spaces import Meanings

from fastvec import NeuralLM, Word2Vec, cli
from fastvec.cli import man

COMMANDS = cli.app.commands
#: what takes long, or does not end by itself
OWN_TESTS = (
    "fastvec demo", "fastvec explore", "fastvec watch",
    "fastvec train '/data/*.txt'", "fastvec glove '/data/*.txt'",
)  # fmt: skip


def page(folder: Path, *arguments: str, columns: int = 80) -> str:
    done = fastvec(folder, *arguments, "--help", env=os.environ | {"COLUMNS": str(columns)})
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_pages_are_at_most_80_columns_wide(tmp_path: Path) -> None:
    for command in ([], *([name] for name in COMMANDS)):
        text = page(tmp_path, *command)
        assert max(map(len, text.splitlines())) <= 80, command
        assert "Options:" in text


def test_commands_and_options_are_in_groups(tmp_path: Path) -> None:
    text = page(tmp_path)
    titles = re.findall(r"^(\w.*):$", text, re.MULTILINE)
    assert titles == [
        "Options",
        "Make vectors",
        "Prepare text",
        "Use vectors",
        "Compare vectors",
        "Draw",
        "Learn more",
    ]
    assert {name for name in COMMANDS if re.search(rf"^  {name} ", text, re.MULTILINE)} == set(
        COMMANDS
    )
    assert "..." not in text.partition("Make vectors")[2]
    titles = re.findall(r"^(\w.*):$", page(tmp_path, "train"), re.MULTILINE)
    groups = ["Long runs", "Several machines", "Vocabulary", "Reading text", "Training", "Subwords"]
    assert titles == ["Options", *groups, "Examples"]


@pytest.fixture(scope="module")
def examples_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the examples of all pages name."""
    folder = tmp_path_factory.mktemp("examples")
    draw = random.Random(1)
    words = ["man", "king", "woman", "queen", "cat", "dog", *(f"w{i}" for i in range(120))]
    lines = [draw.choices(words, k=12) for _ in range(300)]
    text = "\n".join(map(" ".join, lines)) + "\n"
    for name in ("text.txt", "book.txt", "test.txt"):
        (folder / name).write_text(text)
    (folder / "news").mkdir()
    (folder / "tests").mkdir()
    (folder / ".config/fish/completions").mkdir(parents=True)
    subprocess.run(["gzip", "-k", "text.txt"], cwd=folder, check=True)
    for name in ("dump.gz", "news/a.gz", "news/b.gz"):
        shutil.copy(folder / "text.txt.gz", folder / name)
    model = Word2Vec(lines, vector_size=20, epochs=1)
    model.save(folder / "model.safetensors")
    NeuralLM(lines, vector_size=4, hidden_size=4, epochs=1).save(folder / "lm.safetensors")
    model.wv.save_word2vec_format(folder / "vectors.bin", binary=True)
    for command, *names in (
        ("encode", "news.fvc"), ("cooccur", "pairs"),
        ("cooccur", "cooccurrence.bin", "--save-vocab", "vocab.txt"),
    ):  # fmt: skip
        given = [command, "text.txt", "-o", *names, "-q"]
        assert fastvec(folder, *given).returncode == 0
    meanings = Meanings(words=300)
    for name in ("old", "new", "a", "b", "german", "english"):
        wv = meanings.model()
        wv.save(folder / f"{name}.safetensors")
        wv.save_word2vec_format(folder / f"{name}.bin", binary=True)
    (folder / "pairs.tsv").write_text("".join(f"{word}\t{word}\n" for word in meanings.keys))
    for name in ("run.jsonl", "again.jsonl"):
        line = ["train", "text.txt", "-o", "-", "--to", "glove", "-q", "--log", name]
        assert fastvec(folder, *line, "--vector-size", "4").returncode == 0
    (folder / "questions-words.txt").write_text(": royal\nman king woman queen\n")
    for name in ("ws353.csv", "tests/simlex.txt"):
        (folder / name).write_text("man,king,5\nman,queen,1\ncat,dog,8\n")
    return folder


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_examples_run(examples_folder: Path, name: str) -> None:
    command = COMMANDS[name]
    assert command.examples
    for line in command.examples:
        if line.startswith(OWN_TESTS):
            continue
        define = f'set -eo pipefail; fastvec() {{ {shlex.join(python())} -m fastvec "$@"; }}; '
        done = subprocess.run(
            ["bash", "-c", define + line],
            cwd=examples_folder,
            env=os.environ | {"HOME": str(examples_folder)},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        skip_without_package(done.stderr)
        assert done.returncode in (0, 141), (line, done.stderr)  # 141: head has closed the pipe
        assert "Traceback" not in done.stderr


# --- the manual page


def test_the_manual_page_has_every_command_and_option(tmp_path: Path) -> None:
    done = fastvec(tmp_path, "man")
    assert (done.returncode, done.stderr) == (0, "")
    text = done.stdout.replace("\\-", "-")
    for name, command in COMMANDS.items():
        assert f".SS fastvec {name}\n" in text
        for option in command.params:
            assert all(flag in text for flag in option.opts if flag.startswith("-")), option
    for line in (
        "fastvec train text.txt -o vectors.bin",
        ".B FASTVEC_SIMD",
        "\n.nf\nOUTPUT's ending chooses it:\n",
    ):
        assert line in text


def test_the_manual_page_is_right_for_troff(tmp_path: Path) -> None:
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    page = fastvec(tmp_path, "man").stdout
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-c"], input=page, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout.replace("\N{HYPHEN}\n", "")
    assert "--vector-size" in shown
    assert "fastvec train text.txt -o vectors.bin\n" in shown


@pytest.mark.parametrize(
    ("text", "line"),
    [(".5 of it", "\\&.5 of it"), ("'a' - b", "\\&'a' \\- b"), ("a\\b", "a\\eb")],
)
def test_text_is_no_command_of_troff(text: str, line: str) -> None:
    assert man.escaped(text) == line


# --- completion


def completed(line: str, folder: Path) -> list[str]:
    """What bash is told to offer for the last word of a line."""
    words = line.split(" ")
    environment = {
        "_FASTVEC_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    code = "sys.argv[0] = 'fastvec'; fastvec_command.main()"
    command = [*python(), "-c", f"import sys, fastvec_command; {code}"]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("fastvec co", ["plain,completion", "plain,convert", "plain,cooccur"]),
        ("fastvec eval v.bin --method ", ["plain,3cosadd", "plain,3cosmul", "plain,direction"]),
        ("fastvec train t --tokens w", ["plain,whitespace", "plain,words"]),
        ("fastvec glove t --combine b", ["plain,both"]),
        ("fastvec convert a b --to word", ["plain,word2vec", "plain,word2vec-binary"]),
        ("fastvec train --max-f", ["plain,--max-final-vocab"]),
        ("fastvec completion z", ["plain,zsh"]),
        ("fastvec train te", ["file,te"]),
        ("fastvec info v", ["file,v"]),
        ("fastvec train t --tmp x", ["file,x"]),
    ],
)
def test_commands_options_choices_and_files_complete(
    tmp_path: Path, line: str, offered: list[str]
) -> None:
    assert completed(line, tmp_path) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed(tmp_path: Path, shell: str) -> None:
    done = fastvec(tmp_path, "completion", shell)
    assert done.returncode == 0
    assert f"_FASTVEC_COMPLETE={shell}_complete" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)


def test_every_choice_of_an_option_completes() -> None:
    for command in COMMANDS.values():
        for option in command.params:
            if (option.metavar or "").startswith("["):
                found = option.shell_complete(click.Context(command), "")
                assert [one.value for one in found] == re.findall(r"[\w-]+", option.metavar)
