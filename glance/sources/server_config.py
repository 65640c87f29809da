"""Reads the log formats that web servers on this machine declare, where their configuration is readable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from glance.domain.logs.server_config import DeclaredFormat, declared_formats

USUAL_PLACES = (
    "etc/nginx/nginx.conf",
    "etc/nginx/conf.d/*.conf",
    "etc/nginx/sites-enabled/*",
    "usr/local/nginx/conf/nginx.conf",
    "usr/local/openresty/nginx/conf/nginx.conf",
    "etc/apache2/apache2.conf",
    "etc/apache2/conf-enabled/*.conf",
    "etc/apache2/sites-enabled/*",
    "etc/httpd/conf/httpd.conf",
    "etc/httpd/conf.d/*.conf",
)
"""Where servers keep their configuration, below the root."""

_LARGEST_BYTES = 1 << 20
_MOST_FILES = 100


def server_formats(
    path: str = "", root: Path = Path("/"), places: Sequence[str] = USUAL_PLACES
) -> list[DeclaredFormat]:
    """The formats that the servers of this machine declare.

    Args:
        path: a log; formats that the configuration names for it come first.
        root: where the places are looked for.
        places: patterns below the root.

    Returns:
        Each format once; nothing where no configuration is readable.
    """
    found: dict[str, DeclaredFormat] = {}
    for text in _texts(root, places):
        for declared in declared_formats(text):
            known = found.get(declared.text)
            paths = declared.paths if known is None else known.paths + declared.paths
            found[declared.text] = DeclaredFormat(declared.name, declared.text, paths)
    return sorted(found.values(), key=lambda declared: path not in declared.paths)


def _texts(root: Path, places: Sequence[str]) -> Iterator[str]:
    files = (file for place in places for file in sorted(root.glob(place)))
    for file in islice(files, _MOST_FILES):
        try:
            if file.is_file() and file.stat().st_size <= _LARGEST_BYTES:
                yield file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
