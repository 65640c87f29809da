"""Makes sources of what a person named: a file, a pattern, a directory, a pipe; or finds logs in the usual places."""

from __future__ import annotations

import fnmatch
import glob
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from glance.errors import SourceError
from glance.paths import state_dir
from glance.sources.compression import archive_kind
from glance.sources.copies import Copies
from glance.sources.family import live_name, stem_name
from glance.sources.regular_file import not_regular, open_regular, reason_in_words

SourceKind = Literal["file", "archive", "pipe", "stdin"]

SAMPLE_BYTES = 1 << 16
"""First bytes of a file that tell text from anything else."""

USUAL_PATTERNS = (
    "var/log/nginx/*access*log",
    "var/log/apache2/*access*log",
    "var/log/httpd/*access*log",
    "var/log/caddy/*.log",
    "var/log/traefik/*access*log",
    "var/log/haproxy.log",
    "var/log/haproxy/*.log",
    "var/log/lighttpd/*access*log",
    "var/log/openresty/*access*log",
    "data/logs/*access*log",
    "usr/local/nginx/logs/*access*log",
    "usr/local/openresty/nginx/logs/*access*log",
    "usr/local/apache2/logs/*access*log",
    "usr/local/var/log/nginx/*access*log",
    "usr/local/var/log/httpd/*access*log",
    "opt/homebrew/var/log/nginx/*access*log",
    "opt/homebrew/var/log/httpd/*access*log",
)
"""Where nginx, Apache, Caddy, Traefik, HAProxy and others write by default, below the root."""

_IN_DIRECTORY = ("*.log", "*access*")
_LONG_HOLE = re.compile(rb"\0{64,}")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b\b"))


@dataclass(frozen=True, slots=True)
class FoundSource:
    """Something that can be read."""

    path: str
    kind: SourceKind = "file"


@dataclass(frozen=True, slots=True)
class UsualPlaces:
    """The answer when nothing was named."""

    looked_in: tuple[str, ...]
    """The patterns."""
    found: tuple[FoundSource, ...]
    """Readable logs, the one written last first."""
    forbidden: tuple[str, ...] = ()
    """Logs that are there and may not be read."""


