"""The Word Mover's Distance is gensim's; test_like_gensim.py has the other comparisons."""

import pytest
from sixty_words import same


def test_wmdistance_is_gensims(wv, theirs):
    pytest.importorskip("ot", reason="POT is not installed")
    documents = ["w1 w2 w3 w1", "w4 w2 zz", "w5", "zz", "w1 w2 w1 w3"]
    for one in documents:
        for other in documents:
            for norm in (True, False):
                same(
                    wv.wmdistance(one.split(), other.split(), norm),
                    float(theirs.wmdistance(one.split(), other.split(), norm)),
                )
