"""GoAccess format strings: `%h %^[%d:%t %^] "%r" %s %b "%R" "%u"`, with its date and time formats."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glance.domain.logs.duration import MICROSECOND, MILLISECOND, NANOSECOND, SECOND
from glance.domain.logs.format import LogFormat
from glance.domain.logs.format_string import Part, assemble, mistake

KIND = "GoAccess format"
DATE_FORMAT, TIME_FORMAT = "%d/%b/%Y", "%H:%M:%S"
_SPECIFIERS = {
    "v": "host",
    "e": "user",
    "h": "client",
    "r": "request",
    "m": "method",
    "U": "target",
    "H": "protocol",
    "s": "status",
    "b": "size",
    "R": "referrer",
    "u": "agent",
    "q": "skip",
    "C": "skip",
    "K": "skip",
    "k": "skip",
    "M": "skip",
    "^": "skip",
}
_LATENCIES = {"T": SECOND, "L": MILLISECOND, "D": MICROSECOND, "n": NANOSECOND}
_SETTING = re.compile(
    r"^\s*(?:--)?(log|date|time)-format[ \t=]+(?:'([^'\n]*)'|\"((?:[^\"\\\n]|\\.)*)\"|([^\n]*?))\s*(?:$|(?=\s--))", re.M
)
_TOKEN = re.compile(r"%(.)|~h\{([^}]*)\}|(%)|((?:[^%~]|~(?!h\{))+)", re.S)


def parse_goaccess(text: str, date_format: str = DATE_FORMAT, time_format: str = TIME_FORMAT) -> LogFormat:
    """The format of a GoAccess string.

    Args:
        text: a format string, or `log-format`, `date-format` and `time-format` as GoAccess's configuration
            or command line has them, each on its line or behind `--`.
        date_format: what `%d` is, when the text does not say.
        time_format: what `%t` is, when the text does not say.

    Raises:
        FormatError: it cannot be read.
    """
    settings = {found[1]: found[2] or found[3] or found[4] for found in _SETTING.finditer(text.replace(" --", "\n--"))}
    if "log" in settings:
        text = settings["log"]
    parts = list(_parts(text, settings.get("date", date_format), settings.get("time", time_format)))
    return assemble(KIND, text, _with_zone(parts))


def _parts(text: str, date_format: str, time_format: str) -> Iterator[Part]:
    for found in _TOKEN.finditer(text.replace("\\t", "\t").replace('\\"', '"')):
        column, specifier = found.start(), found[1]
        if found[3]:
            raise mistake(KIND, text, column, "a `%` without a specifier", "a specifier is `%h`, `%d` or `%^`")
        if found[4]:
            yield Part(column, literal=found[4].encode())
        elif found[2] is not None:
            yield Part(column, field="client", rank=1)
        elif specifier == "%":
            yield Part(column, literal=b"%")
        elif specifier == "d":
            yield Part(column, field="time", template=date_format)
        elif specifier == "t":
            yield Part(column, field="time", template=time_format)
        elif specifier == "x":
            template = date_format if "%H" in date_format or "%T" in date_format or "%s" in date_format else ""
            yield Part(column, field="time", template=template or f"{date_format}:{time_format}")
        elif specifier in _LATENCIES:
            yield Part(column, field="latency", unit_seconds=_LATENCIES[specifier])
        elif specifier == "~":
            continue
        elif specifier in _SPECIFIERS:
            yield Part(column, field=_SPECIFIERS[specifier])
        else:
            known = " ".join(sorted({*_SPECIFIERS, *_LATENCIES, "d", "t", "x", "~"}))
            raise mistake(KIND, text, column, f"`%{specifier}` is no specifier", f"the specifiers are: {known}")


def _with_zone(parts: list[Part]) -> list[Part]:
    """`%d:%t %^]`: what is ignored behind the time is its zone, and is read."""
    out: list[Part] = []
    for part in parts:
        is_zone = (
            part.literal.startswith(b"]")
            and len(out) > 2
            and out[-1].field == "skip"
            and out[-2].literal == b" "
            and out[-3].template
            and "%z" not in out[-3].template
        )
        if is_zone:
            del out[-2:]
            out.append(Part(part.column, field="time", template=" %z"))
        out.append(part)
    return out
