"""A private file for what a run has read and not yet published, so that memory stays flat and a run that is
refused leaves nothing behind."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from publisher.items import Draft, Refusal, RowRef
from publisher.store import ContentCodec, Written

BATCH = 500
"""Drafts published in one transaction: some 200 ms."""


class Spool:
    """What one run of `source` has read. Lives in a folder of mode 0700 that the run deletes."""

    def __init__(self, folder: Path, source: str, contents: ContentCodec) -> None:
        self._source, self._contents = source, contents
        self._database = sqlite3.connect(folder / "spool.db", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "CREATE TABLE draft (key TEXT PRIMARY KEY, file TEXT, row INTEGER, row_hash BLOB,"
            " mark BLOB, text TEXT, record TEXT)",
            "CREATE TABLE refusal (file TEXT, row INTEGER, column TEXT, reason TEXT, excerpt TEXT, key TEXT,"
            " record TEXT, row_hash BLOB)",
            "CREATE TABLE touched (key TEXT PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE withdrawn (key TEXT PRIMARY KEY) WITHOUT ROWID",
            "BEGIN",
        ):
            self._database.execute(statement)

    def add(self, draft: Draft) -> RowRef | None:
        """Keeps a draft. If the key is taken by an earlier row it keeps the earlier one, and gives its
        place when that row says something else."""
        _, text, mark = self._contents.written(draft)
        cursor = self._database.execute(
            "INSERT OR IGNORE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?)",
            (draft.key, draft.where.file, draft.where.row, draft.row_hash, mark, text, draft.record),
        )
        if cursor.rowcount:
            return None
        file, row, held = self._database.execute(
            "SELECT file, row, mark FROM draft WHERE key = ?", (draft.key,)
        ).fetchone()
        return RowRef(file, row) if held != mark else None

    def refuse(self, refusal: Refusal) -> None:
        """Keeps a refused row, and its key as one that has not vanished."""
        file, row = refusal.where.file, refusal.where.row
        self._database.execute(
            "INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (file, row, *astuple(refusal)[2:]),
        )
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
        for rows in _batches(self._database.execute("SELECT key FROM withdrawn")):
            yield [key for (key,) in rows]

    def each_key(self) -> Iterator[list[str]]:
        """All keys that were read, in lists."""
        for rows in _batches(self._database.execute("SELECT key FROM draft UNION SELECT key FROM touched")):
            yield [key for (key,) in rows]

    def has(self, keys: Sequence[str]) -> set[str]:
        """Those of the keys that were read."""
        query = (
            "SELECT key FROM (SELECT key FROM draft UNION SELECT key FROM touched)"
            " WHERE key IN (SELECT value FROM json_each(?))"
        )
        return {key for (key,) in self._database.execute(query, (json.dumps(keys),))}

    def count(self) -> int:
        """How many drafts are kept."""
        return int(self._database.execute("SELECT count(*) FROM draft").fetchone()[0])

    def drafts(self) -> Iterator[list[Written]]:
        """What is to be published, in the order in which it was read, in batches.

        Where two rows have one key and one of them says that it is not public, neither is published.
        """
        load = self._contents.load_draft
        query = (
            "SELECT text, mark, key, row_hash, file, row, record FROM draft"
            " WHERE key NOT IN (SELECT key FROM withdrawn) ORDER BY rowid"
        )
        for rows in _batches(self._database.execute(query)):
            yield [
                Written(load(text, self._source, key, row_hash, RowRef(file, row), record), text, mark)
                for text, mark, key, row_hash, file, row, record in rows
            ]

    def refusals(self) -> Iterator[list[Refusal]]:
        """What was refused, in batches."""
        for rows in _batches(self._database.execute("SELECT * FROM refusal ORDER BY rowid")):
            yield [Refusal(self._source, RowRef(file, row), *rest) for file, row, *rest in rows]

    def close(self) -> None:
        self._database.close()


def _batches(cursor: sqlite3.Cursor) -> Iterator[list[Any]]:
    while rows := cursor.fetchmany(BATCH):
        yield rows
