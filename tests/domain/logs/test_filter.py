"""Filters: one record and a whole bucket get the same answer, and every text is a filter or a told mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.filter import EVERYTHING, Filter, parse_filter
from glance.domain.logs.filter_field import FIELDS
from glance.domain.logs.record import LogRecord
from glance.domain.logs.route import Routes
from glance.domain.logs.series import LogSeries
from glance.errors import FilterError
from tests.domain.logs.brute import bucket_of, make_records

AT_MS = 1_700_000_000_000  # 2023-11-14T22:13:20Z
RECORD = LogRecord(
    at_ms=AT_MS,
    client=b"10.1.2.3",
    user=b"anna",
    method=b"GET",
    path=b"/api/Users/7",
    protocol=b"HTTP/1.1",
    status=b"503",
    referrer=b"",
    agent=b"Mozilla/5.0 (compatible; Googlebot/2.1)",
    host=b"shop.example",
    upstream=b"10.0.0.1:80",
    size=1500,
    seconds=0.25,
)
SILENT = LogRecord(at_ms=AT_MS)

CHOSEN = [
    "",
    "/api",
    "users",  # a word by itself is within the path, whatever its case
    "path:/API/users",
    "path=/api/Users/7",
    "path~^/api/.*/[0-9]+$",
    "path~^/(api|v2)/",
    "url~\\d$",
    "section=/api",
    "section:AP",
    "section~^/api$",
    "route=/api/Users/{id}",
    "route:users/{ID}",
    "route~^/api/[^/]+/[{]id[}]$",
    "kind=crawler",
    "kind=Crawler,tool",
    "-kind=person",
    "crawler=Googlebot",
    "crawler:google",
    "-noise=scanner",
    "noise!=scanner",
    "status=503",
    "status:5xx",
    "status=50x",
    "status:404,5xx",
    "status>=500 status<504 status<=503 status>502",
    "status~^5",
    "status != 200",
    "method=get",
    "method=POST,GET",
    "method:ge",
    "client=10.1.2.3",
    "client:10.0.0.0/8",
    "client=192.168.0.0/16,10.1.2.3",
    "client:1.2",
    "client~^10[.]",
    "ip:10.1.2.3/32",
    "user=anna",
    "user:NN",
    "host=shop.example",
    "vhost~example$",
    "upstream=10.0.0.1:80",
    "upstream:10.0.0",
    "backend~:80$",
    "-upstream:web",
    "agent~bot/",
    'agent~"\\(compatible; Google"',
    "agent:GOOGLEBOT",
    "ua~(?i)googleBOT",
    "protocol=HTTP/1.1",
    "size=1500 bytes>=1.5kb size<1501 size>1.46kib size<=1.5k",
    "latency=0.25 latency>200ms latency<0.3 latency>=250ms latency<=250ms duration<1m",
    "referrer=- -referrer:x referrer!~x -referrer~.*",
    'referrer=""',
    "user!=-",
    "time=2023-11-14T22:13:20Z time>=2023-11-14T23:13+01:00 time<2023-11-14T22:14Z",
    "time=1700000000 time>1699999999",
    "status:2xx | path:/api",
    "status:2xx or not method=POST",
    "(status:2xx | status:5xx) and -(agent~curl | user=bob)",
    "- -user=anna",
    "! status:2xx",
    "not (status:2xx)",
]
LEFT_OUT = [
    "path=/api",
    "path=/API/USERS/7",
    "path~^api",
    "section=/api/Users",
    "route=/api/Users/7",
    "kind=person",
    "kind!=crawler",
    "crawler=-",
    "noise=scanner",
    "status:4xx",
    "status=403,404",
    "status>503",
    "method=POST",
    "client:11.0.0.0/8",
    "client=10.1.2.30",
    "client:10.1.2",  # no address, but a part of the text
    "client:2001:db8::/32",
    "user=Anna",
    "user=-",
    "agent~googlebot",
    "-agent:bot",
    "size>1500",
    "size>1.5kib",
    "latency>0.25",
    "latency=-",
    "referrer~.*",
    "referrer:x",
    "time=2023-11-15",
    "time<2023-11-14T22:13:20Z",
    "status:5xx -status:5xx",
    "-(status:5xx | path:nothing)",
    "not status:5xx | path:nothing",
]


@pytest.mark.parametrize("text", CHOSEN)
def test_what_a_filter_chooses(text: str) -> None:
    assert parse_filter(text).test(RECORD)


@pytest.mark.parametrize("text", [text for text in LEFT_OUT if text != "client:10.1.2"])
def test_what_a_filter_leaves_out(text: str) -> None:
    assert not parse_filter(text).test(RECORD)


def test_kinds_noise_and_own_routes_are_asked_for_by_name() -> None:
    probe = SILENT._replace(path=b"/wp-login.php", status=b"404")
    own = Routes([("^/shop/", "/shop/{product}")])

    assert parse_filter("kind=unknown noise=scanner crawler=-").test(probe)
    assert not parse_filter("noise=scanner").test(probe._replace(status=b"200"))
    assert parse_filter("route=/shop/{product}", own).test(SILENT._replace(path=b"/shop/red-shoes"))
    assert parse_filter("kind=tool,crawler,tool").text == "kind=crawler,tool"
    for text in ("kind=robot", "noise=other", "kind:crawler", "noise~scanner"):
        with pytest.raises(FilterError):
            parse_filter(text)


def test_a_part_of_an_address_is_a_text_and_a_whole_one_is_an_address() -> None:
    near = RECORD._replace(client=b"10.1.2.30")

    assert parse_filter("client:10.1.2").test(near)
    assert not parse_filter("client:10.1.2.3").test(near)


@pytest.mark.parametrize(
    ("text", "client", "is_chosen"),
    [
        ("client:2001:db8::/32", b"2001:0DB8::1", True),
        ("client=::1", b"0:0:0:0:0:0:0:1", True),
        ("client:10.0.0.0/8", b"::ffff:10.9.9.9", True),
        ("client:fe80::/10", b"fe80::1%eth0", True),
        ("client:10.0.0.0/8", b"010.1.1.1", False),
        ("client:10.0.0.0/8", b"10.1.1.1.", False),
        ("client:10.0.0.0/8", b"10.1.1", False),
        ("client:0.0.0.0/0", b"host.example", False),
        ("client:0.0.0.0/0", "١٠.1.1.1".encode(), False),
        ("client:::/0", b"10.0.0.1", False),
        ("client:::/0", b":" * 9000, False),
        ("client:::/0", b"\xff:\xfe", False),
        ("client=Host.example", b"Host.example", True),
        ("client=host.example", b"Host.example", False),
    ],
)
def test_clients_are_compared_as_addresses(text: str, client: bytes, is_chosen: bool) -> None:
    assert parse_filter(text).test(SILENT._replace(client=client)) is is_chosen


NEGATABLE = ["user=a", "user:a", "user~a", "status>=0", "status:5xx", "status<9", "size>=0", "size<1", "latency>=0"]


@pytest.mark.parametrize("text", NEGATABLE)
def test_what_the_log_does_not_tell_meets_no_comparison(text: str) -> None:
    assert not parse_filter(text).test(SILENT)
    assert parse_filter(f"-{text}").test(SILENT)


@pytest.mark.parametrize("field", ["user", "status", "size", "latency", "path", "section", "method", "upstream"])
def test_what_the_log_does_not_tell_can_be_asked_for(field: str) -> None:
    assert parse_filter(f"{field}=-").test(SILENT)
    assert not parse_filter(f"{field}!=-").test(SILENT)


@pytest.mark.parametrize("status", [b" 200 ", b"2_0", "２００".encode(), b"1e2", b"200x", b"9" * 5000, b"\xff"])
def test_what_is_no_number_is_not_read_as_one(status: bytes) -> None:
    record = SILENT._replace(status=status)

    assert not parse_filter("status>=0").test(record)
    assert not parse_filter("status<0").test(record)
    assert not parse_filter("status:2xx").test(record)


def test_sizes_are_exact_however_large() -> None:
    record = SILENT._replace(size=2**53 + 1)

    assert parse_filter(f"size={2**53 + 1}").test(record)
    assert not parse_filter(f"size<={2**53}").test(record)
    assert not bucket_answers(f"size<={2**53}", [record])[0]
    assert bucket_answers("size<999999999tb", [SILENT._replace(size=5)]) == [True]


def test_time_of_day_is_that_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Kolkata")  # +05:30
    time.tzset()
    try:
        assert parse_filter("time=03:43").test(RECORD)
        assert parse_filter("time>=03:43:20 time<03:43:21 time=2023-11-15 time=2023-11-15T03").test(RECORD)
        assert not parse_filter("time=22:13").test(RECORD)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_time_of_day_goes_by_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        noon = parse_filter("time=12:00")
        summer, winter = SILENT._replace(at_ms=1_720_000_800_000), SILENT._replace(at_ms=1_704_106_800_000)

        assert [noon.test(summer), noon.test(winter)] == [True, True]  # 10:00Z and 11:00Z
        assert noon.select(bucket_of([winter, summer])).tolist() == [True, True]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_times_that_no_calendar_has_are_no_crash() -> None:
    records = [SILENT._replace(at_ms=at_ms) for at_ms in (-(10**15), 0, 10**16)]
    only = parse_filter("time>=00:00")

    assert [only.test(record) for record in records] == [True, True, True]
    assert only.select(bucket_of(records)).tolist() == [True, True, True]


# ------------------------------------------------------------------------------------------- mistakes

MISTAKES = [
    ("stauts>=500", 0, "there is no field stauts", "did you mean status"),
    ("stauts >= 500", 0, "there is no field stauts", "did you mean status"),
    ("path:/a size~5", 12, "size cannot be compared with ~", "<="),
    ("status>=abc", 8, "a status is compared with a number", "status>=500"),
    ("status=6x", 7, "no status", "5xx"),
    ("status:404,abc", 11, "no status", "5xx"),
    ("status:>=500", 7, "no status", "without the colon it compares: status>=500"),
    ("status>=٥٠٠", 8, "compared with a number", ""),
    ("size>1_000", 5, "no size", "10kb"),
    ("size=1.5", 5, "part of a byte", ""),
    ("latency>", 8, "a value must follow", ""),
    ("latency>0.1,0.2", 8, "no duration", "500ms"),
    ("latency>-1", 8, "no duration", ""),
    ("time>=25:00", 6, "no clock", "14:00"),
    ("time>=2023-02-30", 6, "no calendar", ""),
    ("time>=2023-02-03+99:00", 6, "no calendar", ""),
    ("time>=yesterday", 6, "no time", "14:00"),
    ("client:10.0.0.0/99", 7, "no network", "10.0.0.0/8"),
    ("(a | b", 0, "nothing closes this (", ""),
    ("a )", 2, "there is no (", "quotes"),
    ("a | ", 4, "a term must stand here", "status>=500"),
    ("| a", 0, "a term must stand here", ""),
    ("()", 1, "a term must stand here", ""),
    ("-", 1, "a term must stand here", ""),
    ('path:"a b', 5, "nothing closes this quote", ""),
    ("path:", 5, "a value must follow", ""),
    ('path:""', 6, "a text to look for", ""),
    ('path~""', 6, "matches everything", ""),
    ("path~(a+)+$", 5, "a repeat within a repeat", "only one"),
    (r"path~(a)\1", 8, "back references", ""),
    ("path~(?=a)", 5, "no such group", "(?i)"),
    ("path~a[", 6, "nothing closes this [", ""),
    ("path~a(", 6, "nothing closes this (", ""),
    ("path~*a", 5, "nothing that * could repeat", "\\*"),
    ("path~a**", 7, "a repeat of a repeat", ""),
    ("path~a|", 7, "matches everything", "remove"),
    ("path~[é]", 6, "single bytes", ""),
    ("path~a{9999}", 6, "up to 1000", ""),
    ("http://example", 0, "there is no field http", "quotes"),
    ("(" * 40 + "a" + ")" * 40, 31, "too many parentheses", ""),
    ("a " * 600, 1000, "at most 500 parts", ""),
    ("a" * 5000, 4000, "at most 4000 characters", ""),
]


@pytest.mark.parametrize(("text", "at", "why", "hint"), MISTAKES, ids=[case[0][:20] for case in MISTAKES])
def test_a_mistake_is_told_with_its_place(text: str, at: int, why: str, hint: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)

    error = caught.value
    assert why in error.reason
    assert hint in error.hint
    assert (error.text, error.at) == (text, at)
    assert error.exit_code == 2


def test_a_mark_stands_below_the_mistake() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter("path:日本 stauts>=500")

    assert caught.value.why.splitlines()[1:] == ["path:日本 stauts>=500", "          ^"]


def test_a_mark_is_found_in_a_long_filter() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter("abc " * 100 + "status>=x " + "\n\x1b[2J " * 20)

    _, shown, mark = caught.value.why.splitlines()
    assert shown[mark.index("^")] == "x"
    assert shown.isprintable()


# --------------------------------------------------------------------------------------------- laws

TERMS = [
    "status>=400",
    "status<300",
    "status:5xx",
    "status=-",
    "status:200,404",
    "method=post",
    "path:/api",
    "path~^/(api|static)/",
    "path~[aeiou].*s$",
    "path=/",
    "path=-",
    "section=/api",
    "client:10.0.0.0/29",
    "client=10.0.0.7",
    "agent~curl",
    "user=anna",
    "user!=-",
    "host=-",
    "upstream=-",
    "-upstream=10.0.0.1:80",
    "upstream:SHOP/",
    "size>1mb",
    "size<=100",
    "size=-",
    "latency>0.1",
    "latency<=0.2",
    "latency=-",
    "time>=2023-11-14T22:15Z",
    "time=22:16",
    "time<23:00",
    "api",
]


def joined_texts(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: "(" + " ".join(parts) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " | ".join(parts) + ")"),
        inner.map(lambda part: f"-{part}"),
    )


filter_texts = st.recursive(st.sampled_from(TERMS), joined_texts, max_leaves=8)


def bucket_answers(text: str, records: list[LogRecord]) -> list[bool]:
    return parse_filter(text).select(bucket_of(records)).tolist()


@settings(max_examples=150)
@given(filter_texts, st.integers(0, 60), st.integers(0, 10_000))
def test_a_bucket_is_answered_as_its_records_are(text: str, count: int, seed: int) -> None:
    records = make_records(count, seed)
    only = parse_filter(text)
    told = [only.test(record) for record in records]

    assert only.select(bucket_of(records)).tolist() == told
    assert parse_filter(only.text).text == only.text
    assert parse_filter(only.text).select(bucket_of(records)).tolist() == told
    if records:
        first, last = min(record.at_ms for record in records), max(record.at_ms for record in records)
        assert only.may_match(first, last) or not any(told)


@settings(max_examples=80)
@given(filter_texts, st.integers(0, 10_000), st.integers(1, 4))
def test_a_held_bucket_is_answered_as_its_records_are(text: str, seed: int, pieces: int) -> None:
    series = LogSeries()
    only = parse_filter(text)
    for piece in range(pieces):  # the dictionaries grow, and numbers of values are shared
        records = make_records(20 * (piece + 1), seed + piece)
        held = series.add(bucket_of(records, offset=piece * 10_000))
        assert held is not None
        assert only.select_held(held, series).tolist() == [only.test(record) for record in records]


def test_every_distinct_value_is_tested_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from glance.domain.logs import filter_pattern

    tested: list[bytes] = []
    holds = filter_pattern.Pattern.holds

    def counted(self: filter_pattern.Pattern, value: bytes) -> bool:
        tested.append(value)
        return holds(self, value)

    monkeypatch.setattr(filter_pattern.Pattern, "holds", counted)
    only = parse_filter("path~a")
    series = LogSeries()
    for piece in range(3):
        held = series.add(bucket_of(make_records(500, piece), offset=piece * 10_000))
        assert held is not None
        only.select_held(held, series)

    assert len(tested) == len(set(tested)) == len(series.dictionaries["path"])
    tested.clear()
    only.select(bucket_of(make_records(500, 1)))
    assert len(tested) == len(set(tested))


def test_answers_survive_new_numbers() -> None:
    """A series that lets values go numbers the rest anew: the answers are those of the new numbers."""
    series = LogSeries(memory_bytes=1 << 20)
    only = parse_filter("path~7$")
    epoch = series.epoch
    for piece in range(40):
        records = [
            RECORD._replace(path=b"/%d/%d" % (piece, number), at_ms=AT_MS + piece * 1000) for number in range(1500)
        ]
        series.add(bucket_of(records, offset=piece * 100_000))
        for held in series.buckets[-2:]:
            values = series.dictionaries["path"].values
            column = held.texts["path"]
            told = [values[key].endswith(b"7") for key in column.keys[column.ids].tolist()]
            assert only.select_held(held, series).tolist() == told
    assert series.epoch > epoch or series.is_approximate


def parsed(text: str) -> Filter | FilterError:
    try:
        return parse_filter(text)
    except FilterError as error:
        return error


WORDS = st.sampled_from(
    [*TERMS, "(", ")", "|", "or", "and", "not", "-", "!", '"', "'", "\\", "path~", "status", ">=", "a", "[", "{2}", "*"]
)


@settings(max_examples=300)
@given(
    st.one_of(st.text(max_size=30), st.lists(WORDS, max_size=8).map(" ".join), st.lists(WORDS, max_size=8).map("".join))
)
def test_every_text_is_a_filter_or_a_told_mistake(text: str) -> None:
    only = parsed(text)
    if isinstance(only, FilterError):
        assert 0 <= only.at <= len(text)
        return
    assert parse_filter(only.text) == only
    assert only.test(RECORD) == only.select(bucket_of([RECORD]))[0]


@settings(max_examples=200)
@given(st.text(min_size=1, max_size=12), st.sampled_from(["path", "agent", "method", "client"]), st.sampled_from("=:"))
def test_any_value_can_be_written_in_quotes(value: str, field: str, operator: str) -> None:
    written = value.replace("\\", "\\\\").replace('"', '\\"')
    try:
        only = parse_filter(f'{field}{operator}"{written}"')
    except FilterError:
        assert field == "client"  # what looks like a network must be one
        assert "/" in value
        return

    raw = value.encode("utf-8", "surrogateescape")
    if value != "-":
        assert only.test(SILENT._replace(**{field: raw}))
    assert parse_filter(only.text) == only
    assert parse_filter(f"({only.text}) -({only.text})").test(RECORD) is False


# ----------------------------------------------------------------------------------- skipping buckets


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("", True),
        ("status:5xx", True),
        ("time>=2023-11-14T22:00Z", True),
        ("time<2023-11-14T22:00Z", False),
        ("-time>=2023-11-14T22:00Z", False),
        ("time<2023-11-14T22:00Z | status:5xx", True),
        ("time<2023-11-14T22:00Z status:5xx", False),
        ("-(time>=2023-11-14T22:00Z status:5xx)", True),
        ("-(time>=2023-11-14T22:00Z | status:5xx)", False),
        ("time=2023-11-14T22:13:20Z", True),
        ("time=2023-11-14T22:14Z", False),
        ("time=14:00", True),
    ],
)
def test_buckets_that_cannot_match_are_skipped(text: str, may: bool) -> None:
    assert parse_filter(text).may_match(AT_MS, AT_MS + 5000) is may


def test_everything_is_everything() -> None:
    assert EVERYTHING.is_everything
    assert EVERYTHING.test(SILENT)
    assert EVERYTHING.select(bucket_of([SILENT, RECORD])).tolist() == [True, True]
    assert EVERYTHING.select(bucket_of([])).tolist() == []
    assert parse_filter("  ") == EVERYTHING
    assert {EVERYTHING, parse_filter("")} == {EVERYTHING}
    assert repr(parse_filter("a")) == "parse_filter('path:a')"


def test_every_filter_of_the_documentation_is_one(root: Path) -> None:
    text = (root / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = text[text.index("<!-- filters:") : text.index("**What the log does not tell")].splitlines()
    told = [row.split(" | ")[0].strip("| ") for row in rows if row.startswith("| `")]
    written = [cell.strip("`").replace("\\|", "|") for cell in told]

    assert len(written) > 15
    assert set(FIELDS) <= set(re.findall(r"[a-z]+", text[text.index("<!-- filters:") :]))
    for one in written:
        assert parse_filter(parse_filter(one).text).text == parse_filter(one).text
