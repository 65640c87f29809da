"""Profiles from running programs: the one place that fetches them, over HTTP or a Unix socket.

What net/http/pprof does decides a lot here: `seconds` must be a whole number, else it silently becomes 30;
only one CPU profile can be taken of a process at a time; and closing the connection ends it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from glance.domain.safe_text import safe_text
from glance.errors import SourceError

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

SCHEMES = ("http://", "https://", "http+unix://", "unix:")
DEFAULT_PATH = "/debug/pprof/profile"
DEFAULT_SECONDS = 30
"""What net/http/pprof takes when nobody says another."""
SLACK_SECONDS = 15.0
"""How much longer than asked for an answer may take, when no time-out is given."""
PLAIN_SECONDS = 60.0
"""How long an answer that takes no time to make may take."""
MOST_REDIRECTS = 3
MOST_BYTES = 64 << 20
MOST_ERROR_BYTES = 4096
PIECE = 64 << 10
TIMED = ("/profile", "/trace")
"""Ends of paths that take time even when none is asked for."""


@dataclass(frozen=True, slots=True)
class Access:
    """How programs are reached."""

    token: str = ""
    """Shown as a bearer."""
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    insecure: bool = False
    timeout_seconds: float | None = None
    seconds: int | None = None
    """How long a profile is taken."""
    most_bytes: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Target:
    """Where a profile is fetched."""

    url: str
    socket: str = ""
    """A Unix socket, instead of the host."""
    seconds: int = 0
    """How long it is taken; 0 where that is at once."""
    name: str = ""
    """As it was written, without a password."""


class BusyError(SourceError):
    """Somebody else takes a CPU profile of this program."""


class RefusedError(SourceError):
    """The program answers with an error."""

    def __init__(self, what: str, why: str, hint: str = "", *, status: int) -> None:
        """Say what it answers.

        Args:
            what: what did not work.
            why: the answer in words.
            hint: what the user can do about it.
            status: of HTTP.
        """
        super().__init__(what, why, hint)
        self.status = status


def is_url(source: str) -> bool:
    """Whether a source is fetched rather than read."""
    return source.startswith(SCHEMES)


def target_of(source: str, seconds: int | None = None) -> Target:
    """Where a source leads.

    Args:
        source: `http://HOST:PORT[/PATH]`, `unix:/SOCKET[:/PATH]` or `http+unix://%2FSOCKET/PATH`.
        seconds: how long a profile is taken; None leaves it to the address, and to the program.

    Raises:
        SourceError: it leads nowhere.
    """
    socket = ""
    name = shown_name(source)
    if source.startswith("unix:"):
        socket, _, path = source.removeprefix("unix:").removeprefix("//").partition(":")
        source = f"http://localhost{path or ''}"
    elif source.startswith("http+unix://"):
        place, slash, path = source.removeprefix("http+unix://").partition("/")
        socket, source = unquote(place), f"http://localhost{slash}{path}"
    try:
        parts = urlsplit(source)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SourceError(f"cannot fetch {name}", str(error), "http://HOST:PORT/debug/pprof/heap") from error
    if not host:
        raise SourceError(f"cannot fetch {name}", "it names no host", "http://HOST:PORT/debug/pprof/heap")
    path = parts.path if parts.path not in {"", "/"} else DEFAULT_PATH
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if seconds is None or pair[0] != "seconds"]
    if seconds is not None:
        query.append(("seconds", str(seconds)))
    asked = dict(query).get("seconds", "")
    takes = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    if not takes and path.endswith(TIMED):
        takes = DEFAULT_SECONDS
    return Target(urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), "")), socket, takes, name)


def shown_name(source: str) -> str:
    """A source as it may be printed: no password, no key of a query."""
    head, slashes, rest = source.partition("://")
    place, slash, path = rest.partition("/")
    shown = f"{head}{slashes}{place.rpartition('@')[2]}{slash}{path}" if slashes else source
    return safe_text(shown.partition("?")[0], 200)


@asynccontextmanager
async def open_session(access: Access, socket: str = "") -> AsyncIterator[ClientSession]:
    """A session for fetching, which the caller closes by leaving.

    Raises:
        SourceError: a certificate cannot be read.
    """
    import aiohttp  # 120 ms, and only for what is fetched

    connector = (
        aiohttp.UnixConnector(path=socket)
        if socket
        else aiohttp.TCPConnector(ssl=tls_context(access), limit_per_host=2)
    )
    headers = {"User-Agent": "glance", "Accept-Encoding": "identity"}
    if access.token:
        headers["Authorization"] = f"Bearer {access.token}"
    try:
        session = aiohttp.ClientSession(
            connector=connector, headers=headers, auto_decompress=False, trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
        )  # fmt: skip
    except ValueError as error:
        raise SourceError("cannot use the token", str(error)) from error
    async with session:
        yield session


def tls_context(access: Access) -> ssl.SSLContext:
    """Whom to trust, and who we are.

    Raises:
        SourceError: a file of it cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=access.tls_ca or None)
        if access.tls_cert:
            context.load_cert_chain(access.tls_cert, access.tls_key or None)
    except (OSError, ssl.SSLError) as error:
        files = ", ".join(filter(None, (access.tls_ca, access.tls_cert, access.tls_key)))
        raise SourceError(f"cannot use the certificates {safe_text(files)}", str(error)) from error
    if access.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def fetch(session: ClientSession, target: Target, access: Access) -> bytes:
    """What one address answers.

    Raises:
        BusyError: somebody else takes a CPU profile there.
        SourceError: it does not answer as it should, or not in time, or with too much.
    """
    import aiohttp  # the session has it already

    limit = access.timeout_seconds or (target.seconds + SLACK_SECONDS if target.seconds else PLAIN_SECONDS)
    what = f"cannot fetch {target.name}"
    try:
        async with asyncio.timeout(limit):
            return await redirected(session, target, access)
    except aiohttp.ConnectionTimeoutError as error:
        raise told(what, error) from error
    except TimeoutError as error:
        raise SourceError(what, f"no whole answer within {limit:g} seconds", "--timeout SECONDS") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise told(what, error) from error


