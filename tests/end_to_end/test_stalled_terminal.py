"""A terminal that stops reading stops neither the tail nor the alert."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from tests.end_to_end.terminal import glance, until
from tests.end_to_end.traffic import Writer, append, numbered, request

STALL_SECONDS = 30.0 if os.environ.get("GLANCE_SOAK") else 5.0
LINES_PER_SECOND = 1000


def test_nothing_is_missed_while_the_terminal_does_not_read(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(request(time.time()))
    arguments = ("--refresh", "0.1", "--alertwindow", "0.05", "--alert-threshold", "10")
    with glance(log, *arguments, size=(160, 45)) as terminal:
        terminal.shows("all calm")
        terminal.stall()
        for width in range(110, 160):  # every size paints everything anew, until nothing more fits anywhere
            terminal.resize(width, 45)
        began = time.time()
        with Writer(log, LINES_PER_SECOND) as writer:
            until(lambda: time.time() - began > STALL_SECONDS, "the stall", STALL_SECONDS + 10)
        ended = time.time()
        terminal.resize(160, 45)
        terminal.go_on()
        text = terminal.shows(f"{writer.written + 1:,} lines")
        text = terminal.shows("High traffic generated an alert")
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored()

    assert writer.written > LINES_PER_SECOND * STALL_SECONDS * 0.9
    shown = re.search(r"triggered at (\S+ )?(\d\d:\d\d:\d\d)", text)
    assert shown, text
    stall = [time.strftime("%H:%M:%S", time.gmtime(second)) for second in range(int(began), int(ended) + 1)]
    assert shown[2] in stall
