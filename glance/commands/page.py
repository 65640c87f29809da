"""What can be done on the pages of clients, heat maps, errors and latency.

Bound there, where these commands go before all others.
"""

from __future__ import annotations

from glance.commands.command import Command, Situation


def _on_addresses(now: Situation) -> bool:
    """Valid on the page of clients while nothing is typed."""
    return now.panel == "addresses" and not now.is_typing


def _on_heat(now: Situation) -> bool:
    """Valid on the page of heat maps while nothing is typed."""
    return now.panel == "heat" and not now.is_typing


def _on_address(now: Situation) -> bool:
    """Valid there while there is a client with the cursor."""
    return _on_addresses(now) and now.can_filter


def _on_samples(now: Situation) -> bool:
    """Valid on the map of samples, where something can be selected."""
    return now.panel == "samples" and now.can_open and not now.is_typing


def _on_seconds(now: Situation) -> bool:
    """Valid on every heat map."""
    return _on_heat(now) or _on_samples(now)


def _on_map(now: Situation) -> bool:
    """Valid on a heat map that has something to select."""
    return (_on_heat(now) and now.can_filter) or _on_samples(now)


ADDRESS_COMMANDS: tuple[Command, ...] = (
    Command("address.group", "n", "focused.group", "networks", "group clients by network, /24 and /64, or by address",
            "addresses", _on_addresses, rank=3),
    Command("address.sort", "s", "focused.sort", "sort", "order clients by hits, errors, bytes, suspicion or name",
            "addresses", _on_addresses, rank=4),
    Command("address.deny", "b", "focused.deny", "deny line",
            "show a line that shuts the client out, for nft, ufw or nginx; nothing is run", "addresses", _on_address,
            rank=3),
    Command("address.copy", "y", "focused.copy", "copy", "copy the address, or the line shown, by OSC 52", "addresses",
            _on_address, rank=4),
    Command("address.names", "N", "focused.names", "names", "look up names of addresses in reverse DNS, or do not",
            "addresses", _on_addresses, rank=5),
)  # fmt: skip
"""What is done with clients."""

HEAT_COMMANDS: tuple[Command, ...] = (
    Command("heat.switch", "h", "focused.switch", "other map",
            "go from the map of latency to that of what happened within seconds, and back", "heat", _on_heat, rank=3),
    Command("heat.mark", "v", "focused.mark", "select",
            "begin a selection where the cursor is, or end it; enter filters by it, or shows its flame graph", "heat",
            _on_map, rank=3),
    Command("heat.shown", "s", "focused.next_shown", "show",
            "count all requests, only errors or without them; within seconds by errors or latency", "heat", _on_heat,
            rank=4),
    Command("heat.parts", "n", "focused.next_parts", "rows", "cut a second into 10, 25 or 50 rows", "heat", _on_seconds,
            is_in_footer=False),
    Command("heat.earlier", "left", "focused.cursor(-1, 0)", "earlier", "move the cursor back in time", "heat",
            _on_seconds, is_in_footer=False, is_in_palette=False),
    Command("heat.later", "right", "focused.cursor(1, 0)", "later", "move the cursor forward in time", "heat",
            _on_seconds, is_in_footer=False, is_in_palette=False),
)  # fmt: skip
"""What is done with a heat map. The arrows belong to its cursor; `home` and `end` move through time there too."""

SAMPLE_COMMANDS: tuple[Command, ...] = (
    Command("samples.flame", "enter", "focused.flame", "flame graph",
            "show the flame graph of exactly the selected samples; esc comes back", "heat", _on_samples, rank=2),
)  # fmt: skip
"""What is done with the heat map of samples."""


def _on_errors(now: Situation) -> bool:
    """Valid on the page of errors while nothing is typed."""
    return now.panel == "errors" and not now.is_typing


def _on_latency(now: Situation) -> bool:
    """Valid on the page of latency while nothing is typed."""
    return now.panel == "latency" and not now.is_typing


ERROR_COMMANDS: tuple[Command, ...] = (
    Command("error.list", "tab", "focused.next_part(1)", "next list",
            "go from the statuses to the routes of one, to its clients, and back", "errors", _on_errors, rank=3),
    Command("error.list_before", "shift+tab", "focused.next_part(-1)", "list before", "go through the lists backwards",
            "errors", _on_errors, is_in_footer=False, is_in_palette=False),
    Command("error.noise", "n", "focused.noise", "noise", "hide the noise of scanners, or show it", "errors",
            _on_errors, rank=3),
)  # fmt: skip
"""What is done with errors."""

LATENCY_COMMANDS: tuple[Command, ...] = (
    Command("latency.by", "v", "focused.by", "by", "tell latencies apart by route, path, section, vhost or upstream",
            "latency", _on_latency, rank=3),
    Command("latency.sort", "s", "focused.sort", "sort", "order the rows by p95, p99, max, name, hits, p50 or p90",
            "latency", _on_latency, rank=3),
    Command("latency.errors", "n", "focused.errors", "errors out",
            "leave 4xx and 5xx out of the latencies, or count them", "latency", _on_latency, rank=3),
)  # fmt: skip
"""What is done with latencies."""
