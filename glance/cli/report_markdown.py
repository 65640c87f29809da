"""A report as Markdown, for an issue, a wiki or a mail: headings and tables, nothing of the log is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC

from glance.domain import units
from glance.domain.logs.summary import Summary, TopList
from glance.domain.safe_text import safe_text

MARKUP = re.compile(r"([\\`*_\[\]|~#@$!])")
"""Characters that Markdown, or a common extension of it, gives a meaning in the middle of a line."""
MOST_CHARACTERS = 300
"""Characters kept of one text of the log."""


def render(summary: Summary) -> str:
    """The report."""
    return "\n".join(lines(summary)) + "\n"


def lines(summary: Summary) -> Iterator[str]:
    """All lines of the report."""
    yield "# Access log report"
    yield from file_lines(summary)
    yield from total_lines(summary)
    if summary.hits:
        yield from status_lines(summary)
        yield from latency_lines(summary)
        yield from kind_lines(summary)
        for top in summary.shown_tops:
            yield from top_lines(top, summary)
    yield from unparsed_lines(summary)
    if summary.notes:
        yield from ("", "## Notes", "")
        for note in summary.notes:
            yield f"- {escaped(note)}"


def file_lines(summary: Summary) -> Iterator[str]:
    """What was read, and the time it covers."""
    if summary.first is not None and summary.last is not None:
        first, last = units.date_minute(summary.first, UTC), units.date_minute(summary.last, UTC)
        yield from ("", f"{first} to {last} UTC")
    rows = [
        (escaped(file.path), escaped(file.format), *map(units.exact, (file.lines, file.parsed, file.unparsed)))
        for file in summary.files
    ]
    yield from table(("File", "Format", "Lines", "Parsed", "Unparsed"), rows, texts=2)


def total_lines(summary: Summary) -> Iterator[str]:
    """The figures over everything."""
    errors = summary.client_errors + summary.server_errors
    hits = summary.hits or 1
    about = "~" if summary.clients_are_approximate else ""
    yield from ("", "## Totals")
    yield from table(
        ("Figure", "Value", "Share"),
        [
            ("Total Hits", units.exact(summary.hits), ""),
            ("Data Sent", units.size(summary.bytes), ""),
            ("Clients", about + units.exact(summary.clients), ""),
            ("Known Users", units.exact(summary.users), ""),
            ("Errors", units.exact(errors), units.share(errors / hits)),
            ("Client Errors", units.exact(summary.client_errors), units.share(summary.client_errors / hits)),
            ("Server Errors", units.exact(summary.server_errors), units.share(summary.server_errors / hits)),
            ("Scanner Noise", units.exact(summary.scanner_errors), units.share(summary.scanner_errors / hits)),
        ],
    )


def status_lines(summary: Summary) -> Iterator[str]:
    """Status codes, methods and protocols."""
    statuses = [(str(status), hits) for status, hits in summary.statuses]
    for title, counts in (("Status", statuses), ("Methods", summary.methods), ("Protocols", summary.protocols)):
        if counts:
            yield from ("", f"## {title}")
            rows = [(escaped(name), units.exact(hits), units.share(hits / summary.hits)) for name, hits in counts]
            yield from table((title, "Hits", "Share"), rows)


def latency_lines(summary: Summary) -> Iterator[str]:
    """Percentiles, when the log has times."""
    if summary.latency is None:
        return
    names = ("p50", "p90", "p95", "p99", "max")
    yield from ("", "## Latency")
    row = (units.exact(summary.latency.count), *(units.duration(getattr(summary.latency, name)) for name in names))
    yield from table(("Requests", *names), [row], texts=0)


def kind_lines(summary: Summary) -> Iterator[str]:
    """Who asked, as the agents say of themselves."""
    if not summary.kinds:
        return
    yield from ("", "## Kinds")
    rows = [
        (
            escaped(kind.name),
            units.exact(kind.hits),
            units.share(kind.hits / summary.hits),
            units.exact(kind.client_errors),
            units.exact(kind.server_errors),
            units.size(kind.bytes),
        )
        for kind in summary.kinds
    ]
    yield from table(("Kind", "Hits", "Share", "4xx", "5xx", "Sent"), rows)


def top_lines(top: TopList, summary: Summary) -> Iterator[str]:
    """One top list."""
    if not top.rows:
        return
    without_cpu = all(row.cpu is None for row in top.rows)
    yield from ("", f"## Top {top.name}{' (approximate)' if top.is_approximate else ''}")
    rows = [
        (
            escaped(row.name) or "(empty)",
            units.exact(row.hits),
            units.share(row.hits / summary.hits),
            units.exact(row.client_errors),
            units.exact(row.server_errors),
            units.size(row.bytes),
            units.duration(row.p95),
            *(() if without_cpu else (units.duration(row.cpu),)),
        )
        for row in top.rows
    ]
    cpu = () if without_cpu else ("CPU a request",)
    yield from table(("Name", "Hits", "Share", "4xx", "5xx", "Sent", "p95", *cpu), rows)


def unparsed_lines(summary: Summary) -> Iterator[str]:
    """Some of the lines that no format reads."""
    if not summary.unparsed:
        return
    yield from ("", "## Not understood", "", f"{units.exact(summary.unparsed)} of {units.exact(summary.lines)} lines.")
    rows = [(escaped(sample.file), str(sample.line), escaped(sample.text)) for sample in summary.unparsed_samples]
    if rows:
        yield from table(("File", "Line", "Text"), rows, texts=3)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> Iterator[str]:
    """A table whose first `texts` columns are text, and the others figures set to the right."""
    yield ""
    yield f"| {' | '.join(header)} |"
    yield f"|{'|'.join('---' if column < texts else '---:' for column in range(len(header)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def escaped(text: str) -> str:
    """Text of the log as Markdown that shows it and does nothing else: no markup, no HTML, no link."""
    shown = MARKUP.sub(r"\\\1", safe_text(text, MOST_CHARACTERS))
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.replace("://", ":\\//").replace("www.", "www\\.")
