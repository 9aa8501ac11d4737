"""How good are vectors?  Analogies, word similarity and categories; see ``fastvec.evaluation``."""
