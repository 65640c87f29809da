"""The names under which servers write the fields of a record, and the schemas that are known as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from glance.domain.logs import value
from glance.domain.logs.duration import MILLISECOND, NANOSECOND, SECOND, UNIT_WORDS, unit_of_name, unit_of_values
from glance.domain.logs.keyed import Key, KeyedLayout
from glance.domain.logs.upstream import are_servers

_NAMES: dict[str, str] = {
    "time": "time timestamp ts timelocal timeiso8601 date datetime eventtime requesttimestamp starttime "
    "starttimestamp edgestarttimestamp startutc starttimeutc msec accesstime timeutc "
    "accesstimestamp received receivedat logtime",
    "client": "clientip remoteaddr remoteaddress clientaddr clientaddress remoteip ip clienthost remotehost "
    "client sourceip srcip src sourceaddress realip host_client remote fwd cip xforwardedfor peer",
    "user": "remoteuser user username userid authuser clientusername csusername login",
    "request": "request requestline httprequest req",
    "method": "method requestmethod httpmethod verb clientrequestmethod httprequestmethod csmethod reqmethod "
    "urlmethod requestverb",
    "path": "path uri url requesturi requestpath target httptarget httppath urlpath clientrequesturi requesturl "
    "originalurl rawpath uripath csuristem urloriginal httpurl endpoint",
    "protocol": "protocol serverprotocol proto httpversion requestprotocol clientrequestprotocol csprotocolversion "
    "httpprotocol csversion",
    "status": "status statuscode responsestatus httpstatus httpstatuscode code edgeresponsestatus downstreamstatus "
    "responsecode scstatus httpresponsestatuscode responsestatuscode originstatus",
    "size": "bodybytessent bytessent size bytes responsesize responsebytes edgeresponsebytes downstreamcontentsize "
    "bodybytes length contentlength bytesout responselength scbytes respsize written httpresponsebodybytes sent "
    "responsebodysize resbytes",
    "latency": "requesttime duration latency responsetime elapsed apptime reqtime timetaken took processingtime "
    "servetime elapsedtime responseduration requestduration durationtime rt generationtime totaltime "
    "upstreamresponsetime",
    "referrer": "httpreferer referer referrer httpreferrer requestreferer clientrequestreferer csreferer ref "
    "httprequestreferrer refererurl",
    "agent": "httpuseragent useragent ua agent requestuseragent clientrequestuseragent csuseragent browser "
    "useragentoriginal",
    "host": "host vhost httphost servername requesthost clientrequesthost hostname virtualhost xhostheader cshost "
    "domain authority",
    "upstream": "upstreamaddr upstreamaddress upstreamhost upstreamserver upstream upstreamurl backendaddr "
    "backendaddress backendserver backendhost backendurl backend serviceaddr targetaddr targetaddress upstreamname "
    "proxyupstreamname upstreamcluster backendname",
}
_SPENT = re.compile(
    r"(ms|us|ns|s|sec|secs|seconds|milliseconds|microseconds|nanoseconds|microsec|millisec|nanosec|millis|micros|nanos|msec|usec|milli)$"
)
_RANKS = {name: (field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names.split())}
_LATENCY_NAMES = frozenset(_NAMES["latency"].split())
_HEADERS = {"useragent": "agent", "referer": "referrer", "referrer": "referrer"}
_MOST_KEYS = 400


def plain(name: str) -> str:
    """A key without case and signs: `body_bytes_sent`, `bodyBytesSent` and `Body-Bytes-Sent` are one."""
    return "".join(sign for sign in name.lower() if sign.isalnum())


@lru_cache(4096)  # a log may bring ever new keys
def field_of_name(name: str) -> tuple[str, int] | None:
    """The field that a key tells and how good a name for it that is (0 is best); None for neither."""
    found = _RANKS.get(plain(name))
    if found is not None:
        return found
    if unit_of_name(name) is not None:
        stem = _SPENT.sub("", plain(name))
        if stem in _LATENCY_NAMES:
            return "latency", _RANKS[stem][1]
    return None


def flat(line: Mapping[str, object], most_depth: int = 4) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every key of a line, those within others too, with its value."""
    pending: list[tuple[tuple[str, ...], Mapping[str, object]]] = [((), line)]
    seen = 0
    while pending:
        above, level = pending.pop(0)
        for name, told in level.items():
            seen += 1
            if seen > _MOST_KEYS:
                return
            if isinstance(told, Mapping):
                if len(above) + 1 < most_depth:
                    pending.append(((*above, name), told))
            else:
                yield (*above, name), told


