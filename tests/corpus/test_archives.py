"""Archives: the one text in them is read; of several, the names are said."""

from __future__ import annotations

from pathlib import Path

import pytest
from archives import PACKERS, zipped

from fastvec.corpus.corpus import Corpus

TEXT = b"the cat sat\n" * 3


packed = pytest.mark.parametrize("ending", PACKERS)


@packed
def test_the_only_text_in_an_archive_is_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "pack"  # known by its content, whatever its name is
    path.write_bytes(PACKERS[ending]({"c/a.txt": TEXT, ".DS_Store": b"\0", "__MACOSX/a.txt": b"x"}))
    corpus = Corpus.read(path, min_count=1)
    assert corpus.vocabulary.counts.tolist() == [3, 3, 3]


@packed
def test_a_table_in_an_archive_is_read_with_a_column(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"pack.{ending}"
    path.write_bytes(PACKERS[ending]({"t.csv": b"n,text\n1,the cat\n"}))
    assert list(Corpus.read(path, column="text", min_count=1).vocabulary.words) == ["the", "cat"]
    with pytest.raises(ValueError, match=r"t\.csv is a table \(CSV\): .*; it has n, text"):
        Corpus.read(path)


@packed
def test_several_files_in_an_archive_are_named(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"pack.{ending}"
    path.write_bytes(PACKERS[ending]({"a.txt": TEXT, "b.txt": TEXT}))
    with pytest.raises(ValueError, match=r"archive of 2 files \(a\.txt, b\.txt\).*: unpack it"):
        Corpus.read(path)
    path.write_bytes(PACKERS[ending]({"a.zip": zipped({"a.txt": TEXT})}))
    with pytest.raises(ValueError, match="is an archive within an archive"):
        Corpus.read(path)


def test_documents_that_are_zip_archives_are_called_by_their_name(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}))
    with pytest.raises(ValueError, match=r"letter\.docx is an Office document, which is not read"):
        Corpus.read(path)


def test_damaged_archives_are_refused(tmp_path: Path) -> None:
    """Each byte changed, and each cut: read rightly or refused with the name of the file."""
    path = tmp_path / "p.zip"
    whole = zipped({"a.txt": TEXT})
    damaged = [whole[:i] + bytes([whole[i] ^ 0x55]) + whole[i + 1 :] for i in range(len(whole))]
    for data in damaged + [whole[:i] for i in range(10, len(whole), 7)]:
        path.write_bytes(data)
        try:
            assert Corpus.read(path, min_count=1).vocabulary.counts.tolist() == [3, 3, 3]
        except ValueError as error:
            assert "p.zip" in str(error)
