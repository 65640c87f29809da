"""`glance snapshot`: taken, listed, shown, compared, exported, imported, noted and removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from glance.cli.main import main
from tests.pipeline.test_snapshooting import START, line


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An hour of a log, in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "access.log"
    path.write_text("".join(line(second, 500 if second % 10 == 0 else 200) for second in range(3600)))
    return path


def take(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Take one; its id."""
    assert main(["snapshot", "take", *words]) == 0
    return capsys.readouterr().out.strip()


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What is on the shelf."""
    assert main(["snapshot", "list", "-o", "json"]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_taken_listed_noted_and_removed(log: Path, capsys, clean_environment: Path) -> None:
    assert main(["snapshot", "list"]) == 0
    assert "there is no snapshot" in capsys.readouterr().out
    name = take(capsys, "--note", "slow \x1b[31m", str(log))

    (row,) = listed(capsys)
    assert (row["id"], row["records"], row["note"]) == (name, 900, "slow \x1b[31m")
    assert str(row["path"]).startswith(str(clean_environment / ".local" / "state" / "glance" / "glance.snapshots"))
    assert main(["snapshot", "list"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert main(["snapshot", "note", "last", "the deploy"]) == 0
    assert listed(capsys)[0]["note"] == "the deploy"
    assert main(["snapshot", "rm", name[:12]]) == 0
    assert capsys.readouterr().out == f"removed {name}\n"
    assert listed(capsys) == []


def test_shown_as_a_report_in_any_form(log: Path, capsys) -> None:
    name = take(capsys, "--length", "10m", str(log))

    assert main(["snapshot", "show", "last"]) == 0
    text = capsys.readouterr().out
    assert name in text
    assert "600 records, 660 raw lines" in text
    assert "glance report" in text
    assert main(["snapshot", "show", "-o", "json", "--where", "status>=500", "last"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["summary"]["hits"], found["manifest"]["records"], found["damages"]) == (60, 600, [])
    assert main(["snapshot", "show", "-o", "csv", "last"]) == 0
    assert capsys.readouterr().out.startswith("table,name,hits")


def test_taken_from_history_with_the_lines_of_a_log_that_was_rotated(log: Path, capsys) -> None:
    assert main(["collect", "--db", "h.db", str(log)]) == 0
    log.rename(log.with_name("access.log.1"))
    log.write_text(line(5000))
    capsys.readouterr()
    since, until = (f"2023-11-14T22:{minute}:20Z" for minute in (20, 25))
    name = take(capsys, "--db", "h.db", "--since", since, "--until", until, "--around", "10s")

    assert (log.parent / "h.snapshots" / f"{name}.glance").exists()
    shelf = ["--shelf", "h.snapshots"]
    assert main(["snapshot", "export", "last", *shelf, "--member", "manifest.json"]) == 0
    manifest = json.loads(capsys.readouterr().out)
    assert (manifest["records"], manifest["start"], manifest["end"]) == (300, START + 420, START + 720)
    assert main(["snapshot", "export", "last", *shelf, "--member", manifest["raw"][0]["member"]]) == 0
    assert capsys.readouterr().out == "".join(line(at, 500 if at % 10 == 0 else 200) for at in range(410, 730))


def test_two_are_compared(log: Path, capsys) -> None:
    take(capsys, "--to", "quiet.glance", "--until", "2023-11-14T22:30:00Z", str(log))
    with log.open("a") as file:
        file.writelines(line(second, 500) for second in range(3600, 3900))
    take(capsys, str(log))

    assert main(["snapshot", "diff", "quiet.glance", "last"]) == 0
    rows = {row.split()[0]: row.split()[1:] for row in capsys.readouterr().out.splitlines() if row}
    assert rows["server_errors"][:2] == ["90", "360"]
    assert main(["snapshot", "diff", "-o", "json", "quiet.glance", "last"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"]["server_errors"] == {"before": 90, "after": 360}


def test_exported_and_imported(log: Path, tmp_path: Path, capsys) -> None:
    name = take(capsys, str(log))
    assert main(["snapshot", "export", "last", "--to", "sent.glance"]) == 0
    assert main(["snapshot", "export", "last", "--unpack", "open"]) == 0
    assert main(["snapshot", "rm", "last"]) == 0
    assert main(["snapshot", "import", "sent.glance"]) == 0
    capsys.readouterr()

    assert listed(capsys)[0]["id"] == name
    assert json.loads((tmp_path / "open" / "summary.json").read_text())["hits"] == 900
    assert (tmp_path / "open" / "records.jsonl").read_text().count("\n") == 900
    assert main(["snapshot", "import", "sent.glance"]) == 4
    assert main(["snapshot", "export", "last", "--unpack", "open"]) == 4


def test_damage_is_said_and_the_rest_is_shown(log: Path, tmp_path: Path, capsys) -> None:
    take(capsys, "--to", "x.glance", str(log))
    path = tmp_path / "x.glance"
    data = bytearray(path.read_bytes())
    data[data.index(b"buckets/0001.bucket") + 400] ^= 1
    path.write_bytes(data)

    assert main(["snapshot", "show", "x.glance"]) == 4
    found = capsys.readouterr()
    assert "buckets/0001.bucket in x.glance is damaged" in found.err
    assert "x.glance" not in found.out
    assert "900 records" in found.out
    path.write_bytes(data[: data.index(b"records.jsonl") + 3000])
    assert main(["snapshot", "show", "x.glance"]) == 4
    found = capsys.readouterr()
    assert "cut off; what is whole of it is shown" in found.err
    assert "records.jsonl in x.glance is damaged" in found.err
    assert "900 records" in found.out
    path.write_bytes(data[:300])
    assert main(["snapshot", "show", "x.glance"]) == 4
    assert "no snapshot that can be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", "nothing"], 2, "there is no snapshot nothing"),
        (["show", "nothing.glance"], 4, "cannot read"),
        (["take", "--to", "x.zip", "access.log"], 2, "no name of a snapshot"),
        (["take", "--length", "soon", "access.log"], 2, "--length soon"),
        (["take", "--since", "2020-01-01", "--until", "2020-01-02", "access.log"], 5, "nothing to keep"),
        (["take", "--keep-mb", "1", "absent.log"], 5, "absent.log"),
        (["export", "x.glance"], 2, "say what to write"),
    ],
)
def test_what_cannot_be_is_told(log: Path, words: list[str], code: int, said: str, capsys) -> None:
    assert main(["snapshot", *words]) == code
    assert said in capsys.readouterr().err
