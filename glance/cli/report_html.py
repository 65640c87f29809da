"""A report as one page of HTML: no script, no network, nothing beside the file; for a browser, a phone and paper.

Colours are those of the themes of the screen, light and dark, with the same meaning. Text of the log is text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

from glance import __version__
from glance.cli import html_style
from glance.cli.html_chart import latency_chart, traffic_charts
from glance.cli.html_element import Markup, element, figure, joined, outside
from glance.cli.html_table import count_table, file_table, series_table, status_mix, top_table, unparsed_table
from glance.domain import units
from glance.domain.logs.summary import Summary, TopList

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""A browser runs nothing and fetches nothing for the page, whatever were in it."""
MOST_COUNTS = 12
"""Methods and protocols that are listed; the rest are counted together."""
KIND_WORDS = {"person": "people", "crawler": "crawlers", "tool": "tools", "monitor": "monitors"}
WIDE_LISTS = frozenset(("paths", "routes", "agents", "referrers"))
"""Lists of long names: they have the whole width."""
Part = tuple[str, str, Markup, str]
"""Name, title, content and width of a part of the page."""
TITLES = {"hosts": "Virtual hosts"}


def render(summary: Summary, more: Sequence[Part] = ()) -> bytes:
    """The page.

    Args:
        summary: the figures.
        more: parts that only some reports have; where no log was read there is nothing else.
    """
    page = element("html", head(summary), body(summary, more), lang="en")
    return (Markup("<!doctype html>\n") + page + "\n").encode()


def head(summary: Summary) -> Markup:
    """What a browser is told first."""
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="robots", content="noindex"),
        element("meta", name="generator", content=f"glance {__version__}"),
        element("link", rel="icon", href="data:,"),
        element("title", title_words(summary)),
        element("style", html_style.sheet()),
    )


def title_words(summary: Summary) -> str:
    """What the page is about, in a line."""
    if not summary.files:
        return "Report"
    name = summary.files[0].path.rpartition("/")[2] if len(summary.files) == 1 else f"{len(summary.files)} logs"
    return f"{name} – access log report"


def body(summary: Summary, more: Sequence[Part] = ()) -> Markup:
    """Everything that is seen."""
    has_logs = bool(summary.files or not more)
    parts = [*(sections(summary) if has_logs else ()), *more]
    links = [element("a", title, href=f"#{name}") for name, title, _, _ in parts]
    shown = [_section(*part) for part in parts]
    return element(
        "body",
        _header(summary),
        element(
            "main",
            _tiles(summary) if has_logs else None,
            element("nav", *links, aria_label="Parts of the report"),
            *shown,
        ),
        element("footer", "Made by ", element("b", f"glance {__version__}"), " · times are UTC · one file, no network"),
    )


def sections(summary: Summary) -> Iterator[Part]:
    """Name, title, content and width of each part that has something to say."""
    if not summary.hits:
        words = "No request was found." if summary.lines else "The log is empty."
        yield "nothing", "Nothing to show", element("p", words), "wide"
    else:
        yield "traffic", "Traffic", _traffic(summary), "wide"
        yield from _side_by_side(_mixes(summary))
        yield from _side_by_side([_list_part(top, summary) for top in summary.shown_tops if top.rows])
    if summary.unparsed:
        yield "unparsed", "Not understood", _unparsed(summary), "wide"
    if summary.notes:
        notes = [element("li", outside(note)) for note in summary.notes]
        yield "notes", "Notes", element("ul", *notes, class_="notes"), "wide"
    yield "logs", "Logs", file_table(summary.files), "wide"


def _side_by_side(parts: list[Part]) -> Iterator[Part]:
    """The parts; one of half the width that would stand alone gets all of it."""
    halves = [name for name, _, _, width in parts if width == "half"]
    alone = halves[-1] if len(halves) % 2 else ""
    for name, title, content, width in parts:
        yield name, title, content, "wide" if name == alone else width


def _mixes(summary: Summary) -> list[Part]:
    """What the requests were, and how long they took."""
    parts = []
    if summary.statuses:
        parts.append(("status", "Status", status_mix(summary), "half"))
    title = "Latency and kind" if summary.latency else "Kind"
    if summary.latency or summary.kinds or summary.methods or summary.protocols:
        parts.append(("requests", title, _kinds(summary), "half"))
    return parts


def _section(name: str, title: str, content: Markup, width: str) -> Markup:
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, content, id=name, class_=width, aria_labelledby=f"{name}-title")


