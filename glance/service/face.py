"""The application: which path gives what. Nothing of it changes anything."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from glance.domain.metrics_text import CONTENT_TYPE as METRICS_TYPE
from glance.errors import GlanceError
from glance.service.answers import Answers
from glance.service.gate import Gate
from glance.service.openapi import document
from glance.service.problem import Problem, of_http
from glance.service.query import asked

METRICS = "/metrics"
REPORT = "/api/v1/report"
OPENAPI = "/api/v1/openapi.json"
HEALTH = "/healthz"

MOST_WAITING = 8
"""Reports that wait for the one that is being made; more are refused."""

HEADERS = {
    "Server": "glance",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""Of every answer that has none of that name yet."""


class Dashboards(Protocol):
    """What shows the dashboard to browsers; without it there are only metrics and reports."""

    def add_to(self, application: web.Application) -> None:
        """Give an application its page."""


class Face:
    """Answers over HTTP."""

    def __init__(self, answers: Answers, now: Callable[[], float] = time.time) -> None:
        """Answer with what these say.

        Args:
            answers: who knows.
            now: epoch seconds.
        """
        self._answers = answers
        self._now = now
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._openapi = json.dumps(document()) + "\n"

    def application(self, gate: Gate, dashboard: Dashboards | None = None) -> web.Application:
        """The application behind this gate, with the page of the dashboard where there is one."""
        application = web.Application(middlewares=[_told, gate.guard], client_max_size=0)
        application.router.add_get(METRICS, self.metrics)
        application.router.add_get(REPORT, self.report)
        application.router.add_get(OPENAPI, self.openapi)
        application.router.add_get(HEALTH, self.health)
        application.on_response_prepare.append(_add_headers)
        if dashboard is not None:
            dashboard.add_to(application)
        return application

    async def metrics(self, request: web.Request) -> web.Response:
        """Metrics for Prometheus."""
        text = await asyncio.to_thread(self._answers.metrics)
        return web.Response(body=text.encode(), headers={"Content-Type": METRICS_TYPE})

    async def report(self, request: web.Request) -> web.Response:
        """The report of a stretch of time, one at a time: each may keep a core busy for a moment."""
        given = request.query
        wish = asked(dict(given), len(given) != len(set(given)), self._now())
        if self._waiting >= MOST_WAITING:
            raise Problem(503, "too many reports are asked for", f"{MOST_WAITING} wait", "try again", Retry_After="1")
        self._waiting += 1
        try:
            async with self._turn:
                found = await asyncio.to_thread(self._answers.report, wish)
        finally:
            self._waiting -= 1
        return web.json_response(found, dumps=_json)

    async def openapi(self, request: web.Request) -> web.Response:
        """What there is, as OpenAPI tells it."""
        return web.Response(text=self._openapi, content_type="application/json")

    async def health(self, request: web.Request) -> web.Response:
        """Whether it works."""
        state = self._answers.state()
        return web.json_response({"status": state}, status=503 if state == "failing" else 200)


def _json(value: Any) -> str:
    """In ASCII, whatever the logs hold."""
    return json.dumps(value, allow_nan=False).replace("\x7f", "\\u007f") + "\n"


@web.middleware
async def _told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors in the form that all of them have."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except GlanceError as error:
        return Problem.of(error).response()
    except web.HTTPException as error:
        return of_http(error, request.path).response()


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        if name == "Server" or name not in response.headers:
            response.headers[name] = value
