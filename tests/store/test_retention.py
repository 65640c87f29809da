"""What is let go stays as counts; room and age are bounded; a wrong clock deletes little."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.frequent import NOTHING, Frequent, frequent
from glance.domain.logs.histogram import BINS
from glance.domain.logs.record import section
from glance.domain.logs.rollup_row import HOUR, RollUpRow
from glance.store import retention, rollup_table
from glance.store.history import Batch, History, Retired, Wanted
from tests.domain.logs.brute import bucket_of, make_records
from tests.store.log import SOURCE, batch, batches, log_records, stretch

NO_BOUND = 1 << 50
YEAR = 366 * 86_400.0
LATER = 2_000_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glance.db"


def filled(path: Path, *, now: float = 0.0, start: int = 0, end: int = 4000, most: int = 500) -> History:
    history = History.open(path, clock=lambda: now)
    for piece in batches(end, start=start, most=most):
        history.commit(piece)
    return history


def let_go(history: History, now: float = LATER, *, most_bytes: int = NO_BOUND, age: float = 0) -> list[Retired]:
    """Let go until nothing more goes."""
    told = [history.retain(now, most_bytes=most_bytes, most_age_seconds=age)]
    while told[-1].is_more:
        told.append(history.retain(now, most_bytes=most_bytes, most_age_seconds=age))
    return told


def totals(rows: list[RollUpRow]) -> tuple[list[int], int, Counter[int]]:
    latency: Counter[int] = Counter()
    for row in rows:
        latency.update(row.latency)
    hits = np.sum([row.hits for row in rows], axis=0).tolist() if rows else [0] * 6
    return hits, sum(row.bytes for row in rows), latency


def expected(start: int, end: int) -> tuple[list[int], int, Counter[int]]:
    """The same by plain Python."""
    bucket = stretch(start, end)
    hits = [0] * 6
    for record in log_records()[start:end]:
        hits[int(record.status[:1] or 0)] += 1
    latencies = bucket.latencies if bucket.latencies is not None else np.zeros(0, np.uint16)
    bins = np.bincount(latencies, minlength=BINS)
    found = Counter({index: int(bins[index]) for index in np.flatnonzero(bins).tolist() if index})
    return hits, sum(max(0, record.size) for record in log_records()[start:end]), found


@pytest.mark.parametrize("width", [1, 10, 60, 900, 3600, 86_400])
def test_what_is_let_go_stays_as_counts(path: Path, width: int) -> None:
    """Hits by class, bytes and latency of every step, at any width that is asked for."""
    history = filled(path)
    let_go(history)

    assert history.heads(Wanted()) == []
    rows = history.rolled_up(Wanted(), width)
    assert totals(rows) == expected(0, 4000)
    shown = max(10, width)
    by_step = Counter(record.at_ms // (shown * 1000) * shown for record in log_records())
    assert {row.start: row.records for row in rows} == by_step
    assert {row.width_seconds for row in rows} == {shown}
    (source,) = history.sources()
    assert source.records == 4000
    history.close()


def test_buckets_and_roll_ups_are_everything(path: Path) -> None:
    """At every moment each record is in one of both."""
    history = filled(path, most=60)
    sizes = [bucket.records for bucket in history.buckets(Wanted())]
    assert len(sizes) > 3
    bound = int(history.connection.pragma("page_count")) * 4096
    while history.heads(Wanted()):
        bound -= 4096
        history.retain(LATER, most_bytes=max(1, bound), most_age_seconds=YEAR * 100)
        held = sum(head.records for head in history.heads(Wanted()))
        assert held + sum(totals(history.rolled_up(Wanted(), 60))[0]) == 4000
    history.close()


def test_the_oldest_go_first(path: Path) -> None:
    history = History.open(path)
    for start in (2000, 0, 1000):
        history.commit(Batch((replace(stretch(start, start + 1000), offset=start * 1000),)))
    needed = int(history.connection.pragma("page_count")) * 4096

    told = let_go(history, most_bytes=needed - 1, age=YEAR * 100)

    assert sum(each.buckets for each in told) == 1
    assert sorted(head.offset for head in history.heads(Wanted())) == [10**6, 2 * 10**6]
    history.close()


def test_room_on_disk_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is written, the file stays about as long as it may be, and most of it are buckets."""
    monkeypatch.setattr(retention, "LEAST_ROLLUP_BYTES", 0)
    bound = 600_000
    history = History.open(path)
    longest = 0
    for number in range(60):
        records = make_records(1500, number, start=1_700_000_000 + 600 * number)
        history.commit(Batch((bucket_of(records, offset=15_000 * number, source=SOURCE),)))
        let_go(history, most_bytes=bound, age=YEAR * 100)
        assert history.wal_bytes < 5 << 20
        history.copy_wal()
        longest = max(longest, path.stat().st_size)

    assert longest < bound * 1.5
    heads = history.heads(Wanted())
    assert max(head.end for head in heads) == 60 * 15_000
    assert sum(head.size_bytes for head in heads) > bound / 3
    assert totals(history.rolled_up(Wanted(), 3600))[0] != [0] * 6
    history.close()


