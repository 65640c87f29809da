"""The demo has profiles of its own service: from what is slow to its line in three keys; and nothing is left behind."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.end_to_end.terminal import Terminal, children_of, environment, glance, is_running, until

SLOW_NOW = (
    "import sys\n"
    "from glance.domain.logs import traffic\n"
    "traffic.FIRST_TROUBLE_SECONDS = -8.0 - traffic.SECOND_TROUBLE_SECONDS\n"
    "sys.argv[1:] = ['demo', '--seed', '1', '--window', '1m', '--seconds', '60']\n"
    "from glance.cli.main import main\n"
    "raise SystemExit(main())\n"
)
"""The demo, in which searches are slow when it is opened, and not eighty seconds later."""


def test_from_what_is_slow_to_its_line_in_three_keys(tmp_path):
    home = environment(HOME=str(tmp_path))
    with Terminal([sys.executable, "-c", SLOW_NOW], size=(120, 35), env=home) as terminal:
        terminal.shows(lambda text: "LIVE" in text)
        terminal.press("d")
        terminal.shows(lambda text: "slowest of /search" in text)
        terminal.press("P")
        terminal.shows(lambda text: "re.compile under shop.look_through" in text)
        terminal.press("enter")
        shown = terminal.shows(lambda text: "shop.py:" in text and "pattern = re.compile(" in text)
        assert "compiles anew what could be kept" in shown
        terminal.press("p")
        terminal.shows(lambda text: "demo cpu" in text and "shop.look_through" in text)
        terminal.press("q")
        assert terminal.ends() == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_the_service_ends_with_the_demo(tmp_path, number):
    private = environment(HOME=str(tmp_path), TMPDIR=str(tmp_path))
    with glance("demo", "--seconds", "10", size=(100, 30), env=private) as terminal:
        terminal.shows(lambda text: "LIVE" in text)
        (service,) = children_of(terminal.process.pid)
        terminal.signal(number)
        terminal.ends()
        until(lambda: not is_running(service), "the service is gone")
        until(lambda: not list(tmp_path.glob("glance-demo-*")), "its directory is gone")


def test_it_can_be_without(tmp_path):
    with glance(
        "demo", "--no-profiles", "--seconds", "10", size=(120, 35), env=environment(HOME=str(tmp_path))
    ) as terminal:
        terminal.shows(lambda text: "LIVE" in text)
        assert children_of(terminal.process.pid) == set()
        terminal.press("i")
        terminal.shows(lambda text: "access.log" in text and "history" in text)
        assert "127.0.0.1" not in terminal.text
        terminal.press("q")
        assert terminal.ends() == 0
