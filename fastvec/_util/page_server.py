"""A server of one page: it listens on this machine only, and answers those who know its token.

A page of somebody else that is open in the same browser can read nothing: it does not know the
token, which is a part of every address; names that lead here from elsewhere (DNS rebinding) and
requests that come from other pages are refused; no answer may be shown in a frame.  Files are
those that were given when the server was made, so that no path of a request reaches the disk.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import socketserver
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

HOST = "127.0.0.1"
CONNECTIONS = 64  # at once; more are closed
PATIENCE = 30  # seconds that a connection may be silent
MOST_FIELDS = 8  # of a question

#: the names of this machine, with any port: a tunnel from another machine has its own
LOCAL = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Query = dict[str, str]
Files = Mapping[str, tuple[bytes, str]]


class PageServer(socketserver.ThreadingTCPServer):
    """A server of a page; ``serve_forever`` ends when the page says so, or with Ctrl-C.

    Parameters
    ----------
    files : dict
        the bytes and the type of each file of the page, by its name; ``index.html`` is the page.
    policy : str
        the content security policy of the page, to which is added that no frame may show it.
    port : int
        0, the default, takes one that is free.

    >>> with PageServer({}, "default-src 'none'") as server:
    ...     server.address.startswith("http://127.0.0.1:")
    True
    """

    allow_reuse_address = os.name == "posix"  # elsewhere another program could take the port, too
    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self, files: Files, policy: str, port: int = 0) -> None:
        self.files = files
        self.policy = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
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

    def answer(self, name: str, _: Query) -> tuple[bytes, str]:
        """The file with a name, and its type; subclasses answer questions, too."""
        try:
            return self.files[name or "index.html"]
        except KeyError:
            raise RefusedError(HTTPStatus.NOT_FOUND) from None

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

    server: PageServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "fastvec", ""
    timeout = PATIENCE
    _ends = False

    def do_GET(self) -> None:
        """Answer with a file of the page, or an answer as JSON."""
        if self._is_from_here() and self.server.take_ticket(self.path):
            self._reply(HTTPStatus.SEE_OTHER, b"", TEXT, Location=f"/{self.server.token}/")
        else:
            self._respond(self.server.answer)

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
        for name, value in (HEADERS | self.server.policy | more).items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""
