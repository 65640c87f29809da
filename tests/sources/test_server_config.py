"""Reading the formats that servers on a machine declare."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from glance.domain.logs.server_config import DeclaredFormat
from glance.sources.server_config import server_formats


def write(root: Path, name: str, text: str) -> Path:
    """A file below the root."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_nothing_is_declared_where_nothing_is_installed(tmp_path: Path) -> None:
    assert server_formats(root=tmp_path) == []


def test_the_formats_of_a_log_come_first_and_each_once(tmp_path: Path) -> None:
    write(
        tmp_path, "etc/nginx/nginx.conf", "log_format a '$status $time_local';\nlog_format b '$time_local $status';\n"
    )
    write(tmp_path, "etc/nginx/conf.d/x.conf", "log_format b '$time_local $status';\naccess_log /x.log b;\n")
    assert server_formats("/x.log", root=tmp_path) == [
        DeclaredFormat("b", "$time_local $status", ("/x.log",)),
        DeclaredFormat("a", "$status $time_local", ()),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "etc/nginx/nginx.conf", "log_format a '$status';").chmod(0)
    assert server_formats(root=tmp_path) == []
