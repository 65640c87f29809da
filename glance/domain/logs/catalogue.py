"""The log formats that have a name, apart from the relatives of the common log format (`family`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from glance.domain.logs.duration import MICROSECOND, MILLISECOND
from glance.domain.logs.family import AGENT, CLIENT, MEMBERS
from glance.domain.logs.field import Field, Item, joined
from glance.domain.logs.format import LogFormat
from glance.domain.logs.timestamp import MomentParser, any_moment, clf_moment, ctime_moment, epoch_moment, iso_moment

_SKIP = Field("skip")
_TIME, _STATUS, _SIZE, _HOST = Field("time"), Field("status"), Field("size"), Field("host")
_METHOD, _TARGET, _REQUEST, _PROTOCOL = Field("method"), Field("target"), Field("request"), Field("protocol")
_AGENT, _REFERRER = Field("agent"), Field("referrer")
_UPSTREAM, _SERVER = Field("upstream"), Field("upstream", rb"[^ \n]*+")
"""The server behind; `_SERVER` where it is one word."""
_ANSWERED = Field("status", rb"[0-9]{3}")
_END = Field("skip", rb"(?: [^\n]*+)?+")
"""Whatever newer versions write behind."""
_PEER = Field("client", rb"(?:[^ :\n]|:(?![0-9]{1,5}(?: |\Z)))*+", rest=rb"(?::[0-9]{1,5})?+")
"""A client with its port, which is not kept."""
_ISO = Field("time", rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}+(?:Z|[+-][0-9]{2}:?[0-9]{2})?+")


@dataclass(frozen=True)
class NamedFormat:
    """A format of the catalogue."""

    name: str
    """What `--format` calls it."""
    words: str
    """What the screen calls it."""
    hint: bytes
    """Text that each of its lines holds; a line without it is not tried."""
    build: Callable[[], Sequence[Item]]
    moment: MomentParser = any_moment

    @cached_property
    def layout(self) -> LogFormat:
        """The format."""
        return LogFormat(self.name, joined(self.build()), moment=self.moment, words=self.words)


def _spread(count: int, separator: bytes = b" ") -> list[Item]:
    """So many columns that are not kept, each with what follows it."""
    return [item for _ in range(count) for item in (_SKIP, separator)]


def _traefik() -> Sequence[Item]:
    body: list[Item] = [_TIME, b'] "', _REQUEST, b'" ', _STATUS, b" ", _SIZE, *AGENT, b" ", _SKIP, b' "']
    return [*CLIENT, *body, _SKIP, b'" "', _UPSTREAM, b'" ', Field("latency", unit_seconds=MILLISECOND), b"ms"]


def _proxy_manager() -> Sequence[Item]:
    head: list[Item] = [b"[", _TIME, b"] ", _SKIP, b" ", _SKIP, b" ", _STATUS, b" - ", _METHOD, b" ", _SKIP, b" "]
    tail: list[Item] = [b"] [Sent-to ", _UPSTREAM, b'] "', _AGENT, b'" "', _REFERRER, b'"']
    return [*head, *_managed(), *tail]


def _proxy_manager_own() -> Sequence[Item]:
    head: list[Item] = [b"[", _TIME, b"] ", _STATUS, b" - ", _METHOD, b" ", _SKIP, b" "]
    return [*head, *_managed(), b'] "', _AGENT, b'" "', _REFERRER, b'"']


def _managed() -> list[Item]:
    return [_HOST, b' "', _TARGET, b'" [Client ', Field("client"), b"] [Length ", _SIZE, b"] [Gzip ", _SKIP]


def _haproxy() -> Sequence[Item]:
    total = Field("latency", rb"\+?[0-9]{1,12}|-1", unit_seconds=MILLISECOND)
    head: list[Item] = [_PEER, b" [", _TIME, b"] ", _SKIP, b" ", _SERVER, b" ", *_spread(4, b"/"), total, b" "]
    status = Field("status", rb"[0-9]{3}|-1")
    size = Field("size", rb"\+?[0-9]{1,18}")
    counters: list[Item] = [*_spread(3), Field("skip", rb"[0-9/+]++ [0-9/]++")]
    headers = Field("skip", rb'(?:\{[^"\n]*+)?+')
    return [*head, status, b" ", size, b" ", *counters, b" ", headers, b'"', _REQUEST, b'"', _END]


def _alb() -> Sequence[Item]:
    kind = Field("skip", rb"https?|h2|grpcs?|wss?")
    return [kind, b" ", *_balanced()]


def _balanced() -> list[Item]:
    times: list[Item] = [_SKIP, b" ", Field("latency"), b" ", _SKIP, b" "]
    sizes: list[Item] = [_ANSWERED, b" ", _SKIP, b" ", _SKIP, b" ", _SIZE, b' "', _REQUEST, b'" "', _AGENT, b'"', _END]
    return [_ISO, b" ", _SKIP, b" ", _PEER, b" ", _SERVER, b" ", *times, *sizes]


def _s3() -> Sequence[Item]:
    total = Field("latency", rb"[0-9]{1,12}|-", unit_seconds=MILLISECOND)
    head: list[Item] = [_SKIP, b" ", _HOST, b" [", _TIME, b"] ", Field("client"), b" ", Field("user"), b" "]
    body: list[Item] = [*_spread(3), b'"', _REQUEST, b'" ', _STATUS, b" ", _SKIP, b" ", _SIZE, b" ", _SKIP, b" "]
    return [*head, *body, total, b" ", _SKIP, *AGENT, _END]


def _envoy() -> Sequence[Item]:
    took = Field("latency", rb"[0-9]{1,12}|-", unit_seconds=MILLISECOND)
    head: list[Item] = [b"[", _TIME, b'] "', _REQUEST, b'" ', Field("status", rb"[0-9]{1,3}|-"), b" ", _SKIP, b" "]
    return [*head, Field("skip", rb"[0-9]++"), b" ", Field("size", rb"[0-9]{1,18}"), b" ", took, *_envoy_tail()]


def _envoy_tail() -> list[Item]:
    head: list[Item] = [b" ", _SKIP, b' "', Field("client"), b'" "', _AGENT, b'" "', _SKIP, b'" "']
    return [*head, _HOST, b'" "', _UPSTREAM, b'"', _END]


def _istio() -> Sequence[Item]:
    took = Field("latency", rb"[0-9]{1,12}|-", unit_seconds=MILLISECOND)
    head: list[Item] = [b"[", _TIME, b'] "', _REQUEST, b'" ', Field("status", rb"[0-9]{1,3}|-"), b" ", _SKIP, b" "]
    details: list[Item] = [_SKIP, b" ", _SKIP, b' "', _SKIP, b'" ', Field("skip", rb"[0-9]++"), b" "]
    return [*head, *details, Field("size", rb"[0-9]{1,18}"), b" ", took, *_envoy_tail()]


def _squid() -> Sequence[Item]:
    time = Field("time", rb"[0-9]{9,10}\.[0-9]{3}", rest=rb"(?: +(?= ))?")
    took = Field("latency", rb"[0-9]{1,12}|-1?", unit_seconds=MILLISECOND)
    body: list[Item] = [Field("client"), b" ", _SKIP, b"/", _ANSWERED, b" ", _SIZE, b" ", _METHOD, b" ", _TARGET, b" "]
    peer = Field("upstream", rb"[^ /\n]*+/[^ \n]*+", rest=rb"(?: [^\n]*+)?+")
    return [time, b" ", took, b" ", *body, Field("user"), b" ", peer]


def _uwsgi(unit: bytes, unit_seconds: float) -> Sequence[Item]:
    took = Field("latency", rb"[0-9]{1,12}", unit_seconds=unit_seconds)
    head: list[Item] = [b"[pid: ", _SKIP, b"] ", Field("client"), b" (", Field("user"), b") {", _SKIP, b"} [", _TIME]
    body: list[Item] = [b"] ", _METHOD, b" ", _TARGET, b" => generated ", _SIZE, b" bytes in ", took, b" ", unit, b" ("]
    return [*head, *body, _PROTOCOL, b" ", _STATUS, b") ", Field("skip", rb"[^\n]*+")]


def _confluence() -> Sequence[Item]:
    took = Field("latency", rb"[0-9]{1,12}", unit_seconds=MILLISECOND)
    head: list[Item] = [b"[", _TIME, b"] ", Field("user"), b" ", _SKIP, b" ", Field("client"), b" ", _METHOD, b" "]
    tail: list[Item] = [b" ", _STATUS, b" ", took, b"ms ", _SIZE, b" ", _REFERRER, b" ", _AGENT]
    return [*head, _TARGET, b" ", _PROTOCOL, *tail]


def _combined(client: Sequence[Item], time: Sequence[Item] = (_TIME, b'] "')) -> list[Item]:
    return [*client, *time, _REQUEST, b'" ', _STATUS, b" ", _SIZE, *AGENT]


def _combined_iso() -> Sequence[Item]:
    user = Field("user", rb"[^ \n]*+")
    return _combined((*CLIENT[:4], user, b" "), (_ISO, b' "'))


def _forwarded() -> Sequence[Item]:
    return _combined((Field("client"), b" (", _SKIP, b") ", *CLIENT[2:]))


def _bunkerweb() -> Sequence[Item]:
    identity = Field("skip", rb"[0-9a-f]{32}")
    return _combined((_HOST, b" ", Field("client"), b" - ", identity, b" ", Field("user"), b" ["))


def _without_user() -> Sequence[Item]:
    return _combined((Field("client"), b" - ["))


def _in_quotes() -> Sequence[Item]:
    return [b'"', *_combined(CLIENT), b'"']


@cache
def named_formats() -> tuple[NamedFormat, ...]:
    """The catalogue, the stricter before the more tolerant."""
    return (
        NamedFormat("traefik", "Traefik", b"ms", _traefik, clf_moment),
        NamedFormat("npm", "Nginx Proxy Manager", b"[Sent-to ", _proxy_manager, clf_moment),
        NamedFormat("npm_own", "Nginx Proxy Manager (own hosts)", b"[Client ", _proxy_manager_own, clf_moment),
        NamedFormat("haproxy", "HAProxy HTTP", b"] ", _haproxy, clf_moment),
        NamedFormat("alb", "AWS ALB", b" ", _alb, iso_moment),
        NamedFormat("elb", "AWS ELB", b"Z ", _balanced, iso_moment),
        NamedFormat("s3", "AWS S3", b"] ", _s3, clf_moment),
        NamedFormat("envoy", "Envoy", b'] "', _envoy, iso_moment),
        NamedFormat("istio", "Envoy (Istio)", b'] "', _istio, iso_moment),
        NamedFormat("squid", "Squid", b"/", _squid, epoch_moment),
        NamedFormat("uwsgi", "uWSGI", b" msecs (", lambda: _uwsgi(b"msecs", MILLISECOND), ctime_moment),
        NamedFormat("uwsgi_micros", "uWSGI in µs", b" micros (", lambda: _uwsgi(b"micros", MICROSECOND), ctime_moment),
        NamedFormat("confluence", "Confluence", b"ms ", _confluence, clf_moment),
        NamedFormat("bunkerweb", "BunkerWeb", b" - ", _bunkerweb, clf_moment),
        NamedFormat("combined_in_quotes", "combined in quotes", b'""', _in_quotes, clf_moment),
        NamedFormat("combined_iso", "combined with ISO time", b'Z "', _combined_iso, iso_moment),
        NamedFormat("combined_iso", "combined with ISO time", b'0 "', _combined_iso, iso_moment),
        NamedFormat("combined_forwarded", "combined + forwarded for", b") ", _forwarded, clf_moment),
        NamedFormat("combined_no_user", "combined without user", b" - [", _without_user, clf_moment),
    )


@cache
def format_named(name: str) -> LogFormat | None:
    """The format of that name, the common log format's relatives included; None when there is none."""
    for member in MEMBERS:
        if member.name == name:
            return member.layout()
    for named in named_formats():
        if named.name == name:
            return named.layout
    return None
