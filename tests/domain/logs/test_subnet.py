"""Networks of clients, and lines that shut them out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.subnet import deny_lines, subnet
from glance.errors import UsageError


@pytest.mark.parametrize(
    ("client", "network"),
    [
        (b"203.0.113.9", b"203.0.113.0/24"),
        (b"0.0.0.0", b"0.0.0.0/24"),
        (b"::ffff:203.0.113.9", b"203.0.113.0/24"),
        (b"2001:DB8:1:2:3::4", b"2001:db8:1:2::/64"),
        (b"::1", b"::/64"),
        (b"host.example", b"host.example"),
        (b"203.0.113.999", b"203.0.113.999"),
        (b"203.0.113.0/24", b"203.0.113.0/24"),
        (b"", b""),
    ],
)
def test_a_client_belongs_to_a_network(client: bytes, network: bytes) -> None:
    assert subnet(client) == network


def test_lines_to_shut_out_a_network() -> None:
    assert [line.text for line in deny_lines("203.0.113.9/24")] == [
        "nft insert rule inet filter input ip saddr 203.0.113.0/24 drop",
        "ufw prepend deny from 203.0.113.0/24 to any",
        "deny 203.0.113.0/24;",
    ]
    assert [line.text for line in deny_lines(" 2001:db8:1:2::/64 ")] == [
        "nft insert rule inet filter input ip6 saddr 2001:db8:1:2::/64 drop",
        "ufw prepend deny from 2001:db8:1:2::/64 to any",
        "deny 2001:db8:1:2::/64;",
    ]


@pytest.mark.parametrize(
    ("client", "name"), [("203.0.113.9", "203.0.113.9"), ("::1", "::1"), ("::ffff:203.0.113.9", "203.0.113.9")]
)
def test_one_address_is_shut_out_by_itself(client: str, name: str) -> None:
    assert [line.text for line in deny_lines(client)] == [
        f"nft insert rule inet filter input ip{'6' if ':' in name else ''} saddr {name} drop",
        f"ufw prepend deny from {name} to any",
        f"deny {name};",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host.example",
        "0.0.0.0/0",
        "10.0.0.0/7",
        "::/0",
        "1.2.3.4; rm -rf /",
        "$(id)",
        "1.2.3.4\nx",
        "fe80::1%$(id)",
        "١.1.1.1",
    ],
)
def test_what_is_no_network_or_too_wide_makes_no_line(text: str) -> None:
    with pytest.raises(UsageError):
        deny_lines(text)


@given(st.text(max_size=40))
def test_a_line_holds_nothing_but_a_network(text: str) -> None:
    try:
        lines = deny_lines(text)
    except UsageError:
        return
    plain = set("0123456789abcdef.:/ ")
    assert all(
        set(line.text.split(" from ")[-1].split("addr ")[-1]) - plain <= set("dropt any deny;") for line in lines
    )
    assert all("\n" not in line.text for line in lines)
