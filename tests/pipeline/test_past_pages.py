"""Pages over a window of the past: what they remember lasts as long as what history has of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.domain.client_board import ClientWish
from glance.domain.view import View
from glance.domain.window import Window
from glance.ingest.named import readers_named
from glance.ingest.parse import parse
from glance.pipeline import client_maker
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.past import STALE_SECONDS, Past
from glance.sources.reverse_names import ReverseNames
from glance.store.history import Batch, History
from tests.pipeline.test_collector import line

AT = 1_790_000_000
SOURCE = "/var/log/access.log"
WINDOW = Window(AT // 900 * 900, AT // 900 * 900 + 900, 5)
VIEW = View(window="15m", end=WINDOW.end, rows=(("paths", 5),), page=ClientWish(rows=5, named=5))


def kept(path: Path, number: int) -> None:
    """Some more lines in history."""
    data = b"".join(line(one % 30, at=WINDOW.start + one % 300) for one in range(300))
    history = History.open(path)
    history.commit(Batch(tuple(parse(data, readers_named("combined"), source=SOURCE, generation=number))))
    history.close()


@pytest.fixture
def lookers(monkeypatch: pytest.MonkeyPatch) -> list[ReverseNames]:
    """All who look up names."""
    made: list[ReverseNames] = []

    def make() -> ReverseNames:
        made.append(ReverseNames(lambda _address: "host.example"))
        return made[-1]

    monkeypatch.setattr(client_maker, "ReverseNames", make)
    return made


async def test_names_are_looked_up_once_while_history_stays_as_it_is(
    tmp_path: Path, lookers: list[ReverseNames]
) -> None:
    kept(tmp_path / "glance.db", 1)
    thread = HistoryThread.open(tmp_path / "glance.db", writes=False)
    past, page = Past(thread, [SOURCE], 64 << 20), None
    for turn in range(4):
        found = await past.answer(VIEW, WINDOW, turn * (STALE_SECONDS + 1))
        assert found.maker is not None
        page = found.maker.page(VIEW, found.figures.window, WINDOW.end)
        lookers[0].settle()
    assert len(lookers) == 1
    assert page is not None
    assert page.rows[0].name == "host.example"
    await thread.close()


async def test_what_history_has_more_is_shown_and_who_looked_up_before_ends(
    tmp_path: Path, lookers: list[ReverseNames]
) -> None:
    kept(tmp_path / "glance.db", 1)
    thread = HistoryThread.open(tmp_path / "glance.db", writes=False)
    past, hits = Past(thread, [SOURCE], 64 << 20), []
    for turn in range(2):
        found = await past.answer(VIEW, WINDOW, turn * (STALE_SECONDS + 1))
        hits.append(found.figures.totals.hits)
        assert found.maker is not None
        found.maker.page(VIEW, found.figures.window, WINDOW.end)
        kept(tmp_path / "glance.db", 2)
    assert hits == [300, 600]
    assert [one._is_closed for one in lookers] == [True, False]
    await thread.close()
