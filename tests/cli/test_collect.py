"""`glance collect`: what it says at the end, and with which exit code."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.errors import StoreError
from glance.store.history import History
from tests.end_to_end.test_collect_killed import counted
from tests.end_to_end.traffic import append, numbered

LINE = '10.0.0.1 - - [22/Nov/2025:14:00:00 +0000] "GET /api/x HTTP/1.1" 200 5 "-" "curl"\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with a log."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "access.log").write_text(LINE)
    return tmp_path


def test_what_is_new_is_told_and_then_nothing_is(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "access.log"]) == 0
    assert capfd.readouterr().out.splitlines()[0] == "access.log (combined): 1 new line"

    assert main(["collect", "access.log"]) == 0
    assert capfd.readouterr().out.splitlines()[0].endswith(": 0 new lines")


def test_a_full_disk_is_no_success(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All was read and nothing of it was written: nobody may believe that it is kept."""

    def refuse(*_: object) -> None:
        raise StoreError("cannot write glance.db", "the disk is full", is_passing=True)

    with monkeypatch.context() as patched:
        patched.setattr(History, "commit", refuse)
        assert main(["collect", "access.log"]) == 4
    out, err = capfd.readouterr()
    assert "kept in" not in out
    assert "what was read cannot be kept" in err
    assert "the disk is full" in err

    assert main(["collect", "access.log"]) == 0
    assert "1 new line" in capfd.readouterr().out


def test_a_log_that_is_not_understood_says_so_in_the_exit_code(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("notes.log", "more.log"):
        (place / name).write_text("buy milk\n" * 20)

    assert main(["collect", "access.log", "notes.log"]) == 6
    assert "notes.log cannot be read" in capfd.readouterr().out
    assert main(["collect", "more.log"]) == 6
    assert "nothing of more.log can be read" in capfd.readouterr().err


def lines_of(database: Path) -> tuple[int, int]:
    """Records in history, and how many of them are different."""
    found = counted(database)
    return found.total(), len(found)


@pytest.mark.parametrize("order", [("a.log.1", "a.log"), ("a.log", "a.log.1"), ("a.log*",)], ids=" ".join)
@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
def test_a_rotated_log_that_is_named_is_not_counted_again(
    tmp_path: Path, order: tuple[str, ...], is_packed: bool
) -> None:
    """As a cron job with `access.log*` does after each rotation."""
    log, rotated, database = tmp_path / "a.log", tmp_path / "a.log.1", tmp_path / "glance.db"
    append(log, numbered(0, 200))
    assert main(["collect", "--db", str(database), str(log)]) == 0
    log.rename(rotated)
    append(log, numbered(200, 50))
    if is_packed:
        packed = tmp_path / "a.log.1.gz"
        packed.write_bytes(gzip.compress(rotated.read_bytes()))
        rotated.unlink()
        order = tuple(name.replace("a.log.1", "a.log.1.gz") for name in order)

    assert main(["collect", "--db", str(database), *(str(tmp_path / name) for name in order)]) == 0
    assert lines_of(database) == (250, 250)


def test_rotated_logs_are_read_when_they_are_named_first_or_later(tmp_path: Path) -> None:
    log, older, oldest = tmp_path / "a.log", tmp_path / "a.log.1", tmp_path / "a.log.2.gz"
    oldest.write_bytes(gzip.compress(numbered(0, 100)))
    append(older, numbered(100, 100))
    append(log, numbered(200, 100))
    first, second = tmp_path / "first.db", tmp_path / "second.db"

    assert main(["collect", "--db", str(first), str(tmp_path / "a.log*")]) == 0
    assert lines_of(first) == (300, 300)
    assert main(["collect", "--db", str(second), str(log)]) == 0
    assert lines_of(second) == (100, 100)
    assert main(["collect", "--db", str(second), str(tmp_path / "a.log*")]) == 0
    assert lines_of(second) == (300, 300)
    assert main(["collect", "--db", str(second), str(tmp_path / "a.log*")]) == 0
    assert lines_of(second) == (300, 300)


def test_t12_a_last_line_that_is_still_written_waits_for_the_next_run(tmp_path: Path) -> None:
    log, database, data = tmp_path / "a.log", tmp_path / "glance.db", numbered(0, 3)
    append(log, data[:-20])
    assert main(["collect", "--db", str(database), str(log)]) == 0
    assert lines_of(database) == (2, 2)
    append(log, data[-20:])
    assert main(["collect", "--db", str(database), str(log)]) == 0
    assert lines_of(database) == (3, 3)
