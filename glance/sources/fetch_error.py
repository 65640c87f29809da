"""Why a program could not be asked for its profiles, in words for people, and what they can do about it."""

from __future__ import annotations

import errno
import os
import ssl
from typing import NamedTuple

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientPayloadError,
    ClientResponseError,
    ClientSSLError,
    ConnectionTimeoutError,
    InvalidURL,
    ServerDisconnectedError,
)

from glance.domain.safe_text import safe_text

LISTENS = "is the program running, and does it serve net/http/pprof on that port?"
OF_SYSTEM = {
    errno.ECONNREFUSED: ("connection refused: nothing listens there", LISTENS),
    errno.ECONNRESET: ("it closed the connection in the middle", "does something else than HTTP listen there?"),
    errno.EPIPE: ("it closed the connection in the middle", "does something else than HTTP listen there?"),
    errno.ENOENT: ("there is no such socket", "is the program running?"),
    errno.EACCES: ("the socket may not be opened", "ask for the right to read and write it, or be another user"),
    errno.EHOSTUNREACH: ("no way leads to that machine", "is it on, and does a firewall stand in between?"),
    errno.ENETUNREACH: ("no way leads to that network", "is this machine online?"),
    errno.ETIMEDOUT: ("the machine does not answer", "is it on, and does a firewall stand in between?"),
}
"""Troubles of the system that have a name, and what helps."""


class Trouble(NamedTuple):
    """Why, and what to do."""

    why: str
    hint: str = ""


def trouble_of(error: Exception) -> Trouble:
    """What an error of fetching means."""
    if isinstance(error, ClientConnectorCertificateError):
        return Trouble(certificate_words(error.certificate_error), "--tls-ca FILE, or --insecure")
    if isinstance(error, ClientSSLError):
        return tls_trouble(error)
    if isinstance(error, ClientConnectorDNSError):
        return Trouble(
            f"no machine is known by the name {safe_text(error.host)}", "check the name, or give its address"
        )
    if isinstance(error, ConnectionTimeoutError):
        return Trouble("no connection came about in time", OF_SYSTEM[errno.ETIMEDOUT][1])
    if isinstance(error, ServerDisconnectedError):
        return Trouble("it closed the connection without an answer", "does it serve HTTP, or HTTPS?")
    if isinstance(error, ClientPayloadError):
        return Trouble("the connection ended in the middle of the answer", "try again, or for fewer seconds")
    if isinstance(error, ClientResponseError):
        return Trouble("what it answers is no HTTP", "is that the right port?")
    if isinstance(error, InvalidURL):
        return Trouble("that is no address", "http://HOST:PORT/debug/pprof/heap")
    return system_trouble(error)


def system_trouble(error: Exception) -> Trouble:
    """That of the system, or at least its words."""
    cause = getattr(error, "os_error", error)
    number = cause.errno or 0 if isinstance(cause, OSError) else 0
    if number in OF_SYSTEM:
        return Trouble(*OF_SYSTEM[number])
    if number > 0:
        return Trouble(os.strerror(number).lower())
    return Trouble(safe_text(str(error), 300) or "the connection failed")


def certificate_words(error: Exception) -> str:
    """Why a certificate is not believed."""
    reason = getattr(error, "verify_message", "") or str(error)
    return f"its certificate is not trusted: {safe_text(reason, 200)}"


def tls_trouble(error: ClientSSLError) -> Trouble:
    """Why TLS does not come about."""
    cause = getattr(error, "os_error", None)
    reason = (cause.reason or "") if isinstance(cause, ssl.SSLError) else ""
    if reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"}:
        return Trouble("it does not speak TLS", "http:// instead of https://")
    if "CERTIFICATE" in reason or "HANDSHAKE" in reason:
        return Trouble(f"TLS was refused: {in_words(reason)}", "--tls-cert FILE --tls-key FILE")
    return Trouble(f"TLS does not come about{f': {in_words(reason)}' if reason else ''}", "is that the right port?")


def in_words(reason: str) -> str:
    """A reason of the library, as people write."""
    return safe_text(reason.replace("_", " ").lower(), 200)
