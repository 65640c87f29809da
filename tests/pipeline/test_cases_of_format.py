"""Logs that change what they are: F34 and F35 of the list of faults."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.pipeline.test_collector import line, staged
from tests.pipeline.test_keeping import kept


def caddy(number: int) -> bytes:
    """A line as Caddy writes it."""
    record = {
        "level": "info",
        "ts": time.time() - 5,
        "logger": "http.log.access",
        "msg": "handled request",
        "request": {"remote_ip": "203.0.113.9", "method": "GET", "uri": f"/n/{number}", "proto": "HTTP/2.0"},
        "duration": 0.01,
        "size": 10,
        "status": 200,
    }
    return json.dumps(record).encode() + b"\n"


async def test_f34_a_format_that_changes_in_the_midst_is_read_on(tmp_path: Path) -> None:
    """From combined to JSON: every line of both is a record."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(200)))
    async with kept(tmp_path / "glance.db", log) as stage:
        await stage.until(lambda scene: scene.totals.hits == 200)
        with log.open("ab") as file:
            file.write(b"".join(caddy(number) for number in range(200, 400)))
        scene = await stage.until(lambda scene: scene.lines_total == 400)
    assert (scene.totals.hits, scene.unparsed_total) == (400, 0)


async def test_f35_garbage_is_counted_and_shown_and_the_rest_is_read(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(200)))
    async with staged(log) as stage:
        await stage.until(lambda scene: scene.totals.hits == 200)
        with log.open("ab") as file:
            file.write(b"\x00\x1b]0;title\x07 what is this?\n" * 300 + line(200))
        scene = await stage.until(lambda scene: scene.totals.hits == 201)
    assert scene.lines_total == 501
    assert scene.unparsed_total == 300
    assert scene.unparsed_lines
