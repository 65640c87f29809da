"""What a person names becomes sources, or an error that says what, why and what to do."""

from __future__ import annotations

import gzip
import os
import socket
from pathlib import Path

import pytest

from glance.errors import SourceError
from glance.sources.discovery import FoundSource, Glob, discover, examine, is_rotated, usual_places

LINE = b'127.0.0.1 - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n'


@pytest.fixture
def nginx(tmp_path: Path) -> Path:
    """A directory as a server and its rotation leave it."""
    directory = tmp_path / "var/log/nginx"
    directory.mkdir(parents=True)
    for name in ("access.log", "access.log.1", "shop.access.log", "error.log", "access.log-20260101"):
        (directory / name).write_bytes(LINE + name.encode() + b"\n")
    (directory / "access.log.2.gz").write_bytes(gzip.compress(LINE))
    return directory


def names(sources: object) -> list[str]:
    return [os.path.basename(source.path) for source in sources]


@pytest.mark.parametrize(
    "name",
    [
        "access.log.1",
        "access.log.12",
        "access.log.1.gz",
        "access.log.gz",
        "access.log-20260101",
        "access.log-20260101.gz",
        "access.log-20260101-1767225600",
        "access.log.2026-01-01",
        "access.log.20260101",
        "access_log-20260101",
        "access.log.2026-01-01-10",
        "access.log.old",
        "localhost_access_log.2026-01-01.1.gz",
        "access.log.3.zst",
    ],
)
def test_names_that_rotation_makes(name):
    assert is_rotated(name)


@pytest.mark.parametrize(
    "name", ["access.log", "access_log", "u_ex260101.log", "shop-443.log", "proxy-host-1_access.log", "access-2.log"]
)
def test_names_of_live_logs(name):
    assert not is_rotated(name)


def test_a_date_before_the_ending_is_rotated_only_beside_a_live_log():
    dated = "/logs/access-2026-01-01T10-00-00.000.log"

    assert is_rotated(dated, ["/logs/access.log", dated])
    assert not is_rotated(dated, [dated])


def test_files_named_are_sources_whatever_their_names(nginx):
    found = discover([str(nginx / "access.log.1"), str(nginx / "access.log.2.gz"), str(nginx / "access.log")])

    assert names(found.sources) == ["access.log.1", "access.log.2.gz", "access.log"]
    assert [source.kind for source in found.sources] == ["file", "archive", "file"]
    assert found.globs == ()


def test_one_file_under_two_names_is_one_source(nginx):
    os.link(nginx / "access.log", nginx / "same.log")
    (nginx / "link.log").symlink_to(nginx / "access.log")

    found = discover([str(nginx / "access.log"), str(nginx / "same.log"), str(nginx / "link.log")])

    assert names(found.sources) == ["access.log"]


def test_a_directory_means_its_live_text_logs(nginx):
    (nginx / "picture.access").write_bytes(bytes(range(256)) * 100)

    assert names(discover([str(nginx)]).sources) == ["access.log", "shop.access.log"]


def test_a_directory_with_error_logs_only(tmp_path):
    (tmp_path / "error.log").write_bytes(b"text\n")

    assert names(discover([str(tmp_path)]).sources) == ["error.log"]


def test_a_pattern_gives_live_logs_and_later_those_that_appear(nginx):
    found = discover([str(nginx / "*access.log*")])
    (pattern,) = found.globs

    assert names(found.sources) == ["access.log", "shop.access.log"]
    assert pattern.rescan() == []

    (nginx / "blog.access.log").write_bytes(LINE)
    (nginx / "shop.access.log.1").write_bytes(LINE)
    assert names(pattern.rescan()) == ["blog.access.log"]
    assert pattern.rescan() == []


def test_a_pattern_that_means_predecessors_gives_them(nginx):
    assert names(discover([str(nginx / "access.log.*")]).sources) == ["access.log.1", "access.log.2.gz"]


def test_a_link_to_a_file_that_matches_too_is_no_source_of_its_own(tmp_path):
    (tmp_path / "z1.log").write_bytes(LINE)
    (tmp_path / "current.log").symlink_to("z1.log")
    pattern = Glob(str(tmp_path / "*.log"))
    assert names(pattern.rescan()) == ["z1.log"]

    (tmp_path / "z2.log").write_bytes(LINE)
    (tmp_path / "current.log").unlink()
    (tmp_path / "current.log").symlink_to("z2.log")
    assert names(pattern.rescan()) == ["z2.log"]


def test_a_file_that_cannot_be_read_yet_is_tried_again(tmp_path):
    log = tmp_path / "a.log"
    log.write_bytes(bytes(range(256)))
    pattern = Glob(str(tmp_path / "*.log"))
    assert pattern.rescan() == []
    log.write_bytes(LINE)

    assert names(pattern.rescan()) == ["a.log"]


