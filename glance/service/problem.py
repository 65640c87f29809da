"""Errors as answers: `application/problem+json`, with what, why and what to do."""

from __future__ import annotations

import json
from http import HTTPStatus

from aiohttp import web

from glance.errors import GlanceError, MarkedError, StoreError, UsageError

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - it is an answer, and its name that of the media type
    """An answer that says why there is no other."""

    def __init__(self, status: int, what: str, why: str = "", hint: str = "", **headers: str) -> None:
        """Say what failed, why, and what to do next.

        Args:
            status: of HTTP.
            what: what did not work, one line.
            why: the cause.
            hint: what the asker can do about it.
            headers: more headers, `_` for `-`.
        """
        super().__init__(what)
        self.status = status
        self.what = what
        self.why = why
        self.hint = hint
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @classmethod
    def of(cls, error: GlanceError) -> Problem:
        """What an error of glance is to who asks over HTTP."""
        if isinstance(error, UsageError):
            status = HTTPStatus.BAD_REQUEST
        elif isinstance(error, StoreError) and not error.is_passing:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
        else:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        why = error.why.splitlines()[0] if isinstance(error, MarkedError) and error.why else error.why
        return cls(status, error.what, why, error.hint)

    def response(self) -> web.Response:
        """The answer."""
        told = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": int(self.status),
            "what": self.what,
            "why": self.why,
            "hint": self.hint,
        }
        text = json.dumps(told, indent=2) + "\n"
        return web.Response(status=self.status, text=text, content_type=CONTENT_TYPE, headers=self.headers)


def of_http(error: web.HTTPException, path: str) -> Problem:
    """What aiohttp itself refuses."""
    if error.status == HTTPStatus.NOT_FOUND:
        return Problem(404, "there is nothing at this path", path, "what there is: /api/v1/openapi.json")
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        return Problem(405, "this is only ever read", "", "ask with GET", Allow=error.headers.get("Allow", "GET, HEAD"))
    return Problem(error.status, error.reason, error.text or "", "")
