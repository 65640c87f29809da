"""A terminal that stops reading stops neither the tail nor the alert."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.end_to_end.terminal import glance, until
from tests.end_to_end.traffic import Writer, request

STALL_SECONDS = 30.0 if os.environ.get("GLANCE_SOAK") else 5.0
LINES_PER_SECOND = 1000


def test_nothing_is_missed_while_the_terminal_does_not_read(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(request(time.time()))
    arguments = ("--refresh", "0.1", "--alertwindow", "0.05", "--alert-threshold", "10")
    with glance(log, *arguments, size=(200, 45)) as terminal:
        terminal.shows("all calm")
        terminal.stall()
        for width in range(150, 200):  # every size paints everything anew, until nothing more fits anywhere
            terminal.resize(width, 45)
        until(terminal.is_full, "no more room for output")
        began = time.time()
        with Writer(log, LINES_PER_SECOND) as writer:
            until(lambda: time.time() - began > STALL_SECONDS, "the stall", STALL_SECONDS + 10)
        assert terminal.is_full(), "nobody has read"
        terminal.resize(200, 45)
        terminal.go_on()
        terminal.shows(f"{writer.written + 1:,} lines")
        text = terminal.shows("High traffic generated an alert")
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored()

    assert writer.written > LINES_PER_SECOND * STALL_SECONDS * 0.9
    shown = re.search(r"triggered at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z", text)
    assert shown, text
    triggered_at = datetime.fromisoformat(shown[1]).replace(tzinfo=UTC).timestamp()
    assert int(began) <= triggered_at <= began + 4, "long before anybody read the terminal again"
