"""Who is answered by the server of the page, and that nothing crashes it."""

import http.client
import json
import random
import socket
import string
import threading
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

import pytest
from explorers import ODD_WORDS, royal_words, serving
from processes import DEADLINE

from fastvec._util import page_server
from fastvec._util.page_server import HEADERS
from fastvec.explore.server import POLICY, QUESTIONS, Explorer, page_files


@pytest.fixture(scope="module")
def explorer() -> Iterator[Explorer]:
    with serving(royal_words(), royal_words(turned=True)) as explorer:
        yield explorer


def port(explorer: Explorer) -> int:
    return explorer.server_address[1]


def request(
    explorer: Explorer,
    path: str = "",
    method: str = "GET",
    body: bytes | None = None,
    **headers: str,
) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer to a request; the token is put before a path without a slash at its start."""
    connection = http.client.HTTPConnection("127.0.0.1", port(explorer), timeout=DEADLINE)
    path = path if path.startswith("/") else f"/{explorer.token}/{path}"
    connection.request(
        method, path, body, {name.replace("_", "-"): text for name, text in headers.items()}
    )
    response = connection.getresponse()
    try:
        return response, response.read()
    finally:
        connection.close()


def status(explorer: Explorer, *given: str, **more: str) -> int:
    return request(explorer, *given, **more)[0].status


def ask(explorer: Explorer, question: str, **fields: str) -> object:
    response, body = request(explorer, f"{question}?{urlencode(fields)}")
    assert response.status == 200, body
    return json.loads(body)


def assert_all_headers(response: http.client.HTTPResponse) -> None:
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    policy = response.headers["Content-Security-Policy"]
    assert policy == f"{POLICY}; frame-ancestors 'none'"


def is_alive(explorer: Explorer) -> bool:
    return ask(explorer, "complete", q="kin") == ["king"]


def test_the_page_and_its_files(explorer: Explorer) -> None:
    assert {"index.html", "style.css", "main.js", "icon.svg"} <= set(page_files())
    for name, (content, kind) in page_files().items():
        response, body = request(explorer, name)
        assert (response.status, body, response.headers["Content-Type"]) == (200, content, kind)
    assert request(explorer)[1] == page_files()["index.html"][0]


def test_nothing_is_loaded_from_elsewhere() -> None:
    for name, (content, _) in page_files().items():
        text = content.decode().replace("http://www.w3.org/2000/svg", "")
        assert "//" not in text.replace("// ", ""), name
        assert "innerHTML" not in text, name


def test_every_answer_has_all_headers(explorer: Explorer) -> None:
    for path in ("", "spaces", "nowhere", "/", "neighbours?q=king&n=x"):
        response, _ = request(explorer, path)
        assert_all_headers(response)
        assert response.headers["Access-Control-Allow-Origin"] is None
        assert "Python" not in response.headers["Server"]


def test_answers_of_all_spaces(explorer: Explorer) -> None:
    assert [facts["name"] for facts in ask(explorer, "spaces")] == ["a.bin", "b.bin"]
    one, other = ask(explorer, "neighbours", q="king - man + woman", n="2")
    assert one["found"][0][0] == "queen"
    assert other["found"] != one["found"]
    assert ask(explorer, "neighbours", q="quen", n="2")[0]["meant"][0] == "queen"
    assert (
        ask(explorer, "analogy", a="man", b="king", c="woman", n="1")[0]["found"][0][0] == "queen"
    )
    assert ask(explorer, "odd", q="king queen apple")[1]["found"][-1][0] == "apple"
    assert ask(explorer, "matrix", q="king queen")[0]["cosines"][0][0] == 1
    assert len(ask(explorer, "map", layout="pca")[1]["words"]) == len(royal_words())
    assert "king" in ask(explorer, "located", q="king", n="1", layout="pca")[0]["places"]


@pytest.mark.parametrize("word", ODD_WORDS)
def test_odd_words_arrive_as_they_are(explorer: Explorer, word: str) -> None:
    assert ask(explorer, "neighbours", q=word, n="1")[0]["terms"] == [[word, 1.0]]
    assert word in ask(explorer, "complete", q=word)


def test_the_token_is_needed(explorer: Explorer) -> None:
    token = explorer.token
    for path in (
        "/", "//", "/spaces", f"/{token}", f"/{token[:-1]}/", f"/{token}x/",
        f"/{token.swapcase()}/spaces", f"/x/{token}/", f"/?{token}/",
        f"/%{ord(token[0]):x}{token[1:]}/", "/favicon.ico", "/robots.txt",
    ):  # fmt: skip
        response, body = request(explorer, path)
        assert (response.status, body) == (403, b"Forbidden"), path


def test_tokens_are_long_and_new(explorer: Explorer) -> None:
    with Explorer([]) as other:
        assert other.token != explorer.token
        assert len(other.token) >= 32
        assert other.server_address[0] == "127.0.0.1"
        assert other.server_address[1] != port(explorer)


def test_an_address_that_works_once(explorer: Explorer) -> None:
    """It is in the command line of the browser, which others can see."""
    place = urlsplit(explorer.opening).path
    assert explorer.token not in place
    assert status(explorer, place, Host="evil.example") == 403
    assert status(explorer, place, Origin="http://evil.example") == 403
    assert status(explorer, f"{place}x") == status(explorer, f"{place}/spaces") == 403
    response, body = request(explorer, place)
    assert (response.status, body) == (303, b"")
    assert response.headers["Location"] == f"/{explorer.token}/"
    assert_all_headers(response)
    assert status(explorer, place) == 403
    assert urlsplit(explorer.opening).path != place


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "localhost:8765"])
def test_names_of_this_machine(explorer: Explorer, host: str) -> None:
    """Also with another port: a tunnel has its own."""
    assert status(explorer, Host=host) == 200
    assert status(explorer, Host=host, Origin=f"http://{host}") == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "127.0.0.1:x",
     "0.0.0.0", "192.168.0.1", "user@127.0.0.1", "127.0.0.1 evil", "localhost.", "[::1]:123456"],
)  # fmt: skip
def test_other_names_are_refused(explorer: Explorer, host: str) -> None:
    """A name of somebody else that leads here is how DNS rebinding begins."""
    assert status(explorer, "spaces", Host=host) == 403
    assert status(explorer, "spaces", Host=host, Origin=f"http://{host}") == 403


def test_two_hosts_and_none_are_refused(explorer: Explorer) -> None:
    own = f"Host: 127.0.0.1:{port(explorer)}\r\n"
    for headers in ("", own + "Host: evil.example\r\n", "Host: evil.example\r\n" + own):
        text = f"GET /{explorer.token}/spaces HTTP/1.1\r\n{headers}Connection: close\r\n\r\n"
        assert raw(explorer, text.encode()).startswith(b"HTTP/1.1 403 ")
    assert b"king" not in raw(explorer, f"GET /{explorer.token}/map\r\n\r\n".encode())


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", "", "file://"],
)
def test_other_origins_are_refused(explorer: Explorer, origin: str) -> None:
    assert status(explorer, "spaces", Origin=origin) == 403
    assert status(explorer, "end", method="POST", Origin=origin) in (403, 405)
    assert is_alive(explorer)


def test_what_other_pages_ask_for_is_refused(explorer: Explorer) -> None:
    for site in ("cross-site", "same-site", "x"):
        assert status(explorer, "spaces", Sec_Fetch_Site=site) == 403
        assert status(explorer, "main.js", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors") == 403
        frame = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}
        assert status(explorer, Sec_Fetch_Site=site, **frame) == 403
        link = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
        assert status(explorer, Sec_Fetch_Site=site, **link) == 200
        assert status(explorer, "end", method="POST", Sec_Fetch_Site=site, **link) == 403
    assert status(explorer, "spaces", Sec_Fetch_Site="same-origin") == 200
    assert is_alive(explorer)


@pytest.mark.parametrize(
    "path",
    ["..", "../", "../server.py", "..%2fserver.py", "%2e%2e/server.py", "page/", ".", "./main.js",
     "..\\server.py", "/etc/passwd", "main.js/", "main.js%00.html", "%00", "INDEX.HTML",
     "__init__.py", "....//server.py", "a" * 5000],
)  # fmt: skip
def test_no_other_file_and_no_listing(explorer: Explorer, path: str) -> None:
    response, body = request(explorer, f"/{explorer.token}/{path}")
    assert (response.status, body) == (404, b"Not Found")


def test_methods(explorer: Explorer) -> None:
    for method in ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW"):
        assert status(explorer, "spaces", method=method) == 501
    own = f"http://127.0.0.1:{port(explorer)}"
    assert status(explorer, "spaces", method="POST", Origin=own) == 405
    assert status(explorer, "end") == 404
    assert is_alive(explorer)


def test_wrong_questions(explorer: Explorer) -> None:
    for question in (
        "neighbours", "neighbours?q=king", "neighbours?q=king&n=x", "complete", "matrix", "odd?n=3",
        "analogy?a=1&b=2&n=3", "located?q=king&n=1e3", f"complete?{'q=king&' * 99}",
    ):  # fmt: skip
        response, body = request(explorer, question)
        assert response.status == 400, question
        assert body.startswith(b"wrong question: ")
    for question in (
        "neighbours?q=king&n=-1",
        "neighbours?q=&n=5",
        "matrix?q=",
        "neighbours?q=%ff&n=1",
    ):
        response, body = request(explorer, question)
        assert (response.status, "error" in json.loads(body)[0]) == (200, True)


def test_a_fault_of_ours_is_told_and_ends_nothing(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(QUESTIONS, "spaces", lambda _: 1 / 0)
    response, body = request(explorer, "spaces")
    assert response.status == 500
    assert body == b"a fault of fastvec, please report it: ZeroDivisionError: division by zero"
    assert is_alive(explorer)


def test_bodies_are_not_read(explorer: Explorer) -> None:
    own = f"http://127.0.0.1:{port(explorer)}"
    assert status(explorer, "spaces", body=b"x") == 413
    assert status(explorer, "end", method="POST", body=b"x", Origin=own) == 413
    announced = (
        f"GET /{explorer.token}/map HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10**15}\r\n\r\n"
    )
    assert raw(explorer, announced.encode()).startswith(b"HTTP/1.1 413 ")
    chunked = (
        f"POST /{explorer.token}/end HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n"
    )
    assert raw(explorer, chunked.encode()).startswith(b"HTTP/1.1 413 ")
    assert is_alive(explorer)


def raw(explorer: Explorer, sent: bytes) -> bytes:
    """What the server answers to some bytes, after which nothing more is sent."""
    with socket.create_connection(("127.0.0.1", port(explorer)), timeout=DEADLINE) as connection:
        received = b""
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while some := connection.recv(1 << 16):
                received += some
        except OSError:  # it was closed while we wrote
            pass
        return received


def test_huge_requests(explorer: Explorer) -> None:
    start = f"GET /{explorer.token}/".encode()
    assert raw(explorer, start + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n")[9:12] in (b"414", b"")
    assert raw(explorer, start + b" HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n")[9:12] in (
        b"431",
        b"",
    )
    many = b"".join(b"X%d: 1\r\n" % i for i in range(1000))
    assert raw(explorer, start + b" HTTP/1.1\r\n" + many + b"\r\n")[9:12] in (b"431", b"")
    assert is_alive(explorer)


def test_a_thousand_random_requests(explorer: Explorer) -> None:
    """None of them crashes the server, and none gets anything but an answer in HTTP."""
    draw = random.Random(22)
    questions = ["", *QUESTIONS, *page_files(), "end", "x"]
    for _ in range(1000):
        kind = draw.randrange(4)
        if kind == 0:
            sent = draw.randbytes(draw.randrange(200))
        else:
            fields = {
                draw.choice("qabcnwx"): draw.choice(
                    [*ODD_WORDS, "king", "5", "-1", "1e9", "", draw.randbytes(9).decode("latin-1"),
                     "".join(draw.choices(string.printable, k=30)), "😀" * 50, "king + " * 50]
                )
                for _ in range(draw.randrange(5))
            }  # fmt: skip
            path = (
                f"/{explorer.token}/{draw.choice(questions)}?{urlencode(fields, errors='replace')}"
            )
            method = draw.choice(["GET", "GET", "GET", "POST", "PUT", "get", ""])
            sent = f"{method} {path} HTTP/1.{draw.randrange(3)}\r\nHost: localhost\r\n\r\n".encode()
        if kind == 1 and sent:  # one byte is another
            place = draw.randrange(len(sent))
            sent = sent[:place] + draw.randbytes(1) + sent[place + 1 :]
        received = raw(explorer, sent)
        assert received[:7] in (b"", b"HTTP/1.") or b"king" not in received
        assert b"fault of fastvec" not in received, sent
    assert is_alive(explorer)


def test_connections_beyond_a_limit_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "CONNECTIONS", 2)
    with serving(royal_words()) as small:
        address = ("127.0.0.1", port(small))
        kept = [socket.create_connection(address, timeout=DEADLINE) for _ in range(2)]
        for connection in kept:  # an answer shows that the connection has its thread
            connection.sendall(
                f"GET /{small.token}/spaces HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            )
            assert connection.recv(12) == b"HTTP/1.1 200"
        with socket.create_connection(address, timeout=DEADLINE) as third:
            assert third.recv(1) == b""
        for connection in kept:
            connection.close()


def test_several_requests_on_one_connection(explorer: Explorer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port(explorer), timeout=DEADLINE)
    for word in ("king", "quen", "queen"):
        connection.request("GET", f"/{explorer.token}/neighbours?q={quote(word)}&n=1")
        assert connection.getresponse().read()
    connection.close()


def test_the_page_ends_the_server() -> None:
    with Explorer([]) as explorer:
        thread = threading.Thread(target=explorer.serve_forever)
        thread.start()
        own = f"http://127.0.0.1:{port(explorer)}"
        assert (
            status(explorer, "end", method="POST", Origin=own, Sec_Fetch_Site="same-origin") == 200
        )
        thread.join(DEADLINE)
        assert not thread.is_alive()
