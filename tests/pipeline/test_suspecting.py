"""Source lines for suspects, and the time of profiles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from glance.domain.profiles.suspect_code import CodeFinder
from glance.pipeline.suspecting import During, LocalCode, times_of
from tests.domain.profiles.suspected import cpu

CODE = "\n".join(f"line {number}" for number in range(1, 21)) + "\n"


def test_lines_around_the_one_in_question(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.go").write_text(CODE)
    code: CodeFinder = LocalCode(str(tmp_path))
    found = code.find("main.work", "/build/x/app/main.go", 10)

    assert (found.first, found.lines, found.line) == (8, tuple(f"line {n}" for n in range(8, 13)), 10)
    assert found.path == str(tmp_path / "app" / "main.go")
    assert code.find("main.work", "/build/x/app/main.go", 1).lines == ("line 1", "line 2", "line 3")
    assert LocalCode(maps={"/build/x/": f"{tmp_path}/"}).find("", "/build/x/app/main.go", 20).lines[-1] == "line 20"


def test_a_build_without_paths_is_found_by_its_module(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("// mine\nmodule example.com/shop\n\ngo 1.27\n")
    (tmp_path / "cart").mkdir()
    (tmp_path / "cart" / "cart.go").write_text(CODE)

    assert LocalCode(str(tmp_path / "cart")).find("", "example.com/shop/cart/cart.go", 3).lines[0] == "line 1"


def test_where_there_is_no_code_it_says_why(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(CODE)
    code = LocalCode(str(tmp_path))

    assert code.find("main.work", "nowhere/else.go", 3).note.endswith("--source-root DIR, or --map OLD=NEW")
    assert LocalCode(hint="look there").find("", "nowhere/else.go", 3).note == "its source was not found: look there"
    assert "does not tell" in code.find("main.work", "", 0).note
    assert "another version" in code.find("main.work", "main.go", 21).note
    assert not code.find("main.work", "main.go", 21).lines


def test_a_profile_cannot_have_files_shown_that_are_no_code(tmp_path: Path) -> None:
    for name in ("id_rsa", ".env", "secrets.yaml"):
        (tmp_path / name).write_text("secret\n")
        found = LocalCode(str(tmp_path)).find("main.work", str(tmp_path / name), 1)
        assert (found.lines, found.note) == ((), "its file is not known to be source code")


def test_the_time_of_profiles_is_half_open() -> None:
    first = replace(cpu({"main.a": 1}), time_nanos=2 * 10**9, duration_nanos=10**9)
    second = replace(cpu({"main.a": 1}), time_nanos=5 * 10**9, duration_nanos=10**9)

    class Times:
        """The only part of a bucket that is asked."""

        def milliseconds(self):
            return np.array([1_999, 2_000, 2_999, 3_000, 5_500])

    class Bucket:
        """Likewise."""

        times = Times()

    assert times_of([first, second]) == During(((2_000, 3_000), (5_000, 6_000)))
    assert During(((2_000, 3_000), (5_000, 6_000))).select(Bucket()).tolist() == [False, True, True, False, True]
    assert times_of([first, cpu({"main.a": 1})]) is None
    assert times_of([]) is None
