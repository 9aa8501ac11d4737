"""Drift: are planted changes found, and is nothing else above the floor?

    python benchmarks/drift.py enwiki.txt work/ --sets 200

The text is cut into random halves twice.  In one half of the first cut 20 words change places in
the text; the second cut is the noise pair.  Then, for many other sets of 20 words, their vectors
change places instead, which needs no training.  The halves and the models stay in the folder.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np

from fastvec import KeyedVectors, Word2Vec
from fastvec.alignment import drift

PLANTED, LEAST = 20, 50


def cut(lines: list[str], folder: Path, seed: int) -> dict[str, str]:
    """Write the five texts, and return which word has changed places with which."""
    draw = random.Random(seed)
    halves: dict[str, list[str]] = {name: [] for name in ("h0", "h1", "g0", "g1")}
    for line in lines:
        halves["h1" if draw.random() < 0.5 else "h0"].append(line)
        halves["g1" if draw.random() < 0.5 else "g0"].append(line)
    counts = [Counter(" ".join(halves[name]).split()) for name in ("h0", "h1")]
    frequent = sorted(word for word in counts[0] if min(one[word] for one in counts) >= LEAST)
    words = draw.sample(frequent, PLANTED)
    pairs = zip(words[::2], words[1::2], strict=True)
    places = {one: other for x, y in pairs for one, other in ((x, y), (y, x))}
    halves["p1"] = [" ".join(places.get(w, w) for w in line.split()) for line in halves["h1"]]
    for name, half in halves.items():
        (folder / f"{name}.txt").write_text("\n".join(half) + "\n")
    return places


def vectors(folder: Path, name: str) -> KeyedVectors:
    """The vectors of a text, trained unless they are there."""
    path = folder / f"{name}.safetensors"
    if not path.exists():
        Word2Vec(folder / f"{name}.txt", sg=1, vector_size=100, epochs=5, seed=1).wv.save(path)
    return KeyedVectors.load(path)


def exchanged(wv: KeyedVectors, words: list[str]) -> KeyedVectors:
    """Vectors in which the words of each pair have changed places."""
    rows = np.array([wv.get_index(word) for word in words])
    moved = KeyedVectors.of(wv.words, wv.vectors.copy(), wv.counts)
    moved.vectors[rows] = wv.vectors[rows.reshape(-1, 2)[:, ::-1].ravel()]
    return moved


def main() -> None:
    """Print the planted words with their ranks, and means over the sets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", type=int, default=20)
    parser.add_argument("--seed", type=int, default=22)
    given = parser.parse_args()
    given.folder.mkdir(exist_ok=True)
    lines = given.text.read_text().splitlines()
    planted = cut(lines, given.folder, given.seed)
    models = {name: vectors(given.folder, name) for name in ("h0", "h1", "p1", "g0", "g1")}
    noise = models["g0"], models["g1"]
    found = drift(models["h0"], models["p1"], noise=noise)
    print(found, f"floor {found.floor:.2f}")
    for rank, row in enumerate(found.rows(PLANTED + 5), 1):
        print(rank, planted.get(row["word"], "-"), json.dumps(row))
    unchanged = drift(models["h0"], models["h1"], noise=noise)
    print("nothing exchanged:", unchanged, f"largest z {unchanged.z[:3].round(1)}")
    draw, results = random.Random(given.seed + 1), []
    for _ in range(given.sets):
        words = draw.sample(sorted(unchanged.words), PLANTED)
        one = drift(models["h0"], exchanged(models["h1"], words), noise=noise, topn=1)
        first, above = set(one.words[:PLANTED]), set(one.above_floor)
        results.append((len(first & set(words)), len(above & set(words)), len(above - set(words))))
    means = np.mean(results, axis=0)
    all_first = np.mean([one[0] == PLANTED for one in results])
    print(
        f"{given.sets} sets: {means[0]:.2f} of {PLANTED} come first (all in {all_first:.0%}), "
        f"{means[1]:.2f} are above the floor, and {means[2]:.2f} others"
    )


if __name__ == "__main__":
    main()
