"""A target: a program that serves its profiles, as a person names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

ROOT = "/debug/pprof/"
"""Where Go serves profiles, unless its program says otherwise."""

EXAMPLE = "api=http://127.0.0.1:6060"

_NAMED = re.compile(r"([A-Za-z0-9_][\w.@-]{0,62})=(?=\S)(.*)", re.S)
_HOST = re.compile(r"[\w.:%-]+")
_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Target:
    """Where profiles are."""

    name: str
    url: str
    """Of the folder of profiles; ends with `/`. A Unix socket is `unix:/path/to.sock:/debug/pprof/`."""
    query: str = ""
    """What is sent with every request, such as a key."""

    def url_of(self, profile: str, **asked: int) -> str:
        """The address of one profile."""
        query = "&".join([*([self.query] if self.query else []), *(f"{name}={value}" for name, value in asked.items())])
        return f"{self.url}{profile}{'?' if query else ''}{query}"

    @property
    def address(self) -> str:
        """The address without secrets, for people."""
        scheme, slashes, rest = self.url.removesuffix(ROOT).removesuffix(":").partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}"


def target_of(text: str) -> Target:
    """The target that these words mean: `[NAME=]URL`, of http, https, `unix:/SOCKET[:/PATH]`, or `HOST:PORT`.

    Raises:
        ValueError: they mean none.
    """
    named = _NAMED.fullmatch(text.strip())
    name, url = named.groups() if named else ("", text.strip())
    if not url or any(sign.isspace() or not sign.isprintable() for sign in url):
        raise ValueError(f"expected an address such as {EXAMPLE}, not {text!r}")
    if url.startswith("http+unix://"):
        place, slash, path = url.removeprefix("http+unix://").partition("/")
        url = f"unix:{unquote(place)}:{slash}{path}"
    if url.startswith("unix:"):
        return socket_target(name, url)
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is no address: {error}") from error
    host = parts.hostname or ""
    if parts.scheme not in _SCHEMES or not _HOST.fullmatch(host):
        raise ValueError(f"expected an address such as {EXAMPLE}, not {text!r}")
    if parts.fragment:
        raise ValueError(f"an address of profiles has no #, as {url!r} has")
    host = f"[{host}]" if ":" in host else host
    return Target(
        name or (f"{host}:{port}" if port else host),
        f"{parts.scheme}://{parts.netloc}{folder(parts.path)}",
        parts.query,
    )


def socket_target(name: str, url: str) -> Target:
    """A target behind a Unix socket.

    Raises:
        ValueError: no socket is named.
    """
    path, _, rest = url.removeprefix("unix:").partition(":")
    if not path.strip("/") or not path.startswith("/"):
        raise ValueError(f"expected the path of a socket, such as unix:/run/api.sock, not {url!r}")
    root, _, query = rest.partition("?")
    path = f"/{path.lstrip('/')}"
    return Target(name or path.rpartition("/")[2].removesuffix(".sock"), f"unix:{path}:{folder(root)}", query)


def folder(path: str) -> str:
    """The folder of profiles that a path means."""
    path = path.rstrip("/")
    return f"{path}/" if path else ROOT


def targets_of(words: tuple[str, ...]) -> tuple[Target, ...]:
    """Targets with names that tell them apart: a name that is there already gets a number.

    Raises:
        ValueError: one of them is none.
    """
    found: dict[str, Target] = {}
    for word in words:
        target = target_of(word)
        if any(known.url == target.url and known.query == target.query for known in found.values()):
            continue
        name, number = target.name, 2
        while name in found:
            name, number = f"{target.name}-{number}", number + 1
        found[name] = Target(name, target.url, target.query)
    return tuple(found.values())
