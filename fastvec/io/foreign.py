"""Files that are neither text nor vectors: what they are, by their first bytes, and the way out."""

from __future__ import annotations

import re
from dataclasses import dataclass

ZIP_MAGIC = (b"PK\3\4", b"PK\5\6")  # of one that holds files, and of an empty one
TAR_MAGIC = re.compile(rb"(?s:.{257})ustar(\0|  \0)")  # the zero byte is in no text
BOM = b"\xef\xbb\xbf"  # the byte order mark that some editors write before a text
UNPACK = "unpack it first"


@dataclass(frozen=True)
class ForeignKind:
    """A kind of file that fastvec does not read.

    ``magic`` matches its first bytes, ``what`` is what a message calls it, and ``advice`` says what
    to do; ``for_vectors`` says it where vectors were expected and not text.
    """

    magic: re.Pattern[bytes]
    what: str
    advice: str
    for_vectors: str


def _kind(magic: bytes, what: str, advice: str, for_vectors: str = "") -> ForeignKind:
    return ForeignKind(re.compile(magic, re.DOTALL), what, advice, for_vectors or advice)


_IMAGE = "it holds no text"
_NO_VECTORS = "it holds no vectors"
_BY_PYTHON = "load them in Python, and use KeyedVectors.add_vectors"
_PICKLE = rb"\x80[\x02-\x05]"

#: a file is of the first of these kinds that matches; a text begins like none of them
FOREIGN_KINDS = (
    _kind(rb"%PDF-\d", "a PDF document", "convert it to text first (pdftotext)", _NO_VECTORS),
    _kind(
        rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>\s*)?(?i:<!doctype html|<html[\s>])",
        "an HTML document",
        "extract its text first (html2text, trafilatura)",
        "perhaps an error page was saved instead of the vectors: download them again",
    ),
    _kind(
        rb"(\xef\xbb\xbf)?\s*<mediawiki[\s>]",
        "a dump of a wiki (XML)",
        "extract its text first (wikiextractor, or WikiCorpus of gensim)",
        _NO_VECTORS,
    ),
    _kind(rb"(\xef\xbb\xbf)?\s*<\?xml\s", "an XML document", "extract its text first", _NO_VECTORS),
    _kind(
        rb"WARC/\d\.\d\r?\n",
        "an archive of web pages (WARC)",
        "extract the text of its records first (warcio, trafilatura)",
        _NO_VECTORS,
    ),
    _kind(
        rb"(\xef\xbb\xbf)?\s*(\[\s*(\{\s*\"|\[\s*(\"|-?\d+,))|\{\s*\r?\n\s*\"[^\"\n]*\"\s*:)",
        "one JSON document",
        "write it as JSON lines, an object on each line (jq -c '.[]')",
        "load them in Python, and use KeyedVectors.add_vectors",
    ),
    _kind(
        rb"(/\*[^\n]{0,80}\n|--\r?\n)?-- (MySQL|MariaDB|PostgreSQL|phpMyAdmin)[^\n]{0,30}[dD]ump",
        "a dump of a database (SQL)",
        "load it into a database, and export the column with the text",
        _NO_VECTORS,
    ),
    _kind(rb"\{\\rtf1", "a document in RTF", "save it as plain text", _NO_VECTORS),
    _kind(
        _PICKLE + rb".*gensim\.",
        "a pickle with a gensim model",
        "open it in gensim, and take it over with from_gensim: Word2Vec.from_gensim(model)",
    ),
    _kind(
        _PICKLE,
        "a pickle, as gensim and others write them",
        "load it in Python, and give fastvec what it holds",
        "open it with what wrote it (gensim: then Word2Vec.from_gensim(model) takes it over)",
    ),
    _kind(
        rb"\xba\x16\x4f\x2f",
        "a fastText model",
        "it holds vectors",
        "fastvec.load or load_facebook_vectors reads it",
    ),
    _kind(
        rb"FiFu.{0,7}\0",
        "a finalfusion file",
        "it holds vectors",
        "convert it with finalfusion's tools",
    ),
    _kind(rb"GGUF.\0\0\0", "a language model (GGUF)", "it holds no text", _NO_VECTORS),
    _kind(rb"\x93NUMPY", "a NumPy array", "load it with numpy.load, and give fastvec the array"),
    _kind(rb".{5}\0\0\0\{\s*\"", "a safetensors file", "it holds vectors or a model"),
    _kind(rb"\x89HDF\r\n\x1a\n", "an HDF5 file", "export its text first", _BY_PYTHON),
    _kind(
        rb"SQLite format 3\0",
        "an SQLite database",
        "export the column with the text first",
        _BY_PYTHON,
    ),
    _kind(rb"Obj\x01", "an Avro file", "write it as Parquet or JSON lines", "write it as Parquet"),
    _kind(
        rb"\xff\xff\xff\xff.{3}\0",
        "a stream of Arrow data",
        "write it as an Arrow file",
        "write it as Parquet",
    ),
    _kind(rb"\x7fELF", "a program", _IMAGE, _NO_VECTORS),
    _kind(rb"MZ.{0,62}\0\0\0", "a program", _IMAGE, _NO_VECTORS),
    _kind(
        rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a.{0,7}\0|RIFF.{4}WEBP",
        "an image",
        _IMAGE,
        _NO_VECTORS,
    ),
    _kind(rb"II\*\0|MM\0\*", "an image", _IMAGE, _NO_VECTORS),
    _kind(
        rb"RIFF.{4}(WAVE|AVI )|OggS\0|fLaC\0|ID3[\x02-\x04]\0",
        "sound or video",
        _IMAGE,
        _NO_VECTORS,
    ),
    _kind(
        rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an Office document",
        "save it as plain text",
        _NO_VECTORS,
    ),
    _kind(rb"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    _kind(rb"Rar!\x1a\x07", "a RAR archive", UNPACK),
    _kind(rb"\x1f\x9d", "compressed by compress (.Z)", UNPACK),
    _kind(rb"\x04\x22\x4d\x18", "compressed by LZ4", UNPACK),
    _kind(rb"LZIP\x01", "compressed by lzip", UNPACK),
    _kind(rb"\xff\x06\0\0sNaPpY", "compressed by Snappy", UNPACK),
    _kind(
        rb"\x5d\0\0..(\xff{8}|.{5}\0\0\0)",
        "compressed by lzma alone (.lzma)",
        "decompress it first (unlzma), or compress it as .xz",
    ),
)


