"""Tables under wrong names, endings and options: read exactly, or refused in one sentence."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import itertools
import json
import lzma
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from texts import decoded, sentences_of

from fastvec.corpus.corpus import Corpus

PACKERS = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
NAMES = ["t", "t.txt", "t.csv", "t.tsv", "t.tab", "t.jsonl", "t.json", "t.parquet", "t.feather"]
DELIMITERS = [",", ";", "|", "\t"]
COLUMNS = ["item", "user", "time", "new york", "x,y", 'a "b"', "é", "2"]
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
TEXT = (
    st.sampled_from(
        (
            *("a", "b c", "", " ", "x,y", "x;y|z", 'say "no"', '"', "'", "a\nb", "a\r\nb", "a\tb"),
            *("été", "\ufeffa", "1", "007", "2024-01-31", "{", '{"a": 1}', "#", "\\", "\\n"),
            *("N/A", "null"),
        )
    )
    | ANY_TEXT
)
NUMBER = st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(0, 9)
TOKENS = st.lists(TEXT.filter(bool), max_size=3) | st.lists(NUMBER, min_size=1, max_size=3)


@dataclass(frozen=True)
class Table:
    """Columns of equal length, and how they are written."""

    columns: dict[str, list[Any]]
    kind: str
    how: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        return list(zip(*self.columns.values(), strict=True))

    def write(self, path: Path) -> None:
        data = {"csv": self.as_csv, "jsonl": self.as_json}.get(self.kind, self.as_arrow)()
        path.write_bytes(PACKERS[self.how.get("packer", "")](data))

    def as_csv(self) -> bytes:
        text = io.StringIO(newline="")
        whole = "".join(map(str, itertools.chain(*self.rows)))
        broken = "\n" in whole or "\r" in whole  # Python quotes only the line end that is its own
        quoting = csv.QUOTE_ALL if self.how["quoted"] or broken else csv.QUOTE_MINIMAL
        writer = csv.writer(
            text, delimiter=self.how["delimiter"], quoting=quoting, lineterminator=self.how["end"]
        )
        writer.writerows([list(self.columns), *self.rows] if self.how["header"] else self.rows)
        return self.how["mark"] + text.getvalue().encode(self.how["encoding"])

    def as_json(self) -> bytes:
        lines = (json.dumps(dict(zip(self.columns, row, strict=True))) for row in self.rows)
        return self.how["mark"] + "".join(line + self.how["end"] for line in lines).encode()

    def as_arrow(self) -> bytes:
        arrow = pytest.importorskip("pyarrow")
        table, file = arrow.table(self.columns), io.BytesIO()
        if self.kind == "parquet":
            pytest.importorskip("pyarrow.parquet").write_table(table, file, row_group_size=2)
        else:
            compression = "lz4" if self.kind == "feather" else "uncompressed"
            pytest.importorskip("pyarrow.feather").write_feather(
                table, file, compression=compression
            )
        return file.getvalue()

    def value(self, cell: Any) -> Any:
        """What a cell is when it has been written: CSV has texts only, and one kind of line end."""
        if self.kind != "csv" or cell is None:
            return cell
        return str(cell).replace("\r\n", "\n").replace("\r", "\n")

    def column(self, name: str, header: bool) -> list[Any] | None:
        """The cells of a column, by its name or number; None if it is not there."""
        if self.kind != "csv" or header == self.how["header"] is True:
            cells = self.columns.get(name)
            return None if cells is None else [self.value(cell) for cell in cells]
        rows = [tuple(self.columns), *self.rows] if self.how["header"] else self.rows
        if header:  # the first row of data is taken for names
            names = [self.value(cell) or "" for cell in rows[0]]
            at = names.index(name) if names.count(name) == 1 else None
            rows = rows[1:]
        else:
            at = int(name) - 1 if name in map(str, range(1, len(self.columns) + 1)) else None
        return None if at is None else [self.value(row[at]) for row in rows]


def a_column(kind: str, n: int) -> st.SearchStrategy[list[Any]]:
    whole = [TEXT | st.none(), TEXT, NUMBER, NUMBER | st.none(), st.integers(0, 9)]
    if kind != "csv":
        whole.append(TOKENS if kind == "jsonl" else st.lists(TEXT.filter(bool), max_size=3))
    return st.sampled_from(whole).flatmap(lambda cell: st.lists(cell, min_size=n, max_size=n))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kind = draw(st.sampled_from(["csv", "csv", "csv", "jsonl", "parquet", "feather", "arrow"]))
    names = draw(st.lists(st.sampled_from(COLUMNS), unique=True, min_size=1, max_size=4))
    n = draw(st.integers(1, 6))
    columns = {name: draw(a_column(kind, n)) for name in names}
    how = {
        "packer": draw(st.sampled_from(list(PACKERS))),
        "delimiter": draw(st.sampled_from(DELIMITERS)),
        "quoted": draw(st.booleans()),
        "end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "mark": draw(st.sampled_from([b"", b"\xef\xbb\xbf"])),
        "header": draw(st.sampled_from([True, True, True, False])),
        "encoding": "utf-8",
    }
    return Table(columns, kind, how)


@st.composite
def options(draw: st.DrawFn) -> dict[str, Any]:
    names = st.sampled_from([*COLUMNS, "1", "3"])
    chosen: dict[str, Any] = {"column": draw(names)}
    if draw(st.booleans()):
        chosen["group"] = draw(names)
        if draw(st.booleans()):
            chosen["order"] = draw(names)
    if draw(st.sampled_from([True, False, False])):
        chosen["delimiter"] = draw(st.sampled_from(DELIMITERS))
    if draw(st.sampled_from([True, False, False, False])):
        chosen["header"] = False
    return chosen


def texts_of(cells: list[Any]) -> list[list[str]] | None:
    """The sentences of a column of texts or lists; None where it holds something else."""
    found: list[list[str]] = []
    kinds = set()
    for cell in cells:
        if cell is None or cell == []:
            continue
        if isinstance(cell, int):
            return None
        kinds |= {int if isinstance(part, int) else str for part in cell}
        found += [list(map(str, cell))] if isinstance(cell, list) else sentences_of(cell.encode())
    return None if len(kinds) > 1 else [sentence for sentence in found if sentence]


def sequences_of(
    items: list[Any], groups: list[Any], order: list[Any] | None
) -> list[list[str]] | None:
    """The sequences of a long table; None where there is something else than items in it."""
    rows = list(zip(items, groups, order or [0] * len(items), strict=True))
    rows = [row for row in rows if all(cell is not None and cell != "" for cell in row)]
    if len({type(row[0]) for row in rows}) > 1 or any(isinstance(row[0], list) for row in rows):
        return None
    if any(isinstance(row[1], list) for row in rows):
        return None
    try:
        places = [place_of(row[2]) for row in rows]
    except (ValueError, TypeError):
        return None
    if len({type(place) for place in places}) > 1:
        return None
    found: dict[str, list[str]] = {str(row[1]): [] for row in rows}
    for at in sorted(range(len(rows)), key=places.__getitem__):
        found[str(rows[at][1])].append(str(rows[at][0]))
    return list(found.values())


def place_of(value: Any) -> Fraction | datetime:
    """A number, or a date or time; ValueError or TypeError for anything else."""
    try:
        return Fraction(value)
    except ValueError:
        return datetime.fromisoformat(value)


def right_answer(table: Table, chosen: dict[str, Any]) -> list[list[str]] | None:
    """What a table says, with some options; None where it does not."""
    header = chosen.get("header", True)
    given = (chosen.get(name) for name in ("column", "group", "order"))
    columns = [table.column(name, header) for name in given if name is not None]
    if any(cells is None for cells in columns):
        return None
    if len(columns) == 1:
        return texts_of(columns[0])  # type: ignore[arg-type]
    return sequences_of(columns[0], columns[1], columns[2] if len(columns) > 2 else None)  # type: ignore[arg-type]


def answer(path: Path, chosen: dict[str, Any]) -> list[list[str]] | str:
    """What is read of a file, or the sentence that refuses it."""
    try:
        return decoded(Corpus.read(path, min_count=1, workers=1, **chosen))
    except (ValueError, TypeError) as error:
        assert error.args
        assert "\n" not in str(error)
        assert len(str(error)) < 1000
        return str(error)


FOLDERS = itertools.count()
EXAMPLES = settings(
    max_examples=max(300, settings.default.max_examples),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@given(tables(), st.sampled_from(NAMES), options())
@EXAMPLES
def test_no_table_is_read_wrong(
    base: Path, table: Table, name: str, chosen: dict[str, Any]
) -> None:
    path = base / f"{next(FOLDERS)}-{name}"
    table.write(path)
    found = answer(path, chosen)
    says_otherwise = "header" in chosen and "delimiter" in chosen  # then columns are what it says
    assume(not says_otherwise or chosen["delimiter"] == table.how["delimiter"])
    assert isinstance(found, str) or found == right_answer(table, chosen)


@given(tables(), st.data(), st.booleans())
@EXAMPLES
def test_a_table_is_read_by_its_name(
    base: Path, table: Table, data: st.DataObject, long: bool
) -> None:
    """With its own ending and columns nothing is refused but what has no answer."""
    ending = {"csv": ".tsv" if table.how["delimiter"] == "\t" else ".csv"}.get(table.kind, "")
    path = base / f"{next(FOLDERS)}-t{ending}{table.how['packer']}"
    table.write(path)
    has_names = table.kind != "csv" or table.how["header"]
    names = list(table.columns) if has_names else [str(i + 1) for i in range(len(table.columns))]
    chosen: dict[str, Any] = {"column": data.draw(st.sampled_from(names))}
    if long:
        chosen["group"] = data.draw(st.sampled_from(names))
    if not has_names:
        chosen["header"] = False
        chosen["delimiter"] = table.how["delimiter"]
        assume(len(names) > 1)  # otherwise the file does not show what its delimiter would be
    found, right = answer(path, chosen), right_answer(table, chosen)
    if isinstance(found, str) and right:
        assert len(table.columns) == 1  # nothing shows then what its delimiter would be
        assert "fields, where the first row has" in found
    else:
        assert found == right or not right
