"""Streams that are cut into blocks."""

from __future__ import annotations

import io

import pytest

from fastvec.corpus import streams


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_blocks_are_cut_between_words(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"one twenty\tthree\n\nhundred and fiftyfour "
    monkeypatch.setattr(streams, "BLOCK_BYTES", size)
    blocks = list(streams.text_blocks("name", io.BytesIO(data)))
    assert b"".join(block.data for block in blocks) == data
    assert [block.last for block in blocks] == [False] * (len(blocks) - 1) + [True]
    start = 0
    for block in blocks:
        assert block.start == start
        start += len(block.data)
        assert block.data[-1:] in b" \t\n" or block.last
