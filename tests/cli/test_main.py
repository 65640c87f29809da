"""How the program ends: exit codes, what is told, and the terminal left as it was."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
import time
import tty
import types
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from glance.cli.main import main
from glance.cli.root import VERBS, Verb
from glance.cli.terminal import Terminal
from glance.errors import ConfigError, FormatError, GlanceError, SourceError, StoreError, UsageError

Verdict = Callable[[BaseException | int], None]

HEAVY = ("textual", "rich", "numpy", "plotext", "apsw", "asyncio", "watchfiles", "aiofiles", "msgspec", "tomllib")
"""What the start of the command line must not import, nor any verb of its own."""


@pytest.fixture
def ends_with(monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Make the dashboard end at once, by an exception or with an exit code."""

    def prepare(end: BaseException | int) -> None:
        @click.command()
        def watch() -> int:
            if isinstance(end, BaseException):
                raise end
            return end

        module = types.ModuleType("ending")
        module.watch = watch  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "ending", module)
        monkeypatch.setitem(VERBS, "watch", Verb("ending:watch", ""))

    return prepare


@pytest.mark.parametrize(
    ("error", "code"),
    [(GlanceError, 1), (UsageError, 2), (ConfigError, 3), (StoreError, 4), (SourceError, 5), (FormatError, 6)],
)
def test_error_is_told_in_three_lines_with_its_exit_code(
    ends_with: Verdict, capsys: pytest.CaptureFixture[str], error: type[GlanceError], code: int
) -> None:
    ends_with(error("cannot read a.log", "permission denied", "run it as its owner"))

    assert main([]) == code

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "glance: cannot read a.log\n  why  permission denied\n  do   run it as its owner\n"


def test_error_says_no_empty_part_and_obeys_no_escape_sequence(
    ends_with: Verdict, capsys: pytest.CaptureFixture[str]
) -> None:
    ends_with(SourceError("cannot read \x1b]0;owned\x07.log"))

    main([])

    assert capsys.readouterr().err == "glance: cannot read ␛]0;owned␇.log\n"


@pytest.mark.parametrize(
    ("end", "code"), [(0, 0), (1, 1), (143, 143), (KeyboardInterrupt(), 130), (click.Abort(), 130)]
)
def test_exit_code_of_the_verb_is_that_of_the_program(
    ends_with: Verdict, capsys: pytest.CaptureFixture[str], end: BaseException | int, code: int
) -> None:
    ends_with(end)

    assert main([]) == code
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("line", [["a.log", "--nonsense"], ["--nonsense", "a.log"], ["a.log", "--window", "soon"]])
def test_usage_names_no_verb_that_was_not_typed(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line) == 2

    err = capsys.readouterr().err
    assert "Usage: glance [OPTIONS] [PATH|GLOB|DIR|-]..." in err
    assert "Try 'glance --help'" in err
    assert "watch" not in err


def test_help_behind_a_path_is_that_of_glance(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a.log", "--help"]) == 0

    behind = capsys.readouterr().out
    main(["--help"])
    assert behind == capsys.readouterr().out


def test_a_missing_choice_shows_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion"]) == 2

    assert "Choose from: bash, zsh, fish" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["report", "demo", "config", "completion", "a.log"])
def test_version_is_told_with_every_verb(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--version"]) == 0
    assert capsys.readouterr().out.startswith("glance ")


def test_bug_is_told_without_a_traceback(ends_with: Verdict, capsys: pytest.CaptureFixture[str]) -> None:
    ends_with(ZeroDivisionError("division by zero"))

    assert main([]) == 1

    told = capsys.readouterr().err
    assert told.startswith("glance: a bug: ZeroDivisionError")
    assert "division by zero" in told
    assert "--debug" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(("line", "variable"), [(["--debug"], ""), ([], "1")])
def test_bug_is_told_with_its_traceback_on_request(
    ends_with: Verdict,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    line: list[str],
    variable: str,
) -> None:
    monkeypatch.setenv("GLANCE_DEBUG", variable)
    ends_with(ZeroDivisionError("division by zero"))

    assert main(line) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["config", "--no-such"], "No such option"),
        (["config", "--window", "soon"], "expected one of 1m, 5m"),
        (["config", "--section-limit", "0"], "'--section-limit': expected a number from 1"),
        (["config", "--config"], "requires an argument"),
        (["completion", "tcsh"], "tcsh"),
    ],
)
def test_mistake_on_the_command_line_is_exit_two(
    line: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line) == 2
    assert said in capsys.readouterr().err


