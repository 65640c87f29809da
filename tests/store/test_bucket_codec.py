"""A bucket comes back from its blobs exactly, whatever is in it, and damage is told."""

import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.bucket import LogBucket, TextColumn, TimeColumn, UnreadLine, constant
from glance.domain.logs.minute_counts import minute_counts
from glance.domain.logs.record import TEXT_FIELDS
from glance.store.bucket_codec import decode, decode_minutes, encode
from glance.store.column_codec import DamagedError
from tests.domain.logs.brute import bucket_of, make_records


def numbers(count: int, *kinds: type) -> st.SearchStrategy[np.ndarray]:
    def of(kind: type) -> st.SearchStrategy[np.ndarray]:
        info = np.iinfo(kind)
        values = st.one_of(st.integers(int(info.min), int(info.max)), st.sampled_from([int(info.min), int(info.max)]))
        return st.lists(values, min_size=count, max_size=count).map(lambda found: np.array(found, kind))

    return st.sampled_from(kinds).flatmap(of)


@st.composite
def text_columns(draw: st.DrawFn, count: int) -> TextColumn:
    values = tuple(draw(st.lists(st.binary(max_size=5), min_size=1, max_size=6, unique=True)))
    ids = draw(st.lists(st.integers(0, len(values) - 1), min_size=count, max_size=count))
    if len(values) == 1:
        return TextColumn(constant(count), values)
    return TextColumn(np.array(ids, draw(st.sampled_from([np.uint8, np.uint16, np.uint32]))), values)


@st.composite
def buckets(draw: st.DrawFn) -> LogBucket:
    count = draw(st.integers(0, 12))
    deltas = draw(numbers(count, np.uint8, np.uint16, np.uint32))
    whole = st.integers(0, 2**62)
    return LogBucket(
        source=draw(st.text(max_size=5)) + draw(st.sampled_from(["", "\udcff"])),
        generation=draw(st.integers(0, 2**64 - 1)),
        offset=draw(whole),
        length=draw(whole),
        lines=draw(whole),
        times=TimeColumn(draw(st.integers(-(2**40), 2**41)), draw(st.sampled_from([1, 1000])), deltas),
        texts={name: draw(text_columns(count)) for name in TEXT_FIELDS},
        sizes=draw(numbers(count, np.int32, np.int64)),
        latencies=draw(st.none() | numbers(count, np.uint16)),
        slowest_seconds=draw(st.floats()),
        unparsed=draw(whole),
        unread=tuple(draw(st.lists(st.builds(UnreadLine, whole, st.binary(max_size=9)), max_size=3))),
        gaps=draw(st.integers(0, 5).flatmap(lambda gaps: numbers(gaps, np.uint32))),
    )


def assert_same(one: LogBucket, other: LogBucket) -> None:
    """Equal to the last bit, types of the arrays included."""

    def arrays(bucket: LogBucket) -> list[tuple[str, np.ndarray | None]]:
        texts = [(name, bucket.texts[name].ids) for name in TEXT_FIELDS]
        own = [("times", bucket.times.deltas), ("sizes", bucket.sizes), ("latencies", bucket.latencies)]
        return [*texts, *own, ("gaps", bucket.gaps)]

    for (name, left), (_, right) in zip(arrays(one), arrays(other), strict=True):
        if left is None or right is None:
            assert left is right, name
            continue
        assert (left.dtype, left.shape) == (right.dtype, right.shape), name
        assert left.tobytes() == right.tobytes(), name
    assert [one.texts[name].values for name in TEXT_FIELDS] == [other.texts[name].values for name in TEXT_FIELDS]
    assert (one.times.base_ms, one.times.step_ms) == (other.times.base_ms, other.times.step_ms)
    plain = ("source", "generation", "offset", "length", "lines", "unparsed", "unread")
    assert [getattr(one, name) for name in plain] == [getattr(other, name) for name in plain]
    assert np.array(one.slowest_seconds).tobytes() == np.array(other.slowest_seconds).tobytes()


