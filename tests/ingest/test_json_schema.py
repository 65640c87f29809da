"""What is decoded quickly says what the whole line says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glance.domain.logs import hash_index
from glance.domain.logs.key_name import CADDY
from glance.domain.logs.keyed import Key, KeyedLayout
from glance.domain.logs.record import TEXT_FIELDS
from glance.ingest.builder import BucketBuilder
from glance.ingest.json_lines import JsonReader
from glance.ingest.json_schema import schemas
from tests.domain.logs.brute import records_of


def line(request: dict[str, Any], **more: object) -> bytes:
    """A line of Caddy."""
    asked = {"client_ip": "203.0.113.7", "remote_ip": "10.0.0.1", "method": "GET", "uri": "/a?b", "headers": {}}
    told = {"ts": 1795262930.016, "request": asked | request, "status": 200, "size": 5, "duration": 0.25} | more
    return json.dumps(told).encode() + b"\n"


@pytest.mark.parametrize(
    "odd",
    [
        line({}),
        line({"headers": {"User-Agent": ["a", "b"], "Referer": []}}),
        line({"client_ip": None}),
        line({"client_ip": ""}),
        line({"client_ip": "-", "remote_ip": None, "remote_addr": "192.0.2.1:5"}),
        line({"uri": 7}),
        line({"uri": "/ä?q=?"}),
        line({}, status="404", size="7", duration=1),
        line({}, size=-1, duration=None),
        line({}, size=6405.0, duration=0),
        line({}, size=1 << 70),
        line({}, size=True, duration=False),
        line({}, ts=1795262930),
        line({}, ts=1795262930016),
        line({}, ts=1795262930017000001),  # as a float it would be an earlier millisecond
        line({}, ts="2026-11-22T10:00:00.5Z"),
    ],
)
def test_an_odd_line_is_read_as_by_itself(odd: bytes) -> None:
    """Beside lines that are as most are, which are read in the quick way before and after it."""
    reader = JsonReader(CADDY)
    builder = BucketBuilder("", 0, 0)
    session = reader.session(builder)
    usual = line({"headers": {"User-Agent": ["curl/8"]}})

    taken = [piece for piece in (usual * 3, usual + odd + usual, usual * 2) if session.read_piece(piece)]
    session.flush()

    assert len(taken) == 3
    alone = [reader.read_line(each) for each in b"".join(taken).splitlines()]
    assert [record[:-1] for record in records_of(builder.finish())] == [record[:-1] for record in alone if record]


@pytest.mark.parametrize("uri", [["/a?b"], {"?": 1}, None])
def test_a_path_that_is_none_is_left_to_the_line_itself(uri: object) -> None:
    """Whatever stands there instead."""
    session = JsonReader(CADDY).session(BucketBuilder("", 0, 0))

    assert session.read_piece(line({"uri": uri})) == (uri is None)


def test_the_quick_way_leaves_out_keys_for_what_others_tell() -> None:
    """And says for which fields."""
    typed, quick, whole = schemas(CADDY)

    assert [(way.is_typed, len(way.keys)) for way in (typed, quick)] == [
        (True, len(quick.keys)),
        (False, len(typed.keys)),
    ]
    assert typed.left_out == quick.left_out
    assert whole.keys == CADDY.keys
    assert [key for key in CADDY.keys if key not in quick.keys] == [
        Key("client", ("request", "remote_ip")),
        Key("client", ("request", "remote_addr")),
    ]
    assert quick.left_out == {"client"}


def test_a_request_line_tells_three_fields() -> None:
    """A key that tells one of them is left out, and its gaps are looked for."""
    keys = (Key("time", ("t",)), Key("request", ("r",)), Key("method", ("m",)), Key("status", ("s",)))
    _, quick, _ = schemas(KeyedLayout("json", "JSON", keys))

    assert quick.left_out == {"method"}
    assert len(quick.keys) == 3


def test_a_key_that_is_both_value_and_object_has_no_schema() -> None:
    """Such lines are read one by one."""
    keys = (Key("time", ("t",)), Key("status", ("a",)), Key("method", ("a", "b")))

    assert schemas(KeyedLayout("json", "JSON", keys)) == ()


def test_a_text_is_not_taken_for_another_with_the_same_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A string of wide letters has the hash of a longer one of narrow letters."""
    monkeypatch.setattr(hash_index, "MANY", 0)
    plain = "/admin"
    twin = plain.encode().decode("utf-16-le")
    assert hash(plain) == hash(twin)
    reader, builder = JsonReader(CADDY), BucketBuilder("", 0, 0)
    session = reader.session(builder)
    for paths in ([plain], [plain, plain], [twin], [plain, twin, plain], [7, plain]):
        session.read_piece(b"".join(line({"uri": path}) for path in paths))
    session.flush()

    told = [record[1 + TEXT_FIELDS.index("path")].decode() for record in records_of(builder.finish())]
    assert told == [plain, plain, plain, twin, plain, twin, plain, "7", plain]
