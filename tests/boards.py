"""Believable answers for the pages of errors and of latency."""

from __future__ import annotations

from glance.domain.error_board import ErrorBoard, ErrorKind, ErrorName, ErrorRow, ErrorWish
from glance.domain.latency_board import LatencyBoard, LatencyRow, LatencyWish, Spread
from glance.domain.log_line import LogLine
from tests.scenes import AT, NAMES

GROWTH = 1.0833


def line_of(at: float, status: int, path: str, seconds: float = 0.12) -> LogLine:
    """A request."""
    return LogLine(f"{path} {status}", "access.log", at, "203.0.113.7", "GET", path, status, 177, seconds)


def error_row(kind: ErrorKind, status: str, hits: int, names: int = 9) -> ErrorRow:
    """A status with what is behind it."""
    targets = tuple(ErrorName(name, name.encode(), max(1, hits >> rank), 1 / (rank + 2)) for rank, name in
                    enumerate(NAMES["paths"][:names]))  # fmt: skip
    clients = tuple(ErrorName(name, name.encode(), max(1, hits >> rank), 1 / (rank + 3)) for rank, name in
                    enumerate(NAMES["clients"][:names]))  # fmt: skip
    lines = tuple(line_of(AT - rank, int(status), NAMES["paths"][rank % 7]) for rank in range(20))
    return ErrorRow(kind, status, hits, hits / 57_546, AT - 800, AT - 2, (1, 4, 2, 9, 3, 0, 0, 5), targets, False, 214,
                    clients, 161, lines, tuple(NAMES["agents"][0] for _ in lines))  # fmt: skip


def error_board(wish: ErrorWish | None = None) -> ErrorBoard:
    """Errors of all kinds."""
    rows = (
        error_row("error", "500", 241), error_row("error", "502", 39), error_row("error", "404", 205),
        error_row("error", "499", 12), error_row("error", "429", 3), error_row("probe", "404", 3013),
        error_row("probe", "403", 257), error_row("storm", "404", 88),
    )  # fmt: skip
    return ErrorBoard(wish or ErrorWish(), rows, 57_546, (b"192.0.2.66",))


def latency_row(name: str | None, hits: int, scale: float) -> LatencyRow:
    """A name with its percentiles."""
    counts = tuple(max(0, round(hits / 40 * (1 - abs(cell - 22) / 20))) for cell in range(44))
    spread = Spread(0.001 * scale, GROWTH, counts, 3)
    raw = None if name is None else name.encode()
    return LatencyRow(
        name or "", raw, hits, sum(counts) + 3, *(scale * one for one in (0.02, 0.1, 0.17, 0.5, 7.3)), spread
    )


def latency_board(wish: LatencyWish | None = None, many: int = 18, **changes: object) -> LatencyBoard:
    """Latencies of many names, of all requests first."""
    wish = wish or LatencyWish()
    named = tuple(latency_row(name, 9000 >> rank // 2, 3.0 / (rank + 3)) for rank, name in
                  enumerate(NAMES["paths"][:many]))  # fmt: skip
    lines = tuple(line_of(AT - rank, 200, NAMES["paths"][2], 7.3 / (rank + 1)) for rank in range(20))
    figures = {"rows": (latency_row(None, 57_667, 1.0), *named), "distinct": many, "looked_at": many}
    return LatencyBoard(wish, requests=57_667, slowest=lines, **(figures | changes))  # type: ignore[arg-type]
