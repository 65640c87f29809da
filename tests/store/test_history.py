"""What is committed is there: exactly, once, in any cutting, for readers and for the next process."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.bucket import LogBucket, UnreadLine, rest
from glance.domain.logs.gap import Gap
from glance.domain.logs.minute_counts import minute_counts
from glance.domain.logs.series import SEALED_RECORDS
from glance.errors import StoreError
from glance.store import source_table
from glance.store.bucket_codec import encode
from glance.store.history import Batch, BucketHead, History, HistoryBusyError, Wanted
from glance.store.remembered import Remembered
from glance.store.source_table import MOST_RETIRED
from tests.domain.logs.brute import bucket_of, make_records, records_of
from tests.store.log import SOURCE, batch, batches, lines_of, log_records, place, stretch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "glance.db"


def everything(history: History) -> list[BucketHead]:
    return history.heads(Wanted())


def test_any_cutting_is_the_same_log(path: Path) -> None:
    """Small pieces are merged; few rows stay; the next process goes on where this one stood."""
    for seed, (start, end) in enumerate([(0, 1500), (1500, 1501), (1501, 4000)]):
        history = History.open(path)
        for piece in batches(seed=seed, start=start, count=4000):
            if piece.checkpoints[0].offset > 10 * end:
                first = piece.buckets[0].offset // 10
                if first < end:
                    history.commit(batch(first, end))
                break
            history.commit(piece)
        assert lines_of(history) == end
        history.close()

    history = History.open(path, writes=False)
    assert lines_of(history) == 4000
    assert len(everything(history)) <= 13
    (source,) = history.sources()
    whole = stretch(0, 4000)
    assert (source.path, source.lines, source.records) == (SOURCE, 4000, 4000)
    assert (source.first_ms, source.last_ms) == (whole.first_ms, whole.last_ms)
    history.close()


def test_heads_tell_what_columns_would(path: Path) -> None:
    """Minutes, times, counts and cuts of a head, without a column being read."""
    history = History.open(path)
    for piece in batches(count=900):
        history.commit(piece)

    for head in everything(history):
        bucket = history.bucket(head)
        counts = minute_counts(bucket)
        assert head.minutes.tolist() == counts.minutes.tolist()
        assert head.minute_counts.tolist() == counts.counts.tolist()
        assert (head.first_ms, head.last_ms, head.records) == (bucket.first_ms, bucket.last_ms, bucket.records)
        assert head.slowest_seconds == bucket.slowest_seconds
        assert head.status_classes == 0b111101 & ~0b10
        assert head.cuts[-1] == (head.end, head.records, head.lines, head.unparsed)
    assert [head.last_ms for head in everything(history)] == sorted(
        (head.last_ms for head in everything(history)), reverse=True
    )
    history.close()


@settings(max_examples=15)
@given(st.lists(st.integers(1, 90), min_size=1, max_size=30), st.data())
def test_a_follower_sees_each_record_once(tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data) -> None:
    """Heads of any moment lead to exactly what they tell of, though rows grow and merge meanwhile."""
    path = tmp_path_factory.mktemp("db") / "glance.db"
    writer, reader = History.open(path), History.open(path, writes=False)
    seen: list[tuple[object, ...]] = []
    since, end, at, old = -1, 0, 0, []
    for size in sizes:
        writer.commit(batch(at, at + size))
        at += size
        if data.draw(st.booleans()):
            continue
        since, heads = reader.news(since)
        old += heads
        for head in sorted(heads, key=lambda head: head.offset):
            if head.end <= end:
                continue
            bucket = reader.bucket(head)
            if head.offset < end:
                bucket = rest(bucket, *next(cut for cut in head.cuts if cut.offset == end))
            seen += records_of(bucket)
            end = head.end
    for head in old:
        assert records_of(reader.bucket(head)) == records_of(stretch(head.offset // 10, head.end // 10))
    assert seen == (records_of(stretch(0, end // 10)) if end else [])
    assert reader.news(since)[0] >= since
    writer.close()
    reader.close()


def test_what_is_large_is_sealed_at_once(path: Path) -> None:
    """A bucket of many records is never touched again; small ones around it are."""
    history = History.open(path)
    large = bucket_of(make_records(SEALED_RECORDS, 1), offset=20)
    history.commit(Batch((stretch(0, 2, source="a.log"),)))
    history.commit(Batch((large,)))
    history.commit(Batch(encoded=(encode(replace(large, offset=large.offset + large.length)),)))

    heads = sorted(everything(history), key=lambda head: head.offset)
    assert [(head.records, head.is_sealed) for head in heads] == [
        (2, False),
        (SEALED_RECORDS, True),
        (SEALED_RECORDS, True),
    ]
    history.close()


def test_encoded_elsewhere_is_the_same(path: Path) -> None:
    """What a worker process encoded is stored like what was not, merged with its neighbours."""
    history = History.open(path)
    history.commit(Batch(encoded=(encode(stretch(100, 250)), encode(stretch(0, 100)))))
    history.commit(Batch((stretch(250, 300),), (place(300),)))

    assert lines_of(history) == 300
    history.close()


def test_back_fill_arrives_newest_first(path: Path) -> None:
    """Pieces before those that are there are rows of their own."""
    history = History.open(path)
    for start in range(1900, -1, -100):
        history.commit(Batch((stretch(start, start + 100),), (place(2000),)))

    assert lines_of(history) == 2000
    history.close()


def test_only_lines_that_no_format_reads(path: Path) -> None:
    """A bucket without a record is kept for its counts and samples."""
    history = History.open(path)
    nothing = replace(bucket_of([], source=SOURCE), lines=3, length=30, unparsed=3, unread=(UnreadLine(0, b"what?"),))
    history.commit(Batch((nothing,)))
    history.commit(Batch((replace(nothing, offset=30),)))

    (head,) = everything(history)
    assert (head.lines, head.records, head.unparsed) == (6, 0, 6)
    assert [line.ordinal for line in history.bucket(head).unread] == [0, 3]
    assert history.heads(Wanted(start_ms=0)) == []
    (source,) = history.sources()
    assert (source.unparsed, source.first_ms) == (6, None)
    history.close()


def test_what_is_wanted(path: Path) -> None:
    """By source, by group, by time; whole buckets, newest first."""
    history = History.open(path)
    history.register("/a", group="shop", format="combined")
    history.register("/b", group="blog")
    history.register("/a")
    for name in ("/a", "/b"):
        for start in range(0, 4000, 1000):
            history.commit(Batch((replace(stretch(start, start + 1000, source=name), offset=100_000 * start),)))
    first, last = stretch(1000, 2000).first_ms, stretch(1000, 2000).last_ms

    assert [(source.path, source.group, source.format) for source in history.sources()] == [
        ("/a", "shop", "combined"),
        ("/b", "blog", ""),
    ]
    assert {head.source for head in history.heads(Wanted(groups=("shop",)))} == {"/a"}
    assert {head.source for head in history.heads(Wanted(sources=("/b", "/c")))} == {"/b"}
    assert history.heads(Wanted(sources=("/b",), groups=("shop",))) == []
    within = history.heads(Wanted(start_ms=first + 5000, end_ms=last - 5000))
    assert {(head.source, head.offset) for head in within} == {("/a", 10**8), ("/b", 10**8)}
    assert history.heads(Wanted(end_ms=stretch(0, 1000).first_ms)) == []
    assert len(history.heads(Wanted(start_ms=stretch(3000, 4000).last_ms))) == 2
    times = [bucket.last_ms for bucket in history.buckets(Wanted())]
    assert times == sorted(times, reverse=True)
    history.close()


def test_f26_checkpoints_of_any_numbers_and_names(path: Path) -> None:
    """Inodes of 64 bits, names that are no UTF-8, text with NUL."""
    history = History.open(path)
    odd = "/var/log/\udcff\0\ud800.log"
    checkpoint = replace(
        place(5, source=odd, generation=2**64 - 1),
        device=2**64 - 1,
        inode=2**63,
        inode_version=2**32,
        path=odd,
        is_skipping=True,
        low=7,
        modified_ns=-5,
    )
    history.register(odd, group="\udc80")
    history.commit(
        Batch((stretch(0, 5, source=odd, generation=2**64 - 1),), (checkpoint, place(3, source=odd, generation=0)))
    )
    history.close()

    history = History.open(path)
    assert history.checkpoints(odd) == (checkpoint, place(3, source=odd, generation=0))
    assert [(head.source, head.group, head.generation) for head in everything(history)] == [(odd, "\udc80", 2**64 - 1)]
    history.close()


def test_retired_generations_are_bounded(path: Path) -> None:
    """Those let go longest ago are forgotten; active ones never."""
    history = History.open(path)
    history.commit(Batch(checkpoints=(place(1, generation=1),)))
    for generation in range(2, MOST_RETIRED + 12):
        history.commit(Batch(checkpoints=(place(1, generation=generation, state="retired"),)))

    kept = [checkpoint.generation for checkpoint in history.checkpoints(SOURCE)]
    assert kept == [1, *range(12, MOST_RETIRED + 12)]
    history.close()


def test_gaps_of_one_kind_are_one(path: Path) -> None:
    """Within a minute; others stand alone; a time that is no number is the time of writing."""
    history = History.open(path, clock=lambda: 5000.0)
    gaps = [
        Gap(SOURCE, 1, 1000.0, "line_too_long", 5, 100, 1),
        Gap(SOURCE, 1, 1030.0, "line_too_long", 900, 50, 2),
        Gap(SOURCE, 1, 1080.0, "line_too_long", 1900, 1, 1),
        Gap(SOURCE, 1, 1200.0, "line_too_long", 2900, 1, 1),
        Gap(SOURCE, 2, 1000.0, "line_too_long"),
        Gap("/other", 1, float("nan"), "truncated"),
    ]
    for gap in gaps:
        history.commit(Batch(gaps=(gap,)))

    kept = history.gaps(Wanted(sources=(SOURCE,)))
    assert [(gap.generation, gap.at, gap.offset, gap.bytes, gap.lines) for gap in kept] == [
        (1, 1000.0, 5, 151, 4),
        (2, 1000.0, -1, 0, 0),
        (1, 1200.0, 2900, 1, 1),
    ]
    assert [gap.at for gap in history.gaps(Wanted(sources=("/other",)))] == [5000.0]
    assert len(history.gaps(Wanted(start_ms=1_150_000, end_ms=2_000_000))) == 1
    history.close()


def test_f27_gaps_are_bounded_and_their_totals_true(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_table, "MOST_GAPS", 50)
    history = History.open(path)
    for number in range(400):
        history.commit(Batch(gaps=(Gap(SOURCE, number + 1, 1000.0 * number, "hole", 0, 10, 2),)))

    kept = history.gaps(Wanted())
    assert len(kept) <= 52
    assert (sum(gap.bytes for gap in kept), sum(gap.lines for gap in kept)) == (4000, 800)
    history.close()


def test_many_generations_grow_at_once(path: Path) -> None:
    """More files than are kept in memory, each piece by piece, in any order."""
    history = History.open(path)
    rng = random.Random(3)
    ends = dict.fromkeys(range(1, 91), 0)
    for _ in range(400):
        generation = rng.choice(list(ends))
        end = ends[generation] + rng.randrange(1, 9)
        name = f"/log/{generation}"
        history.commit(Batch((stretch(ends[generation], end, source=name, generation=generation),)))
        ends[generation] = end
    found = {}
    for bucket in sorted(history.buckets(Wanted()), key=lambda bucket: bucket.offset):
        found.setdefault(bucket.generation, []).extend(records_of(bucket))

    assert found == {generation: records_of(stretch(0, end)) for generation, end in ends.items() if end}
    history.close()


def test_rows_that_grow_are_bounded_in_bytes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glance.store.bucket_table.SEALED_BYTES", 3000)
    history = History.open(path)
    for piece in batches(count=1500, most=40):
        history.commit(piece)

    assert lines_of(history) == 1500
    assert len(everything(history)) > 2
    assert all(head.size_bytes < 12_000 for head in everything(history))
    history.close()


def test_f11_one_writes_the_other_reads(path: Path) -> None:
    """The second glance is told, and may read; when the first ends, the role is free."""
    first = History.open(path)
    first.commit(batch(0, 10))

    with pytest.raises(HistoryBusyError) as caught:
        History.open(path)
    assert isinstance(caught.value, StoreError)
    reader = History.open(path, writes=False)
    assert (first.is_writer, reader.is_writer) == (True, False)
    with pytest.raises(StoreError, match="cannot write"):
        reader.commit(batch(10, 20))
    first.commit(batch(10, 30))
    assert lines_of(reader) == 30
    first.close()
    second = History.open(path)
    second.commit(batch(30, 31))
    assert lines_of(reader) == 31
    second.close()
    reader.close()


def test_what_the_screen_remembers_is_in_the_same_file(path: Path) -> None:
    """It came first, it goes on beside a writer, and it is still there."""
    remembered = Remembered.open(path)
    remembered.keep("theme", "glance-light")
    history = History.open(path)
    history.commit(batch(0, 10))
    remembered.keep("window", "1h")
    history.commit(batch(10, 20))
    other = Remembered.open(path)

    assert other.all() == {"theme": "glance-light", "window": "1h"}
    assert lines_of(history) == 20
    for opened in (remembered, other, history):
        opened.close()


def test_a_stream_is_exact_while_the_writer_goes_on(path: Path) -> None:
    """What was there when it began comes, each record once, though rows merge and are let go meanwhile."""
    history, reader = History.open(path), History.open(path, writes=False)
    for piece in batches(count=1000):
        history.commit(piece)
    stream = reader.buckets(Wanted())
    got = [next(stream)]
    for start in range(1000, 2000, 30):
        history.commit(batch(start, min(2000, start + 30)))
    got += list(stream)

    got.sort(key=lambda bucket: bucket.offset)
    assert [record for bucket in got for record in records_of(bucket)] == records_of(stretch(0, 1000))
    history.close()
    reader.close()


def test_f20_readers_hold_no_transaction(path: Path) -> None:
    """Between two buckets of a stream the log of writes can be copied and emptied."""
    history, reader = History.open(path), History.open(path, writes=False)
    for piece in batches(count=300, most=60):
        history.commit(piece)
    stream = reader.buckets(Wanted())
    next(stream)
    history.copy_wal()

    assert history.wal_bytes == 0
    assert not reader.connection.in_transaction
    assert sum(bucket.records for bucket in stream) < 300
    history.close()
    reader.close()


def test_f20_a_long_reader_only_delays_the_copying(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody holds a transaction the log of writes grows; afterwards it is emptied."""
    monkeypatch.setattr("glance.store.history.LONGEST_WAL_BYTES", 100_000)
    history, reader = History.open(path), History.open(path, writes=False)
    history.connection.set_busy_timeout(1)
    history.commit(batch(0, 200))
    reader.connection.execute("BEGIN")
    reader.connection.execute("SELECT * FROM source").fetchall()
    for start in range(200, 2000, 100):
        history.commit(batch(start, start + 100))
    longest = history.wal_bytes
    reader.connection.execute("ROLLBACK")
    history.commit(batch(2000, 2100))

    assert longest > 100_000
    assert history.wal_bytes == 0
    assert lines_of(history) == 2100
    history.close()
    reader.close()


