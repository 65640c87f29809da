"""The report as metrics: names and units that keep, labels that are bounded, figures of the JSON."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glance.cli import report_json
from glance.cli.main import main
from glance.cli.report import rendered
from glance.domain.logs import summary_metrics
from glance.domain.logs.summary import FileFigures, KindFigures, Summary, TopList, TopRow
from tests.domain.exposition import ReadFamily, read


def families_of(summary: Summary) -> dict[str, ReadFamily]:
    """The report as a scraper reads it."""
    return read(rendered(summary, "prometheus").decode())


def test_its_figures_are_those_of_the_json(summary: Summary) -> None:
    told, found = json.loads(report_json.render(summary)), families_of(summary)

    statuses = {dict(labels)["status"]: value for (_, labels), value in found["glance_requests_total"].values.items()}
    assert statuses == told["status"]
    assert sum(found["glance_requests_by_method_total"].values.values()) == told["hits"]
    assert sum(found["glance_requests_by_protocol_total"].values.values()) == told["hits"]
    assert found["glance_response_bytes_total"].value() == told["bytes"]
    assert found["glance_clients"].value() == told["clients"]
    times = found["glance_request_duration_seconds"]
    assert times.value(quantile="0.95") == told["latency"]["p95"]
    assert times.value("_count") == told["latency"]["count"]
    assert sum(found["glance_lines_unparsed_total"].values.values()) == told["unparsed"]
    for row in told["top"]["sections"]:
        assert found["glance_section_requests_total"].value(section=row["name"]) == row["hits"]
        assert found["glance_section_server_errors_total"].value(section=row["name"]) == row["server_errors"]


def test_names_and_types_keep(summary: Summary) -> None:
    sections = tuple(top for top in summary.tops if top.name == "sections")
    report = dataclasses.replace(summary, tops=sections, kinds=(KindFigures("person", 8500, 1, 0, 0),))

    assert {name: family.kind for name, family in families_of(report).items()} == {
        "glance_build_info": "gauge",
        "glance_requests_total": "counter",
        "glance_requests_by_method_total": "counter",
        "glance_requests_by_protocol_total": "counter",
        "glance_requests_by_client_kind_total": "counter",
        "glance_scanner_errors_total": "counter",
        "glance_response_bytes_total": "counter",
        "glance_responses_without_size_total": "counter",
        "glance_request_duration_seconds": "summary",
        "glance_request_duration_max_seconds": "gauge",
        "glance_clients": "gauge",
        "glance_users": "gauge",
        "glance_first_request_timestamp_seconds": "gauge",
        "glance_last_request_timestamp_seconds": "gauge",
        "glance_section_requests_total": "counter",
        "glance_section_client_errors_total": "counter",
        "glance_section_server_errors_total": "counter",
        "glance_section_response_bytes_total": "counter",
        "glance_section_request_duration_p95_seconds": "gauge",
        "glance_lines_total": "counter",
        "glance_lines_parsed_total": "counter",
        "glance_lines_unparsed_total": "counter",
    }


def test_no_label_grows_without_end(summary: Summary) -> None:
    rows = tuple(TopRow(f"/{number}", 1, 1, 0, 0, 0.1) for number in range(5000))
    names = ("sections", "paths", "clients", "agents", "referrers", "hosts", "routes")
    large = dataclasses.replace(
        summary,
        files=tuple(FileFigures(f"{number}.log", "common", 2, 1, 1) for number in range(5000)),
        statuses=tuple((status, 1) for status in range(5000)),
        methods=tuple((f"M{number}", 1) for number in range(5000)),
        protocols=tuple((f"P{number}", 1) for number in range(5000)),
        tops=tuple(TopList(name, rows) for name in names),
        hits=5000,
    )

    found = families_of(large)
    assert max(len(family.values) for family in found.values()) <= 501
    assert len(found["glance_route_requests_total"].values) == summary_metrics.MOST_NAMES
    assert found["glance_requests_by_method_total"].value(method="other") == 5000
    assert found["glance_lines_total"].value(file="other") == 2 * (5000 - summary_metrics.MOST_FILES)
    assert not [name for name in found if "path" in name or "client_requests" in name or "agent" in name]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(names=st.lists(st.text(st.characters(exclude_categories=()), max_size=250), min_size=1, max_size=4))
def test_any_text_keeps_the_format(summary: Summary, names: list[str]) -> None:
    """Also names that become the same once they are harmless and short."""
    rows = tuple(TopRow(name, 3, 2, 1, 0, 0.5) for name in names)
    report = dataclasses.replace(
        summary,
        files=tuple(FileFigures(name, name, 3, 2, 1) for name in names),
        methods=tuple((name, 1) for name in names),
        protocols=tuple((name, 1) for name in names),
        tops=tuple(TopList(name, rows) for name in ("sections", "hosts")),
        hits=len(names),
        statuses=(),
    )

    found = families_of(report)
    assert sum(found["glance_section_requests_total"].values.values()) == 3 * len(names)
    assert sum(found["glance_lines_total"].values.values()) == 3 * len(names)
    assert found["glance_requests_total"].value(status="unknown") == len(names)


def test_requests_without_a_known_word_are_counted_too(summary: Summary) -> None:
    found = families_of(dataclasses.replace(summary, hits=summary.hits + 7))

    assert found["glance_requests_total"].value(status="unknown") == 7
    assert found["glance_requests_by_method_total"].value(method="unknown") == 7
    assert found["glance_requests_by_method_total"].value(method="other") == 5


def test_kinds_of_clients_are_told_when_they_are_known(summary: Summary) -> None:
    kinds = (KindFigures("person", 8000, 1, 0, 0), KindFigures("crawler", 500, 1, 0, 0))
    found = families_of(dataclasses.replace(summary, kinds=kinds, scanner_errors=9))

    assert found["glance_requests_by_client_kind_total"].value(kind="crawler") == 500
    assert found["glance_scanner_errors_total"].value() == 9


def test_an_empty_log_has_metrics(empty_summary: Summary) -> None:
    found = families_of(empty_summary)

    assert found["glance_requests_total"].value(status="unknown") == 0
    assert "glance_request_duration_seconds" not in found


def test_it_is_printed_with_the_sum_of_latencies(tmp_path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "access.log"
    line = '10.0.0.1 - - [22/Nov/2026:14:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl" 0.%d00\n'
    log.write_text("".join(line % tenths for tenths in (1, 2, 3, 4)))

    assert main(["report", "--output", "prometheus", str(log)]) == 0
    times = read(capfd.readouterr().out)["glance_request_duration_seconds"]
    assert times.value("_count") == 4
    assert times.value("_sum") == pytest.approx(1.0, rel=0.01)
