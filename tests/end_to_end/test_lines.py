"""The page of lines in a terminal: the clipboard, the editor, the saved file, and hostile lines."""

from __future__ import annotations

import base64
import re
import stat
import sys
import time
from pathlib import Path

from tests.end_to_end.byte_oracle import OWN, foreign
from tests.end_to_end.hostile import line, lines
from tests.end_to_end.terminal import environment, glance

SIZE = (120, 40)
_COPY = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")

EDITOR = """#!{python}
import pathlib, sys
print("the editor has the terminal:", sys.argv[1], flush=True)
pathlib.Path({seen!r}).write_text("\\n".join(sys.argv[1:]))
"""


def own(number: int, at: float) -> bytes:
    """A line that nothing else is like."""
    return line(at, path=f"/own/{number}".encode())


def test_lines_of_a_log_are_copied_saved_and_opened(tmp_path: Path) -> None:
    """Everything that leaves the program by a key, and nothing before it."""
    log, seen, editor = tmp_path / "access.log", tmp_path / "seen", tmp_path / "editor"
    now = time.time()
    log.write_bytes(b"not a request\n" + b"".join(own(number, now - 20 + number) for number in range(10)))
    editor.write_text(EDITOR.format(python=sys.executable, seen=str(seen)))
    editor.chmod(0o700)
    env = environment(VISUAL=None, EDITOR=str(editor))
    with glance(log, "--refresh", "0.2", size=SIZE, env=env, cwd=tmp_path) as terminal:
        terminal.shows("by hits")
        terminal.press("l")
        terminal.shows(lambda text: "10 lines" in text and "/own/9" in text)
        terminal.write(b"jj")
        terminal.shows("3 of 10")
        assert not _COPY.search(bytes(terminal.raw))
        terminal.press("y")
        terminal.shows("copied the line")
        copied = _COPY.findall(bytes(terminal.raw))
        assert [base64.b64decode(text) for text in copied] == [own(7, now - 13).rstrip(b"\n")]

        terminal.press("s")
        terminal.shows("saved 10 lines as")
        (saved,) = tmp_path.glob("glance-lines-*.log")
        assert saved.read_bytes() == log.read_bytes().partition(b"\n")[2]
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600

        terminal.press("e")
        terminal.shows(lambda text: seen.exists() and "3 of 10" in text)
        assert seen.read_text() == f"+9\n{log}"

        terminal.press("esc")
        terminal.shows("by hits")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_restored()


def test_hostile_lines_pass_nothing_on_however_they_are_shown(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    now = time.time()
    log.write_bytes(line(now + 5, path=b"/" + b"long" * 200_000) + b"".join(lines(now)))
    with glance(log, "--refresh", "0.2", size=SIZE) as terminal:
        terminal.shows("by hits")
        terminal.press("l")
        terminal.shows("newest first")
        terminal.press("w")
        terminal.shows("/longlong")
        terminal.press("enter")
        terminal.shows("the first 16.4kB of")
        for _ in range(12):
            terminal.press("j")
        terminal.shows(lambda text: "13 of" in text)
        terminal.press("esc")
        terminal.shows(lambda text: "line 13" not in text)
        terminal.press("/")
        terminal.shows("type what the lines contain")
        terminal.write(b"zzz\r")
        terminal.shows("no match in")
        terminal.press("esc")
        terminal.shows(lambda text: "no match" not in text)
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_restored()
    assert foreign(bytes(terminal.raw), SIZE, OWN) == []