def layout_of(lines: Sequence[Mapping[str, object]], name: str, words: str) -> KeyedLayout | None:
    """The layout of a sample of lines, by the names of their keys; None when they are no requests."""
    found: dict[tuple[str, ...], list[object]] = {}
    for line in lines:
        for path, told in flat(line):
            found.setdefault(path, []).append(told)
    ranked: list[tuple[str, int, int, tuple[str, ...]]] = []
    for path, values in found.items():
        told = _field(path)
        if told is not None and (told := _judged(*told, path, values)):
            ranked.append((told[0], told[1], len(path), path))
    keys = [_key(field, path, found[path]) for field, _, _, path in sorted(ranked)]
    fields = {key.field for key in keys}
    if name == "ltsv" and "client" not in fields:
        # There `host` is who asked; the site is `vhost`.
        keys = [Key("client", key.path, is_list=key.is_list) if key.path == ("host",) else key for key in keys]
    if "time" not in fields or not fields & {"status", "method", "request"}:
        return None
    return KeyedLayout(name, words, tuple(keys))


def _field(path: tuple[str, ...]) -> tuple[str, int] | None:
    """The field at a path: by its last name, by its last two, or as a header of the request."""
    if len(path) > 1 and plain(path[-2]) in ("headers", "requestheaders", "header"):
        header = _HEADERS.get(plain(path[-1]))
        is_answer = any("resp" in plain(part) for part in path[:-1])
        return (header, 50) if header and not is_answer else None
    if any(plain(part) in ("responseheaders", "respheaders", "tls") for part in path[:-1]):
        return None
    return field_of_name(path[-1]) or (field_of_name("_".join(path[-2:])) if len(path) > 1 else None)


def _judged(field: str, rank: int, path: tuple[str, ...], values: Sequence[object]) -> tuple[str, int] | None:
    """The field, once its values are seen: a server has a name or an address, and one may be called `target`."""
    if field == "path" and plain(path[-1]) == "target" and are_servers(list(map(value.text, values))):
        return "upstream", len(_RANKS)
    if field == "upstream" and not any(isinstance(told, str | bytes) and not _plain_number(told) for told in values):
        return None
    return field, rank


def _key(field: str, path: tuple[str, ...], values: Sequence[object]) -> Key:
    is_list = any(isinstance(told, list) for told in values)
    if field == "time" and plain(path[-1]) == "date" and not any(_has_clock(told) for told in values):
        return Key("date", path, is_list=is_list)
    if field != "latency":
        return Key(field, path, is_list=is_list)
    return Key(field, path, _unit(path[-1], values), is_list)


def _has_clock(told: object) -> bool:
    return not isinstance(told, str | bytes) or (b":" in told if isinstance(told, bytes) else ":" in told)


def _unit(name: str, values: Sequence[object]) -> float:
    unit = unit_of_name(name)
    if unit is not None:
        return unit
    numbers = [float(str(told)) for told in map(_plain_number, values) if told is not None]
    return unit_of_values(numbers, is_whole=all(number.is_integer() for number in numbers) and _no_point(values))


def _plain_number(told: object) -> str | None:
    shown = told.decode("latin-1") if isinstance(told, bytes) else str(told)
    return shown if re.fullmatch(r"[0-9]{1,18}(?:\.[0-9]{1,18})?", shown) else None


def _no_point(values: Sequence[object]) -> bool:
    return not any("." in (told.decode("latin-1") if isinstance(told, bytes) else str(told)) for told in values)


def unit_words(layout: KeyedLayout) -> str:
    """What the screen adds for the latency of a layout; empty when it has none."""
    for key in layout.keys:
        if key.field == "latency":
            unit = "" if key.unit_seconds == SECOND else f" in {UNIT_WORDS[key.unit_seconds]}"
            return f" + request time{unit}"
    return ""


