"""Addresses and networks of clients, as a filter compares them."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Network, IPv6Address, IPv6Network, ip_network

from glance.domain.logs.filter_mistake import Mistake

_OCTETS = {b"%d" % number: number for number in range(256)}

MOST_LENGTH = 64
"""No address is longer."""

Address = tuple[int, int]
"""Version and number."""


def address_of(text: bytes) -> Address | None:
    """The address that a client is, None when it is none; one of IPv4 within IPv6 is that of IPv4."""
    octets = text.split(b".", 4)
    if len(octets) == 4:
        numbers = [_OCTETS.get(octet) for octet in octets]
        if None not in numbers:
            a, b, c, d = (number or 0 for number in numbers)
            return 4, a << 24 | b << 16 | c << 8 | d
    if b":" not in text or len(text) > MOST_LENGTH:
        return None
    try:
        found = IPv6Address(text.decode("ascii"))
    except (AddressValueError, UnicodeDecodeError):
        return None
    inner = found.ipv4_mapped
    return (6, int(found)) if inner is None else (4, int(inner))


def network_test(text: str) -> tuple[str, Callable[[bytes], bool]]:
    """Whether a client is within this network, and the network in its usual form.

    Raises:
        Mistake: it is no network.
    """
    try:
        network = ip_network(text if text.isascii() else "", strict=False)
    except ValueError as error:
        raise Mistake("this is no network", hint="write an address and the length of its prefix: 10.0.0.0/8") from error
    version, first, shift = _bounds(network)

    def holds(value: bytes) -> bool:
        found = address_of(value)
        return found is not None and found[0] == version and found[1] >> shift == first

    return str(network), holds


def _bounds(network: IPv4Network | IPv6Network) -> tuple[int, int, int]:
    """Version, prefix, and the bits behind it."""
    shift = network.max_prefixlen - network.prefixlen
    return network.version, int(network.network_address) >> shift, shift
