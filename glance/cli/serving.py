"""Joins what reads the logs and what answers over HTTP; `glance serve` and the daemon both do it here."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from glance.config import Settings
from glance.domain.logs.summary_document import document
from glance.errors import GlanceError, UsageError

if TYPE_CHECKING:
    from aiohttp import web

    from glance.pipeline.daemon_plan import DaemonPlan
    from glance.pipeline.served_logs import ServedLogs
    from glance.service.answers import Asked
    from glance.service.listening import Door


class LogAnswers:
    """What the face is told, from what is read."""

    def __init__(self, served: ServedLogs) -> None:
        """Answer with what is counted there."""
        self._served = served

    def state(self) -> str:
        """Whether it works."""
        return self._served.state()

    def metrics(self) -> str:
        """All metrics."""
        return self._served.metrics()

    def report(self, asked: Asked) -> Mapping[str, Any]:
        """The report of a stretch of time."""
        return document(self._served.report(asked.since, asked.until, asked.where, asked.top))


class Access(NamedTuple):
    """Who may ask."""

    token: str = ""
    hosts: tuple[str, ...] = ()
    """Names by which it may be asked for."""


def check_installed(extra: str = "serve") -> None:
    """Refuse to begin without what answers over HTTP.

    Raises:
        GlanceError: it is not installed.
    """
    try:
        import aiohttp  # noqa: F401 - an extra
    except ImportError as error:
        raise GlanceError(
            "aiohttp is not installed",
            "it is an extra of glance",
            f"pip install 'glance-tui[{extra}]', or in a clone: .venv/bin/pip install -e '.[{extra}]'",
        ) from error


def place_of(listen: str) -> tuple[str, int]:
    """Host and port of a setting."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


def check_listen(settings: Settings) -> None:
    """Refuse what others could read without a token.

    Raises:
        UsageError: there is none.
        GlanceError: what answers is not installed.
    """
    check_installed()
    host, _ = place_of(settings.listen)
    if settings.listen_token or is_loopback(host):
        return
    hint = "set listen_token in the file of settings, or GLANCE_LISTEN_TOKEN; or listen on 127.0.0.1"
    raise UsageError(f"whoever reaches {host} could read the logs", "no token is asked for", hint)


def is_loopback(host: str) -> bool:
    """Only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class DaemonDoor:
    """Answers for a daemon, in a thread of its own."""

    def __init__(self, plan: DaemonPlan) -> None:
        """Listen already; answer from `start` on.

        Raises:
            GlanceError: it cannot listen there.
        """
        from glance.pipeline.served_logs import ServedLogs
        from glance.service.listening import Door, Porter

        settings = plan.settings
        self.served = ServedLogs(plan)
        host, port = place_of(settings.listen)
        self._door = door = Door(host, port, "--listen 127.0.0.1:0")
        self.url = door.url
        access = Access(settings.listen_token)
        self._porter = Porter(door, lambda: application(self.served, door, access))

    def start(self) -> None:
        """Begin to answer."""
        self._porter.start()

    def stop(self) -> None:
        """Answer no more."""
        self._porter.stop()


def application(
    served: ServedLogs,
    door: Door,
    access: Access,
    dashboard: Sequence[str] = (),
    *,
    title: str = "glance",
    is_light: bool = False,
) -> web.Application:
    """What answers; call it in the thread that answers.

    Args:
        served: who knows.
        door: where it listens.
        access: who may ask.
        dashboard: the command that draws the dashboard; empty for metrics and reports alone.
        title: of its page.
        is_light: it is dark on light.
    """
    from glance.service.face import Face
    from glance.service.gate import Gate

    gate = Gate(access.token, is_loopback=door.is_loopback, hosts=access.hosts, port=door.port)
    face = Face(LogAnswers(served))
    if not dashboard:
        return face.application(gate)
    from glance.service.page import Page
    from glance.service.visitor import Visitors

    return face.application(gate, Visitors(dashboard, Page(title, is_light=is_light)))
