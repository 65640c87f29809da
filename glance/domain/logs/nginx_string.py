"""nginx `log_format` strings: `$remote_addr - $remote_user [$time_local] "$request" …`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glance.domain.logs.format import LogFormat
from glance.domain.logs.format_string import Part, assemble, mistake
from glance.domain.logs.keyed import Key, KeyedLayout

KIND = "nginx log_format"
VARIABLES: dict[str, tuple[str, int]] = {
    "remote_addr": ("client", 1),
    "http_x_real_ip": ("client", 2),
    "realip_remote_addr": ("client", 3),
    "proxy_protocol_addr": ("client", 3),
    "http_x_forwarded_for": ("client", 4),
    "proxy_add_x_forwarded_for": ("client", 5),
    "remote_user": ("user", 0),
    "time_local": ("time", 1),
    "time_iso8601": ("time", 0),
    "msec": ("time", 2),
    "request": ("request", 0),
    "request_method": ("method", 0),
    "request_uri": ("target", 0),
    "uri": ("target", 1),
    "document_uri": ("target", 1),
    "server_protocol": ("protocol", 0),
    "status": ("status", 0),
    "body_bytes_sent": ("size", 0),
    "bytes_sent": ("size", 1),
    "http_referer": ("referrer", 0),
    "http_user_agent": ("agent", 0),
    "host": ("host", 0),
    "http_host": ("host", 1),
    "server_name": ("host", 2),
    "upstream_addr": ("upstream", 0),
    "proxy_upstream_name": ("upstream", 1),
    "proxy_host": ("upstream", 2),
    "request_time": ("latency", 0),
    "upstream_response_time": ("latency", 1),
}
"""The field that each variable tells, and which of several is taken; other variables are stepped over."""

_TOKEN = re.compile(r"\$(?:\{([a-z0-9_]+)\}|([a-z0-9_]+))|(\$)|([^$]+)")
_PAIR = re.compile(r'"([^"\\]+)"\s*:\s*"?\$\{?([a-z0-9_]+)\}?"?')


def parse_nginx(text: str) -> LogFormat | KeyedLayout:
    """The format of an nginx `log_format` string; of keys where it writes JSON.

    Raises:
        FormatError: it cannot be read.
    """
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        return _json_layout(text)
    return assemble(KIND, text, list(_parts(text)))


def _parts(text: str) -> Iterator[Part]:
    for found in _TOKEN.finditer(text):
        if found[3]:
            hint = "a variable is `$name` or `${name}`"
            raise mistake(KIND, text, found.start(), "a `$` without the name of a variable", hint)
        if found[4]:
            yield Part(found.start(), literal=_literal(found[4]))
            continue
        field, rank = VARIABLES.get(found[1] or found[2], ("skip", 0))
        yield Part(found.start(), field=field, rank=rank)


def _literal(text: str) -> bytes:
    return text.replace("\\t", "\t").replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\").encode()


def _json_layout(text: str) -> KeyedLayout:
    ranked = []
    for found in _PAIR.finditer(text):
        field, rank = VARIABLES.get(found[2], ("", 0))
        if field:
            ranked.append((rank, Key("path" if field == "target" else field, (found[1],))))
    keys = tuple(key for _, key in sorted(ranked, key=lambda pair: pair[0]))
    fields = {key.field for key in keys}
    if "time" not in fields:
        raise mistake(KIND, text, len(text), "no key tells the time", 'add "time":"$time_iso8601"')
    if not fields & {"status", "method", "request"}:
        raise mistake(KIND, text, len(text), "no key tells the request or its status")
    return KeyedLayout("custom", "nginx JSON", keys)
