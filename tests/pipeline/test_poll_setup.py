"""The targets of a collector as the settings want them; and what a daemon tells of them."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from glance.cli.daemon_text import _target
from glance.config import Settings
from glance.domain.profiles.poll import KindStatus, TargetStatus
from glance.domain.scene import EMPTY_SCENE, Scene
from glance.errors import ConfigError
from glance.pipeline.daemon_journal import Journal
from glance.pipeline.daemon_plan import DaemonPlan, make_collector
from glance.pipeline.daemon_status import _target as told
from glance.pipeline.keeping import Keeping
from glance.pipeline.poll_setup import access_of, chosen_targets, polling_of
from glance.store.history import History
from glance.store.profile_table import ProfileTable
from tests.pipeline.fault_server import fault_server


def test_targets_of_the_command_line_take_the_place_of_those_of_the_file():
    pairs = (("targets", "a=h:1 b=h:2"), ("every", "20"))
    assert [target.name for target in chosen_targets(Settings(pprof=pairs))] == ["a", "b"]
    said = chosen_targets(Settings(pprof=pairs, pprof_targets=("c=h:3",)))
    assert [target.name for target in said] == ["c"]
    assert polling_of(Settings(), Keeping(), Path("x.db")) is None
    assert polling_of(Settings(pprof=(("every", "20"),)), Keeping(), Path("x.db")) is None


def test_profiles_have_a_part_of_the_room_of_history(tmp_path: Path):
    keeping = Keeping.open(tmp_path / "x.db")
    settings = Settings(pprof_targets=("h:1",), history_mb=100)
    polling = polling_of(settings, keeping, tmp_path / "x.db")
    assert polling is not None
    assert polling._keeper._most_bytes == 25 << 20
    asyncio.run(keeping.close())


def test_beside_another_glance_nothing_is_written(tmp_path: Path):
    writer = History.open(tmp_path / "x.db")
    keeping = Keeping.open(tmp_path / "x.db")
    polling = polling_of(Settings(pprof_targets=("h:1",)), keeping, tmp_path / "x.db")
    assert polling is not None
    assert polling._keeper._database is None
    asyncio.run(keeping.close())
    writer.close()


def test_a_token_is_read_from_its_file(tmp_path: Path):
    (tmp_path / "token").write_text("hidden-word\n")
    access = access_of((("token_file", str(tmp_path / "token")), ("tls_ca", "~/ca.pem"), ("every", "5")))
    assert access.token == "hidden-word"
    assert access.tls_ca.endswith("/ca.pem")
    assert not access.tls_ca.startswith("~")
    for bad in (b"", b"\xff\xfe", b"a\nb", b"x" * 5000):
        (tmp_path / "token").write_bytes(bad)
        with pytest.raises(ConfigError, match="token"):
            access_of((("token_file", str(tmp_path / "token")),))
    with pytest.raises(ConfigError, match="cannot read the token"):
        access_of((("token_file", str(tmp_path / "none")),))


async def test_a_daemon_polls_and_keeps(tmp_path: Path):
    log = tmp_path / "access.log"
    log.write_bytes(b"")
    async with fault_server() as server:
        settings = Settings(
            db=str(tmp_path / "x.db"),
            pprof_targets=(f"api={server.url}",),
            pprof=(("cpu_seconds", "1"), ("kinds", "cpu")),
        )
        collector = make_collector(DaemonPlan((str(log),), settings), lambda _: None)
        seen: list[Scene] = []
        running = asyncio.create_task(collector.run(seen.append))
        async with asyncio.timeout(20):
            while not (seen and seen[-1].targets and seen[-1].targets[0].at):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        collector.stop()
        await running
    assert told(seen[-1].targets[0])["polls"] == {"cpu": 1}
    table = ProfileTable.open_to_read(tmp_path / "x.db")
    assert table is not None
    assert [(one.target, one.kind, one.polls) for one in table.targets()] == [("api", "cpu", 1)]
    table.close()


def test_a_journal_tells_of_a_target_when_that_changes(caplog: pytest.LogCaptureFixture):
    journal = Journal()
    caplog.set_level(logging.INFO)
    up = TargetStatus("api\x1b", "http://h:1", "up", (KindStatus("cpu", "up", at=1.0, polls=3),), 4000)
    down = replace(up, condition="down", words="Connection refused")
    for target in (replace(up, condition="waiting"), up, up, down, down, up):
        journal.read(replace(EMPTY_SCENE, targets=(target,)))
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition(": ")[2] for line in lines] == ["up", "down (Connection refused)", "up"]
    assert "\x1b" not in "".join(lines)
    assert _target(told(replace(down, name="api"))) == "api: down, 3 polls, 4.00kB, Connection refused"
