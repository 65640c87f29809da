"""Rankings of hours whose records were let go: the most frequent names, each a little too low at most."""

from __future__ import annotations

from glance.domain.logs.bucket_head import Wanted
from glance.domain.safe_text import decode
from glance.domain.scene import Ranking, Row
from glance.domain.view import RankingName, View
from glance.pipeline.history_thread import HistoryThread

FIELDS: dict[RankingName, str] = {
    "sections": "section",
    "paths": "path",
    "clients": "client",
    "agents": "agent",
    "referrers": "referrer",
    "hosts": "host",
    "methods": "method",
    "statuses": "status",
}
"""Rankings of which roll-ups know, and the field of each."""


async def rolled_rankings(history: HistoryThread, wanted: Wanted, view: View) -> tuple[Ranking, ...]:
    """The rankings that a view asks for, marked approximate; those of which nothing was kept are empty.

    Raises:
        StoreError: history cannot be read.
    """
    searches = dict(view.searches)
    return tuple([await _ranking(history, wanted, name, rows, searches.get(name, "")) for name, rows in view.rows])


async def _ranking(history: HistoryThread, wanted: Wanted, name: RankingName, rows: int, search: str) -> Ranking:
    field = FIELDS.get(name)
    if field is None:
        return Ranking(name, is_approximate=True)
    known = await history.ask(lambda history: history.ranking(wanted, field))
    names = {decode(value): hits for value, hits in known.hits.items() if value}
    found = [(text, hits) for text, hits in names.items() if search.casefold() in text.casefold()]
    found.sort(key=lambda entry: (-entry[1], entry[0]))
    made = tuple(Row(text, hits, hits / known.total if known.total else 0.0) for text, hits in found[:rows])
    return Ranking(name, made, len(found), is_approximate=True)
