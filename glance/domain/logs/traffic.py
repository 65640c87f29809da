"""Believable lines of an access log, for the demo: the same for the same seed, however time is cut.

The format is combined with the time of the request in seconds behind it. Each whole second is made
from its own random stream, so `lines(0, 10)` is `lines(0, 3.7)` followed by `lines(3.7, 10)`.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from glance.domain.logs.site import SCANNER, Route, Target, Visitor, site_routes, site_visitors

TROUBLE_SECONDS = 40.0
TROUBLE_EVERY_SECONDS = 300.0
"""From one pair of troubles to the next: something is wrong, and a little later something is slow."""
SECOND_TROUBLE_SECONDS = 60.0
"""From the first of a pair to the second."""
TROUBLE_JITTER_SECONDS = 30.0
FIRST_TROUBLE_SECONDS = 20.0
"""How long after the opening the first trouble begins."""
DAY_SECONDS = 86400.0
BUSIEST_SECONDS = 15 * 3600.0
"""Time of the day (UTC) with the most traffic."""
DAY_SWING = 0.22
"""How far the night falls below the mean, and the afternoon rises above it."""
RETRIES = 0.12
"""Share of all requests that people's retries add on the route in trouble."""
SCAN = 1.3
"""A scan asks that many times as often as everyone else together."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BODYLESS = frozenset((204, 304))
REFUSAL_BYTES = {
    301: 178,
    302: 138,
    400: 157,
    401: 179,
    403: 153,
    404: 153,
    429: 162,
    500: 177,
    502: 157,
    503: 197,
    504: 167,
}
"""Size of the short page that a server sends with each of these."""

TroubleKind = Literal["errors", "slow", "scan"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A stretch of time in which something is wrong."""

    start: float
    end: float
    kind: TroubleKind
    route: str
    """The route that suffers."""


TROUBLES: tuple[tuple[TroubleKind, str], ...] = (
    ("errors", "users"),
    ("slow", "search"),
    ("scan", "probes"),
    ("slow", "products"),
    ("errors", "orders"),
    ("slow", "search"),
)
"""What goes wrong, in turn."""


