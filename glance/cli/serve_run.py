"""Runs `glance serve`: reads in one thread, answers in another, and ends both."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence

from aiohttp import web

from glance.cli.serving import Access, application
from glance.domain.scene import Scene
from glance.domain.view import View
from glance.pipeline.daemon_plan import DaemonCollector, DaemonPlan, make_collector
from glance.pipeline.engine import Engine, names_of
from glance.pipeline.served_logs import ServedLogs
from glance.service.listening import Door, open_to

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run(plan: DaemonPlan, door: Door, access: Access, dashboard: Sequence[str]) -> int:
    """Answer until a signal comes; returns the exit code.

    Args:
        plan: what is read.
        door: where to listen.
        access: who may ask.
        dashboard: the command that draws the dashboard.

    Raises:
        GlanceError: the logs cannot be read any more.
    """
    served = ServedLogs(plan)

    def prepare(view: View) -> DaemonCollector:
        collector = make_collector(plan, lambda _buckets: None, view)
        served.attend(collector, plan)
        return collector

    engine = Engine(prepare, None, served.view)
    try:
        title = f"{', '.join(names_of(plan.paths))} · glance"

        def make() -> web.Application:
            is_light = plan.settings.theme.endswith("light")
            return application(served, door, access, dashboard, title=title, is_light=is_light)

        asyncio.run(_answer(engine, served, door, make))
    finally:
        engine.stop()
        door.close()
    if engine.failure is not None:
        raise engine.failure
    return 0


async def _answer(engine: Engine, served: ServedLogs, door: Door, make: Callable[[], web.Application]) -> None:
    """Read and answer, until the end of one of them."""
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in SIGNALS:
        loop.add_signal_handler(number, ending.set)

    def see(scene: Scene) -> None:
        served.see(scene)
        if engine.failure is not None and not loop.is_closed():
            loop.call_soon_threadsafe(ending.set)

    async with open_to(door, make()):
        engine.start(see)
        await ending.wait()
