"""The page that shows the dashboard: everything on it comes from here, nothing from elsewhere."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from aiohttp import web

from glance.errors import GlanceError

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; "  # the terminal in the page makes its own style sheet
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

OWN = {"glance.css": "text/css", "glance.js": "text/javascript", "index.html": "text/html"}
THEIRS = {
    "textual.js": ("js/textual.js", "text/javascript"),
    "xterm.css": ("css/xterm.css", "text/css"),
    "mono.ttf": ("fonts/RobotoMono-VariableFont_wght.ttf", "font/ttf"),
    "mono-italic.ttf": ("fonts/RobotoMono-Italic-VariableFont_wght.ttf", "font/ttf"),
}
"""What textual-serve brings: name here, file there, media type."""

LONGEST_SECONDS = 86_400
"""How long a browser may keep what is named by its content."""


def static_files() -> Path:
    """Where textual-serve keeps what its page needs.

    Raises:
        GlanceError: it is not installed.
    """
    try:
        found = files("textual_serve")
    except ModuleNotFoundError as error:
        raise not_installed() from error
    return Path(str(found)) / "static"


def not_installed() -> GlanceError:
    """The error that says how to get it."""
    return GlanceError(
        "textual-serve is not installed",
        "it is an extra of glance",
        "pip install 'glance-tui[web]', or in a clone: .venv/bin/pip install -e '.[web]'",
    )


class Page:
    """The page and its parts, read once."""

    def __init__(self, title: str, *, is_light: bool = False) -> None:
        """Read them.

        Args:
            title: of the page.
            is_light: the dashboard is dark on light.

        Raises:
            GlanceError: textual-serve is not installed.
        """
        theirs, own = static_files(), files("glance.service") / "static"
        self._parts = {name: ((theirs / place).read_bytes(), kind) for name, (place, kind) in THEIRS.items()}
        self._parts |= {name: ((own / name).read_bytes(), kind) for name, kind in OWN.items()}
        self._title = title
        self._shade = "light" if is_light else "dark"

    async def index(self, _request: web.Request) -> web.Response:
        """The page."""
        headers = {"Content-Security-Policy": CONTENT_SECURITY}
        return web.Response(body=self._index(), content_type="text/html", charset="utf-8", headers=headers)

    @cache  # noqa: B019 - there is one page, and it lives as long as the program
    def _index(self) -> bytes:
        text = self._parts["index.html"][0].decode()
        digest = hashlib.sha256(b"".join(body for body, _ in self._parts.values())).hexdigest()[:12]
        return (
            text.replace("{version}", digest)
            .replace("{shade}", self._shade)
            .replace("{title}", _escaped(self._title))
            .encode()
        )

    async def part(self, request: web.Request) -> web.Response:
        """A style sheet, a script, a font."""
        body, kind = self._parts.get(request.match_info["name"], (b"", ""))
        if not kind or kind == "text/html":
            raise web.HTTPNotFound
        headers = (
            {"Cache-Control": f"private, max-age={LONGEST_SECONDS}"}
            if "v" in request.query or kind == "font/ttf"
            else {}
        )
        return web.Response(body=body, content_type=kind, headers=headers)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
