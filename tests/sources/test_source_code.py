"""Source files are found where a profile says, where they were moved to, and where Go keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.errors import SourceError, UsageError
from glance.sources.source_code import SourceCode, mapped


def made(root: Path, path: str) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"// {path}\n")
    return file


@pytest.mark.parametrize(
    ("recorded", "place"),
    [
        ("/build/app/cmd/main.go", "app/cmd/main.go"),
        ("/somewhere/else/cmd/main.go", "app/cmd/main.go"),
        ("cmd/main.go", "app/cmd/main.go"),
        ("main.go", "main.go"),
        ("/usr/local/nowhere/go/src/net/http/server.go", "goroot/src/net/http/server.go"),
        ("net/http/server.go", "goroot/src/net/http/server.go"),
        ("/go/pkg/mod/github.com/Masterminds/x@v1.2.3/parse.go", "mod/github.com/!masterminds/x@v1.2.3/parse.go"),
        ("github.com/Masterminds/x@v1.2.3/parse.go", "mod/github.com/!masterminds/x@v1.2.3/parse.go"),
        ("example.com/lib@v0.1.0/deep/a.go", "app/vendor/example.com/lib/deep/a.go"),
        ("/proc/self/cwd/cmd/main.go", "app/cmd/main.go"),
    ],
)  # fmt: skip
def test_a_file_is_found(tmp_path: Path, recorded: str, place: str) -> None:
    expected = made(tmp_path, place)
    environment = {"GOROOT": str(tmp_path / "goroot"), "GOMODCACHE": str(tmp_path / "mod"), "HOME": str(tmp_path)}
    code = SourceCode(str(tmp_path / "app"), environment=environment)

    assert code.find(recorded) == expected
    assert code.lines(recorded) == (f"// {place}",)


@pytest.mark.parametrize(
    ("module", "recorded", "place"),
    [
        ("example.com/own/app", "example.com/own/app/cmd/main.go", "app/cmd/main.go"),
        ("plain", "plain/main.go", "app/main.go"),
        ("", "example.com/own/app/cmd/main.go", "app/cmd/main.go"),
    ],
)
def test_a_build_with_trimpath_names_its_own_module(tmp_path: Path, module: str, recorded: str, place: str) -> None:
    expected = made(tmp_path, place)
    made(tmp_path, "app/cmd/deep/other.go")
    if module:
        (tmp_path / "app" / "go.mod").write_text(f"// a remark\nmodule {module}\n\ngo 1.25\n")

    for folder in ("app", "app/cmd/deep") if module else ("app",):
        assert SourceCode(str(tmp_path / folder), environment={}).find(recorded) == expected


def test_the_standard_library_is_no_file_of_ones_own(tmp_path: Path) -> None:
    made(tmp_path, "proc.go")

    with pytest.raises(SourceError):
        SourceCode(str(tmp_path), environment={}).find("runtime/proc.go")


def test_a_beginning_is_replaced(tmp_path: Path) -> None:
    expected = made(tmp_path, "here/main.go")
    code = SourceCode(str(tmp_path), maps=mapped([f"/build={tmp_path}/here"]))

    assert code.find("/build/main.go") == expected


def test_a_beginning_is_trimmed(tmp_path: Path) -> None:
    expected = made(tmp_path, "main.go")

    assert SourceCode(str(tmp_path), "/a/b:/c").find("/a/b/main.go") == expected


def test_what_is_not_found_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"could not find file /x/nowhere\.go"):
        SourceCode(str(tmp_path), environment={}).find("/x/nowhere.go")
    with pytest.raises(SourceError):
        SourceCode(str(tmp_path), environment={}).find("nul\0l.go")


@pytest.mark.parametrize("name", ["id_rsa", "shadow", ".env", "key.pem"])
def test_what_is_no_source_code_is_not_shown_by_whoever_asks(tmp_path: Path, name: str) -> None:
    code = SourceCode(str(tmp_path), maps={"/build/main.go": str(made(tmp_path, name))})
    for path in (str(tmp_path / name), name, f"/elsewhere/{name}", "/build/main.go"):
        with pytest.raises(SourceError):
            code.lines(path)


def test_what_is_too_large_is_no_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glance.sources.source_code.MOST_BYTES", 10)
    made(tmp_path, "a/long/name.go")
    with pytest.raises(SourceError, match="more than 10 bytes"):
        SourceCode(str(tmp_path)).lines("a/long/name.go")


def test_a_map_has_two_sides() -> None:
    with pytest.raises(UsageError):
        mapped(["/build"])
