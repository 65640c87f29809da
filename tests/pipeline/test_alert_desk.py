"""What is kept and sent survives a process that is killed between sending and taking note of it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from glance.domain.alerts.event import AlertEvent
from glance.outputs.alert_file import AlertFile
from glance.outputs.output import Output
from glance.pipeline.alert_desk import AlertDesk, Posting
from glance.store.alert_table import AlertTable
from tests.outputs.happenings import AT, event
from tests.outputs.receiver import receiving

SCRIPT = """
import os, sys
from pathlib import Path
from glance.outputs.alert_file import AlertFile
from glance.outputs.webhook import Webhook
from glance.pipeline.alert_desk import AlertDesk, Posting
from glance.store.alert_table import AlertTable
from tests.outputs.happenings import AT, event

class Dying:
    is_damped = False
    def __init__(self, output):
        self.output, self.name = output, output.name
    def send(self, event, *, is_repeated):
        if sys.argv[4] == "before":
            os._exit(137)
        self.output.send(event, is_repeated=is_repeated)
        os._exit(137)

place, kind, url = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
output = AlertFile(place / "alert.log") if kind == "file" else Webhook(url)
desk = AlertDesk(AlertTable.open(place / "glance.db"), [Dying(output)], lambda: AT, is_threaded=False)
desk.post(Posting((event(),), (event(),)))
desk.work(AT)
"""


def die(root: Path, place: Path, kind: str, url: str, when: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(place), kind, url, when], cwd=root, capture_output=True, check=False
    )
    assert ended.returncode == 137, ended.stderr.decode()


def live(place: Path, output: Output) -> None:
    """The next process sends what waits."""
    desk = AlertDesk(AlertTable.open(place / "glance.db"), [output], lambda: AT, is_threaded=False)
    desk.work(AT + 100)
    desk.work(AT + 200)
    desk.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_f61_a_file_has_each_line_once_after_a_kill(root: Path, tmp_path: Path, when: str) -> None:
    die(root, tmp_path, "file", "", when)
    live(tmp_path, AlertFile(tmp_path / "alert.log"))

    assert (tmp_path / "alert.log").read_text().splitlines() == [event().line]


@pytest.mark.parametrize(("when", "times"), [("before", 1), ("after", 2)])
def test_f61_a_receiver_hears_it_at_least_once_under_one_key(root: Path, tmp_path: Path, when: str, times: int) -> None:
    from glance.outputs.webhook import Webhook

    with receiving() as receiver:
        die(root, tmp_path, "hook", receiver.url, when)
        live_output = Webhook(receiver.url)
        live_output.is_damped = False
        live(tmp_path, live_output)

    assert receiver.keys == [event().key] * times


def test_a_thread_that_hangs_in_one_output_neither_holds_the_others_nor_the_end() -> None:
    release = threading.Event()

    class Hanging:
        name, is_damped = "hanging", True

        def send(self, event: AlertEvent, *, is_repeated: bool) -> None:
            release.wait(30)

    class Quick:
        name, is_damped = "quick", True

        def __init__(self) -> None:
            self.heard = threading.Event()

        def send(self, event: AlertEvent, *, is_repeated: bool) -> None:
            self.heard.set()

    quick = Quick()
    desk = AlertDesk(AlertTable.in_memory(), [Hanging(), quick], lambda: AT)
    desk.start()
    desk.post(Posting(told=(event(),)))
    assert quick.heard.wait(10)
    desk.close(0.1)
    release.set()
    assert desk._thread is not None
    desk._thread.join(10)
    assert not desk._thread.is_alive()


def test_what_is_posted_at_the_end_is_kept_and_sent(tmp_path: Path) -> None:
    for number in range(3):
        desk = AlertDesk(
            AlertTable.open(tmp_path / "glance.db"), [AlertFile(tmp_path / "alert.log")], lambda: AT + 5000
        )
        desk.start()
        desk.post(Posting((event(number=number),)))
        desk.close(10)

    assert (tmp_path / "alert.log").read_text().splitlines() == [event(number=number).line for number in range(3)]
