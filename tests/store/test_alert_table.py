"""Alerts in a real database: definitions, states, events, and what waits to be sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from glance.errors import StoreError
from glance.store import alert_table, outbox
from glance.store.alert_table import AlertTable, KeptState
from glance.store.history import History
from glance.store.outbox import GIVE_UP_SECONDS, LONGEST_RETRY_SECONDS, Delivery, retry_seconds
from tests.outputs.happenings import AT, event


@pytest.fixture
def table(tmp_path: Path) -> AlertTable:
    found = AlertTable.open(tmp_path / "glance.db")
    yield found  # type: ignore[misc]
    found.close()


def put(table: AlertTable, *numbers: int, output: str = "hook") -> None:
    with table.writing():
        for number in numbers:
            table.outbox.put(output, event(number=number), AT)


def taken(table: AlertTable, output: str = "hook") -> Delivery:
    found = table.outbox.next(output)
    assert found is not None
    return found


def test_definitions_are_kept_replaced_and_forgotten(table: AlertTable) -> None:
    table.define("b", "rate > 1 over 1m", AT)
    table.define("a", None, AT)
    table.define("b", "rate > 2 over 1m", AT + 1)

    assert [(each.name, each.text, each.made_at) for each in table.definitions()] == [
        ("a", None, AT),
        ("b", "rate > 2 over 1m", AT + 1),
    ]
    assert table.forget("b")
    assert not table.forget("b")


def test_states_and_events_come_back_as_they_were(table: AlertTable) -> None:
    hostile = event(segment=b"/\xff\x00'; DROP TABLE alert_event; --", rule="rate > 1 over 1m by section")
    state = KeptState("traffic", b"/\xff", "rate > 1 over 1m", "firing", {"since": AT})
    with table.writing():
        table.keep_event(hostile)
        table.keep_event(hostile)
        table.keep_states([state, replace(state, segment=b"x")])
        table.keep_states([KeptState("traffic", b"x", "", "inactive", {})])

    assert table.events() == (hostile,)
    assert table.events("other") == ()
    assert table.names() == ("traffic",)
    assert table.states() == (state,)


def test_both_turns_are_kept_newest_first(table: AlertTable) -> None:
    with table.writing():
        for number in range(3):
            table.keep_event(event(number=number))
            table.keep_event(event("resolved", number=number))

    assert [(each.status, each.started_at - AT) for each in table.events(most=3)] == [
        ("resolved", 2000),
        ("firing", 2000),
        ("resolved", 1000),
    ]


def test_events_are_bounded(table: AlertTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_table, "MOST_EVENTS", 5)
    for number in range(20):
        with table.writing():
            table.keep_event(event(number=number))

    assert [each.started_at - AT for each in table.events()] == [19_000, 18_000, 17_000, 16_000, 15_000]


def test_a_transaction_is_whole_or_not_at_all(table: AlertTable) -> None:
    def fail() -> None:
        with table.writing():
            table.keep_event(event())
            table.outbox.put("hook", event(), AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert table.events() == ()
    assert table.outbox.next("hook") is None


def test_f61_the_outbox_keeps_the_order_and_survives(tmp_path: Path) -> None:
    path = tmp_path / "glance.db"
    first = AlertTable.open(path)
    put(first, 0, 1, 2)
    put(first, 0)  # waits already
    with first.writing():
        first.outbox.begin(taken(first), AT)
    first.close()

    again = AlertTable.open(path)
    heard = []
    while (delivery := again.outbox.next("hook")) is not None:
        heard.append((delivery.event.started_at - AT, delivery.attempts))
        with again.writing():
            again.outbox.sent(delivery, AT)
    assert heard == [(0, 1), (1000, 0), (2000, 0)]
    again.close()


def test_f61_attempts_are_further_and_further_apart(table: AlertTable) -> None:
    put(table, 0)
    waits = []
    now = AT
    for _ in range(12):
        delivery = taken(table)
        with table.writing():
            table.outbox.begin(delivery, now)
            table.outbox.failed(delivery, now, "down", is_passing=True)
        wait = table.outbox.wait_seconds("hook", now)
        assert wait is not None
        waits.append(wait)
        now += wait

    assert waits == pytest.approx([retry_seconds(attempt) for attempt in range(12)])
    assert waits[:3] == pytest.approx([5, 10, 20])
    assert waits[-1] == pytest.approx(LONGEST_RETRY_SECONDS)


def test_f62_a_clock_that_was_set_back_delays_no_longer_than_the_longest_wait(table: AlertTable) -> None:
    put(table, 0)

    assert table.outbox.wait_seconds("hook", AT - 86_400) == LONGEST_RETRY_SECONDS


def test_f61_what_could_not_be_delivered_in_a_day_is_given_up_and_counted(table: AlertTable) -> None:
    put(table, 0, 1)
    for late, is_passing in ((GIVE_UP_SECONDS + 1, True), (0, False)):
        with table.writing():
            table.outbox.failed(taken(table), AT + late, "no", is_passing=is_passing)

    (state,) = table.outbox.outputs()
    assert (state.waiting, state.failed, state.sent, state.trouble) == (0, 2, 0, "no")


def test_f61_the_outbox_is_bounded_and_what_is_dropped_is_counted(
    table: AlertTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_WAITING", 3)
    put(table, *range(10))
    put(table, 0, output="other")

    assert taken(table).event.started_at == AT + 7000
    states = {state.name: state for state in table.outbox.outputs()}
    assert (states["hook"].waiting, states["hook"].dropped) == (3, 7)
    assert (states["other"].waiting, states["other"].dropped) == (1, 0)


def test_it_lives_beside_a_writer_of_history(tmp_path: Path) -> None:
    path = tmp_path / "glance.db"
    history = History.open(path)
    table = AlertTable.open(path)
    table.define("a", None, AT)
    reader = AlertTable.open_to_read(path)
    assert reader is not None

    assert [each.name for each in reader.definitions()] == ["a"]
    version = reader.version
    table.define("b", None, AT)
    assert reader.version != version
    with pytest.raises(StoreError):
        reader.define("c", None, AT)
    for each in (table, reader, history):
        each.close()


def test_without_a_database_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert AlertTable.open_to_read(tmp_path / "no.db") is None


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE theirs (x)")
    other.close()

    for opened in (AlertTable.open, AlertTable.open_to_read):
        with pytest.raises(StoreError, match="another program"):
            opened(path)


def test_in_memory_it_is_the_same() -> None:
    table = AlertTable.in_memory()
    put(table, 0)

    assert taken(table).event == event()
    table.close()
