"""The made-up web site of the demo: what it serves, who comes, and how popular each thing is.

Addresses are those reserved for documentation, hosts are under example.com.
"""

from __future__ import annotations

import itertools
import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Weighted(Generic[T]):
    """Things, and how often each is taken: what `random.choices` wants, prepared once."""

    things: tuple[T, ...]
    totals: tuple[float, ...]
    """Running sums of the weights."""

    def some(self, rng: random.Random, count: int) -> list[T]:
        """That many things, each by its weight."""
        return rng.choices(self.things, cum_weights=self.totals, k=count)

    def one(self, rng: random.Random) -> T:
        """One thing, by its weight."""
        return self.things[bisect(self.totals, rng.random() * self.totals[-1])]


def weighted(pairs: Sequence[tuple[T, float]]) -> Weighted[T]:
    """The things with their weights."""
    things, weights = zip(*pairs, strict=True)
    return Weighted(things, tuple(itertools.accumulate(weights)))


def zipf(things: Sequence[T], steepness: float = 1.0) -> Weighted[T]:
    """The things in order of popularity: the n-th is taken 1/n**steepness as often as the first."""
    return weighted([(thing, 1 / rank**steepness) for rank, thing in enumerate(things, 1)])


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that can be asked for."""

    request: bytes
    """The request line: method, target and protocol."""
    size: int
    """Typical bytes of the answer."""


@dataclass(frozen=True, slots=True)
class Route:
    """A group of targets that one piece of the site answers."""

    name: str
    targets: Weighted[Target]
    seconds: float
    """Median latency."""
    spread: float
    """Sigma of the logarithm of the latency."""
    statuses: Weighted[int]
    is_fixed: bool = False
    """Files: the same bytes each time."""
    is_private: bool = False
    """Asked for by people who are signed in, so that the log knows a name."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A client as the log sees it."""

    address: bytes
    user: bytes
    """`-` for those who are never signed in."""
    agent: bytes
    routes: Weighted[Route]
    referrers: Weighted[bytes]


PAGE = weighted([(200, 962), (304, 30), (301, 8)])
FILE = weighted([(200, 700), (304, 295), (404, 5)])
API = weighted([(200, 974), (201, 6), (400, 7), (404, 8), (429, 3), (500, 2)])
SIGN_IN = weighted([(302, 780), (401, 200), (429, 20)])
MISSING = weighted([(404, 92), (403, 8)])
ALWAYS = weighted([(200, 1.0)])

