"""Windows whose records were let go are still told, by the minute."""

from __future__ import annotations

from pathlib import Path

from glance.domain.view import RankingName, View
from glance.domain.window import Window
from glance.ingest.named import readers_named
from glance.ingest.parse import parse
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.past import Past
from glance.store.history import Batch, History
from tests.pipeline.test_collector import line

AT = 1_790_000_000
SOURCE = "/var/log/access.log"
ROWS: tuple[tuple[RankingName, int], ...] = (("sections", 5), ("routes", 5), ("networks", 5), ("kinds", 5))


async def test_what_was_let_go_is_told_by_its_roll_ups(tmp_path: Path) -> None:
    """The same totals before and after."""
    path = tmp_path / "glance.db"
    data = b"".join(
        line(number % 30, at=AT + number % 300, status=500 if number % 10 == 0 else 200) for number in range(900)
    )
    history = History.open(path)
    history.commit(Batch(tuple(parse(data, readers_named("combined"), source=SOURCE, generation=1))))
    history.close()
    window = Window(AT // 900 * 900, AT // 900 * 900 + 1800, 60)
    before = await _answer(path, window)

    history = History.open(path)
    assert history.retain(AT + 60, most_bytes=1, most_age_seconds=1e9).records == 900
    history.close()
    after = await _answer(path, window)

    assert before.totals.hits == after.totals.hits == 900
    assert before.totals.server_errors == after.totals.server_errors == 90
    assert before.totals.bytes == after.totals.bytes
    assert before.traffic.hits == after.traffic.hits
    assert [row.hits for row in after.rankings[0].rows] == [900]
    assert after.rankings[0].rows[0].name == before.rankings[0].rows[0].name == "/n"
    assert after.rankings[0].is_approximate
    for known, rolled in zip(before.rankings, after.rankings, strict=True):
        assert [(row.name, row.hits) for row in rolled.rows] == [(row.name, row.hits) for row in known.rows]
    assert (before.totals.is_approximate, after.totals.is_approximate) == (False, True)


async def _answer(path: Path, window: Window):
    thread = HistoryThread.open(path, writes=False)
    past = Past(thread, [SOURCE], 64 << 20)
    answer = await past.answer(View(window="15m", end=window.end, rows=ROWS), window, 0.0)
    await thread.close()
    return answer.figures
