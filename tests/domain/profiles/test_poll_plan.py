"""How targets are polled, as a file of settings says it; and how a person names them."""

from __future__ import annotations

import pytest

from glance.config import Settings, parse_setting
from glance.domain.profiles.poll_plan import pairs_of, plan_of
from glance.domain.profiles.target import target_of, targets_of


def test_what_is_not_said_has_its_default():
    plan = plan_of(())
    assert (plan.cpu_seconds, plan.every["cpu"], plan.every["allocs"]) == (5, 30.0, 60.0)
    assert plan.kinds == ("cpu", "allocs", "goroutine", "mutex", "block")


def test_a_table_is_read_and_reads_itself_again():
    table = {"cpu-seconds": 2, "every": "10s", "mutex_every": 5, "kinds": ["heap", "cpu"], "targets": ["a=b:1"]}
    pairs = parse_setting("pprof", table)
    assert pairs == parse_setting("pprof", pairs)
    plan = plan_of(tuple(pair for pair in pairs if pair[0] != "targets"))
    assert (plan.cpu_seconds, plan.every["cpu"], plan.every["mutex"], plan.kinds) == (2, 10, 5, ("cpu", "allocs"))


def test_each_kind_can_have_a_timeout_of_its_own():
    plan = plan_of(pairs_of({"timeout": 5, "cpu_timeout": 20, "mutex_timeout": "2s"}))
    assert [plan.timeout_of(kind) for kind in ("cpu", "allocs", "mutex")] == [20, 5, 2]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"block_timeout": 0}, "block_timeout must be"),
        ({"heap_timeout": 3}, "pprof has no"),
        ({"cpu_seconds": 0.5}, "cpu_seconds must be"),
        ({"cpu_seconds": 1.5}, "whole number"),
        ({"cpu_seconds": 20}, "half of every"),
        ({"every": 1}, "every must be a number from 5"),
        ({"every": "soon"}, "every must be a number"),
        ({"kinds": ["cpu", "trace"]}, "no kind 'trace'"),
        ({"gc": 1}, "pprof has no 'gc'; it can have cpu_seconds"),
        ({"keep_mb": [1]}, "keep_mb must be"),
        ("cpu", r"expected a table such as \[pprof\]"),
    ],
)
def test_what_cannot_be_is_refused(table, words):
    with pytest.raises(ValueError, match=words):
        pairs_of(table)


@pytest.mark.parametrize(
    ("text", "name", "profile"),
    [
        ("http://127.0.0.1:6060", "127.0.0.1:6060", "http://127.0.0.1:6060/debug/pprof/heap"),
        ("api=http://10.0.0.1:6060/debug/pprof", "api", "http://10.0.0.1:6060/debug/pprof/heap"),
        ("https://api.example.com/", "api.example.com", "https://api.example.com/debug/pprof/heap"),
        ("localhost:6060", "localhost:6060", "http://localhost:6060/debug/pprof/heap"),
        ("http://[::1]:6060/own/", "[::1]:6060", "http://[::1]:6060/own/heap"),
        ("http://h/?key=a=b", "h", "http://h/debug/pprof/heap?key=a=b"),
        ("unix:/run/api.sock", "api", "unix:/run/api.sock:/debug/pprof/heap"),
        ("x=unix:///run/a.sock:/own", "x", "unix:/run/a.sock:/own/heap"),
        ("http+unix://%2Frun%2Fa.sock/debug/pprof", "a", "unix:/run/a.sock:/debug/pprof/heap"),
    ],
)
def test_a_target_has_a_name_and_an_address(text, name, profile):
    target = target_of(text)
    assert (target.name, target.url_of("heap")) == (name, profile)


def test_secrets_are_not_shown():
    target = target_of("api=http://me:hidden@h:1/debug/pprof?token=hidden")
    assert "hidden" not in target.address + target.name
    assert target.url_of("profile", seconds=5).endswith("/debug/pprof/profile?token=hidden&seconds=5")


@pytest.mark.parametrize(
    "text",
    ["", "=", "a=", "ftp://h", "http://", "http://h:x", "unix:", "unix:/", "a b", "h\x1b[2J", "h/#x", "file:///etc/x"],
)
def test_what_is_no_target_is_refused(text):
    with pytest.raises(ValueError, match=r"address|socket"):
        target_of(text)


def test_names_tell_targets_apart():
    found = targets_of(("api=h:1", "api=h:2", "h:1", "api=h:3"))
    assert [target.name for target in found] == ["api", "api-2", "api-3"]


def test_targets_are_words_or_a_list():
    assert parse_setting("pprof_targets", "a=h:1 b:2") == ("a=h:1", "b:2")
    assert parse_setting("pprof_targets", ["a=h:1"]) == ("a=h:1",)
    assert Settings().pprof_targets == ()
    with pytest.raises(ValueError, match="list of addresses"):
        parse_setting("pprof_targets", 5)
