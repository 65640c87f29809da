"""Why a client, or a network of clients, looks like no honest visitor: stated rules over counts, each with its words.

A rule is about one thing only, and says the figures it goes by, so that a person can judge. What is
suspicious is not guilty: a broken page makes 404s too, and a proxy has many visitors behind one address.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from glance.domain import units
from glance.domain.logs.agent_kind import CRAWLER, PERSON, UNKNOWN, agent_kind
from glance.domain.logs.scanner import scanner_name
from glance.domain.logs.subnet import subnet
from glance.domain.safe_text import decode, safe_text

Rule = Literal["probes", "not-found", "burst", "paths", "agent"]

BURST_SECONDS = 10
"""The stretch of time in which a burst is looked for."""
LONGEST_AGENT = 40


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is suspicious."""

    probes: int = 3
    """Probe paths that were answered with 4xx."""
    not_found: int = 20
    """404s at least, before their share is looked at."""
    not_found_share: float = 0.5
    burst: int = 200
    """Requests within BURST_SECONDS: 20 a second, more than a page with all its pictures."""
    paths: int = 300
    """Different paths at least, before their share is looked at; crawlers that name themselves may have them."""
    path_share: float = 0.9
    """Different paths by request: who comes for something comes back to it."""
    agents: int = 20
    """Agents of one address."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ClientCounts:
    """What is known of a client or a network within some span of time."""

    client: bytes
    hits: int = 0
    client_errors: int = 0
    server_errors: int = 0
    not_found: int = 0
    """Answered with 404."""
    probes: int = 0
    """Requests for probe paths that were answered with 4xx."""
    paths: int = 0
    """Different paths; of several clients together at most their sum."""
    busiest: int = 0
    """Most requests within a step of BURST_SECONDS."""
    agents: tuple[bytes, ...] = ()
    """What it calls itself, most often used first."""
    clients: frozenset[bytes] = field(default=frozenset())
    """The clients of a network; empty for one client."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a client is suspicious."""

    rule: Rule
    words: str
    """With the figures it goes by, safe to show."""


def reasons(counts: ClientCounts, limits: Limits = LIMITS) -> tuple[Reason, ...]:
    """Why a client is suspicious, the strongest reason first; none when it is not."""
    found: list[Reason] = []
    if counts.probes >= limits.probes:
        found.append(Reason("probes", f"{units.exact(counts.probes)} requests for paths that scanners try"))
    found += _agent_reasons(counts, limits)
    if counts.busiest >= limits.burst:
        found.append(Reason("burst", f"{units.exact(counts.busiest)} requests within {BURST_SECONDS} s"))
    if counts.not_found >= limits.not_found and counts.not_found >= limits.not_found_share * counts.hits:
        share = units.share(counts.not_found / counts.hits)
        found.append(Reason("not-found", f"{units.exact(counts.not_found)} of its requests, {share}, found nothing"))
    if counts.paths >= limits.paths and counts.paths >= limits.path_share * counts.hits and not _is_crawler(counts):
        found.append(Reason("paths", f"{units.exact(counts.paths)} different paths, nearly each but once"))
    return tuple(found)


def is_suspicious(counts: ClientCounts, limits: Limits = LIMITS) -> bool:
    """Whether there is any reason."""
    return bool(reasons(counts, limits))


def _is_crawler(counts: ClientCounts) -> bool:
    """It calls itself a crawler: reading everything once is what these do."""
    return bool(counts.agents) and agent_kind(counts.agents[0]) == CRAWLER


def _agent_reasons(counts: ClientCounts, limits: Limits) -> list[Reason]:
    """What is odd about its agents: a scanner that says so, a browser cut short, too many of them."""
    for agent in counts.agents:
        if name := scanner_name(agent):
            return [Reason("agent", f"calls itself {decode(name)}")]
    if len(counts.agents) >= limits.agents and not counts.clients:
        return [Reason("agent", f"{units.exact(len(counts.agents))} different agents")]
    for agent in counts.agents:
        if is_odd_agent(agent):
            return [Reason("agent", f"odd agent {safe_text(decode(agent), LONGEST_AGENT)}")]
    return []


def is_odd_agent(agent: bytes) -> bool:
    """An agent that no program has that people use: `Mozilla/5.0` and nothing else, a request, or an attack in it.

    No agent at all is nothing odd: many a health check has none.
    """
    if not agent:
        return False
    small = agent.lower()
    if any(mark in small for mark in (b"${", b"<script", b"../", b"select ", b"() {", b"/bin/", b"\\x")):
        return True
    kind = agent_kind(agent)
    is_bare = kind == UNKNOWN and small.startswith((b"mozilla/", b"get ", b"post ", b"http://", b"https://"))
    is_impossible = kind == PERSON and b"windows nt 5.0" in small and b"chrome/" in small
    return is_bare or is_impossible


def by_subnet(clients: Iterable[ClientCounts]) -> list[ClientCounts]:
    """The clients of each /24 and /64 as one, in order of first appearance."""
    groups: dict[bytes, list[ClientCounts]] = {}
    for counts in clients:
        groups.setdefault(subnet(counts.client), []).append(counts)
    return [together(network, members) for network, members in groups.items()]


def together(name: bytes, members: Iterable[ClientCounts]) -> ClientCounts:
    """Several clients as one. Bursts add up only as far as each is one: the busiest of all counts."""
    listed = list(members)
    agents = dict.fromkeys(agent for counts in listed for agent in counts.agents)
    return ClientCounts(
        client=name,
        hits=sum(counts.hits for counts in listed),
        client_errors=sum(counts.client_errors for counts in listed),
        server_errors=sum(counts.server_errors for counts in listed),
        not_found=sum(counts.not_found for counts in listed),
        probes=sum(counts.probes for counts in listed),
        paths=sum(counts.paths for counts in listed),
        busiest=max((counts.busiest for counts in listed), default=0),
        agents=tuple(agents),
        clients=frozenset(client for counts in listed for client in (counts.clients or (counts.client,))),
    )
