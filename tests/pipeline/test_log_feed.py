"""One log on its way in: formats that are named and do not fit, formats that change."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.pipeline.log_feed import LogFeed
from glance.sources.chunk import Chunk
from glance.sources.generation import stream_generation
from glance.sources.tail import Tail

GENERATION = stream_generation("-")
LINE = b'203.0.113.9 - - [22/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 10 "-" "curl/8"\n'


def chunk(data: bytes) -> Chunk:
    """Lines that came in live."""
    return Chunk("-", GENERATION, 0, data)


def test_a_named_format_that_lacks_something_is_said_and_ends_nothing() -> None:
    """`--format csv` of what has no header: the lines are counted, the reason is told."""
    feed = LogFeed(Tail("somewhere.log"), "csv")

    feed.take(chunk(b"a,b,c\n1,2,3\n"))

    assert (feed.lines, feed.unparsed) == (2, 2)
    assert "not known" in feed.status().note


def test_noise_does_not_take_the_name_of_the_format_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many lines that nothing reads: the log is still called what it is, and is not looked at again at once."""
    feed = LogFeed(Tail("somewhere.log"))
    feed.take(chunk(LINE * 5))
    looks = []
    understand = LogFeed.understand
    monkeypatch.setattr(LogFeed, "understand", lambda *given: looks.append(1) or understand(*given))

    for _ in range(10):
        feed.take(chunk(b"what is this?\n" * 50))

    assert feed.status().format == "combined"
    assert feed.unparsed == 500
    assert len(looks) == 1


async def test_a_line_too_long_to_hand_out_is_a_line_that_was_not_read(tmp_path: Path) -> None:
    """It counts, live as in the past."""
    log = tmp_path / "access.log"
    log.write_bytes(LINE + b"x" * 2000 + b"\n" + LINE)
    feed = LogFeed(Tail(log, line_limit=1000))
    for piece in await feed.source.poll():
        feed.take(piece)
    await feed.source.close()

    assert (feed.status().lines, feed.status().unparsed) == (3, 1)
