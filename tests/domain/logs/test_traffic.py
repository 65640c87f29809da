"""The demo's traffic: the same for a seed, however time is cut, and believable."""

import random
import re
from collections import Counter
from itertools import pairwise

import pytest

from glance.domain.logs.traffic import TROUBLE_SECONDS, TrafficMaker

OPENED_AT = 1_800_000_000.0
LINE = re.compile(
    rb"(?P<client>(?:203\.0\.113|198\.51\.100|192\.0\.2)\.\d{1,3}|2001:db8:[0-9a-f:]+) - (?P<user>\S+) "
    rb"\[(?P<time>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000)\] "
    rb'"(?P<method>[A-Z]+) (?P<target>/\S*) HTTP/(?:1\.1|2\.0)" (?P<status>\d{3}) (?P<size>\d+) '
    rb'"(?P<referrer>-|https://[a-z]+\.example\.com/[^"]*)" "(?P<agent>[^"]+)" (?P<seconds>\d+\.\d{3})\n'
)


def maker(seed: int = 1, rate: float = 48.0) -> TrafficMaker:
    """A maker with that seed."""
    return TrafficMaker(random.Random(seed), opened_at=OPENED_AT, rate=rate)


def test_a_seed_gives_one_log() -> None:
    """Two makers with one seed agree; another seed gives another log."""
    lines = maker().lines(OPENED_AT, OPENED_AT + 30)
    assert lines == maker().lines(OPENED_AT, OPENED_AT + 30)
    assert lines != maker(2).lines(OPENED_AT, OPENED_AT + 30)


@pytest.mark.parametrize("cut", [0.0, 0.3, 1.0, 7.25, 9.999])
def test_cutting_time_changes_nothing(cut: float) -> None:
    """Writing live, piece by piece, gives the lines that writing at once gives."""
    whole = maker().lines(OPENED_AT, OPENED_AT + 10)
    pieces = maker()
    assert pieces.lines(OPENED_AT, OPENED_AT + cut) + pieces.lines(OPENED_AT + cut, OPENED_AT + 10) == whole


def test_every_line_is_combined_with_request_time_and_uses_reserved_names_only() -> None:
    """All lines have one shape, addresses for documentation, hosts of example.com."""
    lines = maker().lines(OPENED_AT - 600, OPENED_AT + 60)
    assert [line for line in lines if LINE.fullmatch(line) is None] == []


def test_times_never_go_back() -> None:
    """Lines are in the order of their times."""
    lines = maker().lines(OPENED_AT + 8, OPENED_AT + 12)
    seconds = [line.split(b"[", 1)[1][:20] for line in lines]
    assert seconds == sorted(seconds)
    assert len(set(seconds)) == 4


def test_something_of_everything_is_there() -> None:
    """Statuses, methods, people with names, both families of addresses, bots and scanners, in a quarter of an hour."""
    found = [LINE.fullmatch(line) for line in maker().lines(OPENED_AT - 900, OPENED_AT + 60)]
    fields = [match.groupdict() for match in found if match is not None]
    statuses = Counter(field["status"] for field in fields)
    assert {b"200", b"201", b"301", b"302", b"304", b"401", b"403", b"404", b"429", b"500"} <= set(statuses)
    assert statuses[b"200"] > 0.6 * len(fields)
    assert {field["method"] for field in fields} == {b"GET", b"POST", b"PUT"}
    assert len({field["user"] for field in fields}) > 5
    assert {b":" in field["client"] for field in fields} == {True, False}
    assert any(b"Googlebot" in field["agent"] for field in fields)
    assert any(field["target"] == b"/.env" for field in fields)
    assert all(field["size"] == b"0" for field in fields if field["status"] == b"304")


