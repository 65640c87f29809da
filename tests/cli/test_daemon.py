"""`glance daemon` as a command line: settings from everywhere, its unit file, its words."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from glance.cli.daemon import reread
from glance.cli.daemon_logs import print_log
from glance.cli.daemon_start import interpreter
from glance.cli.daemon_text import render
from glance.cli.daemon_unit import quoted, unit_file
from glance.cli.main import main
from glance.cli.root import VERBS
from glance.config import DEFAULTS, Settings
from glance.domain.scene import EMPTY_SCENE
from glance.errors import ConfigError, GlanceError, SourceError
from glance.pipeline.clock import SystemClock
from glance.pipeline.daemon_plan import DaemonPlan
from glance.pipeline.daemon_status import DaemonFacts, status_of
from glance.pipeline.periodic_report import PeriodicReport, ReportPlan


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text("")
    return path


@pytest.mark.parametrize("verb", ["start", "status", "stop", "logs", "run", "unit"])
def test_every_verb_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["daemon", verb, "--help"]) == 0
    assert f"\n  glance daemon {verb}" in capsys.readouterr().out


def test_the_verbs_stand_in_the_order_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["daemon", "--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2].splitlines()

    assert [line.split()[0] for line in listed if line.strip()] == ["start", "status", "stop", "logs", "run", "unit"]
    assert VERBS["daemon"].help == "Read logs in the background: history, alerts and reports with no screen."


def test_settings_come_from_flag_environment_and_file(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "c.toml"
    config.write_text("report_time = '5m'\nreport_top = 7\nalert_threshold = 3\nreport_path = '/r'\ndb = '/h.db'\n")
    monkeypatch.setenv("GLANCE_REPORT_TOP", "9")
    monkeypatch.setenv("GLANCE_ALERT_THRESHOLD", "4")
    plan = reread(("--alert-threshold", "5", str(log)), str(config))

    settings = plan.settings
    assert (settings.report_time, settings.report_top, settings.alert_threshold) == (300, 9, 5)
    assert (settings.report_path, settings.db) == ("/r", "/h.db")
    assert plan.paths == (str(log),)
    assert plan.config == str(config)


def test_paths_become_absolute_where_it_was_started(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(log.parent)
    assert reread(("access.log", "*.log"), "").paths == (str(log), str(log.parent / "*.log"))


@pytest.mark.parametrize(
    ("text", "error"),
    [("report_time = 0", ConfigError), ("report_time = ", ConfigError), ("no_such = 1", ConfigError)],
)
def test_broken_settings_are_an_error_of_ours(log: Path, tmp_path: Path, text: str, error: type[GlanceError]) -> None:
    config = tmp_path / "c.toml"
    config.write_text(text)
    with pytest.raises(error):
        reread((str(log),), str(config))


def test_what_click_refuses_is_an_error_of_ours(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLANCE_REPORT_TIME", "never")
    with pytest.raises(ConfigError) as caught:
        reread((str(log),), "")
    assert "expected a duration" in caught.value.why
    monkeypatch.delenv("GLANCE_REPORT_TIME")
    with pytest.raises(SourceError):
        reread((str(log.parent / "no" / "a.log"),), "")


def test_a_unit_runs_what_was_asked_for(log: Path) -> None:
    settings = Settings(report_path="/var/log/r.log", report_time=10, alert_threshold=12.5)
    unit = unit_file(["/srv/a b.log"], "", settings, is_user=False)
    lines = dict(line.partition("=")[::2] for line in unit.splitlines() if "=" in line)

    command = shlex.split(lines["ExecStart"])
    assert command[: len(interpreter())] == interpreter()
    assert command[len(interpreter()) :] == [
        "daemon", "run", "--alert-threshold", "12.5", "--report-path", "/var/log/r.log", "--report-time", "10",
        "/srv/a b.log",
    ]  # fmt: skip
    assert lines["Type"] == "notify"
    assert lines["DynamicUser"] == "yes"
    assert lines["ReadWritePaths"] == "/var/log"
    assert "--config /etc/g.toml" in unit_file(["/a.log"], "/etc/g.toml", settings, is_user=False)


def test_a_unit_of_a_person_has_no_other_user() -> None:
    unit = unit_file(["/a.log"], "", DEFAULTS, is_user=True)
    assert "WantedBy=default.target" in unit
    assert "User=" not in unit


def test_a_log_in_tmp_is_no_case_for_a_user_with_a_tmp_of_its_own() -> None:
    assert "DynamicUser" not in unit_file(["/tmp/access.log"], "", DEFAULTS, is_user=False)


def test_the_group_that_may_read_the_log_is_given(log: Path) -> None:
    log.chmod(0o640)
    assert "SupplementaryGroups=" in unit_file([str(log)], "", DEFAULTS, is_user=False)
    log.chmod(0o644)
    assert "SupplementaryGroups=" not in unit_file([str(log)], "", DEFAULTS, is_user=False)


@pytest.mark.parametrize(
    ("word", "written"),
    [("plain", "plain"), ("a b", '"a b"'), ("50%", "50%%"), ("$HOME", "$$HOME"), ('q"\\', '"q\\"\\\\"'), ("", '""')],
)
def test_words_are_quoted_as_systemd_reads_them(word: str, written: str) -> None:
    assert quoted(word) == written


def test_status_is_told_in_lines_that_no_terminal_obeys(tmp_path: Path) -> None:
    plan = DaemonPlan((f"{tmp_path}/\x1b[2Ja.log",), replace_report(tmp_path))
    report = PeriodicReport(ReportPlan("r.log", 10), SystemClock())
    values = status_of(DaemonFacts(4711, 1_700_000_000.0, "1", ""), plan, EMPTY_SCENE, report)
    text = render(values | {"is_ready": True, "is_stopping": False, "reload_trouble": "\x1b[2J"})

    assert text.startswith("glance is running: pid 4711, since 2023-11-14T22:13:20Z (")
    assert "  reports   r.log: 0 written, the next in 10" in text
    assert "  log       standard error" in text
    assert "\x1b" not in text


def replace_report(folder: Path) -> Settings:
    """Settings with a report, and without history."""
    return Settings(report_path=str(folder / "r.log"), history=False)


def test_the_log_is_printed_from_its_end_and_safely(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "daemon.log"
    path.write_bytes(b"".join(b"line %d \x1b[2J \xff\n" % number for number in range(50)))
    assert print_log(path, 2, follow=False) == 0

    out = capsys.readouterr().out
    assert [line.split()[1] for line in out.splitlines()] == ["48", "49"]
    assert "\x1b" not in out


def test_the_log_is_followed_over_a_rotation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "daemon.log"
    path.write_text("one\n")
    steps = iter(
        [
            lambda: path.write_text("one\ntwo\n"),
            lambda: (os.rename(path, tmp_path / "daemon.log.1"), path.write_text("three\n")),
            lambda: None,
            lambda: path.write_text("4\n"),
            lambda: None,
        ]
    )

    def sleep(seconds: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr("glance.cli.daemon_logs.time.sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        print_log(path, 10, follow=True)
    assert capsys.readouterr().out.split() == ["one", "two", "three", "4"]
