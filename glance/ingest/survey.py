"""Which readers a sample's lines ask for: each step takes the lines it can read and leaves the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from glance.domain.logs.catalogue import NamedFormat, named_formats
from glance.domain.logs.family import MEMBERS, loose_layouts, members_in, open_layouts
from glance.domain.logs.format import LogFormat
from glance.domain.logs.key_name import layout_of, unit_words
from glance.domain.logs.keyed import KeyedLayout
from glance.domain.logs.w3c import CLOUDFRONT_FIELDS, IIS6_FIELDS, IIS_FIELDS, W3cLayout
from glance.ingest.pairs import PairsReader, logfmt_pairs, ltsv_pairs
from glance.ingest.pattern import PatternReader
from glance.ingest.prefix import JSON_WRAPS, PREFIXES, JsonWrap, Prefix
from glance.ingest.reader import LineReader
from glance.ingest.table import CsvReader, W3cReader, csv_cells, w3c_reader

Found = list[tuple[LineReader, int]]
"""Readers with the number of lines that each of them read."""

_MOST_NAMED = 60
"""Lines whose keys are looked at."""
_SIBLINGS = {"npm": "npm_own", "npm_own": "npm", "uwsgi": "uwsgi_micros", "uwsgi_micros": "uwsgi"}
_MARKS = (b",", b";", b"\t", b"|")


def survey(lines: Sequence[bytes], head: Sequence[bytes], *, is_wrapped: bool = False) -> tuple[Found, list[bytes]]:
    """The readers for a sample.

    Args:
        lines: the sample.
        head: the log's beginning, for formats with a header.
        is_wrapped: a wrapper was taken off already; at most two are.

    Returns:
        Readers with the number of lines they read, and the lines that none reads.
    """
    found: Found = []
    unread = list(lines)
    for step in (_w3c, _json, _csv, _ltsv, _named, _family, _headerless, _logfmt):
        if unread:
            part, unread = step(unread, head)
            found += part
    if unread:
        part, unread = _unwrapped(unread, head, is_wrapped=is_wrapped)
        found += part
    return found, unread


def with_relatives(found: Found) -> tuple[LineReader, ...]:
    """The readers, the likeliest first, and behind them those for lines that a log may well hold later."""
    readers: dict[LineReader, None] = {}
    for reader, _ in sorted(found, key=lambda pair: -pair[1]):
        readers[reader] = None
    for reader in list(readers):
        if isinstance(reader, PatternReader):
            for layout in _relatives(reader.layout.name):
                readers[PatternReader(_behind(reader.layout, layout))] = None
    return tuple(readers)


def _behind(wrapped: LogFormat, layout: LogFormat) -> LogFormat:
    """A format behind the prefix of another."""
    return layout.wrapped(wrapped.prefix, wrapped.words.rpartition(" in ")[2]) if wrapped.prefix else layout


def _relatives(name: str) -> list[LogFormat]:
    if any(member.name == name for member in MEMBERS):
        return [*(layout for _, layout in open_layouts()), *loose_layouts()]
    sibling = _SIBLINGS.get(name)
    return [named.layout for named in named_formats() if named.name == sibling]


def _taken(reader: LineReader, lines: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    """What a reader reads of the lines, directives left out."""
    unread = [line for line in lines if reader.read_line(line) is None]
    count = len(lines) - len(unread)
    left = [line for line in unread if not reader.is_directive(line)]
    return ([(reader, count)], left) if count else ([], list(lines))


def _w3c(lines: Sequence[bytes], head: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    if not any(line.startswith(b"#Fields:") for line in (*head, *lines)):
        return [], list(lines)
    reader = w3c_reader([*head, *lines], _w3c_words([*head, *lines]))
    return ([], list(lines)) if reader is None else _taken(reader, lines)


def _w3c_words(lines: Sequence[bytes]) -> str:
    fields = next(line for line in lines if line.startswith(b"#Fields:"))
    if b"x-edge-location" in fields:
        return "CloudFront"
    software = next((line for line in lines if line.startswith(b"#Software:")), b"")
    for mark, words in ((b"Microsoft", "IIS"), (b"IIS", "IIS"), (b"Netscaler", "NetScaler")):
        if mark in software:
            return words
    return "W3C"


def _headerless(lines: Sequence[bytes], _: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    """CloudFront and IIS without their header."""
    if any(line.count(b"\t") > 10 for line in lines[:20]):
        names = CLOUDFRONT_FIELDS
        widths = Counter(line.count(b"\t") + 1 for line in lines if 19 <= line.count(b"\t") + 1 <= len(names))
        layouts = [W3cLayout(names[:width], b"\t") for width, _ in widths.most_common(3)]
        return _taken(W3cReader(layouts, "CloudFront"), lines) if layouts else ([], list(lines))
    if lines[0][:4].isdigit() and lines[0][4:5] == b"-" and lines[0][10:11] == b" ":
        layouts = [W3cLayout(names, b" ", 1e-3) for names in (IIS_FIELDS, IIS6_FIELDS)]
        return _taken(W3cReader(layouts, "IIS"), lines)
    return [], list(lines)


def _json(lines: Sequence[bytes], _: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    if not any(line.lstrip(b" \t").startswith(b"{") for line in lines):
        return [], list(lines)
    from glance.ingest.json_survey import survey_json  # msgspec: only for logs with JSON in them

    return survey_json(lines)


def _csv(lines: Sequence[bytes], head: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    header = next(iter(head or lines), b"")
    if header.startswith((b"#", b"{", b"[", b"<")):
        return [], list(lines)
    for mark in _MARKS:
        names = csv_cells(header, mark) if header.count(mark) > 1 else None
        if names is None or not all(names):
            continue
        rows = [cells for cells in (csv_cells(line, mark) for line in lines[:_MOST_NAMED] if line != header) if cells]
        objects = [
            dict(zip((name.decode("latin-1").strip() for name in names), cells, strict=True))
            for cells in rows
            if len(cells) == len(names)
        ]
        layout = layout_of(objects, "csv", "CSV") if objects else None
        if layout is not None:
            places = [name.decode("latin-1").strip() for name in names]
            columns = tuple(places.index(key.path[0]) for key in layout.keys)
            layout = KeyedLayout("csv", "CSV" + unit_words(layout), layout.keys)
            return _taken(CsvReader(layout, header, mark, columns, len(names)), lines)
    return [], list(lines)


def _ltsv(lines: Sequence[bytes], _: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    if not any(b"\t" in line and b":" in line for line in lines):
        return [], list(lines)
    return _pairs(lines, ltsv_pairs, "ltsv")


def _logfmt(lines: Sequence[bytes], _: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    if not any(line.count(b"=") > 1 for line in lines):
        return [], list(lines)
    return _pairs(lines, logfmt_pairs, "logfmt")


def _pairs(
    lines: Sequence[bytes], split: Callable[[bytes], dict[str, object] | None], kind: str
) -> tuple[Found, list[bytes]]:
    rows = [pairs for pairs in map(split, lines[: 2 * _MOST_NAMED]) if pairs is not None]
    words = {"ltsv": "LTSV", "logfmt": "logfmt"}[kind]
    layout = layout_of(rows, kind, words) if rows else None
    if layout is None:
        return [], list(lines)
    layout = KeyedLayout(kind, words + unit_words(layout), layout.keys)
    return _taken(PairsReader(layout, "ltsv" if kind == "ltsv" else "logfmt"), lines)


def _named(lines: Sequence[bytes], _: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    counts: Counter[NamedFormat] = Counter()
    unread: list[bytes] = []
    order = list(named_formats())
    for line in lines:
        for named in order:
            if named.hint in line and named.layout.parse(line) is not None:
                counts[named] += 1
                break
        else:
            unread.append(line)
    return [(PatternReader(named.layout), count) for named, count in counts.items()], unread


def _family(lines: Sequence[bytes], _: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    found: Found = [(PatternReader(layout), count) for layout, count in members_in(lines)]
    if not found:
        return _taken_by_any([PatternReader(layout) for layout in loose_layouts()], lines)
    readers = [reader for reader, _ in found]
    readers += [PatternReader(layout) for _, layout in open_layouts()]
    readers += [PatternReader(layout) for layout in loose_layouts()]
    unread = [line for line in lines if all(reader.read_line(line) is None for reader in readers)]
    return found, unread


def _taken_by_any(readers: Sequence[LineReader], lines: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    found: Found = []
    unread = list(lines)
    for reader in readers:
        part, unread = _taken(reader, unread)
        found += part
    return found, unread


def _unwrapped(lines: Sequence[bytes], head: Sequence[bytes], *, is_wrapped: bool) -> tuple[Found, list[bytes]]:
    """Readers for lines that something wraps."""
    found: Found = []
    unread = list(lines)
    wraps: tuple[Prefix | JsonWrap, ...] = (*JSON_WRAPS, *PREFIXES)
    for wrap in wraps:
        inner = [(line, stripped) for line in unread if (stripped := wrap.strip(line)) is not None]
        if not inner:
            continue
        heads = [stripped for line in head if (stripped := wrap.strip(line)) is not None]
        texts = [text for _, text in inner]
        part, left = survey(texts, heads, is_wrapped=True) if not is_wrapped else _bare(texts, heads)
        if part:
            found += [(wrap.wrap(reader), count) for reader, count in part]
            still = set(left)
            known = {line for line, text in inner if text not in still}
            unread = [line for line in unread if line not in known]
        if not unread:
            break
    return found, unread


def _bare(lines: Sequence[bytes], head: Sequence[bytes]) -> tuple[Found, list[bytes]]:
    """The readers for lines that nothing wraps any more."""
    found: Found = []
    unread = list(lines)
    for step in (_json, _named, _family, _logfmt):
        if unread:
            part, unread = step(unread, head)
            found += part
    return found, unread
