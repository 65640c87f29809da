"""fluffy's config.yml as it is shipped, and everything that can be wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.cli.main import main
from glance.errors import ConfigError
from glance.pipeline.fluffy_config import read_fluffy

SHIPPED = """\
alert-path: /tmp/alert.log
alert-window: 5
filename: /tmp/access.log
log-path: /tmp/fluffy.log
pid: -1
report-path: /tmp/report.log
report-time: 10
threshold: 10
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yml"
    path.write_text(SHIPPED)
    return path


def test_the_shipped_file_is_read_as_it_is(config: Path) -> None:
    file = read_fluffy(config)

    assert file.values == {
        "alert_path": "/tmp/alert.log",
        "alertwindow": 5 / 60,
        "file": "/tmp/access.log",
        "log_path": "/tmp/fluffy.log",
        "report_path": "/tmp/report.log",
        "report_time": 10.0,
        "alert_threshold": 10.0,
    }
    assert file.lines["alertwindow"] == 2


def test_comments_quotes_and_case_are_read_as_yaml_means_them(config: Path) -> None:
    config.write_text(
        "---\n# mine\nFilename: '/tmp/a b.log'  # the log\nreport_time:   30s\nalert-window: 2m\nthreshold: \"2.5\"\n"
        "alert-path:\nreport-path: /tmp/r#1.log\n"
    )

    values = read_fluffy(config).values
    assert values == {
        "file": "/tmp/a b.log",
        "report_time": 30.0,
        "alertwindow": 2.0,
        "alert_threshold": 2.5,
        "report_path": "/tmp/r#1.log",
    }


@pytest.mark.parametrize("name", ["report-time", "alert-window", "threshold", "filename"])
@pytest.mark.parametrize("value", ["", " 0", " 0.0", " ''", None])
def test_what_fluffy_needs_must_be_there(config: Path, name: str, value: str | None) -> None:
    kept = [line for line in SHIPPED.splitlines() if not line.startswith(name)]
    config.write_text("\n".join([*kept, *([] if value is None else [f"{name}:{value}"])]))

    with pytest.raises(ConfigError) as caught:
        read_fluffy(config)
    assert caught.value.what == "config.yml: bad configuration"
    assert f"`{name}` is {'missing' if value is None else 'empty or zero'}" in caught.value.why
    assert str(config) in caught.value.why


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("threshold 10", "this is no `name: value`"),
        ("  threshold: 10", "this is no `name: value`"),
        ("- threshold: 10", "this is no `name: value`"),
        ("port: 80", "`port` is no setting of fluffy"),
        ("filename: [a, b]", "only plain values can be read"),
        ("filename: &a x", "only plain values can be read"),
        ("filename: 'x", "the quoted value cannot be understood"),
        ("pid: 1\npid: 2", "`pid` stands on line 1 already"),
        ("threshold: many", "expected a number"),
        ("report-time: soon", "expected a duration"),
        ("report-time: -3", "expected a duration"),
    ],
)
def test_anything_else_is_told_with_its_line(config: Path, line: str, why: str) -> None:
    name = line.strip("- ").partition(":")[0].partition(" ")[0]
    kept = [one for one in SHIPPED.splitlines() if not one.startswith(name)]
    config.write_text("\n".join([line, *kept]))

    with pytest.raises(ConfigError) as caught:
        read_fluffy(config)
    assert why in caught.value.why
    assert f"{config}:{line.count(chr(10)) + 1}: " in caught.value.why


def test_bytes_that_are_no_text_and_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_bytes(b"filename: \xff\n")
    for name in ("x.yml", "missing.yml"):
        with pytest.raises(ConfigError) as caught:
            read_fluffy(tmp_path / name)
        assert "cannot read the configuration" in caught.value.what


def test_every_verb_takes_it_and_a_bad_one_is_exit_code_3(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--config", str(config), "--output", "json"]) == 0
    out = capsys.readouterr().out
    assert '"where": ' + f'"{config}:7"' in out

    config.write_text(SHIPPED.replace("threshold: 10", "threshold: 0"))
    assert main(["config", "--config", str(config)]) == 3
    assert "config.yml: bad configuration" in capsys.readouterr().err
