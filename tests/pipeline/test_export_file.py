"""Where an export is written: named by log and time, over nothing, for its owner alone, somewhere in any case."""

from __future__ import annotations

import os
import re
import stat

import pytest

from glance.errors import GlanceError
from glance.pipeline.export_file import export_name, write_export

AT = 1_763_812_800.0


@pytest.mark.parametrize(
    ("about", "name"),
    [
        (["/var/log/nginx/access.log"], "access.log"),
        (["a.log", "b.log"], "2-logs"),
        (["a b\x1b[31m\u202e'$(x).log"], "a-b-31m-x-.log"),
        (["..", "."], "2-logs"),
        (["../.."], ""),
        ([], ""),
    ],
)
def test_a_name_has_the_log_and_the_time_and_only_plain_signs(about, name):
    made = export_name(about, AT)
    assert re.fullmatch(r"glance-(?:[A-Za-z0-9._-]+-)?\d{8}-\d{6}", made)
    assert made.removeprefix("glance-")[:-15].rstrip("-") == name


def test_a_name_has_an_end():
    assert len(export_name(["x" * 500], AT)) < 100


def test_nothing_is_written_over(tmp_path):
    paths = [write_export(data, "glance-x", "json", tmp_path) for data in (b"1", b"2", b"3")]
    assert [path.name for path in paths] == ["glance-x.json", "glance-x-2.json", "glance-x-3.json"]
    assert [path.read_bytes() for path in paths] == [b"1", b"2", b"3"]
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "glance-x.json").symlink_to(tmp_path / "elsewhere")
    assert write_export(b"1", "glance-x", "json", tmp_path).name == "glance-x-2.json"
    assert not (tmp_path / "elsewhere").exists()


def test_where_the_directory_cannot_be_written_a_private_folder_is(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = write_export(b"1", "glance-x", "csv", tmp_path / "missing")
    assert path == tmp_path / "state" / "glance" / "exports" / "glance-x.csv"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_can_be_written_nowhere_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)
    with pytest.raises(GlanceError, match="nothing was exported"):
        write_export(b"1", "glance-x", "csv", tmp_path / "missing")
