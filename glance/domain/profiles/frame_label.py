"""Shorter and shorter ways to write the name of a function, and which side of it may be cut off."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"\[(?:go\.shape\.[^\[\]]*|\.\.\.|[^\[\]]*go\.shape[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]")
_TAIL = re.compile(r"(?:\.func\d+|\.\d+|-fm|\.gowrap\d+|-range\d+)+$")
_RECEIVER = re.compile(r"^\(?\*?[A-Za-z_]\w*(?:\[…\])?\)?\.")


def label_forms(name: str) -> tuple[str, ...]:
    """The name and shorter forms of it, the longest first, each once.

    `a/b.(*T).Method` is also `b.(*T).Method`, `(*T).Method` and `Method`.
    """
    whole = _SHAPE.sub("[…]", name)
    forms = [whole]
    if "::" in whole or " " in whole or "(" in whole.split(".", 1)[0]:
        return tuple(dict.fromkeys([*forms, *_colon_forms(whole)]))
    path = whole.partition("[")[0]
    short = whole[path.rfind("/") + 1 :]
    forms.append(short)
    _, dot, rest = short.partition(".")
    if dot and rest:
        forms.append(rest)
        bare = _RECEIVER.sub("", rest)
        if not bare or _TAIL.fullmatch("." + bare):  # a function within a function: its own name says nothing
            bare = rest
        forms.append(bare)
        forms.append(_TAIL.sub("", bare))
    return tuple(dict.fromkeys(form for form in forms if form))


def _colon_forms(name: str) -> list[str]:
    """`a::b<T>::c` is also `b<T>::c` and `c`; what stands within brackets is no border."""
    forms = []
    depth = 0
    for at, sign in enumerate(name):
        if sign in "<([{":
            depth += 1
        elif sign in ">)]}":
            depth -= 1
        elif sign == ":" and not depth and name[at : at + 2] == "::" and name[at + 2 :]:
            forms.append(name[at + 2 :])
    return forms


def is_cut_left(name: str) -> bool:
    """Its end says more than its beginning: a path, or a package before a function. Templates are the other way."""
    return "<" not in name and "(anonymous" not in name and not ("::" in name and "(" in name)
