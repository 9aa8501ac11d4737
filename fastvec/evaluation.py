"""How good are vectors?  Analogies, word similarity and categories against people's answers.

Each function takes a KeyedVectors, or any object with ``words``, ``vectors`` and ``fill_norms``.
"""

from fastvec.vectors.evaluation.analogies import (
    Analogy,
    Section,
    accuracy_interval,
    analogies,
    overall,
    read_analogies,
)
from fastvec.vectors.evaluation.categories import Categories, categories
from fastvec.vectors.evaluation.comparing import Difference, Score, compare, score_file
from fastvec.vectors.evaluation.similarity import Similarity, similarity

__all__ = [
    "Analogy",
    "Categories",
    "Difference",
    "Score",
    "Section",
    "Similarity",
    "accuracy_interval",
    "analogies",
    "categories",
    "compare",
    "overall",
    "read_analogies",
    "score_file",
    "similarity",
]
