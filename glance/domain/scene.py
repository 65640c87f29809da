"""What a screen shows at one tick: frozen, plain values, made by the collector and only read by the terminal.

Nothing here needs numpy, so that the first frame is painted before it is imported.
Text that came from a log is raw here; it passes `safe_text` on its way into a widget.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from glance.domain.comparison import Comparison
from glance.domain.interval import Interval
from glance.domain.log_line import LogLine
from glance.domain.page import PageAnswer
from glance.domain.profiles.poll import TargetStatus
from glance.domain.raw_line import LineRows
from glance.domain.route_cpu import RouteCpu
from glance.domain.snapshot_order import IDLE, SnapshotSight, SnapshotStatus
from glance.domain.view import RankingName, View
from glance.domain.window import Window

SourceCondition = Literal["waiting", "reading", "following", "ended", "missing", "failing"]
HistoryCondition = Literal["off", "recording", "following", "failing"]
"""`recording`: this process keeps what it reads. `following`: another one does, and this one reads it from there.
`failing`: kept in memory only, for the reason in the note."""


Raw = bytes
"""A name as the log has it."""

AlertStanding = Literal["pending", "firing", "resolved"]


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one log is doing."""

    name: str
    """Short name for the header, e.g. `access.log`."""
    path: str
    condition: SourceCondition
    format: str = ""
    """What was detected, in words: `combined + request time`."""
    sampled: int = 0
    """Lines looked at to detect the format."""
    matched: int = 0
    """Lines of the sample that the format reads."""
    lines: int = 0
    unparsed: int = 0
    size_bytes: int = 0
    pending_bytes: int = 0
    """Bytes of the back-fill that are still unread."""
    lag_bytes: int = 0
    """Bytes that were written and not yet read by the live tail."""
    note: str = ""
    """Anything the person should know, in words: `was rotated`, `permission denied`, …"""


@dataclass(frozen=True, slots=True)
class Row:
    """One name of a ranking within the window."""

    name: str
    hits: int
    share: float
    """Of all hits in the window, 0 to 1."""
    client_errors: int = 0
    server_errors: int = 0
    bytes: int = 0
    p95: float | None = None
    """Seconds."""
    spark: tuple[int, ...] = ()
    """Hits in equal slices of the window, oldest first."""
    cpu: RouteCpu | None = None
    """What a request of it costs, where profiles say which route their samples are of."""
    raw: Raw = b""
    """The name as it stands in the log, where that is no UTF-8 and the name cannot tell it."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The top names of one field."""

    name: RankingName
    rows: tuple[Row, ...] = ()
    distinct: int = 0
    """Number of different names in the window (those that a search leaves, if there is one)."""
    is_approximate: bool = False


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counts per step of the window, oldest first; all tuples have the window's number of steps."""

    hits: tuple[int, ...] = ()
    client_errors: tuple[int, ...] = ()
    server_errors: tuple[int, ...] = ()
    bytes: tuple[int, ...] = ()
    p50: tuple[float | None, ...] = ()
    """Seconds; None where a step has no timed record."""
    p95: tuple[float | None, ...] = ()
    p99: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over the window."""

    hits: int = 0
    bytes: int = 0
    clients: int = 0
    users: int = 0
    """Distinct user names that are not `-`."""
    client_errors: int = 0
    server_errors: int = 0
    statuses: tuple[tuple[int, int], ...] = ()
    """(status, hits), by status."""
    timed: int = 0
    """Records with a latency."""
    p50: float | None = None
    """Seconds."""
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    slowest: float | None = None
    is_approximate: bool = False
    """Part of the window is known from roll-ups only."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The rate of right now, over the last whole seconds; for a log that ended, over its last window."""

    hits_per_second: float = 0.0
    client_error_share: float = 0.0
    server_error_share: float = 0.0
    bytes_per_second: float = 0.0
    is_live: bool = True
    """False when the log ended in the past."""


@dataclass(frozen=True, slots=True)
class HistoryStatus:
    """What is kept of all this beyond the memory."""

    condition: HistoryCondition = "off"
    first_at: float | None = None
    """Oldest moment that can be shown, from history or memory; None when nothing is known."""
    last_at: float | None = None
    """Newest moment that can be shown."""
    size_bytes: int = 0
    waiting_lines: int = 0
    """Read, and not yet kept."""
    note: str = ""
    """Why it is not kept, and what happens next; empty when all is well."""


@dataclass(frozen=True, slots=True)
class GapNotice:
    """What could not be counted, summed up by log and reason."""

    source: str
    """Short name of the log."""
    reason: str
    """In words: `rotated away before it was read`."""
    at: float
    """When it was last noticed."""
    bytes: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class AlertNotice:
    """One alert: about to fire, firing, or resolved."""

    rule: str
    message: str
    """Exactly as the rule words it."""
    triggered_at: float
    """When it began to fire; of a pending one, since when its condition holds."""
    value: float
    highest: float
    """The value furthest from calm."""
    recovered_at: float | None = None
    state: AlertStanding = "firing"
    segment: str = ""
    """For which name of a segmented metric; empty for all."""
    words: str = ""
    """What the rule watches, in words; empty where the message says it."""
    unit: str = ""
    """What the values are, as `MetricChart.unit`."""
    recovered_value: float | None = None
    pending_seconds: float = 0.0
    """How long the condition must hold before it fires."""
    paths: tuple[tuple[str, int], ...] = ()
    """Top paths of the window that fired, with their hits."""
    lines: tuple[LogLine, ...] = ()
    """Some lines of it."""
    severity: Literal["info", "warning", "critical"] = "warning"
    is_flapping: bool = False
    """It turns so often that outputs are spared most of it."""
    is_stale: bool = False
    """What it watches cannot be read at the moment, so that it neither fires nor recovers."""

    @property
    def key(self) -> tuple[str, str, float]:
        """What makes it this one and no other."""
        return (self.rule, self.segment, self.triggered_at)

    @property
    def is_firing(self) -> bool:
        """It fires now."""
        return self.state == "firing" and self.recovered_at is None


