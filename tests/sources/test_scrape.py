"""Profiles are fetched from servers that answer well, late, wrongly, too much, or not at all."""

from __future__ import annotations

import asyncio
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from glance.errors import SourceError
from glance.sources.scrape import Access, BusyError, fetch_all, is_url, target_of

BUSY = b"Could not enable CPU profiling: cpu profiling already in use\n"


PLAIN = Access()


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    protocol_version = "HTTP/1.1"
    release = threading.Event()

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        getattr(self, "answer_" + path.rpartition("/")[2], self.answer_profile)(query)

    def send(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def answer_profile(self, query: str) -> None:
        self.send(200, f"{self.path}|{self.headers.get('Authorization')}|{query}".encode())

    def answer_busy(self, query: str) -> None:
        self.send(500, BUSY, X_Go_Pprof="1")

    def answer_broken(self, query: str) -> None:
        self.send(500, b"seconds and debug params are incompatible\x1b[2J", X_Go_Pprof="1")

    def answer_proxy(self, query: str) -> None:
        self.send(502, b"<html>" + b"x" * 9000)

    def answer_denied(self, query: str) -> None:
        self.send(401, b"")

    def answer_absent(self, query: str) -> None:
        self.send(404, b"404 page not found")

    def answer_large(self, query: str) -> None:
        self.send(200, b"x" * 4000)

    def answer_cut(self, query: str) -> None:
        self.send(200, b"x" * 10, length=4000)
        self.close_connection = True

    def answer_moved(self, query: str) -> None:
        self.send(302, b"", Location="/debug/pprof/heap")

    def answer_away(self, query: str) -> None:
        self.send(302, b"", Location="http://203.0.113.7/debug/pprof/heap")

    def answer_port(self, query: str) -> None:
        self.send(302, b"", Location="http://127.0.0.1:9/debug/pprof/heap")

    def answer_odd(self, query: str) -> None:
        self.send(302, b"", Location="javascript:alert(1)")

    def answer_circle(self, query: str) -> None:
        self.send(307, b"", Location="/circle")

    def answer_hanging(self, query: str) -> None:
        self.release.wait(10)
        self.close_connection = True

    def log_message(self, *_: object) -> None: ...

    def address_string(self) -> str:
        return "unix"


class Server(ThreadingHTTPServer):
    daemon_threads = True


class SocketServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def serving(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    Handler.release.clear()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        Handler.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def base() -> Iterator[str]:
    for server in serving(Server(("127.0.0.1", 0), Handler)):
        yield f"http://127.0.0.1:{server.server_address[1]}"


def fetched(url: str, seconds: int | None = None, access: Access = PLAIN, **given: object) -> bytes | SourceError:
    (found,) = asyncio.run(fetch_all([target_of(url, seconds)], access, **given))
    return found


def test_a_profile_is_fetched_for_so_many_seconds(base: str) -> None:
    assert fetched(base, 5, Access(token="secret")) == b"/debug/pprof/profile?seconds=5|Bearer secret|seconds=5"
    assert fetched(f"{base}/debug/pprof/heap?debug=0") == b"/debug/pprof/heap?debug=0|None|debug=0"
    assert fetched(f"{base}/x?seconds=9&a=1", 2) == b"/x?a=1&seconds=2|None|a=1&seconds=2"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("broken", "the program says: seconds and debug params are incompatible␛[2J"),
        ("proxy", "status 502: <html>"),
        ("denied", "it wants to know who asks"),
        ("absent", "there is nothing at this address"),
        ("large", "more than 1,000 bytes"),
        ("cut", "the connection ended in the middle of the answer"),
        ("away", "another place: http://203.0.113.7/debug/pprof/heap"),
        ("port", "another place: http://127.0.0.1:9/debug/pprof/heap"),
        ("odd", ""),
        ("circle", "on and on"),
    ],
)
def test_what_is_no_profile_is_told_in_words(base: str, path: str, said: str) -> None:
    error = fetched(f"{base}/{path}", access=Access(most_bytes=1000))

    assert isinstance(error, SourceError)
    assert said in error.why
    assert "\x1b" not in error.why
    assert path in error.what


