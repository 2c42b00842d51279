"""Rows' own pages that a run need not ask for again: the list says the same of the rows as before."""

from collections.abc import Collection
from datetime import datetime, timedelta

from harvesters.formats import Own, RawRow
from harvesters.mapping import Mapper
from publisher.items import RowRef
from publisher.store import Store, Writing

TRUSTED = timedelta(days=4)
"""For so long an own page is taken for unchanged, and up to SPREAD more: not all grow old at once."""
SPREAD = timedelta(days=3)


class OwnPages:
    """What is known of the own pages of a source's rows, at the moment `now` of a run."""

    def __init__(self, store: Store, source: str, mapper: Mapper, now: datetime) -> None:
        self._store, self._source, self._mapper, self._now = store, source, mapper, now
        self._read: dict[bytes, bytes] = {}

    def fresh(self, owns: Collection[Own]) -> dict[Own, bytes]:
        """The hashes of the rows whose own pages were read not long ago and that are still published so, or
        barred."""
        marks = {self._mark(own): own for own in owns if own.listed}
        with self._store.reading() as store:
            found = {
                marks[mark]: row_hash
                for mark, (row_hash, read_at) in store.own_pages(self._source, marks).items()
                if self._now - read_at < TRUSTED + SPREAD * (mark[0] / 256)
            }
            hashes = list(found.values())
            known = {*store.sightings_by_row_hash(self._source, hashes), *store.barred(self._source, hashes)}
        return {own: row_hash for own, row_hash in found.items() if row_hash in known}

    def note(self, own: Own, row_hash: bytes) -> None:
        """Notes what a row became whose own page was just read."""
        self._read[self._mark(own)] = row_hash

    def keep(self, store: Writing) -> None:
        """Keeps what was noted, and forgets what is too old to be of use."""
        store.drop_own_pages(self._source, self._now - TRUSTED - SPREAD)
        store.put_own_pages(self._source, self._read, self._now)

    def _mark(self, own: Own) -> bytes:
        """Keyed, for the list may name persons; another one when the definition changes."""
        return self._mapper.row_hash(RawRow(RowRef("", 0), own._asdict()))
