"""What a person reads when a program cannot be asked for its profiles: what, why, what to do; no library's words."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from glance.errors import SourceError
from glance.sources.scrape import Access, fetch_all, target_of
from tests.sources.test_scrape import Handler, Server, certificate, serving

__all__ = ["certificate"]

RAW = ("Errno", "ssl:", "Cannot connect", "aiohttp", "Connector", "[SSL", "object at", "()", "None")
"""Words that only programmers know."""


def failed(url: str, access: Access | None = None) -> SourceError:
    """Why it cannot be fetched; always said for people."""
    (found,) = asyncio.run(fetch_all([target_of(url)], access or Access(timeout_seconds=5)))
    assert isinstance(found, SourceError)
    assert found.what.startswith("cannot fetch")
    assert found.why
    assert not [word for word in RAW if word in f"{found.what} {found.why} {found.hint}"]
    return found


@contextmanager
def answering(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server that does this with every connection, and then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = failed(f"http://127.0.0.1:{unused.getsockname()[1]}/debug/pprof/heap")

    assert error.why == "connection refused: nothing listens there"
    assert "net/http/pprof" in error.hint


def test_a_name_that_nobody_has() -> None:
    error = failed("http://no-such-machine.invalid:6060/debug/pprof/heap")

    assert error.why == "no machine is known by the name no-such-machine.invalid"
    assert "name" in error.hint


def test_a_socket_that_is_not_there(tmp_path: Path) -> None:
    error = failed(f"unix:{tmp_path}/absent.sock")

    assert (error.why, error.hint) == ("there is no such socket", "is the program running?")


def test_tls_where_there_is_none() -> None:
    with answering(lambda connection: connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")) as place:
        error = failed(f"https://{place}/debug/pprof/heap")

    assert (error.why, error.hint) == ("it does not speak TLS", "http:// instead of https://")


def test_none_where_there_is_tls_as_go_answers_it() -> None:
    body = b"Client sent an HTTP request to an HTTPS server.\n"
    head = b"HTTP/1.0 400 Bad Request\r\nContent-Length: %d\r\n\r\n" % len(body)

    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(head + body)

    with answering(answer) as place:
        error = failed(f"http://{place}/debug/pprof/heap")

    assert (error.why, error.hint) == ("it speaks TLS only", "https:// instead of http://")


def test_a_certificate_that_nobody_vouches_for(certificate: Path) -> None:
    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    for _ in serving(server):
        error = failed(f"https://127.0.0.1:{server.server_address[1]}/heap")

    assert error.why == "its certificate is not trusted: self-signed certificate"
    assert "--tls-ca" in error.hint


def test_it_hangs_up_without_a_word() -> None:
    with answering(lambda connection: connection.recv(4096)) as place:
        error = failed(f"http://{place}/debug/pprof/heap")

    assert error.why in {"it closed the connection without an answer", "it closed the connection in the middle"}


def test_it_speaks_something_else() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")

    with answering(answer) as place:
        error = failed(f"http://{place}/debug/pprof/heap")

    assert (error.why, error.hint) == ("what it answers is no HTTP", "is that the right port?")


def test_it_says_nothing_for_too_long() -> None:
    over = threading.Event()
    with answering(lambda _connection: over.wait(10)) as place:
        error = failed(f"http://{place}/debug/pprof/heap", Access(timeout_seconds=0.2))
        over.set()

    assert error.why == "no whole answer within 0.2 seconds"


@pytest.mark.parametrize(("path", "why"), [("absent", "there is nothing at this address"), ("cut", "in the middle")])
def test_it_answers_and_not_with_a_profile(path: str, why: str) -> None:
    for server in serving(Server(("127.0.0.1", 0), Handler)):
        error = failed(f"http://127.0.0.1:{server.server_address[1]}/{path}")

    assert why in error.why
    if path == "absent":
        assert error.hint == "does the program import net/http/pprof?"
