"""The container of fastvec's own files: what is written reads back, and damage is found."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from containers import rewrite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastvec.io.container import KINDS, array_checksum, is_container, read_container
from fastvec.io.container import write_container as write
from fastvec.io.tensors import save_tensors
from fastvec.words import Words

ARRAYS = {
    "rows": np.arange(6, dtype=np.float32).reshape(2, 3),
    "flags": np.array([True, False, True]),
    "none": np.empty((0, 2), np.int64),
    "one": np.array(7, np.int16),
}
METADATA: dict[str, Any] = {"text": "é", "number": np.int64(3), "options": {"lower": True}}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    write(tmp_path / "file", "vectors", ARRAYS, METADATA, Words.of(["a", "bé"]))
    return tmp_path / "file"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mmap", [True, False])
@pytest.mark.parametrize("keys", [["a", "bé"], [30, -7], []])
def test_everything_reads_back(tmp_path: Path, kind: str, mmap: bool, keys: list[Any]) -> None:
    write(tmp_path / "file", kind, ARRAYS, METADATA, Words.of(keys))
    file = read_container(tmp_path / "file", kind, mmap=mmap)
    assert (file.kind, file.version) == (kind, 2)
    assert file.words is not None
    assert file.words.keys() == keys
    assert file.words.integers == (keys == [30, -7])
    assert file.metadata == METADATA
    assert file.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert np.array_equal(file.arrays[name], array)
        assert file.arrays[name].dtype == array.dtype
    head = (tmp_path / "file").read_bytes()[:64]
    assert [other for other in KINDS if is_container(head, other)] == [kind]


def test_words_are_optional(tmp_path: Path) -> None:
    write(tmp_path / "file", "pairs", ARRAYS, {})
    assert read_container(tmp_path / "file", "pairs").words is None


def test_reserved_names(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no array may have the name 'words'"):
        write(tmp_path / "file", "pairs", {"words": np.ones(2)}, {}, Words.of(["a"]))
    with pytest.raises(ValueError, match="no dtype complex128"):
        write(tmp_path / "file", "pairs", {"x": np.ones(2, complex)}, {})
    assert not list(tmp_path.iterdir())


def test_changes_stay_in_the_process(saved: Path) -> None:
    before = saved.read_bytes()
    read_container(saved, "vectors").arrays["rows"][:] = 9
    assert saved.read_bytes() == before


def test_other_kinds_and_versions(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"file holds vectors, not word pairs: use KeyedVectors\."):
        read_container(saved, "pairs")
    assert read_container(saved, ("pairs", "vectors")).kind == "vectors"
    for mark, version in (("fastvec vectors", "3"), ("fastvec documents", "2"), ("fastvec", "3")):
        save_tensors(tmp_path / "new", {}, {mark: version})
        with pytest.raises(ValueError, match=r"new has version \d of the format \(\w+\), this"):
            read_container(tmp_path / "new", "vectors")
    for header in (
        {},
        {"fastvec vectors": "x"},
        {"fastvec vectors": "9" * 9999},
        {"fastvec pairs": "2", "fastvec phrases": "2"},
    ):
        save_tensors(tmp_path / "no", {}, header)
        with pytest.raises(ValueError, match="no is a safetensors file, but not one that fastvec"):
            read_container(tmp_path / "no", "vectors")


@pytest.mark.parametrize("name", ["rows", "flags", "one", "words", "word_offsets"])
def test_a_changed_array_is_found(saved: Path, name: str) -> None:
    whole = saved.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    found = []
    for at in range(start, len(whole)):
        saved.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(
            ValueError, match=r"file is damaged: the checksum of its \w+ is wr"
        ) as e:
            read_container(saved, "vectors")
        found.append(f" its {name} is" in str(e.value))
    assert any(found)


def test_only_the_words_are_verified_if_so_asked(saved: Path) -> None:
    whole = saved.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    spoiled = {}
    for at in range(start, len(whole)):
        saved.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            file = read_container(saved, "vectors", verify=False)
        except ValueError as error:
            assert "checksum of its word" in str(error)
            continue
        with pytest.raises(ValueError, match="the checksum of its") as e:
            for name in file.arrays:
                file.verify(name)
        spoiled[str(e.value).split()[-3]] = True
    assert spoiled.keys() == {"rows", "flags", "one"}


def test_missing_checksums_and_damaged_metadata(saved: Path, tmp_path: Path) -> None:
    for change, reason in (
        ({"checksums": "{}"}, "the checksum of its words is wrong"),
        ({"checksums": "[]"}, "the checksum of its words is wrong"),
        ({"text": "no JSON"}, "its metadata are not JSON"),
        ({"text": "[" * 100_000}, "its metadata are not JSON"),
        ({"keys": '"integers"'}, "its words should be integers, and are not"),
    ):
        rewrite(saved, tmp_path / "changed", **change)
        with pytest.raises(ValueError, match=f"changed is damaged: {reason}"):
            read_container(tmp_path / "changed", "vectors")


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("words", np.array([1.0])),
        ("words", np.array([[97]], np.uint8)),
        ("word_offsets", np.array([0, 1, 3], np.int32)),
        ("word_offsets", np.array([1, 1, 3])),
        ("word_offsets", np.array([0, 4, 3])),
        ("word_offsets", np.array([], np.int64)),
    ],
)
def test_words_of_other_shapes(saved: Path, name: str, array: Any) -> None:
    rewrite(saved, arrays={name: array})
    with pytest.raises(ValueError, match=r"file is damaged: (the words' offsets do not|word)"):
        read_container(saved, "vectors")
    rewrite(saved, without=(name,))
    with pytest.raises(ValueError, match=f"file is damaged: {name} is missing"):
        read_container(saved, "vectors")


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_damage_to_arrays_goes_unseen(saved: Path, data: st.DataObject) -> None:
    whole = bytearray(saved.read_bytes())
    start = 8 + int.from_bytes(whole[:8], "little")
    damaged = saved.with_name("damaged")
    at = data.draw(st.integers(start, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    damaged.write_bytes(whole)
    with pytest.raises(ValueError, match="damaged"):
        read_container(damaged, "vectors")


def test_checksums_of_blocks_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for dtype, shape in ((np.uint8, (999, 3)), (np.int16, (77,)), (np.float64, (50, 7))):
        array = np.random.default_rng(1).integers(0, 100, shape).astype(dtype)
        monkeypatch.undo()
        whole = array_checksum(array)
        monkeypatch.setattr("fastvec.io.tensors.BLOCK_BYTES", 64)
        assert array_checksum(array) == whole
        padded = np.zeros((*shape[:-1], shape[-1] + 5), dtype)
        padded[..., : shape[-1]] = array
        assert array_checksum(padded[..., : shape[-1]]) == whole
