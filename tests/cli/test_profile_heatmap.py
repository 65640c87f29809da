"""`glance profile heatmap`: the map as text and as JSON, and what the samples of a range did."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from glance.cli.profile import profile as verb
from glance.errors import GlanceError
from tests.screens.test_sample_page import SAMPLES, perf_script


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "perf.txt"
    path.write_text(perf_script(SAMPLES))
    return str(path)


def told(*words: str) -> str:
    return CliRunner().invoke(verb, ["heatmap", *words], catch_exceptions=False).output


def test_the_map_has_the_end_of_each_second_on_top(script):
    lines = told("--rows", "10", script).splitlines()
    cells = json.loads(told("--rows", "10", "-o", "json", script))["cells"]

    assert lines[0].startswith("60 samples; second 0 is 100 s")
    assert (lines[1][:8], lines[10][:8]) == (" 900 ms ", "   0 ms ")
    assert sum(map(sum, cells)) == len(SAMPLES)
    assert (cells[9][0], cells[8][0]) == (0, 3)  # it begins at 100.1
    assert [sign != " " for sign in lines[10][9:12]] == [False, True, True]


@pytest.mark.parametrize(("start", "end"), [("0", "1"), ("0.1", "0.14"), ("0.5", "2.3"), ("-5", "99")])
def test_a_range_counts_the_samples_from_its_start_and_before_its_end(script, start, end):
    rows = json.loads(told("--range", f"{start},{end}", "-o", "json", script))
    inside = [name for at, name in SAMPLES if float(start) <= round(at - 100, 6) < float(end)]

    assert rows["samples"] == len(inside)
    assert {row["name"]: row["cum"] for row in rows["rows"]}["main"] == 10 * len(inside)
    assert f"{len(inside)} sample" in told("--range", f"{start},{end}", script)


def test_what_has_no_times_is_told(tmp_path, script):
    path = tmp_path / "folded.txt"
    path.write_text("main;f 3\n")
    for words in (
        ("heatmap", str(path)),
        ("heatmap", "--range", "3,1", script),
        ("heatmap", "--range", "inf,1", script),
    ):
        with pytest.raises(GlanceError):
            CliRunner().invoke(verb, list(words), catch_exceptions=False)


def test_a_long_recording_takes_no_more_columns_than_fit(tmp_path):
    path = tmp_path / "perf.txt"
    path.write_text(perf_script([(100.0, "a"), (90_000_000_000_000.5 / 1e3, "b")]))
    lines = told(str(path)).splitlines()

    assert max(map(len, lines)) < 130
    assert sum(line.count("█") for line in lines[1:-1]) == 2