def test_popularity_is_uneven() -> None:
    """A few clients and paths have most of the traffic."""
    lines = maker().lines(OPENED_AT, OPENED_AT + 300)
    paths = Counter(line.split(b" ")[6].split(b"?")[0] for line in lines)
    clients = Counter(line.split(b" ", 1)[0] for line in lines)
    assert sum(hits for _, hits in paths.most_common(10)) > 0.3 * len(lines)
    assert sum(hits for _, hits in clients.most_common(20)) > 0.2 * len(lines)
    assert len(paths) > 300
    assert len(clients) > 400


@pytest.mark.parametrize("rate", [1.0, 48.0, 2000.0])
def test_the_rate_is_kept(rate: float) -> None:
    """Outside trouble the number of lines is what is expected, within chance."""
    traffic = maker(rate=rate)
    start = OPENED_AT + 130
    lines = traffic.lines(start, start + 60)
    expected = sum(traffic.expected_rate(start + second) for second in range(60))
    assert len(lines) == pytest.approx(expected, rel=0.1, abs=25)


def test_the_afternoon_is_busier_than_the_night() -> None:
    """The day has a rhythm."""
    midnight = OPENED_AT // 86400 * 86400
    traffic = maker()
    afternoon = sum(traffic.expected_rate(midnight + 14 * 3600 + second) for second in range(3600))
    night = sum(traffic.expected_rate(midnight + 2 * 3600 + second) for second in range(3600))
    assert afternoon > 1.3 * night


def test_the_first_minute_has_a_burst_of_server_errors() -> None:
    """Who opens the dashboard sees something happen soon."""
    traffic = maker()
    assert traffic.trouble_at(OPENED_AT + 10) is None
    trouble = traffic.trouble_at(OPENED_AT + 30)
    assert trouble is not None
    assert (trouble.kind, trouble.end - trouble.start) == ("errors", TROUBLE_SECONDS)
    calm = traffic.lines(OPENED_AT, OPENED_AT + 20)
    burst = traffic.lines(trouble.start, trouble.end)
    assert sum(b'" 50' in line for line in calm) < 0.01 * len(calm)
    assert sum(b'" 50' in line for line in burst) > 0.08 * len(burst)


def test_trouble_comes_in_pairs_every_four_to_six_minutes() -> None:
    """Each kind takes its turn; a minute after whatever is wrong, something is slow."""
    traffic = maker()
    seen = []
    for second in range(-3600, 3600):
        trouble = traffic.trouble_at(OPENED_AT + second)
        if trouble is not None and trouble not in seen:
            seen.append(trouble)
    seen = seen[seen[0].kind == "slow" :]
    firsts, seconds = seen[::2], seen[1::2]
    gaps = [later.start - earlier.start for earlier, later in pairwise(firsts)]
    assert {trouble.kind for trouble in firsts} == {"errors", "scan"}
    assert {trouble.kind for trouble in seconds} == {"slow"}
    assert [round(later.start - earlier.start) for earlier, later in zip(firsts, seconds, strict=False)] == [60] * len(
        seconds
    )
    assert min(gaps) >= 240
    assert max(gaps) <= 360


def test_something_is_slow_in_the_second_minute() -> None:
    """While a profile of it can be taken: what was slow before the opening has none."""
    trouble = maker().trouble_at(OPENED_AT + 85)
    assert trouble is not None
    assert (trouble.kind, trouble.route, trouble.start) == ("slow", "search", OPENED_AT + 80)


def test_slow_trouble_is_slow() -> None:
    """The 95th percentile rises while a route is slow."""
    traffic = maker()
    slow = next(
        t for t in map(traffic.trouble_at, range(int(OPENED_AT), int(OPENED_AT) + 1200)) if t and t.kind == "slow"
    )
    before = percentile_95(traffic.lines(slow.start - 60, slow.start - 1))
    during = percentile_95(traffic.lines(slow.start + 1, slow.end - 1))
    assert during > 3 * before


def percentile_95(lines: list[bytes]) -> float:
    """The 95th percentile of the latency of the lines, in seconds."""
    seconds = sorted(float(line.rsplit(b" ", 1)[1]) for line in lines)
    return seconds[int(len(seconds) * 0.95)]
