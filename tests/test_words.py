"""Words behaves as a list of strings, whatever the words are."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastvec import KeyedVectors
from fastvec._core import WordIndex, WordTable, gather_words
from fastvec.words import Words

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LISTS = st.lists(TEXT, max_size=60)


@given(LISTS)
def test_is_the_list_that_it_was_made_of(expected: list[str]) -> None:
    words = Words.of(expected)
    assert list(words) == expected
    assert len(words) == len(expected)
    assert [words[i] for i in range(-len(expected), len(expected))] == expected * 2
    assert words[1:-1] == expected[1:-1]
    assert words[::-2] == expected[::-2]
    assert words == Words.of(expected)
    assert words != Words.of([*expected, "more"])
    assert words != expected


@given(LISTS, TEXT)
def test_find_gives_the_first_place(expected: list[str], other: str) -> None:
    words = Words.of(expected)
    for word in [*expected, other]:
        assert words.find(word) == (expected.index(word) if word in expected else -1)
        assert (word in words) == (word in expected)


@given(LISTS.filter(bool), st.data())
def test_take_is_indexing(expected: list[str], data: st.DataObject) -> None:
    order = data.draw(st.lists(st.integers(0, len(expected) - 1), max_size=20))
    taken = Words.of(expected).take(np.array(order, np.int64))
    assert list(taken) == [expected[i] for i in order]
    assert all(word in taken for word in taken)


@given(st.lists(st.binary(max_size=20), max_size=200))
def test_table_numbers_words_as_they_come(stream: list[bytes]) -> None:
    table, ids = WordTable(), dict[bytes, int]()
    for word in stream:
        assert table.add(word) == ids.setdefault(word, len(ids))
    assert len(table) == len(ids)
    assert all(table.find(word) == i for word, i in ids.items())
    asked = [b"none of them", *ids]
    found = np.empty(len(asked), np.int32)
    ends = np.cumsum([0, *map(len, asked)])
    table.find_all(np.frombuffer(b"".join(asked), np.uint8), ends, found)
    assert found.tolist() == [-1, *ids.values()]
    joined, offsets = table.arrays()
    assert joined == b"".join(ids)
    assert np.frombuffer(offsets, np.int64).tolist() == [
        0,
        *np.cumsum([len(word) for word in ids], dtype=int),
    ]


def test_table_grows() -> None:
    table = WordTable()
    names = [str(i * i).encode() * (i % 7 + 1) for i in range(50_000)]
    assert [table.add(name) for name in names] == list(range(50_000))
    assert [table.find(name) for name in names] == list(range(50_000))
    assert table.find(b"none") == -1


def test_words_that_are_none() -> None:
    words = Words.of(["cat", "dog"])
    assert words.find("\ud800") == -1
    assert 5 not in words
    assert words.find("cat\0") == -1
    with pytest.raises(IndexError, match="word 2 of 2"):
        words[2]
    with pytest.raises(IndexError, match="word -3 of 2"):
        words[-3]
    with pytest.raises(ValueError, match=r"word 'a\\ud800' is not valid Unicode"):
        Words.of(["a\ud800"])
    with pytest.raises(TypeError, match="keys must be all strings or all integers, got 5"):
        Words.of(["a", 5])
    with pytest.raises(TypeError, match="unhashable"):
        hash(words)


def test_bytes_that_are_no_utf8_do_no_harm() -> None:
    words = Words(np.frombuffer(b"ab\xff\xfe", np.uint8), np.array([0, 2, 4]))
    assert list(words) == ["ab", "\ufffd\ufffd"]
    assert words.find("ab") == 0
    assert words.find("\ufffd\ufffd") == -1


@pytest.mark.parametrize(
    "offsets",
    [[], [1], [0], [0, 4], [0, 2], [1, 3], [0, 2, 1, 3], [0, -5, 3], [0, 2**62, 3], [-(2**63), 3]],
)
def test_offsets_that_do_not_fit_are_refused(offsets: list[int]) -> None:
    joined = np.frombuffer(b"abc", np.uint8)
    with pytest.raises(ValueError, match="offsets must"):
        WordIndex(joined, np.array(offsets, np.int64))


def test_arrays_of_another_kind_are_refused() -> None:
    joined = np.frombuffer(b"abc", np.uint8)
    with pytest.raises(ValueError, match="Buffer dtype mismatch"):
        WordIndex(joined, np.array([0, 3], np.float64))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not C-contiguous"):
        WordIndex(joined, np.array([0, 9, 3, 9])[::2])


@given(LISTS, st.data())
def test_take_any_words(words: list[str], data: st.DataObject) -> None:
    places = st.integers(0, len(words) - 1)
    order = data.draw(st.lists(places, max_size=30)) if words else []
    taken = Words.of(words).take(np.array(order, np.int64))
    assert list(taken) == [words[i] for i in order]


def test_gather_words_checks_its_arguments() -> None:
    joined, offsets = np.frombuffer(b"abbc", np.uint8), np.array([0, 1, 3, 4])
    for order, room in (([3], 1), ([-1], 1), ([1], 1), ([1], 3), ([], 1), ([1, 1, 1], 4)):
        with pytest.raises(ValueError, match="must be below 3 and their words fill"):
            gather_words(joined, offsets, np.array(order, np.int64), np.empty(room, np.uint8))
    with pytest.raises(ValueError, match="offsets must rise from 0 to 4"):
        gather_words(joined, np.array([0, 5, 4]), np.array([0]), np.empty(1, np.uint8))


@given(st.lists(st.integers() | st.integers().map(lambda n: n % 100).map(np.int8)))
def test_integers_stay_integers(keys: list[int]) -> None:
    words = Words.of(keys)
    assert words.keys() == keys
    assert list(words) == [str(int(key)) for key in keys]
    assert words.integers == bool(keys)
    stored = Words.stored(words.joined, words.offsets, words.integers)
    assert stored == words
    assert stored.keys() == keys
    copy = pickle.loads(pickle.dumps(words))
    assert copy.keys() == words.take(np.arange(len(keys))).keys() == keys
    for i, key in enumerate(keys):
        assert words.key(i) == key
        assert type(words.key(i)) is int
    assert words.as_text().keys() == list(words)
    assert (words == words.as_text()) == (not keys)


def test_integers_and_strings_do_not_mix() -> None:
    numbers, strings = Words.of([7]), Words.of(["7"])
    for mixed in (["a", 1], [1, "a"], [None], [2.5], [True], [1, True], [b"a"]):
        with pytest.raises(TypeError, match="keys must be all strings or all integers, got "):
            Words.of(mixed)  # type: ignore[arg-type]
    with pytest.raises(
        TypeError, match="must be integers, as those of the vocabulary are, got '7'"
    ):
        numbers.find_all(strings)
    with pytest.raises(TypeError, match="must be strings, as those of the vocabulary are, got 7"):
        strings.find_all(numbers)
    assert numbers.find_all(Words.of([])).tolist() == []
    assert Words.of([]).find_all(numbers).tolist() == [-1]


@pytest.mark.parametrize(
    "word", ["", "a", "07", "00", "-", "-0", "-07", "--7", "7-", "+7", "7 ", "²"]
)
def test_words_of_a_file_that_should_be_integers_and_are_not(word: str) -> None:
    words = Words.of(["12", word, "-3"])
    with pytest.raises(ValueError, match="its words should be integers, and are not"):
        Words.stored(words.joined, words.offsets, integers=True)
    assert Words.stored(words.joined, words.offsets, integers=False).keys() == ["12", word, "-3"]


def test_the_arrays_that_an_index_points_into_cannot_be_changed() -> None:
    words = Words.of(["cat", "dog"])
    assert words.find("dog") == 1
    for array in words.joined, words.offsets:
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 100
    assert words.find("dog") == 1


@pytest.mark.parametrize("bad", [-1, -(2**62), 2**40, 2**63 - 1])
def test_offsets_that_change_later_are_not_followed(bad: int) -> None:
    """A mapped file may be overwritten while it is in use."""
    names = ["a", "a word of some length", "another word of some length", "z"]
    offsets = Words.of(names).offsets.copy()
    words = Words(Words.of(names).joined, offsets)
    assert words.find(names[2]) == 2
    kept = offsets.copy()
    for changed in (slice(1, 2), slice(2, 3), slice(3, 4), slice(0, None)):
        offsets[:] = kept
        offsets[changed] = bad
        for name in names[1:3]:
            assert words.find(name) in (-1, names.index(name))
    low, length = -(2**63) + 5, len(names[1])  # the length is right, and the position is not
    offsets[:] = [low, low, low + length, low + length, low + length]
    assert words.find(names[1]) == -1


def test_a_file_that_is_replaced_in_place_is_not_read_outside(tmp_path: Path) -> None:
    """The bytes of another file are written over those of a mapped one, as ``cp new old`` does."""
    one = KeyedVectors(2)
    one.add_vectors([f"some long word number {i}" for i in range(500)], np.ones((500, 2)))
    one.save(tmp_path / "v.safetensors")
    mapped = KeyedVectors.load(tmp_path / "v.safetensors")
    assert "some long word number 7" in mapped
    size = (tmp_path / "v.safetensors").stat().st_size
    with (tmp_path / "v.safetensors").open("r+b") as file:
        file.write(b"\x7f" * size)
    for i in range(500):
        assert f"some long word number {i}" not in mapped
    assert "short" not in mapped