@dataclass(frozen=True, slots=True)
class MetricChart:
    """A metric over the window, for its page."""

    id: str
    words: str
    """What it measures: `p99 of latency per 1 min, status>=500`."""
    unit: str = ""
    """Of its values: `s`, `bytes`, `share`, `/s`, or empty for plain numbers."""
    start: float = 0.0
    """When the first point begins, epoch seconds."""
    step_seconds: int = 60
    """From one point to the next: its period."""
    points: tuple[float | None, ...] = ()
    """A value a period, oldest first; None where nothing is known."""
    latest: float | None = None
    segments: tuple[tuple[str, float | None], ...] = ()
    """The latest value of each segment, greatest first; empty where it is not segmented."""
    note: str = ""
    """What a person should know: why there is nothing, or what is approximate."""


@dataclass(frozen=True, slots=True)
class Sifting:
    """How far a filter has come through the records of a window; what a scene says is of those until then."""

    done: int
    """Records that were looked at, the newest ones."""
    total: int

    @property
    def share(self) -> float:
        """How far, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 1.0


@dataclass(frozen=True, slots=True)
class TimeMark:
    """Something that happened to a log, for the chart."""

    at: float
    words: str
    """`access.log was rotated`."""
    is_gap: bool = False
    """Something could not be counted."""


@dataclass(frozen=True, slots=True)
class IntervalFigures:
    """What the counts per step do not tell of the selected interval."""

    interval: Interval
    p95: float | None = None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything on the screen at one tick."""

    at: float
    """When it was made, epoch seconds."""
    view: View
    """What it answers."""
    window: Window
    is_live: bool = True
    """The window ends now; otherwise it ends with the last line of a log that stopped in the past."""
    sources: tuple[SourceStatus, ...] = ()
    lines_total: int = 0
    unparsed_total: int = 0
    lines_per_second: float = 0.0
    """How fast lines are being read, back-fill included."""
    lag_seconds: float | None = None
    """Age of the newest record; None when there is none."""
    pulse: Pulse = field(default_factory=Pulse)
    totals: Totals = field(default_factory=Totals)
    traffic: Traffic = field(default_factory=Traffic)
    rankings: tuple[Ranking, ...] = ()
    alerts: tuple[AlertNotice, ...] = ()
    """Newest first."""
    alert_rule: str = ""
    """What the alert watches, in words."""
    lines: tuple[LogLine, ...] = ()
    """The newest lines, newest last."""
    unparsed_lines: tuple[LogLine, ...] = ()
    """Some lines that no format reads."""
    has_latency: bool = False
    absent: tuple[RankingName, ...] = ()
    """Rankings of which the logs have nothing: none of their lines names a host, say."""
    history: HistoryStatus = field(default_factory=HistoryStatus)
    gaps: tuple[GapNotice, ...] = ()
    """What could not be counted, newest first."""
    metrics: tuple[MetricChart, ...] = ()
    """Every metric with its chart; only while the view wants them."""
    raw: LineRows = field(default_factory=LineRows)
    """Rows of the page of lines, while the view wants them."""
    page: PageAnswer | None = None
    """What the open page shows, while the view wants one; that of another wish until its own is there."""
    matched: int | None = None
    """Records of the window that the view's filter chooses; None without a filter."""
    matched_of: int = 0
    """Records of the window, with a filter: those that it could choose."""
    sifting: Sifting | None = None
    """How far the view's filter has come, while it has not looked at all records; None once it has."""
    filter_error: str = ""
    """Why the view's filter cannot be understood; what it filters by then is the last that could."""
    is_recalled: bool = False
    """It was seen the last time, and stands until there is something newer."""
    targets: tuple[TargetStatus, ...] = ()
    """Programs that are polled for profiles."""
    trouble: str = ""
    """A sentence to show above everything, empty when all is well."""
    marks: tuple[TimeMark, ...] = ()
    """What happened to the logs, oldest first."""
    interval: IntervalFigures | None = None
    """What is known of the selected interval."""
    comparison: Comparison | None = None
    """What another window was, while the view wants it."""
    snapshots: SnapshotStatus = IDLE
    frozen: SnapshotSight | None = None
    """The snapshot that all of this is of; None where it is of logs."""

    def ranking(self, name: RankingName) -> Ranking:
        """The ranking of that name, empty when it was not asked for."""
        for ranking in self.rankings:
            if ranking.name == name:
                return ranking
        return Ranking(name)


EMPTY_SCENE = Scene(at=0.0, view=View(), window=Window(0.0, 900.0, 5))
"""Shown until the collector has something to say."""
