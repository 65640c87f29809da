"""What others' test suites say about the lines of the corpus, as (line, field → value) pairs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

Golden = tuple[bytes, dict[str, object]]
"""A line and what it says: text fields as bytes, `size` and `at_ms` as numbers."""

_CROWDSEC = re.compile(
    r'^results\["s01-parse"\]\["[^"]+"\]\[(\d+)\]\.(Success|Evt\.(Parsed|Meta)\["([^"]+)"\]) == (.+)$', re.M
)
_CROWDSEC_FIELDS = {
    "source_ip": "client",
    "http_path": "path",
    "http_status": "status",
    "http_verb": "method",
    "http_user_agent": "agent",
    "target_fqdn": "host",
}


def crowdsec(path: Path) -> Iterator[Golden]:
    """A parser test of CrowdSec's hub; lines that are no access lines (an `error` sub type) are left out."""
    rows: dict[int, dict[str, str]] = {}
    for index, name, _, key, value in _CROWDSEC.findall(path.read_text(encoding="utf-8")):
        shown = value if value in ("true", "false") else json.loads(value, strict=False)
        rows.setdefault(int(index), {})[key or name] = shown
    for row in rows.values():
        if row["Success"] == "true" and "message" in row and row.get("http_status"):
            fields = {_CROWDSEC_FIELDS[key]: value for key, value in row.items() if key in _CROWDSEC_FIELDS and value}
            yield row["message"].encode(), {key: value.encode() for key, value in fields.items()}


def elastic(path: Path) -> Iterator[Golden]:
    """A pipeline test of an elastic package."""
    for event in json.loads(path.read_text(encoding="utf-8"))["expected"]:
        yield event["event"]["original"].split("\n")[0].encode(), _ecs(event)


def sekoia(path: Path) -> Iterator[Golden]:
    """A parser test of Sekoia's intake formats."""
    test = json.loads(path.read_text(encoding="utf-8"))
    yield test["input"]["message"].strip("\n").encode(), _ecs(test["expected"])


def _ecs(event: Mapping[str, object]) -> dict[str, object]:
    """The fields of an event in Elastic's common schema."""
    found: dict[str, object] = {}
    for name, keys in {
        "client": ("source", "address"),
        "method": ("http", "request", "method"),
        "status": ("http", "response", "status_code"),
        "size": ("http", "response", "bytes"),
        "body": ("http", "response", "body", "bytes"),
        "path": ("url", "path"),
        "agent": ("user_agent", "original"),
        "referrer": ("http", "request", "referrer"),
    }.items():
        told: object = event
        for key in keys:
            told = told.get(key) if isinstance(told, Mapping) else None
        if told is not None:
            found[name] = told if isinstance(told, int) and name in ("size", "body") else str(told).encode()
    if "body" in found:
        found["size"] = found.pop("body")
    if "@timestamp" in event:
        at = datetime.fromisoformat(str(event["@timestamp"])).astimezone(UTC)
        found["at_ms"] = int(at.timestamp() * 1000)
    return found


def pylogsparser(path: Path) -> Iterator[Golden]:
    """Examples of pylogsparser's normalizers."""
    names = {"source_ip": "client", "status": "status", "method": "method", "url_path": "path", "useragent": "agent"}
    for example in json.loads(path.read_text(encoding="utf-8")):
        told = example["expected"]
        yield example["line"].encode(), {field: told[name].encode() for name, field in names.items() if name in told}


def fail2ban(path: Path) -> Iterator[Golden]:
    """The lines of a fail2ban filter test behind their `failJSON` comments; times there are local (+1 h or +2 h)."""
    told: Mapping[str, object] = {}
    for line in path.read_bytes().split(b"\n"):
        if line.startswith(b"# failJSON:"):
            told = json.loads(line.removeprefix(b"# failJSON:"))
        elif line and not line.startswith(b"#") and told.get("host"):
            yield line.rstrip(b"\r"), {"client": str(told["host"]).encode(), "local": told.get("time")}
            told = {}


def matomo(path: Path, name: str) -> dict[str, object]:
    """What Matomo's log importer says of the first line of one of its logs."""
    test = json.loads(path.read_text(encoding="utf-8"))[name]
    found = dict(test.get("first_line_fields", {}))
    for key, told in test.items():
        if key.startswith("hits:"):
            for hit, value in told.items():
                if hit.startswith("hits[0]['"):
                    found.setdefault(hit[9:-2], value)
    names = {"ip": "client", "status": "status", "path": "path", "user_agent": "agent", "referrer": "referrer"}
    out: dict[str, object] = {names[key]: str(told).encode() for key, told in found.items() if key in names}
    if "length" in found:
        out["size"] = int(found["length"])
    return out
