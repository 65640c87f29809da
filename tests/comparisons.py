"""A believable comparison for a scene: some rows grew, some shrank, one is new."""

from __future__ import annotations

from dataclasses import replace

from glance.domain.comparison import Against, Comparison, Figures, FormerTotals, other_window
from glance.domain.scene import Row, Scene

FACTORS = (0.8, 1.0, 1.3, 0.02, 0.98, 1.0, 2.5, 0.0)


def compared(scene: Scene, against: Against = "before", **changes: object) -> Scene:
    """The scene with its comparison, which is there at once."""
    totals = scene.totals
    then = FormerTotals(
        round(totals.hits * 0.9), round(totals.bytes * 0.97), round(totals.clients * 0.7),
        round(totals.client_errors * 1.2), round(totals.server_errors * 0.2), totals.p50,
        None if totals.p95 is None else totals.p95 * 0.6, totals.p99,
    )  # fmt: skip
    rankings = tuple(
        (ranking.name, tuple(_then(row, place) for place, row in enumerate(ranking.rows))) for ranking in scene.rankings
    )
    comparison = Comparison(
        against,
        other_window(scene.window, against),
        "known",
        totals=then,
        hits=tuple(round(hits * 0.9) for hits in reversed(scene.traffic.hits)),
        rankings=rankings,
        statuses=tuple((code, round(hits * (0.2 if code >= 500 else 0.9))) for code, hits in totals.statuses),
    )
    return replace(scene, comparison=replace(comparison, **changes))  # type: ignore[arg-type]


def _then(row: Row, place: int) -> Figures:
    factor = FACTORS[place % len(FACTORS)]
    errors = round((row.client_errors + row.server_errors) * factor * 0.5)
    return Figures(round(row.hits * factor), errors, None if row.p95 is None else row.p95 * 0.7)
