"""Where the program starts and ends: the one place that catches what nobody else did."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys

import click
from click.core import ParameterSource

from glance.cli.options import ALONE, variable_of
from glance.cli.root import DEFAULT_VERB, root
from glance.cli.terminal import Terminal
from glance.domain.safe_text import safe_text
from glance.errors import ConfigError, GlanceError, MarkedError

COMPLETION_VARIABLE = "_GLANCE_COMPLETE"
"""Set by a shell's completion script when it asks for words."""

INTERRUPTED = 130
BROKEN_PIPE = 141
"""Exit codes as a shell gives them to a program that SIGINT or SIGPIPE ended."""

_WITH_AN_END = ("textual", "apsw", "duckdb")
"""Modules after which the interpreter is to end as usual."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says when a disk is full: no bug."""


def main(arguments: list[str] | None = None) -> int:
    """Run glance.

    Args:
        arguments: the command line after the program's name; None is that of the process.

    Returns:
        The exit code.
    """
    ended: list[int] = []
    is_alone = arguments is None
    if arguments is None:
        arguments = sys.argv[1:]
        atexit.register(_leave, ended)  # the first to be registered is the last to be run
    atexit.register(gc.freeze)  # at the end the system takes it all back; to collect it first takes 40 ms
    terminal = Terminal.remembered()
    try:
        _require_output()
        ended.append(_flushed(_run(arguments, is_alone=is_alone)))
        return ended[0]
    except GlanceError as error:
        return _tell(error)
    except click.ClickException as error:
        return _tell_usage(error)
    except (KeyboardInterrupt, click.Abort):
        terminal.restore()
        return INTERRUPTED
    except BrokenPipeError:
        _silence_output()
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the one catch-all of the program: a bug is reported, not hidden
        terminal.restore()
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            _silence_output()
            return _tell(GlanceError("cannot write", error.strerror or "", "free some space, or write somewhere else"))
        return _tell_bug(error, has_traceback=_wants_traceback(arguments))


def _run(arguments: list[str], *, is_alone: bool) -> int:
    """Do what the command line asks for.

    Not through click's own `main`, which would answer a broken pipe and an interrupt in its way;
    only a shell's request for words goes there.
    """
    if COMPLETION_VARIABLE in os.environ:
        root.main(arguments, prog_name="glance", complete_var=COMPLETION_VARIABLE)
    try:
        with root.make_context("glance", list(arguments)) as ctx:
            ctx.meta[ALONE] = is_alone
            code = root.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    return code if isinstance(code, int) else 0


def _require_output() -> None:
    """Everything that glance does is written somewhere.

    Raises:
        GlanceError: standard output is closed.
    """
    if sys.stdout is None:
        raise GlanceError(
            "there is nowhere to write", "standard output is closed", "send it somewhere: glance … > FILE"
        )


def _flushed(code: int) -> int:
    """This exit code, once everything is written: a broken pipe shows itself only then."""
    sys.stdout.flush()
    return code


def _leave(ended: list[int]) -> None:
    """End a process that ended well at once: to take the interpreter apart before takes as long as a small report.

    Not where a screen, a database or DuckDB was open: they end in their own way.
    """
    if not ended or not sys.modules.keys().isdisjoint(_WITH_AN_END):
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(ended[0])


def _tell(error: GlanceError) -> int:
    """Say what, why and what to do; returns the exit code."""
    _say(f"glance: {error.what}", fg="red", bold=True)
    for label, text in (("why", error.why), ("do", error.hint)):
        if text:
            first, *more = text.splitlines() if isinstance(error, MarkedError) else [text]
            _say(f"  {label:<4} {first}", fg="cyan" if label == "do" else None)
            for line in more:  # the text, and the mark under its mistake
                _say(f"  {'':<4} {line}")
    return error.exit_code


def _tell_usage(error: click.ClickException) -> int:
    """Say what is wrong with the command line, or with the variable that stands for a part of it."""
    if isinstance(error, click.BadParameter) and error.ctx is not None and error.param is not None:
        key = error.param.name or ""
        if error.ctx.get_parameter_source(key) is ParameterSource.ENVIRONMENT:
            variable = variable_of(key)
            return _tell(
                ConfigError(
                    f"bad value in the environment for {variable}",
                    error.message,
                    f"correct it, or run `unset {variable}` to use the default",
                )
            )
    where = error.ctx if isinstance(error, click.UsageError) else None
    if where is not None and where.info_name == DEFAULT_VERB:
        where = where.parent  # nobody typed that word
    click.UsageError(_safe(error.format_message()), where).show()
    return error.exit_code


def _tell_bug(error: Exception, has_traceback: bool) -> int:
    """Say that glance itself failed; returns the exit code."""
    import traceback  # only on the way to an error

    if has_traceback:
        traceback.print_exception(error)
        return 1
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if f"glance{os.sep}" in frame.filename]
    where = f" at {os.path.basename(ours[-1].filename)}:{ours[-1].lineno}" if ours else ""
    _tell(
        GlanceError(
            f"a bug: {type(error).__name__}{where}",
            str(error) or "no message came with it",
            "this is a fault of glance, not of your log; run it again with --debug for the traceback, and report that",
        )
    )
    return 1


def _wants_traceback(arguments: list[str]) -> bool:
    """Whether to show a traceback; asked apart from click, since click may be what failed."""
    return "--debug" in arguments or os.environ.get("GLANCE_DEBUG", "").lower() not in ("", "0", "false", "no")


def _say(text: str, fg: str | None = None, bold: bool | None = None) -> None:
    """A line on standard error: safe for a terminal, in colour where that is one."""
    line = _safe(text)
    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    click.secho(line, err=True, fg=fg, bold=bold, color=False if is_plain else None)


def _safe(text: str) -> str:
    """Text as one line that a terminal does not obey: it may hold what was typed, or the name of a file."""
    return " ".join(safe_text(part.lstrip("\t")) for part in text.splitlines())


def _silence_output() -> None:
    """Let the interpreter's last flush go nowhere: the reader of our output is gone, and knows it."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    os.close(sink)
