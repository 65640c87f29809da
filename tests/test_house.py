"""The rules of the house that a machine can hold: size, names, text, and what may not be written where."""

from __future__ import annotations

import ast
import re
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "glance"
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 350
BANNED_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "base", "misc"}
REGISTRIES = ("pypi" + ".org", "python" + "hosted", "npm" + "js.", "index" + "-url =", "proxy." + "golang")
MADE = {"dist", "build", "__pycache__", "node_modules"}
HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")


@cache
def parsed(module: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(module.read_text(encoding="utf-8"), str(module))


def docstrings(tree: ast.Module) -> set[ast.AST]:
    """Strings that stand alone: docstrings of modules, classes, functions and attributes."""
    return {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def strings_of_code(tree: ast.Module) -> Iterator[str]:
    """What the code says, other than what is said about it."""
    alone = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in alone:
            yield node.value


def project_files() -> Iterator[Path]:
    """Everything that belongs to the project, and nothing that was made from it."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        is_hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        if path.is_file() and not is_hidden and not MADE & set(parts) and path.stat().st_size < 1_000_000:
            yield path


def hides_bugs(handler: ast.ExceptHandler) -> bool:
    """Whether an `except` catches everything, and does not raise it again when it has looked."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    is_broad = any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )
    last = handler.body[-1]
    return is_broad and not (isinstance(last, ast.Raise) and last.exc is None)


def named(module: Path) -> str:
    """The module as a person calls it."""
    return str(module.relative_to(ROOT))


def test_each_module_is_one_noun_of_readable_size() -> None:
    lines = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}

    assert [named(module) for module in MODULES if module.stem in BANNED_NAMES] == []
    assert {named(module): count for module, count in lines.items() if count > MOST_LINES} == {}


def test_each_module_says_what_it_is_for() -> None:
    assert [named(module) for module in MODULES if not ast.get_docstring(parsed(module))] == []


def test_nothing_prints_but_the_command_line() -> None:
    prints = [
        f"{named(module)}:{node.lineno}"
        for module in MODULES
        if not module.is_relative_to(PACKAGE / "cli")
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert prints == []


def test_bugs_are_caught_in_one_place_only() -> None:
    found = [
        named(module)
        for module in MODULES
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.ExceptHandler) and hides_bugs(node)
    ]

    assert found == [named(PACKAGE / "cli" / "main.py")]


def test_colours_live_in_themes_only() -> None:
    found = [
        f"{named(module)}: {value}"
        for module in MODULES
        if module != PACKAGE / "themes.py"
        for value in strings_of_code(parsed(module))
        if HEX_COLOUR.search(value)
    ]

    assert found == []


@pytest.mark.parametrize("sheet", sorted(PACKAGE.rglob("*.tcss")), ids=lambda path: path.name)
def test_style_sheets_name_no_colour(sheet: Path) -> None:
    values = re.findall(r":([^;{}]*);", sheet.read_text(encoding="utf-8"))

    assert [value for value in values if HEX_COLOUR.search(value)] == []


def test_no_file_names_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in project_files()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    ]

    assert found == []


def test_no_file_names_this_machine() -> None:
    places = {ROOT, ROOT.parent, Path.home(), Path(sys.prefix), Path(sys.base_prefix)}
    own = [str(place) for place in places if place not in (Path("/"), Path("/usr"), Path(tempfile.gettempdir()))]
    here = re.compile("|".join(rf"(?<![\w.-]){re.escape(place)}/" for place in own).encode())
    found = [str(path.relative_to(ROOT)) for path in project_files() if here.search(path.read_bytes())]

    assert found == []


def test_locks_pin_everything_by_hash() -> None:
    for lock in ("requirements.lock", "requirements-build.lock", "requirements-dev.lock"):
        entries = re.split(r"\n(?=[a-zA-Z])", (ROOT / lock).read_text(encoding="utf-8").strip())

        assert entries
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == [], lock


def test_locks_agree_with_each_other() -> None:
    """One environment serves running and testing, so that the tests see what the user runs."""

    def pins(lock: str) -> set[str]:
        return set(
            re.findall(r"(?m)^([a-zA-Z0-9_.-]+==\S+(?: ; [^\\]+)?) \\", (ROOT / lock).read_text(encoding="utf-8"))
        )

    def bare(lock: str) -> set[str]:
        return {pin.partition(" ")[0] for pin in pins(lock)}

    assert pins("requirements.lock")
    assert bare("requirements.lock") | bare("requirements-build.lock") <= bare("requirements-dev.lock")
