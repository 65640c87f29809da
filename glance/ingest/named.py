"""Readers by name or by format string, as `--format` takes them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from glance.domain.logs.catalogue import format_named, named_formats
from glance.domain.logs.custom import custom_format, is_format_string
from glance.domain.logs.duration import MILLISECOND, SECOND, unit_of_name
from glance.domain.logs.family import MEMBERS
from glance.domain.logs.format import LogFormat
from glance.domain.logs.key_name import KNOWN, field_of_name
from glance.domain.logs.keyed import Key, KeyedLayout
from glance.domain.logs.server_config import DeclaredFormat
from glance.domain.logs.w3c import CLOUDFRONT_FIELDS, IIS6_FIELDS, IIS_FIELDS, W3cLayout
from glance.errors import FormatError
from glance.ingest.json_lines import JsonReader
from glance.ingest.pairs import PairsReader
from glance.ingest.pattern import PatternReader
from glance.ingest.prefix import JsonWrappedReader, PrefixedReader
from glance.ingest.reader import LineReader
from glance.ingest.survey import with_relatives
from glance.ingest.table import CsvReader, W3cReader

_ALIASES = {
    "vcombined": "vhost_combined",
    "vcommon": "vhost_common",
    "awsalb": "alb",
    "awselb": "elb",
    "awss3": "s3",
    "traefikclf": "traefik",
    "clf": "common",
    "ncsa": "combined",
    "nginx": "combined",
    "apache": "combined",
    "nginx_json": "json",
    "nginx_proxy_manager": "npm",
    "netscaler": "w3c",
}
_TABLES = ("w3c", "iis", "cloudfront")
_BY_SAMPLE = ("json", "logfmt", "ltsv", "csv")
_USUAL_KEYS = (
    "time ts @timestamp timestamp time_iso8601 time_local msec date remote_addr client_ip remote_ip ip client host "
    "remote_user user request method request_method uri request_uri path url server_protocol protocol proto status "
    "status_code body_bytes_sent bytes_sent size bytes request_time duration duration_ms latency latency_ms "
    "response_time apptime reqtime http_referer referer referrer http_user_agent user_agent ua vhost server_name "
    "upstream_addr upstream_host upstream backend"
)


def format_names() -> tuple[str, ...]:
    """Every name that `--format` knows."""
    names = [member.name for member in MEMBERS]
    names += [named.name for named in named_formats()]
    return tuple(dict.fromkeys((*names, *KNOWN, *_BY_SAMPLE, *_TABLES)))


def readers_named(text: str, sampled: Sequence[LineReader] = ()) -> tuple[LineReader, ...]:
    """The readers that a name or a format string asks for.

    Args:
        text: a name of `format_names`, a name of GoAccess's, or a format string of nginx, Apache or GoAccess.
        sampled: what reads a sample of the log: columns, keys and units that the name leaves open are known there.

    Raises:
        FormatError: there is no such name, or the format string has a mistake.
    """
    name = text.strip().lower().replace("-", "_")
    name = _ALIASES.get(name, name)
    if name in format_names():
        return tuple(reader for reader in sampled if name in _names_of(reader)) or _plain(name)
    if is_format_string(text):
        return (_reader(custom_format(text)),)
    near = difflib.get_close_matches(name, [*format_names(), *_ALIASES], 3)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise FormatError(
        f"there is no format named {text[:80]}",
        "it is neither a name nor a format string with `$variables` or `%directives`",
        f"{hint}The names are: {', '.join(format_names())}",
    )


def declared_readers(declared: Sequence[DeclaredFormat]) -> tuple[LineReader, ...]:
    """Readers for the formats that a server's configuration declares; those that cannot be read are left out."""
    readers: list[LineReader] = []
    for one in declared:
        try:
            readers.append(_reader(custom_format(one.text), one.name))
        except FormatError:
            continue
    return tuple(readers)


def _reader(found: LogFormat | KeyedLayout, name: str = "") -> LineReader:
    if isinstance(found, KeyedLayout):
        return JsonReader(KeyedLayout(found.name, f"{found.words} {name}".strip(), found.keys))
    words = f"{found.words} {name}".strip()
    return PatternReader(LogFormat(found.name, found.items, moment=found.moment, words=words))


def _names_of(reader: LineReader) -> set[str]:
    """The names under which a reader goes."""
    if isinstance(reader, PrefixedReader | JsonWrappedReader):
        return _names_of(reader.reader)
    if isinstance(reader, W3cReader):
        return {"w3c", reader.words.lower()}
    if isinstance(reader, PatternReader | JsonReader | PairsReader | CsvReader):
        name = reader.layout.name
        return {name, "json"} if isinstance(reader, JsonReader) else {name}
    return set()


def _plain(name: str) -> tuple[LineReader, ...]:
    """The readers for a name when no sample tells more."""
    layout = format_named(name)
    if layout is not None:
        return with_relatives([(PatternReader(layout), 1)])
    if name in KNOWN:
        return (JsonReader(KNOWN[name]),)
    if name in _TABLES:
        return (_table(name),)
    if name == "csv":
        raise FormatError(
            "the columns of this CSV file are not known",
            "its first line names none that tell a request",
            "the header needs a time and a method or a status",
        )
    keys = tuple(_usual_key(key) for key in _USUAL_KEYS.split())
    words = {"json": "JSON", "logfmt": "logfmt", "ltsv": "LTSV"}[name]
    usual = KeyedLayout(name, words, tuple(key for key in keys if key is not None))
    return (JsonReader(usual),) if name == "json" else (PairsReader(usual, "logfmt" if name == "logfmt" else "ltsv"),)


def _usual_key(name: str) -> Key | None:
    found = field_of_name(name)
    return None if found is None else Key(found[0], (name,), unit_of_name(name) or SECOND)


def _table(name: str) -> W3cReader:
    if name == "cloudfront":
        columns = CLOUDFRONT_FIELDS
        return W3cReader([W3cLayout(columns[:width], b"\t") for width in (33, 26, 29)], "CloudFront")
    layouts = [W3cLayout(names, b" ", MILLISECOND) for names in (IIS_FIELDS, IIS6_FIELDS)]
    return W3cReader(layouts, "IIS" if name == "iis" else "W3C")