def test_a_file_whose_name_looks_like_a_pattern(tmp_path):
    (tmp_path / "a[1].log").write_bytes(LINE)

    assert names(discover([str(tmp_path / "a[1].log")]).sources) == ["a[1].log"]


def test_home_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.log").write_bytes(LINE)

    assert discover(["~/a.log"]).sources == (FoundSource(str(tmp_path / "a.log")),)


def test_standard_input_that_is_no_terminal(monkeypatch):
    monkeypatch.setattr(os, "isatty", lambda _: False)
    assert discover(["-", "-"]).sources == (FoundSource("-", "stdin"),)

    monkeypatch.setattr(os, "isatty", lambda _: True)
    with pytest.raises(SourceError) as refused:
        discover(["-"])
    assert "COMMAND | glance -" in refused.value.hint


def test_a_named_pipe_is_a_source_only_when_it_was_named(tmp_path):
    os.mkfifo(tmp_path / "fifo.log")
    (tmp_path / "a.log").write_bytes(LINE)

    assert discover([str(tmp_path / "fifo.log")]).sources[0].kind == "pipe"
    assert names(discover([str(tmp_path)]).sources) == ["a.log"]
    assert names(discover([str(tmp_path / "*.log")]).sources) == ["a.log"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        LINE,
        bytes(1001) + LINE,
        bytes(100_000),
        LINE + bytes(4096) + LINE,
        b"\xff\xfegarbage"[2:],
        "ä\n".encode("latin-1"),
    ],
    ids=["empty", "text", "hole", "prepared", "hole within", "word", "latin-1"],
)
def test_what_is_text(tmp_path, content):
    path = tmp_path / "a.log"
    path.write_bytes(content)

    assert examine(str(path)).kind == "file"


def three_parts(error: SourceError) -> None:
    assert error.what
    assert error.why
    assert error.hint


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x7fELF" + bytes(range(64)) * 50, "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 10, "binary"),
        ("text\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, content, why):
    path = tmp_path / "a.log"
    path.write_bytes(content)

    with pytest.raises(SourceError) as refused:
        discover([str(path)])
    assert why in refused.value.why
    three_parts(refused.value)


def test_a_missing_file_and_a_name_like_it(nginx):
    with pytest.raises(SourceError) as refused:
        discover([str(nginx / "acces.log")])
    assert refused.value.hint == f"did you mean {nginx / 'access.log'}?"
    with pytest.raises(SourceError) as refused:
        discover([str(nginx / "nowhere" / "a.log")])
    assert "no directory" in refused.value.why
    three_parts(refused.value)


def test_no_permission_says_what_helps(nginx, monkeypatch):
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SourceError) as refused:
        discover([str(nginx / "access.log")])
    assert refused.value.why == "permission denied"
    assert "sudo" in refused.value.hint
    assert "adm" in refused.value.hint


def test_a_directory_or_pattern_without_logs(tmp_path):
    (tmp_path / "notes.txt").write_bytes(b"text\n")
    for argument in (str(tmp_path), str(tmp_path / "*.log")):
        with pytest.raises(SourceError) as refused:
            discover([argument])
        three_parts(refused.value)


def test_a_pattern_of_binary_files_says_so(tmp_path):
    (tmp_path / "a.log").write_bytes(bytes(range(256)))
    with pytest.raises(SourceError, match=r"a\.log"):
        discover([str(tmp_path / "*.log")])


def test_sockets_and_devices_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket")
        for path, kind in (("socket", "a socket"), ("/dev/null", "a device")):
            with pytest.raises(SourceError) as refused:
                discover([path])
            assert kind in refused.value.why
            three_parts(refused.value)


def test_the_usual_places_newest_first(tmp_path, nginx):
    apache = tmp_path / "var/log/apache2"
    apache.mkdir()
    (apache / "other_vhosts_access.log").write_bytes(LINE)
    (apache / "access.log").symlink_to("/dev/null")
    for age, path in enumerate((apache / "other_vhosts_access.log", nginx / "shop.access.log", nginx / "access.log")):
        os.utime(path, (1000 - age, 1000 - age))

    places = usual_places(str(tmp_path))

    assert names(places.found) == ["other_vhosts_access.log", "shop.access.log", "access.log"]
    assert str(nginx / "*access*log") in places.looked_in
    assert places.forbidden == ()


def test_the_usual_places_of_an_empty_machine(tmp_path):
    assert usual_places(str(tmp_path)).found == ()


@pytest.mark.timeout(3)
def test_a_name_that_is_all_dates_is_judged_at_once() -> None:
    """A name is up to 255 bytes of anything; the pattern must not try every way of cutting it."""
    assert not is_rotated("a" + "-2020-01-01" * 23 + "x")
    assert is_rotated("access.log-2020-01-01-10.2.old.gz")
