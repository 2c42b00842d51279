"""A connection pool to SQLite or PostgreSQL, with the transactions that the store relies on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from publisher.errors import StoreError
from publisher.store.locks import Lock, take

MIGRATIONS = Path(__file__).parent / "migrations"
NO_ADDRESS = (
    "GONGSHI_DATABASE_URL is not a database address like sqlite:///gongshi.db or "
    "postgresql+psycopg://user:password@host/database."
)

SMALL = 256 << 20
"""Bytes of a SQLite file that are written anew within a few seconds."""

_DISK = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")


class Database:
    """`url` as SQLAlchemy spells it: `sqlite:///path` or `postgresql+psycopg://…`. Safe for threads."""

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(url)
        except ArgumentError as error:
            raise StoreError(NO_ADDRESS) from error
        if self._url.drivername not in ("sqlite", "postgresql+psycopg"):
            raise StoreError(NO_ADDRESS)
        self.name = self._url.render_as_string(hide_password=True)
        self._sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = create_engine(self._url, **self._options())
        if self._sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
            event.listen(self._engine, "connect", self._note_file)
            event.listen(self._engine, "checkout", self._check_file)

    def _options(self) -> dict[str, Any]:
        return {"connect_args": {"timeout": 60}} if self._sqlite else {"pool_pre_ping": True}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database. Raises StoreError."""
        with self._told(), self._engine.connect() as connection:
            if not self._sqlite:
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed when the block is left without an error. Raises StoreError."""
        with self._told(), self._engine.connect() as plain:
            connection = plain.execution_options(gongshi_writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            reason = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
            raise StoreError(
                f"The database {self.name} did not answer as it should: {reason}.{_advice(error.orig)}"
            ) from error
        except SQLAlchemyError as error:
            raise StoreError(f"The database {self.name} cannot be used: {type(error).__name__}.") from error

    def _file(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._url.database or "")
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _note_file(self, _connection: object, record: ConnectionPoolEntry) -> None:
        record.info["file"] = self._file()

    def _check_file(self, _connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        """A connection to a file that was deleted or replaced would go on telling what it said."""
        if record.info["file"] != self._file():
            raise DisconnectionError("the file is another one now")

    def revision(self) -> str | None:
        """The schema's version; None for an empty database, "none" for one whose tables are not ours."""
        with self.reading() as connection:
            tables = inspect(connection).get_table_names()
            if "alembic_version" in tables:
                return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())
            return "none" if tables else None

    @property
    def latest_revision(self) -> str:
        """Migrations are files named by their number, each on top of the one before."""
        return max(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))

    def upgrade(self) -> None:
        """Brings the schema to the latest version, in one transaction."""
        from alembic import command  # takes long to load, and is seldom needed
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.writing() as connection:
            take(connection, Lock.SCHEMA)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def analyse(self) -> None:
        """Looks at samples of all tables. PostgreSQL does so by itself."""
        if self._sqlite:  # `PRAGMA optimize` would pass over tables that this connection has not asked
            with self.writing() as connection:
                connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
                connection.exec_driver_sql("ANALYZE")

    def purge(self, *, whole: bool) -> None:
        """Has what was deleted be gone from the database's own files too.

        SQLite writes zeros over all that it deletes; only what it copied between pages when they grew full
        can be left. That goes when the whole file is written anew, which keeps others from writing meanwhile:
        done where `whole` is asked for, or the file is SMALL. PostgreSQL frees what is deleted; the bytes are
        overwritten in time. Raises StoreError, also while another reads for so long that it cannot be done.
        """
        with self._told(), self._engine.connect() as plain:
            alone = {"gongshi_alone": True} if self._sqlite else {"isolation_level": "AUTOCOMMIT"}
            connection = plain.execution_options(**alone)
            if not self._sqlite or whole or os.path.getsize(self._url.database or "") <= SMALL:
                connection.exec_driver_sql("VACUUM")
            if self._sqlite and connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                raise StoreError(
                    f"The database {self.name} was being read all the time, so what was erased is still in "
                    "its files; it is tried again within an hour, or by `gongshi expire`."
                )

    def close(self) -> None:
        self._engine.dispose()


def _advice(error: BaseException | None) -> str:
    """What to look at where SQLite's own words do not say it."""
    if getattr(error, "sqlite_errorname", "").startswith(_DISK):
        return " Is the disk full or read-only?"
    if str(error).startswith("no such table"):
        return " Was its file deleted? Put it back, or run `gongshi db upgrade` to begin anew."
    return ""


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves: see _begin_sqlite
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "cache_size = -65536",
        "secure_delete = ON",  # what is erased must not be left in the file
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that first reads and then writes fails when another wrote in between.
    options = connection.get_execution_options()
    if options.get("gongshi_alone"):
        return
    writes = options.get("gongshi_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
