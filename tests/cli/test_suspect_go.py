"""`glance suspect` against a real Go server with known faults: each is named with its line, an idle server has none."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from glance.cli.main import main
from tests.go_target import HERE, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
CODE = (HERE / "main.go").read_text(encoding="utf-8").splitlines()


def line_of(text: str) -> int:
    """The number of the line of the server's source that has this."""
    (found,) = [number for number, line in enumerate(CODE, 1) if text in line]
    return found


def faults(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What is told, by rule."""
    assert main(["suspect", "-o", "json", "--source-root", str(HERE), *words]) == 0
    return {one["rule"]: one for one in json.loads(capsys.readouterr().out)["suspects"] if one["is_fault"]}


def saved(url: str, path: Path) -> str:
    """A profile as a file."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        path.write_bytes(answer.read())
    return str(path)


def test_a_running_server_is_told_its_faults(
    go_program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(go_program) as server:
        base = f"{server.url}/debug/pprof"
        assert faults(capsys, f"{base}/goroutine", f"{base}/allocs", f"{base}/mutex") == {}
        for _ in range(150):
            server.ask("/stuck")
        heaps = []
        for number in range(5):
            heaps.append(saved(f"{base}/heap?gc=1", tmp_path / f"heap{number}"))
            for _ in range(200):
                server.ask("/leak")
        with server.under_load("/slow"):
            cpu = faults(capsys, "--seconds", "2", f"{base}/profile")
        piled = faults(capsys, f"{base}/goroutine")
    grown = faults(capsys, *heaps)

    assert (cpu["compile"]["function"], cpu["compile"]["line"]) == ("main.handleSlow", line_of("regexp.MustCompile"))
    assert cpu["compile"]["in_request"]
    source = cpu["compile"]["source"]
    assert "regexp.MustCompile" in source["lines"][cpu["compile"]["line"] - source["first"]]
    assert (piled["pile-up"]["function"], piled["pile-up"]["value"]) == ("main.waitForever", 150)
    assert piled["pile-up"]["line"] == line_of("<-make(chan struct{})")
    assert (grown["growth"]["function"], grown["growth"]["line"]) == ("main.handleLeak", line_of("64<<10"))


def test_a_snapshot_has_suspects_of_each_program(
    go_program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, kept = tmp_path / "access.log", str(tmp_path / "x.glance")
    log.write_text('192.0.2.1 - - [22/Nov/2026:10:00:00 +0000] "GET /slow HTTP/1.1" 200 10 "-" "c"\n')
    words = ["snapshot", "take", "--since", "2026-11-22T09:00Z", "--seconds", "2", "--to", kept]
    with serving(go_program) as busy, serving(go_program) as idle, busy.under_load("/slow"):
        assert main([*words, "--pprof", f"busy={busy.url}", "--pprof", f"idle={idle.url}", str(log)]) == 0
    capsys.readouterr()

    assert faults(capsys, "--target", "busy", kept)["compile"]["function"] == "main.handleSlow"
    assert faults(capsys, "--target", "idle", kept) == {}
    assert main(["suspect", kept]) == 2
    assert "it has profiles of busy, idle" in capsys.readouterr().err
    assert main(["suspect", "--target", "busy", kept]) == 0
    told = capsys.readouterr().out
    assert "What a request costs: cpu by the label route" in told
    assert "no request in the log: /slow" in told  # that one was at another time
