"""`glance check` and `--fail-if`: exit code and reason, quiet when all is well, and no pass by silence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from glance.cli.check import LIMITS
from glance.cli.main import main
from glance.domain.logs.named_figures import KINDS

TIMED = (
    '10.0.0.{client} - - [22/Nov/2026:14:00:{second:02} +0000] "GET {path} HTTP/1.1" {status} 5 "-" "{agent}" {took}\n'
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a log of 100 requests, 2 of them failed, taking 0 to 99 ms; and one without times."""
    lines = [
        TIMED.format(
            client=number % 7,
            second=number % 60,
            path="/api/x" if number % 2 else "/static/y",
            status=500 if number in (1, 3) else 404 if number == 5 else 200,
            agent="bot" if number % 10 == 0 else "curl",
            took=f"0.{number:03}",
        )
        for number in range(100)
    ]
    (tmp_path / "timed.log").write_text("".join(lines))
    (tmp_path / "plain.log").write_text("".join(line.rpartition(" ")[0] + "\n" for line in lines))
    (tmp_path / "empty.log").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code and what was said."""
    code = main(["check", *arguments])
    out, err = capfd.readouterr()
    return code, out, err


def test_a_check_that_holds_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    limits = ["--max-p99", "200ms", "--max-error-rate", "5%", "--min-requests", "100"]
    assert check(capfd, *limits, "timed.log") == (0, "", "")

    code, out, err = check(capfd, *limits, "-v", "timed.log")
    assert (code, err) == (0, "")
    assert out.startswith("ok: hits 100, error_rate 3%, server_error_rate 2%, p50 ")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--max-p99", "20ms"], "p99 > 20ms: p99 is "),
        (["--max-latency", "0.05s"], "max > 0.05s: max is 99ms"),
        (["--max-error-rate", "2.9%"], "error_rate > 2.9%: error_rate is 3%"),
        (["--max-server-error-rate", "0.01"], "server_error_rate > 0.01: server_error_rate is 2%"),
        (["--max-client-error-rate", "0%"], "client_error_rate > 0%: client_error_rate is 1%"),
        (["--min-requests", "101"], "hits < 101: hits is 100"),
        (["--max-requests", "99"], "hits > 99: hits is 100"),
        (["--fail-if", "5xx > 1 and rate > 1/s"], "5xx > 1 and rate > 1/s: server_errors is 2, rate is 1.66667/s"),
    ],
)
def test_a_check_that_does_not_hold_says_why(
    capfd: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    code, out, err = check(capfd, *arguments, "timed.log")

    assert (code, out) == (1, "")
    assert err.startswith(f"glance: failed: {reason}")


def test_every_reason_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = check(capfd, "--max-p50", "1ms", "--max-error-rate", "1%", "--min-requests", "5", "timed.log")

    assert code == 1
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize(
    ("log", "why"), [("plain.log", "no request in the log has a latency"), ("empty.log", "there are no requests")]
)
def test_what_the_log_does_not_tell_does_not_pass(capfd: pytest.CaptureFixture[str], log: str, why: str) -> None:
    code, _, err = check(capfd, "--max-p99", "10s", log)

    assert code == 1
    assert err == f"glance: failed: p99 > 10s: p99 cannot be told: {why}\n"


def test_an_empty_log_has_no_errors_and_too_few_requests(capfd: pytest.CaptureFixture[str]) -> None:
    assert check(capfd, "--max-error-rate", "1%", "empty.log")[0] == 0
    assert check(capfd, "--min-requests", "1", "empty.log")[0] == 1


def test_json_says_all_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = check(capfd, "-o", "json", "--max-p99", "1ms", "--max-error-rate", "50%", "timed.log")
    told = json.loads(out)

    assert code == 1
    assert told["passed"] is False
    assert [(one["fails_if"], one["passed"]) for one in told["checks"]] == [
        ("p99 > 1ms", False),
        ("error_rate > 50%", True),
    ]
    assert set(told["figures"]) == set(KINDS)
    assert check(capfd, "-o", "json", "--max-error-rate", "50%", "plain.log")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--max-p99", "200"],
        ["--max-p99", "fast"],
        ["--max-p99", "5%"],
        ["--max-error-rate", "1"],
        ["--max-error-rate", "10ms"],
        ["--min-requests", "-1"],
        ["--min-requests", "many"],
        ["--fail-if", "p98 > 1s"],
        ["--where", "status>"],
        ["--since", "then", "--min-requests", "1"],
        ["--since", "1m", "--until", "1h", "--min-requests", "1"],
        ["--max-p98", "1s"],
    ],
)
def test_misuse_is_exit_code_2_and_nothing_is_read(capfd: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = check(capfd, *arguments, "missing.log")

    assert (code, out) == (2, "")
    assert err


def test_a_log_that_cannot_be_read_is_no_pass(capfd: pytest.CaptureFixture[str]) -> None:
    assert check(capfd, "--min-requests", "1", "missing.log")[0] == 5
    assert check(capfd, "--min-requests", "1", "timed.log", "missing.log")[0] == 5


def test_a_mark_shows_the_mistake(capfd: pytest.CaptureFixture[str]) -> None:
    _, _, err = check(capfd, "--fail-if", "hits > 3 and p98 > 2s", "timed.log")
    lines = err.splitlines()

    assert lines[3].index("^") == lines[2].index("p98")


def test_where_counts_only_such_requests(capfd: pytest.CaptureFixture[str]) -> None:
    assert check(capfd, "--where", "path~^/api", "--max-requests", "50", "--min-requests", "50", "timed.log")[0] == 0
    _, out, _ = check(
        capfd, "-o", "json", "--where", "section=/api -agent~bot status>=400", "--min-requests", "1", "timed.log"
    )
    assert json.loads(out)["figures"]["hits"] == 3
    assert json.loads(out)["figures"]["max"] == pytest.approx(0.005, rel=0.02)


def test_report_prints_and_fails(capfd: pytest.CaptureFixture[str]) -> None:
    code = main(["report", "-o", "json", "--fail-if", "error_rate > 1%", "--fail-if", "hits < 5", "timed.log"])
    out, err = capfd.readouterr()
    assert (code, json.loads(out)["hits"]) == (1, 100)
    assert err == "glance: failed: error_rate > 1%: error_rate is 3%\n"

    assert main(["report", "-o", "json", "--fail-if", "error_rate > 5%", "timed.log"]) == 0


def test_report_where_is_about_the_same_lines(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "-o", "json", "--where", "status:5xx", "timed.log"]) == 0
    told = json.loads(capfd.readouterr().out)

    assert (told["hits"], told["lines"], told["parsed"]) == (2, 100, 100)
    assert told["status"] == {"500": 2}
    assert [row["name"] for row in told["top"]["paths"]] == ["/api/x"]


def test_report_of_a_filter_that_leaves_nothing_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "-o", "json", "--where", "status=418", "timed.log"]) == 0
    (note,) = json.loads(capfd.readouterr().out)["notes"]
    assert note.startswith("nothing lies within what was asked for")


def test_every_limit_is_of_a_figure() -> None:
    assert {limit.figure for limit in LIMITS} <= set(KINDS)


@pytest.fixture
def history(place: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    """A database that holds both logs, which are gone."""
    database = place / "glance.db"
    assert main(["collect", "--db", str(database), "--group", "shop", "timed.log"]) == 0
    assert main(["collect", "--db", str(database), "--group", "blog", "plain.log"]) == 0
    for name in ("timed.log", "plain.log"):
        os.unlink(name)
    capfd.readouterr()
    return database


@pytest.mark.parametrize(
    ("arguments", "hits", "files"),
    [
        ([], 200, 2),
        (["--source", "timed.log"], 100, 1),
        (["--group", "blog"], 100, 1),
        (["--group", "blog", "--where", "status>=500"], 2, 1),
        (["--source", "timed.log", "--until", "2026-11-22T14:00:10Z"], 20, 1),
        (["plain.log"], 100, 1),
    ],
)
def test_history_is_asked_without_the_logs(
    history: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], hits: int, files: int
) -> None:
    assert main(["report", "-o", "json", f"--db={history}", *arguments]) == 0
    told = json.loads(capfd.readouterr().out)

    assert (told["hits"], len(told["files"])) == (hits, files)
    assert check(capfd, f"--db={history}", *arguments, "--min-requests", str(hits + 1))[0] == 1
    assert check(capfd, f"--db={history}", *arguments, "--min-requests", str(hits))[0] == 0


def test_history_of_a_log_says_the_same_as_the_log(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    reports = []
    assert main(["collect", "--db", "x.db", "timed.log"]) == 0
    capfd.readouterr()
    for arguments in (["timed.log"], ["--db", "x.db"]):
        assert main(["report", "-o", "json", *arguments]) == 0
        reports.append(json.loads(capfd.readouterr().out))
    for told in reports:
        del told["files"]
    assert reports[0] == reports[1]


def test_the_usual_history_needs_no_path(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "timed.log"]) == 0
    capfd.readouterr()
    assert check(capfd, "--min-requests", "100", "--db")[0] == 0
    assert check(capfd, "--db", "--min-requests", "100")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--db", "no.db"], "the file does not exist"),
        (["--group", "none"], "it was not read into it"),
        (["--source", "other.log"], "it was not read into it"),
    ],
)
@pytest.mark.usefixtures("history")
def test_what_history_does_not_have_is_an_error(
    place: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    where = [] if "--db" in arguments else [f"--db={place / 'glance.db'}"]
    code, _, err = check(capfd, *where, *arguments, "--min-requests", "1")

    assert code == 4
    assert why in err
