"""Queries and loading in gensim and fastvec: time, memory, and whether the results agree.

    python benchmarks/queries.py                           # everything, 3 million rows written
    python benchmarks/queries.py --rows 300000 --only load

Vectors are random, since the time of neither tool depends on their values.  The tools run in turn,
and the shortest time of each is compared, since other work on the machine can only add time.  Each
load runs in a process of its own, whose peak memory is read from /proc (Linux).
"""

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from fastvec import evaluation
from fastvec.io.word2vec import write_word2vec
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def best_of(repeats, *functions):
    """Call functions in turn, repeatedly: the shortest time of each in seconds, and its result."""
    seconds, results = [float("inf")] * len(functions), [None] * len(functions)
    for _ in range(repeats):
        for i, function in enumerate(functions):
            start = time.perf_counter()
            results[i] = function()
            seconds[i] = min(seconds[i], time.perf_counter() - start)
    return seconds, results


def both(size, rows, seed=0):
    """The same random vectors in gensim and in fastvec, and their keys."""
    from gensim.models import KeyedVectors as Gensim

    vectors = np.random.default_rng(seed).standard_normal((rows, size), dtype=np.float32)
    keys = [f"word{i}" for i in range(rows)]
    theirs = Gensim(size)
    theirs.add_vectors(keys, vectors)
    ours = KeyedVectors.of(Words.of(keys), vectors)
    theirs.fill_norms()
    ours.fill_norms()
    return theirs, ours, keys


def agree(ours, theirs):
    """The share of neighbours that both found."""
    pairs = zip(ours, theirs, strict=True)
    return float(np.mean([len({*dict(a)} & {*dict(b)}) / len(b) for a, b in pairs]))


def query_lines(arguments):
    """One query, and many in one call."""
    theirs, ours, keys = both(arguments.size, arguments.vocabulary)
    some, many = keys[:20], keys[: arguments.queries]
    seconds, found = best_of(
        5,
        lambda: [theirs.most_similar(key) for key in some],
        lambda: [ours.most_similar(key) for key in some],
    )
    yield "one query", seconds[0] / 20, seconds[1] / 20, f"agree {agree(found[1], found[0]):.2%}"
    # gensim has no batches: its time is that of 100 single queries, scaled up.
    (hundred, seconds), found = best_of(
        5,
        lambda: [theirs.most_similar(key) for key in many[:100]],
        lambda: ours.most_similar_batch(many),
    )
    note = f"agree {agree(found[1][:100], found[0]):.2%}; gensim: 100 measured"
    yield f"{len(many)} queries", hundred * len(many) / 100, seconds, note


def analogy_lines(arguments):
    """As many analogies, about as many different words, as in Google's set."""
    theirs, ours, keys = both(arguments.size, 30_000)
    words = np.random.default_rng(1).choice(905, (19_544, 4))
    lines = [": random", *(" ".join(keys[i] for i in row) for row in words)]
    with tempfile.TemporaryDirectory() as folder:
        path, short = Path(folder, "questions.txt"), Path(folder, "short.txt")
        path.write_text("\n".join(lines))
        short.write_text("\n".join(lines[:501]))
        (seconds,), _ = best_of(3, lambda: evaluation.analogies(ours, path))
        (few,), _ = best_of(1, lambda: theirs.evaluate_word_analogies(str(short)))
    yield "19,544 analogies, V 30,000", few * 19_544 / 500, seconds, "gensim: 500 measured"


LOAD = """
import time
from {module} import KeyedVectors
def peak():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) * 1024
before = peak()
start = time.perf_counter()
wv = KeyedVectors.{call}
seconds = time.perf_counter() - start
print(seconds, (peak() - before) / wv.vectors.nbytes)
"""


def load(module, call):
    """Load in a process of its own: seconds, and peak memory as a multiple of the matrix."""
    code = LOAD.format(module=module, call=call)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


def load_lines(arguments):
    """Loading word2vec's binary and text format, and opening fastvec's own file."""
    rows, text_rows = arguments.rows, arguments.rows // 30
    words = Words.of(f"word_{i}_{i * 7919 % 1_000_003:x}" for i in range(rows))
    vectors = np.random.default_rng(0).standard_normal((rows, arguments.size), dtype=np.float32)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        base = f"{folder}/vectors"
        write_word2vec(f"{base}.bin", words, vectors, binary=True)
        KeyedVectors.of(words, vectors).save(f"{base}.safetensors")
        write_word2vec(f"{base}.txt", words.take(np.arange(text_rows)), vectors[:text_rows])
        del vectors
        for name, count, call in (
            ("binary", rows, f"load_word2vec_format('{base}.bin', binary=True)"),
            ("text", text_rows, f"load_word2vec_format('{base}.txt')"),
        ):
            modules = "gensim.models", "fastvec.keyedvectors"
            runs = [[load(module, call) for module in modules] for _ in range(arguments.repeats)]
            (theirs, _), (ours, memory) = (min(run[i] for run in runs) for i in range(2))
            yield f"load {count:,} rows, {name}", theirs, ours, f"memory {memory:.2f} x matrix"
        call = f"load('{base}.safetensors')"
        opened = min(load("fastvec.keyedvectors", call)[0] for _ in range(arguments.repeats))
        yield f"open {rows:,} rows, own format", float("nan"), opened, "memory-mapped"


def ann_lines(arguments):
    """The approximate index against fastvec's exact search."""
    from fastvec.ann import Index

    _, ours, keys = both(arguments.size, arguments.vocabulary // 10)
    start = time.perf_counter()
    index = Index(ours)
    built = time.perf_counter() - start
    some = keys[:200]
    exact, graph = best_of(
        3,
        lambda: [ours.most_similar(key) for key in some],
        lambda: [ours.most_similar(key, indexer=index) for key in some],
    )[0]
    note = f"exact | usearch; recall@10 {index.recall(sample=500):.1%}, built in {built:.1f} s"
    yield f"one query, V {len(keys):,}", exact / 200, graph / 200, note


PARTS = {"query": query_lines, "analogy": analogy_lines, "load": load_lines, "ann": ann_lines}


def main():
    """Run the parts given by --only, or all, and print a table; --csv writes it to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vocabulary", type=int, default=200_000)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=3_000_000, help="of the files to load")
    parser.add_argument("--repeats", type=int, default=3, help="of loading")
    parser.add_argument("--folder", help="where to write those files")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--csv", help="write the table here too")
    arguments = parser.parse_args()
    table = [("what", "gensim s", "fastvec s", "ratio", "note")]
    print(f"{'':32} {'gensim':>10} {'fastvec':>10} {'ratio':>8}")
    for part in arguments.only or PARTS:
        for name, theirs, ours, note in PARTS[part](arguments):
            table.append((name, theirs, ours, theirs / ours, note))
            print(
                f"{name:32} {theirs:9.4f}s {ours:9.4f}s {theirs / ours:7.1f}x  {note}", flush=True
            )
    if arguments.csv:
        with Path(arguments.csv).open("w", newline="") as file:
            csv.writer(file).writerows(table)


if __name__ == "__main__":
    main()
