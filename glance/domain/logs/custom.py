"""A format that a person describes: nginx's, Apache's or GoAccess's way, told apart by its signs."""

from __future__ import annotations

import re

from glance.domain.logs.apache_string import parse_apache
from glance.domain.logs.format import LogFormat
from glance.domain.logs.goaccess_string import parse_goaccess
from glance.domain.logs.keyed import KeyedLayout
from glance.domain.logs.nginx_string import parse_nginx
from glance.errors import FormatError

_NGINX = re.compile(r"\$\{?[a-z]")
_GOACCESS = re.compile(r"%[\^~xd]|~h\{|(?:^|--)log-format|%[^\s\"]*%t|%R|%n")
_APACHE = re.compile(r"%[<>!0-9,]*\{[^}]*\}\^?[A-Za-z]|%[<>]s|%l|%O|%I|%V|%B")


def is_format_string(text: str) -> bool:
    """The text describes a format rather than naming one."""
    return any(sign in text for sign in "$%{ \t\n")


def custom_format(text: str) -> LogFormat | KeyedLayout:
    """The format that a string describes.

    Args:
        text: an nginx `log_format`, Apache `LogFormat` or GoAccess string.

    Raises:
        FormatError: it is none of these, or has a mistake; says what, why (with the column) and what to do.
    """
    if _NGINX.search(text):
        return parse_nginx(text)
    if _APACHE.search(text):
        return parse_apache(text)
    if _GOACCESS.search(text):
        return parse_goaccess(text)
    if "%" in text:
        return parse_apache(text)
    raise FormatError(
        f"this is no format string: {text[:120]}",
        "it has neither `$variables` (nginx) nor `%directives` (Apache, GoAccess)",
        "name a known format (`combined`, `caddy`, …), or give the string from the server's configuration",
    )
