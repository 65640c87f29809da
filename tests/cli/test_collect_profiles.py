"""`glance collect --pprof`: each kind once from a real Go server, kept where the official tool can read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.domain.profiles.proto import read
from glance.store.profile_table import ProfileTable
from tests.go_target import serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_profiles_are_collected_beside_the_lines(go_program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log, database, config = tmp_path / "access.log", tmp_path / "x.db", tmp_path / "c.toml"
    log.write_text('192.0.2.1 - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 10 "-" "c"\n')
    config.write_text("[pprof]\ncpu_seconds = 1\n")
    words = ["collect", "--config", str(config), "--db", str(database), "--pprof", "gone=127.0.0.1:1", str(log)]
    with serving(go_program) as server, server.under_load("/slow"):
        assert main([*words, "--pprof", f"api={server.url}", "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    gone, api = told["targets"]
    assert (gone["name"], gone["condition"], gone["why"]) == (
        "gone",
        "down",
        "connection refused: nothing listens there",
    )
    assert api["polls"] == {"cpu": 1, "allocs": 1, "goroutine": 1, "mutex": 0, "block": 0}
    assert told["lines"] == 1
    table = ProfileTable.open_to_read(database)
    assert table is not None
    (data,) = table.datas(table.heads(target="api", kind="cpu"))
    assert {label for one in read(data).samples for label in one.label_set.labels.get("route", ())} == {"/slow"}
    table.close()

    assert main(words) == 0  # nothing of it is an error
    assert (
        "gone (http://127.0.0.1:1): 0 profiles, 0B\n  down: connection refused: nothing listens there"
        in capsys.readouterr().out
    )
