"""The truth: items, sightings, sources, runs and the change log, on SQLite or PostgreSQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import tzinfo

from sqlalchemy import func, select

from publisher.errors import StoreError
from publisher.kinds import Field
from publisher.store.accounts import NewSession
from publisher.store.among import chunks
from publisher.store.changes import Left, NewChange
from publisher.store.codec import ContentCodec, Written
from publisher.store.database import Database
from publisher.store.quality import Punctual
from publisher.store.reading import KnownSighting, Namesake, Reading
from publisher.store.tables import sighting
from publisher.store.writing import NewSighting, Writing

__all__ = [
    "ContentCodec",
    "KnownSighting",
    "Left",
    "Namesake",
    "NewChange",
    "NewSession",
    "NewSighting",
    "Punctual",
    "Reading",
    "Store",
    "Writing",
    "Written",
    "chunks",
]


MANY = 10_000
"""With fewer sightings, what a database knows of its tables would mislead it once they have grown."""


class Store:
    """Opens transactions. `zone` is where days begin; `fields` type the values of contents."""

    def __init__(self, url: str, fields: Mapping[str, Field], zone: tzinfo) -> None:
        self._database = Database(url)
        self._zone = zone
        self.contents = ContentCodec(fields)

    @property
    def name(self) -> str:
        """The database's address without its password."""
        return self._database.name

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One moment of the store. Raises StoreError."""
        with self._database.reading() as connection:
            yield Reading(connection, self.contents)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Changes that happen together, with their log, unless the block raises. Raises StoreError."""
        with self._database.writing() as connection:
            writing = Writing(connection, self.contents, self._zone)
            yield writing
            writing.write_trail()

    def prepare(self) -> None:
        """Makes the tables of an empty database. Raises StoreError for one of another version."""
        found = self._database.revision()
        if found is None:
            self._database.upgrade()
        elif found != self._database.latest_revision:
            raise StoreError(
                f"The database {self.name} has schema version {found}, this program needs "
                f"{self._database.latest_revision}; run `gongshi db upgrade`."
            )

    def upgrade(self) -> None:
        """Brings the tables to this program's version, keeping what they hold."""
        self._database.upgrade()

    def optimise(self) -> None:
        """Has the database look anew at what its tables hold, once they hold MANY rows, so that it plans by
        it. Quick; raises StoreError."""
        with self._database.reading() as connection:
            rows = connection.execute(select(func.max(sighting.c.id))).scalar() or 0
        if rows >= MANY:
            self._database.analyse()

    def purge(self, *, whole: bool = False) -> None:
        """Has what was deleted be gone from the database's own files; see Database.purge. Raises
        StoreError."""
        self._database.purge(whole=whole)

    def close(self) -> None:
        self._database.close()