def told(what: str, error: Exception) -> SourceError:
    """An error of fetching as people read it."""
    from glance.sources.fetch_error import trouble_of  # aiohttp behind it: only where something was fetched

    return SourceError(what, *trouble_of(error))


async def redirected(session: ClientSession, target: Target, access: Access) -> bytes:
    """The answer, after at most some redirects, all of them to the same host and port: a token goes nowhere else.

    Raises:
        SourceError: they lead elsewhere, or on and on.
    """
    url = target.url
    for _ in range(MOST_REDIRECTS + 1):
        async with session.get(url, allow_redirects=False) as response:
            if response.status not in {301, 302, 303, 307, 308}:
                return await answer(response, target, access)
            new = response.url.join(type(response.url)(response.headers.get("Location", "")))
        if new.origin() != response.url.origin():
            raise SourceError(
                f"cannot fetch {target.name}", f"it leads to another place: {safe_text(str(new), 200)}", "fetch that"
            )
        url = str(new)
    raise SourceError(f"cannot fetch {target.name}", f"it leads on and on, {MOST_REDIRECTS} times and more")


async def answer(response: ClientResponse, target: Target, access: Access) -> bytes:
    """The body of an answer.

    Raises:
        BusyError: somebody else takes a CPU profile there.
        SourceError: it is an error, or too large.
    """
    is_right = response.status == 200
    limit = access.most_bytes if is_right else MOST_ERROR_BYTES
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_chunked(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            if not is_right:
                break
            raise SourceError(f"cannot fetch {target.name}", f"the answer has more than {limit:,} bytes")
    body = b"".join(pieces)
    if is_right:
        return body
    raise refusal(response.status, "X-Go-Pprof" in response.headers, body, target)


def refusal(status: int, is_go: bool, body: bytes, target: Target) -> SourceError:
    """What an answer that is no profile means, in words."""
    what = f"cannot fetch {target.name}"
    said = safe_text(b" ".join(body.split())[:300])
    if is_go and b"already in use" in body:
        return BusyError(
            f"cannot take a profile of {target.name}", "somebody else is taking one there; there can be only one",
            "try again when that is over",
        )  # fmt: skip
    if is_go:
        return RefusedError(what, f"the program says: {said}", status=status)
    reasons = {
        401: ("it wants to know who asks", "--token TEXT"),
        403: ("it does not let us in", "--token TEXT, or --tls-cert FILE"),
        404: ("there is nothing at this address", "does the program import net/http/pprof?"),
    }
    if status == 400 and b"HTTPS server" in body:  # the words of Go
        return RefusedError(what, "it speaks TLS only", "https:// instead of http://", status=status)
    why, hint = reasons.get(status, ("", ""))
    return RefusedError(what, why or f"status {status}{f': {said}' if said else ''}", hint, status=status)


async def fetch_all(
    targets: list[Target], access: Access, on_second: Callable[[int], None] | None = None
) -> list[bytes | SourceError]:
    """What all of these answer, fetched at the same time; what fails is an error in its place.

    Args:
        targets: where.
        access: how.
        on_second: called about once a second with the seconds that went by.
    """

    async def one(target: Target) -> bytes | SourceError:
        try:
            async with open_session(access, target.socket) as session:
                return await fetch(session, target, access)
        except SourceError as error:
            return error

    async def tick(called: Callable[[int], None]) -> None:
        passed = 0
        while True:
            called(passed)
            await asyncio.sleep(1)
            passed += 1

    ticking = asyncio.create_task(tick(on_second)) if on_second else None
    try:
        return list(await asyncio.gather(*map(one, targets)))
    finally:
        if ticking is not None:
            ticking.cancel()
