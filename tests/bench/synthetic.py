"""Access logs whose totals are known: written from a seed, kept in a folder for the next time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

EDITION = 5
"""Changes with what is written, so that older files are not taken for these."""

CHUNK_LINES = 50_000
RATE = 62.5
"""Lines per second of the log's own time, unless another is asked for."""

AGE_SECONDS = 86_400
"""A log that is kept ended so long ago, so that its last minutes stay its last minutes."""

MARK_PATH = "/five/minutes/ago"
MARK_SECONDS = (296, 290)
"""All requests between so many seconds before the end ask for MARK_PATH."""

SECTIONS = ("api/v1/users", "api/v1/orders", "static/js", "static/img", "blog", "products", "search", "account")
STATUSES = {200: 0.8, 206: 0.01, 301: 0.02, 304: 0.08, 404: 0.06, 403: 0.01, 429: 0.005, 500: 0.01, 503: 0.005}
METHODS = {"GET": 0.88, "POST": 0.09, "HEAD": 0.02, "PUT": 0.01}
QUERY_SHARE = 0.2
"""So many requests have a query that nobody else has."""
OTHER_AGENT_SHARE = 0.05
"""A client names the same agent all the time, but for so many of its requests."""
TYPICAL_LINE_BYTES = {"combined": 197, "timed": 203, "caddy": 735}


@dataclass(frozen=True, slots=True)
class Totals:
    """What a log says, counted while it was written."""

    lines: int
    bytes: int
    clients: int
    status: dict[str, int]
    methods: dict[str, int]
    top_paths: list[tuple[str, int]]
    """The twenty with the most hits."""
    marked: int
    """Requests for MARK_PATH."""
    first: float
    last: float


@dataclass(slots=True)
class Counting:
    """Totals while they grow."""

    site: Site
    bytes: int = 0
    status: NDArray[np.int64] = field(init=False)
    methods: NDArray[np.int64] = field(init=False)
    paths: NDArray[np.int64] = field(init=False)
    clients: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Start at zero."""
        self.status = np.zeros(len(self.site.statuses), np.int64)
        self.methods = np.zeros(len(self.site.methods), np.int64)
        self.paths = np.zeros(len(self.site.paths), np.int64)
        self.clients = np.zeros(len(self.site.clients), np.int64)

    def add(self, drawn: Drawn) -> None:
        """Count some requests."""
        self.bytes += int(drawn.sizes.sum())
        self.status += np.bincount(drawn.statuses, minlength=len(self.status))
        self.methods += np.bincount(drawn.methods, minlength=len(self.methods))
        self.paths += np.bincount(drawn.paths, minlength=len(self.paths))
        self.clients += np.bincount(drawn.clients, minlength=len(self.clients))

    def totals(self, first: float, last: float) -> Totals:
        """The totals."""
        site = self.site
        ranked = sorted(zip(site.paths, self.paths.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
        return Totals(
            lines=int(self.status.sum()),
            bytes=self.bytes,
            clients=int(np.count_nonzero(self.clients)),
            status={name: count for name, count in zip(site.statuses, self.status.tolist(), strict=True) if count},
            methods={name: count for name, count in zip(site.methods, self.methods.tolist(), strict=True) if count},
            top_paths=ranked[:20],
            marked=int(self.paths[0]),
            first=first,
            last=last,
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """Requests by chance, each field as numbers into the site's lists."""

    clients: NDArray[np.int64]
    paths: NDArray[np.int64]
    statuses: NDArray[np.int64]
    methods: NDArray[np.int64]
    agents: NDArray[np.int64]
    referrers: NDArray[np.int64]
    sizes: NDArray[np.int64]
    took: NDArray[np.float64]
    queries: NDArray[np.int64]
    """A number to ask for, 0 for none."""


