"""What is typed faster than it is painted counts all the same."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.terminal import glance
from tests.end_to_end.traffic import numbered


def is_zoomed(text: str) -> bool:
    """Whether one panel has the whole screen."""
    return text.count("╭") == 1


def test_keys_typed_at_once_do_what_they_do_one_by_one(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(numbered(0, 50))
    with glance(log) as terminal:
        terminal.shows("/ search")
        for digit, name in ((1, "traffic"), (6, "alerts"), (2, "sections"), (7, "lines"), (4, "clients")):
            terminal.write(f"{digit}z".encode())
            assert name in terminal.shows(is_zoomed).splitlines()[1]
            terminal.press("esc")
            terminal.shows(lambda text: not is_zoomed(text))
        terminal.write(b"3/n/1\rq")

        assert terminal.ends() == 0
        assert terminal.is_restored()


def test_a_filter_typed_at_once_is_typed_whole(tmp_path: Path) -> None:
    """None of its signs is taken for a command on the way."""
    log = tmp_path / "access.log"
    log.write_bytes(numbered(0, 50))
    with glance(log, size=(120, 35)) as terminal:
        terminal.shows("/ search")
        terminal.write(b"3fpath:/n/4 -path=/n/41\r")
        terminal.shows(lambda text: "path:/n/4 ✕   -path=/n/41 ✕" in text and "10 of 50" in text)
        terminal.write(b"\x7f\x7f:path=/n/7\rq")

        assert terminal.ends() == 0
        assert terminal.is_restored()


def test_a_key_right_behind_esc_is_a_key_of_its_own(tmp_path: Path) -> None:
    """A terminal sends the same bytes for alt with that key."""
    log = tmp_path / "access.log"
    log.write_bytes(numbered(0, 50))
    with glance(log) as terminal:
        terminal.shows("/ search")
        for behind, name in (("4", "clients"), ("2", "sections"), ("5", "status")):
            terminal.write(f"1z\x1b{behind}z".encode())
            terminal.shows(lambda text: is_zoomed(text) and name in text.splitlines()[1])  # noqa: B023 - seen here
            terminal.press("esc")
            terminal.shows(lambda text: not is_zoomed(text))
        terminal.write(b"3z\x1bfpath=/n/7\r")
        terminal.shows(lambda text: "path=/n/7 \u2715" in text and not is_zoomed(text))
        terminal.press(";")
        terminal.shows("to begin with")
        terminal.write(b"select 12\x1bb34\r")  # while a query is typed it is alt: back to the beginning of the word
        terminal.shows("select 3412")
        terminal.press("ctrl+c")

        assert terminal.ends() == 130
        assert terminal.is_restored()
