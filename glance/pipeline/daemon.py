"""The daemon: the collector with no screen, its reports, and whoever asks how it is."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glance import __version__
from glance.domain.logs.bucket import LogBucket
from glance.domain.safe_text import safe_text
from glance.domain.scene import EMPTY_SCENE, Scene
from glance.errors import GlanceError
from glance.pipeline.clock import Clock, SystemClock
from glance.pipeline.control import Control
from glance.pipeline.daemon_journal import Journal
from glance.pipeline.daemon_plan import QUIET_VIEW, DaemonCollector, DaemonPlan, found, make_collector
from glance.pipeline.daemon_status import DaemonFacts, status_of
from glance.pipeline.engine import first_cause
from glance.pipeline.periodic_report import PeriodicReport
from glance.pipeline.supervisor import Supervisor

if TYPE_CHECKING:
    from glance.pipeline.served_logs import ServedLogs  # most daemons answer nobody
    from glance.pipeline.snapshot_plan import SnapshotPlan

logger = logging.getLogger("glance.daemon")

STALE_SECONDS = 20.0
"""Without a scene for so long, the collector does not live, and the watchdog is not told that it does."""

Reread = Callable[[], DaemonPlan]
"""Makes the plan anew from command line, environment and file. Raises GlanceError when that is broken."""


class Daemon:
    """One daemon, from `run` to the end of it."""

    def __init__(
        self,
        plan: DaemonPlan,
        reread: Reread,
        socket: Path,
        *,
        log: str = "",
        clock: Clock | None = None,
        served: ServedLogs | None = None,
        url: str = "",
    ) -> None:
        """Start nothing yet.

        Args:
            plan: what to do.
            reread: makes another plan when the settings are to be read anew.
            socket: where to listen.
            log: where its own log is, for who asks.
            clock: tells the time.
            served: told of all that is read, for who asks over HTTP.
            url: where that is.
        """
        self._served = served
        self._plan = plan
        self._reread = reread
        self._clock = clock or SystemClock()
        self._control = Control(socket, self._answer)
        self._supervisor = Supervisor()
        self._journal = Journal()
        self._scene = EMPTY_SCENE
        self._scene_at = float("-inf")
        self._facts = DaemonFacts(os.getpid(), self._clock.now(), __version__, log, url)
        self._collector: DaemonCollector | None = None
        self._report: PeriodicReport | None = None
        self._report_changed = asyncio.Event()
        self._is_collecting = False
        self._is_stopping = False
        self._reload_trouble = ""

    async def run(self) -> None:
        """Work until it is told to stop, by a signal or through the socket.

        Raises:
            GlanceError: it cannot begin, or cannot go on.
        """
        self._take_signals()
        self._report = self._new_report()
        try:
            await self._control.open()
            while not self._is_stopping:
                await self._collect()
        finally:
            self._supervisor.stopping()
            await self._write_last_report()
            await self._control.close()
            logger.info("ends")

    async def _collect(self) -> None:
        """Run one collector to its end: the daemon's, or that of changed settings."""
        if self._report is not None:
            self._report.begin_reading()
        view = QUIET_VIEW if self._served is None else self._served.view
        self._collector = make_collector(self._plan, self._hear, view)
        if self._served is not None:
            self._served.attend(self._collector, self._plan)
        self._is_collecting = True
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write_reports())
                signs = group.create_task(self._give_signs_of_life())
                await self._collector.run(self._take_scene)
                self._is_collecting = False
                self._report_changed.set()
                signs.cancel()
        except BaseExceptionGroup as failed:
            raise first_cause(failed) from failed

    def _hear(self, buckets: Sequence[LogBucket]) -> None:
        """The collector has read something."""
        if self._report is not None and self._collector is not None:
            self._report.take(buckets, is_past=self._collector.is_in_past)

    def _take_scene(self, scene: Scene) -> None:
        """The collector tells how it is."""
        is_first = self._scene is EMPTY_SCENE
        self._scene, self._scene_at = scene, self._clock.monotonic()
        self._journal.read(scene)
        if self._served is not None:
            self._served.see(scene)
        if is_first:
            names = ", ".join(safe_text(path) for path in self._plan.paths)
            logger.info("glance %s is up, pid %d, and reads %s", __version__, os.getpid(), names)
            self._supervisor.ready(f"reads {names}")

    # ------------------------------------------------------------------------------------- reports

    def _new_report(self) -> PeriodicReport | None:
        plan = self._plan.report
        return None if plan is None else PeriodicReport(plan, self._clock)

    async def _write_reports(self) -> None:
        """Write each report when it is due. Not cancelled: one that is being written is written to its end."""
        while self._is_collecting:
            self._report_changed.clear()
            report = self._report
            try:
                async with asyncio.timeout(None if report is None else report.seconds_left):
                    await self._report_changed.wait()
            except TimeoutError:
                if report is not None:
                    await report.write()

    async def _write_last_report(self) -> None:
        """What arrived since the last report would else be told in none."""
        if self._report is not None and self._report.has_news:
            await self._report.write()

    # -------------------------------------------------------------------------------- being told to

    def _take_signals(self) -> None:
        """SIGTERM and SIGINT end it in order; SIGHUP reads the settings anew, or ends it with its terminal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.stop if _has_terminal() else self.reload)

    def stop(self) -> None:
        """End in order."""
        if not self._is_stopping:
            logger.info("was told to stop")
        self._is_stopping = True
        if self._collector is not None:
            self._collector.stop()

    def reload(self) -> None:
        """Read the settings anew. Broken ones change nothing, and it is said why."""
        self._supervisor.reloading()
        try:
            plan = self._reread()
            found(plan.paths)
            snapshots = plan.snapshots
        except GlanceError as error:
            self._reload_trouble = f"{error.what}: {error.why}" if error.why else error.what
            logger.error("keeps its settings: %s", safe_text(self._reload_trouble))  # noqa: TRY400 - no bug
        else:
            self._reload_trouble = ""
            self._take_plan(plan, snapshots)
        self._supervisor.ready("settings were read anew" if not self._reload_trouble else self._reload_trouble)

    def _take_plan(self, plan: DaemonPlan, snapshots: SnapshotPlan | None) -> None:
        """Go on with another plan: reading is begun anew only when it is another."""
        before, self._plan = self._plan, plan
        if plan.report is None or self._report is None:
            self._report = self._new_report()
        elif plan.report != before.report:
            self._report.change(plan.report)
        self._report_changed.set()
        if (plan.settings.listen, plan.settings.listen_token) != (before.settings.listen, before.settings.listen_token):
            logger.warning("listen and listen_token hold from the next start on")
        is_other = plan.reading != before.reading
        logger.info("read its settings anew%s", ": reading begins anew" if is_other else "")
        if self._collector is not None:
            self._collector.plan_snapshots(snapshots)
            if is_other:
                self._collector.stop()

    async def _give_signs_of_life(self) -> None:
        """Tell the watchdog, if there is one, that the collector lives."""
        if not self._supervisor.watchdog_seconds:
            return
        while True:
            if self._clock.monotonic() - self._scene_at < max(STALE_SECONDS, self._supervisor.watchdog_seconds):
                self._supervisor.alive()
            await asyncio.sleep(self._supervisor.watchdog_seconds / 3)

    # ----------------------------------------------------------------------------------- being asked

    def _answer(self, question: str) -> dict[str, Any]:
        """What the control socket answers."""
        answers: dict[str, Callable[[], None]] = {"stop": self.stop, "reload": self.reload}
        if question != "status":
            answers[question]()
        return status_of(self._facts, self._plan, self._scene, self._report) | {
            "is_ready": self._scene is not EMPTY_SCENE,
            "is_stopping": self._is_stopping,
            "reload_trouble": self._reload_trouble,
        }


def _has_terminal() -> bool:
    """A terminal controls this process, whose end it must not survive."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def run_daemon(daemon: Daemon) -> None:
    """Run it in this thread to its end."""
    work: Coroutine[Any, Any, None] = daemon.run()
    asyncio.run(work)
