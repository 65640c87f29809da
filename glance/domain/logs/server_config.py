"""The log formats that the text of a server's configuration declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NGINX = re.compile(
    r"(?:^|[{;])[ \t]*log_format\s+([^\s;]+)\s+((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^;'\"])*+);", re.M | re.S
)
_NGINX_PIECE = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^\s;'\"]+)", re.S)
_NGINX_LOG = re.compile(r"(?:^|[{;])[ \t]*access_log\s+([^\s;]+)\s+([^\s;=]+)[^;\n]*;", re.M)
_APACHE = re.compile(r"^[ \t]*LogFormat\s+\"((?:[^\"\\]|\\.)*)\"[ \t]*([^\s#]*)", re.M | re.I)
_APACHE_LOG = re.compile(
    r"^[ \t]*(?:CustomLog|TransferLog)\s+\"?([^\s\"]+)\"?\s+(?:\"((?:[^\"\\]|\\.)*)\"|(\S+))", re.M | re.I
)


@dataclass(frozen=True, slots=True)
class DeclaredFormat:
    """A format string in a server's configuration."""

    name: str
    text: str
    """As `custom_format` takes it."""
    paths: tuple[str, ...] = ()
    """Logs that are written in it, as the configuration names them."""


def declared_formats(config: str) -> list[DeclaredFormat]:
    """The formats that a configuration declares, in its order."""
    config = re.sub(r"\\\r?\n", "", re.sub(r"^[ \t]*#.*$", "", config, flags=re.M))
    return [*_nginx(config), *_apache(config)]


def _nginx(config: str) -> Iterator[DeclaredFormat]:
    logs = [(found[2], found[1]) for found in _NGINX_LOG.finditer(config)]
    for found in _NGINX.finditer(config):
        pieces = [one or two or bare for one, two, bare in _NGINX_PIECE.findall(found[2])]
        if pieces and pieces[0].startswith("escape="):
            pieces.pop(0)
        paths = tuple(path for name, path in logs if name == found[1])
        yield DeclaredFormat(found[1], "".join(pieces), paths)


def _apache(config: str) -> Iterator[DeclaredFormat]:
    logs = [(found[3], found[1]) for found in _APACHE_LOG.finditer(config) if found[3]]
    for found in _APACHE.finditer(config):
        paths = tuple(path for name, path in logs if name == found[2])
        yield DeclaredFormat(found[2], found[1].replace('\\"', '"'), paths)
    for found in _APACHE_LOG.finditer(config):
        if found[2] is not None:
            yield DeclaredFormat("", found[2].replace('\\"', '"'), (found[1],))
