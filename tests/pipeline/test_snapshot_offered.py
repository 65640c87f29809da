"""A snapshot asks a program for what it offers; who says nothing of that is asked for all of it."""

from __future__ import annotations

import asyncio

from glance.domain.profiles.target import targets_of
from glance.pipeline.snapshot_profiles import Taking, fetched
from glance.sources.scrape import Access
from tests.pipeline.fault_server import fault_server, profile, reply

FEW = b"".join(b"<tr><td>2<td><a href='%s?debug=1'>%s</a></tr>\n" % (name, name) for name in (b"heap", b"profile"))


async def taken(index: bytes) -> tuple[Taking, list[str]]:
    """What is taken of a program with this page, and what it was asked for."""
    async with fault_server() as server:
        server.answers |= {"": index, "heap": reply(profile(1)), "goroutine": reply(profile(1))}
        targets = targets_of((f"api={server.url}",))
        found = await asyncio.to_thread(fetched, targets, Access(), 1, lambda: 7.0)
        return found, sorted(path.rpartition("/")[2] for path in server.asked)


async def test_what_is_not_listed_is_not_missing() -> None:
    found, asked = await taken(reply(FEW))
    assert asked == ["", "heap", "profile?seconds=1"]
    assert [one.part.kind for one in found.profiles] == ["cpu", "heap"]
    assert found.failures == []


async def test_where_nothing_is_listed_all_is_asked_for() -> None:
    found, asked = await taken(reply(b"no", "404 Not Found"))
    assert len(asked) == 7
    assert [one.kind for one in found.failures] == ["goroutines", "mutex", "block"]
