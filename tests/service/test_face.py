"""What is answered, and that the description of it is true."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from glance.domain.logs.summary_document import document as report_document
from glance.errors import GlanceError, SourceError, StoreError
from glance.service.answers import Asked
from glance.service.face import HEADERS, MOST_WAITING
from glance.service.openapi import document
from glance.setting_value import EARLIEST
from tests.service.asking import NOW, Told, served
from tests.service.schema import mistakes

OPENAPI = document()


async def test_every_answer_is_as_the_description_says(report: dict[str, Any]) -> None:
    told = Told(lambda _asked: report)
    async with served(told) as (session, url):
        async with session.get(f"{url}/api/v1/openapi.json") as answer:
            described = await answer.json()
        assert described == json.loads(json.dumps(OPENAPI))
        for path, query in (
            ("/metrics", ""),
            ("/api/v1/report", ""),
            ("/api/v1/report", "?top=0"),
            ("/api/v1/openapi.json", ""),
            ("/healthz", ""),
        ):
            async with session.get(f"{url}{path}{query}") as answer:
                wanted = described["paths"][path]["get"]["responses"][str(answer.status)]["content"]
                assert answer.content_type in wanted
                schema = wanted[answer.content_type]["schema"]
                found = await answer.text() if answer.content_type == "text/plain" else json.loads(await answer.text())
                assert mistakes(found, schema, described) == []


async def test_text_of_a_log_does_no_harm_on_its_way(report: dict[str, Any]) -> None:
    async with served(Told(lambda _asked: report)) as (session, url), session.get(f"{url}/api/v1/report") as answer:
        body = await answer.read()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert body.isascii()
    assert not {byte for byte in body if byte < 32 or byte == 127} - {10}


async def test_every_answer_has_the_headers_that_guard_it() -> None:
    async with served(Told()) as (session, url):
        for path in ("/metrics", "/healthz", "/nothing", "/api/v1/report?top=x"):
            async with session.get(f"{url}{path}") as answer:
                assert {name: answer.headers[name] for name in HEADERS} == HEADERS


async def test_metrics_say_what_they_are() -> None:
    async with served(Told()) as (session, url), session.get(f"{url}/metrics") as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_it_is_only_read(method: str) -> None:
    async with served(Told()) as (session, url), session.request(method, f"{url}/metrics", data=b"x") as answer:
        assert answer.status == 405
        assert (await answer.json())["what"] == "this is only ever read"


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", Asked()),
        ("since=90m&top=3", Asked(since=NOW - 5400, top=3)),
        pytest.param(f"since={'9' * 400}d", Asked(since=EARLIEST), id="longer ago than calendars go"),
        pytest.param(f"window={'9' * 15}d", Asked(since=EARLIEST), id="longer than calendars go"),
        ("since=2023-11-14T00:00:00%2B01:00", Asked(since=1_699_916_400.0)),
        ("since=2023-11-14T00:00:00+01:00", Asked(since=1_699_916_400.0)),
        ("window=15m", Asked(since=NOW - 900)),
        ("window=15m&until=1h", Asked(since=NOW - 4500, until=NOW - 3600)),
        ("window=all", Asked()),
        ("where=status%3E%3D500+path~%5E/api&token=x", Asked(where="status>=500 path~^/api")),
    ],
)
async def test_parameters_are_those_of_the_report(query: str, asked: Asked) -> None:
    told = Told()
    async with served(told) as (session, url), session.get(f"{url}/api/v1/report?{query}") as answer:
        assert answer.status == 200, await answer.text()
    assert told.asked == [asked]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("since=soon", "since is no moment"),
        ("until=99999999999999y", "until is no moment"),
        ("window=big", "window is no duration"),
        ("window=1m&since=1m", "both since and window are there"),
        ("since=1m&until=2m", "there is nothing between since and until"),
        ("top=0", "top is no number of rows"),
        ("top=1001", "top is no number of rows"),
        ("top=00000000150000", "top is no number of rows"),
        pytest.param(f"top=000000001{'9' * 5000}", "top is no number of rows", id="many digits"),
        ("top=%D9%A3", "top is no number of rows"),
        ("top=1&top=2", "a parameter stands there twice"),
        ("tpo=1", "there is no parameter 'tpo'"),
        (f"where={'x' * 4097}", "the filter is too long"),
    ],
)
async def test_mistakes_are_told(query: str, what: str) -> None:
    told = Told()
    async with served(told) as (session, url), session.get(f"{url}/api/v1/report?{query}") as answer:
        assert answer.status == 400
        assert (await answer.json())["what"] == what
    assert not told.asked


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (GlanceError("a", "b", "c"), 503),
        (StoreError("a", "b", "c", is_passing=True), 503),
        (StoreError("a", "b", "c"), 500),
        (SourceError("a", "b", "c"), 503),
    ],
)
async def test_errors_are_problems(error: GlanceError, status: int) -> None:
    def fail(_asked: Asked) -> dict[str, Any]:
        raise error

    async with served(Told(fail)) as (session, url), session.get(f"{url}/api/v1/report") as answer:
        assert answer.status == status
        found = await answer.json()
    assert (found["what"], found["why"], found["hint"]) == ("a", "b", "c")


async def test_too_many_reports_at_once_are_refused() -> None:
    go_on = threading.Event()
    told = Told(lambda _asked: {"waited": go_on.wait(20)})
    async with served(told) as (session, url):
        all_asked = [asyncio.ensure_future(session.get(f"{url}/api/v1/report")) for _ in range(MOST_WAITING + 3)]
        done, _ = await asyncio.wait(all_asked, return_when=asyncio.FIRST_COMPLETED)
        refused = done.pop().result()
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        go_on.set()
        assert sorted(answer.status for answer in await asyncio.gather(*all_asked)) == [200] * MOST_WAITING + [503] * 3
    assert len(told.asked) == MOST_WAITING


@pytest.fixture
def report(summary: Any) -> dict[str, Any]:
    return report_document(summary)
