"""Networks of clients, and the lines that would shut one out. The lines are text: nothing here runs them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from glance.domain.logs.filter_address import address_of
from glance.errors import UsageError

WIDEST = {4: 8, 6: 16}
"""By version, the shortest prefix that a line is written for; a shorter one is a slip."""


@dataclass(frozen=True, slots=True)
class DenyLine:
    """What a person may run, or write into a file, to shut a network out."""

    tool: str
    """`nft`, `ufw` or `nginx`."""
    text: str


def subnet(client: bytes) -> bytes:
    """The /24 or /64 of an address, as `203.0.113.0/24`; a client that is no address stays as it is.

    An IPv4 address within IPv6 (`::ffff:203.0.113.9`) is that of IPv4.
    """
    found = address_of(client)
    if found is None:
        return client
    version, number = found
    if version == 4:
        return b"%d.%d.%d.0/24" % (number >> 24, number >> 16 & 255, number >> 8 & 255)
    first = number >> 64 << 64
    return f"{IPv6Address(first)}/64".encode()


def network_of(text: str) -> IPv4Network | IPv6Network:
    """The network that an address or a network is, with the bits behind its prefix cleared.

    Raises:
        UsageError: it is none, or one so wide that it must be a slip.
    """
    try:
        network = ip_network(text.strip() if text.isascii() and "%" not in text else "", strict=False)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no network", "it is neither an address nor a network", "such as 203.0.113.0/24"
        ) from error
    if isinstance(network, IPv6Network) and network.prefixlen >= 96:
        inner = network.network_address.ipv4_mapped
        if inner is not None:
            network = IPv4Network((IPv4Address(inner), network.prefixlen - 96))
    if network.prefixlen < WIDEST[network.version]:
        raise UsageError(
            f"{network} is too wide to shut out",
            f"it has {network.num_addresses:,} addresses",
            f"name a part of it, from /{WIDEST[network.version]} on",
        )
    return network


def deny_lines(network: str) -> tuple[DenyLine, ...]:
    """The lines that shut out an address or a network, for nft, ufw and nginx.

    Raises:
        UsageError: it is no network, or one so wide that it must be a slip.
    """
    found = network_of(network)
    name = str(found.network_address) if found.prefixlen == found.max_prefixlen else str(found)
    family = "ip" if found.version == 4 else "ip6"
    return (
        DenyLine("nft", f"nft insert rule inet filter input {family} saddr {name} drop"),
        DenyLine("ufw", f"ufw prepend deny from {name} to any"),
        DenyLine("nginx", f"deny {name};"),
    )
