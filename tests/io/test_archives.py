"""Archives of vectors: the one file in them is read; all else is refused, and nothing unpacked."""

import bz2
import gzip
import io
import tarfile
import zipfile

import numpy as np
import pytest
from archives import PACKERS, tarred, zipped
from vector_tables import VECTORS, WORDS, write

from fastvec import KeyedVectors, load
from fastvec.io import archives
from fastvec.io.counts import read_counts
from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.io.word2vec import read_word2vec
from fastvec.sentences import LineSentence

packed = pytest.mark.parametrize("ending", PACKERS)


def written(folder, name):
    write_vectors(folder / name, VectorFile(WORDS, VECTORS))
    return (folder / name).read_bytes()


@packed
@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.glove", "v.vec.gz"])
def test_the_only_vectors_in_an_archive_are_read(tmp_path, ending, name):
    files = {"__MACOSX/._v": b"\0", f"folder/{name}": written(tmp_path, name), ".DS_Store": b"\0"}
    path = write(tmp_path / "pack", PACKERS[ending](files))  # known by its content
    for file in (read_vectors(path), load(path)):
        assert list(file.words) == list(WORDS)
        assert np.array_equal(file.vectors, VECTORS)
    assert list(read_vectors(path, limit=2).words) == WORDS[:2]


def test_gensims_call_reads_them_too(tmp_path):
    path = write(tmp_path / "glove.zip", zipped({"v.txt": written(tmp_path, "v.glove")}))
    assert KeyedVectors.load_word2vec_format(path, no_header=True).index_to_key == list(WORDS)
    with path.open("rb") as file:
        assert read_word2vec(file, header=False)[0] == WORDS


@packed
def test_counts_and_lines_in_an_archive_are_read(tmp_path, ending):
    path = write(tmp_path / "pack", PACKERS[ending]({"c.txt": b"cat 3\ndog 2\n"}))
    assert read_counts(path) == {"cat": 3, "dog": 2}
    assert list(LineSentence(path)) == [["cat", "3"], ["dog", "2"]]


@packed
def test_several_files_are_named_with_the_rule(tmp_path, ending):
    path = write(tmp_path / "pack", PACKERS[ending]({"a.50d.txt": b"", "a.100d.txt": b""}))
    listed = r"pack is a \w+ archive of 2 files \(a\.50d\.txt, a\.100d\.txt\), and only a single"
    with pytest.raises(ValueError, match=listed):
        read_vectors(path)
    path = write(tmp_path / "pack", PACKERS[ending]({".hidden": b"cat"}))
    with pytest.raises(ValueError, match="archive in which there is no file"):
        read_vectors(path)


@packed
def test_errors_of_rows_name_the_archive(tmp_path, ending):
    path = write(tmp_path / "pack", PACKERS[ending]({"v.txt": b"2 1\na 1\nb\n"}))
    with pytest.raises(ValueError, match=f"^{path}: row 2"):
        read_vectors(path)


@pytest.mark.parametrize("name", ["v.safetensors", "v.npy", "v.parquet"])
@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"v": data})])
def test_files_that_are_mapped_must_be_unpacked(tmp_path, name, pack):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = write(tmp_path / "pack", pack(written(tmp_path, name)))
    with pytest.raises(ValueError, match=f"{path} holds a .* compressed or in an archive: unpack"):
        read_vectors(path)


def test_names_of_other_folders_are_only_names(tmp_path):
    (tmp_path / "folder").mkdir()
    for pack in (zipped, tarred):
        path = write(tmp_path / "folder" / "p", pack({"/evil.txt": b"1 1\na 1\n"}))
        assert list(read_vectors(path).words) == ["a"]
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            entry = tarfile.TarInfo("v.txt")
            entry.type, entry.linkname = kind, "/etc/hostname"
            archive.addfile(entry)
    with pytest.raises(ValueError, match="tar archive in which there is no file"):
        read_vectors(write(tmp_path / "folder" / "p", data.getvalue()))
    assert {path.name for path in tmp_path.rglob("*")} == {"folder", "p"}


def test_encrypted_archives_and_unusual_ways_of_compressing(tmp_path):
    whole = bytearray(zipped({"v.txt": b"1 1\na 1\n"}))
    at = whole.index(b"PK\1\2")
    whole[6] |= 1
    whole[at + 8] |= 1
    with pytest.raises(ValueError, match="p is an encrypted zip archive"):
        read_vectors(write(tmp_path / "p", bytes(whole)))
    small = zipped({"v.txt": b"1 1\na 1\n"}, zipfile.ZIP_BZIP2)
    with pytest.raises(ValueError, match=r"p is a zip archive with .* \(method 12\): unpack"):
        read_vectors(write(tmp_path / "p", small))


def test_archives_that_would_take_all_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(archives, "MOST_MEMBERS", 5)
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, 1 << 30
    huge = entry.tobuf(tarfile.USTAR_FORMAT) + bytes(1 << 21)
    with pytest.raises(ValueError, match=r"p is damaged.*list of files has more than 1048576"):
        read_vectors(write(tmp_path / "p", bz2.compress(huge)))
    with pytest.raises(ValueError, match="p is a tar archive of more than 5 files"):
        read_vectors(write(tmp_path / "p", tarred({f".{i}": b"" for i in range(6)})))


@packed
def test_damaged_archives_are_refused(tmp_path, ending):
    """Each byte changed, and each cut: read rightly or refused with the name of the file."""
    whole = PACKERS[ending]({"v.txt": b"2 2\nthe 1 2\ncat 3 4\n"})
    places = [i for i in range(len(whole)) if whole[i] or i % 97 == 0]
    damaged = [whole[:i] + bytes([whole[i] ^ 0x55]) + whole[i + 1 :] for i in places]
    for data in damaged + [whole[:i] for i in places[::7]]:
        path = write(tmp_path / "pack", data)
        try:
            file = read_vectors(path)
        except (ValueError, OSError) as error:
            assert str(path) in str(error)
        else:
            assert ending == "tar" or np.array_equal(file.vectors, [[1, 2], [3, 4]])


def test_a_name_that_repeats_an_ending_takes_no_time(tmp_path):
    path = write(tmp_path / "p", zipped({"x" + ".npy" * 1000 + "z": b"1 1\na 1\n", ".a" * 99: b""}))
    assert list(read_vectors(path).words) == ["a"]
