"""The page of ``fastvec watch``: a small training that can be watched, forwards and backwards."""
