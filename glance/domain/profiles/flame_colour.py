"""What the colour of a frame means: whose code it is, and of which package; the same everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from zlib import crc32

HUES = 12
"""Colours by which packages are told apart."""


class FrameKind(IntEnum):
    """Whose code a frame is."""

    OWN = 0
    """Of the program itself."""
    LIBRARY = 1
    """Of somebody else's module."""
    STANDARD = 2
    """Of the standard library of its language."""
    RUNTIME = 3
    """Of what runs the program: scheduler, garbage collector, interpreter."""
    KERNEL = 4
    """Of the operating system, or machine code nobody has a name for."""
    GROUP = 5
    """Not code: a label by which stacks are grouped, or the whole."""


@dataclass(frozen=True, slots=True)
class FrameColour:
    """What the colour of a frame says."""

    kind: FrameKind
    hue: int = 0
    """By its package, of `HUES`."""
    package: str = ""

    @property
    def whose(self) -> str:
        """Whose code it is."""
        return KIND_WORDS[self.kind]


KIND_WORDS = {
    FrameKind.OWN: "own",
    FrameKind.LIBRARY: "library",
    FrameKind.STANDARD: "standard",
    FrameKind.RUNTIME: "runtime",
    FrameKind.KERNEL: "kernel",
    FrameKind.GROUP: "group",
}

_GO_STANDARD = re.compile(
    r"(?:archive|arena|bufio|builtin|bytes|cmp|compress|container|context|crypto|database|debug|embed|encoding|errors|"
    r"expvar|flag|fmt|go|hash|html|image|index|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|"
    r"runtime|slices|sort|strconv|strings|structs|sync|syscall|testing|text|time|unicode|unique|unsafe|vendor|weak)"
    r"(?:/|$)"
)
"""Import paths of Go's standard library."""

_RUNTIME_NAMES = re.compile(
    r"runtime\.|internal/runtime/|runtime/internal/|runtime/cgo|_?cgo|x_cgo|\(garbage collector\)|\(program\)|\(idle\)|"
    r"gcWriteBarrier|_PyEval|PyEval_|<frozen |node:internal/|v8::|Builtin:|GC_|mono_|__libc_start"
)
_KERNEL_NAMES = re.compile(
    r"0x[0-9a-f]+$|\[unknown\]|\[?(?:kernel|vdso|vsyscall)\b|.*_\[k\]$|__x64_sys|entry_SYSCALL|do_syscall_64|"
    r"__do_sys|sys_[a-z]+$|asm_[a-z_]*interrupt|el0t?_|ret_from_fork"
)
_GO_NAME = re.compile(r"((?:[^\s/(]+/)*[^\s/.(]+)\.[^\s/]")
_OTHERS_FILE = re.compile(
    r"@v?\d|/pkg/mod/|/vendor/|site-packages|dist-packages|node_modules|/gems/|/\.cargo/|/\.m2/|\.jar\b"
)
_PACKAGES = re.compile(
    r".*/(?:site-packages|dist-packages|node_modules|gems|lib/python\d[\d.]*)/"
    r"(?:(?P<scope>@[^/]+/[^/]+)/|(?P<package>[^/]+?)(?:-[\d.]+)?(?:\.\w+)?(?:/|$))"
)
"""Behind the innermost of these folders stands the package."""
_WHOLE_FOLDER = ("__init__.py", "__main__.py", "index.js", "index.ts", "mod.rs")
"""Files that stand for the folder that they are in."""
_STANDARD_FILE = re.compile(r"/lib/python\d|^node:|/rustc/|/usr/include|/jdk|^java/|^internal/|/go[^/]*/src/|/usr/lib")
_STANDARD_NAME = re.compile(r"(?:std|core|alloc)::|<(?:std|core|alloc)::|(?:java|javax|sun|jdk|kotlin|scala)[./]")


def frame_colour(name: str, file: str = "", mapping: str = "") -> FrameColour:
    """What the colour of a function says.

    Args:
        name: of the function, as the profile has it.
        file: where its source is, as the profile has it; empty when nobody knows.
        mapping: the file of its machine code.
    """
    package = package_of(name, file)
    hue = hue_of(package)
    if _KERNEL_NAMES.match(name) or mapping.startswith("["):
        return FrameColour(FrameKind.KERNEL, hue, package)
    if _RUNTIME_NAMES.match(name) or package == "runtime":
        return FrameColour(FrameKind.RUNTIME, hue, package)
    return FrameColour(_kind(name, file, package), hue, package)


def group_colour(name: str) -> FrameColour:
    """That of a group of stacks."""
    return FrameColour(FrameKind.GROUP, hue_of(name), name)


def hue_of(package: str) -> int:
    """One of the hues, the same in every session."""
    return crc32(package.encode("utf-8", "surrogateescape")) % HUES


def _kind(name: str, file: str, package: str) -> FrameKind:
    """Own code, a library, or the standard library."""
    is_of_go = is_go(name, file)
    if is_of_go and _GO_STANDARD.match(package):  # wherever Go lies: a toolchain may be a module, or of a package
        return FrameKind.STANDARD
    if _OTHERS_FILE.search(file):
        return FrameKind.LIBRARY
    if is_of_go:
        if package == "main":
            return FrameKind.OWN
        return FrameKind.OWN if file else FrameKind.LIBRARY
    if _STANDARD_FILE.search(file) or _STANDARD_NAME.match(name):
        return FrameKind.STANDARD
    return FrameKind.OWN


def is_go(name: str, file: str) -> bool:
    """It is a function of Go."""
    if file:
        return file.endswith((".go", ".s"))
    return "::" not in name and bool(_GO_NAME.match(name))


def package_of(name: str, file: str = "") -> str:
    """What a function belongs to, the same in every session: import path, crate, class or file; else empty."""
    plain = name.partition("[")[0]
    if is_go(name, file):
        found = _GO_NAME.match(plain)
        return found[1] if found else plain
    if "::" in plain:
        return plain.partition("::")[0].lstrip("<&")
    if "/" in file:
        return _of_file(file)
    if "." in plain:
        return plain.rpartition(".")[0]
    return file


def _of_file(file: str) -> str:
    """What a file belongs to, wherever it lies on a machine: the folder that a program is put in may change each time.

    Of a library its package, of anything else the file itself.
    """
    library = _PACKAGES.search(file)
    if library is not None:
        return library["scope"] or library["package"]
    folder, _, name = file.rpartition("/")
    return folder.rpartition("/")[2] if name in _WHOLE_FOLDER else name
