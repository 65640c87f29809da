"""Alerts of a running collector: restart, stale logs, storms, flapping, receivers that are down; time is passed in."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from glance.domain.alerts.builtin import NO_DATA, builtin_rules, traffic_rule
from glance.domain.alerts.event import AlertEvent
from glance.domain.alerts.rule import AlertRule
from glance.domain.alerts.rule_text import parse_rule
from glance.outputs.alert_file import AlertFile
from glance.outputs.output import DeliveryError, Output
from glance.outputs.webhook import Webhook
from glance.pipeline.alerting import Alerting
from glance.pipeline.followed_alerts import FollowedAlerts
from glance.store.alert_table import AlertTable
from tests.domain.alerts.hits import NOON, hits
from tests.outputs.receiver import free_port, receiving


class Listening:
    """An output that remembers, and fails as it is told to."""

    def __init__(self, *, is_damped: bool = True, name: str = "listening") -> None:
        self.name = name
        self.is_damped = is_damped
        self.heard: list[AlertEvent] = []
        self.attempts: list[tuple[str, bool]] = []
        self.failure: DeliveryError | None = None

    def send(self, event: AlertEvent, *, is_repeated: bool) -> None:
        self.attempts.append((event.key, is_repeated))
        if self.failure is not None:
            raise self.failure
        self.heard.append(event)


def alerting(
    *rules: AlertRule, path: Path | None = None, outputs: Sequence[Output] = (), now: float = NOON
) -> Alerting:
    """Alerts that keep and send only when they are told to."""
    table = AlertTable.open(path) if path else None
    found = Alerting(rules or (traffic_rule(),), table, outputs, now=lambda: now, is_threaded=False)
    found.restore(now)
    return found


def run(found: Alerting, start: int, end: int, step: int = 1, *, is_stale: bool = False) -> None:
    """Look each `step` seconds from `start` up to `end`, relative to noon."""
    for second in range(start, end, step):
        found.evaluate(NOON + second, is_stale=is_stale)
        found.desk.work(NOON + second)


def rule(text: str, name: str = "test") -> AlertRule:
    return parse_rule(name, text)


def told(output: Listening) -> list[tuple[str, float]]:
    return [(event.status, event.at - NOON) for event in output.heard]


def test_an_alert_is_shown_kept_and_sent_with_its_evidence(tmp_path: Path) -> None:
    output = Listening()
    found = alerting(path=tmp_path / "glance.db", outputs=[output])
    found.take([hits((0, 1300), path=b"/api/orders"), hits((0, 200), path=b"/")], NOON)
    run(found, 0, 200)

    (notice,) = found.notices
    assert notice.message == "High traffic generated an alert - hits = 12.50, triggered at 2023-11-14T22:13:20Z"
    assert (notice.state, notice.recovered_at, notice.recovered_value) == ("resolved", NOON + 120, 0.0)
    assert told(output) == [("firing", 0), ("resolved", 120)]
    assert output.heard[0].evidence.paths == ((b"/api/orders", 1300), (b"/", 200))
    assert b'"GET /' in output.heard[0].evidence.lines[-1]
    assert output.heard[1].worst == 12.5
    found.close()
    kept = AlertTable.open(tmp_path / "glance.db")
    assert [event.status for event in kept.events()] == ["resolved", "firing"]
    assert kept.events()[1] == output.heard[0]
    kept.close()


@pytest.mark.parametrize("is_clean", [True, False], ids=["stopped", "killed"])
def test_f57_a_restart_while_firing_neither_fires_nor_resolves(tmp_path: Path, is_clean: bool) -> None:
    path, output = tmp_path / "glance.db", Listening()
    before = alerting(path=path, outputs=[output])
    before.take([hits((0, 1300))], NOON)
    run(before, 0, 10)
    if is_clean:
        before.close()

    after = alerting(path=path, outputs=[output], now=NOON + 60)
    after.take([hits((0, 1300))], NOON + 60)  # the window is read again
    assert [notice.state for notice in after.notices] == ["firing"]
    run(after, 60, 200)

    assert told(output) == [("firing", 0), ("resolved", 120)]
    assert output.heard[1].started_at == NOON
    assert [(notice.state, notice.highest) for notice in after.notices] == [("resolved", 1300 / 120)]


def test_who_follows_sees_the_worst_value_of_what_fires(tmp_path: Path) -> None:
    """It is kept now and then, also when nothing turns."""
    path = tmp_path / "glance.db"
    watching = alerting(path=path)
    watching.take([hits((0, 1300))], NOON)
    run(watching, 0, 10)
    watching.take([hits((10, 3000))], NOON + 10)
    run(watching, 10, 50)
    followed = FollowedAlerts(path, "")
    followed.evaluate(NOON + 50)

    (notice,) = followed.notices
    assert (notice.state, notice.value, notice.highest) == ("firing", 1300 / 120, 4300 / 120)
    followed.close()
    watching.close()


def test_f57_a_restart_while_pending_goes_on_waiting(tmp_path: Path) -> None:
    path, output = tmp_path / "glance.db", Listening()
    waiting = rule("rate > 1 over 10s for 5m")
    before = alerting(waiting, path=path, outputs=[output])
    for second in range(0, 250, 5):
        before.take([hits((second, 50))], NOON + second)
        run(before, second, second + 5)
    assert [notice.state for notice in before.notices] == ["pending"]

    after = alerting(waiting, path=path, outputs=[output], now=NOON + 280)
    for second in range(280, 320, 5):
        after.take([hits((second, 50))], NOON + second)
        run(after, second, second + 5)
    assert told(output) == [("firing", 300)]


def test_f57_what_was_posted_and_not_sent_is_sent_after_a_restart(tmp_path: Path) -> None:
    path, output = tmp_path / "glance.db", Listening()
    output.failure = DeliveryError("down")
    before = alerting(path=path, outputs=[output])
    before.take([hits((0, 1300))], NOON)
    run(before, 0, 1)

    output.failure = None
    after = alerting(path=path, outputs=[output], now=NOON + 600)
    after.desk.work(NOON + 600)

    assert told(output) == [("firing", 0)]
    (first, _), (second, is_repeated) = output.attempts
    assert first == second
    assert is_repeated
    after.close()


def test_f58_stale_logs_neither_resolve_nor_fire(tmp_path: Path) -> None:
    output = Listening()
    silence = rule("count <= 0 over 1m", "quiet")
    found = alerting(traffic_rule(), silence, outputs=[output])
    found.take([hits((0, 1300))], NOON)
    run(found, 0, 10)
    run(found, 10, 290, is_stale=True)

    assert told(output) == [("firing", 0)]
    assert [(notice.state, notice.is_stale) for notice in found.notices] == [("firing", True)]
    run(found, 290, 291)
    assert sorted(event.rule for event in output.heard) == ["quiet", "traffic", "traffic"]


def test_f58_logs_that_cannot_be_read_for_long_are_an_alert(tmp_path: Path) -> None:
    output = Listening()
    found = alerting(outputs=[output])
    run(found, 0, 320, is_stale=True)
    run(found, 320, 330)

    assert [(event.rule, event.status, event.at - NOON) for event in output.heard] == [
        (NO_DATA, "firing", 300),
        (NO_DATA, "resolved", 320),
    ]


def test_f59_a_flapping_alert_is_damped_but_kept_whole(tmp_path: Path) -> None:
    spared, writing = Listening(), Listening(is_damped=False, name="writing")
    found = alerting(rule("rate > 1 over 5s"), path=tmp_path / "glance.db", outputs=[spared, writing])
    for second in range(3600):
        if second % 20 == 0:
            found.take([hits((second, 50))], NOON + second)
        run(found, second, second + 1)
    run(found, 3600, 4000)

    assert len(writing.heard) == 360
    assert len(spared.heard) <= math.ceil(4000 / 300) + 2
    assert spared.heard[-1].status == "resolved"
    assert any(event.is_flapping for event in spared.heard)
    assert found.notices[0].is_flapping
    found.close()


def test_f61_a_receiver_that_is_down_gets_it_later_once_and_in_order(tmp_path: Path) -> None:
    output = Listening()
    found = alerting(path=tmp_path / "glance.db", outputs=[output])
    output.failure = DeliveryError("no route")
    found.take([hits((0, 1300))], NOON)
    run(found, 0, 2000)
    assert 8 <= len(output.attempts) <= 12  # further and further apart
    assert {key for key, _ in output.attempts} == {"traffic||1700000000.000|firing"}

    output.failure = None
    run(found, 2000, 4000)
    assert told(output) == [("firing", 0), ("resolved", 120)]
    found.close()


def test_f61_a_receiver_that_refuses_is_not_asked_again(tmp_path: Path) -> None:
    output = Listening()
    found = alerting(path=tmp_path / "glance.db", outputs=[output])
    output.failure = DeliveryError("answered 404", is_passing=False)
    found.take([hits((0, 1300))], NOON)
    run(found, 0, 300)

    assert len(output.attempts) == 2
    found.close()
    kept = AlertTable.open(tmp_path / "glance.db")
    (state,) = kept.outbox.outputs()
    assert (state.failed, state.waiting, state.sent, state.trouble) == (2, 0, 0, "answered 404")
    kept.close()


def test_f61_a_real_receiver_is_down_then_slow_then_broken_then_up(tmp_path: Path) -> None:
    """In threads, as it runs: the collector goes on all the time."""
    port = free_port()
    clock = [float(NOON)]
    outputs = [Webhook(f"http://127.0.0.1:{port}/hook", deadline_seconds=0.2), AlertFile(tmp_path / "alert.log")]
    found = Alerting((traffic_rule(),), AlertTable.open(tmp_path / "glance.db"), outputs, now=lambda: clock[0])
    found.restore(NOON)
    found.take([hits((0, 1300))], NOON)

    def settle(done: Callable[[], bool]) -> None:
        """Let time pass until this is so."""
        end = time.monotonic() + 20
        while not done():
            assert time.monotonic() < end
            clock[0] += 30
            began = time.monotonic()
            found.evaluate(clock[0])
            assert time.monotonic() - began < 0.5
            time.sleep(0.02)

    found.evaluate(clock[0])
    settle((tmp_path / "alert.log").exists)  # whatever hangs, the other output is served
    with receiving(port) as receiver:
        receiver.release.clear()
        settle(lambda: len(receiver.keys) >= 1)
        receiver.status = 500
        receiver.release.set()
        settle(lambda: len(receiver.keys) >= 3)
        receiver.status = 200
        settle(lambda: any("resolved" in key for key in receiver.keys))
        found.close()
    keys = list(dict.fromkeys(receiver.keys))
    assert [key.rpartition("|")[2] for key in keys] == ["firing", "resolved"]
    assert len((tmp_path / "alert.log").read_text().splitlines()) == 2


def test_f63_nothing_is_sent_before_the_state_is_known(tmp_path: Path) -> None:
    path, output = tmp_path / "glance.db", Listening()
    before = alerting(path=path, outputs=[output])
    before.take([hits((0, 1300))], NOON)
    run(before, 0, 1)
    before.close()

    after = Alerting((traffic_rule(),), AlertTable.open(path), [output], now=lambda: NOON + 5.0, is_threaded=False)
    after.restore(NOON + 5)
    after.take([hits((0, 1300))], NOON + 5)
    run(after, 5, 20)

    assert told(output) == [("firing", 0)]
    after.close()


def test_f64_a_rule_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "glance.db"
    table = AlertTable.open(path)
    table.define("odd", "speed > 1 over 2m", NOON)
    table.close()
    found = alerting(path=path)

    assert list(found.broken) == ["odd"]
    assert [each.name for each in found.rules] == ["traffic"]
    found.close()


def test_a_rule_made_meanwhile_by_another_process_is_watched(tmp_path: Path) -> None:
    path, output = tmp_path / "glance.db", Listening()
    found = alerting(path=path, outputs=[output])
    found.take([hits((0, 100))], NOON)
    run(found, 0, 5)
    other = AlertTable.open(path)
    other.define("mine", "count > 50 over 1m", NOON)
    run(found, 5, 10)
    assert [(event.rule, event.status) for event in output.heard] == [("mine", "firing")]

    other.forget("mine")
    other.close()
    run(found, 10, 15)
    assert [(event.rule, event.status) for event in output.heard] == [("mine", "firing"), ("mine", "resolved")]
    found.close()


def test_a_rule_made_meanwhile_knows_what_it_was_not_told(tmp_path: Path) -> None:
    """Records of an hour ago were let go: that they are missing is no silence."""
    path, output = tmp_path / "glance.db", Listening()
    found = alerting(path=path, outputs=[output])
    for second in range(0, 600, 5):
        found.take([hits((second, 5))], NOON + second)
        run(found, second, second + 5)
    table = AlertTable.open(path)
    table.define("few", "count < 200 over 10m", NOON)
    table.close()
    run(found, 600, 620)

    assert "few" in {each.name for each in found.rules}
    assert output.heard == []
    found.close()


def test_a_rule_that_changed_while_nobody_watched_leaves_no_alert_behind(tmp_path: Path) -> None:
    path, output = tmp_path / "glance.db", Listening()
    before = alerting(traffic_rule(10), path=path, outputs=[output])
    before.take([hits((0, 1300))], NOON)
    run(before, 0, 5)
    before.close()

    after = alerting(traffic_rule(99), path=path, outputs=[output], now=NOON + 10)
    run(after, 10, 12)
    assert told(output) == [("firing", 0), ("resolved", 10)]
    after.close()


def test_f65_nothing_at_all_fires_nothing() -> None:
    found = alerting(*builtin_rules())
    run(found, 0, 600)

    assert found.notices == ()


def test_f66_a_storm_is_capped_and_counted() -> None:
    found = alerting(rule("rate > 0 over 1m by client"))
    found.take([hits((0, 1), client=b"10.0.%d.%d" % divmod(number, 250)) for number in range(500)], NOON)
    run(found, 0, 2)

    assert len(found.notices) == 100
    assert found.left_out == {"test": 400}


@pytest.mark.parametrize("jump", [3600, -3600, 86_400])
def test_t28_a_clock_that_jumps_raises_no_alarm(jump: int) -> None:
    """Also after a sleep: that nothing was read meanwhile does not mean that there was nothing."""
    output = Listening()
    found = alerting(traffic_rule(), rule("rate < 5 over 1m", "quiet"), outputs=[output])
    found.known_from = NOON
    for second in range(0, 300, 5):
        found.take([hits((second, 100))], NOON + second)
        run(found, second, second + 5)
    before = told(output)
    assert before == [("firing", 60)]  # 20 a second, more than 10 over the last 2 min

    for second in range(jump + 300, jump + 700, 5):
        found.take([hits((second, 100))], NOON + second)
        run(found, second, second + 5)
    assert told(output) == before


def test_reading_that_begins_at_the_end_of_a_log_is_no_silence() -> None:
    output = Listening()
    found = Alerting((rule("count <= 0 over 1m"),), outputs=[output], known_from=NOON, is_threaded=False)
    found.restore(NOON)
    run(found, 0, 59)
    assert output.heard == []

    run(found, 59, 62)
    assert told(output) == [("firing", 59)]


def test_a_database_that_is_locked_stops_nothing_and_loses_nothing(tmp_path: Path) -> None:
    import apsw

    path, output = tmp_path / "glance.db", Listening()
    found = alerting(path=path, outputs=[output])
    found._table._connection.set_busy_timeout(0)
    blocker = apsw.Connection(str(path))
    blocker.execute("BEGIN IMMEDIATE")
    found.take([hits((0, 1300))], NOON)
    run(found, 0, 3)
    assert [notice.state for notice in found.notices] == ["firing"]
    assert "locked" in found.desk.trouble
    assert output.heard == []

    blocker.execute("ROLLBACK")
    blocker.close()
    run(found, 3, 20)
    assert told(output) == [("firing", 0)]
    assert found.desk.trouble == ""
    found.close()


def test_switched_off_built_in_rules_are_not_watched(tmp_path: Path) -> None:
    path = tmp_path / "glance.db"
    table = AlertTable.open(path)
    for name in ("silence", NO_DATA):
        table.define(name, None, NOON)
    table.close()
    found = alerting(*builtin_rules(), path=path)
    run(found, 0, 700, is_stale=True)

    assert {each.name for each in found.rules} == {"traffic", "server-errors", "slow-responses", "client-burst"}
    assert found.notices == ()
    found.close()
