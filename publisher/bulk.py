"""The gate for whom needs all that is public, rather than an answer to a question."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from publisher.items import Item
from publisher.store import Reading

AT_ONCE = 10_000
"""Rows of the log that are looked at together."""


class Bulk:
    """All that is public at `now`."""

    def __init__(self, store: Reading, now: datetime) -> None:
        self._store, self.now = store, now

    def log(self) -> tuple[str, int]:
        """Where the change log stands: its epoch, and its newest number."""
        return self._store.epoch(), self._store.last_change()

    def in_order(self, size: int) -> Iterator[tuple[str, list[Item]]]:
        """Everything: lists of at most `size` items of one kind, those that end first in front."""
        for kind, ids in self._store.public_order(self.now, size):
            yield kind, self.items(ids)

    def items(self, ids: Sequence[str]) -> list[Item]:
        """Those of the items that are public, in this order."""
        found = self._store.public_items(ids, self.now)
        return [found[id] for id in ids if id in found]

    def changed(self, seq: int) -> Iterator[tuple[int, frozenset[str]]]:
        """The rows of the log after `seq`, many at once: the number of the last, and the items they are
        about."""
        while rows := self._store.changes(seq, AT_ONCE):
            seq = rows[-1].seq
            yield seq, frozenset(change.item for change in rows)
