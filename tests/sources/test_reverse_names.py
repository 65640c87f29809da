"""Names in reverse DNS: found away from everything, remembered within bounds, never waited for."""

from __future__ import annotations

import threading

from glance.sources import reverse_names
from glance.sources.reverse_names import ReverseNames, system_lookup


def test_this_machine_has_a_name():
    names = ReverseNames()
    assert names.of([b"127.0.0.1"]) == {}
    names.settle()
    assert names.of([b"127.0.0.1"]) == {b"127.0.0.1": system_lookup("127.0.0.1")}
    assert system_lookup("127.0.0.1")


def test_what_is_no_address_is_not_looked_up():
    asked: list[str] = []
    names = ReverseNames(lambda address: asked.append(address) or "x", threads=1)
    names.of([b"me", b"", b"1.2.3.4.5", b"\xff", b"::ffff:192.0.2.1", b"203.0.113.0/24"])
    names.settle()
    assert asked == ["192.0.2.1"]


def test_an_address_without_a_name_is_asked_for_once():
    asked: list[str] = []
    names = ReverseNames(lambda address: asked.append(address) or "", threads=1)
    for _ in range(3):
        assert names.of([b"192.0.2.1"]) == {}
        names.settle()
    assert (asked, names.version) == (["192.0.2.1"], 0)


def test_no_more_than_some_are_remembered(monkeypatch):
    monkeypatch.setattr(reverse_names, "MOST_KNOWN", 3)
    names = ReverseNames(lambda address: f"{address}.example", threads=1)
    for number in range(8):
        names.of([b"192.0.2.%d" % number])
        names.settle()
    assert len(names._known) == 3
    assert list(names._known) == [b"192.0.2.5", b"192.0.2.6", b"192.0.2.7"]


def test_a_stuck_resolver_is_not_waited_for_and_keeps_no_others_waiting():
    now, gate = [0.0], threading.Event()

    def lookup(address: str) -> str:
        if address == "192.0.2.1":
            gate.wait()
        return f"{address}.example"

    names = ReverseNames(lookup, lambda: now[0], threads=1)
    try:
        assert names.of([b"192.0.2.1", b"192.0.2.2"]) == {}
        names.of([b"192.0.2.2"])
        assert b"192.0.2.2" not in names._running
        now[0] = 6.0
        names.of([b"192.0.2.2"])
        names.settle(but=1)
        assert names.of([b"192.0.2.2"]) == {b"192.0.2.2": "192.0.2.2.example"}
    finally:
        gate.set()
        names.settle()
    assert names.of([b"192.0.2.1"]) == {b"192.0.2.1": "192.0.2.1.example"}


def test_there_is_an_end_to_stuck_lookups(monkeypatch):
    monkeypatch.setattr(reverse_names, "MOST_STUCK", 2)
    now, gate = [0.0], threading.Event()
    names = ReverseNames(lambda _: gate.wait() and "", lambda: now[0], threads=1)
    try:
        for number in range(9):
            now[0] += 60
            names.of([b"192.0.2.%d" % number])
        assert len(names._running) == 3
    finally:
        gate.set()
        names.settle()


def test_closed_it_looks_nothing_up():
    asked: list[str] = []
    names = ReverseNames(lambda address: asked.append(address) or "x")
    names.close()
    names.of([b"192.0.2.1"])
    names.settle()
    assert asked == []
