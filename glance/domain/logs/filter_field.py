"""The fields that a filter can ask about, and the names people have for them."""

from __future__ import annotations

TEXT, STATUS, METHOD, CLIENT, SECTION, ROUTE, KIND, CRAWLER, NOISE, SIZE, LATENCY, TIME = (
    "text",
    "status",
    "method",
    "client",
    "section",
    "route",
    "kind",
    "crawler",
    "noise",
    "size",
    "latency",
    "time",
)

FIELDS = {
    "path": TEXT,
    "section": SECTION,
    "route": ROUTE,
    "status": STATUS,
    "method": METHOD,
    "client": CLIENT,
    "agent": TEXT,
    "kind": KIND,
    "crawler": CRAWLER,
    "noise": NOISE,
    "referrer": TEXT,
    "user": TEXT,
    "host": TEXT,
    "upstream": TEXT,
    "protocol": TEXT,
    "size": SIZE,
    "latency": LATENCY,
    "time": TIME,
}
"""What kind of question each field takes."""

SAME_FIELDS = {
    "url": "path",
    "request_route": "path",
    "code": "status",
    "status_code": "status",
    "verb": "method",
    "request_method": "method",
    "ip": "client",
    "remote": "client",
    "ua": "agent",
    "user_agent": "agent",
    "referer": "referrer",
    "ruser": "user",
    "vhost": "host",
    "upstream_addr": "upstream",
    "upstream_host": "upstream",
    "backend": "upstream",
    "proto": "protocol",
    "request_proto": "protocol",
    "bytes": "size",
    "response_bsize": "size",
    "duration": "latency",
    "seconds": "latency",
    "at": "time",
}
"""Other names of fields."""

FIELD_NAMES = FIELDS | {other: FIELDS[name] for other, name in SAME_FIELDS.items()}
"""Every name, with the kind of its field."""

OPERATORS = {
    TEXT: ("=", "!=", ":", "!:", "~", "!~"),
    SECTION: ("=", "!=", ":", "!:", "~", "!~"),
    CLIENT: ("=", "!=", ":", "!:", "~", "!~"),
    ROUTE: ("=", "!=", ":", "!:", "~", "!~"),
    CRAWLER: ("=", "!=", ":", "!:", "~", "!~"),
    KIND: ("=", "!="),
    NOISE: ("=", "!="),
    METHOD: ("=", "!=", ":", "!:", "~", "!~"),
    STATUS: ("=", "!=", ":", "!:", ">", ">=", "<", "<=", "~", "!~"),
    SIZE: ("=", "!=", ":", "!:", ">", ">=", "<", "<="),
    LATENCY: ("=", "!=", ":", "!:", ">", ">=", "<", "<="),
    TIME: ("=", "!=", ":", "!:", ">", ">=", "<", "<="),
}
"""What can be asked of each kind."""


def field_name(written: str) -> str | None:
    """The field that is called this, None when there is none."""
    name = written.lower()
    return name if name in FIELDS else SAME_FIELDS.get(name)