@dataclass(slots=True)
class Glob:
    """A pattern under which files may appear later."""

    pattern: str
    copies: Copies = field(default_factory=Copies)
    """Files that match and are copies of others: given only when they go on differently."""
    _known: set[str] = field(default_factory=set)

    def rescan(self) -> list[FoundSource]:
        """Files that match and were not given before, in order of their names.

        Rotated predecessors (`access.log.1`, `access.log-20260101`, `*.gz`) are no new sources,
        since their lines were read under their first name; unless the pattern matches nothing else.
        """
        matches = without_second_names(sorted(glob.glob(self.pattern, recursive=True)))
        live = [path for path in matches if not is_rotated(path, matches)]
        fresh = [path for path in (live if live or self._known else matches) if path not in self._known]
        found = []
        for path in self.copies.sort_out(fresh, self._known) if fresh else ():
            try:
                found.append(examine(path))
            except SourceError:
                continue  # looked at again next time: permissions change, a file becomes text
            self._known.add(path)
        return found


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the command line means."""

    sources: tuple[FoundSource, ...]
    globs: tuple[Glob, ...] = ()
    """To be scanned again now and then."""


def discover(arguments: Sequence[str]) -> Discovery:
    """The sources that were named, each file once, in the order they were named.

    Args:
        arguments: paths, patterns, directories or `-`.

    Raises:
        SourceError: one of them cannot be read.
    """
    sources: list[FoundSource] = []
    globs: list[Glob] = []
    for argument in arguments:
        if argument == "-":
            sources.append(_standard_input())
            continue
        path = os.path.expanduser(argument)
        if os.path.isdir(path):
            sources += _in_directory(path)
        elif glob.has_magic(path) and not os.path.lexists(path):
            globs.append(Glob(path))
            sources += _matching(globs[-1])
        else:
            sources.append(examine(path, allow_pipe=True))
    return Discovery(tuple(each_file_once(sources)), tuple(globs))


def usual_places(root: str = "/") -> UsualPlaces:
    """Look for access logs where servers write them by default."""
    patterns = tuple(os.path.join(root, pattern) for pattern in USUAL_PATTERNS)
    found: list[FoundSource] = []
    forbidden: list[str] = []
    for pattern in patterns:
        matches = sorted(glob.glob(pattern))
        for path in matches:
            if is_rotated(path, matches) or not os.path.isfile(path):
                continue
            try:
                found.append(examine(path))
            except SourceError:
                if not os.access(path, os.R_OK):
                    forbidden.append(path)
    newest_first = sorted(each_file_once(found), key=lambda source: os.stat(source.path).st_mtime, reverse=True)
    return UsualPlaces(patterns, tuple(newest_first), tuple(forbidden))


def is_rotated(path: str, among: Iterable[str] = ()) -> bool:
    """Whether a name is what rotation makes of another.

    Args:
        path: the name.
        among: names beside it: `access-2026-01-01.log` is rotated if there is an `access.log`, and
            else a log that is written by date.
    """
    name = os.path.basename(path)
    if live_name(name) != name:
        return True
    stem = stem_name(name)
    live = os.path.join(os.path.dirname(path), stem)
    return stem != name and (live in set(among) or os.path.exists(live))


def examine(path: str, *, allow_pipe: bool = False) -> FoundSource:
    """What kind of source a path is.

    Raises:
        SourceError: it cannot be read, or holds no text.
    """
    try:
        mode = os.stat(path).st_mode
        if allow_pipe and stat.S_ISFIFO(mode):
            return FoundSource(path, "pipe")
        if not stat.S_ISREG(mode):
            raise not_regular(path, mode)
        fd = open_regular(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    if _is_own(path):
        os.close(fd)
        raise SourceError(
            f"{path} cannot be read as a log", "glance keeps its own files here: it would read what it writes itself"
        )
    try:
        head = os.pread(fd, SAMPLE_BYTES, 0)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(fd)
    if archive_kind(head):
        return FoundSource(path, "archive")
    _check_text(path, head)
    return FoundSource(path)


def _is_own(path: str) -> bool:
    """Whether a file lies in the folder where glance keeps its own."""
    return os.path.realpath(path).startswith(os.path.realpath(state_dir()) + os.sep)


def _unreadable(path: str, error: OSError) -> SourceError:
    """The error that says why a path cannot be opened, and what helps."""
    if isinstance(error, FileNotFoundError):
        directory = os.path.dirname(os.path.abspath(path))
        if not os.path.isdir(directory):
            return SourceError(f"{path} does not exist", f"there is no directory {directory}", "check the path")
        similar = _similar(path, directory)
        hint = f"did you mean {similar}?" if similar else f"look at what is there: ls {directory}"
        return SourceError(f"{path} does not exist", "there is no file of this name", hint)
    if isinstance(error, PermissionError):
        hint = "try sudo, or add yourself to the group that may read logs: sudo usermod -aG adm $USER"
        return SourceError(f"{path} cannot be read", "permission denied", hint)
    return SourceError(f"{path} cannot be read", reason_in_words(error))


def _similar(path: str, directory: str) -> str:
    """A file beside the one that is missing whose name is much like it."""
    import difflib  # only when something went wrong

    try:
        names = os.listdir(directory)
    except OSError:
        return ""
    close = difflib.get_close_matches(os.path.basename(path), names, n=1)
    return os.path.join(os.path.dirname(path), close[0]) if close else ""


def _check_text(path: str, head: bytes) -> None:
    """Refuse what is no text.

    Raises:
        SourceError: it is UTF-16, or binary.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(
            f"{path} cannot be read as a log", "it is UTF-16 text", f"iconv -f UTF-16 -t UTF-8 {path} | glance -"
        )
    # Long runs of NUL are holes: space prepared in advance, or left over after truncation.
    sample = _LONG_HOLE.sub(b"", head)
    strange = len(sample) - len(sample.translate(None, _CONTROLS))
    if sample.count(0) * 100 > len(sample) or strange * 20 > len(sample):
        raise SourceError(
            f"{path} cannot be read as a log", "it is a binary file", "name a text file, or a compressed one"
        )