@settings(max_examples=60)
@given(buckets())
def test_f26_any_bucket_comes_back_exactly(bucket: LogBucket) -> None:
    """NUL and any other byte, 64-bit sizes, no record at all, infinite latencies, odd names."""
    stored = pickle.loads(pickle.dumps(encode(bucket)))

    back = decode(stored)

    assert_same(back, bucket)
    assert (stored.first_ms, stored.last_ms, stored.records) == (bucket.first_ms, bucket.last_ms, bucket.records)


def test_minutes_come_back() -> None:
    bucket = bucket_of(make_records(500, 3, seconds=10_000))
    counts = minute_counts(bucket)

    back = decode_minutes(encode(bucket).minutes)

    assert back.minutes.tolist() == counts.minutes.tolist()
    assert back.counts.tolist() == counts.counts.tolist()
    assert int(back.counts[:, :3].sum()) == 500


def test_constant_columns_take_nothing() -> None:
    bucket = bucket_of(make_records(1000, 1))
    column = TextColumn(constant(1000), (b"HTTP/1.1",))
    bucket = replace(bucket, texts={**bucket.texts, "protocol": column, "host": TextColumn(constant(1000), (b"",))})

    stored = encode(bucket)

    assert "host" not in stored.columns
    assert len(stored.columns["protocol"]) < 60
    assert decode(stored).texts["host"].ids.strides == (0,)


def test_about_nine_bytes_a_line() -> None:
    """Traffic of the usual kind: many clients, some thousand paths, few agents, sizes without a pattern."""
    rng = np.random.default_rng(1)
    count = 32_768

    def column(distinct: int, form: bytes) -> TextColumn:
        ranks = np.minimum(rng.zipf(1.3, count), distinct) - 1
        used, ids = np.unique(ranks, return_inverse=True)
        return TextColumn(ids.astype(np.uint16), tuple(form % (number * 7919 % 65_521) for number in used.tolist()))

    texts = {name: TextColumn(constant(count), (b"",)) for name in TEXT_FIELDS}
    texts |= {
        "client": column(5000, b"203.0.113.%d"),
        "path": column(3000, b"/shop/item/%d"),
        "status": column(6, b"%d"),
    }
    texts |= {
        "agent": column(40, b"Mozilla/5.0 (X11; Linux x86_64) %d"),
        "referrer": column(50, b"https://a.example/%d"),
    }
    at_ms = (1_700_000_000 + np.arange(count) // 70) * 1000
    bucket = LogBucket(
        "a",
        1,
        0,
        190 * count,
        count,
        TimeColumn.of(at_ms),
        texts,
        rng.integers(0, 60_000, count).astype(np.int32),
        None,
    )

    assert encode(bucket).size_bytes / count < 9.5


def test_f15_every_flipped_byte_is_told() -> None:
    """A blob that was changed raises one kind of error, or nothing was lost by the change."""
    bucket = bucket_of(make_records(40, 2))
    stored = encode(bucket)
    for name, data in stored.columns.items():
        for index in range(len(data)):
            broken = bytearray(data)
            broken[index] ^= 0x41
            damaged = replace(stored, columns={**stored.columns, name: bytes(broken)})
            try:
                assert_same(decode(damaged), bucket)
            except DamagedError:
                continue


@pytest.mark.parametrize("name", ["times", "sizes", "client"])
def test_f15_a_column_that_is_missing_or_short_is_told(name: str) -> None:
    stored = encode(bucket_of(make_records(40, 2)))
    shorter = encode(bucket_of(make_records(39, 2)))
    gone = {key: data for key, data in stored.columns.items() if key != name}
    if name != "client":  # a text that is left out is empty
        with pytest.raises(DamagedError):
            decode(replace(stored, columns=gone))
    with pytest.raises(DamagedError):
        decode(replace(stored, columns={**gone, name: shorter.columns[name]}))


def test_a_newer_format_is_told() -> None:
    with pytest.raises(DamagedError, match="newer"):
        decode(replace(encode(bucket_of(make_records(3, 2))), format=99))


def test_workers_encode_without_a_database() -> None:
    """A worker process imports the codec only."""
    program = "import sys, glance.store.bucket_codec\nassert not {'apsw', 'sqlite3', 'textual'} & sys.modules.keys()"

    subprocess.run([sys.executable, "-c", program], check=True)
