"""The page of SQL in a terminal: what is remembered between runs, what is written, and hostile cells."""

from __future__ import annotations

import base64
import json
import re
import time
from pathlib import Path

from tests.end_to_end.byte_oracle import OWN, foreign
from tests.end_to_end.hostile import line, lines
from tests.end_to_end.terminal import environment, glance

SIZE = (120, 40)
QUERY = "SELECT path, count(*) AS hits FROM log GROUP BY path ORDER BY path LIMIT 3"
_COPY = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def test_a_query_is_answered_exported_copied_and_brought_back_the_next_time(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    now = time.time()
    log.write_bytes(b"".join(line(now - 20, path=f"/own/{number % 3}".encode()) for number in range(10)))
    with glance(log, "--refresh", "0.2", size=SIZE, env=environment(), cwd=tmp_path) as terminal:
        terminal.shows("by hits")
        terminal.press(";")
        terminal.shows("log has 10 rows")
        terminal.write(QUERY.encode())
        terminal.press("enter")
        terminal.shows("3 rows")
        terminal.press("y")
        terminal.shows("copied the value")
        assert [base64.b64decode(text) for text in _COPY.findall(bytes(terminal.raw))] == [b"/own/0"]
        terminal.press("x")
        terminal.shows("the rows as objects")
        terminal.press("j")
        terminal.shows("wrote glance-access.log-")
        (written,) = tmp_path.glob("glance-access.log-*.json")
        assert json.loads(written.read_text()) == [
            {"path": "/own/0", "hits": 4}, {"path": "/own/1", "hits": 3}, {"path": "/own/2", "hits": 3},
        ]  # fmt: skip
        terminal.press("esc")
        terminal.shows("by hits")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_restored()
    with glance(log, "--refresh", "0.2", size=SIZE, env=environment(), cwd=tmp_path) as terminal:
        terminal.shows("by hits")
        terminal.press(";")
        terminal.shows("log has 10 rows")
        terminal.write(b"\x1b[A")
        terminal.shows(QUERY)
        terminal.press("enter")
        terminal.shows("3 rows")


def test_hostile_cells_pass_nothing_on(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(lines(time.time() - 30)))
    with glance(log, "--refresh", "0.2", size=SIZE, env=environment(), cwd=tmp_path) as terminal:
        terminal.shows("by hits")
        terminal.press(";")
        terminal.shows("log has")
        terminal.write(b"SELECT path, agent, referrer, user, client, host FROM log ORDER BY length(path)")
        terminal.press("enter")
        terminal.shows("records")
        for key in (b"z", b"jj", b"z", b"G", b"\x1b[C\x1b[C\x1b[C", b"Y"):
            terminal.write(key)
            terminal.shows("records")
        terminal.shows("copied the row")
        terminal.press("x")
        terminal.shows("the rows as objects")
        terminal.press("s")
        terminal.shows("wrote glance-")
        terminal.press("q")
        assert terminal.ends() == 0
    raw = _COPY.sub(b"", bytes(terminal.raw))  # only now: before, the last sequence may be written in part
    assert foreign(raw, SIZE, OWN) == []
