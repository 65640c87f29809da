"""The page of clients says what plain Python says of the same records, whatever is remembered."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.client_board import ClientBoard, ClientRow, ClientWish
from glance.domain.logs import client_tally
from glance.domain.logs import series as series_module
from glance.domain.logs.agent_kind import classified
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.record import LogRecord
from glance.domain.logs.scanner import is_noise
from glance.domain.logs.series import LogSeries
from glance.domain.logs.subnet import subnet
from glance.domain.logs.suspicion import ClientCounts, reasons
from glance.domain.window import Window
from glance.pipeline.client_maker import ClientMaker
from glance.pipeline.page_maker import PageMaker, PageQuestion
from glance.pipeline.tallies import Tallies
from glance.sources.reverse_names import ReverseNames
from tests.domain.logs.brute import bucket_of

START = 1_700_000_000
CLIENTS = (
    b"203.0.113.7",
    b"203.0.113.9",
    b"198.51.100.2",
    b"2001:db8::1",
    b"2001:db8::2",
    b"::ffff:203.0.113.7",
    b"",
    b"me",
)
AGENTS = (b"", b"curl/8", b"Mozilla/5.0 (compatible; Googlebot/2.1)", b"sqlmap/1.5", b"Mozilla/5.0")
PATHS = (b"/", b"/.env", b"/a", b"/b", b"/.git/HEAD", b"")


def records_of(count: int, seed: int) -> list[LogRecord]:
    """Some records of ten minutes."""
    rng = random.Random(seed)
    return [
        LogRecord(
            START * 1000 + index * 600_000 // count + rng.randrange(2000),
            rng.choice(CLIENTS),
            path=rng.choice(PATHS),
            status=rng.choice([b"200", b"404", b"404", b"500"]),
            agent=rng.choice(AGENTS),
            size=rng.choice([-1, 10, 5000]),
        )
        for index in range(count)
    ]


def expected(raw: bytes, own: list[LogRecord], total: int, seconds: float, *, is_network: bool) -> ClientRow:
    """A row by plain Python."""
    agents = Counter(one.agent for one in own if one.agent)
    names = tuple(sorted(agents, key=lambda agent: (-agents[agent], agent)))
    errors = [sum(one.status[:1] == digit for one in own) for digit in (b"4", b"5")]
    counts = ClientCounts(
        raw, len(own), errors[0], errors[1],
        not_found=sum(one.status == b"404" for one in own),
        probes=sum(is_noise(one.path, one.status) for one in own),
        paths=len({one.path for one in own}),
        busiest=max(Counter(one.at_ms // 10_000 for one in own).values()),
        agents=names,
        clients=frozenset((raw,)) if is_network else frozenset(),
    )  # fmt: skip
    kind = classified(names[0]) if names else None
    return ClientRow(
        raw,
        len(own),
        len(own) / total,
        len(own) / seconds,
        errors[0],
        errors[1],
        counts.paths,
        sum(max(0, one.size) for one in own),
        len({one.client for one in own}),
        kind.kind.decode() if kind else "",
        kind.name.decode() if kind else "",
        names[0] if names else b"",
        len(names),
        min(one.at_ms for one in own) / 1000,
        max(one.at_ms for one in own) / 1000,
        "",
        tuple(reason.words for reason in reasons(counts)),
    )


def ask(maker: ClientMaker, series: LogSeries, wish: ClientWish, text: str, window: Window) -> ClientBoard:
    """The answer to a wish."""
    question = PageQuestion(wish, window, series, Tallies(series), parse_filter(text), window.end)
    board = maker.answer(question)
    assert isinstance(board, ClientBoard)
    return board


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=7),
    st.integers(0, 999),
    st.lists(
        st.tuples(
            st.sampled_from(("address", "network")), st.integers(1, 6), st.integers(-10, 500),
            st.sampled_from(("", "status:404", "path=/a")),
        ),
        min_size=3, max_size=9,
    ),
    st.sampled_from((3, 600)),
)  # fmt: skip
def test_rows_are_those_of_plain_python(sizes, seed, looks, tracked):
    sealed, series_module.SEALED_RECORDS = series_module.SEALED_RECORDS, 25
    most, client_tally.MOST_TRACKED = client_tally.MOST_TRACKED, tracked
    try:
        series, maker, offset, records = LogSeries(), ClientMaker(), 0, records_of(sum(sizes), seed)
        for index, (grouping, rows, slide, text) in enumerate(looks):
            if index < len(sizes):
                series.add(bucket_of(records[offset : offset + sizes[index]], offset=10 * offset))
                offset += sizes[index]
            start = START + slide // 10 * 10
            window = Window(start, start + 300, 10)
            board = ask(maker, series, ClientWish(grouping, rows=rows), text, window)
            chosen_by = parse_filter(text)
            inside = [one for one in records[:offset] if start * 1000 <= one.at_ms < window.end * 1000]
            inside = [one for one in inside if chosen_by.test(one)]
            groups: dict[bytes, list[LogRecord]] = {}
            for one in inside:
                groups.setdefault(subnet(one.client) if grouping == "network" else one.client, []).append(one)
            groups.pop(b"", None)
            assert (board.distinct, board.hits) == (len(groups), len(inside))
            first = max(start, min(one.at_ms for one in records[:offset]) / 1000)
            seconds = max(1.0, -(-(window.end - first) // 1))
            order = sorted(groups, key=lambda raw: (-len(groups[raw]), raw))[:rows]
            assert [row.raw for row in board.rows] == order
            for row in board.rows:
                wanted = expected(row.raw, groups[row.raw], len(inside), seconds, is_network=grouping == "network")
                assert row == wanted
    finally:
        series_module.SEALED_RECORDS, client_tally.MOST_TRACKED = sealed, most


def board_of(**wish: object) -> ClientBoard:
    """A board of many records."""
    series = LogSeries()
    series.add(bucket_of(records_of(900, 3)))
    window = Window(START, START + 900, 5)
    return ask(ClientMaker(), series, ClientWish(**wish), "", window)  # type: ignore[arg-type]


def test_orders():
    assert [row.raw for row in board_of(sort="name").rows] == sorted(set(CLIENTS) - {b""})
    errors = [row.client_errors + row.server_errors for row in board_of(sort="errors").rows]
    assert errors == sorted(errors, reverse=True)
    sent = [row.sent for row in board_of(sort="bytes").rows]
    assert sent == sorted(sent, reverse=True)
    marked = [bool(row.reasons) for row in board_of(sort="suspicion").rows]
    assert marked == sorted(marked, reverse=True)
    assert any(marked)


def test_names_are_told_once_they_are_known_and_only_where_they_are_wanted():
    asked: list[str] = []

    def lookup(address: str) -> str:
        asked.append(address)
        return f"{address}.example"

    series, names = LogSeries(), ReverseNames(lookup, threads=1)
    series.add(bucket_of([LogRecord(START * 1000, client) for client in (b"203.0.113.7", b"203.0.113.9", b"me")]))
    window, maker = Window(START, START + 60, 1), ClientMaker(names)
    assert ask(maker, series, ClientWish(), "", window).rows[0].name == ""
    assert asked == []
    before = maker.version
    ask(maker, series, ClientWish(named=2), "", window)
    names.settle()
    assert maker.version > before
    board = ask(maker, series, ClientWish(named=2), "", window)
    told = {row.raw: row.name for row in board.rows}
    assert told == {b"203.0.113.7": "203.0.113.7.example", b"203.0.113.9": "203.0.113.9.example", b"me": ""}
    assert sorted(asked) == ["203.0.113.7", "203.0.113.9"]


def test_a_page_that_is_closed_looks_nothing_up(monkeypatch: pytest.MonkeyPatch):
    closed: list[ClientMaker] = []

    def close(maker: ClientMaker) -> None:
        closed.append(maker)

    monkeypatch.setattr(ClientMaker, "close", close)
    series = LogSeries()
    series.add(bucket_of([LogRecord(START * 1000, b"203.0.113.7")]))
    pages = PageMaker(series, Tallies(series))
    window = Window(START, START + 60, 1)
    pages.answer(ClientWish(), window, parse_filter(""), window.end)
    pages.answer(None, window, parse_filter(""), window.end)

    assert len(closed) == 1