def test_mistake_in_the_environment_is_a_mistake_of_configuration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLANCE_ALERTWINDOW", "never")

    assert main(["config"]) == 3
    assert capsys.readouterr().err.startswith("glance: bad value in the environment for GLANCE_ALERTWINDOW\n  why  exp")


def test_mistake_in_the_file_is_exit_three_but_help_still_comes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "c.toml"
    config.write_text("theem = 'x'")

    assert main(["config", "--config", str(config)]) == 3
    assert "did you mean `theme`?" in capsys.readouterr().err
    assert main(["--config", str(config), "--help"]) == 0


def test_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("glance 0.")


def test_reader_that_goes_away_is_no_error(root: Path) -> None:
    """As in `glance report … | head -1`."""
    script = "import sys; from glance.cli.main import main; sys.exit(main(['config']))"
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [sys.executable, "-c", script], cwd=root, stdout=writer, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writer)

    assert (ended.returncode, ended.stderr) == (141, b"")


def test_terminal_that_a_dead_screen_left_raw_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = pty.openpty()
    with os.fdopen(follower, "r", closefd=True) as stdin, os.fdopen(leader, "rb", closefd=True):
        monkeypatch.setattr(sys, "stdin", stdin)
        before = termios.tcgetattr(follower)
        terminal = Terminal.remembered()
        tty.setraw(follower)
        changed = termios.tcgetattr(follower)

        terminal.restore()

        assert changed != before
        assert termios.tcgetattr(follower) == before


def test_no_terminal_is_nothing_to_put_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "in").touch()
    with (tmp_path / "in").open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)

        assert Terminal.remembered() == Terminal(None)
        Terminal.remembered().restore()


@pytest.mark.parametrize("line", ["--help", "--version", "completion bash"])
def test_start_imports_no_verb_and_nothing_heavy(root: Path, line: str) -> None:
    script = (
        "import sys\nfrom glance.cli.main import main\nmain(sys.argv[1:])\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "verbs = [name for name in ('watch', 'report', 'demo', 'config') if 'glance.cli.' + name in sys.modules]\n"
        "sys.exit(' '.join(heavy + verbs) or 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, *line.split()], cwd=root, capture_output=True, text=True, check=False
    )

    assert ended.stderr == ""
    assert ended.returncode == 0


@pytest.mark.slow
def test_help_takes_no_more_than_six_times_a_bare_interpreter(root: Path, tmp_path: Path) -> None:
    """The best of several runs of each, in turns, so that a busy machine slows both alike; compiled, as installed."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def seconds(*words: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], cwd=root, env=environment, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start

    seconds("-m", "glance", "--help")
    runs = [(seconds("-c", "pass"), seconds("-m", "glance", "--help")) for _ in range(10)]
    bare, helped = (min(times) for times in zip(*runs, strict=True))

    assert helped / bare <= 6


@pytest.mark.parametrize("arguments", [[], ["report"], ["demo", "--seconds", "1"]], ids=["watch", "report", "demo"])
def test_a_closed_standard_input_is_no_bug(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`glance <&-`: as where it is a terminal that nobody types on."""
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr("glance.sources.discovery.USUAL_PATTERNS", ())
    monkeypatch.setattr("glance.cli.options.DEFAULT_FILE", "/nowhere/access.log")

    code = main(arguments)

    assert code == (0 if "demo" in arguments else 2)
    assert "a bug" not in capfd.readouterr().err
