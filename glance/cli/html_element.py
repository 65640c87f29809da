"""HTML out of elements: text is escaped unless it was made here, so that nothing of a log is ever markup."""

from __future__ import annotations

import html

from glance.domain.safe_text import safe_text

VOID = frozenset(("meta", "link", "rect", "line", "circle", "path", "br", "col"))
"""Elements without content; those of SVG close themselves."""
MOST_CHARACTERS = 400
"""Characters kept of one text of the log."""


class Markup(str):
    """Text that is HTML already: what `element` made, or what this program wrote out."""

    __slots__ = ()


Child = str | int | None
"""What an element holds: markup as it is, text as text, a count in digits, None as nothing."""


def element(name: str, /, *children: Child, **attributes: str | int | None) -> Markup:
    """An element.

    Args:
        name: of the element.
        children: markup as it is; any other text is made harmless and escaped.
        attributes: `class_` is `class`, `aria_label` is `aria-label`; None and False are left out.
    """
    head = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{head}/>")
    return Markup(f"<{head}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Markup:
    """Markup and text, one after the other."""
    return Markup("".join(text_of(child) for child in children))


def text_of(child: Child) -> str:
    """A child as it stands in the page."""
    if isinstance(child, Markup):
        return child
    return "" if child is None else escaped(str(child))


def escaped(text: str) -> str:
    """Text that a browser shows and does nothing else with: no tag, no end of an attribute, no control, no bidi."""
    return html.escape(safe_text(text, MOST_CHARACTERS))


def outside(text: str) -> Markup:
    """A text of the log: its direction does not reach what stands beside it."""
    return element("bdi", text)


def figure(value: float, shown: str) -> Markup:
    """A figure as people read it, with the exact one for programs."""
    return element("data", shown, value=repr(round(value, 6)))


def _attribute(key: str, value: str | int | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{text_of(value if isinstance(value, str) else str(value))}"'
