"""`glance sql`: what is asked, of what, and in which form it is answered."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.cli.sql import is_query, taken_apart
from glance.cli.sql_output import distinct, table
from glance.domain.logs.relation_column import COLUMNS
from glance.errors import UsageError

LINE = '10.0.0.{client} - - [22/Nov/2026:14:00:{second:02} +0000] "GET {path} HTTP/1.1" {status} {size} "-" "{agent}"\n'
OSC52 = "\x1b]52;c;cm0gLXJmIC8K\x07"
COUNT = "SELECT count(*) AS hits FROM log"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a log of 60 requests, one of them hostile, and one line that is none."""
    lines = [
        LINE.format(
            client=number % 7,
            second=number,
            path="/api/x" if number % 2 else "/static/y",
            status=500 if number == 3 else 200,
            size=number * 1000,
            agent=f"=bot {OSC52}|" if number == 5 else "curl",
        )
        for number in range(60)
    ]
    (tmp_path / "a.log").write_text("".join([*lines, "no record\n"]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return tmp_path


def sql(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code and what was said."""
    code = main(["sql", *arguments])
    out, err = capfd.readouterr()
    return code, out, err


def test_a_table_for_people(capfd: pytest.CaptureFixture[str]) -> None:
    query = "SELECT path, count(*) AS hits, min(user) AS name FROM log GROUP BY path ORDER BY path"
    code, out, err = sql(capfd, "a.log", query)

    assert code == 0
    assert out.splitlines() == [
        "path       hits  name",
        "─────────  ────  ────",
        "/api/x       30  NULL",
        "/static/y    30  NULL",
    ]
    assert "1 of 61 lines are not understood" in err
    assert err.splitlines()[-1].startswith("2 rows in 0.")
    assert "of 60 records, read in 0." in err.splitlines()[-1]


@pytest.mark.parametrize("words", [["a.log", COUNT], [COUNT, "a.log"], ["-f", "a.log", COUNT], ["--file=a.log", COUNT]])
def test_logs_and_query_are_told_apart(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert sql(capfd, *words, "-o", "csv")[:2] == (0, "hits\r\n60\r\n")


def test_json_has_an_object_a_row(capfd: pytest.CaptureFixture[str]) -> None:
    query = "SELECT time, epoch, agent, user, size, size, x'00ff' AS raw, 1e999 AS most FROM log WHERE size = 5000"
    _, out, _ = sql(capfd, "a.log", query, "-o", "json")

    assert out.isascii()
    assert json.loads(out) == [
        {
            "time": "2026-11-22 14:00:05", "epoch": 1795356005.0, "agent": f"=bot {OSC52}|", "user": None,
            "size": 5000, "size_2": 5000, "raw": "00ff", "most": None,
        }
    ]  # fmt: skip
    assert json.loads(sql(capfd, "a.log", f"{COUNT} WHERE false GROUP BY path", "-o", "json")[1]) == []


def test_csv_is_whole_and_harmless(capfd: pytest.CaptureFixture[str]) -> None:
    _, out, _ = sql(capfd, "a.log", "SELECT size, user, agent FROM log ORDER BY size", "-o", "csv", "--rows", "2")
    rows = list(csv.reader(io.StringIO(out, newline="")))

    assert len(rows) == 61
    assert rows[1] == ["0", "", "curl"]
    assert rows[6][2] == "'=bot ␛]52;c;cm0gLXJmIC8K␇|"


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_nothing_from_the_log_reaches_a_terminal_as_it_is(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    query = f"SELECT agent, '{OSC52}' AS \"{OSC52}\" FROM log WHERE size = 5000"
    _, out, _ = sql(capfd, "a.log", query, "-o", form)

    assert "\x1b" not in out
    assert "\x07" not in out
    assert out.count("␛") == 3


def test_markdown_is_a_table(capfd: pytest.CaptureFixture[str]) -> None:
    _, out, _ = sql(capfd, "a.log", "SELECT 'a|b' AS x, NULL AS y", "-o", "markdown")

    assert out == "| x | y |\n|---|---|\n| a\\|b |  |\n"


def test_rows_of_a_table_are_bounded_and_it_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    _, out, err = sql(capfd, "a.log", "SELECT size FROM log", "--rows", "10")
    assert len(out.splitlines()) == 12
    assert "the first 10 rows; --rows 0" in err

    assert "the first" not in sql(capfd, "a.log", "SELECT size FROM log", "--rows", "60")[2]
    assert len(sql(capfd, "a.log", "SELECT size FROM log", "--rows", "0")[1].splitlines()) == 62


def test_only_what_is_chosen_is_asked(capfd: pytest.CaptureFixture[str]) -> None:
    chosen = ["--since", "2026-11-22T14:00:10Z", "--until", "2026-11-22T14:00:20Z", "--where", "path:/api"]

    assert sql(capfd, "a.log", *chosen, COUNT, "-o", "csv")[1] == "hits\r\n5\r\n"


@pytest.mark.parametrize("since", ["9" * 400 + "d", "999999999999999d"])
def test_longer_ago_than_calendars_go_is_everything(since: str, capfd: pytest.CaptureFixture[str]) -> None:
    everything = sql(capfd, "a.log", COUNT, "-o", "csv")
    assert sql(capfd, "a.log", "--since", since, COUNT, "-o", "csv")[:2] == everything[:2]


@pytest.mark.parametrize(
    "words", [["--db"], ["--db", "--since", "2026-01-01"], ["--source", "a.log"], ["a.log", "--db"]]
)
def test_history_is_asked(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "a.log"]) == 0
    Path("a.log").unlink()
    capfd.readouterr()

    assert sql(capfd, *words, COUNT, "-o", "csv")[:2] == (0, "hits\r\n60\r\n")


def test_another_history_is_named(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["collect", "--db", "other.db", "--group", "web", "a.log"]) == 0
    capfd.readouterr()

    query = "SELECT DISTINCT source FROM log"
    assert (
        sql(capfd, "--db", "other.db", "--group", "web", query, "-o", "csv")[1] == f"source\r\n{tmp_path / 'a.log'}\r\n"
    )
    assert sql(capfd, "--db", "other.db", "--group", "db", query)[0] == 4
    assert sql(capfd, "--db", "none.db", query)[0] == 4


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "there is no query"),
        (["a.log"], 2, "there is no query"),
        (["a.log", "SELECT pth FROM log"], 2, "       SELECT pth FROM log\n              ^\n  do   did you mean path?"),
        (["a.log", "DROP TABLE log"], 2, "only reading is allowed"),
        (["none.log", COUNT], 5, "none.log does not exist"),
        (["a.log", COUNT, "--engine", "nix"], 2, "nix"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(words: list[str], code: int, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    found, out, err = sql(capfd, *words)

    assert (found, out) == (code, "")
    assert said in err


def test_a_log_among_others_that_is_missing_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = sql(capfd, "a.log", "none.log", COUNT, "-o", "csv")

    assert (code, out) == (5, "hits\r\n60\r\n")
    assert "none.log" in err


def test_what_memory_has_no_room_for_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    lines = (
        LINE.format(client=1, second=number % 60, path=f"/{number}/{number:0900}", status=200, size=1, agent=number)
        for number in range(40_000)
    )
    Path("long.log").write_text("".join(lines))
    code, out, err = sql(capfd, "long.log", "--memory", "16", COUNT, "-o", "csv")

    assert code == 0
    assert int(out.splitlines()[1]) < 40_000 or "(other)" in err
    assert "raise --memory" in err


def test_duckdb_that_is_not_installed_is_told(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    code, _, err = sql(capfd, "a.log", COUNT, "--engine", "duckdb")

    assert code == 1
    assert "pip install 'glance-tui[sql]'" in err


@pytest.mark.skipif(find_spec("duckdb") is None, reason="DuckDB, the extra [sql], is not installed")
def test_duckdb_answers(place: Path) -> None:
    command = [sys.executable, "-m", "glance", "sql", "a.log", COUNT, "--engine", "duckdb", "-o", "csv"]
    done = subprocess.run(command, capture_output=True, check=True, env=environment())

    assert done.stdout == b"hits\r\n60\r\n"
    assert b"leak" not in done.stderr  # what its binding says where objects are not collected at the end


def environment() -> dict[str, str]:
    """The environment of a glance of its own, found where this one is."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent)}


@pytest.mark.slow
def test_the_keyboard_ends_a_long_query_at_once(place: Path) -> None:
    endless = "SELECT count(*) FROM log a, log b, log c, log d, log e, log f"
    command = [sys.executable, "-m", "glance", "sql", "a.log", endless]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as running:
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(1.5)
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 130
        assert running.stderr is not None
        assert running.stderr.read() == b""

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("select 1", True), (" \n-- it\n WITH a AS", True), ("(SELECT 1)", True), ("/* x */ values(1)", True),
        ("explain query plan select 1", True), ("from log", True), ("a.log", False), ("select.log", False),
        ("values", True), ("withers.log", False), ("", False), ("access.log select 1", False),
    ],
)  # fmt: skip
def test_a_query_is_known_by_its_beginning(text: str, is_one: bool) -> None:
    assert is_query(text) == is_one


def test_a_file_is_no_query() -> None:
    Path("values").write_text("")

    assert taken_apart(("values", "SELECT 1")) == (("values",), "SELECT 1")
    with pytest.raises(UsageError):
        taken_apart(("values",))


def test_a_table_fits_the_terminal_and_cuts_no_number() -> None:
    rows = [("/" + "long" * 20, 123456789012, "x" * 30), ("日本語" * 10, -1.5, "y")]
    lines = list(table(("path", "hits", "agent"), rows, 50))

    assert all(len(line) <= 50 for line in lines)
    assert "123456789012" in lines[2]
    assert lines[2].count("…") == 2
    assert "        -1.5" in lines[3]


def test_a_table_of_many_columns_keeps_the_beginning_of_each() -> None:
    lines = list(table(("a", "b", "c"), [("x" * 50,) * 3], 10))

    assert lines[2] == "  ".join(["xxxxxxx…"] * 3)


def test_columns_of_one_name_are_told_apart() -> None:
    assert distinct(("a", "a", "a_2", "a")) == ["a", "a_2", "a_2_2", "a_3"]


def test_every_column_is_told_in_the_help_and_the_manual(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "--help"]) == 0
    told = capfd.readouterr().out
    manual = (Path(__file__).resolve().parent.parent.parent / "docs" / "sql.md").read_text(encoding="utf-8")
    table_rows = [line for line in manual.splitlines() if line.startswith("| `") and line.count("|") == 4]

    assert all(f" {column.name} " in told.replace("\n", " ") for column in COLUMNS)
    assert table_rows[-len(COLUMNS) :] == [f"| `{each.name}` | {each.type} | {each.meaning} |" for each in COLUMNS]


@pytest.mark.parametrize("number", range(6))
def test_examples_of_the_manual_are_answered(number: int, capfd: pytest.CaptureFixture[str]) -> None:
    manual = (Path(__file__).resolve().parent.parent.parent / "docs" / "sql.md").read_text(encoding="utf-8")
    lines = [line for line in manual[manual.index("```sh") :].splitlines() if "glance sql" in line][:6]
    words = shlex.split(lines[number].partition("glance sql ")[2].partition(" > ")[0])
    Path("access.log").write_bytes(Path("a.log").read_bytes())
    Path("access.log.1").write_bytes(Path("a.log").read_bytes())
    assert main(["collect", "a.log"]) == 0

    assert sql(capfd, *("a.log" if word == "-" else word for word in words))[0] == 0