class Site:
    """A made-up site: its paths, and who comes."""

    def __init__(self, seed: int = 11) -> None:
        """Lay it out."""
        self.rng = np.random.default_rng(seed)
        paths = [f"/{section}/{number}" for section in SECTIONS for number in range(400)]
        self.rng.shuffle(paths)
        self.paths = [MARK_PATH, *paths]
        numbers = self.rng.integers(1, 223, (20_000, 4)).tolist()
        self.clients = [*(".".join(map(str, four)) for four in numbers), *(f"2001:db8::{n:x}" for n in range(1, 2_000))]
        self.agents = browsers()
        self._agent_of_client = ranked(self.rng, len(self.agents), len(self.clients), 1.0)
        self.referrers = ["-", *(f"https://www.example.{tld}/from/{n}" for tld in ("com", "org") for n in range(200))]
        self.statuses = [str(status) for status in STATUSES]
        self.methods = list(METHODS)

    def drawn(self, count: int) -> Drawn:
        """So many requests; MARK_PATH is not among them."""
        rng = self.rng
        queries = rng.integers(1, 1 << 40, count)
        queries[rng.random(count) >= QUERY_SHARE] = 0
        clients = ranked(rng, len(self.clients), count, 0.7)
        agents = self._agent_of_client[clients]
        is_other = rng.random(count) < OTHER_AGENT_SHARE
        agents[is_other] = ranked(rng, len(self.agents), int(is_other.sum()), 1.0)
        return Drawn(
            clients=clients,
            paths=1 + ranked(rng, len(self.paths) - 1, count, 1.0),
            statuses=rng.choice(len(STATUSES), count, p=list(STATUSES.values())),
            methods=rng.choice(len(METHODS), count, p=list(METHODS.values())),
            agents=agents,
            referrers=ranked(rng, len(self.referrers), count, 1.2),
            sizes=rng.lognormal(8.5, 1.3, count).astype(np.int64),
            took=rng.lognormal(-3.5, 1.0, count),
            queries=queries,
        )


def ranked(rng: np.random.Generator, names: int, count: int, steepness: float) -> NDArray[np.int64]:
    """Numbers of names, the n-th drawn as often as 1/n to the power of `steepness` says."""
    weights = 1.0 / np.arange(1, names + 1) ** steepness
    bounds = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(bounds, rng.random(count)), names - 1)


