"""Which verb a command line means, and what reaches it."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete

from glance.cli.main import main
from glance.cli.options import chosen_paths, logs_argument, with_settings
from glance.cli.root import VERBS, Arrangement, Verb, arrange, root
from glance.config import DEFAULT_FILE, Settings

Call = tuple[str, Settings, tuple[str, ...]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """What the verbs `watch` and `report` were called with; stand-ins take their place."""
    seen: list[Call] = []

    def stand_in(name: str) -> click.Command:
        @click.command(name)
        @with_settings()
        @logs_argument
        def verb(settings: Settings, paths: tuple[str, ...]) -> int:
            seen.append((name, settings, paths))
            return 0

        return verb

    module = types.ModuleType("stand_ins")
    for name in ("watch", "report"):
        setattr(module, name, stand_in(name))
        monkeypatch.setitem(VERBS, name, Verb(f"stand_ins:{name}", VERBS[name].help))
    monkeypatch.setitem(sys.modules, "stand_ins", module)
    return seen


@pytest.mark.parametrize(
    ("line", "root_options", "verb", "rest"),
    [
        ("", "", None, ""),
        ("access.log", "", None, "access.log"),
        ("report access.log", "", "report", "access.log"),
        ("./report", "", None, "./report"),
        ("access.log report", "", None, "access.log report"),
        ("--theme light report x", "", "report", "--theme light x"),
        ("--theme report x", "", None, "--theme report x"),
        ("--theme=light report x", "", "report", "--theme=light x"),
        ("--no-follow report x", "", "report", "--no-follow x"),
        ("--alert_threshold 5 report", "", "report", "--alert_threshold 5"),
        ("-f report x", "", None, "-f report x"),
        ("- report", "", None, "- report"),
        ("-- report", "", None, "-- report"),
        ("report -- --debug", "", "report", "-- --debug"),
        ("report --version", "--version", "report", ""),
        ("report x --config c.toml --debug", "--config c.toml --debug", "report", "x"),
        ("--config=c.toml x", "--config=c.toml", None, "x"),
        ("--theme dark --help", "--help", None, "--theme dark"),
        ("x --help", "", None, "x --help"),
        ("report -h", "", "report", "-h"),
        ("x --config", "--config", None, "x"),
        ("--theme", "", None, "--theme"),
    ],
)
def test_verb_is_the_first_word_that_is_no_option(line: str, root_options: str, verb: str | None, rest: str) -> None:
    found = arrange(line.split())

    assert Arrangement(root_options.split(), verb, rest.split()) == found


@pytest.mark.parametrize(
    ("line", "name", "paths"),
    [
        ("", "watch", ()),
        ("access.log", "watch", ("access.log",)),
        ("watch access.log", "watch", ("access.log",)),
        ("*.log - -r 2 dir", "watch", ("*.log", "-", "dir")),
        ("report a b", "report", ("a", "b")),
        ("-- report", "watch", ("report",)),
        ("--window 1h report x", "report", ("x",)),
    ],
)
def test_command_line_without_a_verb_opens_the_dashboard(
    calls: list[Call], line: str, name: str, paths: tuple[str, ...]
) -> None:
    assert main(line.split()) == 0
    assert [(call[0], call[2]) for call in calls] == [(name, paths)]


def test_options_of_glancemetrics_keep_their_names_and_units(calls: list[Call]) -> None:
    line = "--file a.log --timewindow 10 --alertwindow 3 --alert_threshold 30 --section_limit 5 -r 2 --incident_limit 4"

    assert main(line.split()) == 0

    expected = Settings(
        file="a.log", window="1m", alert_window_minutes=3, alert_threshold=30, section_limit=5, refresh_seconds=2,
        incident_limit=4,
    )  # fmt: skip
    assert calls == [("watch", expected, ())]


def test_hyphens_are_as_good(calls: list[Call]) -> None:
    line = "--alert-threshold 1 --section-limit 2 --incident-limit 3 --no-follow"

    assert main(line.split()) == 0
    assert calls[0][1] == Settings(alert_threshold=1, section_limit=2, incident_limit=3, follow=False)


@pytest.mark.parametrize("verb", ["watch", "report", None])
def test_flag_beats_environment_beats_file_beats_default(
    calls: list[Call], verb: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "c.toml"
    config.write_text("alert_threshold = 1\nsection_limit = 1\nwindow = '6h'\nfollow = false\n[keys]\npause = 'Z'\n")
    monkeypatch.setenv("GLANCE_ALERT_THRESHOLD", "2")
    monkeypatch.setenv("GLANCE_SECTION_LIMIT", "2")
    monkeypatch.setenv("GLANCE_CONFIG", str(config))

    assert main([*([verb] if verb else []), "--alert-threshold", "3"]) == 0

    expected = Settings(alert_threshold=3, section_limit=2, window="6h", follow=False, keys=(("pause", "Z"),))
    assert expected == calls[0][1]


def test_file_of_one_run_is_forgotten_in_the_next(calls: list[Call], tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("window = '6h'\n")

    main(["--config", str(config)])
    main([])

    assert [call[1].window for call in calls] == ["6h", "15m"]


def test_file_at_its_usual_place_is_read(calls: list[Call], clean_environment: Path) -> None:
    folder = clean_environment / ".config" / "glance"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("theme = 'light'")

    assert main([]) == 0
    assert calls[0][1].theme == "glance-light"


def test_verbs_own_name_is_no_part_of_a_variable(calls: list[Call], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLANCE_WATCH_WINDOW", "6h")
    monkeypatch.setenv("GLANCE_TIMEWINDOW", "3600")

    assert main([]) == 0
    assert calls[0][1].window == "1h"


def test_logs_are_those_named_else_the_settings_else_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    default = tmp_path / "access.log"
    monkeypatch.setattr("glance.cli.options.DEFAULT_FILE", str(default))

    assert chosen_paths(("a", "b"), Settings(file="c")) == ("a", "b")
    assert chosen_paths((), Settings(file="c")) == ("c",)
    assert chosen_paths((), Settings()) == ()
    default.touch()
    assert chosen_paths((), Settings()) == (str(default),)


def test_default_log_is_the_one_of_glancemetrics() -> None:
    assert DEFAULT_FILE == "/tmp/access.log"


def test_help_lists_verbs_and_options_and_hides_the_default_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    out = capsys.readouterr().out
    for word in ("report", "demo", "config", "completion", "--alert-threshold", "--config", "GLANCE_", "PATH|GLOB"):
        assert word in out
    assert "\n  watch" not in out


@pytest.mark.parametrize(
    ("words", "position", "offered"),
    [
        ("glance re", 1, {"report", "re"}),
        ("glance --alert", 1, {"--alertwindow", "--alert-threshold"}),
        ("glance --window ", 2, {"1m", "5m", "15m", "1h", "6h", "24h", "all"}),
        ("glance x --no-f", 2, {"--no-follow"}),
        ("glance report --from s", 3, {"start"}),
        ("glance --format caddy", 2, {"caddy"}),
        ("glance --format au", 2, {"auto"}),
        ("glance completion ", 2, {"bash", "zsh", "fish"}),
    ],
)
@pytest.mark.usefixtures("calls")
def test_shell_is_offered_words(words: str, position: int, offered: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(position))
    shell = BashComplete(root, {}, "glance", "_GLANCE_COMPLETE")
    args, incomplete = shell.get_completion_args()

    assert offered == {item.value for item in shell.get_completions(args, incomplete)}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_a_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert f"_GLANCE_COMPLETE={shell}_complete" in capsys.readouterr().out
