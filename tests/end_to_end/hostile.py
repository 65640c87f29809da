"""Lines of a log as somebody writes them who wants to reach the terminal of who reads it."""

from __future__ import annotations

import time

PAYLOADS: dict[str, bytes] = {
    "OSC 52 clipboard": b"\x1b]52;c;ZXZpbA==\x07",
    "OSC 0 title": b"\x1b]0;evil\x07",
    "OSC 8 link": b"\x1b]8;;http://evil.example\x1b\\evil\x1b]8;;\x1b\\",
    "OSC 22 pointer": b"\x1b]22;wait\x07",
    "CSI colour": b"\x1b[5;8mevil",
    "CSI place": b"\x1b[999;999Hevil",
    "CSI erase": b"\x1b[2J\x1b[3J",
    "CSI question": b"\x1b[6n\x1b[c\x1b[21t",
    "CSI mode": b"\x1b[?1002h\x1b[?9h",
    "DCS": b"\x1bP+q544e\x1b\\\x1bP1$r0m\x1b\\",
    "APC PM SOS": b"\x1b_evil\x1b\\\x1b^evil\x1b\\\x1bXevil\x1b\\",
    "reset": b"\x1bc\x1b(0",
    "C1 in UTF-8": "\x9b2J\x9d0;evil\x9c\x90q\x9c\x85\x84".encode(),
    "C1 raw": b"\x9b2J\x9d0;evil\x9c\x90q\x9c",
    "C0": b"\x01\x02\x05\x07\x08\x0b\x0c\x0e\x0f\x11\x13\x1a\x1c",
    "NUL": b"a\x00b",
    "DEL": b"a\x7f\x7fb",
    "CR": b"a\rb",
    "bidi": "\u202eevil\u202c\u2066evil\u2069\u200f\u061c".encode(),
    "zero width": "e\u200bv\u200ci\u200dl\u2060\ufeff\u00ad".encode(),
    "separators": "a\u2028b\u2029c\u0085d\u00a0e\u3000f".encode(),
    "tags": "".join(chr(0xE0000 + ord(letter)) for letter in "evil").encode(),
    "selectors": "a\ufe0eb\ufe0fc\U000e0101d".encode(),
    "private use": "\ue000\U0010fffd".encode(),
    "surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "overlong": b"\xc0\x9b\xe0\x80\x9b2J\xff\xfe",
    "marks": b"Z" + "\u0300\u0489\u20dd".encode() * 30,
    "wide": "日本語ｗｉｄｅ".encode() * 20,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪".encode(),
    "Hangul jamo": "\u1100\u1161\u11a8".encode() * 10,
    "action": b"[@click=app.quit]CLICKME[/]",
    "action of ours": b"[@click=screen.pause]CLICKME[/]",
    "open markup": b"[/x",
    "link markup": b"[link=http://evil.example]x[/link]",
    "colour markup": b"[red]x[/red][bold",
    "variable": b"$x",
    "emoji code": b":bomb:",
    "percent": b"%1b%5b2J%e2%80%ae%00",
    "escapes of a log": rb"\x1b[2J\u202e\033]0;evil\007",
    "formula": b"=HYPERLINK(1)",
    "pipe and backtick": b"|`evil`|<script>",
}
"""What is tried, by name. None of it holds a space or a line end, which would end a field."""


def fields(payload: bytes) -> dict[str, bytes]:
    """A harmless request."""
    return {
        "host": b"www.example.com",
        "client": b"203.0.113.7",
        "user": b"-",
        "method": b"GET",
        "path": b"/shop/cart",
        "referrer": b"https://www.example.com/",
        "agent": b"Mozilla/5.0",
    }


def line(at: float, **changed: bytes) -> bytes:
    """A line of the combined format with the host before it; fields by name."""
    said = fields(b"") | changed
    when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at)).encode()
    return b'%s %s - %s [%s] "%s %s HTTP/1.1" 200 512 "%s" "%s"\n' % (
        said["host"], said["client"], said["user"], when, said["method"], said["path"], said["referrer"], said["agent"],
    )  # fmt: skip


def lines(at: float) -> list[bytes]:
    """Ordinary lines, a giant, then every payload in every field and in lines that no format reads."""
    found = [line(at) for _ in range(100)]
    found.append(line(at, path=b"/marks" + "\u0301".encode() * 100_000))
    found.append(line(at, path=b"/megabyte/" + b"A\x1b[2J" * 170_000))
    found.append(b"\x1b]0;evil\x07" * 100_000 + b"\n")
    for evil in PAYLOADS.values():
        found.append(line(at, path=b"/" + evil + b"/x", client=evil, referrer=evil, agent=evil))
        found.append(line(at, path=evil, method=evil, user=evil, host=evil))
        found.append(b"no format reads " + evil + b"\n")
    return found
