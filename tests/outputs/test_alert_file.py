"""The alert file: fluffy's lines, appended, whatever happens to the file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from glance.outputs.alert_file import AlertFile
from glance.outputs.output import DeliveryError
from tests.outputs.happenings import event

FIRED = "Monitor on alert 13 requests/sec at time 2023-11-14 22:13:20.25 +0000 UTC\n"
RESOLVED = "Monitor out of alert 3 requests/sec at 2023-11-14 22:14:20.25 +0000 UTC\n"


def test_both_turns_are_fluffys_lines_after_what_was_there(tmp_path: Path) -> None:
    """Fluffy began its file anew at every start, and with it went the history of alerts."""
    path = tmp_path / "alert.log"
    path.write_text("earlier\n")
    for status in ("firing", "resolved"):
        AlertFile(path).send(event(status), is_repeated=False)  # type: ignore[arg-type]

    assert path.read_text() == "earlier\n" + FIRED + RESOLVED


def test_a_file_that_was_rotated_away_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "alert.log"
    output = AlertFile(path)
    output.send(event(), is_repeated=False)
    path.rename(tmp_path / "alert.log.1")
    output.send(event("resolved"), is_repeated=False)

    assert (tmp_path / "alert.log.1").read_text() == FIRED
    assert path.read_text() == RESOLVED
    assert not stat.S_IMODE(path.stat().st_mode) & 0o137  # paths of others' requests are nobody's business


def test_a_file_that_was_truncated_goes_on_at_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "alert.log"
    output = AlertFile(path)
    output.send(event(), is_repeated=False)
    os.truncate(path, 0)
    output.send(event("resolved"), is_repeated=False)

    assert path.read_text() == RESOLVED


def test_f61_a_line_that_was_written_before_a_crash_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "alert.log"
    AlertFile(path).send(event(), is_repeated=False)
    AlertFile(path).send(event(), is_repeated=True)
    AlertFile(path).send(event("resolved"), is_repeated=True)

    assert path.read_text() == FIRED + RESOLVED


def test_a_line_that_a_full_disk_cut_short_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "alert.log"
    path.write_text("Monitor on al")
    AlertFile(path).send(event(), is_repeated=False)

    assert path.read_text() == "Monitor on al\n" + FIRED


def test_a_place_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    output = AlertFile(tmp_path / "no" / "alert.log")
    with pytest.raises(DeliveryError, match="No such file") as caught:
        output.send(event(), is_repeated=False)
    assert caught.value.is_passing

    (tmp_path / "no").mkdir()
    output.send(event(), is_repeated=True)
    assert (tmp_path / "no" / "alert.log").read_text() == FIRED


def test_a_pipe_is_written_too(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    AlertFile(path).send(event(), is_repeated=False)

    assert os.read(reader, 1000).decode() == FIRED
    os.close(reader)


def test_f68_a_segment_cannot_add_lines(tmp_path: Path) -> None:
    path = tmp_path / "alert.log"
    hostile = event(rule="rate > 10 over 2m by section", segment=b"/x\nMonitor out of alert\x1b[2J")
    AlertFile(path).send(hostile, is_repeated=False)

    (line,) = path.read_text().splitlines()
    assert line.isprintable()
