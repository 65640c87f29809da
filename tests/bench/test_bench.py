"""The harness of the benchmark at tiny sizes: what it counts and sees is true. No time is judged here."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from glance.domain.profiles.flame_maker import FlameChoice, flame_tree
from glance.domain.profiles.proto import read
from glance.pipeline.scene_maker import SceneMaker
from tests.bench import recount
from tests.bench.__main__ import README_MARKS, ROWS, arguments, put_into
from tests.bench.dashboard import LINES
from tests.bench.large_profile import large_profile
from tests.bench.outcome import Outcome, Samples, missing, seconds_text, table
from tests.bench.peer import differences, glance_complaint
from tests.bench.process import ProcessTree, run_to_end
from tests.bench.reports import compared
from tests.bench.setting import GLANCE, ROOT, Setting, setting
from tests.bench.synthetic import MARK_PATH, synthetic_log
from tests.bench.terminal import Terminal
from tests.bench.writer import write_live

LINES_WRITTEN = 30_000


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Setting]:
    with setting(tmp_path / "logs", is_quick=True, say=lambda _: None) as found:
        yield found


@pytest.mark.parametrize("layout", ["combined", "timed", "caddy"])
def test_totals_of_a_log_are_those_of_its_lines(tmp_path: Path, layout: str) -> None:
    log = synthetic_log(tmp_path, layout, LINES_WRITTEN)
    lines = log.path.read_text().splitlines()

    assert len(lines) == log.totals.lines == LINES_WRITTEN
    assert sum(MARK_PATH in line for line in lines) == log.totals.marked > 0
    if layout == "caddy":
        told = [json.loads(line) for line in lines]
        assert Counter(str(one["status"]) for one in told) == log.totals.status
        assert sum(one["size"] for one in told) == log.totals.bytes
    else:
        assert Counter(line.split('"')[2].split()[0] for line in lines) == log.totals.status
        assert sum(int(line.split('"')[2].split()[1]) for line in lines) == log.totals.bytes
        assert len({line.partition(" ")[0] for line in lines}) == log.totals.clients


def test_a_log_is_written_once_and_taken_from_the_folder_then(tmp_path: Path) -> None:
    first = synthetic_log(tmp_path, "combined", 1_000)
    written_at = first.path.stat().st_mtime_ns
    second = synthetic_log(tmp_path, "combined", 1_000)

    assert second == first
    assert second.path.stat().st_mtime_ns == written_at


def test_a_live_log_ends_at_the_moment_that_was_asked_for(tmp_path: Path) -> None:
    log = synthetic_log(tmp_path, "timed", 500, rate=100, end=1_700_000_000.0)

    assert (log.totals.first, log.totals.last) == (1_699_999_995.01, 1_700_000_000.0)
    assert "14/Nov/2023:22:13:20 +0000" in log.path.read_text().splitlines()[-1]


def test_the_writer_counts_what_it_writes(tmp_path: Path) -> None:
    path = tmp_path / "live.log"
    written = write_live(path, 5_000, 0.2, threading.Event())

    assert path.read_bytes().count(b"\n") == written > 0


@pytest.mark.slow
def test_glance_tells_the_known_totals(here: Setting) -> None:
    for layout in ("combined", "caddy"):
        log = synthetic_log(here.cache, layout, 2_000)
        command = (*GLANCE, "report", "--output", "json", str(log.path))
        done = run_to_end(command, environment=here.environment, directory=ROOT, output=here.work / "answer")

        assert done.code == 0
        assert glance_complaint(done.output, log) == ""
        assert done.peak_bytes > 0
        assert done.seconds > 0


def test_a_made_up_profile_has_the_nodes_that_its_row_says(tmp_path: Path) -> None:
    path = large_profile(tmp_path, 1_450)
    profile = read(path.read_bytes())

    assert (len(profile), profile.sample_types[1].type) == (1_450, "cpu")
    assert 9_500 < len(flame_tree(profile, FlameChoice(1))) < 10_500
    assert large_profile(tmp_path, 1_450).stat().st_mtime_ns == path.stat().st_mtime_ns


def test_the_watch_beside_a_profile_tells_what_it_saw(tmp_path: Path, here: Setting) -> None:
    command = (sys.executable, "-m", "tests.bench.flame_watch", str(large_profile(tmp_path, 1_450)))
    done = run_to_end(command, environment=here.environment, directory=ROOT, output=here.work / "answer")
    told = json.loads(done.output)

    assert told["seconds"] > told["longest"] >= told["longest_busy"] > 0
    assert told["nodes"] > 9_500


def test_a_wrong_answer_is_told(tmp_path: Path) -> None:
    assert differences({"lines": (3, 3)}) == ""
    assert differences({"lines": (3, 4), "bytes": (1, 1)}) == "lines: 3 instead of 4"


def test_every_panel_is_held_against_the_totals(here: Setting) -> None:
    log = synthetic_log(here.cache, "timed", 3_000)
    figures = SceneMaker(recount.series_of(log)).figures(recount.VIEW, log.totals.last)

    recount.check(figures, log)


def test_a_program_in_a_terminal_is_seen_as_a_person_sees_it() -> None:
    program = "import os; print('\\x1b[1;31mhello\\x1b[0m', os.get_terminal_size().columns); input(); print('bye')"
    with Terminal([sys.executable, "-c", program], columns=61, rows=5) as shown:
        at = shown.wait_for(r"hello 61", 20)

        assert at is not None
        assert at > shown.started_at
        assert shown.screen.buffer[0][0].fg == "red"
        assert ProcessTree(shown.process.pid).rss_bytes() > 1 << 20

        shown.send(b"\n")
        assert shown.wait_for(r"bye", 20) is not None
        assert shown.wait_for_end(20) == 0
        assert shown.bytes_total > 10


def test_what_never_comes_is_none_and_the_program_is_ended() -> None:
    with Terminal([sys.executable, "-c", "import time; print('here'); time.sleep(60)"]) as shown:
        assert shown.wait_for("here", 20) is not None
        assert shown.wait_for("there", 0.05) is None

    assert shown.process.poll() is not None


def test_a_sequence_that_comes_in_two_pieces_is_one() -> None:
    with Terminal([sys.executable, "-c", "input()"]) as shown:
        shown._undrawn = [(1.0, b"\x1b[3"), (2.0, b"1mred \xe2\x94"), (3.0, b"\x80")]

        assert shown.screen.buffer[0][0].fg == "red"
        assert shown.text().splitlines()[0] == "red ─"


def test_processor_time_of_a_tree_is_counted() -> None:
    mine = ProcessTree(os.getpid())

    assert os.getpid() in mine.members()
    assert mine.cpu_seconds() > 0


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("combined  665 of 665 lines     50,000 lines  35.0k lines/s  lag 8m03s", "50,000"),
        ("combined  1,000 of 1,000 lines     12 lines     0 lines/s  lag 1s", "12"),
        ("access.log   12,408,112 lines   1,204 lines/s", "12,408,112"),
    ],
)
def test_the_header_is_read_rightly(header: str, lines: str) -> None:
    found = LINES.search(header)

    assert found is not None
    assert found[1] == lines


def test_a_peer_that_is_not_installed_is_said_and_not_judged() -> None:
    outcome = compared("speed", 10, {"glance": []}, "GoAccess")

    assert outcome == missing("speed", "≥ 10 × as fast", "GoAccess")
    assert (outcome.is_met, outcome.verdict) == (None, "-")


def test_samples_tell_best_median_and_range() -> None:
    assert Samples((1.5, 1.31, 1.35)).words(seconds_text) == "1.31 s (median 1.35 s, 1.31 s..1.50 s, 3 runs)"


def test_the_table_goes_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{README_MARKS[0]}\nold\n{README_MARKS[1]}\nafter\n", encoding="utf-8")
    put_into(readme, table([Outcome("what", "≤ 1", "0.5", "0.4..0.6", is_met=True)]))

    assert "old" not in readme.read_text(encoding="utf-8")
    assert "| what | ≤ 1 | 0.5 | 0.4..0.6 | pass |" in readme.read_text(encoding="utf-8")
    assert readme.read_text(encoding="utf-8").startswith("before\n")
    assert readme.read_text(encoding="utf-8").endswith("\nafter\n")
    assert README_MARKS[0] in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_command_line_names_the_rows() -> None:
    chosen = arguments(["--quick", "--only", "report", "--only", "key"])

    assert chosen.only == ["report", "key"]
    assert set(chosen.only) <= set(ROWS)
