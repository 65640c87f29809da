"""What the face offers, told as OpenAPI 3.1. Tests hold it to what is really answered."""

from __future__ import annotations

from typing import Any

from glance import __version__
from glance.domain.logs.summary_document import TOP_NAMES
from glance.service.query import MOST_TOP

Schema = dict[str, Any]

_COUNT: Schema = {"type": "integer", "minimum": 0}
_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
_SECONDS: Schema = {"type": "number", "minimum": 0}
_SECONDS_OR_NULL: Schema = {"type": ["number", "null"], "minimum": 0}
_TRUE: Schema = {"const": True}


def _object(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _by_name(of: Schema) -> Schema:
    return {"type": "object", "additionalProperties": of}


def _report() -> Schema:
    errors = {"client_errors": _COUNT, "server_errors": _COUNT}
    row = _object(
        {"name": _TEXT, "hits": _COUNT, "bytes": _COUNT, **errors, "p95": _SECONDS_OR_NULL, "approximate": _TRUE},
        optional=("approximate",),
    )
    shares = {"type": "number", "minimum": 0, "maximum": 1}
    latency = _object(
        {"count": _COUNT, **dict.fromkeys(("p50", "p90", "p95", "p99", "max"), _SECONDS), "approximate": _TRUE}
    )
    series = {name: _list(_COUNT) for name in ("hits", "client_errors", "server_errors", "bytes")}
    properties = {
        "files": _list(
            _object({"path": _TEXT, "format": _TEXT, "lines": _COUNT, "parsed": _COUNT, "unparsed": _COUNT})
        ),
        "lines": _COUNT,
        "parsed": _COUNT,
        "unparsed": _COUNT,
        "first": _TIME,
        "last": _TIME,
        "hits": _COUNT,
        "bytes": _COUNT,
        "sizes_absent": _COUNT,
        "clients": _COUNT,
        "approximate": _TRUE,
        "approximate_figures": _list(_TEXT),
        "users": _COUNT,
        "status": _by_name(_COUNT),
        "methods": _by_name(_COUNT),
        "protocols": _by_name(_COUNT),
        "errors": _object({"client": _COUNT, "server": _COUNT, "rate": shares, "scanner": _COUNT}),
        "kinds": _by_name(_object({"hits": _COUNT, "bytes": _COUNT, **errors})),
        "latency": {"oneOf": [latency, {"type": "null"}]},
        "top": _object({name: _list(row) for name in TOP_NAMES}),
        "series": _object({"step_seconds": _COUNT, "start": _TIME, **series}),
        "unparsed_samples": _list(_object({"file": _TEXT, "line": _COUNT, "text": _TEXT})),
        "notes": _list(_TEXT),
    }
    return _object(properties, optional=("approximate", "approximate_figures"))


def _problem() -> Schema:
    return _object({"type": _TEXT, "title": _TEXT, "status": _COUNT, "what": _TEXT, "why": _TEXT, "hint": _TEXT})


def _parameter(name: str, words: str, schema: Schema, example: str) -> Schema:
    return {"name": name, "in": "query", "description": words, "schema": schema, "example": example}


_PARAMETERS = [
    _parameter("since", "Leave out what is older: ISO 8601, or a duration before now.", _TEXT, "90m"),
    _parameter("until", "Leave out what is not older: ISO 8601, or a duration before now.", _TEXT, "30m"),
    _parameter("window", "Instead of `since`: how long before `until`, or before now; or `all`.", _TEXT, "15m"),
    _parameter("where", "Count only such requests.", _TEXT, "status>=500 path~^/api"),
    _parameter(
        "top", "Rows of each top list.", {"type": "integer", "minimum": 1, "maximum": MOST_TOP, "default": 20}, "10"
    ),
]


def _answer(words: str, media: str, schema: Schema) -> Schema:
    return {"description": words, "content": {media: {"schema": schema}}}


def _refused(words: str) -> Schema:
    return _answer(words, "application/problem+json", {"$ref": "#/components/schemas/Problem"})


_REFUSED = {
    "401": _refused("A token is needed."),
    "403": _refused("Another page asks."),
    "421": _refused("It is asked for under a name that is not its own."),
}


def document() -> Schema:
    """The whole document."""
    health = _object({"status": {"enum": ["starting", "ok", "failing"]}})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "glance",
            "version": __version__,
            "description": "What the access logs say that a running glance reads. It is only ever read.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {}],
        "paths": {
            "/metrics": {
                "get": {
                    "operationId": "metrics",
                    "summary": "Metrics in the text format of Prometheus, version 0.0.4.",
                    "responses": {"200": _answer("All metrics.", "text/plain", _TEXT), **_REFUSED},
                }
            },
            "/api/v1/report": {
                "get": {
                    "operationId": "report",
                    "summary": "The figures of a stretch of time, as `glance report --output json` prints them.",
                    "parameters": _PARAMETERS,
                    "responses": {
                        "200": _answer("The report.", "application/json", {"$ref": "#/components/schemas/Report"}),
                        "400": _refused("A parameter or the filter has a mistake."),
                        **_REFUSED,
                        "503": _refused("It is starting, or has too much to do."),
                    },
                }
            },
            "/api/v1/openapi.json": {
                "get": {
                    "operationId": "openapi",
                    "summary": "This document.",
                    "responses": {"200": _answer("It.", "application/json", {"type": "object"}), **_REFUSED},
                }
            },
            "/healthz": {
                "get": {
                    "operationId": "health",
                    "summary": "Whether it works; needs no token.",
                    "security": [{}],
                    "responses": {
                        "200": _answer("It works, or is starting.", "application/json", health),
                        "421": _REFUSED["421"],
                        "503": _answer("It reads nothing any more.", "application/json", health),
                    },
                }
            },
        },
        "components": {
            "schemas": {"Report": _report(), "Problem": _problem()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Where one was asked for."}
            },
        },
    }
