"""Names of frames in perf's output, tidied as the usual script for flame graphs does it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glance.domain.profiles.rust_names import rust_name

OFFSET = re.compile(r"\+0x[0-9a-f]+$")
JIT_MODULE = re.compile(r"/tmp/perf-[0-9]+\.map|/jitted-[^/]*\.so$")  # noqa: S108  (a name that perf writes, not a place for files)
ANONYMOUS = "(anonymous namespace)"
KERNEL_SUFFIX, JIT_SUFFIX, INLINED_SUFFIX = "_[k]", "_[j]", "_[i]"


@dataclass(frozen=True, slots=True)
class NameStyle:
    """What is written into names."""

    marks_kernel: bool = False
    """`_[k]` after functions of the kernel."""
    marks_jit: bool = False
    """`_[j]` after functions of a just-in-time compiler."""
    has_addresses: bool = False
    """The address, where the name is not known."""


PLAIN = NameStyle()


def frame_names(raw: str, module: str, address: str, *, is_java: bool, style: NameStyle) -> list[str]:
    """The names of a frame, the outermost call first: `a->b` means that b was inlined into a.

    Args:
        raw: the symbol, as perf printed it.
        module: the file it is in.
        address: where it is.
        is_java: the process is one of Java.
        style: what else is written into names.
    """
    raw = OFFSET.sub("", raw)
    if raw.startswith("("):
        return []  # the name of a process
    found: list[str] = []
    for part in raw.split("->"):
        name = unknown(module, address, style) if part == "[unknown]" else part
        name = tidied(rust_name(name))
        if is_java and "/" in name:
            name = name.removeprefix("L")
        found.append(marked(name, module, is_inlined=bool(found), style=style))
    while found and not found[-1]:
        found.pop()
    return found


def unknown(module: str, address: str, style: NameStyle) -> str:
    """A name for what has none: that of its file."""
    name = "unknown" if module == "[unknown]" else module.rpartition("/")[2]
    return f"[{name} <{address}>]" if style.has_addresses else f"[{name}]"


def marked(name: str, module: str, *, is_inlined: bool, style: NameStyle) -> str:
    """A name, and where it comes from."""
    if is_inlined:
        return name if INLINED_SUFFIX in name else name + INLINED_SUFFIX
    if style.marks_kernel and (module.startswith("[") or module.endswith("vmlinux")) and "unknown" not in module:
        return name + KERNEL_SUFFIX
    if style.marks_jit and JIT_SUFFIX not in name and JIT_MODULE.search(module):
        return name + JIT_SUFFIX
    return name


def tidied(name: str) -> str:
    """A name without the types of its parameters, and without what means something in folded stacks."""
    name = name.replace(";", ":")
    if "(" in name and not is_method_of_go(name):
        name = name[: parameters_at(name)]
    return name.replace('"', "").replace("'", "")


def is_method_of_go(name: str) -> bool:
    """It looks like `net/http.(*Client).Do`."""
    at = name.find(".(")
    return at >= 0 and name.rfind(").") >= at + 2


def parameters_at(name: str) -> int:
    """Where the types of the parameters begin: at the first parenthesis that is not inside of a template."""
    depth = 0
    for at, character in enumerate(name):
        if character in "<{[":
            depth += 1
        elif character in ">}])":
            depth -= 1
        elif character == "(":
            if depth <= 0 and not name.startswith(ANONYMOUS, at):
                return at
            depth += 1
    return len(name)
