"""Names of addresses in reverse DNS: looked up away from everything else, remembered, and never waited for.

A resolver may take half a minute to say nothing. So lookups run in a few daemon threads of their own, which
end when there is nothing to look up; what takes longer than its time counts as nameless until then.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from glance.domain.logs.filter_address import address_of

MOST_KNOWN = 4096
"""Names that are remembered; those that were asked for longest ago go first."""

MOST_WAITING = 256
THREADS = 4
TIMEOUT_SECONDS = 5.0
"""A lookup that takes longer does not keep others waiting."""

MOST_STUCK = 12
"""Lookups that take longer; with more of them there is no resolver, and nothing more is looked up."""

LONGEST_NAME = 253

Lookup = Callable[[str], str]


def system_lookup(address: str) -> str:
    """The name that the system's resolver has for an address; empty when there is none."""
    try:
        return socket.gethostbyaddr(address)[0]
    except (OSError, UnicodeError):  # no name, no resolver, or a name that is none
        return ""


@dataclass(slots=True)
class _Running:
    """A lookup under way."""

    since: float
    """Seconds that never go back."""


class ReverseNames:
    """Names by address. Asked from one thread."""

    def __init__(
        self, lookup: Lookup = system_lookup, monotonic: Callable[[], float] = time.monotonic, threads: int = THREADS
    ) -> None:
        """Know nothing yet.

        Args:
            lookup: asks the resolver; may take long.
            monotonic: tells seconds that never go back.
            threads: how many lookups run at once.
        """
        self._lookup = lookup
        self._monotonic = monotonic
        self._threads = threads
        self._lock = threading.Condition()
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self._waiting: deque[bytes] = deque()
        self._running: dict[bytes, _Running] = {}
        self._is_closed = False
        self.version = 0
        """Changes when a name was found."""

    def of(self, clients: Iterable[bytes]) -> dict[bytes, str]:
        """The names that are known of these clients; the others are looked up, those asked for last first."""
        found: dict[bytes, str] = {}
        with self._lock:
            wanted: list[bytes] = []
            for client in clients:
                if client in self._known:
                    self._known.move_to_end(client)
                    if name := self._known[client]:
                        found[client] = name
                elif client not in self._running and address_of(client) is not None:
                    wanted.append(client)
            self._waiting = deque(
                () if self._is_closed else wanted[:MOST_WAITING]
            )  # what nobody sees any more need not be looked up
            self._start()
        return found

    def close(self) -> None:
        """Look nothing up any more. Lookups under way end by themselves, and are forgotten."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()

    def settle(self, but: int = 0) -> None:
        """Wait until everything is looked up that can be; for whoever has to know.

        Args:
            but: lookups that do not end.
        """
        with self._lock:
            self._lock.wait_for(lambda: len(self._running) <= but and not self._waiting)

    def _start(self) -> None:
        """Begin as many lookups as may run; called with the lock held."""
        now = self._monotonic()
        stuck = sum(now - one.since > TIMEOUT_SECONDS for one in self._running.values())
        most = self._threads + min(stuck, MOST_STUCK)
        while self._waiting and len(self._running) < most and not self._is_closed:
            client = self._waiting.popleft()
            self._running[client] = _Running(self._monotonic())
            threading.Thread(target=self._look_up, args=(client,), name="reverse-name", daemon=True).start()

    def _look_up(self, client: bytes) -> None:
        """Look up one client after the other, until none is waiting; in a thread of its own."""
        following: bytes | None = client
        while following is not None:
            name = self._lookup(_address_text(following))
            following = self._take(following, name)

    def _take(self, client: bytes, name: str) -> bytes | None:
        """Remember a name; the next client to look up."""
        with self._lock:
            del self._running[client]
            self._known[client] = "" if _says_nothing(client, name) else name[:LONGEST_NAME]
            if self._known[client]:
                self.version += 1
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
            self._lock.notify_all()
            if not self._waiting or self._is_closed:
                return None
            following = self._waiting.popleft()
            self._running[following] = _Running(self._monotonic())
            return following


def _address_text(client: bytes) -> str:
    """An address as a resolver reads it; one of IPv4 within IPv6 as that of IPv4."""
    from ipaddress import IPv4Address, IPv6Address  # not before something is looked up

    found = address_of(client)
    if found is None:
        return ""
    version, number = found
    return str(IPv4Address(number) if version == 4 else IPv6Address(number))


def _says_nothing(client: bytes, name: str) -> bool:
    """There is no name, or only the address again."""
    return not name or name == _address_text(client)
