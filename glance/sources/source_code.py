"""Finds the source files that a profile names: as it says, under folders that were given, and where Go keeps them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from glance.domain.profiles.place import trimmed_path
from glance.domain.safe_text import safe_text
from glance.errors import SourceError, UsageError

MOST_BYTES = 16 << 20
UPPER = re.compile(r"[A-Z]")
GO_ROOTS = ("/usr/local/go", "/usr/lib/go", "/usr/lib/golang", "/opt/homebrew/opt/go/libexec")
STANDARD = re.compile(r"/src/(?P<path>[a-z][^.]*/[^/]+|[a-z]+/[^/]+)$")
"""A path of the standard library: no domain in its first part."""
MODULE = re.compile(r"(?:^|/pkg/mod/|/)(?P<path>[^/]+\.[^/]+/[^@]+@v[^/]+/.+)$")
MODULE_NAME = re.compile(rb'^module[ \t]+"?([^\s"]+)', re.MULTILINE)
MOST_MODULE_BYTES = 1 << 20
MOST_PARENTS = 64
CODE = re.compile(
    r"\.(?:go|s|pyx?|rs|[cdhmry]|cc|cpp|cxx|cu|hh|hpp|java|kt|kts|scala|groovy|clj[cs]?|[cm]?js|jsx|[cm]?tsx?|vue|svelte|"
    r"rb|php|cs|fs|vb|swift|dart|zig|nim|cr|exs?|erl|elm|hs|mli?|lua|pl|pm|jl|f90|mm|templ|tmpl|j2|jinja|html|sql)$",
    re.IGNORECASE,
)
"""Endings of files that are shown. A profile of a stranger shall not name a key or a password and see it printed."""


def mapped(maps: Sequence[str]) -> dict[str, str]:
    """`old=new` as a table.

    Raises:
        UsageError: one is not of this form.
    """
    found: dict[str, str] = {}
    for each in maps:
        old, equals, new = each.partition("=")
        if not equals or not old:
            raise UsageError(f"--map {each} is not understood", "", "--map /build/app=/home/me/app")
        found[old] = new
    return found


class SourceCode:
    """Source files, each read once."""

    def __init__(
        self,
        source_path: str = "",
        trim_path: str = "",
        maps: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Where to look.

        Args:
            source_path: folders, parted by colons; the current one when it is empty.
            trim_path: beginnings of paths to take away, parted by colons.
            maps: beginnings of paths, and what to put in their place.
            environment: variables that tell where Go keeps things; those of the process unless given.
        """
        self.folders = source_path.split(":") if source_path else [os.getcwd()]
        self.source_path, self.trim_path = ":".join(self.folders), trim_path
        self.maps = dict(maps or {})
        self.environment = os.environ if environment is None else environment
        self._files: dict[str, tuple[str, ...]] = {}
        self.hint = ""
        """What would help with a file that was looked for in vain; empty where there was none."""

    def lines(self, path: str) -> Sequence[str]:
        """The lines of a file.

        Raises:
            SourceError: it is not found, or it cannot be read.
        """
        if path not in self._files:
            try:
                self._files[path] = read_lines(self.find(path))
            except SourceError as error:
                self.hint = error.hint
                raise
        return self._files[path]

    def find(self, path: str) -> Path:
        """Where a file is.

        Raises:
            SourceError: nowhere, or it is not known to be source code.
        """
        if not CODE.search(path):
            raise SourceError(f"{safe_text(path)} is not known to be source code", "its name does not end like one")
        for candidate in self.candidates(path):
            try:
                if candidate.is_file() and CODE.search(str(candidate)):  # of a map too, and of no other ending
                    return candidate
            except (OSError, ValueError):
                continue
        places = ", ".join(self.folders)
        raise SourceError(
            f"could not find file {safe_text(path)} on path {safe_text(places)}",
            hint="--source-root DIR, or --map OLD=NEW",
        )

    def candidates(self, path: str) -> Iterator[Path]:
        """Where it may be, the likeliest first."""
        for old, new in self.maps.items():
            if path.startswith(old):
                yield Path(new + path[len(old) :])
        trimmed = trimmed_path(path, self.trim_path, self.source_path)
        if os.path.isabs(trimmed):
            yield Path(trimmed)
        else:
            yield from self.upwards(trimmed)
        yield from self.of_go(path)
        yield from self.of_own_module(trimmed)
        parts = Path(path).parts
        if os.path.isabs(path) or "." in parts[0]:  # the tail of it, as long as possible: another machine, a module
            for start in range(1 + os.path.isabs(path), len(parts)):
                for folder in self.folders:
                    yield Path(folder, *parts[start:])

    def upwards(self, path: str) -> Iterator[Path]:
        """Under each folder, and under all that it is in."""
        for folder in self.folders:
            place = Path(folder)
            for parent in (place, *list(place.parents)[:MOST_PARENTS]):
                yield parent / path

    def of_go(self, path: str) -> Iterator[Path]:
        """The standard library, modules and their vendored copies, which a build may name without saying where."""
        found = STANDARD.search(path)
        standard = found["path"] if found else path if not os.path.isabs(path) else ""
        if standard:
            yield from (root / "src" / standard for root in self.go_roots)
        found = MODULE.search(path)
        if found is None:
            return
        module, at, rest = found["path"].partition("@")
        version, slash, inner = rest.partition("/")
        names = dict.fromkeys((f"{module}{at}{version}", f"{escaped(module)}{at}{escaped(version)}"))
        yield from (cache / name / inner for cache in self.module_caches for name in names)
        yield from self.upwards(f"vendor/{module}{slash}{inner}")
        yield from self.upwards(f"{module}{slash}{inner}")

    def of_own_module(self, path: str) -> Iterator[Path]:
        """With `-trimpath` a program's own files are recorded as those of its module: `example.com/app/cmd/main.go`."""
        for module, place in self.modules:
            if path.startswith(f"{module}/"):
                yield place / path[len(module) + 1 :]

    @cached_property
    def modules(self) -> list[tuple[str, Path]]:
        """The names of the modules that the folders are in, and where those are."""
        found = []
        for file in dict.fromkeys(self.upwards("go.mod")):
            try:
                name = MODULE_NAME.search(file.read_bytes()[:MOST_MODULE_BYTES])
            except OSError:
                continue
            if name is not None:
                found.append((name[1].decode("utf-8", "replace"), file.parent))
        return found

    @cached_property
    def go_roots(self) -> list[Path]:
        """Where Go itself may be."""
        known = [self.environment.get("GOROOT", ""), *GO_ROOTS, os.path.expanduser("~/sdk/go")]
        on_path = [
            os.path.realpath(os.path.join(folder, "go"))
            for folder in self.environment.get("PATH", "").split(":")
            if folder and os.path.isfile(os.path.join(folder, "go"))
        ]
        known += [os.path.dirname(os.path.dirname(tool)) for tool in on_path]
        return [Path(root) for root in dict.fromkeys(known) if root and os.path.isdir(os.path.join(root, "src"))]

    @cached_property
    def module_caches(self) -> list[Path]:
        """Where modules are kept."""
        go_paths = self.environment.get("GOPATH", "") or os.path.join(self.environment.get("HOME", ""), "go")
        caches = [
            self.environment.get("GOMODCACHE", ""),
            *(os.path.join(one, "pkg/mod") for one in go_paths.split(":")),
        ]
        return [Path(cache) for cache in dict.fromkeys(caches) if cache]


def escaped(module: str) -> str:
    """A module as the cache writes it: `!a` for `A`."""
    return UPPER.sub(lambda found: f"!{found.group().lower()}", module)


def read_lines(path: Path) -> tuple[str, ...]:
    """The lines of a file.

    Raises:
        SourceError: it cannot be read, or is too large to be source code.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SourceError(f"cannot read {safe_text(str(path))}", error.strerror or "") from error
    if len(data) > MOST_BYTES:
        raise SourceError(f"{safe_text(str(path))} has more than {MOST_BYTES:,} bytes")
    lines = data.decode("utf-8", "replace").split("\n")
    return tuple(line.removesuffix("\r") for line in (lines[:-1] if lines[-1] == "" else lines))
