"""The command hook: a real program, told by its environment and standard input, never through a shell."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from glance.errors import ConfigError
from glance.outputs.command import Command
from glance.outputs.output import DeliveryError
from tests.outputs.happenings import event

HOSTILE = b"/$(touch pwned);`touch pwned`\n\x00\x1b]0;x\x07 --help"


def program(place: Path, body: str) -> str:
    """A program of Python; returns the setting that runs it."""
    path = place / "hook.py"
    path.write_text(f"import json, os, sys, time\n{body}\n")
    return f"'{sys.executable}' '{path}' 'a word' \"$HOME\""


def test_f68_it_is_told_what_happened_and_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = tmp_path / "told.json"
    setting = program(
        tmp_path,
        f"json.dump([sys.argv[1:], dict(os.environ), json.load(sys.stdin)], open({str(told)!r}, 'w'))",
    )
    hostile = event(rule="rate > 10 over 2m by section", segment=HOSTILE)
    Command(setting).send(hostile, is_repeated=False)

    words, environment, body = json.loads(told.read_text())
    assert words == ["a word", "$HOME"]
    assert environment["GLANCE_ALERT_STATUS"] == "firing"
    assert environment["GLANCE_ALERT_VALUE"] == "12.4"
    assert environment["PATH"] == os.environ["PATH"]
    assert all(value.isprintable() for name, value in environment.items() if name.startswith("GLANCE_ALERT"))
    assert body["segment"].encode("utf-8", "surrogateescape") == HOSTILE
    assert not (tmp_path / "pwned").exists()


def test_its_failure_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="exit code 7"):
        Command(program(tmp_path, "sys.exit(7)")).send(event(), is_repeated=False)


def test_f61_one_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    """Also when it floods what it writes to, and reads nothing."""
    pids = tmp_path / "pids"
    body = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"print(os.getpid(), child.pid, file=open({str(pids)!r}, 'w'))\n"
        "while True: sys.stdout.write('x' * 65536); sys.stderr.write('x' * 65536)"
    )
    with pytest.raises(DeliveryError, match="was ended") as caught:
        Command(program(tmp_path, body), timeout_seconds=1.0).send(event(), is_repeated=False)

    assert caught.value.is_passing
    end = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids.read_text().split()):
        assert time.monotonic() < end
        time.sleep(0.01)


def is_alive(pid: str) -> bool:
    """A process of this number runs, and is not only waited for."""
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(DeliveryError, match="cannot run /no/such"):
        Command("/no/such hook").send(event(), is_repeated=False)


@pytest.mark.parametrize("setting", ["", "'unclosed", "   "])
def test_a_setting_that_is_no_command_is_refused(setting: str) -> None:
    with pytest.raises(ConfigError):
        Command(setting)


def test_its_name_is_the_same_at_every_start_and_tells_no_secret() -> None:
    name = Command("/usr/bin/curl -H 'Authorization: hunter2'").name

    assert name == Command("/usr/bin/curl -H 'Authorization: hunter2'").name
    assert name.startswith("command curl #")
    assert "hunter2" not in name
