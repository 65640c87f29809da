"""The application in a real terminal: what it costs, how it ends, and what it never sends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import termios

import pyte
import pytest

from tests.end_to_end.screen import Screen
from tests.terminal import Terminal

pytestmark = pytest.mark.slow

HEAVY = ("numpy", "plotext", "apsw", "watchfiles", "aiofiles", "msgspec")
SHOWN = rb"LIVE"
KNOWN = re.compile(
    rb"\x1b\[[0-9;]*[Hm]"  # where, and how it looks
    rb"|\x1b\[\?(?:1049|25|1000|1002|1003|1004|1006|1015|1016|2004|2026|2048|7)[hl]"
    rb"|\x1b\[\?(?:2026|2048)\$p"
    rb"|\x1b\[>[0-9]+u|\x1b\[<u|\x1b\]22;[a-z]*\x07"
)  # fmt: skip


def stage(play="busy", theme="glance-dark", **options):
    return Terminal.python("-m", "tests.stage", play, theme, **options)


def test_the_first_paint_needs_none_of_the_heavy_imports():
    code = f"import sys, glance.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_first_frame_is_painted_before_the_engine_starts():
    code = (
        "import sys; from glance.app import *\n"
        "class E:\n"
        " look = remember = lambda self, *a: None\n"
        " stop = lambda self: None\n"
        " def start(self, publish): app.exit(message=str([n for n in ('numpy', 'plotext') if n in sys.modules]))\n"
        "app = Glance(E(), ScreenSettings(sources=('access.log',))); app.run()\n"
    )
    with Terminal.python("-c", code) as terminal:
        assert terminal.wait() == 0
        raw = bytes(terminal.raw)
        assert raw.index("reading access.log …".encode()) < raw.index(b"\x1b[?1049l")
        assert b"[]" in raw[raw.index(b"\x1b[?1049l") :]


@pytest.mark.parametrize("behind", [b"e", b"\x10", b"?t;"], ids=["page", "palette", "more"])
def test_keys_behind_q_do_nothing(behind):
    with stage() as terminal:
        terminal.until(SHOWN)
        terminal.write(b"q" + behind)
        assert terminal.wait() == 0


def test_q_leaves_a_sane_terminal():
    with stage() as terminal:
        before = termios.tcgetattr(terminal.fd)
        terminal.until(SHOWN)
        terminal.write(b"q")
        assert terminal.wait() == 0
        assert terminal.modes_left() == []
        assert termios.tcgetattr(terminal.fd) == before


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131), (signal.SIGINT, 130)],
)
def test_a_signal_leaves_a_sane_terminal_and_the_right_code(number, code):
    with stage() as terminal:
        terminal.until(SHOWN)
        terminal.signal(number)
        assert terminal.wait() == code
        assert terminal.modes_left() == []


def test_ctrl_c_ends_with_130():
    with stage() as terminal:
        terminal.until(SHOWN)
        terminal.write(b"\x03")
        assert terminal.wait() == 130
        assert terminal.modes_left() == []


def test_a_bug_leaves_a_sane_terminal_a_traceback_and_code_1():
    with stage("crash") as terminal:
        assert terminal.wait() == 1
        assert terminal.modes_left() == []
        assert b"Traceback" in terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") :]


def test_suspended_the_shell_has_its_terminal_and_continued_everything_is_painted_again():
    with stage("still") as terminal:
        terminal.until(SHOWN)
        terminal.signal(signal.SIGTSTP)
        terminal.stopped()
        end = terminal.until(rb"\x1b\[\?25h")
        assert terminal.modes_left() == []
        terminal.signal(signal.SIGCONT)
        again = terminal.until(rb"\x1b\[\?1049h", end)
        terminal.until(rb"access\.log", again)
        terminal.until(rb"users/me", again)
        terminal.write(b"q")
        assert terminal.wait() == 0


def test_it_ends_when_the_terminal_is_gone():
    with stage() as terminal:
        terminal.until(SHOWN)
        terminal.hang_up()
        assert terminal.wait(reads=False) in (129, -signal.SIGHUP)


def test_it_ends_when_the_terminal_is_gone_and_no_signal_comes():
    code = "import signal, runpy, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); import glance.ending as e\n"
    code += "e.SIGNALS = (signal.SIGTERM,); sys.argv = ['stage']; runpy.run_module('tests.stage', run_name='__main__')"
    with Terminal.python("-c", code) as terminal:
        terminal.until(SHOWN)
        terminal.hang_up()
        assert terminal.wait(reads=False) in (1, 129)


def test_a_signal_ends_it_even_when_the_terminal_does_not_read():
    with stage("churn", size=(200, 60)) as terminal:
        terminal.until(SHOWN)
        terminal.write(b"t" * 400)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait(reads=False) == 143


def test_nothing_new_is_nothing_sent():
    with stage("still", size=(160, 45)) as terminal:
        terminal.until(SHOWN)
        while terminal.read(1.5):
            pass
        assert not terminal.read(2.5)


def test_a_second_of_changing_figures_is_less_than_twenty_kilobytes():
    with stage("churn", size=(160, 45)) as terminal:
        terminal.until(SHOWN)
        sync = rb"\x1b\[1;\d+H"
        while terminal.read(0.3):
            pass
        before = len(terminal.raw)
        seconds = 5
        for _ in range(seconds):
            start = len(terminal.raw)
            terminal.until(sync, start)
            while terminal.read(0.3):
                pass
        assert (len(terminal.raw) - before) / seconds < 20_000


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
def test_hostile_lines_send_nothing_but_our_own_sequences(size):
    with stage("hostile", size=size) as terminal:
        terminal.until("日本".encode())
        steps = [*((str(digit).encode(), rb"\x1b\[") for digit in range(1, 8)), (b"\r", rb"back"), (b"3", rb"paths")]
        steps += [
            (b"?", rb"esc closes"),
            (b"q", rb"quit"),
            (b"/x", rb"found"),
            (b"\r", rb"/x"),
            (b"s", rb"by "),
            (b"\r", "✕".encode()),
            (b"!", rb"-route"),
            (b"f", rb"tab"),
            (b"user=", rb"value must follow"),
            (b"\x1b", rb"sort"),
            (b"m", rb"1 of 2"),
            (b"\r", rb"latest"),
            (b"\x1b", rb"open"),
            (b"i", rb"history"),
            (b"6", rb"alerts"),
            (b"\r", rb"began"),
            (b"\x1b[D", rb"PAST"),
            (b"\x1b[F", rb"LIVE"),
        ]
        for key, seen in steps:
            start = len(terminal.raw)
            terminal.write(key)
            terminal.until(seen, start)
            while key == b"\x1b" and terminal.read(0.3):  # what follows it at once would be one key with it
                pass
        terminal.read(1.2)
        terminal.write(b"q")
        assert terminal.wait() == 0
        rest = KNOWN.sub(b"", bytes(terminal.raw)).decode()
    wrong = {c for c in rest if ord(c) < 0x20 and c not in "\r\n"} | {c for c in rest if 0x7F <= ord(c) < 0xA0}
    wrong |= {c for c in rest if c in "\u202e\u202d\u200b\u200d\u2066\u2069\ufeff"}
    assert wrong == set()


def screen_of(terminal, size):
    screen = pyte.Screen(*size)
    clean = re.sub(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9]+\$p", b"", bytes(terminal.raw))
    pyte.ByteStream(screen).feed(clean)
    return screen


def test_no_color_means_no_colour_at_all():
    with stage(environment={"NO_COLOR": "1"}) as terminal:
        terminal.until(SHOWN)
        terminal.until(rb"users/me")
        assert re.search(rb"\x1b\[[0-9;]*(?:38|48);[25];", terminal.raw) is None
        assert re.search(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7])m", terminal.raw) is None


def test_sixteen_colours_are_sixteen_colours():
    with stage(environment={"TERM": "xterm", "COLORTERM": ""}) as terminal:
        terminal.until(SHOWN)
        terminal.until(rb"users/me")
        assert re.search(rb"(?:38|48);[25];", terminal.raw) is None
        assert re.search(rb"\x1b\[[0-9;]*9?[0-9]m", terminal.raw)


def test_256_colours_are_256_colours():
    with stage(environment={"TERM": "xterm-256color", "COLORTERM": ""}) as terminal:
        terminal.until(SHOWN)
        terminal.until(rb"users/me")
        assert re.search(rb"(?:38|48);2;", terminal.raw) is None
        assert re.search(rb"(?:38|48);5;", terminal.raw)


def test_partial_updates_give_the_same_screen_as_a_full_one():
    size = (160, 45)
    with stage("churn", size=size) as terminal:
        terminal.until(SHOWN)
        for _ in range(4):
            terminal.until(rb"\x1b\[1;\d+H", len(terminal.raw))
            while terminal.read(0.2):
                pass
        screen = screen_of(terminal, size)
    for y, line in enumerate(screen.display):
        if line[0] in "│╭╰":
            assert line.rstrip()[-1] in "│╮╯", (y, line)
    assert screen.display[1].strip() == ""
    assert "users/me" in "".join(screen.display)


def test_text_right_behind_a_smaller_size_stands_on_the_screen():
    screen = Screen(160, 45)
    screen.feed(b"\x1b[45;150Hx")
    screen.resize(80, 24)
    screen.feed("yyy 日本".encode())
    assert "yyy" in screen.text.replace("\n", "")
