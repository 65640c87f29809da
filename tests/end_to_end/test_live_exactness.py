"""Every line that is written is counted, once, whatever happens to the file."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal, glance, run, until
from tests.end_to_end.traffic import Writer, append, numbered, request

MANY = 400
"""Lines between two events."""


def counts(terminal: Terminal, lines: int) -> None:
    """Wait for a number of lines, and see that it stays when the next picture comes; after an end none does."""
    wanted = f" {lines:,} lines"
    terminal.shows(wanted)
    seen = len(terminal.raw)
    terminal.shows(lambda text: (len(terminal.raw) > seen and " lines" in text) or "log ends" in text)
    assert wanted in terminal.text


def counts_more(terminal: Terminal, lines: int) -> None:
    """Wait for more than a number of lines."""
    terminal.shows(lambda text: shown_lines(text) > lines)


def leaves(terminal: Terminal) -> None:
    """Quit, and find everything in order."""
    terminal.press("q")
    assert terminal.ends() == 0
    assert terminal.is_restored()


def rename(log: Path) -> None:
    """As logrotate does by default: what is written to the old file until it is reopened counts too."""
    old = log.with_suffix(".log.1")
    log.rename(old)
    append(old, numbered(10_000, MANY // 2))
    append(log, numbered(20_000, MANY // 2))


def rename_and_wait(log: Path) -> None:
    """The new file comes late."""
    log.rename(log.with_suffix(".log.1"))
    append(log, numbered(10_000, MANY))


def copy_and_truncate(log: Path) -> None:
    """As logrotate does with `copytruncate`."""
    log.with_suffix(".log.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)
    append(log, numbered(10_000, MANY))


def delete_and_recreate(log: Path) -> None:
    """As a person does."""
    log.unlink()
    append(log, numbered(10_000, MANY))


@pytest.mark.parametrize("event", [rename, rename_and_wait, copy_and_truncate, delete_and_recreate])
def test_a_rotated_log_is_counted_exactly(tmp_path: Path, event: Callable[[Path], None]) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(numbered(0, MANY))
    with glance(log, "--refresh", "0.2") as terminal:
        counts(terminal, MANY)
        event(log)
        counts(terminal, 2 * MANY)
        append(log, numbered(30_000, MANY))
        counts(terminal, 3 * MANY)
        leaves(terminal)


def test_a_switched_link_is_followed(tmp_path: Path) -> None:
    log, first, second = tmp_path / "current.log", tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_bytes(numbered(0, MANY))
    second.write_bytes(numbered(10_000, MANY))
    log.symlink_to(first)
    with glance(log, "--refresh", "0.2") as terminal:
        counts(terminal, MANY)
        append(first, numbered(20_000, MANY))
        fresh = tmp_path / "fresh"
        fresh.symlink_to(second)
        fresh.rename(log)
        counts(terminal, 3 * MANY)
        append(second, numbered(30_000, MANY))
        counts(terminal, 4 * MANY)
        leaves(terminal)


def test_a_file_that_appears_under_a_pattern_is_read(tmp_path: Path) -> None:
    (tmp_path / "a-access.log").write_bytes(numbered(0, MANY))
    with glance(tmp_path / "*access.log", "--refresh", "0.2") as terminal:
        counts(terminal, MANY)
        (tmp_path / "b-access.log").write_bytes(numbered(10_000, MANY))
        counts(terminal, 2 * MANY)
        assert "2 logs" in terminal.text
        leaves(terminal)


def test_a_log_written_and_rotated_all_the_time_is_counted_exactly(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(request(time.time()))
    with glance(log, "--refresh", "0.2") as terminal:
        counts(terminal, 1)
        with Writer(log, 3000) as writer:
            for number in range(1, 5):
                until(log.exists, "the new file")  # what is written from now on is written there
                counts_more(terminal, writer.written + 1)
                log.rename(tmp_path / f"access.log.{number}")
        counts(terminal, writer.written + 1)
        leaves(terminal)


def shown_lines(text: str) -> int:
    """The number of lines in the header."""
    found = re.findall(r"([\d,]+) lines(?!/)", text.splitlines()[0])
    return int(found[-1].replace(",", "")) if found else 0


def test_a_last_line_counts_when_it_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    whole = request(time.time(), "/begun/and/ended")
    log.write_bytes(numbered(0, 3) + whole[:60])
    with glance(log, "--refresh", "0.2") as terminal:
        counts(terminal, 3)
        assert "/begun" not in terminal.text
        append(log, whole[60:])
        counts(terminal, 4)
        assert "/begun" in terminal.text
        leaves(terminal)


def test_lines_of_a_pipe_are_read_while_keys_come_from_the_terminal(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(numbered(0, MANY))
    with subprocess.Popen(["cat", log], stdout=subprocess.PIPE) as cat:
        assert cat.stdout is not None
        with glance("-", "--refresh", "0.2", stdin=cat.stdout.fileno()) as terminal:
            cat.stdout.close()
            counts(terminal, MANY)
            leaves(terminal)


def test_a_pipe_that_goes_on_is_followed() -> None:
    read, write = os.pipe()
    with glance("-", "--refresh", "0.2", stdin=read) as terminal:
        os.close(read)
        os.write(write, numbered(0, 100))
        counts(terminal, 100)
        os.write(write, numbered(100, 100)[:-1])
        counts(terminal, 199)
        os.close(write)
        counts(terminal, 200)
        leaves(terminal)


def test_a_file_on_standard_input_needs_no_name(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(numbered(0, MANY))
    with log.open("rb") as file, glance("--refresh", "0.2", stdin=file.fileno()) as terminal:
        counts(terminal, MANY)
        leaves(terminal)


def test_a_named_pipe_waits_for_its_writers(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with glance(fifo, "--refresh", "0.2") as terminal:
        terminal.shows("waiting for the first request in fifo")
        for round_ in range(2):
            with fifo.open("wb") as file:
                file.write(numbered(round_ * 100, 100))
            counts(terminal, (round_ + 1) * 100)
        leaves(terminal)


@pytest.fixture
def old_and_new(tmp_path: Path) -> Path:
    """A log with 300 lines an hour old and 100 of now."""
    log = tmp_path / "access.log"
    log.write_bytes(numbered(0, 300, time.time() - 3600) + numbered(300, 100))
    return log


@pytest.mark.parametrize(("place", "lines"), [("start", 400), ("5m", 100), ("2h", 400), ("end", 0)], ids=str)
def test_reading_starts_where_it_is_told(old_and_new: Path, place: str, lines: int) -> None:
    with glance(old_and_new, "--from", place, "--refresh", "0.2") as terminal:
        terminal.shows("400 of 400 lines")
        if lines:
            counts(terminal, lines)
        else:
            terminal.shows("waiting for the first request in access.log")
        append(old_and_new, numbered(400, 100))
        counts(terminal, lines + 100)
        leaves(terminal)


def test_without_following_what_is_there_is_shown_and_no_more(old_and_new: Path) -> None:
    append(old_and_new, b"a last line that never ended")
    with glance(old_and_new, "--no-follow", "--refresh", "0.2") as terminal:
        terminal.shows(" 401 lines")
        append(old_and_new, b"\n" + numbered(400, 100))
        terminal.press("<")
        terminal.shows("‹ 5m ›")
        assert " 401 lines" in terminal.text
        leaves(terminal)


def test_the_dashboard_and_the_report_count_the_same(old_and_new: Path) -> None:
    report = run("report", old_and_new)
    with glance(old_and_new, "--from", "start", "--refresh", "0.2") as terminal:
        counts(terminal, 400)
        leaves(terminal)

    assert b"400 of 400 lines" in report.stdout
