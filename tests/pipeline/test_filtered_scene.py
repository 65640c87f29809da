"""What a filtered scene says is what a scene of only the matching records says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs import series as series_module
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.record import LogRecord
from glance.domain.logs.series import LogSeries
from glance.domain.view import View
from glance.domain.window import Window
from glance.pipeline import tallies
from glance.pipeline.scene_maker import SceneMaker, WindowFigures
from tests.domain.logs.brute import bucket_of, make_records

START = 1_700_000_000
ROWS = (("paths", 10), ("sections", 10), ("clients", 30), ("methods", 5), ("agents", 5), ("statuses", 9))
FILTERS = (
    "status:5xx", "-status:5xx", "path=/api/users", "section=/api -method=POST", "client:10.0.0.0/29", "latency>0.1",
    "size>1mb | agent~^cu", "user=anna", "path=/nowhere", "path~.", "time>=22:15", "",
)  # fmt: skip


def view_of(text: str, **changes: object) -> View:
    """A view of every ranking through this filter."""
    return replace(View(window="15m", rows=ROWS, filter=text, log_lines=7), **changes)  # type: ignore[arg-type]


def expect_only(made: WindowFigures, records: list[LogRecord], text: str, window: Window, *, timed: bool) -> None:
    """The figures are those of a series that holds nothing but what matches."""
    chosen_by = parse_filter(text)
    inside = [one for one in records if window.start * 1000 <= one.at_ms < window.end * 1000]
    matching = [record for record in inside if chosen_by.test(record)]
    assert made.totals.hits == len(matching)
    if text:
        assert (made.matched, made.matched_of) == (len(matching), len(inside))
    else:
        assert made.matched is None
    alone = LogSeries()
    if matching:
        alone.add(bucket_of(matching))
    alone.has_latency = timed  # of the log, not of what matches
    wanted = SceneMaker(alone).figures_of(view_of(""), window)
    assert made.totals == wanted.totals
    assert made.traffic == wanted.traffic
    assert made.rankings == wanted.rankings


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(-120, 700), st.sampled_from(FILTERS)), min_size=4, max_size=12),
    st.integers(0, 99),
)
def test_filtered_is_as_if_nothing_else_were_there(sizes: list[int], looks: list[tuple[int, str]], seed: int) -> None:
    """Buckets come in, the window jumps about, filters come and go and come back: every figure is exact."""
    old = series_module.SEALED_RECORDS
    series_module.SEALED_RECORDS = 20
    try:
        series = LogSeries()
        maker = SceneMaker(series)
        records = make_records(sum(sizes), seed, START)
        offset = 0
        for index, (begin, text) in enumerate(looks):
            if index < len(sizes):
                series.add(bucket_of(records[offset : offset + sizes[index]], offset=10 * offset))
                offset += sizes[index]
            start = (START + begin) // 10 * 10
            window = Window(start, start + 300, 10)
            view = view_of(text)
            expect_only(maker.figures_of(view, window), records[:offset], text, window, timed=series.has_latency)
            chosen_by = parse_filter(text)
            lines = [
                record.at_ms / 1000
                for record in records[:offset]
                if window.start * 1000 <= record.at_ms < window.end * 1000 and chosen_by.test(record)
            ]
            assert [line.at for line in maker.newest(view, window)] == sorted(lines)[-7:]
    finally:
        series_module.SEALED_RECORDS = old


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=8),
    st.lists(st.tuples(st.integers(-120, 700), st.sampled_from(FILTERS)), min_size=1, max_size=6),
    st.integers(0, 99),
)
def test_counted_in_parts_it_ends_the_same(sizes: list[int], looks: list[tuple[int, str]], seed: int) -> None:
    """A maker that answers after every bucket says how far it is, and in the end what one says that counts all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(series_module, "SEALED_RECORDS", 20)
        series = LogSeries()
        maker = SceneMaker(series, slice_seconds=-1.0)
        records = make_records(sum(sizes), seed, START)
        at = 0
        for size in sizes:
            series.add(bucket_of(records[at : at + size], offset=10 * at))
            at += size
        for begin, text in looks:
            start = (START + begin) // 10 * 10
            window, done = Window(start, start + 300, 10), -1
            while (made := maker.figures_of(view_of(text), window)).sifting is not None:
                assert done < made.sifting.done < made.sifting.total
                done = made.sifting.done
                assert all(line.at is not None and line.at < window.end for line in maker.newest(view_of(text), window))
            expect_only(made, records, text, window, timed=series.has_latency)


