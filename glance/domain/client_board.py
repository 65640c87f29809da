"""What the page of clients asks, and what it is answered: who asks how much, and who is suspicious."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glance.domain.page import PageAnswer, PageWish

Grouping = Literal["address", "network"]
ClientSort = Literal["hits", "errors", "bytes", "suspicion", "name"]

GROUPINGS: tuple[Grouping, ...] = ("address", "network")
"""By address, or by network: the /24 of an address of IPv4, the /64 of one of IPv6."""

SORTS: tuple[ClientSort, ...] = ("hits", "errors", "bytes", "suspicion", "name")


@dataclass(frozen=True, slots=True)
class ClientWish(PageWish):
    """Which clients, in which order."""

    grouping: Grouping = "address"
    sort: ClientSort = "hits"
    rows: int = 100
    """At most."""
    named: int = 0
    """Of how many rows, from the first one, names are looked up in reverse DNS."""


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client, or one network, within the window. Text from the log and from DNS is raw."""

    raw: bytes
    """As it stands in the log; a network as `203.0.113.0/24`."""
    hits: int = 0
    share: float = 0.0
    """Of all hits, 0 to 1."""
    rate: float = 0.0
    """Hits per second of what of the window is known."""
    client_errors: int = 0
    server_errors: int = 0
    paths: int = 0
    """Different ones."""
    sent: int = 0
    """Bytes."""
    addresses: int = 1
    """Different ones, of a network."""
    kind: str = ""
    """`person`, `crawler`, `tool`, `monitor` or `unknown`, by the agent that it mostly has."""
    crawler: str = ""
    """Name of the crawler or tool that its agent names."""
    agent: bytes = b""
    """The one that it mostly has."""
    agents: int = 0
    """Different ones, as far as they are counted."""
    first_at: float = 0.0
    """Epoch seconds."""
    last_at: float = 0.0
    name: str = ""
    """In reverse DNS, where that is known."""
    reasons: tuple[str, ...] = ()
    """Why it is suspicious, the strongest first."""

    @property
    def error_share(self) -> float:
        """Requests that were answered with 4xx or 5xx, of all, 0 to 1."""
        return (self.client_errors + self.server_errors) / self.hits if self.hits else 0.0


@dataclass(frozen=True, slots=True)
class ClientBoard(PageAnswer):
    """The clients of a window."""

    rows: tuple[ClientRow, ...] = ()
    distinct: int = 0
    """Number of clients, or of networks."""
    hits: int = 0
    """Of all of them."""
    is_approximate: bool = False
    """Some of them had to be counted together."""
