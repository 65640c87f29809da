"""The figures of now, each with its sparkline and how far it is from the average of the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.comparison import SHORT_WORDS, Comparison, has_slowed
from glance.domain.scene import Scene
from glance.widgets.change_drawing import change_words, count_change, share_change
from glance.widgets.drawing import Line, Picture, sparkline
from glance.widgets.inks import Inks, soft
from glance.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure."""

    label: str
    value: str
    ink: Style
    change: str = ""
    """Against the average of the window, or another window."""
    sparks: tuple[int, ...] = ()
    weight: int = 4
    """Share of the width."""
    short: str = ""
    """Label where all tiles share one line; before the value, or after it when it begins with a space."""
    change_ink: Style | None = None
    """Where the change is against another window: what it means."""
    change_note: str = " vs avg"
    """Against what it is, where there is room to say so."""


def known_steps(scene: Scene) -> slice:
    """The steps of the window that are whole: from the first request on, without the one that is being filled."""
    hits = scene.traffic.hits
    first = next((index for index, hit in enumerate(hits) if hit), len(hits))
    last = len(hits) - 1 if scene.is_live and len(hits) > 1 else len(hits)
    return slice(min(first, last), last)


def average(values: Sequence[int], scene: Scene) -> float:
    """Per second over the steps of the window that are known."""
    known = values[known_steps(scene)]
    return sum(known) / (len(known) * scene.window.step_seconds) if known else 0.0


def tiles_of(scene: Scene, inks: Inks) -> list[Tile]:
    """The tiles that this scene has figures for."""
    if scene.comparison is not None and scene.comparison.is_ready:
        return compared_tiles(scene, scene.comparison, inks)
    traffic, totals, pulse = scene.traffic, scene.totals, scene.pulse
    known = known_steps(scene)
    tiles = [
        Tile(
            "requests/s", units.rate(pulse.hits_per_second), inks.traffic,
            _change(pulse.hits_per_second, traffic.hits, scene), traffic.hits[known], short=" /s",
        ),
        Tile(
            "4xx client errors", units.share(pulse.client_error_share), inks.client_error,
            _points(pulse.client_error_share, totals.client_errors, scene),
            traffic.client_errors[known], short="4xx ",
        ),
        Tile(
            "5xx server errors", units.share(pulse.server_error_share), inks.server_error,
            _points(pulse.server_error_share, totals.server_errors, scene),
            traffic.server_errors[known], short="5xx ",
        ),
    ]  # fmt: skip
    if scene.has_latency:
        tiles.append(_latency(scene, inks, known))
    tiles.append(
        Tile(
            "bytes/s", units.size(pulse.bytes_per_second), inks.volume,
            _change(pulse.bytes_per_second, traffic.bytes, scene), traffic.bytes[known], short=" /s",
        )
    )  # fmt: skip
    about = "~" if totals.is_approximate else ""
    users = f"{units.count(totals.users)} users" if totals.users else ""
    clients = about + units.count(totals.clients)
    tiles.append(Tile("clients", clients, inks.text, users, weight=3, short=_clients(totals.clients)))
    return tiles


def compared_tiles(scene: Scene, comparison: Comparison, inks: Inks) -> list[Tile]:
    """The tiles of the whole window, each with its change against the other one."""
    traffic, totals, then, scale = scene.traffic, scene.totals, comparison.totals, comparison.scale
    known = known_steps(scene)
    words = f" vs {SHORT_WORDS[comparison.against]}"
    hits = count_change(totals.hits, then.hits, scale, inks.text, inks)

    def errors(now: int, was: int, ink: Style) -> tuple[str, Style]:
        """The change of a kind of errors."""
        return share_change((now, totals.hits), (was, then.hits), scale, ink, inks)

    client = errors(totals.client_errors, then.client_errors, inks.client_error)
    server = errors(totals.server_errors, then.server_errors, inks.server_error)
    share = 1 / totals.hits if totals.hits else 0.0
    found = [
        (Tile("requests/s on average", units.rate(average(traffic.hits, scene)), inks.traffic,
              sparks=traffic.hits[known], short=" /s"), hits),
        (Tile("4xx client errors", units.share(totals.client_errors * share), inks.client_error,
              sparks=traffic.client_errors[known], short="4xx "), client),
        (Tile("5xx server errors", units.share(totals.server_errors * share), inks.server_error,
              sparks=traffic.server_errors[known], short="5xx "), server),
    ]  # fmt: skip
    if scene.has_latency:
        found.append((_latency(scene, inks, known), _latency_change(scene, comparison, inks)))
    size = (change_words(totals.bytes, then.bytes * scale), hits[1])
    found.append((Tile("bytes/s on average", units.size(average(traffic.bytes, scene)), inks.volume,
                       sparks=traffic.bytes[known], short=" /s"), size))  # fmt: skip
    about = "~" if totals.is_approximate else ""
    clients = count_change(totals.clients, then.clients, 1.0, inks.text, inks)
    if comparison.condition != "known":
        clients = ("", inks.label)  # of less time there are fewer, but nobody knows how many fewer
    many = about + units.count(totals.clients)
    found.append((Tile("clients", many, inks.text, weight=3, short=_clients(totals.clients)), clients))
    return [replace(tile, change=change, change_ink=ink, change_note=words) for tile, (change, ink) in found]


