"""`glance alerts`: rules by hand, what fired, and what would have, through the real command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glance.cli.main import main
from glance.domain.alerts.builtin import traffic_rule
from glance.domain.alerts.rule_text import parse_rule
from glance.pipeline.alerting import Alerting
from glance.store.alert_table import AlertTable
from tests.domain.alerts.hits import NOON, hits

LINE = '10.0.0.1 - - [22/Nov/2025:14:%02d:%02d +0000] "GET /api/x HTTP/1.1" %d 5 "-" "curl"\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capfd: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What `glance alerts …` prints; its complaint where it fails."""
    assert main(["alerts", *arguments]) == code
    out, err = capfd.readouterr()
    return err if code else out


def told(capfd: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(said(capfd, *arguments, "-o", "json"))


def ring(place: Path) -> None:
    """Let the traffic alert fire and recover, and one by section fire, a path of which is hostile."""
    rules = (traffic_rule(), parse_rule("busy", "count > 5 over 1m by section"))
    found = Alerting(
        rules, AlertTable.open(place / "state" / "glance" / "glance.db"), now=lambda: NOON, is_threaded=False
    )
    found.restore(NOON)
    found.take([hits((0, 1300), path=b"/api/\x1b]52;c;x\x07")], NOON)
    for second in range(130):
        found.evaluate(NOON + second)
        if second == 100:
            found.take([hits((100, 20), path=b"/shop/a")], NOON + 100)
    found.close()


def test_rules_that_come_with_glance_are_listed_without_a_database(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = told(capfd, "list")

    assert {row["name"]: row["state"] for row in rows} == dict.fromkeys(
        ["traffic", "server-errors", "slow-responses", "silence", "client-burst", "no-data"], "calm"
    )
    assert not (place / "state").exists()


def test_a_rule_is_made_shown_and_deleted(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = said(capfd, "create", "slow-api", "p99(latency)>0.5 over 300s where path~^/api for 60s")
    assert made.splitlines()[0] == "Created alert slow-api: p99(latency) > 500ms over 5m for 1m where path~^/api"

    assert "slow-api" in said(capfd, "list")
    meta = told(capfd, "meta", "slow-api")
    assert (meta["threshold"], meta["window_seconds"], meta["metric"]["filter"]) == (0.5, 300, "path~^/api")
    assert "already" in said(capfd, "create", "slow-api", "rate > 1 over 1m", code=2)
    said(capfd, "create", "slow-api", "rate > 1 over 1m", "--replace")
    assert told(capfd, "meta", "slow-api")["rule"] == "rate > 1 over 1m"
    assert said(capfd, "delete", "slow-api") == "Deleted alert slow-api\n"
    assert "has not been found" in said(capfd, "delete", "slow-api", code=2)


def test_a_rule_that_comes_with_glance_is_switched_off_and_on(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert said(capfd, "delete", "silence") == "Switched off alert silence\n"
    assert {row["name"]: row["state"] for row in told(capfd, "list")}["silence"] == "off"
    assert "silence" not in said(capfd, "observe", "--count", "1")

    assert said(capfd, "create", "silence") == "Switched on alert silence\n"
    assert {row["name"]: row["state"] for row in told(capfd, "list")}["silence"] == "calm"


def test_settings_switch_rules_off_and_set_the_traffic_alert(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = place / "mine.toml"
    file.write_text('alert_off = ["silence", "client-burst"]\nalert_threshold = 16.5\nalertwindow = 5\n')
    assert main(["--config", str(file), "alerts", "list", "-o", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capfd.readouterr().out)}

    assert (rows["silence"]["state"], rows["client-burst"]["state"]) == ("off", "off")
    assert rows["traffic"]["rule"] == "rate > 16.5 over 5m snapshot on"


def test_a_mistake_in_a_rule_is_marked(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = said(capfd, "create", "x", "rate > 10 over 2m by moon", code=2).splitlines()

    assert lines[0] == "glance: cannot understand the alert rule"
    assert lines[3].index("^") == lines[2].index("moon")


def test_f64_a_rule_that_cannot_be_read_is_shown_as_such(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "create", "good", "rate > 1 over 1m")
    table = AlertTable.open(place / "state" / "glance" / "glance.db")
    table.define("odd", "speed > 1 over 1m", NOON)
    table.close()
    rows = {row["name"]: row for row in told(capfd, "list")}

    assert (rows["odd"]["state"], rows["good"]["state"]) == ("broken", "calm")
    assert "unknown statistic" in said(capfd, "meta", "odd")


def test_signals_are_told_newest_first_with_their_evidence(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ring(place)
    text = said(capfd, "get", "traffic")

    assert [line.split()[1] for line in text.splitlines()[1:3]] == ["resolved", "firing"]
    assert "High traffic recovered - hits = 0.17, recovered at 2023-11-14T22:15:20Z" in text
    assert "\x1b" not in said(capfd, "get", "busy")
    fired = told(capfd, "get", "traffic")[-1]
    assert fired["message"] == "High traffic generated an alert - hits = 10.83, triggered at 2023-11-14T22:13:20Z"
    assert fired["paths"] == [{"path": "/api/\x1b]52;c;x\x07", "hits": 1300}]
    assert said(capfd, "get", "silence") == "Alert(silence) has not yet emitted any signals\n"
    assert "has not been found" in said(capfd, "get", "nosuch", code=2)


def test_observe_tells_what_rings_as_the_seed_does(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ring(place)
    lines = said(capfd, "create", "odd", "rate > 99 over 1m") and said(capfd, "observe", "-r", "0.1", "-n", "2")
    date, *rows = lines.splitlines()[: len(lines.splitlines()) // 2]

    assert date.endswith("+0000 UTC")
    assert rows[0] == ("traffic: Recovered, Last signal at 2023-11-14T22:13:20Z, value: 10.8/s (above 10)")
    assert rows[1] == "server-errors: All good!!!"
    said(capfd, "create", "busy", "count > 5 over 1m by section")
    assert (
        "busy: Ringing a bell!!!, Last signal at 2023-11-14T22:15:01Z of /shop, value: 20 (above 5)"
        in said(capfd, "observe", "-n", "1").splitlines()
    )
    assert told(capfd, "observe", "-n", "1")["alerts"][0]["state"] == "recovered"


def test_a_log_is_replayed(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = [LINE % (0, 0, 200), *[LINE % (20, second % 60, 500) for second in range(60)], LINE % (40, 0, 200)]
    (place / "access.log").write_text("".join(lines))

    text = said(capfd, "test", "ratio(status>=500) > 5% over 5m min 20", "access.log")
    assert "FIRES  test: share of status>=500 is 100%, limit > 5.0%, triggered at 2025-11-22T14:20:19Z" in text
    assert text == said(capfd, "test", "ratio(status>=500) > 5% over 5m min 20", "access.log")
    found = told(capfd, "test", "traffic", "access.log")
    assert (found["rule"], found["fired"], found["records"]) == ("rate > 10 over 2m snapshot on", 0, 62)


def test_a_log_that_cannot_be_read_is_told(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "test", "rate > 1 over 1m", "no.log", code=5)


def test_every_example_of_the_help_can_be_pasted(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import shlex

    (place / "access.log").write_text(LINE % (0, 0, 200))
    (place / "access.log.1").write_text(LINE % (0, 0, 200))
    pasted = 0
    for verb in ("list", "get", "meta", "create", "delete", "test"):
        for text in said(capfd, verb, "--help").splitlines():
            words = shlex.split(text.replace("/var/log/nginx/", "")) if text.startswith("  glance alerts") else []
            if words and "create busy" not in text:
                assert main(words[1:]) == 0, text
                pasted += 1
            elif words:
                assert main([*words[1:], "--replace"]) == 0, text
    assert pasted >= 8
