"""A database gets the present schema whole, and nobody else's database is touched."""

import ast
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from glance.errors import StoreError
from glance.store import database, migrations
from glance.store.history import History
from glance.store.migrations import APPLICATION_ID, STEPS, version_of
from glance.store.remembered import Remembered
from tests.store.log import batch, lines_of

STORE = Path(database.__file__).parent


def test_a_new_database_gets_all_steps(tmp_path: Path) -> None:
    history = History.open(tmp_path / "glance.db")

    assert version_of(history.connection) == len(STEPS)
    assert history.connection.pragma("application_id") == APPLICATION_ID
    assert history.connection.pragma("auto_vacuum") == 2
    assert history.connection.pragma("journal_mode") == "wal"
    history.close()


def test_what_an_older_glance_remembered_stays(tmp_path: Path) -> None:
    """Before there was history the file held one small table; its rows stay, and the file can shrink."""
    path = tmp_path / "glance.db"
    older = Remembered.open(path)
    older.keep("theme", "glance-light")
    older.close()

    history = History.open(path)
    history.commit(batch(0, 5))
    assert history.connection.pragma("auto_vacuum") == 2
    history.close()

    remembered = Remembered.open(path)
    assert remembered.all() == {"theme": "glance-light"}
    remembered.close()


def test_a_reader_of_an_older_database_has_it_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "glance.db"
    Remembered.open(path).close()

    reader = History.open(path, writes=False)

    assert lines_of(reader) == 0
    assert not reader.is_writer
    History.open(path).close()  # the role is free
    reader.close()


def test_each_step_leads_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of every earlier version becomes the present one, with what it held."""
    for version in range(1, len(STEPS) + 2):
        path = tmp_path / f"{version}.db"
        monkeypatch.setattr(migrations, "STEPS", (*STEPS, ("CREATE TABLE later (a INTEGER) STRICT",))[:version])
        history = History.open(path)
        history.commit(batch(0, 5))
        history.close()
        monkeypatch.setattr(migrations, "STEPS", (*STEPS, ("CREATE TABLE later (a INTEGER) STRICT",)))
        history = History.open(path)
        assert version_of(history.connection) == len(STEPS) + 1
        assert lines_of(history) == 5
        history.close()


def test_f02_a_step_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps before it are done, its own statements are not; the next try completes."""
    path = tmp_path / "glance.db"
    monkeypatch.setattr(migrations, "STEPS", (*STEPS, ("CREATE TABLE half (a INTEGER) STRICT", "CREATE nonsense")))
    with pytest.raises(StoreError):
        History.open(path)
    monkeypatch.setattr(migrations, "STEPS", STEPS)

    history = History.open(path)
    tables = [name for (name,) in history.connection.execute("SELECT name FROM sqlite_schema")]
    assert "half" not in tables
    assert version_of(history.connection) == len(STEPS)
    history.close()


@pytest.mark.parametrize("writes", [True, False])
def test_a_newer_schema_is_told_and_left_alone(tmp_path: Path, writes: bool) -> None:
    path = tmp_path / "glance.db"
    history = History.open(path)
    history.connection.pragma("user_version", 99)
    history.close()

    with pytest.raises(StoreError, match="newer glance") as caught:
        History.open(path, writes=writes)
    assert not caught.value.is_passing
    assert "update glance" in caught.value.hint
    history = apsw.Connection(str(path))
    assert history.pragma("user_version") == 99
    history.close()


@pytest.mark.parametrize("application", [0, 1234])
def test_the_database_of_another_program_is_not_touched(tmp_path: Path, application: int) -> None:
    path = tmp_path / "photos.db"
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE photo (a)")
    other.pragma("application_id", application)
    other.close()

    with pytest.raises(StoreError, match="another program"):
        History.open(path)
    other = apsw.Connection(str(path))
    assert [name for (name,) in other.execute("SELECT name FROM sqlite_schema")] == ["photo"]
    other.close()


def test_f14_an_unsafe_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")

    for writes in (True, False):
        (tmp_path / "glance.db").touch()
        with pytest.raises(StoreError, match="too old"):
            History.open(tmp_path / "glance.db", writes=writes)


def test_f08_every_statement_stands_alone() -> None:
    """SQLite runs what is joined by semicolons when it likes; so nothing is."""
    assert [statement for step in STEPS for statement in step if ";" in statement] == []
    for module in STORE.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and node.func.attr in ("execute", "executemany"):
                texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                assert not [text for text in texts if isinstance(text, str) and ";" in text], module.name


def test_f12_only_apsw_opens_the_database() -> None:
    """No second SQLite in the process, which would drop the locks; no plain `open` in the store."""
    package = STORE.parent
    for module in package.rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        names = [
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in [*node.names, ast.alias(getattr(node, "module", "") or "")]
        ]
        assert not [name for name in names if name.split(".")[0] == "sqlite3"], module
        if module.parent == STORE:
            opened = [
                node.lineno
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
            ]
            assert opened == [], module


def test_f12_a_database_that_is_there_is_never_opened_plainly(tmp_path: Path) -> None:
    """Closing a plain descriptor of it would drop the locks of every connection of this process."""
    program = """
import os, pathlib, sys
path = pathlib.Path(sys.argv[1])
def watch(event, args):
    if event == "open" and str(args[0]) == str(path) and path.exists():
        os._exit(3)
sys.addaudithook(watch)
from glance.store.history import Batch, History, Wanted
from glance.store.remembered import Remembered
history = History.open(path)
history.commit(Batch())
Remembered.open(path).close()
reader = History.open(path, writes=False)
reader.heads(Wanted())
reader.is_moved, reader.wal_bytes
reader.close()
history.retain(0, most_bytes=0, most_age_seconds=0)
history.close()
History.open(path).close()
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "glance.db")], check=False)

    assert done.returncode == 0


def test_f10_nothing_is_upgraded_from_reading_to_writing() -> None:
    """Each transaction that writes begins as one: only one place begins them."""
    begins = {
        (module.name, text.value)
        for module in STORE.glob("*.py")
        for text in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value.startswith("BEGIN")
    }

    assert begins == {("transaction.py", "BEGIN IMMEDIATE"), ("transaction.py", "BEGIN")}