def test_somebody_else_takes_a_profile(base: str) -> None:
    error = fetched(f"{base}/busy")

    assert isinstance(error, BusyError)
    assert "somebody else" in error.why


def test_a_redirect_on_the_same_host_is_followed(base: str) -> None:
    assert fetched(f"{base}/moved") == b"/debug/pprof/heap|None|"


def test_what_hangs_is_given_up(base: str) -> None:
    error = fetched(f"{base}/hanging", access=Access(timeout_seconds=0.2))

    assert isinstance(error, SourceError)
    assert error.why == "no whole answer within 0.2 seconds"


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = fetched(f"http://127.0.0.1:{unused.getsockname()[1]}/")

    assert isinstance(error, SourceError)
    assert "cannot fetch" in error.what


def test_seconds_that_pass_are_shown(base: str) -> None:
    passed: list[int] = []

    fetched(f"{base}/hanging", access=Access(timeout_seconds=0.05), on_second=passed.append)
    assert passed == [0]


def test_many_are_fetched_at_once_and_one_failure_is_in_its_place(base: str) -> None:
    targets = [target_of(f"{base}/{path}") for path in ("a", "busy", "b")]
    first, second, third = asyncio.run(fetch_all(targets, Access()))

    assert first == b"/a|None|"
    assert isinstance(second, BusyError)
    assert third == b"/b|None|"


def test_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "app.sock"
    for _ in serving(SocketServer(str(path), Handler)):
        assert fetched(f"unix:{path}:/debug/pprof/heap") == b"/debug/pprof/heap|None|"
        quoted = str(path).replace("/", "%2F")
        assert fetched(f"http+unix://{quoted}/debug/pprof/allocs") == b"/debug/pprof/allocs|None|"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate")
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    out = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([openssl, *words.split(), *out], check=True, capture_output=True)
    return tmp_path / "cert.pem"


def test_tls_is_verified_unless_it_shall_not_be(certificate: Path) -> None:
    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    for _ in serving(server):
        url = f"https://127.0.0.1:{server.server_address[1]}/heap"
        error = fetched(url)
        assert isinstance(error, SourceError)
        assert "--insecure" in error.hint
        assert fetched(url, access=Access(tls_ca=str(certificate))) == b"/heap|None|"
        assert fetched(url, access=Access(insecure=True)) == b"/heap|None|"


def test_certificates_that_cannot_be_read(base: str) -> None:
    error = fetched(f"{base}/heap", access=Access(tls_cert="absent.pem"))

    assert isinstance(error, SourceError)
    assert "absent.pem" in error.what


@pytest.mark.parametrize(
    ("source", "url", "seconds", "takes"),
    [
        ("http://h:6060", "http://h:6060/debug/pprof/profile", None, 30),
        ("http://h:6060/", "http://h:6060/debug/pprof/profile?seconds=4", 4, 4),
        ("http://h/debug/pprof/heap", "http://h/debug/pprof/heap", None, 0),
        ("http://h/debug/pprof/heap?seconds=7", "http://h/debug/pprof/heap?seconds=7", None, 7),
        ("http://h/p?gc=0", "http://h/p?gc=0&seconds=3", 3, 3),
    ],
)
def test_addresses(source: str, url: str, seconds: int | None, takes: int) -> None:
    target = target_of(source, seconds)

    assert is_url(source)
    assert (target.url, target.seconds) == (url, takes)


@pytest.mark.parametrize("source", ["http://", "http://[::1", "http://h:99999999/"])
def test_addresses_that_lead_nowhere(source: str) -> None:
    with pytest.raises(SourceError):
        target_of(source)


def test_passwords_and_keys_are_not_shown() -> None:
    assert target_of("http://me:secret@h/heap?key=secret").name == "http://h/heap"
