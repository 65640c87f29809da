"""The source of a function: only source code is shown, whatever a profile says of its files and lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.domain.flame_board import FlameWish
from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.pipeline.function_source import NOT_CODE, source_of
from glance.pipeline.stack_desk import source_at
from glance.sources.source_code import SourceCode

COUNT = (ValueType("samples", "count"),)


def profile(file: str, *lines: int) -> Profile:
    """One sample in each of these lines of `main.work`."""
    function = Function("main.work", "main.work", file, 1)
    samples = [Sample((Location(lines=(Line(function, line),)),), (1,)) for line in lines]
    return Profile.of(COUNT, samples)


def test_lines_that_count_stand_in_their_source(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text("one\ntwo\nthree\n")
    view = source_of(profile("/build/main.go", 2, 2), FlameWish(source="main.work"), SourceCode(str(tmp_path)))
    assert [(row.number, row.text, row.cum) for row in view.rows] == [(1, "one", 0), (2, "two", 2), (3, "three", 0)]


@pytest.mark.parametrize("name", ["id_rsa", "passwd", ".env", "secrets.yaml", "main.go.bak"])
def test_a_profile_of_a_stranger_has_nothing_else_shown(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("secret\n")
    code, file = SourceCode(str(tmp_path)), str(tmp_path / name)
    view = source_of(profile(file, 1), FlameWish(source="main.work"), code)
    assert (view.path, [row.text for row in view.rows], view.note) == ("", [""], NOT_CODE)
    assert source_at(code, file, 1).lines == ()


@pytest.mark.parametrize("line", [-5, (1 << 63) - 1, -(1 << 63)])
def test_lines_that_there_cannot_be_harm_nothing(line: int) -> None:
    view = source_of(profile("main.go", 3, line), FlameWish(source="main.work"), SourceCode("/nowhere"))
    assert {row.number: row.cum for row in view.rows} == {3: 1, line: 1}
    view = source_of(profile("main.go", line), FlameWish(source="main.work"), SourceCode("/nowhere"))
    assert {row.number: row.cum for row in view.rows} == {line: 1}