POSTS = (
    "tail-latency-explained",
    "a-week-without-alerts",
    "why-we-left-the-cluster",
    "sqlite-in-production",
    "reading-a-flame-graph",
    "how-caches-fail",
    "the-cost-of-a-retry",
    "logs-are-data",
    "small-tools",
    "release-notes",
    "a-quiet-on-call",
    "what-a-304-saves",
)
SEARCHES = ("shoes", "lamp", "red+lamp", "desk", "chair", "mug", "tea", "blue+mug", "notebook", "bag", "sale", "lens")
PROBES = (
    "/wp-login.php",
    "/.env",
    "/xmlrpc.php",
    "/phpmyadmin/index.php",
    "/.git/config",
    "/wp-admin/setup-config.php",
    "/cgi-bin/luci",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    "/boaform/admin",
)
USERS = ("ada", "alan", "barbara", "dennis", "edsger", "grace", "john", "ken", "leslie", "margaret", "niklaus", "radia")
CHROME = b"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
SAFARI = b"AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
BROWSERS = (
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) %b Safari/537.36" % CHROME,
    b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) %b Mobile/15E148 Safari/604.1" % SAFARI,
    b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) %b Safari/537.36" % CHROME,
    b"Mozilla/5.0 (Linux; Android 10; K) %b Mobile Safari/537.36" % CHROME,
    b"Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
    b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) %b Safari/605.1.15" % SAFARI,
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) %b Safari/537.36 Edg/140.0.0.0" % CHROME,
)
BOTS = (
    (b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", b"192.0.2.66"),
    (b"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", b"192.0.2.40"),
    (b"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", b"198.51.100.71"),
    (b"Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", b"198.51.100.132"),
    (b"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", b"2001:db8:77:88::b07"),
)


SCANNER = b"198.51.100.230"
"""Where scans come from."""
SIGNED_IN = 0.12
"""Share of people who are signed in."""
NOBODY: Weighted[bytes] = weighted([(b"-", 1.0)])
"""No referrer."""


def get(target: str, size: int) -> Target:
    """A page or a file, as a browser asks for it."""
    return Target(f"GET {target} HTTP/2.0".encode(), size)


def ask(request: str, size: int) -> Target:
    """A method and a target, as a browser or an app asks for it."""
    return Target(f"{request} HTTP/2.0".encode(), size)


def crawl(target: str, size: int) -> Target:
    """A page or a file, as a program asks for it."""
    return Target(f"GET {target} HTTP/1.1".encode(), size)


def site_routes(rng: random.Random) -> dict[str, Route]:
    """Everything the site answers, by name."""
    routes = (*page_routes(rng), *file_routes(rng), *api_routes(rng), *machine_routes())
    return {route.name: route for route in routes}


def page_routes(rng: random.Random) -> list[Route]:
    """What people look at."""
    front = weighted([(get("/", 14_820), 9), (get("/pricing", 9_004), 2), (get("/about", 6_210), 1)])
    posts = [get(f"/blog/{name}", rng.randrange(6_000, 30_000)) for name in POSTS]
    numbers = rng.sample(range(1000, 9999), 240)
    products = [get(f"/products/{number}", rng.randrange(9_000, 22_000)) for number in numbers]
    searches = [get(f"/search?q={words}", 11_400) for words in SEARCHES]
    sign_in = weighted([(ask("POST /login", 5_300), 1.0)])
    return [
        Route("home", front, 0.028, 0.4, PAGE),
        Route("blog", zipf([*posts, get("/blog", 18_200), get("/blog/feed.xml", 40_410)]), 0.022, 0.45, PAGE),
        Route("products", zipf(products, 0.8), 0.046, 0.5, PAGE),
        Route("search", zipf(searches, 0.9), 0.170, 0.6, PAGE),
        Route("login", sign_in, 0.140, 0.3, SIGN_IN),
    ]


def file_routes(rng: random.Random) -> list[Route]:
    """What pages pull in."""
    files = [
        get("/static/js/app.js", 184_320),
        get("/static/css/site.css", 41_200),
        get("/static/img/logo.svg", 3_120),
        get("/static/img/hero.webp", 96_410),
        *(get(f"/static/img/product-{number}.webp", rng.randrange(8_000, 70_000)) for number in range(1, 60)),
        get("/favicon.ico", 1_150),
        get("/static/fonts/sans.woff2", 48_236),
    ]
    return [Route("files", zipf(files), 0.003, 0.5, FILE, is_fixed=True)]


def api_routes(rng: random.Random) -> list[Route]:
    """What apps and pages ask for behind the scenes."""
    users = [get(f"/api/v1/users/{number}", 640) for number in rng.sample(range(100, 9999), 400)]
    stock = [get(f"/api/v1/products/{number}/stock", 210) for number in rng.sample(range(1000, 9999), 160)]
    orders = weighted([(get("/api/v1/orders", 1_840), 5), (ask("POST /api/v1/orders", 420), 2)])
    cart = weighted([(get("/api/v1/cart", 720), 5), (ask("PUT /api/v1/cart", 380), 3)])
    return [
        Route("users", zipf(users, 0.7), 0.061, 0.55, API, is_private=True),
        Route("stock", zipf(stock, 0.7), 0.018, 0.5, API),
        Route("orders", orders, 0.110, 0.6, API, is_private=True),
        Route("cart", cart, 0.034, 0.5, API, is_private=True),
    ]


def machine_routes() -> list[Route]:
    """What crawlers, checks and scanners ask for."""
    maps = weighted([(crawl("/robots.txt", 310), 1), (crawl("/sitemap.xml", 88_120), 1)])
    health = weighted([(crawl("/healthz", 2), 1.0)])
    probes = zipf([crawl(path, 162) for path in PROBES], 0.5)
    return [
        Route("maps", maps, 0.004, 0.4, PAGE, is_fixed=True),
        Route("health", health, 0.001, 0.3, ALWAYS, is_fixed=True),
        Route("probes", probes, 0.002, 0.4, MISSING),
    ]


def site_visitors(rng: random.Random, routes: dict[str, Route]) -> Weighted[Visitor]:
    """Everyone who comes, with how much each asks for."""
    return weighted([*people(rng, routes), *machines(routes)])


def reach(routes: dict[str, Route], **shares: float) -> Weighted[Route]:
    """The routes that somebody asks for, with their shares."""
    return weighted([(routes[name], share) for name, share in shares.items()])


def people(rng: random.Random, routes: dict[str, Route]) -> list[tuple[Visitor, float]]:
    """Those with a browser; some are signed in."""
    browsing = reach(
        routes, files=40, products=14, home=8, blog=8, users=9, stock=6, cart=6, search=5, orders=3, login=1.2
    )
    places = (b"", b"search?q=lamp", b"blog", b"pricing", b"products/1042")
    referrers = weighted(
        [
            (b"-", 6.0),
            *((b"https://www.example.com/" + place, 8.0 / rank) for rank, place in enumerate(places, 1)),
            (b"https://search.example.com/", 2.0),
            (b"https://news.example.com/item?id=4211", 1.0),
        ]
    )
    agents = zipf(BROWSERS, 0.8)
    crowd: list[tuple[Visitor, float]] = []
    for rank, address in enumerate(addresses(rng), 1):
        user = rng.choice(USERS).encode() if rng.random() < SIGNED_IN else b"-"
        crowd.append((Visitor(address, user, agents.one(rng), browsing, referrers), 62 / rank**0.55))
    return crowd


def machines(routes: dict[str, Route]) -> list[tuple[Visitor, float]]:
    """Those without a browser: apps, checks, scanners, and crawlers by name."""
    calling = reach(routes, users=48, orders=22, stock=24, cart=6)
    crawling = reach(routes, blog=40, products=50, home=6, maps=8)
    probing = reach(routes, probes=9, home=1)
    guessing = reach(routes, probes=1, login=6)
    known = [
        (Visitor(b"203.0.113.7", b"-", b"shop-app/5.2.1 (build 811)", calling, NOBODY), 170.0),
        (Visitor(b"2001:db8:40::19", b"svc-export", b"python-requests/2.32.5", calling, NOBODY), 84.0),
        (Visitor(b"192.0.2.10", b"-", b"kube-probe/1.33", reach(routes, health=1), NOBODY), 30.0),
        (Visitor(SCANNER, b"-", b"Mozilla/5.0 zgrab/0.x", probing, NOBODY), 9.0),
        (Visitor(b"203.0.113.198", b"-", b"curl/8.14.1", guessing, NOBODY), 6.0),
    ]
    bots = [
        (Visitor(address, b"-", agent, crawling, NOBODY), 22.0 / rank) for rank, (agent, address) in enumerate(BOTS, 1)
    ]
    return [*known, *bots]


def addresses(rng: random.Random) -> list[bytes]:
    """Addresses of people, from the ranges set aside for documentation."""
    short = [f"{net}.{host}" for net in ("203.0.113", "198.51.100", "192.0.2") for host in range(1, 255)]
    long = [
        f"2001:db8:{rng.randrange(0x1000, 0xFFFF):x}:{rng.randrange(16):x}::{rng.randrange(1, 0xFFFF):x}"
        for _ in range(260)
    ]
    chosen = [*rng.sample(short, 520), *long]
    rng.shuffle(chosen)
    return [address.encode() for address in chosen]