def _header(summary: Summary) -> Markup:
    """The name of the page, and the time it is about."""
    lines = [element("p", element("span", "glance"), " access log report", class_="brand")]
    names = [element("span", outside(file.path)) for file in summary.files[:3]]
    more = len(summary.files) - len(names)
    lines.append(element("h1", *names, element("span", f"and {more} more") if more > 0 else None))
    if summary.first is not None and summary.last is not None:
        first, last = (
            element("time", units.date_minute(at, UTC), datetime=units.iso(round(at, 3)))
            for at in (summary.first, summary.last)
        )
        lasting = units.age(summary.last - summary.first)
        lines.append(element("p", first, " to ", last, f" UTC · {lasting}", class_="when"))
    return element("header", *lines)


def _tiles(summary: Summary) -> Markup:
    """The figures one came for."""
    hits = summary.hits or 1
    seconds = (summary.last or 0.0) - (summary.first or 0.0)
    rate = f"{units.rate(summary.hits / seconds)}/s on average" if seconds >= 1 else ""
    about = "~" if summary.clients_are_approximate else ""
    users = units.counted(summary.users, "known user")
    each = f"{units.size(summary.bytes / hits)} a request"
    latency = summary.latency
    noise = f" · {units.count(summary.scanner_errors)} of scanners" if summary.scanner_errors else ""
    tiles = [
        _tile("Requests", summary.hits, units.exact(summary.hits), rate, "traffic"),
        _tile("Clients", summary.clients, about + units.exact(summary.clients), users, "text"),
        _tile("Sent", summary.bytes, units.size(summary.bytes), each, "volume"),
        _tile("Client errors 4xx", summary.client_errors, units.exact(summary.client_errors),
              f"{units.share(summary.client_errors / hits)} of requests{noise}", "client-error"),
        _tile("Server errors 5xx", summary.server_errors, units.exact(summary.server_errors),
              f"{units.share(summary.server_errors / hits)} of requests", "server-error"),
    ]  # fmt: skip
    if latency is not None:
        others = f"p50 {units.duration(latency.p50)} · p99 {units.duration(latency.p99)}"
        tiles.append(_tile("Latency p95", latency.p95, units.duration(latency.p95), others, "latency"))
    return element("dl", *tiles, class_="tiles")


def _tile(name: str, value: float, shown: str, below: str, meaning: str) -> Markup:
    kind = meaning if value else "zero"
    value_line = element("dd", figure(value, shown), class_=f"value {kind}")
    return element("div", element("dt", name), value_line, element("dd", below))


def _traffic(summary: Summary) -> Markup:
    """The charts, and what is behind them for those who do not see them."""
    legend = [
        element("li", element("span", shown), class_=meaning)
        for shown, meaning in (("requests", "traffic"), ("4xx", "client-error"), ("5xx", "server-error"))
    ]
    steps = element("details", element("summary", "Figures of the chart"), series_table(summary.series))
    return joined(element("ul", *legend, class_="legend keys"), traffic_charts(summary.series), steps)


def _kinds(summary: Summary) -> Markup:
    """Latency, methods and protocols."""
    parts: list[Markup | None] = []
    if summary.latency is not None:
        words = f"of {units.exact(summary.latency.count)} requests with a time, within 1 %"
        parts += [latency_chart(summary.latency), element("p", words, class_="hint")]
    kinds = tuple((KIND_WORDS.get(kind.name, kind.name), kind.hits) for kind in summary.kinds)
    for title, counts in (("Client", kinds), ("Method", summary.methods), ("Protocol", summary.protocols)):
        if counts:
            parts.append(count_table(title, bounded(counts), summary.hits))
    return joined(*parts)


def bounded(counts: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """The first names, and the rest counted together."""
    if len(counts) <= MOST_COUNTS:
        return list(counts)
    rest = counts[MOST_COUNTS - 1 :]
    return [*counts[: MOST_COUNTS - 1], (f"({len(rest):,} others)", sum(hits for _, hits in rest))]


def _list_part(top: TopList, summary: Summary) -> Part:
    """A top list as a part of the page."""
    title = TITLES.get(top.name, top.name.capitalize())
    hint = element("p", "~ approximate: some figures leave out records", class_="hint") if top.is_approximate else None
    width = "wide" if top.name in WIDE_LISTS else "half"
    return top.name, title, joined(top_table(top, summary), hint), width


def _unparsed(summary: Summary) -> Markup:
    """How many lines no format reads, and some of them."""
    words = f"{units.exact(summary.unparsed)} of {units.exact(summary.lines)} lines fit no format."
    samples = unparsed_table(summary.unparsed_samples) if summary.unparsed_samples else None
    return joined(element("p", words), samples)
