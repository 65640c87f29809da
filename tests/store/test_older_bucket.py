"""Buckets that were written before records had an upstream come back, and go on with others that name one."""

from __future__ import annotations

import base64
from dataclasses import replace

from glance.domain.logs.bucket import merge
from glance.domain.logs.held import hold
from glance.domain.logs.series import LogSeries
from glance.store.bucket_blob import of_blob, to_blob
from glance.store.bucket_codec import COLUMNS, FORMAT, decode, encode
from glance.store.stored_columns import StoredColumns
from tests.domain.logs.brute import bucket_of, make_records, records_of

OLDER = (
    "R0xCS4kBAAB7InNvdXJjZSI6ICIvdmFyL2xvZy9hbGIubG9nIiwgImdlbmVyYXRpb24iOiA3LCAib2Zmc2V0IjogMCwgImxlbmd0aCI6IDE1NDgs"
    "ICJsaW5lcyI6IDksICJyZWNvcmRzIjogOSwgInVucGFyc2VkIjogMCwgImZpcnN0X21zIjogMTc5NTM1NjAwMDAwMCwgImxhc3RfbXMiOiAxNzk1"
    "MzU2MDA4MDAwLCAic3RhdHVzX2NsYXNzZXMiOiAzNiwgImZvcm1hdCI6IDEsICJwYXJ0cyI6IFtbInNsb3dlc3QiLCA4XSwgWyJtaW51dGVzIiwg"
    "NTJdLCBbInRpbWVzIiwgNDFdLCBbInNpemVzIiwgMzZdLCBbImxhdGVuY2llcyIsIDM4XSwgWyJjbGllbnQiLCA1MF0sIFsibWV0aG9kIiwgMjld"
    "LCBbInBhdGgiLCA5NF0sIFsicHJvdG9jb2wiLCAzNF0sIFsic3RhdHVzIiwgNDFdLCBbImFnZW50IiwgMzJdXX3LoUW28/20Pyi1L/0kSz0BALAB"
    "aQMBAAAAKJXIAAYAA6gDAAAAAAAABwBACnAAHgAHcBhlJpNVutPrCBYotS/9JBzhAAAAf44DogEAAOgDAAAAdQAJAAAAAAICAgICAgICAjSh1Ci1"
    "L/0kK70AAIgAaQIJAAAAZGVmZ2hpamtsAAEAbbAEwhVXGii1L/0kGckAAAB1AQkAAAB/2PYJFyEqMjgBAQECAgICAgL/CCEuKLUv/SQ4LQEA2AB1"
    "AAkAAAAAAQIDAAAAMjAzLjAuMTEzLjAxMgMAwAgvppq5LkAzfEwotS/9JBCBAAABdQAJAAAAAAABAAAAR0VUHs1RdCi1L/1kPQCFAgCEAwB1AAkA"
    "AAAAAQIDBAUGBwhodHRwczovL3Nob3AuZXhhbXBsZS5jb206NDQzL2EvMDEyMzQ1Njc4CQAAF4AfwBnABeAHcAZwAaLwE8JcAkPZrocotS/9JBWp"
    "AAABdQAJAAAAAAABAAAASFRUUC8xLjELrbotKLUv/SQc4QAAAHUACQAAAAABAQEAAQEBAAACAAAANTAzADIwMLv+GTAotS/9JBOZAAABdQAJAAAA"
    "AAABAAAAY3VybC84Zxj11w=="
)
"""Nine requests of an ALB log as an earlier glance wrote them; it had nine columns of text."""


def older():
    """The bucket of that time."""
    return of_blob(base64.b64decode(OLDER))


def test_what_an_earlier_glance_wrote_is_read() -> None:
    bucket = older()
    assert (bucket.records, bucket.source, bucket.generation) == (9, "/var/log/alb.log", 7)
    assert bucket.texts["path"].values[3] == b"https://shop.example.com:443/a/3"
    assert bucket.texts["upstream"].values == (b"",)
    assert bucket.texts["upstream"].ids.strides == (0,)
    assert records_of(of_blob(to_blob(bucket))) == records_of(bucket)


def test_places_of_columns_never_change() -> None:
    assert COLUMNS[:5] == ("times", "sizes", "latencies", "gaps", "unread")
    assert COLUMNS[5:14] == (
        "client", "user", "method", "path", "protocol", "status", "referrer", "agent", "host",
    )  # fmt: skip
    assert COLUMNS[14:] == ("upstream",)
    assert FORMAT == 1  # an earlier glance steps over a column that it does not know


def test_a_log_without_upstreams_is_stored_as_before() -> None:
    bucket = older()
    stored = encode(bucket)
    assert set(stored.columns) <= set(COLUMNS[:14])
    assert StoredColumns(stored).text("upstream") is None
    assert hold(bucket, LogSeries().dictionaries).texts["upstream"].size_bytes == 4


def test_it_goes_on_with_what_names_one() -> None:
    bucket = older()
    records = [record._replace(upstream=b"10.0.0.1:80") for record in make_records(20, 3)]
    more = replace(bucket_of(records, generation=7, source="/var/log/alb.log"), offset=bucket.offset + bucket.length)
    both = decode(encode(merge(bucket, more)))
    column = both.texts["upstream"]
    assert [column.values[number] for number in column.ids.tolist()] == [b""] * 9 + [b"10.0.0.1:80"] * 20
    series = LogSeries()
    for one in (bucket, more):
        series.add(one)
    assert series.records == 29
    assert set(series.dictionaries["upstream"].values) == {b"", b"10.0.0.1:80"}
