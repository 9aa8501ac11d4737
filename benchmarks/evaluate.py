"""The evaluation that all tools share: the quality of saved vectors, as one line of JSON.

    python benchmarks/evaluate.py vectors.bin --analogies questions-words.txt --similarity ws353.txt

Analogies by 3CosAdd among the 30,000 most frequent words, in percent; word similarity as
Spearman's correlation, pairs with an unknown word left out.  Inflected forms (--forms
german_forms.tsv, a word and another form of it in each line) in percent: of how many words is
the form among the ten nearest, and how often is it nearer than one of the words that are about
as frequent?
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from fastvec import KeyedVectors

FREQUENT = 30_000
CONTROLS = 20  # words about as frequent as a form


def inflected(vectors: KeyedVectors, path: Path) -> tuple[float, float]:
    """How often another form of a word is among its ten nearest words, and how often it is nearer
    than a word of about its frequency, both in percent; of the pairs that have vectors."""
    pairs = [line.split("\t") for line in path.read_text().splitlines()]
    rows = np.array([[vectors.get_index(word, -1) for word in pair] for pair in pairs])
    rows = rows[(rows >= 0).all(axis=1)]
    unit = vectors.get_normed_vectors()
    near, nearer = [], []
    for word, form in rows:
        cosines = unit @ unit[word]
        cosines[word] = -2
        near.append(np.count_nonzero(cosines > cosines[form]) < 10)
        first = max(0, min(form - CONTROLS // 2, len(unit) - CONTROLS - 1))
        controls = [i for i in range(first, first + CONTROLS + 1) if i not in (word, form)]
        nearer.append(np.mean(cosines[controls] < cosines[form]))
    return 100 * float(np.mean(near)), 100 * float(np.mean(nearer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("vectors", type=Path, help="word2vec's binary format, frequent words first")
    parser.add_argument("--analogies", type=Path)
    parser.add_argument("--similarity", type=Path, nargs="*", default=[])
    parser.add_argument("--forms", type=Path)
    arguments = parser.parse_args()
    vectors = KeyedVectors.load_word2vec_format(str(arguments.vectors), binary=True)
    scores = {}
    if arguments.analogies:
        share, _ = vectors.evaluate_word_analogies(
            str(arguments.analogies), restrict_vocab=FREQUENT
        )
        scores[arguments.analogies.stem] = 100 * share
    for path in arguments.similarity:
        _, spearman, _ = vectors.evaluate_word_pairs(str(path))
        scores[path.stem] = float(spearman[0])
    if arguments.forms:
        near, nearer = inflected(vectors, arguments.forms)
        scores |= {"forms, ten nearest": near, "forms, nearer": nearer}
    print(json.dumps(scores))


if __name__ == "__main__":
    main()
