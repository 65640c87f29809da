"""The sliding window counts what plain Python counts, however it slides."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs import series as series_module
from glance.domain.logs.agent_kind import agent_kind
from glance.domain.logs.record import LogRecord, section
from glance.domain.logs.route import route
from glance.domain.logs.series import LogSeries
from glance.domain.logs.window_tally import WindowTally
from glance.domain.window import Window
from tests.domain.logs.brute import bucket_of, make_records

START = 1_700_000_000


def named(series: LogSeries, field: str, hits: np.ndarray) -> Counter[bytes]:
    """Counts by value instead of by number."""
    values = series.sections.dictionary.values if field == "section" else series.dictionaries[field].values
    return Counter({values[key]: int(hits[key]) for key in np.flatnonzero(hits)})


def named_by(series: LogSeries, ranking: str, hits: np.ndarray) -> Counter[bytes]:
    """Counts by value of a ranking that follows from another."""
    values = series.derived[ranking].dictionary.values
    return Counter({values[key]: int(hits[key]) for key in np.flatnonzero(hits)})


def expect_window(tally: WindowTally, series: LogSeries, records: list[LogRecord], window: Window) -> None:
    """Everything the tally says is what the records say."""
    inside = [record for record in records if window.start * 1000 <= record.at_ms < window.end * 1000]
    total = tally.total
    assert total.hits == len(inside)
    assert total.bytes == sum(max(0, record.size) for record in inside)
    assert named(series, "path", total.fields["paths"].hits) == Counter(record.path for record in inside)
    assert named(series, "client", total.fields["clients"].hits) == Counter(record.client for record in inside)
    assert named(series, "section", total.sections().hits) == Counter(section(record.path) for record in inside)
    assert total.classes[1] == sum(record.status.startswith(b"4") for record in inside)
    assert total.classes[2] == sum(record.status.startswith(b"5") for record in inside)
    assert int(total.latency[1:].sum()) == sum(record.seconds >= 0 for record in inside)
    steps = total.steps.between(int(window.start) // window.step_seconds, window.steps)
    expected = Counter(record.at_ms // 1000 // window.step_seconds for record in inside)
    first = int(window.start) // window.step_seconds
    assert steps[:, :3].sum(axis=1).tolist() == [expected.get(first + step, 0) for step in range(window.steps)]
    keys = np.flatnonzero(total.fields["paths"].hits)
    details = tally.details("paths", keys, has_latency=True)
    values = series.dictionaries["path"].values
    assert named_by(series, "routes", total.derived("routes").hits) == Counter(route(record.path) for record in inside)
    assert named_by(series, "kinds", total.derived("kinds").hits) == Counter(agent_kind(r.agent) for r in inside)
    routes = np.flatnonzero(total.derived("routes").hits)
    by_route = tally.details("routes", routes, has_latency=True).latency[:, 1:].sum()
    assert by_route == sum(record.seconds >= 0 for record in inside)
    for row, key in enumerate(keys):
        of_path = [record for record in inside if record.path == values[key]]
        assert int(details.latency[row, 1:].sum()) == sum(record.seconds >= 0 for record in of_path)
        assert sum(details.sparks(first, window.steps)[row]) == len(of_path)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(-120, 700), st.sampled_from([60, 120, 300])), min_size=1, max_size=6),
    st.integers(0, 99),
)
def test_sliding_equals_counting_anew(sizes: list[int], windows: list[tuple[int, int]], seed: int) -> None:
    """Buckets come in one by one while the window jumps about; every figure stays exact."""
    old = series_module.SEALED_RECORDS
    series_module.SEALED_RECORDS = 20
    try:
        series = LogSeries()
        records = make_records(sum(sizes), seed, START)
        seen: list[LogRecord] = []
        tally: WindowTally | None = None
        offset = 0
        for index, size in enumerate(sizes):
            piece = records[offset : offset + size]
            series.add(bucket_of(piece, offset=10 * offset))
            offset += size
            seen += piece
            begin, length = windows[index % len(windows)]
            start = (START + begin) // 10 * 10
            window = Window(start, start + length, 10)
            if tally is None:
                tally = WindowTally(series, ("paths", "clients", "statuses", "agents"), window)
            assert tally.fits(("paths", "clients"), window)
            tally.update(window)
            expect_window(tally, series, seen, window)
    finally:
        series_module.SEALED_RECORDS = old
