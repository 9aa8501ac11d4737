"""What a vector file holds, and parts of it."""

import numpy as np
from vector_tables import COUNTS, VECTORS, WORDS

from fastvec.io.format import VectorFile

WHOLE = VectorFile(
    WORDS,
    VECTORS,
    COUNTS,
    kind="word2vec",
    metadata={"parameters": {"sg": 1}, "training": {"epochs_trained": 5}, "note": "x"},
    extra={"outputs": VECTORS, "attribute.rank": np.arange(4)},
    file_format="safetensors",
)


def test_without_a_model_the_attributes_remain():
    part = WHOLE.without_model()
    assert (part.kind, part.metadata, part.extra.keys()) == (
        "vectors",
        {"note": "x"},
        {"attribute.rank"},
    )
    assert part.vectors is VECTORS
    assert part.counts is COUNTS


def test_the_first_words():
    part = WHOLE.first(2)
    assert list(part.words) == WORDS[:2]
    assert np.array_equal(part.vectors, VECTORS[:2])
    assert part.counts is not None
    assert part.counts.tolist() == [9, 5]
    assert part.extra["attribute.rank"].tolist() == [0, 1]
    assert part.kind == "vectors"
    assert len(WHOLE.first(99).words) == len(WORDS)
