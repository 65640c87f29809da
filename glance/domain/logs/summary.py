"""The figures of a report: what `glance report` prints, in whatever form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class FileFigures:
    """One file that was read."""

    path: str
    format: str
    """In words: `combined + request time`."""
    lines: int
    """All lines, whatever is in them."""
    parsed: int
    unparsed: int
    """Lines that no format reads; directives and blank lines are neither parsed nor unparsed."""


@dataclass(frozen=True, slots=True)
class LatencyFigures:
    """Latency in seconds, each within 1 % of the exact value."""

    count: int
    p50: float
    p90: float
    p95: float
    p99: float
    max: float
    sum: float | None = None
    """Of all of them; None where it was not kept."""


@dataclass(frozen=True, slots=True)
class TopRow:
    """One name of a top list."""

    name: str
    hits: int
    bytes: int
    client_errors: int
    server_errors: int
    p95: float | None
    """Seconds."""
    cpu: float | None = None
    """Processor seconds of a request, where profiles tell that."""


@dataclass(frozen=True, slots=True)
class KindFigures:
    """One kind of client, as their agents say of themselves."""

    name: str
    """`person`, `crawler`, `tool`, `monitor` or `unknown`."""
    hits: int
    bytes: int
    client_errors: int
    server_errors: int


@dataclass(frozen=True, slots=True)
class TopList:
    """The names of one field with the most hits, most first, ties by name."""

    name: str
    """`sections`, `routes`, `paths`, `clients`, `agents`, `crawlers`, `referrers` or `hosts`."""
    rows: tuple[TopRow, ...]
    is_approximate: bool = False


@dataclass(frozen=True, slots=True)
class SeriesFigures:
    """Counts per step of time."""

    step_seconds: int
    start: float
    """Epoch seconds of the first step."""
    hits: tuple[int, ...]
    client_errors: tuple[int, ...]
    server_errors: tuple[int, ...]
    bytes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnparsedLine:
    """A line that no format reads."""

    file: str
    line: int
    """Its number in the file, from 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a report says."""

    files: tuple[FileFigures, ...]
    lines: int
    parsed: int
    unparsed: int
    first: float | None
    """Epoch seconds of the oldest record in the report."""
    last: float | None
    hits: int
    """Records in the report: those parsed, within `--since` and `--until`."""
    bytes: int
    clients: int
    """Distinct clients."""
    statuses: tuple[tuple[int, int], ...]
    """(status, hits), by status."""
    methods: tuple[tuple[str, int], ...]
    """(method, hits), most first."""
    protocols: tuple[tuple[str, int], ...]
    client_errors: int
    server_errors: int
    latency: LatencyFigures | None
    tops: tuple[TopList, ...]
    series: SeriesFigures
    unparsed_samples: tuple[UnparsedLine, ...] = ()
    clients_are_approximate: bool = False
    users: int = 0
    """Distinct user names."""
    sizes_absent: int = 0
    """Records whose size is `-`."""
    kinds: tuple[KindFigures, ...] = ()
    """Those that have hits; none when the log says nothing of agents."""
    scanner_errors: int = 0
    """Of the client errors, those that are noise of scanners."""
    notes: tuple[str, ...] = field(default=())
    """What a reader should know, in words."""

    @property
    def shown_tops(self) -> tuple[TopList, ...]:
        """The lists for a person: of routes only those that gather several paths."""
        paths = {(row.name, row.hits) for top in self.tops if top.name == "paths" for row in top.rows}
        return tuple(
            replace(top, rows=tuple(row for row in top.rows if (row.name, row.hits) not in paths))
            if top.name == "routes"
            else top
            for top in self.tops
        )

    @property
    def error_rate(self) -> float:
        """Share of hits that are client or server errors, 0 when there are no hits."""
        return (self.client_errors + self.server_errors) / self.hits if self.hits else 0.0
