"""The charts of a report in HTML: inline SVG that fills whatever width there is, with its words in HTML around it.

The pictures are stretched, so they hold no text: what is written beside them keeps its size on a phone and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby

from glance.cli.html_element import Markup, element, joined
from glance.domain import units
from glance.domain.logs.summary import LatencyFigures, SeriesFigures
from glance.domain.window import STEPS_SECONDS

HEIGHT = 100
"""Of a chart, in its own units; a step is one wide."""
GAPS_UP_TO = 80
"""Steps up to which there is a gap between two columns."""
GAP = 0.14
LEAST_HEIGHT = 1.0
"""What is not zero is seen."""
LEAST_SHARE = 0.4
"""Percent of a bar that a part of it takes at least."""
MOST_TICKS = 7
DAY = 86400
PERCENTILES = ("p50", "p90", "p95", "p99", "max")


@dataclass(frozen=True, slots=True)
class Layer:
    """One colour of a stack of columns."""

    meaning: str
    """Class in the style sheet: `traffic`, `client-error`, …"""
    tops: Sequence[int]
    """Where it ends in each step, what stands before it included."""


def traffic_charts(series: SeriesFigures) -> Markup:
    """Requests over time with the errors at their foot; below, the errors and the bytes on scales of their own."""
    errors = [client + server for client, server in zip(series.client_errors, series.server_errors, strict=True)]
    layers = [
        Layer("traffic", series.hits),
        Layer("client-error", errors),
        Layer("server-error", series.server_errors),
    ]
    parts = [_plot("Requests", layers, series, units.count)]
    if any(errors):
        parts.append(_plot("Errors", layers[1:], series, units.count, is_low=True))
    if any(series.bytes):
        parts.append(_plot("Bytes sent", [Layer("volume", series.bytes)], series, units.size, is_low=True))
    return element("div", *parts, _tips(series), _axis(series), class_="charts")


def _plot(
    title: str, layers: list[Layer], series: SeriesFigures, shown: Callable[[int], str], *, is_low: bool = False
) -> Markup:
    """One chart with its title and its scale."""
    values = layers[0].tops
    peak = max(range(len(values)), key=values.__getitem__)
    top = nice_top(values[peak])
    per = f"per {step_words(series.step_seconds)}"
    words = f"{title} {per}: {shown(sum(values))} in all, at most {shown(values[peak])} at {moment(series, peak)} UTC"
    paths = [element("path", class_=layer.meaning, d=columns(layer.tops, top)) for layer in layers if any(layer.tops)]
    box = {"viewBox": f"0 0 {len(values)} {HEIGHT}", "preserveAspectRatio": "none"}
    picture = element("svg", *paths, role="img", aria_label=words, **box)
    marks = [element("i", element("b", shown(top * part // 2)), style=f"bottom:{part * 50}%") for part in (1, 2)]
    scale = element("div", *marks, class_="scale", aria_hidden="true")
    return joined(
        element("p", title, " ", element("small", per), class_="plot-title"),
        element("div", scale, picture, class_="plot low" if is_low else "plot"),
    )


def columns(tops: Sequence[int], top: int) -> Markup:
    """The outline of columns from the ground up, as an SVG path."""
    heights = [max(LEAST_HEIGHT, value / top * HEIGHT) if value else 0.0 for value in tops]
    if len(tops) <= GAPS_UP_TO:
        return joined(
            *(
                f"M{_short(step + GAP / 2)} {HEIGHT}v{_short(-height)}h{_short(1 - GAP)}v{_short(height)}z"
                for step, height in enumerate(heights)
                if height
            )
        )
    out, step = [f"M0 {HEIGHT}"], 0
    for level, run in groupby(_short(HEIGHT - height) for height in heights):
        step += len(list(run))
        out.append(f"V{level}H{step}")
    return joined(*out, f"V{HEIGHT}z")


def _tips(series: SeriesFigures) -> Markup:
    """What the mouse finds over each step of the charts."""
    steps = zip(series.hits, series.client_errors, series.server_errors, series.bytes, strict=True)
    tips = [
        element("g", element("title", f"{moment(series, step)}  {_tip(*figures)}"), element("rect", x=step))
        for step, figures in enumerate(steps)
    ]
    box = {"viewBox": f"0 0 {len(series.hits)} {HEIGHT}", "preserveAspectRatio": "none"}
    return element("svg", *tips, class_="tips", aria_hidden="true", **box)


def _tip(hits: int, client_errors: int, server_errors: int, sent: int) -> str:
    return f"{hits:,} requests, {client_errors:,} 4xx, {server_errors:,} 5xx, {units.size(sent)}"


def _axis(series: SeriesFigures) -> Markup:
    """The clock below the charts."""
    span = len(series.hits) * series.step_seconds
    every = tick_seconds(span)
    first = math.ceil(series.start / every) * every
    ticks = []
    for at in range(first, int(series.start + span) + 1, every):
        place = (at - series.start) / span
        if place <= 0.97:
            kind = "minor" if at % (2 * every) else None  # where there is little room, they go
            ticks.append(element("i", units.tick(at, every, UTC), class_=kind, style=f"left:{place * 100:.4g}%"))
    return element("div", *ticks, class_="axis", aria_hidden="true")


def tick_seconds(span: float) -> int:
    """How far apart the marks of an axis are."""
    for step in STEPS_SECONDS:
        if span <= step * MOST_TICKS:
            return step
    return math.ceil(span / (DAY * MOST_TICKS)) * DAY


def nice_top(value: int) -> int:
    """The upper end of a scale: an even number that is easy to read, at least as great."""
    size = int(10 ** max(0, len(str(value)) - 2))
    for factor in (2, 4, 5, 6, 8, 10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100):
        if value <= factor * size and factor * size % 2 == 0:
            return factor * size
    return value + value % 2


def share_bar(parts: Sequence[tuple[str, int]], words: str) -> Markup:
    """One bar in parts: (meaning, how many)."""
    total = sum(count for _, count in parts) or 1
    wide = [(meaning, max(LEAST_SHARE, count / total * 100)) for meaning, count in parts if count]
    whole, at, pieces = sum(width for _, width in wide), 0.0, []
    for meaning, width in wide:
        pieces.append(element("path", class_=meaning, d=f"M{_short(at)} 0H{_short(at + width)}V10H{_short(at)}z"))
        at += width
    box = {"viewBox": f"0 0 {_short(whole)} 10", "preserveAspectRatio": "none"}
    return element("svg", *pieces, class_="mix", role="img", aria_label=words, **box)


def latency_chart(latency: LatencyFigures) -> Markup:
    """Each percentile as a dot over a logarithmic axis, with its figure."""
    known = {name: float(getattr(latency, name)) for name in PERCENTILES}
    low = math.floor(math.log10(max(min(known.values()), 1e-6)))
    high = max(low + 1, math.ceil(math.log10(max(latency.max, 1e-6))))
    decades = {exponent: (exponent - low) * 100 / (high - low) for exponent in range(low, high + 1)}
    grid = joined(*(f"M{_short(place)} 0V10" for place in decades.values()))
    rows = []
    for name, seconds in known.items():
        place = _short((math.log10(max(seconds, 10**low)) - low) / (high - low) * 100)
        picture = element(
            "svg",
            element("path", class_="grid", d=grid),
            element("path", class_="stem", d=f"M0 5H{place}"),
            element("path", class_="dot", d=f"M{place} 5h0"),
            viewBox="0 0 100 10",
            preserveAspectRatio="none",
            aria_hidden="true",
        )
        value = element("data", units.duration(seconds), value=repr(round(seconds, 6)))
        rows.append(
            element("tr", element("th", name, scope="row"), element("td", picture), element("td", value, class_="n"))
        )
    marks = [element("i", decade_words(each), style=f"left:{_short(place)}%") for each, place in decades.items()]
    foot = element("tr", element("td"), element("td", element("div", *marks)), element("td"), aria_hidden="true")
    head = element(
        "tr", *(element("th", word, scope="col") for word in ("Percentile", "On a logarithmic axis", "Time"))
    )
    return element(
        "table",
        element("thead", head, class_="unseen"),
        element("tbody", *rows),
        element("tfoot", foot),
        class_="latency-chart",
    )


def decade_words(exponent: int) -> str:
    """A power of ten as a length of time: `10 ms`, `1 s`."""
    for least, unit in ((0, "s"), (-3, "ms"), (-6, "µs")):
        if exponent >= least:
            return f"{10 ** (exponent - least)} {unit}"
    return f"1e{exponent} s"


def moment(series: SeriesFigures, step: int) -> str:
    """When a step begins."""
    at = series.start + step * series.step_seconds
    return units.date_minute(at, UTC) if series.step_seconds >= units.MINUTE else units.iso(at)[:19].replace("T", " ")


def step_words(seconds: int) -> str:
    """The width of a step: `10 s`, `5 min`, `2 h`, `day`."""
    for length, unit in ((DAY, "day"), (3600, "h"), (60, "min"), (1, "s")):
        if seconds % length == 0:
            many = seconds // length
            return unit if many == 1 and length > 60 else f"{many} {unit}{'s' if unit == 'day' else ''}"
    return f"{seconds} s"


def _short(value: float) -> str:
    """A coordinate with two digits behind the point, and none that says nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
