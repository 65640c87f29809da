"""Rankings of hours whose records were let go: the most frequent names, each a little too low at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from glance.domain.logs.agent_kind import agent_kind, crawler_name
from glance.domain.logs.bucket_head import Wanted
from glance.domain.logs.frequent import Frequent
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.subnet import subnet
from glance.domain.safe_text import decode
from glance.domain.scene import Ranking, Row
from glance.domain.view import RankingName, View
from glance.pipeline.history_thread import HistoryThread
from glance.store.history import History

FIELDS: dict[RankingName, str] = {
    "sections": "section",
    "paths": "path",
    "clients": "client",
    "agents": "agent",
    "referrers": "referrer",
    "hosts": "host",
    "upstreams": "upstream",
    "methods": "method",
    "statuses": "status",
}
"""Rankings of which roll-ups know, and the field of each."""

FOLLOWING: dict[RankingName, tuple[str, Callable[[bytes], bytes]]] = {
    "kinds": ("agent", agent_kind),
    "crawlers": ("agent", crawler_name),
    "networks": ("client", subnet),
}
"""Rankings that follow from such a field, name by name; routes do by rules of the user's own."""


async def rolled_rankings(
    history: HistoryThread, wanted: Wanted, view: View, routes: Routes = BUILT_IN
) -> tuple[Ranking, ...]:
    """The rankings that a view asks for, marked approximate; those of which nothing was kept are empty.

    Raises:
        StoreError: history cannot be read.
    """
    searches = dict(view.searches)
    following = FOLLOWING | {"routes": ("path", routes.of)}
    made = []
    for name, rows in view.rows:
        field, of = following.get(name) or (FIELDS.get(name, ""), None)
        if not field:
            made.append(Ranking(name, is_approximate=True))
            continue
        known = await history.ask(partial(_known, wanted=wanted, field=field))
        made.append(_ranking(name, known.hits if of is None else _summed(known.hits, of), known.total, rows, searches))
    return tuple(made)


def _known(history: History, wanted: Wanted, field: str) -> Frequent:
    """What was kept of a field."""
    return history.ranking(wanted, field)


def _summed(hits: Mapping[bytes, int], of: Callable[[bytes], bytes]) -> dict[bytes, int]:
    """The hits of what follows from each name."""
    sums: dict[bytes, int] = {}
    for value, many in hits.items():
        if value:
            sums[of(value)] = sums.get(of(value), 0) + many
    return sums


def _ranking(
    name: RankingName, hits_of: Mapping[bytes, int], total: int, rows: int, searches: Mapping[RankingName, str]
) -> Ranking:
    """The most frequent of these names."""
    search = searches.get(name, "")
    names = {decode(value): hits for value, hits in hits_of.items() if value}
    found = [(text, hits) for text, hits in names.items() if search.casefold() in text.casefold()]
    found.sort(key=lambda entry: (-entry[1], entry[0]))
    made = tuple(Row(text, hits, hits / total if total else 0.0) for text, hits in found[:rows])
    return Ranking(name, made, len(found), is_approximate=True)
