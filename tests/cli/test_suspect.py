"""`glance suspect` as a program: what it prints, where the code is, and what a request costs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto_writer import written
from tests.domain.profiles.captured import CAPTURES, needs_data
from tests.domain.profiles.suspected import SERVE, cpu

START = 1_795_313_174
REQUESTS = {"/slow": 40, "/hash": 25, "/other": 3}


def saved(path: Path, profile: Profile) -> str:
    """A file with this profile."""
    path.write_bytes(written(profile))
    return str(path)


def slow(**header) -> Profile:
    """A profile with one fault."""
    stacks = {f"regexp.Compile main.handleSlow:3 {SERVE}": 150, f"main.rest {SERVE}": 150}
    return replace(cpu(stacks, route="/slow"), **header)


@pytest.fixture
def log(tmp_path: Path) -> str:
    """So many requests of each route in each of ten seconds."""
    lines = []
    for second in range(START - 3, START + 7):
        at = datetime.fromtimestamp(second, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        for route, count in REQUESTS.items():
            lines += [f'192.0.2.1 - - [{at}] "GET {route}?n={n} HTTP/1.1" 200 12 "-" "x/1"\n' for n in range(count)]
    path = tmp_path / "access.log"
    path.write_text("".join(lines))
    return str(path)


def test_a_suspect_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.go").write_text("a\nb\n\tre := regexp.Compile(`x`)\nd\ne\nf\n")

    assert main(["suspect", "--map", f"/src/app={tmp_path}", saved(tmp_path / "cpu", slow())]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Looked at 3s CPU",
        "",
        " 1  regexp.Compile under main.handleSlow: 1.50s of 3s CPU (50 %)",
        "    fault (compile): it compiles anew what could be kept, in requests",
        "    /src/app/main.go:3",
        "      1 │ a",
        "      2 │ b",
        "    > 3 │     re := regexp.Compile(`x`)",
        "      4 │ d",
        "      5 │ e",
    ]


def test_a_profile_without_a_culprit_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path / "cpu", cpu({f"main.work {SERVE}": 400}))

    assert main(["suspect", path]) == 0
    assert capsys.readouterr().out == "Looked at 4s CPU\nNothing stands out.\n"
    assert main(["suspect", "-o", "json", path]) == 0
    assert json.loads(capsys.readouterr().out)["suspects"] == []
    assert main(["suspect", "-o", "markdown", path]) == 0
    assert "Nothing stands out." in capsys.readouterr().out


def test_a_base_tells_what_is_new_and_since_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = saved(tmp_path / "base", replace(cpu({f"main.rest {SERVE}": 300}), time_nanos=START * 10**9))
    half = saved(tmp_path / "half", cpu({f"regexp.Compile main.handleSlow {SERVE}": 90, f"main.rest {SERVE}": 210}))
    now = saved(tmp_path / "now", slow())
    since = datetime.fromtimestamp(START, UTC).astimezone().strftime("%H:%M")

    main(["suspect", "-base", base, now])
    assert f"(50 %), new since {since}\n" in capsys.readouterr().out
    main(["suspect", "--base", half, now])
    assert "(50 %), 30 % before\n" in capsys.readouterr().out


def test_requests_of_the_log_in_the_time_of_the_profile(
    tmp_path: Path, log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path / "cpu", slow(time_nanos=START * 10**9, duration_nanos=4 * 10**9))

    assert main(["suspect", "--log", log, "-o", "json", path]) == 0
    found = json.loads(capsys.readouterr().out)["routes"]
    assert found["rows"] == [
        {"label": "/slow", "value": 3 * 10**9, "requests": 160, "per_request": 3e9 / 160,
         "error": pytest.approx(2 / 300**0.5), "routes": ["/slow"]}
    ]  # fmt: skip
    assert (found["other_requests"], found["other_routes"], found["unmatched"]) == (112, ["/hash", "/other"], [])

    assert main(["suspect", "--log", log, path]) == 0
    text = capsys.readouterr().out
    assert "/slow    3s  100 %  12 %       160    18.75ms\n" in text
    assert "112 requests are of routes without a sample: /hash, /other\n" in text


def test_a_profile_without_a_time_is_set_against_the_whole_log(
    tmp_path: Path, log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["suspect", "--log", log, "-o", "json", saved(tmp_path / "cpu", slow())])
    found = json.loads(capsys.readouterr().out)

    assert found["routes"]["rows"][0]["requests"] == 400
    assert "the profile does not tell when it was taken: all of the log is counted" in found["notes"]

    later = slow(time_nanos=(START + 900) * 10**9, duration_nanos=10**9)
    main(["suspect", "--log", log, saved(tmp_path / "cpu", later)])
    text = capsys.readouterr().out
    assert "note: the log has no request of the time of the profile: do their clocks agree?" in text
    assert "no request in the log: /slow" in text


def test_hostile_names_reach_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "main.evil\x1b]52;c;cm0K\x07\u202e"
    path = saved(tmp_path / "cpu", cpu({f"regexp.Compile {evil} {SERVE}": 300}, route="/a\x1b[31m"))
    (tmp_path / "log").write_text('192.0.2.1 - - [22/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "-"\n')

    for form in ("text", "markdown", "json"):
        main(["suspect", "-o", form, "--log", str(tmp_path / "log"), path])
        out = capsys.readouterr().out
        assert "regexp.Compile" in out
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_errors_say_what_to_do(tmp_path: Path, log: str, capsys: pytest.CaptureFixture[str]) -> None:
    good = saved(tmp_path / "cpu", slow())

    assert main(["suspect", str(tmp_path / "none")]) != 0
    assert "cannot read" in capsys.readouterr().err
    assert main(["suspect", good, str(tmp_path / "none")]) == 0
    assert "cannot read" in capsys.readouterr().err
    assert main(["suspect", "--map", "x", good]) == 2
    capsys.readouterr()
    assert main(["suspect", "--help"]) == 0
    assert "glance suspect --log access.log cpu.pb.gz" in capsys.readouterr().out


@needs_data
def test_real_captures_of_a_program_tell_all_its_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "go.mod").write_text("module example.com/gotarget\n")
    (tmp_path / "main.go").write_text((CAPTURES / "gotarget.go.txt").read_text())
    names = ("cpu1", "cpu2", "cpu3", "heap1", "heap2", "heap3", "mutex3", "block3", "goroutine3")
    paths = [str(CAPTURES / f"{name}.pb.gz") for name in names]

    assert main(["suspect", "-o", "json", "--source-root", str(tmp_path), *paths]) == 0
    all_of_them = json.loads(capsys.readouterr().out)["suspects"]
    (leak,) = [one for one in all_of_them if one["rule"] == "gained"]
    assert leak["source"]["lines"][2].strip() == "c.leak = append(c.leak, make([]byte, 64<<10))"
    found = [one for one in all_of_them if one["is_fault"]]
    lines = [(one["rule"], one["source"]["lines"][one["line"] - one["source"]["first"]].strip()) for one in found]
    compiles = ("compile", r"re := regexp.MustCompile(`^item-(\d+)[a-z]*(foo|bar|baz)?$`)")
    assert lines == [("lock-held", "c.mu.Unlock()"), compiles, compiles]
    assert main(["suspect", "--source-root", str(tmp_path), "--top", "1", *paths]) == 0
    assert "and 5 more: --top 0 shows all" in capsys.readouterr().out


def test_a_zip_that_is_no_snapshot_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "x.glance"
    broken.write_bytes(b"PK\x03\x04" + bytes(100))

    assert main(["suspect", str(broken)]) != 0
    assert "x.glance" in capsys.readouterr().err
    assert main(["suspect", saved(tmp_path / "cpu", slow()), str(broken)]) == 0
    told = capsys.readouterr()
    assert "regexp.Compile under main.handleSlow" in told.out
    assert told.err.count("x.glance is no snapshot that can be read") == 1
