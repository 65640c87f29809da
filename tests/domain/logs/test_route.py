"""Routes: ids give way to what they are, words never do, and a route is its own route."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.dictionary import Derived, Dictionary
from glance.domain.logs.route import BUILT_IN, Routes, route, routes_of

UUID = "550e8400-e29b-41d4-a716-446655440000"
SHA256 = hashlib.sha256(b"a").hexdigest()
REAL = {
    # numbers
    "/users/123": "/users/{id}",
    f"/users/123/orders/{UUID}": "/users/{id}/orders/{uuid}",
    "/diary/entry/5678": "/diary/entry/{id}",
    "/tiles/7/63/42.png": "/tiles/{id}/{id}/{id}.png",
    "/orders/12:cancel": "/orders/{id}:cancel",
    "/users/-1/": "/users/{id}/",
    "/users/1;v=2": "/users/{id};v=2",
    "/blog/2024/11/22/hello-world": "/blog/{id}/{id}/{id}/hello-world",
    "/item-48213.html": "/item-{id}.html",
    "/IMG_20240101.jpg": "/IMG_{id}.jpg",
    "//7": "//{id}",
    # UUIDs
    f"/x/{UUID.upper()}": "/x/{uuid}",
    f"/x/order-{UUID}.pdf": "/x/order-{uuid}.pdf",
    # hashes
    f"/v2/library/nginx/blobs/sha256:{SHA256}": "/v2/library/nginx/blobs/sha256:{hash}",
    "/commit/3f9a1c2e": "/commit/{hash}",
    "/o/507f1f77bcf86cd799439011/edit": "/o/{hash}/edit",
    "/app/login;jsessionid=8A5D0011FFEE22": "/app/login;jsessionid={hash}",
    "/usr_1a2b3c4d5e": "/usr_{hash}",
    "/x/%20deadbeef12": "/x/%20{hash}",
    "/a/0x52908400098527886E0F7030069857D2E4169EE7": "/a/{hash}",
    # hashes of files
    "/app.3f9a1c.js": "/app.{hash}.js",
    "/static/main.8f2b9e61.chunk.css": "/static/main.{hash}.chunk.css",
    "/assets/index-BfQ3kx2L.js": "/assets/index-{hash}.js",
    "/_next/static/chunks/main-0d1b80a048d4787e.js": "/_next/static/chunks/main-{hash}.js",
    "/app.391123.js.map": "/app.{hash}.js.map",
    # dates
    "/a/report-2024-11-22.csv": "/a/report-{date}.csv",
    "/d/2024-11-22T10:00:00Z": "/d/{date}",
    "/d/2024-11-22T10%3A00": "/d/{date}",
    "/r/2024-11": "/r/{date}",
    "/r/2024-11.pdf": "/r/{date}.pdf",
    "/d/2024_11_22/": "/d/{date}/",
    # tokens
    "/u/01ARZ3NDEKTSV4RRFFQ69G5FAV": "/u/{token}",
    "/u/cjld2cjxh0000qzrmn831i7rn": "/u/{token}",
    "/c/cus_NffrFeUfNV2HibXY12ab": "/c/cus_{token}",
    "/verify/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_1": "/verify/{token}",
    "/reset/dGhpcyBpcyBhIHRlc3QgdG9rZW4gMTIzNDU2Nzg5MA==": "/reset/{token}",
}
KEPT = [
    "",
    "*",
    "/",
    "host.example:443",
    "/api/v1/users",
    "/api/1.0/items",
    "/style2.css",
    "/images/jordan-80.png",
    "/presentations/logstash-puppetconf-2012/images/xkcd-perlswing-many.png",
    "/presentations/logstash-scale11x/images/ahhh___rage_face_by_samusmmx-d5g5zap.png",
    "/files/logstash/logstash-1.3.2-monolithic.jar",
    "/blog/geekery/installing-windows-8-consumer-preview.html",
    "/Installing-Windows-8-Consumer-Preview-2012",
    "/jquery-3.6.0.min.js",
    "/polyfills-es2015.js",
    "/d3.v7.min.js",
    "/facade",
    "/deadbeef",
    "/misc/nmh//%22file://$file/%22",
    "/%E4%BD%A0%E5%A5%BD",
    "/page2",
    "/r/2024-13",
    "/apple-touch-icon-120x120-precomposed.png",
    "/studip-1.3.0-2/studip-phplib/oohforms.inc",
    "/technote7/skin_shop/standard/3_plugin_twindow/twindow_notice.php",
]


@pytest.mark.parametrize(("path", "expected"), [*REAL.items(), *((path, path) for path in KEPT)])
def test_paths_of_real_logs(path: str, expected: str) -> None:
    assert route(path.encode()).decode() == expected
    assert route(expected.encode()).decode() == expected


ids = st.one_of(
    st.integers(0, 10**18).map(str),
    st.uuids().map(str),
    st.binary(min_size=20, max_size=20).map(lambda data: hashlib.sha1(data, usedforsecurity=False).hexdigest()),
    st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 1, 1)).map(str),
)
fixed_words = st.from_regex(r"[A-Za-z][A-Za-z_~.-]{0,30}", fullmatch=True)
anything = st.lists(st.one_of(ids, fixed_words, st.text(max_size=12))).map(lambda parts: "/" + "/".join(parts))


@given(anything)
def test_a_route_is_its_own_route(path: str) -> None:
    once = route(path.encode("utf-8", "surrogatepass"))
    assert route(once) == once


@given(st.lists(fixed_words, max_size=6))
def test_words_are_never_merged(words: list[str]) -> None:
    path = ("/" + "/".join(words)).encode()
    assert route(path) == path


def _numbers() -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.integers(0, 10**18).map(str), st.integers(0, 10**18).map(str))


def _digests() -> st.SearchStrategy[tuple[str, str]]:
    digests = st.binary(max_size=40).map(lambda data: hashlib.sha256(data).hexdigest())
    return st.tuples(digests, digests)


@given(
    st.one_of(_numbers(), st.tuples(st.uuids(), st.uuids()), _digests()),
    st.lists(fixed_words, max_size=3),
    st.sampled_from(["", ".json", "/edit"]),
)
def test_ids_never_split_a_route(pair: tuple[object, object], words: list[str], end: str) -> None:
    stem = "/" + "".join(f"{word}/" for word in words)
    first, second = (route(f"{stem}{one}{end}".encode()) for one in pair)
    assert first == second
    assert first.startswith(stem.encode() + b"{")


@given(st.lists(st.binary(max_size=60)))
def test_many_at_once_are_each_by_itself(paths: list[bytes]) -> None:
    """Whatever bytes are in them: a path of JSON may hold a line feed."""
    assert BUILT_IN.all_of(paths) == [route(path) for path in paths]


def test_many_ids_are_one_route_and_derived_once() -> None:
    base = Dictionary()
    base.keys([b"/users/%d/orders/%s" % (number, str(uuid.UUID(int=number)).encode()) for number in range(30_000)])
    asked: list[int] = []

    def counted(paths: object) -> list[bytes]:
        asked.append(len(paths))  # type: ignore[arg-type]
        return BUILT_IN.all_of(paths)  # type: ignore[arg-type]

    routes = Derived(base, many=counted)
    assert not routes.of().any()
    base.keys([b"/other"])
    assert routes.of()[-1] == 1
    assert routes.dictionary.values == [b"/users/{id}/orders/{uuid}", b"/other"]
    assert asked == [30_000, 1]


def test_tokens_of_random_bytes_are_found() -> None:
    tokens = [base64.urlsafe_b64encode(hashlib.sha256(b"%d" % number).digest()) for number in range(200)]
    found = sum(route(b"/reset/" + token) == b"/reset/{token}" for token in tokens)
    assert found >= 180


def test_own_rules_come_first_in_their_order() -> None:
    routes = Routes(
        [("^/shop/[^/]+/reviews$", "/shop/{product}/reviews"), ("^/shop/", "/shop/*"), ("404", "/{any}/404")]
    )
    paths = [b"/shop/red-shoes/reviews", b"/shop/red-shoes", b"/errors/404", b"/users/7"]
    expected = [b"/shop/{product}/reviews", b"/shop/*", b"/{any}/404", b"/users/{id}"]

    assert routes.all_of(paths) == expected
    assert [routes.of(path) for path in paths] == expected
    assert routes_of(()) is BUILT_IN


def test_an_own_rule_that_is_no_expression_is_told() -> None:
    with pytest.raises(ValueError, match=re.escape("'(' must be a regular expression")):
        routes_of([("(", "/x")])


def test_a_long_path_takes_no_long_time() -> None:
    for path in (
        b"/" + b"a1" * 500_000,
        b"/1" * 300_000,
        b"/" + b"1-" * 300_000,
        b"/x-" + b"0" * 1_000_000,
        b"/" + b"%2" * 300_000,
    ):
        once = route(path)
        assert route(once) == once
