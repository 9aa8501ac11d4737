"""How good are vectors?  Analogies, word similarity and categories against people's answers."""

from fastvec.vectors.evaluation import (
    Analogy,
    Categorisation,
    Section,
    Similarity,
    accuracy_interval,
    analogies,
    categorisation,
    overall,
    read_analogies,
    similarity,
)

__all__ = [
    "Analogy",
    "Categorisation",
    "Section",
    "Similarity",
    "accuracy_interval",
    "analogies",
    "categorisation",
    "overall",
    "read_analogies",
    "similarity",
]
