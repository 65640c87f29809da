"""`glance metrics`, run as it is typed."""

from __future__ import annotations

import csv
import io
import json
import shlex
import time
from pathlib import Path

import pytest

from glance.cli import metrics, metrics_output
from glance.cli.main import main
from glance.domain.logs.record import LogRecord
from glance.paths import state_dir
from glance.store.batch import Batch
from glance.store.history import History
from tests.domain.logs.brute import bucket_of

START = 1_700_000_000 // 3600 * 3600
BELL = b"/\x1b]52;c;aGk=\x07"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history with an hour of one log, ended long ago."""
    path = tmp_path / "glance.db"
    history = History.open(path)
    records = [
        LogRecord(
            (START + at) * 1000,
            path=b"/api/a" if at % 3 else b"/shop",
            status=b"500" if at % 9 == 0 else b"200",
            size=100,
            seconds=0.1 + at % 2,
            client=b"10.0.0.%d" % (at % 5),
        )
        for at in range(0, 3600, 2)
    ]
    records.append(LogRecord((START + 3599) * 1000, path=BELL, status=b"200"))
    history.commit(Batch((bucket_of(records, source="/var/log/a.log"),)))
    history.register("/var/log/a.log", group="web")
    history.close()
    return path


class Glance:
    """Runs command lines on one database."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self.capsys = capsys
        self.err = ""

    def __call__(self, line: str, code: int = 0) -> str:
        assert main(["metrics", *shlex.split(line), "--db", str(self.path)]) == code
        out, self.err = self.capsys.readouterr()
        return out


@pytest.fixture
def glance(path: Path, capsys: pytest.CaptureFixture[str]) -> Glance:
    return Glance(path, capsys)


def test_default_makes_the_two_of_puppylog(glance: Glance) -> None:
    assert glance("list").startswith("No metrics have been added yet")
    assert json.loads(glance("list -o json")) == []
    out = glance("create --default")
    assert "Created metric total_traffic_per_route: requests per 10 s by section" in out
    assert "Created metric total_traffic: requests per 1 s" in out
    assert glance("create --default") == "Default metrics set should already be created\n"
    assert [line.split()[0] for line in glance("list").splitlines()] == [
        "METRIC",
        "total_traffic",
        "total_traffic_per_route",
    ]


def test_observations_come_newest_first_with_a_line_of_their_course(glance: Glance) -> None:
    glance("create --default")
    lines = glance("get total_traffic --limit 5").splitlines()

    assert lines[0] == "total_traffic: requests per 1 s"
    assert set(lines[2].split()[0]) <= set("▁▂▃▄▅▆▇█")
    assert "least 0  most 1  latest 1" in lines[2]
    assert lines[4].split() == ["TIME", "VALUE"]
    assert [line.split() for line in lines[5:]] == [
        ["2023-11-14T22:59:59Z", "1"],
        ["2023-11-14T22:59:58Z", "1"],
        ["2023-11-14T22:59:57Z", "0"],
        ["2023-11-14T22:59:56Z", "1"],
        ["2023-11-14T22:59:55Z", "0"],
    ]
    by_route = glance("get total_traffic_per_route --limit 3")
    rows = [line.split() for line in by_route.splitlines() if line.startswith("2023")]
    assert rows[0] == ["2023-11-14T22:59:50Z", "/api", "4"]
    assert "\x1b" not in by_route


def test_as_json_and_csv(glance: Glance) -> None:
    glance("create -id slow -s p99 -p latency -pr 10m -seg section --where 'status>=200' --group web")
    told = json.loads(glance("get slow -o json"))
    rows = list(csv.DictReader(io.StringIO(glance("get slow --output csv"))))

    assert told["metric"]["words"] == "p99 of latency per 10 min by section, status>=200, group web"
    assert told["metric"]["unit"] == "s"
    assert len(told["observations"]) == len(rows) == 12
    first = told["observations"][0]
    assert first == {
        "start": "2023-11-14T22:50:00Z",
        "segment": "/api",
        "value": pytest.approx(0.1, rel=0.01),
        "samples": 200,
        "is_whole": True,
    }
    assert float(rows[0]["value"]) == pytest.approx(first["value"])
    assert [rows[0]["segment"], rows[0]["samples"], rows[0]["is_whole"]] == ["/api", "200", "true"]


def test_since_until_and_limit(glance: Glance) -> None:
    glance("create -id c -pr 10m")
    out = json.loads(glance("get c --since 2023-11-14T22:10:00Z --until 2023-11-14T22:30Z -o json"))
    assert [one["start"] for one in out["observations"]] == ["2023-11-14T22:20:00Z", "2023-11-14T22:10:00Z"]
    assert glance("get c --since 1m") == "Metric(c) has no observations yet\n"
    glance("get c --since 1m --until 2m", code=2)
    glance("get c --since yesterday", code=2)


def test_meta_says_how_it_is_defined(glance: Glance) -> None:
    glance("create -id errs -s ratio --where 'code>=500' -pr 5m --source a.log")
    told = dict(line.split(None, 1) for line in glance("meta errs").splitlines())
    assert (told["identifier"], told["statistic"], told["period"]) == ("errs", "ratio", "5m00s")
    assert (told["where"], told["unit"], told["sources"]) == ("status>=500", "share", str(Path("a.log").absolute()))
    plain = json.loads(glance("meta errs --output json"))
    assert plain["filter"] == "status>=500"
    assert plain["created"].endswith("Z")


