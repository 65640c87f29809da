"""A program whose profiles are written by somebody who wants to reach the terminal of who reads them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from glance.domain.profiles.parts import (
    Function,
    LabelSet,
    Line,
    Location,
    Mapping,
    Sample,
    ValueType,
    text_of,
)
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto_writer import written
from tests.end_to_end.hostile import PAYLOADS

EVILS = [text_of(payload) for payload in PAYLOADS.values()]
MOST = text_of(b"\x1b]52;c;ZXZpbA==\x07\x1b[2J\xc2\x9b2J\xe2\x80\xae[@click=app.quit]CLICKME[/]\n\xff")
"""Some of each in one."""

ROOT = "/debug/pprof/"
INDEX = "".join(f"<tr><td>1</td><td><a href='{kind}?debug=0'>{kind}</a></td></tr>" for kind in ("heap", "goroutine"))


def place(name: str, address: int, file: str = MOST) -> Location:
    """A function in a file of a mapping whose names are no better than its own."""
    function = Function(name, system_name=MOST, filename=file, start_line=1)
    mapping = Mapping(0x1000, 0xFFFFFF, file=f"/bin/{MOST}", build_id=MOST, has_functions=True)
    return Location(mapping, 0x1000 + address, (Line(function, 7),))


def profile(types: tuple[tuple[str, str], ...], weight: int) -> Profile:
    """A function for each payload: all of them in one stack, and each as one that compiles what could be kept."""
    evils = [place(f"main.{evil}", number, f"/src/{evil}.go") for number, evil in enumerate(EVILS, 1)]
    ends = [place("regexp.Compile", 100), place("net/http.HandlerFunc.ServeHTTP", 101), place("main.main", 102)]
    bare = Location(evils[0].mapping, 0x5000)  # shown by the name of its mapping
    values = tuple(weight * 10_000_000 if unit == "nanoseconds" else weight for _, unit in types)
    samples = [Sample((ends[0], bare, *evils, *ends[1:]), values, LabelSet({"route": (MOST,), MOST: (MOST,)}))]
    for evil, where in zip(EVILS, evils, strict=True):
        labels = LabelSet({"route": (f"/{evil}",), MOST: (evil,)}, {MOST: (3,)}, {MOST: (MOST,)})
        samples.append(Sample((ends[0], where, *ends[1:]), values, labels))
    return Profile.of(
        [ValueType(*one) for one in types], samples, time_nanos=time.time_ns(), duration_nanos=1_000_000_000,
        comments=(MOST, *EVILS), doc_url=f"https://{MOST}", period=1, period_type=ValueType(MOST, MOST),
    )  # fmt: skip


def cpu() -> bytes:
    """A CPU profile, with a kind of value that nobody knows."""
    return written(profile((("samples", "count"), ("cpu", "nanoseconds"), (MOST, MOST)), 100))


def heap(weight: int = 1) -> bytes:
    """Memory, so many times as much."""
    return written(
        profile(
            (
                ("alloc_objects", "count"),
                ("alloc_space", "bytes"),
                ("inuse_objects", "count"),
                ("inuse_space", "bytes"),
            ),
            weight << 20,
        )
    )


def goroutines(weight: int = 1) -> bytes:
    """Goroutines, so many times as many."""
    return written(profile((("goroutine", "count"),), weight))


def goroutine_text(names: Iterable[str] = PAYLOADS) -> bytes:
    """Goroutines with their states, which are no better; only these payloads."""
    one_line = [PAYLOADS[name].replace(b"\n", b"") for name in names]
    return b"\n".join(
        b"goroutine %d [%s, 9 minutes]:\nmain.%s(...)\n\t/src/%s.go:7 +0x1d\ncreated by main.%s in goroutine 1\n"
        b"\t/src/%s.go:9 +0x20\n" % (number, evil.replace(b"]", b""), evil, evil, evil, evil)
        for number, evil in enumerate(one_line, 2)
    )  # fmt: skip


class HostileProgram(BaseHTTPRequestHandler):
    """Serves them, more at every time; what it cannot serve it refuses with words."""

    protocol_version = "HTTP/1.1"
    polls = 0

    def do_GET(self) -> None:
        """Answer one request."""
        url = urlsplit(self.path)
        type(self).polls += 1
        match url.path.removeprefix(ROOT):
            case "":
                self._send(INDEX.encode() + MOST.encode("utf-8", "surrogateescape"))
            case "profile":
                self._send(cpu())
            case "heap" | "allocs":
                self._send(heap(self.polls))
            case "goroutine":
                self._send(goroutine_text() if parse_qs(url.query).get("debug") == ["2"] else goroutines(self.polls))
            case _:
                self._send(b"no: " + b"".join(PAYLOADS.values()), 500)

    def _send(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Go-Pprof", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002 - its name in the library
        """Nothing is logged."""


@contextmanager
def hostile_program() -> Iterator[str]:
    """The URL of one that runs."""
    handler = type("Handler", (HostileProgram,), {"polls": 0})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
