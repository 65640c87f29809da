"""The report as JSON: one object with stated keys, valid and harmless whatever was in the log."""

import dataclasses
import json
from collections.abc import Callable

from glance.cli.report_json import TOP_NAMES, render
from glance.domain.logs.summary import Summary


def test_it_is_the_golden_object(summary: Summary, matches_golden: Callable[[str, bytes], None]) -> None:
    """Byte for byte."""
    matches_golden("report.json", render(summary))


def test_its_keys_are_those_of_the_readme(summary: Summary) -> None:
    """Names and nesting that other programs rely on."""
    report = json.loads(render(summary))
    assert {
        "files", "lines", "parsed", "unparsed", "first", "last", "hits", "bytes", "clients", "status", "methods",
        "protocols", "errors", "latency", "top", "series", "unparsed_samples", "users",
    } <= report.keys()  # fmt: skip
    assert report["files"][0].keys() == {"path", "format", "lines", "parsed", "unparsed"}
    assert report["status"]["404"] == 90
    assert report["errors"] == {"client": 114, "server": 37, "rate": 0.017765, "scanner": 64}
    assert report["kinds"]["crawler"] == {"hits": 1202, "bytes": 90010, "client_errors": 2, "server_errors": 0}
    assert (report["first"], report["series"]["start"]) == ("2015-05-19T10:05:03Z", "2015-05-19T10:00:00Z")
    assert set(report["latency"]) == {"count", "p50", "p90", "p95", "p99", "max", "approximate"}
    assert list(report["top"]) == [
        "sections",
        "routes",
        "paths",
        "clients",
        "agents",
        "crawlers",
        "referrers",
        "hosts",
    ]
    assert report["top"]["sections"][1] == {
        "name": "/static", "hits": 3010, "bytes": 90412, "client_errors": 0, "server_errors": 0, "p95": 0.004,
    }  # fmt: skip
    assert set(report["series"]) == {"step_seconds", "start", "hits", "client_errors", "server_errors", "bytes"}
    assert report["unparsed_samples"][0]["line"] == 17


def test_what_is_approximate_says_so(summary: Summary) -> None:
    """Beside the figure; exact figures say nothing."""
    report = json.loads(render(summary))
    assert (report["approximate"], report["approximate_figures"]) == (True, ["clients"])
    assert all(row["approximate"] is True for row in report["top"]["clients"])
    assert not any("approximate" in row for row in report["top"]["paths"])
    exact = dataclasses.replace(summary, clients_are_approximate=False)
    assert "approximate" not in json.loads(render(exact))


def test_hostile_text_is_ascii_without_controls_and_comes_back_whole(summary: Summary) -> None:
    """Only half a surrogate pair, which no reader accepts, is replaced."""
    printed = render(summary)
    assert printed.isascii()
    assert all(byte >= 0x20 or byte == 0x0A for byte in printed)
    assert b"\\ud800" not in printed
    assert json.loads(printed)["top"]["paths"][2]["name"] == summary.tops[2].rows[2].name.replace("\ud800", "\ufffd")


def test_an_empty_log_is_an_object_too(empty_summary: Summary) -> None:
    """Nulls where there is nothing to say."""
    report = json.loads(render(empty_summary))
    assert (report["hits"], report["first"], report["latency"], report["errors"]["rate"]) == (0, None, None, 0.0)
    assert report["series"]["start"] is None
    assert report["top"] == {name: [] for name in TOP_NAMES}
