"""Starts the daemon as a process of its own, and waits until it is up."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from glance.cli import daemon_text
from glance.cli.daemon_run import already_running
from glance.domain.safe_text import safe_text
from glance.errors import GlanceError
from glance.paths import daemon_file, private_dir
from glance.pipeline.control import ask
from glance.pipeline.report_file import open_own

LARGE_LOG_BYTES = 4 << 20
"""A log that is larger is put aside when a daemon starts."""

_LOOK_SECONDS = 0.05
_MOST_ERROR = 8192


def launch(words: Sequence[str], config: str, log: Path, seconds: float) -> int:
    """Start `glance daemon run` with these words; returns the exit code.

    Raises:
        GlanceError: one runs already, or it does not come up.
    """
    reply = ask(daemon_file("sock"), "status")
    if reply is not None:
        raise already_running(f", pid {reply.pid}")
    fd = _open_log(log)
    try:
        begin = os.fstat(fd).st_size
        child = subprocess.Popen(  # noqa: S603 - ourselves; in a session that outlives this terminal
            [*interpreter(), "daemon", "run", "--detached", *(["--config", config] if config else []), *words],
            stdin=subprocess.DEVNULL,
            stdout=fd,
            stderr=fd,
            start_new_session=True,
        )
    finally:
        os.close(fd)
    values = _wait(child, seconds)
    if values is not None:
        child.returncode = 0  # it goes on without us
        click.echo(daemon_text.started(values, str(log)))
        return 0
    if child.returncode is None:
        child.returncode = 0
        raise GlanceError(
            f"glance is not up after {seconds:g} s", f"process {child.pid} still begins", "see why: glance daemon logs"
        )
    other = ask(daemon_file("sock"), "status")
    if other is not None:
        raise already_running(f", pid {other.pid}")
    return _tell_failure(log, begin, child.returncode)


def interpreter() -> list[str]:
    """The command that is glance, wherever it is run from: not whatever has that name in the present folder."""
    home = str(Path(__file__).resolve().parents[2])
    is_here = any(os.path.abspath(place or ".") == home for place in sys.path[:1])  # a checkout that is not installed
    return [sys.executable, *([] if is_here else ["-P"]), "-m", "glance"]


def _wait(child: subprocess.Popen[bytes], seconds: float) -> dict[str, Any] | None:
    """What the daemon says of itself once it is up; None when it ended, or took too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and child.poll() is None:
        reply = ask(daemon_file("sock"), "status")
        if reply is not None and reply.values.get("pid") == child.pid and reply.values.get("is_ready"):
            return reply.values
        time.sleep(_LOOK_SECONDS)
    return None


def _open_log(path: Path) -> int:
    """Open the log to append to; one that has become large is put aside first."""
    if path.parent == daemon_file("log").parent:
        private_dir(path.parent)
    try:
        if path.is_file() and not path.is_symlink() and path.stat().st_size > LARGE_LOG_BYTES:
            path.replace(path.with_name(path.name + ".1"))
        return open_own(str(path))
    except OSError as error:
        why = "it is a symbolic link" if path.is_symlink() else error.strerror or str(error)
        raise GlanceError(f"cannot write the log {path}", why, "name another with --log-path") from error


def _tell_failure(log: Path, begin: int, code: int) -> int:
    """Say why it ended, in its own words."""
    with open(log, "rb") as file:
        file.seek(begin)
        said = file.read(_MOST_ERROR).decode(errors="replace").splitlines()
    for line in said:
        click.echo(safe_text(line), err=True)
    if not said:
        click.echo(f"glance: the daemon ended at once, with {code}", err=True)
    return code if 0 < code < 128 else 1
