"""What a report reads of what was named, and what is said about the rest."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from glance.sources.selection import Selection, select

LINE = b'10.0.0.1 - - [22/Nov/2026:14:00:00 +0000] "GET / HTTP/1.1" 200 5\n'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory of logs as a server leaves it."""
    for name in ("access.log", "access.log.1", "error.log", "error.log.1"):
        (tmp_path / name).write_bytes(LINE)
    (tmp_path / "access.log.2.gz").write_bytes(gzip.compress(LINE))
    (tmp_path / "core.log").write_bytes(bytes(range(256)) * 10)
    (tmp_path / "notes.txt").write_bytes(LINE)
    return tmp_path


def names(selection: Selection) -> list[str]:
    """Names of the files that are read."""
    return [Path(source.path).name for source in selection.sources]


def test_a_pattern_means_everything_that_matches(place: Path) -> None:
    selection = select([str(place / "access.log*")])

    assert names(selection) == ["access.log", "access.log.1", "access.log.2.gz"]
    assert selection.left_out == []


def test_a_directory_means_its_live_logs_and_tells_of_the_rest(place: Path) -> None:
    selection = select([str(place)])

    assert names(selection) == ["access.log"]
    assert [Path(path).name for path in selection.left_out] == ["access.log.1", "access.log.2.gz"]
    assert [error.what for error in selection.refused] == [f"{place / 'core.log'} cannot be read as a log"]


def test_what_is_named_too_is_not_left_out(place: Path) -> None:
    selection = select([str(place), str(place / "access.log.1")])

    assert names(selection) == ["access.log", "access.log.1"]
    assert [Path(path).name for path in selection.left_out] == ["access.log.2.gz"]


def test_each_file_is_read_once(place: Path) -> None:
    assert names(select([str(place / "access.log"), str(place / "acc*.log"), str(place)])) == ["access.log"]


@pytest.mark.parametrize("argument", ["no.log", "no*.log", "empty", "core.log"])
def test_what_cannot_be_read_is_refused_with_its_reason(place: Path, argument: str) -> None:
    (place / "empty").mkdir()
    selection = select([str(place / argument)])

    assert selection.sources == []
    assert len(selection.refused) == 1
    assert selection.refused[0].why
