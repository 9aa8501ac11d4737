"""The names of ``gensim.models.keyedvectors``; the class itself is in ``fastvec/vectors``."""

from typing import Any

from fastvec._util.gensim_names import missing_from_module
from fastvec.vectors.keyedvectors import KeyedVectors

__all__ = ["KeyedVectors"]


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