def browsers() -> list[str]:
    """Browsers of many versions, and some that are none."""
    out = ["curl/8.5.0", "Mozilla/5.0 (compatible; Examplebot/2.1; +https://bot.example.com/about.html)"]
    systems = ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")
    for version in range(90, 140):
        for system in systems:
            out.append(
                f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
            )
            out.append(f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0")
    return out


def combined_lines(site: Site, drawn: Drawn, moments: Sequence[float], *, is_timed: bool) -> list[str]:
    """The requests in the combined format, with the time of the request behind it if asked for."""
    stamps = stamps_of(moments)
    return [
        f'{site.clients[client]} - - [{stamp}] "{site.methods[method]} {site.paths[path]}'
        f'{f"?q={query}" if query else ""} HTTP/1.1" '
        f'{site.statuses[status]} {size} "{site.referrers[referrer]}" "{site.agents[agent]}"'
        f"{f' {took:.3f}' if is_timed else ''}\n"
        for stamp, client, method, path, query, status, size, referrer, agent, took in zip(
            stamps, drawn.clients.tolist(), drawn.methods.tolist(), drawn.paths.tolist(), drawn.queries.tolist(),
            drawn.statuses.tolist(), drawn.sizes.tolist(), drawn.referrers.tolist(), drawn.agents.tolist(),
            drawn.took.tolist(), strict=True,
        )
    ]  # fmt: skip


def stamps_of(moments: Sequence[float]) -> list[str]:
    """Times as servers write them; the text of a second is made once."""
    known: dict[int, str] = {}
    out = []
    for moment in moments:
        second = int(moment)
        text = known.get(second)
        if text is None:
            text = known[second] = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
        out.append(text)
    return out


def caddy_lines(site: Site, drawn: Drawn, moments: Sequence[float]) -> list[str]:
    """The requests as Caddy writes them."""
    return [
        f'{{"level":"info","ts":{moment:.7f},"logger":"http.log.access.log0","msg":"handled request","request":'
        f'{{"remote_ip":"{site.clients[client]}","remote_port":"{40000 + client % 20000}",'
        f'"client_ip":"{site.clients[client]}","proto":"HTTP/2.0","method":"{site.methods[method]}",'
        f'"host":"www.example.com","uri":"{site.paths[path]}{f"?q={query}" if query else ""}",'
        f'"headers":{{"Accept":["*/*"],"Accept-Encoding":["gzip, deflate, br"],'
        f'"User-Agent":["{site.agents[agent]}"],"Referer":["{site.referrers[referrer]}"]}},'
        f'"tls":{{"resumed":false,"version":772,"cipher_suite":4865,"proto":"h2","server_name":"www.example.com"}}}},'
        f'"bytes_read":0,"user_id":"","duration":{took:.9f},"size":{size},"status":{site.statuses[status]},'
        f'"resp_headers":{{"Server":["Caddy"],"Content-Type":["text/html; charset=utf-8"]}}}}\n'
        for moment, client, method, path, query, status, size, referrer, agent, took in zip(
            moments, drawn.clients.tolist(), drawn.methods.tolist(), drawn.paths.tolist(), drawn.queries.tolist(),
            drawn.statuses.tolist(), drawn.sizes.tolist(), drawn.referrers.tolist(), drawn.agents.tolist(),
            drawn.took.tolist(), strict=True,
        )
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SyntheticLog:
    """A log in a folder."""

    path: Path
    totals: Totals


def synthetic_log(
    folder: Path,
    layout: str,
    lines: int,
    *,
    rate: float = RATE,
    end: float | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> SyntheticLog:
    """A log with so many lines: from the folder if it is there, else written now.

    Args:
        folder: where logs are kept.
        layout: `combined`, `timed` (combined with the time of the request) or `caddy`.
        lines: how many.
        rate: lines per second of the log's own time.
        end: time of the last line, epoch seconds; such a log is not kept for the next time.
        say: told when writing takes a while.
    """
    path = folder / f"{layout}-{lines}-{rate:g}-{EDITION}{'' if end is None else '-live'}.log"
    known = path.with_suffix(".json")
    if end is None and path.exists() and known.exists():
        return SyntheticLog(path, loaded(known))
    if lines > 2 * CHUNK_LINES:
        say(f"writing {path.name}, {lines:,} lines")
    site = Site()
    counting = Counting(site)
    last = float(int(time.time()) - AGE_SECONDS) if end is None else end
    first = last - (lines - 1) / rate
    part = path.with_suffix(".part")
    with part.open("w", encoding="ascii") as sink:
        for begin in range(0, lines, CHUNK_LINES):
            moments = first + np.arange(begin, min(begin + CHUNK_LINES, lines)) / rate
            sink.writelines(chunk(site, layout, counting, moments, last))
    totals = counting.totals(first, last)
    known.write_text(json.dumps(asdict(totals)))
    part.replace(path)
    return SyntheticLog(path, totals)


def chunk(site: Site, layout: str, counting: Counting, moments: NDArray[np.float64], last: float) -> Iterator[str]:
    """Lines at these moments, counted."""
    drawn = site.drawn(len(moments))
    early, late = MARK_SECONDS
    drawn.paths[(moments >= last - early) & (moments < last - late)] = 0
    counting.add(drawn)
    if layout == "caddy":
        return iter(caddy_lines(site, drawn, moments.tolist()))
    return iter(combined_lines(site, drawn, moments.tolist(), is_timed=layout == "timed"))


def loaded(path: Path) -> Totals:
    """Totals that were kept."""
    told: dict[str, Any] = json.loads(path.read_text())
    told["top_paths"] = [(name, hits) for name, hits in told["top_paths"]]
    return Totals(**told)
