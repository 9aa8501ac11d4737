"""The server of the page: it listens on this machine only, and answers those who know its token.

A page of somebody else that is open in the same browser can read nothing: it does not know the
token, which is a part of every address; names that lead here from elsewhere (DNS rebinding) and
requests that come from other pages are refused; no answer may be shown in a frame.  Files are
those that were read when the server was made, so that no path of a request reaches the disk.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import socketserver
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from importlib import resources
from operator import methodcaller
from typing import Any
from urllib.parse import parse_qs

from fastvec.explore.spaces import Space, UnknownWordError

HOST = "127.0.0.1"
CONNECTIONS = 64  # at once; more are closed
PATIENCE = 30  # seconds that a connection may be silent
MOST_FIELDS = 8  # of a question
COMPLETIONS = 8

#: the names of this machine, with any port: a tunnel from another machine has its own
LOCAL = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Query = dict[str, str]


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


class Explorer(socketserver.ThreadingTCPServer):
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

    allow_reuse_address = os.name == "posix"  # elsewhere another program could take the port, too
    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self, spaces: Sequence[Space], port: int = 0) -> None:
        self.spaces, self.files = spaces, page_files()
        self.token, self._ticket = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__((HOST, port), Handler)

    @property
    def address(self) -> str:
        """The address of the page, with the token."""
        return f"http://{HOST}:{self.server_address[1]}/{self.token}/"

    @property
    def opening(self) -> str:
        """An address that leads to the page, once: the command line of a browser, in which it
        stands, can be seen by every user of the machine."""
        return f"http://{HOST}:{self.server_address[1]}/{self._ticket}"

    def take_ticket(self, path: str) -> bool:
        """Whether a path is that of the address that works once; then it does not any more."""
        with self._lock:
            right = hmac.compare_digest(path.encode(), f"/{self._ticket}".encode())
            if right:
                self._ticket = secrets.token_urlsafe(24)
            return right

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, or close the connection if there are too many."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer the requests of one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that have gone away."""


class RefusedError(Exception):
    """A request that is not answered, with the status that says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: Explorer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "fastvec", ""
    timeout = PATIENCE
    _ends = False

    def do_GET(self) -> None:
        """Answer with a file of the page, or an answer as JSON."""
        if self._is_from_here() and self.server.take_ticket(self.path):
            self._reply(HTTPStatus.SEE_OTHER, b"", TEXT, Location=f"/{self.server.token}/")
        else:
            self._respond(self._get)

    def do_POST(self) -> None:
        """End the server: nothing else is posted."""
        self._respond(self._post)
        if self._ends:  # the answer has been sent
            self.server.shutdown()

    def _respond(self, answer: Callable[[str, Query], tuple[bytes, str]]) -> None:
        try:
            name, query = self._checked()
            self._reply(HTTPStatus.OK, *answer(name, query))
        except RefusedError as error:
            self._reply(error.status, error.status.phrase.encode(), TEXT)
        except (ValueError, KeyError) as error:  # a question that the page does not ask
            self._reply(HTTPStatus.BAD_REQUEST, f"wrong question: {error}".encode(), TEXT)
        except OSError:  # the browser has gone away
            self.close_connection = True
        except Exception as error:
            text = f"a fault of fastvec, please report it: {type(error).__name__}: {error}"
            self._reply(HTTPStatus.INTERNAL_SERVER_ERROR, text.encode(errors="replace"), TEXT)

    def _checked(self) -> tuple[str, Query]:
        """The name and the fields of what is asked for; RefusedError unless our page asks."""
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # what follows is not read
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        path, _, fields = self.path.partition("?")
        token, slash, name = path.removeprefix("/").partition("/")
        known = hmac.compare_digest(token.encode(), self.server.token.encode())
        if not (known and slash and self._is_from_here()):
            raise RefusedError(HTTPStatus.FORBIDDEN)
        given = parse_qs(fields, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        return name, {field: values[0] for field, values in given.items()}

    def _is_from_here(self) -> bool:
        """Whether a request comes from our page, or from somebody who has typed its address."""
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        if len(hosts) != 1 or not LOCAL.fullmatch(hosts[0]):
            return False
        if any(origin != f"http://{hosts[0]}" for origin in origins):
            return False
        followed_link = (
            self.command == "GET"
            and self.headers.get("Sec-Fetch-Mode") == "navigate"
            and self.headers.get("Sec-Fetch-Dest") == "document"
        )
        return followed_link or self.headers.get("Sec-Fetch-Site", "none") in (
            "same-origin",
            "none",
        )

    def _get(self, name: str, query: Query) -> tuple[bytes, str]:
        spaces = self.server.spaces
        if name == "complete":
            return as_json(complete(spaces, query))
        if name in QUESTIONS:
            return as_json(each(spaces, QUESTIONS[name](query)))
        try:
            return self.server.files[name or "index.html"]
        except KeyError:
            raise RefusedError(HTTPStatus.NOT_FOUND) from None

    def _post(self, name: str, _: Query) -> tuple[bytes, str]:
        if name != "end" or not self.headers.get("Origin"):
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED)
        self.close_connection = self._ends = True
        return b"", TEXT

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what http.server does not understand, in a few words."""
        del message, explain
        self.close_connection = True
        status = HTTPStatus(code)
        self._reply(status, status.phrase.encode(), TEXT)

    def _reply(self, status: HTTPStatus, body: bytes, content_type: str, **more: str) -> None:
        self.send_response(status)
        for name, value in (HEADERS | more).items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""