def _standard_input() -> FoundSource:
    """What is piped in.

    Raises:
        SourceError: nothing is.
    """
    try:
        is_terminal = os.isatty(0)
        os.fstat(0)
    except OSError as error:
        raise SourceError("standard input cannot be read", reason_in_words(error), "COMMAND | glance -") from error
    if is_terminal:
        raise SourceError("standard input cannot be read as a log", "it is the terminal", "COMMAND | glance -")
    return FoundSource("-", "stdin")


def _matching(pattern: Glob) -> list[FoundSource]:
    """What a pattern matches now.

    Raises:
        SourceError: nothing that can be read.
    """
    found = pattern.rescan()
    if found:
        return found
    matches = [path for path in glob.glob(pattern.pattern, recursive=True) if os.path.isfile(path)]
    if matches:
        examine(matches[0])
    raise SourceError(f"{pattern.pattern} matches no log", "there is no file of such a name", "check the pattern")


def _in_directory(path: str) -> list[FoundSource]:
    """The live text logs of a directory; those of errors only where there are no others.

    Raises:
        SourceError: there are none.
    """
    files, _ = directory_files(path)
    found: list[FoundSource] = []
    refused: SourceError | None = None
    for file in files:
        try:
            found.append(examine(file))
        except SourceError as error:
            refused = error
    texts = [source for source in found if source.kind == "file"]
    if texts:
        return texts
    if refused:
        raise refused
    raise SourceError(
        f"{path} holds no log", f"no file in it is called {' or '.join(_IN_DIRECTORY)}", "name the file itself"
    )


def directory_files(path: str) -> tuple[list[str], list[str]]:
    """The live logs of a directory, those of errors only where there are no others; and their rotated predecessors.

    Raises:
        SourceError: it cannot be looked into.
    """
    try:
        files = [file for name in sorted(os.listdir(path)) if os.path.isfile(file := os.path.join(path, name))]
    except OSError as error:
        raise _unreadable(path, error) from error
    wanted = [file for file in files if any(fnmatch.fnmatch(os.path.basename(file), one) for one in _IN_DIRECTORY)]
    live = [file for file in wanted if not is_rotated(file, wanted)]
    live = [file for file in live if "error" not in os.path.basename(file)] or live
    return live, [file for file in files if file not in live and is_rotated(file, files) and _is_of(file, live)]


def _is_of(file: str, live: Sequence[str]) -> bool:
    """Whether a rotated file was once one of these, by its name."""
    return any(os.path.basename(file).startswith(os.path.splitext(os.path.basename(one))[0]) for one in live)


def without_second_names(paths: Sequence[str]) -> list[str]:
    """The files among these; no link whose target is among them too, since that is read by its own name."""
    files = {path for path in paths if os.path.isfile(path) and not os.path.islink(path)}
    real = {os.path.realpath(path) for path in files}
    return [path for path in paths if path in files or (os.path.isfile(path) and os.path.realpath(path) not in real)]


def each_file_once(sources: Iterable[FoundSource]) -> list[FoundSource]:
    """The same without a file that came before under another name."""
    seen: set[object] = set()
    unique = []
    for source in sources:
        identity: object = source.path
        if source.kind != "stdin":
            status = os.stat(source.path)
            identity = (status.st_dev, status.st_ino)
        if identity not in seen:
            seen.add(identity)
            unique.append(source)
    return unique
