"""The native reader of text, by itself."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import (
    BROKEN,
    hostile_texts,
    sentences_of,
)

from fastvec._core import Control, TextError, TextReader


@settings(deadline=None)
@given(hostile_texts, st.integers(1, 9), st.integers(1, 40), st.booleans())
def test_any_step_reads_the_same(text: str, step: int, part: int, join_lines: bool) -> None:
    """The reader's buffer may end anywhere: within a word, a character, a pair of CR LF."""
    data = text.encode()
    reader = TextReader(step=step, join_lines=join_lines)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        for start in range(0, len(data), part):
            stop = min(start + part, len(data))
            assert not reader.file_range(file.fileno(), start, stop, len(data), Control(1), 0)
    reader.flush()
    joined, offsets, counts = (
        np.frombuffer(x, t) for x, t in zip(reader.words(), "Bqq", strict=True)
    )
    found = {
        joined[a:b].tobytes().decode(): n
        for (a, b), n in zip(itertools.pairwise(offsets.tolist()), counts.tolist(), strict=True)
    }
    assert found == Counter(itertools.chain.from_iterable(sentences_of(data, join_lines)))


@settings(deadline=None)
@given(st.lists(st.sampled_from(BROKEN), max_size=40))
def test_invalid_utf8_against_python(parts: list[bytes]) -> None:
    data = b"".join(parts)
    try:
        data.decode()
        position = -1
    except UnicodeDecodeError as error:
        position = error.start
    reader = TextReader()
    if position >= 0:
        with pytest.raises(TextError) as caught:
            reader.block(np.frombuffer(data, np.uint8), 100, True, Control(1), 0)
        assert caught.value.position == 100 + position
    else:
        reader.block(np.frombuffer(data, np.uint8), 100, True, Control(1), 0)
    reader = TextReader(replace=True)
    reader.block(np.frombuffer(data, np.uint8), 100, True, Control(1), 0)
    joined, offsets, _ = reader.words()
    ends = np.frombuffer(offsets, np.int64).tolist()
    words = {joined[a:b].decode() for a, b in itertools.pairwise(ends)}
    text = data.decode(errors="replace")
    assert words == {word for word in re.split(r"[ \t\n]", text) if word}
