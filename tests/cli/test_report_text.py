"""The report for a person: fits its width, says everything, and passes nothing of the log to the terminal."""

import dataclasses
import re
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from glance.cli.report_chart import bar, column_rows, fitted
from glance.cli.report_text import cropped, render, step_words
from glance.domain.logs.summary import SeriesFigures, Summary

COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [80, 120])
def test_it_is_the_golden_text(width: int, summary: Summary, matches_golden: Callable[[str, bytes], None]) -> None:
    """Character for character, at the width of a small and of a wide terminal."""
    matches_golden(f"report-{width}.txt", render(summary, width).encode())


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_line_is_wider_than_asked(width: int, summary: Summary, empty_summary: Summary) -> None:
    """Wide characters counted as two cells."""
    for one in (summary, empty_summary):
        assert max(cell_len(line) for line in render(one, width).splitlines()) <= width


def test_without_colour_there_is_no_escape_code(summary: Summary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a pipe it is plain text, whatever the environment wishes."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = render(summary)
    assert all(character.isprintable() for character in text.replace("\n", ""))


def test_colour_adds_nothing_but_colour(summary: Summary) -> None:
    """The words are the same, and only Rich's own codes are in them."""
    coloured = render(summary, 100, "truecolor")
    assert COLOUR_CODE.search(coloured)
    assert COLOUR_CODE.sub("", coloured) == render(summary, 100)


def test_it_says_the_figures_that_users_of_the_first_tool_know(summary: Summary) -> None:
    """By the same names; errors by each kind, never mixed."""
    text = render(summary, 80)
    for name in ("Total Hits", "Data Sent", "Known Users", "Errors", "Client Errors", "Server Errors", "Top sections"):
        assert name in text
    for figure in ("8,500", "2.75GB", "~1,753", "151", "114", "37", "0.4%", "1.20s"):
        assert figure in text


def test_lists_that_log_has_not_are_left_out(summary: Summary) -> None:
    """No hosts, no title of hosts; no latency, no column for it."""
    assert "Top hosts" not in render(summary)
    assert "p95" not in render(dataclasses.replace(summary, latency=None))


def test_an_empty_log_is_said_in_words(empty_summary: Summary) -> None:
    """Not a table of zeros."""
    assert "The log is empty." in render(empty_summary)


def test_one_second_of_traffic_has_a_chart(summary: Summary) -> None:
    """A single step fills the width."""
    series = SeriesFigures(1, 1_432_029_600.0, (5,), (0,), (0,), (9,))
    assert "█" * 40 in render(dataclasses.replace(summary, series=series), 80)


def test_fitted_keeps_the_sum() -> None:
    """More steps than columns are added up, fewer are widened."""
    assert fitted([1] * 100, 40) == ([3] * 33 + [1], 3, 1)
    assert fitted([1, 2], 9) == ([1, 2], 1, 4)
    assert fitted([], 9) == ([], 1, 1)


def test_what_is_not_zero_is_seen() -> None:
    """One request among a thousand still shows."""
    assert column_rows([0, 1, 1000], 2) == ["  █", " ▁█"]
    assert (bar(0, 10), bar(0.00001, 10), bar(1, 4), bar(0.5, 3)) == ("", "▏", "████", "█▌")


def test_paths_lose_their_left_side() -> None:
    """And never half a wide character."""
    assert cropped("/api/v1/users", 8, at_left=True) == "…1/users"
    assert cropped("/api/v1/users", 8) == "/api/v1…"
    assert cropped("日本語", 4, at_left=True) == "…語"
    assert cropped("日本語", 4) == "日…"


@pytest.mark.parametrize(
    ("seconds", "words"), [(10, "10 s"), (300, "5 min"), (7200, "2 h"), (86400, "1 day"), (172800, "2 days")]
)
def test_steps_are_said_in_words(seconds: int, words: str) -> None:
    """In the largest unit that fits."""
    assert step_words(seconds) == words


def test_a_long_note_is_wrapped_and_loses_nothing(summary: Summary) -> None:
    note = "left out: " + ", ".join(f"/var/log/nginx/access.log.{number}.gz" for number in range(9))
    lines = render(dataclasses.replace(summary, notes=(note,)), width=80).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Note: "))

    assert all(len(line) <= 80 for line in lines[start:])
    assert " ".join(line.strip() for line in lines[start:]) == f"Note: {note}"
