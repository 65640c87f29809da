"""The page of errors counts what a plain count of the records counts."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from glance.domain.error_board import ErrorBoard, ErrorName, ErrorRow, ErrorWish
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.record import LogRecord
from glance.domain.logs.route import route
from glance.domain.logs.scanner import is_noise
from glance.domain.logs.series import LogSeries
from glance.domain.logs.storm import LEAST_HITS, LEAST_PATHS, RULE
from glance.domain.window import Window
from glance.pipeline.page_maker import PageMaker
from glance.pipeline.tallies import Tallies
from glance.widgets.error_chip import error_chips
from glance.widgets.error_names import Part
from tests.domain.logs.brute import bucket_of

START = 1_700_000_000
SCANNER, LOST = b"192.0.2.66", b"192.0.2.77"
PATHS = [b"/", b"/users/1", b"/users/2", b"/gone", b"/.env", b"/wp-login.php", b"/a/9/b"]


def records_of(count: int, seed: int) -> list[LogRecord]:
    """Requests of some clients, one of whom asks for one thing after the other and finds nothing."""
    rng = random.Random(seed)
    made = []
    for index in range(count):
        client = rng.choice([b"10.0.0.%d" % rng.randrange(9), LOST, SCANNER])
        path, status = rng.choice(PATHS), rng.choice([b"200", b"200", b"404", b"403", b"500", b"503", b"", b"-1"])
        if client == SCANNER and rng.random() < 0.8:
            path, status = b"/try/%d" % rng.randrange(40), b"404"
        if client == LOST:
            path, status = b"/gone", b"404"
        at_ms = START * 1000 + index * 600_000 // count + rng.randrange(-2000, 2000)
        made.append(LogRecord(at_ms, client, path=path, method=b"GET", status=status, seconds=0.1, size=10))
    return made


RECORDS = records_of(3000, 3)
WINDOW = Window(START + 60, START + 480, 5)


def series_of(records: list[LogRecord], buckets: int = 5) -> LogSeries:
    """The records, in some buckets of two logs."""
    series = LogSeries()
    size = -(-len(records) // buckets)
    for number in range(buckets):
        part = records[number * size : (number + 1) * size]
        series.add(bucket_of(part, offset=number * 100_000, source=f"{number % 2}.log"))
    return series


def answer(series: LogSeries, window: Window = WINDOW, text: str = "", wish: ErrorWish | None = None) -> ErrorBoard:
    """What the page says at first."""
    board = PageMaker(series, Tallies(series)).answer(wish or ErrorWish(), window, parse_filter(text), window.end)
    assert isinstance(board, ErrorBoard)
    return board


def expected(window: Window, text: str = "") -> dict[tuple[str, str], list[LogRecord]]:
    """The errors of each kind and status, counted one by one."""
    within = [one for one in RECORDS if window.start * 1000 <= one.at_ms < window.end * 1000]
    hits = Counter(one.client for one in within)
    lost: dict[bytes, list[bytes]] = defaultdict(list)
    for one in within:
        if one.status == b"404":
            lost[one.client].append(one.path)
    storming = {
        client
        for client, paths in lost.items()
        if len(paths) >= LEAST_HITS and len(set(paths)) >= LEAST_PATHS and 2 * len(paths) >= hits[client]
    }
    found: dict[tuple[str, str], list[LogRecord]] = defaultdict(list)
    chosen = parse_filter(text)
    for one in within:
        if one.status[:1] not in (b"4", b"5") or not chosen.test(one):
            continue
        kind = "error"
        if is_noise(one.path, one.status):
            kind = "probe"
        elif one.status == b"404" and one.client in storming:
            kind = "storm"
        found[kind, one.status.decode()].append(one)
    return found


@pytest.mark.parametrize("text", ["", "path:/users", "status=404", "client=192.0.2.66", "-noise=scanner"])
@pytest.mark.parametrize("window", [WINDOW, Window(START - 60, START + 900, 10)])
def test_every_figure_is_that_of_a_plain_count(text: str, window: Window) -> None:
    """Hits, clients, routes, times, shares and sparklines of each status and kind."""
    board = answer(series_of(RECORDS), window, text, ErrorWish(names=100))
    plain = expected(window, text)
    chosen = parse_filter(text)
    within = [one for one in RECORDS if window.start * 1000 <= one.at_ms < window.end * 1000]

    assert {row.key: row.hits for row in board.rows} == {key: len(members) for key, members in plain.items()}
    assert board.requests == sum(chosen.test(one) for one in within)
    assert board.noise + board.errors == sum(map(len, plain.values()))
    for row in board.rows:
        members = plain[row.key]
        assert row.first_at == min(one.at_ms for one in members) / 1000
        assert row.last_at == max(one.at_ms for one in members) / 1000
        assert row.share == pytest.approx(row.hits / board.requests)
        assert sum(row.spark) == row.hits
        assert {name.raw: name.hits for name in row.clients} == Counter(one.client for one in members)
        by_route = Counter(route(one.path) for one in members)
        targets = Counter(one.path for one in members) if len(by_route) == 1 else by_route
        assert row.are_paths == (len(by_route) == 1)
        assert {name.raw: name.hits for name in row.targets} == targets
        assert (row.target_count, row.client_count) == (len(targets), len({one.client for one in members}))


def test_there_are_both_kinds_of_noise_and_one_page_that_is_gone_is_none() -> None:
    """Whoever asks for one path again and again is no scanner."""
    board = answer(series_of(RECORDS))

    assert {row.kind for row in board.rows} == {"error", "probe", "storm"}
    assert board.stormers == (SCANNER,)
    gone = next(row for row in board.rows if row.key == ("error", "404"))
    assert LOST in {name.raw for name in gone.clients}


def test_real_errors_come_first_and_those_of_servers_above_those_of_clients() -> None:
    """The order of the rows."""
    keys = [(row.is_noise, row.status[0] == "4", -row.hits) for row in answer(series_of(RECORDS)).rows]

    assert keys == sorted(keys)


def test_the_newest_lines_are_the_newest() -> None:
    """Of each status, newest first."""
    board = answer(series_of(RECORDS), wish=ErrorWish(lines=7))

    for row in board.rows:
        times = sorted((one.at_ms / 1000 for one in expected(WINDOW)[row.key]), reverse=True)[:7]
        assert [line.at for line in row.lines] == times
        assert {line.status for line in row.lines} == {int(row.status)}
        assert len(row.agents) == len(row.lines)


def test_names_are_cut_to_the_most_frequent() -> None:
    """As many as are wanted, ties by name."""
    board = answer(series_of(RECORDS), wish=ErrorWish(names=3))

    for row in board.rows:
        counted = Counter(one.client for one in expected(WINDOW)[row.key])
        wanted = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:3]
        assert [(name.raw, name.hits) for name in row.clients] == wanted


def test_what_is_remembered_says_the_same_while_the_window_slides() -> None:
    """One maker, asked again and again while records come, the filter changes and the window moves."""
    series = LogSeries()
    maker = PageMaker(series, Tallies(series))
    for number in range(12):
        part = RECORDS[number * 250 : (number + 1) * 250]
        series.add(bucket_of(part, offset=number * 2500))
        end = START + 50 * (number + 1)
        window = Window(end - 300, end, 5)
        text = ("", "path:/users")[number // 3 % 2]
        kept = maker.answer(ErrorWish(), window, parse_filter(text), end)
        assert kept == answer(series, window, text)


def test_a_filter_that_leaves_no_error_leaves_no_row() -> None:
    """The requests are told all the same."""
    board = answer(series_of(RECORDS), text="status=200")

    assert (board.rows, board.errors, board.noise) == ((), 0, 0)
    assert board.requests
    assert answer(LogSeries()).requests == 0


def test_the_rule_is_said_with_its_figures() -> None:
    """Who reads it can check it."""
    assert f"{LEAST_HITS}+ 404s" in RULE
    assert f"{LEAST_PATHS}+ paths" in RULE
    assert len(RULE) <= 115  # one line at 120 columns


def test_filtering_by_a_row_chooses_exactly_what_it_counts() -> None:
    """Of each status and kind, of each of its routes or paths, and of each of its clients."""
    board = answer(series_of(RECORDS), wish=ErrorWish(names=100))
    within = [one for one in RECORDS if WINDOW.start * 1000 <= one.at_ms < WINDOW.end * 1000]

    def hits(row: ErrorRow, part: Part, name: ErrorName | None) -> int:
        chosen = parse_filter(error_chips(board, row, part, name, ""))
        return sum(chosen.test(one) for one in within)

    for row in board.rows:
        assert hits(row, "statuses", None) == row.hits
        for part, names in (("targets", row.targets), ("clients", row.clients)):
            for name in names[:5]:
                assert hits(row, part, name) == name.hits  # type: ignore[arg-type]
