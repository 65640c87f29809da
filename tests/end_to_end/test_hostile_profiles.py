"""Names in profiles and snapshots reach no terminal but as text: a strict reading of every byte, on each page."""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path

import pytest

from glance.cli.main import main
from tests.end_to_end.byte_oracle import COPYING, PLAIN, PROGRESS, TABBED, foreign
from tests.end_to_end.hostile import PAYLOADS, line
from tests.end_to_end.hostile_program import MOST, cpu, goroutine_text, goroutines, heap, hostile_program
from tests.end_to_end.hostile_snapshot import made_hostile
from tests.end_to_end.terminal import Terminal, environment, glance, run, until

SIZE = (200, 110)
"""A screen on which a stack of all hostile names has room at once."""

EVIL_NAME = "evil\x1b]0;title\x07\x9b2J\u202e\u200b[@click=app.quit]CLICK[\x1b[2J\n"
PASTED = b"\x1b[200~e\xc2\x9b2J\xe2\x80\xae[@click=app.quit]\x1b[201~"
SETTINGS = """
[pprof]
cpu_seconds = 1
every = 5
allocs_every = 5
goroutine_every = 5
kinds = ["cpu", "allocs", "goroutine"]
"""
OVERVIEW = "/ search"
READABLE = [one for one in PAYLOADS if one not in ("C0", "NUL", "C1 raw", "surrogates", "overlong", "marks", "CR")]
"""What a recording in text may hold without being taken for a binary file."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with a hostile log, and hostile profiles of every kind beside it."""
    (tmp_path / "access.log").write_bytes(b"".join(line(time.time(), path=b"/" + evil) for evil in PAYLOADS.values()))
    for name, data in (("cpu", cpu()), ("heap", heap()), ("heap9", heap(9)), ("goroutines", goroutines())):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "dump").write_bytes(goroutine_text(READABLE))
    (tmp_path / f"{EVIL_NAME}.pb").write_bytes(cpu())
    samples = [
        f"app {number} [000]  100.{number:06}:     10 cpu-clock:\n\t    1 main.%s (/bin/%s)\n" % (name, name)
        for number, name in enumerate(PAYLOADS[one].decode() for one in READABLE)
    ]
    (tmp_path / f"{EVIL_NAME}.perf").write_text("\n".join(samples), "utf-8", "replace")
    return tmp_path


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment of its own, with programs polled as often as may be."""
    config = tmp_path / ".config" / "glance" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(SETTINGS)
    return environment(HOME=str(tmp_path), XDG_CONFIG_HOME=None, XDG_STATE_HOME=None, XDG_DATA_HOME=None)


def in_turn(terminal: Terminal, *steps: tuple[str, str]) -> None:
    """Press keys, each when what the one before leads to is there: a pattern."""
    for keys, pattern in steps:
        terminal.write(b"".join(KEY.get(key, key.encode()) for key in keys.split(" ")))
        terminal.shows(re.compile(pattern).search)


LEAVES = ("esc", r"leaves first")
BACK = ("esc", OVERVIEW)


def copy(terminal: Terminal) -> None:
    """Press the key that copies, and wait until the terminal was told."""
    before = terminal.raw.count(b"\x1b]52;c;")
    terminal.press("y")
    until(lambda: terminal.raw.count(b"\x1b]52;c;") > before, "copied")


KEY = {"enter": b"\r", "esc": b"\x1b", "tab": b"\t", "down": b"\x1b[B", "backspace": b"\x7f"}


def is_clean(terminal: Terminal) -> bool:
    """Whether nothing but text was sent, and what was copied is text, too."""
    raw = bytes(terminal.raw)
    assert foreign(raw, SIZE, COPYING) == []
    for copied in re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", raw):
        assert foreign(base64.b64decode(copied), own=PLAIN) == []
    return True


def test_no_page_of_profiles_passes_on_a_name(place: Path, home: dict[str, str]) -> None:
    """The flame graph and its tables, goroutines, growing memory, suspects, and times that are typed."""
    with (
        hostile_program() as url,
        glance("access.log", "--pprof", f"api={url}", size=SIZE, env=home, cwd=place) as terminal,
    ):
        terminal.shows(OVERVIEW)
        in_turn(
            terminal,
            ("p", r"flame of the last"),
            ("i", r"callers below"),
            ("i", r"leaves first"),
            ("down", r"main\..*evil"),
            ("t", r"goroutines in \d+ stacks"),
            ("u", r"states of"),
        )
        copy(terminal)
        in_turn(terminal, ("tab", r"in use in \d+ stacks"), ("enter", r"stack of"), ("esc", r"in use in"), LEAVES)
        in_turn(terminal, BACK, ("P", r"suspects of(.*\n){3}"), ("enter", r"its file is not known"))
        copy(terminal)
        in_turn(terminal, ("esc", r"its file(.*\n)*"), BACK, ("@", r"enter keep"))
        terminal.write(PASTED)
        in_turn(terminal, ("enter", r"@click"), BACK)
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored()
    assert is_clean(terminal)


def test_no_page_of_files_passes_on_a_name(place: Path, home: dict[str, str]) -> None:
    """The flame graph of files, what they are called, and the heat map of samples."""
    names = [f"{EVIL_NAME}.pb", "dump", f"{EVIL_NAME}.perf"]
    with glance("flame", *names, size=SIZE, env=home, cwd=place) as terminal:
        in_turn(
            terminal,
            ("", r"│ app "),
            ("H", r"heat map · samples"),
            ("esc", r"│ app "),
            ("(", r"(?s)\A(?!.*│ app ).*│ all "),
            ("t", r"goroutines in \d+ stacks"),
            ("esc", r"│ all "),
            ("(", r"net/http"),
        )
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored()
    assert is_clean(terminal)


@pytest.fixture
def snapshot(place: Path, home: dict[str, str]) -> Path:
    """One on the shelf that says of itself what is hostile."""
    with hostile_program() as url:
        words = ("snapshot", "take", "--seconds", "1", "--pprof", f"api={url}", "--note", MOST, "access.log")
        taken = run(*words, cwd=place, env=home)
    assert taken.returncode == 0
    assert foreign(taken.stdout + taken.stderr, own=PROGRESS) == []
    (found,) = (place / ".local" / "state" / "glance" / "glance.snapshots").glob("*.glance")
    other = found.with_name("20200101T000000Z-0e0e0e.glance")
    made_hostile(found, other)
    return other


def test_no_page_of_snapshots_passes_on_what_one_says(snapshot: Path, place: Path, home: dict[str, str]) -> None:
    with glance("access.log", size=SIZE, env=home, cwd=place) as terminal:
        terminal.shows(OVERVIEW)
        in_turn(terminal, ("K", r"▸ \d"), ("z", r"│ program "))
        terminal.press("q")

        assert terminal.ends() == 0
    assert is_clean(terminal)
    evil = place / f"{EVIL_NAME}.glance"
    evil.write_bytes(snapshot.read_bytes())
    with glance(evil, size=SIZE, env=home, cwd=place) as terminal:
        terminal.shows("q quits")
        terminal.press("q")
        assert terminal.ends() == 0
    assert is_clean(terminal)


Said = pytest.CaptureFixture[bytes]


@pytest.fixture
def at_home(place: Path, home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """That directory is the one worked in; verbs run in this process."""
    monkeypatch.chdir(place)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", home["HOME"])
    return place


def is_said_clean(said: Said, *words: str | Path) -> bool:
    """Whether a verb says something, and it is text only."""
    main(list(map(str, words)))
    out, err = said.readouterr()
    assert foreign(out, own=TABBED) == []
    assert foreign(err, own=PLAIN) == []
    return bool((out + err).strip())


def test_no_snapshot_is_told_of_with_its_own_bytes(snapshot: Path, at_home: Path, capfdbinary: Said) -> None:
    evil = at_home / f"{EVIL_NAME}.glance"
    evil.write_bytes(snapshot.read_bytes())
    for words in (
        ("snapshot", "list"),
        ("snapshot", "list", "-o", "json"),
        ("snapshot", "show", evil),
        ("snapshot", "show", "-o", "json", evil),
        ("snapshot", "diff", "last", evil),
        ("suspect", evil),
        ("suspect", "--target", "none", evil),
        ("snapshot", "note", evil, MOST),
        ("snapshot", "import", evil),
        ("snapshot", "rm", MOST),
        ("snapshot", "show", MOST),
        ("report", evil),
    ):
        assert is_said_clean(capfdbinary, *words)


@pytest.mark.parametrize("output", ["text", "markdown", "json"])
def test_no_report_of_a_profile_passes_on_a_name(at_home: Path, capfdbinary: Said, output: str) -> None:
    """Nor a unit, which a profile names as it likes."""
    verbs = [("top",), ("peek", "evil"), ("tree",), ("traces",), ("tags",), ("info",), ("list", "evil")]
    for verb in verbs:
        for choice in ("samples", "cpu", "alloc_space", MOST):
            name = "heap" if choice == "alloc_space" else "cpu"
            index = () if verb == ("info",) else (f"--sample_index={choice}",)
            assert is_said_clean(capfdbinary, "profile", verb[0], "-o", output, *index, *verb[1:], name)
    for words in (
        ("profile", "diff", "-o", output, "heap", "heap9"),
        ("profile", "heatmap", "-o", output, f"{EVIL_NAME}.perf"),
        ("suspect", "-o", output, "cpu"),
        ("suspect", "-o", output, "heap", "heap9"),
        ("suspect", "-o", output, "--log", "access.log", "cpu"),
        ("report", "-o", output, "access.log", "cpu", f"{EVIL_NAME}.pb"),
    ):
        assert is_said_clean(capfdbinary, *words)


def test_what_is_printed_in_one_form_only_passes_nothing_on(at_home: Path, capfdbinary: Said) -> None:
    for words in (
        ("profile", "comments", "cpu"),
        ("profile", "raw", "cpu"),
        ("report", "-o", "html", "access.log", "cpu", f"{EVIL_NAME}.pb"),
        ("check", "--fail-if", "share > 1%", "cpu", "access.log"),
        ("profile", "top", f"nothing {MOST}"),
        ("flame", f"nothing {MOST}"),
    ):
        assert is_said_clean(capfdbinary, *words)
