"""The evaluation that all tools share: the quality of saved vectors, as one line of JSON.

    python benchmarks/evaluate.py vectors.bin --analogies questions-words.txt --similarity ws353.txt

Analogies by 3CosAdd among the 30,000 most frequent words, in percent; word similarity as
Spearman's correlation, pairs with an unknown word left out.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from fastvec import KeyedVectors

FREQUENT = 30_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("vectors", type=Path, help="word2vec's binary format, frequent words first")
    parser.add_argument("--analogies", type=Path)
    parser.add_argument("--similarity", type=Path, nargs="*", default=[])
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
    print(json.dumps(scores))


if __name__ == "__main__":
    main()
