"""A ring of the profiles that were polled: read by stretch of time, the oldest go beyond a bound of room or age.

Each is kept as a gzipped profile.proto of what its interval gained, so that any of them opens with the
official tool, and those of one kind add up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import apsw

from glance.store.beside import TableBeside
from glance.store.failure import failure
from glance.store.profile_schema import SCHEMA_PROFILES
from glance.store.transaction import writing

MOST_AT_ONCE = 256
"""Profiles that are let go in one transaction."""

FAR_MS = 1 << 62
_COLUMNS = "id, target, kind, start_ms, end_ms, size, note"


@dataclass(frozen=True, slots=True)
class KeptPoll:
    """What is known of one kept profile without reading it."""

    number: int
    target: str
    kind: str
    start: float
    """Epoch seconds."""
    end: float
    size_bytes: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeptTarget:
    """What is kept of one target and kind."""

    target: str
    kind: str
    polls: int
    start: float
    end: float
    size_bytes: int


class ProfileTable(TableBeside):
    """The ring of an open database. One thread at a time may use it."""

    KNOWN_BY = "profile_poll"
    SCHEMA = SCHEMA_PROFILES

    def add(self, target: str, kind: str, data: bytes, *, start: float, end: float, note: str = "") -> int:
        """Keep a profile; returns its number.

        Args:
            target: of which.
            kind: which.
            data: it, gzipped.
            start: when it begins, epoch seconds.
            end: when it ends.
            note: what a person should know of it.

        Raises:
            StoreError: it cannot be written.
        """
        with self._writing():
            self._connection.execute(
                "INSERT INTO profile_poll (target, kind, start_ms, end_ms, size, note, data)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (target, kind, _ms(start), _ms(end), len(data), note, data),
            )
            return self._connection.last_insert_rowid()

    def heads(
        self, start: float = -math.inf, end: float = math.inf, *, target: str = "", kind: str = "", most: int = 100_000
    ) -> list[KeptPoll]:
        """What is kept of a stretch of time, oldest first.

        Args:
            start: profiles that end after it, epoch seconds.
            end: profiles that begin before it.
            target: of this one only.
            kind: of this one only.
            most: of more, the newest.

        Raises:
            StoreError: it cannot be read.
        """
        question = (
            f"SELECT {_COLUMNS} FROM profile_poll WHERE end_ms > ? AND start_ms < ?"  # noqa: S608 - names of columns
            " AND (? = '' OR target = ?) AND (? = '' OR kind = ?) ORDER BY end_ms DESC, id DESC LIMIT ?"
        )
        with self._reading():
            rows = self._connection.execute(
                question, (_ms(start), _ms(end), target, target, kind, kind, most)
            ).fetchall()
        return [_head(row) for row in reversed(rows)]

    def newest(self, target: str, kind: str) -> KeptPoll | None:
        """The last profile of a target and kind.

        Raises:
            StoreError: it cannot be read.
        """
        found = self.heads(target=target, kind=kind, most=1)
        return found[0] if found else None

    def those(self, numbers: Sequence[int]) -> list[KeptPoll]:
        """What is known of profiles by their numbers, of those that are still kept, oldest first.

        Raises:
            StoreError: it cannot be read.
        """
        question = f"SELECT {_COLUMNS} FROM profile_poll WHERE id = ?"  # noqa: S608 - names of columns
        with self._reading():
            rows = [row for number in numbers for row in self._connection.execute(question, (number,)).fetchall()]
        return sorted((_head(row) for row in rows), key=lambda head: (head.end, head.number))

    def data(self, number: int) -> bytes | None:
        """One profile, gzipped; None when it was let go.

        Raises:
            StoreError: it cannot be read.
        """
        with self._reading():
            rows = self._connection.execute("SELECT data FROM profile_poll WHERE id = ?", (number,)).fetchall()
        return cast("bytes", rows[0][0]) if rows else None

    def datas(self, heads: Sequence[KeptPoll]) -> list[bytes]:
        """Those of many that are still kept, in this order.

        Raises:
            StoreError: they cannot be read.
        """
        return [data for head in heads if (data := self.data(head.number)) is not None]

    def targets(self) -> list[KeptTarget]:
        """What is kept, by target and kind.

        Raises:
            StoreError: it cannot be read.
        """
        question = (
            "SELECT target, kind, count(*), min(start_ms), max(end_ms), sum(size)"
            " FROM profile_poll GROUP BY target, kind ORDER BY target, kind"
        )
        with self._reading():
            rows = cast("list[tuple[Any, ...]]", self._connection.execute(question).fetchall())
        return [KeptTarget(row[0], row[1], row[2], row[3] / 1000, row[4] / 1000, row[5]) for row in rows]

    @property
    def size_bytes(self) -> int:
        """Room that the profiles take.

        Raises:
            StoreError: it cannot be read.
        """
        with self._reading():
            ((size,),) = self._connection.execute("SELECT coalesce(sum(size), 0) FROM profile_poll").fetchall()
        return cast("int", size)

    def retain(self, now: float, *, most_bytes: int, most_age_seconds: float) -> int:
        """Let the oldest go; returns how many.

        Args:
            now: epoch seconds.
            most_bytes: room for all of them; the newest one stays in any case.
            most_age_seconds: since a profile ended.

        Raises:
            StoreError: nothing was let go.
        """
        gone = self._too_old(_ms(now - most_age_seconds))
        gone += [number for number in self._beyond(most_bytes) if number not in gone]
        for first in range(0, len(gone), MOST_AT_ONCE):
            with self._writing():
                self._connection.executemany(
                    "DELETE FROM profile_poll WHERE id = ?",
                    [(number,) for number in gone[first : first + MOST_AT_ONCE]],
                )
        return len(gone)

    def forget(self, target: str) -> int:
        """Let all of one target go; returns how many.

        Raises:
            StoreError: nothing was let go.
        """
        with self._writing():
            self._connection.execute("DELETE FROM profile_poll WHERE target = ?", (target,))
            return self._connection.changes()

    def _too_old(self, end_ms: int) -> list[int]:
        with self._reading():
            rows = self._connection.execute("SELECT id FROM profile_poll WHERE end_ms < ?", (end_ms,)).fetchall()
        return [cast("int", number) for (number,) in rows]

    def _beyond(self, most_bytes: int) -> list[int]:
        """The oldest, for which there is no room."""
        if self.size_bytes <= most_bytes:
            return []
        with self._reading():
            rows = self._connection.execute(
                "SELECT id, size FROM profile_poll ORDER BY end_ms DESC, id DESC"
            ).fetchall()
        total, found = 0, []
        for place, (number, size) in enumerate(rows):
            total += cast("int", size)
            if place and total > most_bytes:
                found.append(cast("int", number))
        return found

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except apsw.Error as error:
            raise failure(f"cannot read profiles from {self.path}", self.path, error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with writing(self._connection, self.path, f"cannot keep profiles in {self.path}"):
            yield


def _ms(at: float) -> int:
    """Milliseconds of epoch seconds."""
    return int(at * 1000) if -FAR_MS < at * 1000 < FAR_MS else (FAR_MS if at > 0 else -FAR_MS)


def _head(row: tuple[Any, ...]) -> KeptPoll:
    number, target, kind, start, end, size, note = row
    return KeptPoll(number, target, kind, start / 1000, end / 1000, size, note)
