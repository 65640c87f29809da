"""Ends the daemon, and waits until it has ended."""

from __future__ import annotations

import signal
import time

import click

from glance.cli.daemon import find
from glance.errors import GlanceError
from glance.paths import daemon_file
from glance.pipeline.control import Reply, ask
from glance.pipeline.lock import holder_of
from glance.pipeline.process import Process

_LOOK_SECONDS = 0.05


def end(seconds: float, *, kill: bool) -> int:
    """Tell it to end, wait, and say how that went; returns the exit code.

    Raises:
        GlanceError: it does not end.
    """
    reply, pid = find()
    if reply is None and pid == 0:
        click.echo("glance is not running")
        return 0
    if pid <= 0:
        _end_unknown(reply, seconds)
    else:
        _end_process(reply, pid, seconds, kill=kill)
    values = reply.values if reply is not None else {}
    told = f", {values['lines']:,} lines read" if "lines" in values else ""
    click.echo(f"glance has stopped{f': pid {pid}' if pid > 0 else ''}{told}")
    return 0


def _end_process(reply: Reply | None, pid: int, seconds: float, *, kill: bool) -> None:
    """End a process that is held by a handle, so that it is no other one by the time it is signalled."""
    try:
        process = Process(pid)
    except ProcessLookupError:
        return
    with process:
        if holder_of(daemon_file("lock")) is None:  # it has ended, and this is somebody else
            return
        if reply is None or ask(daemon_file("sock"), "stop") is None:
            process.signal(signal.SIGTERM)
        if process.ends(seconds):
            return
        if not kill:
            raise GlanceError(
                f"glance does not end, pid {pid}",
                f"it was told to {seconds:g} s ago",
                "force it: glance daemon stop --kill",
            )
        process.signal(signal.SIGKILL)
        process.ends(seconds)


def _end_unknown(reply: Reply | None, seconds: float) -> None:
    """End one whose process cannot be told, such as one in a container: ask, and see whether it lets go."""
    if reply is not None:
        ask(daemon_file("sock"), "stop")
    deadline = time.monotonic() + seconds
    while holder_of(daemon_file("lock")) is not None:
        if time.monotonic() > deadline:
            raise GlanceError("glance does not end", "which process it is cannot be told", "look for it with ps")
        time.sleep(_LOOK_SECONDS)