def test_what_is_not_there_and_what_is_there_already(glance: Glance) -> None:
    for line in ("get x", "meta x", "delete x"):
        glance(line, code=2)
        assert "Metric(x) has not been found" in glance.err
    assert "Metric(x) created successfully" in glance("create -id x")
    glance("create -id x -s rate", code=2)
    assert "Metric(x) exists already" in glance.err
    assert glance("delete x") == "Metric(x) deleted\n"
    glance("delete x", code=2)
    assert "Metric(none) created" in glance("create -id none --source /never")
    assert glance("get none") == "Metric(none) has no observations yet\n"
    assert json.loads(glance("get none -o json"))["observations"] == []


def test_names_of_puppylog_go_on_working(glance: Glance) -> None:
    glance(
        "create --identifier old --stat avg --prop response_bsize --period 60 --refresh_rate 60 "
        "--segment_expression \"split_part(request_route, '/', 2)\""
    )
    assert "no effect" in glance.err
    assert "taken as `section`" in glance.err
    plain = json.loads(glance("meta old -o json"))
    assert (plain["property"], plain["segment"], plain["period_seconds"]) == ("bytes", "section", 60)
    assert "/shop" in glance("get old")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("create", "a metric needs a name"),
        ("create -id 'a b'", "cannot be the name"),
        ("create -id a -s mean", "no statistic 'mean'"),
        ("create -id a -s p95 -p client", "no p95 of client"),
        ("create -id a -p indent_logname", "no property 'indent_logname'"),
        ("create -id a -seg planet", "no segment 'planet'"),
        ("create -id a -pr 0", "whole seconds"),
        ("create -id a -pr 1.5", "whole seconds"),
        ("create -id a -pr soon", "expected a duration"),
        ("create -id a -s ratio", "a ratio needs a condition"),
        ("create -id a --where 'stauts>=500'", "there is no field stauts"),
    ],
)
def test_what_makes_no_sense_is_told(glance: Glance, line: str, why: str) -> None:
    glance(line, code=2)
    assert why in glance.err


def test_a_mistake_in_a_filter_is_marked(glance: Glance) -> None:
    glance("create -id a --where 'path:/a (status>=500'", code=2)
    lines = glance.err.splitlines()
    at = next(number for number, line in enumerate(lines) if line.endswith("path:/a (status>=500"))
    assert lines[at + 1].index("^") == lines[at].index("(status")


def test_a_ratio_may_have_its_condition_as_property(glance: Glance) -> None:
    glance("create -id r -s ratio -p 'status:5xx' --where 'section=/shop' -pr 1h")
    (one,) = json.loads(glance("get r -o json"))["observations"]
    assert one["value"] == pytest.approx(200 / 600)


def test_a_database_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(b"no database" * 1000)
    for line in ("list", "get x", "create --default"):
        assert main(["metrics", *line.split(), "--db", str(bad)]) == 4
    capsys.readouterr()


def test_examples_of_the_help_work_when_pasted(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.rename(state_dir_made() / "glance.db")
    examples = []
    for name in (None, *metrics.metrics.commands):
        assert main(["metrics", *([name] if name else []), "--help"]) == 0
        text = capsys.readouterr().out
        examples += [line.strip() for line in text.splitlines() if line.startswith("  glance metrics ")]
    assert len(examples) >= 10
    for example in sorted(set(examples), key=lambda line: ("create" not in line, "delete" in line)):
        assert main(shlex.split(example)[1:]) == 0, example
        assert main(["metrics", "delete", "slow_api"]) == 0 if "slow_api" in example else True
    capsys.readouterr()


def test_examples_of_the_documentation_work_when_pasted(
    path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.rename(state_dir_made() / "glance.db")
    lines = (root / "docs" / "metrics.md").read_text(encoding="utf-8").splitlines()
    examples = [line for line in lines if line.startswith("glance metrics ")]
    assert len(examples) > 6
    for example in examples:
        assert main(shlex.split(example, comments=True)[1:]) == 0, example
    capsys.readouterr()


def state_dir_made() -> Path:
    state_dir().mkdir(parents=True)
    return state_dir()


def test_the_period_that_runs_is_marked(path: Path, glance: Glance) -> None:
    history = History.open(path)
    now = time.time()
    history.commit(Batch((bucket_of([LogRecord(round(now * 1000), path=b"/now")], source="/var/log/b.log"),)))
    history.close()
    glance("create -id day -pr 1d --source /var/log/b.log")
    assert glance("get day").splitlines()[-1].endswith("so far")


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [
        ([1.0, 4.0, 8.0], 60, "▂▄█"),
        ([0.0, 8.0, None], 60, "▁█ "),
        ([0.0, 0.0], 60, "__"),
        ([1.0, 2.0, 8.0, 1.0], 2, "▂█"),
        ([], 60, ""),
        ([-1.0, 1.0], 60, "▁█"),
    ],
)
def test_a_line_of_blocks(values: list[float | None], width: int, line: str) -> None:
    assert metrics_output.spark(values, width) == line
