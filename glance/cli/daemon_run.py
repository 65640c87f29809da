"""Runs the daemon in this process."""

from __future__ import annotations

import time
from collections.abc import Callable

from glance.errors import GlanceError
from glance.paths import daemon_file
from glance.pipeline.control import ask
from glance.pipeline.daemon import Daemon, run_daemon
from glance.pipeline.daemon_journal import write_journal
from glance.pipeline.daemon_plan import DaemonPlan
from glance.pipeline.lock import InstanceLock, holder_of

_TRIES = 10
_TRY_SECONDS = 0.1
"""Who asks whether the lock is held, holds it for a moment."""


def work(plan: DaemonPlan, reread: Callable[[], DaemonPlan], *, log: str) -> int:
    """Run until it is told to stop; returns the exit code.

    Raises:
        GlanceError: another one runs, or this one cannot.
    """
    lock = _lock()
    try:
        write_journal()
        if plan.settings.listen:
            _work_and_answer(plan, reread, log)
        else:
            run_daemon(Daemon(plan, reread, daemon_file("sock"), log=log))
    finally:
        lock.release()
    return 0


def _work_and_answer(plan: DaemonPlan, reread: Callable[[], DaemonPlan], log: str) -> None:
    """Run, and answer over HTTP meanwhile."""
    from glance.cli.serving import DaemonDoor  # an extra: only where somebody may ask

    door = DaemonDoor(plan)
    door.start()
    try:
        run_daemon(Daemon(plan, reread, daemon_file("sock"), log=log, served=door.served, url=door.url))
    finally:
        door.stop()


def _lock() -> InstanceLock:
    path = daemon_file("lock")
    for _ in range(_TRIES):
        lock = InstanceLock.take(path)
        if lock is not None:
            return lock
        if ask(daemon_file("sock"), "status") is not None:
            break
        time.sleep(_TRY_SECONDS)
    holder = holder_of(path)
    pid = f", pid {holder.pid}" if holder is not None and holder.pid else ""
    raise already_running(pid)


def already_running(which: str) -> GlanceError:
    """The error that says that there is one."""
    return GlanceError(f"glance is running already{which}", "there can be one", "see it: glance daemon status")
