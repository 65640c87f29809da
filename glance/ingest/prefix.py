"""What wraps the lines of a log: docker, CRI, syslog and journald prefixes, and JSON around a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from glance.domain.logs import value
from glance.domain.logs.record import LogRecord
from glance.ingest.builder import BucketBuilder
from glance.ingest.pattern import PatternReader
from glance.ingest.reader import LineReader, Session

if TYPE_CHECKING:
    import msgspec

_ISO = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}+(?:Z|[+-][0-9]{2}:?[0-9]{2})"
_PRIORITY = rb"(?:<[0-9]{1,3}>)?+"
_TAG = rb"[^ \[:\n]++(?:\[[^\]\n]*+\])?+: "


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before each line."""

    name: str
    words: str
    pattern: bytes
    """Exact, without groups; holds no newline and no quote."""

    def strip(self, line: bytes) -> bytes | None:
        """The line without it; None when it does not have it."""
        found = _at_start(self.pattern).match(line)
        return None if found is None else line[found.end() :]

    def wrap(self, reader: LineReader) -> LineReader:
        """A reader of lines that have it."""
        if isinstance(reader, PatternReader):
            return PatternReader(reader.layout.wrapped(self.pattern, self.words))
        return PrefixedReader(reader, self)


PREFIXES = (
    Prefix("compose", "docker-compose", rb"[A-Za-z0-9][A-Za-z0-9_.-]*+ *+\| "),
    Prefix("kubectl", "kubectl", rb"\[pod/[^\]\n]++\] "),
    Prefix("cri", "CRI", _ISO + rb" std(?:out|err) F "),
    Prefix("syslog5424", "syslog", rb"<[0-9]{1,3}>1(?: [^ \n]++){5} (?:-|(?:\[[^\]\n]*+\])++) (?:\xef\xbb\xbf)?+"),
    Prefix("syslog", "syslog", _PRIORITY + rb"[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} (?:[^ :\n]++ )?+" + _TAG),
    Prefix("syslog_iso", "syslog", _PRIORITY + _ISO + rb" [^ \n]++ " + _TAG),
    Prefix("docker_time", "docker", _ISO + b" "),
    Prefix("priority", "syslog", rb"<[0-9]{1,3}>"),
    Prefix("level", "a level", rb"[A-Z][A-Za-z]{2,8}: "),
    Prefix("blank", "blanks", rb" ++"),
)


@cache
def _at_start(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(b"^" + pattern, re.M)


@dataclass(frozen=True, slots=True)
class PrefixedReader:
    """Reads lines behind a prefix by cutting it off."""

    reader: LineReader
    prefix: Prefix

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        return f"{self.reader.words} in {self.prefix.words}"

    def session(self, builder: BucketBuilder) -> Session:
        """Begin a bucket."""
        return _PrefixedSession(self.reader.session(builder), _at_start(self.prefix.pattern))

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line, None when it is not of this format."""
        inner = self.prefix.strip(line)
        return None if inner is None else self.reader.read_line(inner)

    def is_directive(self, line: bytes) -> bool:
        """The wrapped line is a directive."""
        inner = self.prefix.strip(line)
        return inner is not None and self.reader.is_directive(inner)


class _PrefixedSession:
    """Cuts the prefix off every line of a piece."""

    def __init__(self, session: Session, pattern: re.Pattern[bytes]) -> None:
        self._session = session
        self._pattern = pattern

    @property
    def pending(self) -> int:
        """Records taken that the builder has not got yet."""
        return self._session.pending

    def read_piece(self, piece: bytes) -> bool:
        """Take every line of the piece, or none when one is not certainly of this format."""
        inner, count = self._pattern.subn(b"", piece)
        return count == piece.count(b"\n") and self._session.read_piece(inner)

    def flush(self) -> None:
        """Hand what was taken so far to the builder."""
        self._session.flush()


@dataclass(frozen=True, slots=True)
class JsonWrap:
    """JSON around a line of text: docker's json-file, journald's export."""

    key: str
    words: str

    def strip(self, line: bytes) -> bytes | None:
        """The text within; None when there is none."""
        if b'"' + self.key.encode() + b'"' not in line:
            return None
        from glance.ingest.json_lines import loaded  # msgspec: only for logs with JSON in them

        found = loaded(line)
        told = None if found is None else found.get(self.key)
        if not isinstance(told, str):
            return None
        inner = value.encoded(told).removesuffix(b"\n").removesuffix(b"\r")
        return None if b"\n" in inner else inner

    def wrap(self, reader: LineReader) -> LineReader:
        """A reader of lines that are wrapped so."""
        return JsonWrappedReader(reader, self)


JSON_WRAPS = (
    JsonWrap("log", "docker JSON"),
    JsonWrap("MESSAGE", "journald JSON"),
    JsonWrap("message", "JSON"),
    JsonWrap("msg", "JSON"),
)


@dataclass(frozen=True, slots=True)
class JsonWrappedReader:
    """Reads lines of text within JSON."""

    reader: LineReader
    wrap: JsonWrap

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        return f"{self.reader.words} in {self.wrap.words}"

    def session(self, builder: BucketBuilder) -> Session:
        """Begin a bucket."""
        return _JsonWrappedSession(self.reader.session(builder), self.wrap.key)

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line, None when it is not of this format."""
        inner = self.wrap.strip(line)
        return None if inner is None else self.reader.read_line(inner)

    def is_directive(self, line: bytes) -> bool:
        """The wrapped line is a directive."""
        inner = self.wrap.strip(line)
        return inner is not None and self.reader.is_directive(inner)


@cache
def _unwrapper(key: str) -> msgspec.json.Decoder[Any]:
    import msgspec  # only for logs with JSON in them

    return msgspec.json.Decoder(msgspec.defstruct("Wrap", [("text", str)], rename={"text": key}, gc=False))


class _JsonWrappedSession:
    """Unwraps every line of a piece."""

    def __init__(self, session: Session, key: str) -> None:
        self._session = session
        self._decoder = _unwrapper(key)

    @property
    def pending(self) -> int:
        """Records taken that the builder has not got yet."""
        return self._session.pending

    def read_piece(self, piece: bytes) -> bool:
        """Take every line of the piece, or none when one is not certainly of this format."""
        count = piece.count(b"\n")
        if not piece.startswith(b"{") or piece.count(b"}\n{") != count - 1 or not piece.endswith(b"}\n"):
            return False
        try:
            rows = self._decoder.decode_lines(piece)
            texts = [row.text.removesuffix("\n").removesuffix("\r") for row in rows]
            inner = "\n".join([*texts, ""]).encode()
        except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
            return False
        return len(rows) == count == inner.count(b"\n") and self._session.read_piece(inner)

    def flush(self) -> None:
        """Hand what was taken so far to the builder."""
        self._session.flush()