def test_another_thread_may_take_over(path: Path) -> None:
    """Opened here, used there: one at a time."""
    history = History.open(path)
    failures: list[BaseException] = []

    def write() -> None:
        try:
            history.commit(batch(0, 50))
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()

    assert failures == []
    assert lines_of(history) == 50
    history.close()


def test_nothing_to_read_is_told(path: Path) -> None:
    """A reader does not make what is not there."""
    with pytest.raises(StoreError, match="no history"):
        History.open(path, writes=False)
    assert not path.parent.exists()


def test_a_bucket_that_is_gone_is_a_passing_failure(path: Path) -> None:
    history = History.open(path)
    history.commit(batch(0, 10))
    (head,) = everything(history)
    history.retain(2e9, most_bytes=1 << 40, most_age_seconds=0)

    with pytest.raises(StoreError) as caught:
        history.bucket(head)
    assert caught.value.is_passing
    history.close()


def test_random_batches_of_several_sources(path: Path) -> None:
    """Buckets of one batch come in any order, of any source."""
    history = History.open(path)
    rng = random.Random(5)
    wanted: dict[str, list[LogBucket]] = {}
    ends = dict.fromkeys(["/a", "/b", "-"], 0)
    for _ in range(40):
        buckets = []
        for _ in range(rng.randrange(1, 5)):
            name = rng.choice(list(ends))
            bucket = stretch(ends[name], ends[name] + rng.randrange(1, 30), source=name, generation=ord(name[-1]))
            ends[name] += bucket.lines
            buckets.append(bucket)
            wanted.setdefault(name, []).append(bucket)
        rng.shuffle(buckets)
        history.commit(Batch(tuple(buckets)))

    for name, end in ends.items():
        found = sorted(history.buckets(Wanted(sources=(name,))), key=lambda bucket: bucket.offset)
        assert [record for bucket in found for record in records_of(bucket)] == records_of(stretch(0, end))
    assert sum(source.lines for source in history.sources()) == sum(ends.values()) <= len(log_records())
    history.close()