class TrafficMaker:
    """Makes the traffic of one made-up site."""

    def __init__(self, rng: random.Random, opened_at: float, rate: float = 48.0) -> None:
        """Lay out the site.

        Args:
            rng: where the randomness comes from; one seed gives one log.
            opened_at: when somebody begins to watch, epoch seconds; the first trouble comes soon after.
            rate: requests per second, averaged over a day.
        """
        self.rate = rate
        self.opened_at = opened_at
        self._seed = rng.getrandbits(48)
        self._routes = site_routes(rng)
        visitors = site_visitors(rng, self._routes)
        self._visitors = visitors
        self._scanner = next(visitor for visitor in reversed(visitors.things) if visitor.address == SCANNER)
        self._second = -1
        self._made: tuple[list[float], list[bytes]] = ([], [])

    def lines(self, start: float, end: float) -> list[bytes]:
        """The lines of the half-open stretch [start, end), oldest first, each with its newline."""
        out: list[bytes] = []
        for second in range(math.floor(start), math.ceil(end)):
            moments, lines = self._lines_of(second)
            low = bisect_left(moments, start - second) if start > second else 0
            high = bisect_left(moments, end - second) if end < second + 1 else len(lines)
            out += lines[low:high]
        return out

    def expected_rate(self, at: float) -> float:
        """Requests per second at that moment, before chance: the day's rhythm and some slower breathing."""
        day = math.cos((at - BUSIEST_SECONDS) / DAY_SECONDS * math.tau)
        breath = (
            0.10 * math.sin(at / 211 * math.tau)
            + 0.06 * math.sin(at / 67 * math.tau)
            + 0.05 * math.sin(at / 19 * math.tau)
        )
        return self.rate * (1 + DAY_SWING * day + breath)

    def trouble_at(self, at: float) -> Trouble | None:
        """What is wrong at that moment."""
        nearest = round((at - self.opened_at - FIRST_TROUBLE_SECONDS) / TROUBLE_EVERY_SECONDS)
        for number in range(2 * nearest - 2, 2 * nearest + 4):
            trouble = self._trouble(number)
            if trouble.start <= at < trouble.end:
                return trouble
        return None

    def _trouble(self, number: int) -> Trouble:
        """The trouble with that number; number 0 is the first after the opening."""
        pair, place = divmod(number, 2)
        jitter = random.Random(self._seed ^ pair).uniform(-1, 1) * TROUBLE_JITTER_SECONDS if pair else 0.0
        start = self.opened_at + FIRST_TROUBLE_SECONDS + pair * TROUBLE_EVERY_SECONDS + jitter
        start += place * SECOND_TROUBLE_SECONDS
        kind, route = TROUBLES[number % len(TROUBLES)]
        return Trouble(start, start + TROUBLE_SECONDS, kind, route)

    def _lines_of(self, second: int) -> tuple[list[float], list[bytes]]:
        """Moments within a whole second, sorted, and the line of each; the latest second is remembered."""
        if second != self._second:
            rng = random.Random(self._seed * 1_000_003 + second)
            self._made = self._make(rng, second)
            self._second = second
        return self._made

    def _make(self, rng: random.Random, second: int) -> tuple[list[float], list[bytes]]:
        """Make the lines of a second."""
        trouble = self.trouble_at(second)
        mean = self.expected_rate(second)
        count = poisson(rng, mean)
        stamp = log_time(second)
        lines = [self._line(rng, stamp, visitor, trouble) for visitor in self._visitors.some(rng, count)]
        lines += self._lines_of_trouble(rng, stamp, mean, trouble)
        rng.shuffle(lines)
        return sorted(rng.random() for _ in lines), lines

    def _lines_of_trouble(self, rng: random.Random, stamp: bytes, mean: float, trouble: Trouble | None) -> list[bytes]:
        """What trouble adds: retries on the route, or the requests of a scan."""
        if trouble is None:
            return []
        route = self._routes[trouble.route]
        if trouble.kind == "scan":
            return [self._line_for(rng, stamp, self._scanner, route, trouble) for _ in range(poisson(rng, mean * SCAN))]
        visitors = self._visitors.some(rng, poisson(rng, mean * RETRIES))
        return [self._line_for(rng, stamp, visitor, route, trouble) for visitor in visitors]

    def _line(self, rng: random.Random, stamp: bytes, visitor: Visitor, trouble: Trouble | None) -> bytes:
        """One line of a visitor who asks for something of theirs."""
        return self._line_for(rng, stamp, visitor, visitor.routes.one(rng), trouble)

    def _line_for(
        self, rng: random.Random, stamp: bytes, visitor: Visitor, route: Route, trouble: Trouble | None
    ) -> bytes:
        """One line of a visitor on a route."""
        target = route.targets.one(rng)
        status = route.statuses.one(rng)
        seconds = route.seconds * math.exp(route.spread * rng.gauss(0.0, 1.0))
        if trouble is not None and trouble.route == route.name:
            status, seconds = suffer(rng, trouble, status, seconds)
        user = visitor.user if route.is_private else b"-"
        return b'%b - %b [%b] "%b" %d %d "%b" "%b" %.3f\n' % (
            visitor.address,
            user,
            stamp,
            target.request,
            status,
            answer_size(rng, route, target, status),
            visitor.referrers.one(rng),
            visitor.agent,
            seconds,
        )


def log_time(second: int) -> bytes:
    """A time as Apache and nginx write it, in English whatever the locale: `15/Jan/2027:08:00:00 +0000`."""
    moment = datetime.fromtimestamp(second, UTC)
    return moment.strftime(f"%d/{MONTHS[moment.month - 1]}/%Y:%H:%M:%S +0000").encode()


def poisson(rng: random.Random, mean: float) -> int:
    """How many things happen when `mean` are expected."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def suffer(rng: random.Random, trouble: Trouble, status: int, seconds: float) -> tuple[int, float]:
    """Status and latency of a request on the route in trouble."""
    if trouble.kind == "errors" and rng.random() < 0.7:
        return (500 if rng.random() < 0.8 else 502), seconds * 0.4
    if trouble.kind == "slow":
        slowed = seconds * 9
        return (504, 10.0) if slowed > 10.0 else (status, slowed)
    return status, seconds


def answer_size(rng: random.Random, route: Route, target: Target, status: int) -> int:
    """Bytes of the body of the answer."""
    if status in BODYLESS:
        return 0
    if status >= 300:
        return REFUSAL_BYTES.get(status, 150)
    return target.size if route.is_fixed else int(target.size * (0.7 + 0.6 * rng.random()))
