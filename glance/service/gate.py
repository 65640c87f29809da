"""Who may ask: whoever is on this machine and names it rightly, or whoever has the token."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from glance.service.problem import Problem

FREE = ("/healthz",)
"""What needs no token: it says nothing but that it lives."""
TOKEN_HINT = "send `Authorization: Bearer TOKEN`, or open the address with ?token=TOKEN once"


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


class Gate:
    """Lets a request in, or says why not."""

    def __init__(self, token: str, *, is_loopback: bool, hosts: Iterable[str] = (), port: int = 0) -> None:
        """Guard.

        Args:
            token: what must be shown; empty is nothing.
            is_loopback: only this machine can reach it, so that names of others in `Host` are an attack.
            hosts: names by which it may be asked for besides those of the machine itself.
            port: where it listens; cookies of one host are those of all its ports.
        """
        self._token = _digest(token) if token else b""
        self._is_loopback = is_loopback
        self._hosts = frozenset(name.lower().rstrip(".") for name in hosts)
        self._cookie = f"glance_{port}"
        self._session = secrets.token_urlsafe(24)
        """What the cookie holds instead of the token; another one each time that glance runs."""

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let it in, or not."""
        self._check_host(request)
        self._check_origin(request)
        if not self._token or request.path in FREE:
            return await handler(request)
        has_shown = self._is_token(request.query.get("token"))
        if not has_shown and not self._has_header(request) and not self._has_cookie(request):
            what = "a token is needed" if "token" not in request.query else "this is not the token"
            raise Problem(401, what, "", TOKEN_HINT, WWW_Authenticate='Bearer realm="glance"')
        if has_shown and request.path == "/":  # so that it stands in no history and no picture of the address line
            response: web.StreamResponse = web.Response(status=303, headers={"Location": _without_token(request)})
            self._give_cookie(request, response)
            return response
        return await handler(request)

    def _check_host(self, request: web.Request) -> None:
        """A page elsewhere whose name now leads here would else read everything: DNS rebinding."""
        name = _host_name(request.headers.get("Host", ""))
        if not self._is_loopback or name in self._hosts or _is_this_machine(name):
            return
        hint = "ask for localhost; behind a proxy, name what it is asked for: --allow-host NAME"
        raise Problem(421, "this is asked for under another name", "only this machine may ask", hint)

    @staticmethod
    def _check_origin(request: web.Request) -> None:
        """Pages elsewhere may not open the dashboard's connection, which browsers do not bar them from."""
        origin = request.headers.get("Origin")
        if origin is not None and _place(origin) != request.headers.get("Host", "").lower():
            raise Problem(403, "another page asks", "only its own page may", "open this address itself")

    def _has_header(self, request: web.Request) -> bool:
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._is_token(shown.strip())

    def _has_cookie(self, request: web.Request) -> bool:
        shown = request.cookies.get(self._cookie, "")
        return hmac.compare_digest(_digest(shown), _digest(self._session))

    def _is_token(self, shown: str | None) -> bool:
        return shown is not None and hmac.compare_digest(_digest(shown), self._token)

    def _give_cookie(self, request: web.Request, response: web.StreamResponse) -> None:
        # `Lax`: a link that someone sends is followed from another page, and `Strict` would not be sent behind it
        response.set_cookie(self._cookie, self._session, httponly=True, samesite="Lax", secure=request.secure, path="/")


def _digest(text: str) -> bytes:
    """Of one length, whatever the text is: comparing tells nothing of it."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def _without_token(request: web.Request) -> str:
    kept = request.rel_url.update_query(request.query).without_query_params("token")
    return str(kept)


def _place(origin: str) -> str:
    """Host and port of an `Origin`; empty when it has none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _host_name(host: str) -> str:
    """The name in a `Host` header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_this_machine(name: str) -> bool:
    """It can only mean the machine that asks."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
