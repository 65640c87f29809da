"""The shop of glance's demo: a made-up web service that really works, and serves its own profiles.

It reads what is asked of it from standard input, one line of an access log each, does for it what its route takes,
and ends when nobody asks any more. What is slow in the log is slow here, for a reason that its profile shows.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
import traceback
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from glance.pipeline.demo_memory import Kept
from glance.pipeline.demo_pprof import remove_what_is_left, serve_profiles
from glance.pipeline.demo_profiler import SERVING, Profiler, Stack, rest

LINE = re.compile(rb'"([A-Z]+) (\S+) [^"]*" ([0-9]+) .* ([0-9]+\.[0-9]+)$')
BUSY_SHARE = 0.25
"""Of a processor at most: what is asked beyond that is not answered."""
COLOURS = ("red", "blue", "green", "black", "white", "amber", "grey", "teal")
THINGS = ("lamp", "mug", "desk", "chair", "bag", "shoes", "notebook", "lens", "tea", "clock")


class Product(NamedTuple):
    """Something that is sold."""

    number: int
    name: str
    cents: int


class Request(NamedTuple):
    """What somebody asks for."""

    method: str
    path: str
    query: str
    status: int
    is_cold: bool
    """What would make the answer quick has to be made anew first."""


CATALOGUE = [
    Product(1000 + number, f"{COLOURS[number % 8]} {THINGS[number % 10]} {number % 7}", 500 + number * 37 % 9000)
    for number in range(240)
]
INDEX = {word: [one for one in CATALOGUE if word in one.name] for word in (*COLOURS, *THINGS)}
PAGE = Template("<!doctype html><title>$title</title><h1>$title</h1><ul>$items</ul><footer>$footer</footer>")
ITEM = Template('<li><a href="/products/$number">$name</a> <b>$price</b></li>')
CUSTOMERS: dict[str, str] = {}
BASKETS: deque[tuple[str, Stack]] = deque(maxlen=4_000)
"""Baskets that nobody came back for. They are kept for too long, which a profile of memory shows."""
KEPT = Kept()


def search(request: Request) -> str:
    """Products with these words in their names."""
    words = parse_qs(request.query).get("q", [""])[0].split()
    found = look_through(words) if request.is_cold else from_index(words)
    return page("Search", found[:40])


def from_index(words: list[str]) -> list[Product]:
    """Products that the index knows under these words."""
    return [product for word in words for product in INDEX.get(word, ())]


def look_through(words: list[str]) -> list[Product]:
    """Products whose names are like these words, while there is no index."""
    found = []
    for product in CATALOGUE[:160]:
        for word in words:
            pattern = re.compile(rf"(?:^|[^a-z]){word}(?:s|es)?\b.* of {product.number}$", re.IGNORECASE)
            if pattern.search(f"{product.name} of {product.number}"):
                found.append(product)
    return found


def product_page(request: Request) -> str:
    """One product, with its pictures."""
    product = CATALOGUE[hash(request.path) % len(CATALOGUE)]
    if request.is_cold:
        for width in (120, 200, 280):
            thumbnail(product, width)
    return page(product.name, [product, *alike(product)])


def alike(product: Product) -> list[Product]:
    """What somebody who looks at this may like: of nearly the same price."""

    def distance(other: Product) -> int:
        return abs(other.cents - product.cents)

    return sorted(CATALOGUE, key=distance)[1:25]


def thumbnail(product: Product, width: int) -> bytes:
    """A small picture of a product."""
    picture = bytearray()
    for row in range(width // 4):
        picture += pixels(product, row, width)
    return zlib.compress(picture, level=9)


def pixels(product: Product, row: int, width: int) -> bytearray:
    """A row of a picture."""
    found = bytearray(width)
    for column in range(width):
        found[column] = product.number * row * column >> 5 & 255
    return found


def page(title: str, products: list[Product]) -> str:
    """A page of the shop."""
    return PAGE.substitute(title=title, items="".join(map(item, products)), footer="prices with tax")


def item(product: Product) -> str:
    """A product in a list."""
    return ITEM.substitute(number=product.number, name=product.name, price=f"{product.cents / 100:.2f}")


def front(_request: Request) -> str:
    """The front page, or an article."""
    return page("The shop", CATALOGUE[:90])


def orders(_request: Request) -> str:
    """The orders of a customer."""
    found = [{"id": 7000 + product.number, "item": product.name, "state": "sent"} for product in CATALOGUE[:130]]
    return json.dumps({"orders": found, "next": None}, indent=1)


def user(request: Request) -> str:
    """A customer."""
    number = int(request.path.rpartition("/")[2])
    if request.status >= 500:
        return failure(request)
    address = {"street": f"Main St {number}", "city": "Anytown", "geo": [number / 7, number / 11]}
    return json.dumps({"id": number, "name": f"user-{number}", "addresses": [address] * 40}, indent=1)


def failure(request: Request) -> str:
    """What is told of a request that went wrong."""
    try:
        return CUSTOMERS[request.path]
    except KeyError:
        return traceback.format_exc()


def stock(request: Request) -> str:
    """How many there are of a product."""
    return json.dumps({"path": request.path, "stock": hash(request.path) % 90, "reserved": 3})


def cart(_request: Request) -> str:
    """What a customer is about to buy."""
    basket = json.dumps([product._asdict() for product in CATALOGUE[:100]])
    if len(BASKETS) == BASKETS.maxlen:
        KEPT.let_go(*BASKETS.popleft())
    BASKETS.append((basket, KEPT.keep(basket)))
    return basket


def login(_request: Request) -> str:
    """Whether a password is right."""
    return hashlib.pbkdf2_hmac("sha256", b"a secret", b"and its salt", 20_000).hex()


class Route(NamedTuple):
    """Who answers what."""

    name: str
    pattern: re.Pattern[str]
    answer: Callable[[Request], str]
    slow_seconds: float = 9.0
    """From here on something had to be made anew."""


ROUTES = (
    Route("/search", re.compile(r"/search"), search, 0.9),
    Route("/products/{id}", re.compile(r"/products/\d+"), product_page, 0.2),
    Route("/api/v1/users/{id}", re.compile(r"/api/v1/users/\d+"), user),
    Route("/api/v1/products/{id}/stock", re.compile(r"/api/v1/products/\d+/stock"), stock),
    Route("/api/v1/orders", re.compile(r"/api/v1/orders"), orders),
    Route("/api/v1/cart", re.compile(r"/api/v1/cart"), cart),
    Route("/login", re.compile(r"/login"), login),
    Route("/blog/{slug}", re.compile(r"/blog/.+"), front),
    Route("/", re.compile(r"/|/pricing|/about|/blog"), front),
)


def handle(line: bytes) -> None:
    """Answer one request."""
    asked = LINE.search(line)
    if asked is None:
        return
    try:
        target = urlsplit(asked[2].decode("ascii", "replace"))
    except ValueError:  # it is no address
        return
    route = next((one for one in ROUTES if one.pattern.fullmatch(target.path)), None)
    if route is None:
        return
    is_cold = float(asked[4]) >= route.slow_seconds
    with SERVING.serving(route.name):
        route.answer(Request(asked[1].decode(), target.path, target.query, int(asked[3]), is_cold))


def lines_from(fd: int) -> Iterator[list[bytes]]:
    """Whole lines, as many as there are, until the end."""
    rest_of_line = b""
    while piece := rest(fd):
        *lines, rest_of_line = (rest_of_line + piece).split(b"\n")
        yield lines


def main() -> None:
    """Answer until nobody asks any more."""
    serve_profiles(Profiler(), KEPT, int(sys.argv[1]))
    began = time.monotonic()
    for lines in lines_from(0):
        since, began = time.monotonic() - began, time.monotonic()
        limit = time.thread_time() + BUSY_SHARE * min(since, 1.0)
        for line in lines:
            if time.thread_time() < limit:
                handle(line)
    remove_what_is_left(Path(__file__).parent)


if __name__ == "__main__":
    main()
