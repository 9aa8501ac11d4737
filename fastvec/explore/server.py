"""The server of the page: its files, and the answers to what it asks of the spaces."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib import resources
from operator import methodcaller
from typing import Any

from fastvec._util.page_server import HTML, PageServer, Query
from fastvec.explore.spaces import Space, UnknownWordError

COMPLETIONS = 8

TYPES = {
    ".html": HTML,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
JSON = "application/json; charset=utf-8"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def page_files() -> dict[str, tuple[bytes, str]]:
    """The files of the page by their names: their bytes, and their types.

    >>> page_files()["index.html"][1]
    'text/html; charset=utf-8'
    """
    folder = resources.files("fastvec.explore") / "page"
    return {
        file.name: (file.read_bytes(), TYPES[file.name[file.name.rindex(".") :]])
        for file in folder.iterdir()
    }


def each(spaces: Sequence[Space], ask: Callable[[Space], Any]) -> list[Any]:
    """What each of some spaces answers; for a question that is wrong, the error."""
    return [_attempt(space, ask) for space in spaces]


def _attempt(space: Space, ask: Callable[[Space], Any]) -> Any:
    try:
        return ask(space)
    except UnknownWordError as error:
        return {"error": str(error), "word": error.word, "meant": error.meant}
    except ValueError as error:
        return {"error": str(error)}


def complete(spaces: Sequence[Space], query: Query) -> list[str]:
    """The words of any space that begin with a text, those of the first space first."""
    found = [word for space in spaces for word in space.complete(query["q"], COMPLETIONS)]
    return list(dict.fromkeys(found))[:COMPLETIONS]


#: what the page asks of each space, by the last part of the address
QUESTIONS: dict[str, Callable[[Query], Callable[[Space], Any]]] = {
    "spaces": lambda _: methodcaller("facts"),
    "neighbours": lambda query: methodcaller("neighbours", query["q"], int(query["n"])),
    "analogy": lambda query: methodcaller(
        "analogy", query["a"], query["b"], query["c"], int(query["n"])
    ),
    "odd": lambda query: methodcaller("odd_one_out", query["q"]),
    "matrix": lambda query: methodcaller("matrix", query["q"]),
    "map": lambda query: methodcaller("map", query["layout"]),
    "located": lambda query: methodcaller("located", query["q"], int(query["n"]), query["layout"]),
}


def as_json(answer: Any) -> tuple[bytes, str]:
    """An answer as it is sent, and its type."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False).encode(), JSON


class Explorer(PageServer):
    """A server of some spaces; ``serve_forever`` ends when the page says so, or with Ctrl-C.

    Parameters
    ----------
    spaces : list of Space
    port : int
        0, the default, takes one that is free.

    >>> with Explorer([]) as explorer:
    ...     explorer.address.startswith("http://127.0.0.1:")
    True
    """

    def __init__(self, spaces: Sequence[Space], port: int = 0) -> None:
        self.spaces = spaces
        super().__init__(page_files(), POLICY, port)

    def answer(self, name: str, query: Query) -> tuple[bytes, str]:
        """The answer to a question of the page, or one of its files."""
        if name == "complete":
            return as_json(complete(self.spaces, query))
        if name in QUESTIONS:
            return as_json(each(self.spaces, QUESTIONS[name](query)))
        return super().answer(name, query)
