"""A private file for what a run has read and not yet published, so that memory stays flat and a run that is
refused leaves nothing behind."""

import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from publisher.items import Draft, Refusal, RowRef

BATCH = 500
"""Drafts published in one transaction: some 200 ms."""


class Spool:
    """Lives in a folder of mode 0700 that the run deletes. Only this process reads it, hence pickle."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "spool.db", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "CREATE TABLE draft (key TEXT PRIMARY KEY, file TEXT, row INTEGER, mark BLOB, draft BLOB)",
            "CREATE TABLE refusal (refusal BLOB)",
            "CREATE TABLE touched (key TEXT PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE withdrawn (key TEXT PRIMARY KEY) WITHOUT ROWID",
            "BEGIN",
        ):
            self._database.execute(statement)

    def add(self, draft: Draft, mark: bytes) -> RowRef | None:
        """Keeps a draft. If the key is taken by an earlier row it keeps the earlier one, and gives its
        place when that row says something else (another `mark`)."""
        where = draft.where
        cursor = self._database.execute(
            "INSERT OR IGNORE INTO draft VALUES (?, ?, ?, ?, ?)",
            (draft.key, where.file, where.row, mark, pickle.dumps(draft)),
        )
        if cursor.rowcount:
            return None
        file, row, held = self._database.execute(
            "SELECT file, row, mark FROM draft WHERE key = ?", (draft.key,)
        ).fetchone()
        return RowRef(file, row) if held != mark else None

    def refuse(self, refusal: Refusal) -> None:
        """Keeps a refused row, and its key as one that has not vanished."""
        self._database.execute("INSERT INTO refusal VALUES (?)", (pickle.dumps(refusal),))
        if refusal.key:
            self.touch(refusal.key)

    def touch(self, key: str) -> None:
        """Notes a key that the source still lists, though nothing is to be published under it."""
        self._database.execute("INSERT OR IGNORE INTO touched VALUES (?)", (key,))

    def withdraw(self, key: str) -> None:
        """Notes a key whose row says of itself that it is not public."""
        self._database.execute("INSERT OR IGNORE INTO withdrawn VALUES (?)", (key,))
        self.touch(key)

    def withdrawn(self) -> Iterator[list[str]]:
        """Keys whose rows say that they are not public, in lists."""
        yield from _lists(self._database.execute("SELECT key FROM withdrawn"))

    def each_key(self) -> Iterator[list[str]]:
        """All keys that were read, in lists."""
        yield from _lists(self._database.execute("SELECT key FROM draft UNION SELECT key FROM touched"))

    def drafts(self) -> Iterator[list[Draft]]:
        """What is to be published, in the order in which it was read, in batches."""
        for batch in _lists(self._database.execute("SELECT draft FROM draft ORDER BY rowid")):
            yield [pickle.loads(text) for text in batch]  # noqa: S301 - written above, by this process

    def refusals(self) -> Iterator[list[Refusal]]:
        """What was refused, in batches."""
        for batch in _lists(self._database.execute("SELECT refusal FROM refusal ORDER BY rowid")):
            yield [pickle.loads(text) for text in batch]  # noqa: S301 - written above, by this process

    def close(self) -> None:
        self._database.close()


def _lists(cursor: sqlite3.Cursor) -> Iterator[list[Any]]:
    while rows := cursor.fetchmany(BATCH):
        yield [row[0] for row in rows]