def test_the_file_becomes_shorter(path: Path) -> None:
    history = filled(path)
    history.copy_wal()
    before = path.stat().st_size
    let_go(history)

    assert path.stat().st_size < before
    history.close()


def test_age_counts_from_the_writing_of_old_logs(path: Path) -> None:
    """A log of years ago that was read today is not thrown away tonight."""
    history = filled(path, now=LATER)

    assert history.retain(LATER + 86_400, most_bytes=NO_BOUND, most_age_seconds=7 * 86_400).buckets == 0
    assert history.retain(LATER + 8 * 86_400, most_bytes=NO_BOUND, most_age_seconds=7 * 86_400).buckets > 0
    history.close()


def many_rows(path: Path, count: int = 40) -> History:
    """Rows that are not merged, a day apart."""
    now = [0.0]
    history = History.open(path, clock=lambda: now[0])
    for number in range(count):
        now[0] = 1_700_000_000 + 86_400.0 * number
        records = make_records(5, 1, start=int(now[0]))
        history.commit(Batch((bucket_of(records, offset=1000 * number, source=SOURCE),)))
    return history


def test_f25_a_clock_that_jumps_ahead_deletes_little(path: Path) -> None:
    """All of it would be too old at once: a tenth goes, once a day, and the rest is told."""
    history = many_rows(path)
    told = history.retain(LATER * 2, most_bytes=NO_BOUND, most_age_seconds=30 * 86_400)
    again = history.retain(LATER * 2 + 60, most_bytes=NO_BOUND, most_age_seconds=30 * 86_400)

    assert (told.buckets, told.held_back) == (4, 36)
    assert (again.buckets, again.held_back) == (0, 36)
    assert len(history.heads(Wanted())) == 36
    next_day = history.retain(LATER * 2 + 86_500, most_bytes=NO_BOUND, most_age_seconds=30 * 86_400)
    assert next_day.buckets == 3
    history.close()


def test_f25_a_clock_that_jumps_back_deletes_nothing(path: Path) -> None:
    history = many_rows(path)

    assert history.retain(0.0, most_bytes=NO_BOUND, most_age_seconds=30 * 86_400) == Retired()
    assert history.retain(-1e12, most_bytes=NO_BOUND, most_age_seconds=YEAR * 1e6) == Retired()
    history.close()


def test_days_go_one_after_the_other(path: Path) -> None:
    """With a clock that is right, age lets go of what is due and nothing else."""
    history = many_rows(path)
    now = 1_700_000_000 + 86_400.0 * 39

    told = let_go(history, now, age=29.5 * 86_400)

    assert (sum(each.buckets for each in told), told[-1].held_back) == (10, 0)
    assert len(history.heads(Wanted())) == 30
    history.close()


