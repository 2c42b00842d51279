"""A file that is still read keeps what was erased; nobody is told that it does not."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from publisher.errors import StoreError
from publisher.store.database import Database


def test_a_purge_that_a_reader_or_a_writer_keeps_from_its_end_says_so(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    database = Database(f"sqlite:///{file}")
    event.listen(database._engine, "checkout", _hurry)
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
        connection.exec_driver_sql("INSERT INTO t VALUES ('secret')")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM t").fetchall()
        with database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM t")
        with pytest.raises(StoreError, match="being read"):
            database.purge(whole=False)
        other.execute("COMMIT")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            database.purge(whole=True)
        other.execute("COMMIT")
    database.purge(whole=True)
    assert all(b"secret" not in found.read_bytes() for found in tmp_path.iterdir())
    database.close()


def _hurry(connection: Any, _record: object, _proxy: object) -> None:
    connection.execute("PRAGMA busy_timeout = 100")
