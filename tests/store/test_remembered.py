"""What is remembered outlives the process, and a broken database is told, not thrown away."""

import stat
from pathlib import Path

import pytest

from glance.errors import StoreError
from glance.store.remembered import Remembered


def test_what_is_kept_is_there_the_next_time(tmp_path: Path) -> None:
    """Two runs, one after the other; the last value wins."""
    path = tmp_path / "state" / "glance.db"
    first = Remembered.open(path)
    first.keep("theme", "glance-light")
    first.keep("theme", "glance-cb")
    first.keep("window", "1h")
    first.close()

    second = Remembered.open(path)

    assert second.all() == {"theme": "glance-cb", "window": "1h"}
    second.close()


def test_two_programs_at_once(tmp_path: Path) -> None:
    """A second glance on the same database neither waits for ever nor loses anything."""
    path = tmp_path / "glance.db"
    first, second = Remembered.open(path), Remembered.open(path)
    first.keep("a", "1")
    second.keep("b", "2")

    assert first.all() == second.all() == {"a": "1", "b": "2"}
    first.close()
    second.close()


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Folder 0700, file 0600, whatever the umask."""
    path = tmp_path / "state" / "glance.db"
    Remembered.open(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_damage_is_told_and_nothing_is_deleted(tmp_path: Path) -> None:
    """A file that is no database raises an error in words, and stays as it was."""
    path = tmp_path / "glance.db"
    path.write_bytes(b"this is not a database, but somebody's file" * 100)
    before = path.read_bytes()

    with pytest.raises(StoreError):
        Remembered.open(path)

    assert path.read_bytes() == before


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link in the state folder cannot make glance write elsewhere."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "glance.db").symlink_to(victim)

    with pytest.raises(StoreError):
        Remembered.open(tmp_path / "glance.db")

    assert victim.read_text() == "precious"