def _clients(many: int) -> str:
    """What stands behind their number in a line."""
    return " client" if many == 1 else " clients"


def _latency_change(scene: Scene, comparison: Comparison, inks: Inks) -> tuple[str, Style]:
    """How far p95 is from what it was."""
    now, then = scene.totals.p95, comparison.totals.p95
    if not now or not then:
        return "", inks.label
    is_told = has_slowed(now, then, (scene.totals.timed, comparison.totals.hits))
    return f"p95 {change_words(now, then)}", inks.latency if is_told else soft(inks.label)


ON_AVERAGE = ("on average in this window", "on average", "average")
"""Beside the rates of a window that is not live, the longest that fits: they are not those of now."""


def _change(now: float, steps: Sequence[int], scene: Scene) -> str:
    """How far a rate is from that of the window."""
    return units.change(now, average(steps, scene)) if scene.is_live else ON_AVERAGE[0]


def _points(share: float, errors: int, scene: Scene) -> str:
    """How far a share of errors is from that of the window."""
    hits = scene.totals.hits
    return units.change_of_share(share, errors / hits) if scene.is_live and hits else ""


def _latency(scene: Scene, inks: Inks, known: slice) -> Tile:
    """The percentiles over the window; the sparkline is p95 a step."""
    totals = scene.totals
    figures = "".join(f"{units.duration(value):<7}" for value in (totals.p50, totals.p95, totals.p99))
    sparks = tuple(0 if value is None else max(1, round(value * 1e6)) for value in scene.traffic.p95[known])
    return Tile("p50    p95    p99", figures.rstrip(), inks.latency, "", sparks, weight=5, short="p95 ")


def tiles_picture(scene: Scene, size: Size, inks: Inks) -> Picture:
    """The tiles side by side: label, figure and sparkline, or all in one line where it is low."""
    if not scene.at:
        return Picture(size, tuple(Line(size.width, inks.ground).strip() for _ in range(size.height)))
    if size.height < 3:
        return Picture(size, _one_line(scene, size, inks))
    tiles = tiles_of(scene, inks)
    lines = [Line(size.width, inks.ground) for _ in range(size.height)]
    labels, values, sparks = lines[-3:]
    weights = sum(tile.weight for tile in tiles)
    start = 1
    for index, tile in enumerate(tiles):
        end = 1 + sum(one.weight for one in tiles[: index + 1]) * (size.width - 1) // weights
        room = end - start - 2
        labels.goto(start).put(_cut(tile.label, room), inks.label)
        values.goto(start).put(tile.value, tile.ink)
        for text in _wordings(tile.change, tile.change_note):
            if text and cell_len(tile.value) + 2 + cell_len(text) <= room:
                values.skip(2).put(text, tile.change_ink or inks.label)
                break
        sparks.goto(start).put(sparkline(tile.sparks, room), soft(tile.ink))
        start = end
    return Picture(size, tuple(line.strip() for line in lines))


def _wordings(change: str, note: str = " vs avg") -> tuple[str, ...]:
    """What stands beside a figure, the longest first."""
    if change == ON_AVERAGE[0]:
        return ON_AVERAGE
    is_change = any(sign in change for sign in "▲▼=") or change == "new"
    return (f"{change}{note}", change) if is_change else (change,)


def _cut(label: str, room: int) -> str:
    """The label, or its first word where it does not fit."""
    return label if len(label) <= room else label.split(" ", maxsplit=1)[0][:room]


def _one_line(scene: Scene, size: Size, inks: Inks) -> tuple[Strip, ...]:
    """All tiles in one line, those at the right dropped where it is narrow."""
    line = Line(size.width, inks.ground)
    line.skip(1)
    for tile in tiles_of(scene, inks):
        value = units.duration(scene.totals.p95) if tile.short == "p95 " else tile.value
        before, after = (tile.short, "") if not tile.short.startswith(" ") else ("", tile.short)
        after = after if tile.label == "clients" else after.strip()
        change = f" {_wordings(tile.change)[-1]}" if tile.label == "requests/s" and tile.change else ""
        value = value.rjust(5) if before else value
        if tile.change_ink is not None and tile.change:
            change = f" {tile.change.removeprefix(tile.short)}"
        if line.room < len(before) + len(value) + len(after) + len(change) + 1:
            break
        line.put(before, inks.label).put(value, tile.ink).put(after, inks.label)
        line.put(change, tile.change_ink or inks.label).skip(3)
    empty = Line(size.width, inks.ground).strip()
    return (line.strip(), *(empty,) * (size.height - 1))


class Tiles(Panel, can_focus=False):
    """The row of figures under the header."""

    NAME = "tiles"

    def draw(self, size: Size) -> Picture:
        """The tiles of now."""
        return tiles_picture(self.scene, size, self.inks)

    def part(self, scene: Scene) -> object:
        """Everything but the lists."""
        counted = (scene.pulse, scene.totals, scene.traffic, scene.window)
        return (*counted, scene.has_latency, bool(scene.at), scene.comparison)
