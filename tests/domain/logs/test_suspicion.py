"""Suspicion: each rule by itself, with the figures it goes by, and nothing for an honest visitor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.domain.logs.suspicion import ClientCounts, by_subnet, is_odd_agent, is_suspicious, reasons, together

BROWSER = b"Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
HONEST = ClientCounts(b"203.0.113.9", hits=400, client_errors=12, not_found=10, paths=60, busiest=35, agents=(BROWSER,))


def test_an_honest_visitor_has_no_reason() -> None:
    assert reasons(HONEST) == ()
    assert not is_suspicious(ClientCounts(b""))


@pytest.mark.parametrize(
    ("counts", "rule", "words"),
    [
        (replace(HONEST, probes=3), "probes", "3 requests for paths that scanners try"),
        (replace(HONEST, not_found=200), "not-found", "200 of its requests, 50.0%, found nothing"),
        (replace(HONEST, busiest=250), "burst", "250 requests within 10 s"),
        (replace(HONEST, paths=390), "paths", "390 different paths, nearly each but once"),
        (replace(HONEST, agents=(BROWSER, b"zgrab/0.x")), "agent", "calls itself zgrab"),
        (replace(HONEST, agents=(b"Mozilla/5.0",)), "agent", "odd agent Mozilla/5.0"),
        (replace(HONEST, agents=tuple(b"%b %d" % (BROWSER, n) for n in range(20))), "agent", "20 different agents"),
    ],
)
def test_each_rule_says_the_figures_it_goes_by(counts: ClientCounts, rule: str, words: str) -> None:
    (reason,) = reasons(counts)

    assert (reason.rule, reason.words) == (rule, words)


@pytest.mark.parametrize(
    "counts",
    [
        replace(HONEST, probes=2),
        replace(HONEST, not_found=199),
        replace(HONEST, hits=19, not_found=19),
        replace(HONEST, busiest=199),
        replace(HONEST, paths=299, hits=299),
        replace(HONEST, paths=300, hits=400),
        replace(HONEST, paths=400, agents=(b"Googlebot/2.1",)),
    ],
)
def test_just_below_a_limit_there_is_no_reason(counts: ClientCounts) -> None:
    assert reasons(counts) == ()


def test_several_reasons_stand_in_the_order_of_their_strength() -> None:
    worst = replace(HONEST, probes=90, not_found=390, busiest=400, paths=390, agents=(b"nikto",))

    assert [reason.rule for reason in reasons(worst)] == ["probes", "agent", "burst", "not-found", "paths"]


@pytest.mark.parametrize(
    ("agent", "is_odd"),
    [
        (b"", False),
        (BROWSER, False),
        (b"curl/8.4.0", False),
        (b"acme internal job", False),
        (b"Mozilla/5.0", True),
        (b"GET / HTTP/1.1", True),
        (b"${jndi:ldap://x/a}", True),
        (b"() { :; }; /bin/bash -c id", True),
        (b"\x1b]52;c;x\x07${", True),
    ],
)
def test_odd_agents(agent: bytes, is_odd: bool) -> None:
    assert is_odd_agent(agent) is is_odd


def test_the_words_are_safe_to_show() -> None:
    (reason,) = reasons(replace(HONEST, agents=(b"${\x1b]52;c;x\x07\xff" + b"x" * 500,)))

    assert reason.words.isprintable()
    assert len(reason.words) < 60


def test_clients_of_a_network_count_together() -> None:
    clients = [
        replace(HONEST, client=b"203.0.113.1", probes=1, busiest=20),
        ClientCounts(b"198.51.100.1", hits=1),
        replace(HONEST, client=b"203.0.113.2", probes=2, busiest=30, agents=(b"curl/8.4.0",)),
    ]
    network, other = by_subnet(clients)

    assert (network.client, other.client) == (b"203.0.113.0/24", b"198.51.100.0/24")
    assert (network.hits, network.probes, network.busiest, network.paths) == (800, 3, 30, 120)
    assert network.agents == (BROWSER, b"curl/8.4.0")
    assert network.clients == {b"203.0.113.1", b"203.0.113.2"}
    assert [reason.rule for reason in reasons(network)] == ["probes"]
    assert together(b"all", [network, other]).clients == {b"203.0.113.1", b"203.0.113.2", b"198.51.100.1"}
