"""Two sets of vectors in one space: which words moved from one text to another (drift), and two
languages by a dictionary (align)."""

from fastvec.vectors.alignment.drift import Drift, drift
from fastvec.vectors.alignment.translation import Alignment, align, read_dictionary

__all__ = ["Alignment", "Drift", "align", "drift", "read_dictionary"]
