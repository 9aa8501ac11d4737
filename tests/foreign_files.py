"""Bytes of files of other tools, and what an error must say of them."""

import io
import lzma
import pickle
import tarfile
import zipfile

import numpy as np
from vector_tables import VECTORS

ROWS = b"the 1 2\ncat 3 4\nsat 5 6\n"


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, ROWS)
    return file.getvalue()


def tarred(*names, data=ROWS):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return file.getvalue()


def npz():
    file = io.BytesIO()
    np.savez(file, vectors=VECTORS)
    return file.getvalue()


FOREIGN = {
    "fastText .bin": (
        b"\xba\x16\x4f\x2f\x0c\0\0\0" + bytes(200),
        "(no|a) fastText model",
    ),
    "fastText .ftz": (b"\xba\x16\x4f\x2f\x0c\0\0\0" + bytes(range(200)), "fastText"),
    "gensim": (b"\x80\x04\x95\0\0\0\0\0\0\0\0\x8c\x18gensim.models.keyedvectors", "gensim"),
    "pickle": (pickle.dumps({"the": [1.0, 2.0]}), "pickle.*gensim"),
    "old pickle": (pickle.dumps({"the": [1.0, 2.0]}, protocol=2), "pickle"),
    "finalfusion": (b"FiFu\0\0\0\0\2\0\0\0\1\0\0\0" + bytes(99), "finalfusion"),
    "GGUF": (b"GGUF\3\0\0\0" + bytes(99), "GGUF"),
    "zip of two": (zipped("v.txt", "w.txt"), "zip archive.*unpack"),
    "npz": (npz(), "npz|zip archive.*unpack"),
    "PyTorch": (zipped("v/data.pkl", "v/data/0"), "PyTorch|zip archive.*unpack"),
    "tar of two": (tarred("v.txt", "w.txt"), "tar archive.*unpack"),
    "zip in a tar": (tarred("v.zip", data=zipped("v.txt")), "archive.*unpack"),
    "lzma": (lzma.compress(ROWS * 99, lzma.FORMAT_ALONE), "lzma alone"),
    "UTF-16": (ROWS.decode().encode("utf-16"), "UTF-16.*iconv"),
    "UTF-16 without a mark": (ROWS.decode().encode("utf-16-be"), "UTF-16-BE.*iconv"),
    "UTF-32": (ROWS.decode().encode("utf-32"), "UTF-32.*iconv"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
    "HTML": (b"<!DOCTYPE html>\n<html><body>404 Not Found</body></html>", "HTML.*download"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(99), "HDF5"),
    "SQLite": (b"SQLite format 3\0" + bytes(99), "SQLite"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(99), "7z"),
}