CADDY = KeyedLayout(
    "caddy",
    "Caddy JSON",
    (
        Key("time", ("ts",)),
        Key("client", ("request", "client_ip")),
        Key("client", ("request", "remote_ip")),
        Key("client", ("request", "remote_addr")),
        Key("user", ("user_id",)),
        Key("method", ("request", "method")),
        Key("path", ("request", "uri")),
        Key("protocol", ("request", "proto")),
        Key("host", ("request", "host")),
        Key("status", ("status",)),
        Key("size", ("size",)),
        Key("latency", ("duration",)),
        Key("agent", ("request", "headers", "User-Agent"), is_list=True),
        Key("referrer", ("request", "headers", "Referer"), is_list=True),
    ),
)
TRAEFIK = KeyedLayout(
    "traefik_json",
    "Traefik JSON",
    (
        Key("time", ("time",)),
        Key("time", ("StartUTC",)),
        Key("client", ("ClientHost",)),
        Key("user", ("ClientUsername",)),
        Key("method", ("RequestMethod",)),
        Key("path", ("RequestPath",)),
        Key("protocol", ("RequestProtocol",)),
        Key("host", ("RequestHost",)),
        Key("status", ("DownstreamStatus",)),
        Key("size", ("DownstreamContentSize",)),
        Key("latency", ("Duration",), NANOSECOND),
        Key("agent", ("request_User-Agent",)),
        Key("referrer", ("request_Referer",)),
        Key("upstream", ("ServiceAddr",)),
        Key("upstream", ("BackendAddr",)),
    ),
)
CLOUDFLARE = KeyedLayout(
    "cloudflare",
    "Cloudflare JSON",
    (
        Key("time", ("EdgeStartTimestamp",)),
        Key("client", ("ClientIP",)),
        Key("method", ("ClientRequestMethod",)),
        Key("path", ("ClientRequestURI",)),
        Key("path", ("ClientRequestPath",)),
        Key("protocol", ("ClientRequestProtocol",)),
        Key("host", ("ClientRequestHost",)),
        Key("status", ("EdgeResponseStatus",)),
        Key("size", ("EdgeResponseBytes",)),
        Key("latency", ("EdgeTimeToFirstByteMs",), MILLISECOND),
        Key("agent", ("ClientRequestUserAgent",)),
        Key("referrer", ("ClientRequestReferer",)),
        Key("upstream", ("OriginIP",)),
    ),
)
CLOUDFRONT = KeyedLayout(
    "cloudfront_json",
    "CloudFront JSON",
    (
        Key("date", ("date",)),
        Key("clock", ("time",)),
        Key("clock", ("start_time",)),
        Key("client", ("c-ip",)),
        Key("method", ("cs-method",)),
        Key("path", ("cs-uri-stem",)),
        Key("protocol", ("cs-protocol-version",)),
        Key("host", ("x-host-header",)),
        Key("host", ("cs(Host)",)),
        Key("status", ("sc-status",)),
        Key("size", ("sc-bytes",)),
        Key("latency", ("time-taken",)),
        Key("agent", ("cs(User-Agent)",)),
        Key("referrer", ("cs(Referer)",)),
    ),
)
FRONT_DOOR = KeyedLayout(
    "azure_front_door",
    "Azure Front Door JSON",
    (
        Key("time", ("time",)),
        Key("client", ("properties", "clientIp")),
        Key("method", ("properties", "httpMethod")),
        Key("path", ("properties", "requestUri")),
        Key("protocol", ("properties", "httpVersion")),
        Key("host", ("properties", "hostName")),
        Key("status", ("properties", "httpStatusCode")),
        Key("size", ("properties", "responseBytes")),
        Key("latency", ("properties", "timeTaken")),
        Key("agent", ("properties", "userAgent")),
        Key("referrer", ("properties", "referer")),
    ),
)
_SIGNATURES: tuple[tuple[frozenset[str], KeyedLayout], ...] = (
    (frozenset({"ts", "request", "status", "duration"}), CADDY),
    (frozenset({"DownstreamStatus", "RequestMethod"}), TRAEFIK),
    (frozenset({"ClientIP", "EdgeStartTimestamp"}), CLOUDFLARE),
    (frozenset({"c-ip", "cs-uri-stem", "date"}), CLOUDFRONT),
    (frozenset({"properties", "category", "operationName"}), FRONT_DOOR),
)
KNOWN = {layout.name: layout for _, layout in _SIGNATURES}


def known_layout(line: Mapping[str, object]) -> KeyedLayout | None:
    """The known schema that a line is written in."""
    for names, layout in _SIGNATURES:
        if names <= line.keys():
            if layout is CADDY and not isinstance(line["request"], Mapping):
                continue
            return layout
    return None