def test_finer_roll_ups_are_kept_for_less_long(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old ones are told in wider steps, and no record is in two of them."""
    day = 86_400
    monkeypatch.setattr(rollup_table, "KEPT_SECONDS", {10: 5 * day, 60: 10 * day, HOUR: 20 * day})
    history = many_rows(path)
    for end in range(10, 41, 10):  # as days go by
        now = 1_700_000_000.0 + end * day
        let_go(history, now, age=10 * day)
    let_go(history, LATER)
    while history.heads(Wanted()):
        let_go(history, LATER + 1e6 * (1 + len(history.heads(Wanted()))))

    newest = 1_700_000_000 + 39 * day
    rows = history.rolled_up(Wanted(), 10)
    ages = {width: [newest - row.start for row in rows if row.width_seconds == width] for width in (10, 60, HOUR)}
    assert max(ages[10]) <= 5 * day + HOUR
    assert 5 * day - HOUR <= min(ages[60]) <= max(ages[60]) <= 10 * day + HOUR
    assert 10 * day - HOUR <= min(ages[HOUR]) <= max(ages[HOUR]) <= 20 * day + HOUR
    assert sum(row.records for row in rows) == 5 * 21
    assert sum(row.records for row in history.rolled_up(Wanted(), HOUR)) == 5 * 21
    assert sum(row.records for row in history.rolled_up(Wanted(), 60)) == 5 * 21
    history.close()


def test_roll_ups_of_a_part(path: Path) -> None:
    """By source, by group and by time."""
    history = History.open(path)
    history.register("/a", group="shop")
    for name in ("/a", "/b"):
        history.commit(Batch((stretch(0, 100, source=name, generation=ord(name[1])),)))
    let_go(history)
    whole = history.rolled_up(Wanted(), 10)

    assert totals(history.rolled_up(Wanted(groups=("shop",)), 60)) == expected(0, 100)
    assert totals(history.rolled_up(Wanted(sources=("/b",)), 60)) == expected(0, 100)
    assert history.rolled_up(Wanted(sources=("/c",)), 60) == []
    middle = whole[len(whole) // 2].start
    first = history.rolled_up(Wanted(end_ms=middle * 1000), 10)
    rest = history.rolled_up(Wanted(start_ms=middle * 1000), 10)
    assert first + rest == whole
    history.close()


def test_rankings_of_what_was_let_go(path: Path) -> None:
    """Few values are exact; sections follow from paths; hours merge."""
    history = filled(path, most=50)
    let_go(history)
    records = log_records()

    for field in ("path", "client", "status", "agent", "method"):
        found = history.ranking(Wanted(), field)
        assert found.error == 0
        assert Counter(found.hits) == Counter(getattr(record, field) for record in records)
    assert Counter(history.ranking(Wanted(), "section").hits) == Counter(section(record.path) for record in records)
    assert history.ranking(Wanted(), "referrer") == NOTHING  # empty in all of them
    hour = records[0].at_ms // 3_600_000
    inside = history.ranking(Wanted(end_ms=(hour + 1) * 3_600_000), "status")
    assert inside.total == sum(record.at_ms // 3_600_000 <= hour for record in records)
    history.close()


def test_f27_a_million_paths_take_bounded_room(path: Path) -> None:
    """Of many distinct values the frequent ones are kept, within the bound that is told."""
    history = History.open(path)
    rng = random.Random(3)
    truth: Counter[bytes] = Counter()
    for number in range(8):
        records = [
            record._replace(
                path=rng.choice([b"/hot", b"/warm/%d" % rng.randrange(5), b"/once/%d" % rng.getrandbits(60)])
            )
            for record in make_records(1500, number)
        ]
        truth.update(record.path for record in records)
        history.commit(Batch((bucket_of(records, offset=15_000 * number, source=SOURCE),)))
        let_go(history, LATER + 1e7 * number)
    while history.heads(Wanted()):
        let_go(history, LATER * 2 + 1e7 * len(history.heads(Wanted())))

    found = history.ranking(Wanted(), "path")
    assert found.total == 12_000
    assert found.error <= 12_000 / 129
    for value in (b"/hot", *(b"/warm/%d" % number for number in range(5))):
        assert found.hits[value] <= truth[value] <= found.hits[value] + found.error
    assert len(found.hits) <= 128
    ((longest,),) = history.connection.execute("SELECT max(length(data)) FROM roll_up_ranking")
    assert longest < 5000
    history.close()


@given(
    st.lists(st.dictionaries(st.binary(max_size=1), st.integers(1, 30), max_size=12), min_size=1, max_size=8),
    st.integers(1, 6),
)
def test_summaries_merge_within_their_bound(parts: list[dict[bytes, int]], kept: int) -> None:
    """Whatever is merged: never too much, too little by at most the error, and that by at most total/(k+1)."""
    truth: Counter[bytes] = Counter()
    whole: Frequent = NOTHING
    for part in parts:
        truth.update(part)
        whole = whole.plus(frequent(part, kept), kept)

    assert whole.total == truth.total()
    assert whole.error <= whole.total / (kept + 1)
    assert len(whole.hits) <= kept
    for value, count in truth.items():
        assert whole.hits.get(value, 0) <= count <= whole.hits.get(value, 0) + whole.error


def test_a_damaged_bucket_does_not_stop_retention(path: Path) -> None:
    """It is let go like the others, and counted."""
    history = filled(path)
    history.connection.execute("UPDATE bucket_column SET data = x'00' WHERE place % 64 = 0")

    told = let_go(history)

    assert sum(each.damaged for each in told) == sum(each.buckets for each in told) > 0
    assert history.heads(Wanted()) == []
    history.close()


def test_many_go_in_several_transactions(path: Path) -> None:
    """So that a commit need not wait long."""
    history = many_rows(path, 100)

    told = let_go(history, most_bytes=1, age=YEAR * 100)

    assert max(each.buckets for each in told) <= 16
    assert history.heads(Wanted()) == []
    history.close()


def test_checkpoints_stay_when_buckets_go(path: Path) -> None:
    """What was counted is not read again because it was let go."""
    history = filled(path)
    before = history.checkpoints(SOURCE)
    let_go(history)
    history.commit(replace(batch(0, 5), checkpoints=()))

    assert history.checkpoints(SOURCE) == before
    history.close()