def foreign_kind(head: bytes) -> ForeignKind | None:
    """The kind of a file that begins with these bytes; None if it may be text or vectors.

    >>> foreign_kind(b"%PDF-1.7").what
    'a PDF document'
    >>> foreign_kind(b"to be or not to be") is None
    True
    """
    return next((kind for kind in FOREIGN_KINDS if kind.magic.match(head)), None)


def is_archive(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a zip or tar archive.

    >>> is_archive(b"PK\\x03\\x04"), is_archive(b"to be or not to be")
    (True, False)
    """
    return head.startswith(ZIP_MAGIC) or TAR_MAGIC.match(head) is not None


def refuse_no_vectors(name: str, head: bytes) -> None:
    """Raise ValueError for a file that begins with these bytes if it is a known kind of file and
    does not hold vectors that fastvec reads.

    >>> refuse_no_vectors("v.txt", b"%PDF-1.7")
    Traceback (most recent call last):
    ValueError: v.txt is a PDF document, which is no vector file: it holds no vectors
    """
    if _HEADER.match(head):  # numbers may look like anything
        return
    kind = foreign_kind(head)
    if kind is not None:
        raise ValueError(f"{name} is {kind.what}, which is no vector file: {kind.for_vectors}")
    encoding = wide_encoding(head)
    if encoding is not None:
        raise ValueError(
            f"{name} is text in {encoding.upper()}: convert it first (iconv -f {encoding} -t utf-8)"
        )


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, if a text begins with these bytes of it; with or without a byte order mark.

    Without the mark, what shows it is where the zero bytes are: nearly all letters that most texts
    have take one byte of two, or one of four.

    >>> wide_encoding("to be".encode("utf-16")), wide_encoding("to be or not".encode("utf-16-le"))
    ('utf-16', 'utf-16-le')
    >>> wide_encoding(b"to be") is None
    True
    """
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = head[: len(head) // 4 * 4]
    if len(head) < 8 or b"\0" not in head:
        return None
    zeros = [head[i::4].count(0) * 4 / len(head) for i in range(4)]
    for encoding, used in WIDE_PATTERNS.items():
        least_zeros = min(zeros[i] for i in range(4) if i not in used)
        if least_zeros > 0.6 and max(zeros[i] for i in used) < 0.1:
            return encoding
    return None


#: which of four bytes are not zero, for letters of Latin scripts
WIDE_PATTERNS = {
    "utf-16-le": (0, 2),
    "utf-16-be": (1, 3),
    "utf-32-le": (0,),
    "utf-32-be": (3,),
}


# --- vectors where text was expected

_HEADER = re.compile(rb"(\d{1,9})[ \t]+(\d{1,6})[ \t]*\r?\n")
_NUMBER = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_DECIMAL = re.compile(rb"[-+]?\d*\.\d+([eE][-+]?\d+)?")
MOST_LIKELY_SIZE = 10  # numbers in a row, from which on rows of decimals are taken for vectors


def holds_vectors(head: bytes, whole: bool) -> bool:
    """Whether a file that begins with these bytes holds word vectors, as text or in word2vec's
    binary format, and not sentences.

    ``whole`` says that the file has no more bytes.

    >>> holds_vectors(b"2 3\\nking 0.1 0.2 0.3\\nqueen 0.1 0.2 0.4\\n", True)
    True
    >>> holds_vectors(b"2 3\\nto be\\n", True)
    False
    """
    header = _HEADER.match(head)
    if header is None:
        rows = _complete_lines(head, whole)
        sizes = {len(row) - 1 for row in rows}
        many = len(rows) > 1 and len(sizes) == 1 and min(sizes) >= MOST_LIKELY_SIZE
        return many and all(_DECIMAL.fullmatch(number) for row in rows for number in row[1:])
    size, rest = int(header[2]), head[header.end() :]
    if _has_binary_row(rest, size):
        return True
    rows = _complete_lines(rest, whole)
    numbers = [number for row in rows for number in row[1:]]
    if not any(map(_DECIMAL.fullmatch, numbers)):  # lines of whole numbers are items of a corpus
        return False
    return all(len(row) == size + 1 for row in rows) and all(map(_NUMBER.fullmatch, numbers))


def _complete_lines(data: bytes, whole: bool) -> list[list[bytes]]:
    """The words of each line, without the last one if its end is not there."""
    lines = data.split(b"\n")
    if not whole or not lines[-1]:
        lines.pop()
    return [line.split() for line in lines]


def _has_binary_row(data: bytes, size: int) -> bool:
    """Whether a word, a space and some binary numbers follow; text has no control characters."""
    word, space, numbers = data.partition(b" ")
    numbers = numbers[: 4 * size]
    if not space or not word or len(word) > 1000 or len(numbers) < 4:
        return False
    controls = sum(byte < 9 or 13 < byte < 32 for byte in numbers)
    try:
        numbers.decode()
    except UnicodeDecodeError as error:
        return controls > 0 or error.end < len(numbers) - 3
    return controls > 0