def test_nearly_everything_is_counted_by_what_it_leaves_out_in_parts_too() -> None:
    """Where everything was counted, the rest of it is taken away bucket by bucket, and the end is exact."""
    records, window, text = make_records(600, 7, START), Window(START, START + 300, 10), "-status:5xx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(series_module, "SEALED_RECORDS", 20)
        series = LogSeries()
        maker = SceneMaker(series, slice_seconds=-1.0)
        for at in range(0, len(records), 30):
            series.add(bucket_of(records[at : at + 30], offset=10 * at))
        while maker.figures_of(view_of(""), window).sifting is not None:
            pass
        parts: list[int] = []
        while (made := maker.figures_of(view_of(text), window)).sifting is not None:
            parts.append(made.totals.hits)

    expect_only(made, records, text, window, timed=series.has_latency)
    assert len(parts) > 1
    assert sorted(parts, reverse=True) == parts
    assert parts[-1] >= made.totals.hits


@pytest.fixture
def maker() -> SceneMaker:
    """Ten minutes of records."""
    series = LogSeries()
    records = make_records(3000, 5, START, 600)
    for index in range(3):
        series.add(bucket_of(records[index * 1000 : (index + 1) * 1000], offset=index * 10_000))
    return SceneMaker(series)


def test_a_wrong_filter_leaves_the_answer_before_and_is_told(maker: SceneMaker) -> None:
    """Nothing jumps to everything because of a slip of the finger."""
    good = maker.figures(view_of("status:5xx"), START + 600)
    bad = maker.figures(view_of("status>="), START + 600)
    again = maker.figures(view_of("status:5xx"), START + 600)

    assert bad.totals == good.totals
    assert "value" in bad.filter_error
    assert good.filter_error == again.filter_error == ""


def test_leaving_a_filter_and_coming_back_counts_nothing_anew(maker: SceneMaker) -> None:
    """The tallies of both are kept."""
    window = maker.figures(view_of(""), START + 600).window
    plain = maker._tallies.of(parse_filter(""), ("paths",), window)
    maker.figures(view_of("status:5xx"), START + 600)
    filtered = maker._tallies.of(parse_filter("status:5xx"), ("paths",), window)
    maker.figures(view_of(""), START + 600)

    assert maker._tallies.of(parse_filter(""), ("paths",), window) is plain
    assert maker._tallies.of(parse_filter("status:5xx"), ("paths",), window) is filtered


def test_a_few_filters_are_remembered_and_no_more(maker: SceneMaker) -> None:
    """Every letter that is typed is a filter."""
    for number in range(20):
        maker.figures(view_of(f"path:{number}"), START + 600)

    assert len(maker._tallies._selections) <= tallies.KEPT_FILTERS
    assert len(maker._tallies._known) <= tallies.KEPT_FILTERS + 1


def test_what_is_known_from_roll_ups_only_is_left_out_and_told() -> None:
    """Nobody knows which of those match."""
    series = LogSeries(memory_bytes=900_000)
    records = make_records(60_000, 5, START, 600)
    for index in range(60):
        series.add(bucket_of(records[index * 1000 : (index + 1) * 1000], offset=index * 10_000))
    made = SceneMaker(series).figures(view_of("method=GET", window="1h"), START + 600)

    assert series.rollup.records > 0
    assert made.totals.is_approximate
    assert made.matched_of == len(records)
    assert made.totals.hits == sum(made.traffic.hits) < len(records)


def test_what_was_let_go_of_memory_is_not_held_by_old_filters() -> None:
    """A filter that nobody looks at keeps no bucket alive."""
    series = LogSeries(memory_bytes=900_000)
    maker = SceneMaker(series)
    records = make_records(60_000, 5, START, 600)
    for index in range(60):
        series.add(bucket_of(records[index * 1000 : (index + 1) * 1000], offset=index * 10_000))
        maker.figures(view_of("method=GET" if index % 2 else "status:5xx", window="1h"), START + 600)

    held = {id(bucket) for bucket in series.buckets}
    (kept,) = [one for text, one in maker._tallies._selections.items() if text == "method=GET"]
    assert set(kept._kept) <= held


def test_the_rate_of_now_is_that_of_what_matches(maker: SceneMaker) -> None:
    """The tiles answer for the filter, too."""
    records = make_records(3000, 5, START, 600)
    now = START + 300.5
    matching = [
        record
        for record in records
        if (START + 295) * 1000 <= record.at_ms < (START + 300) * 1000 and record.method == b"POST"
    ]

    pulse = maker.pulse(view_of("method=POST"), now)

    assert pulse.hits_per_second == len(matching) / 5
    assert pulse.bytes_per_second == sum(max(0, record.size) for record in matching) / 5


def test_names_that_are_no_text_come_with_their_bytes() -> None:
    """A name in latin-1 can be asked for."""
    series = LogSeries()
    record = make_records(1, 1, START)[0]
    paths = [b"/caf\xe9s", "/cafés".encode(), b"/plain"]
    series.add(bucket_of([record._replace(path=path) for path in paths]))
    rows = SceneMaker(series).figures(view_of(""), START + 1).rankings[0].rows

    assert sorted((row.name, row.raw) for row in rows) == [("/cafés", b""), ("/cafés", b"/caf\xe9s"), ("/plain", b"")]
