"""What can be asked of the store about what is to be erased, and what may not come back."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from publisher.items import ItemState
from publisher.store import erasure, suppressions
from publisher.store.erasure import Deadline, Row
from publisher.store.suppressions import Suppressed


class SuppressionReading:
    """The part of `Reading` that is about suppression and erasure."""

    _connection: Connection

    def has_suppressed(self) -> bool:
        """Whether anything is suppressed at all."""
        return suppressions.any_found(self._connection)

    def suppressed(self, digests: Collection[bytes]) -> dict[bytes, Suppressed]:
        """Those of the digests that are suppressed."""
        return suppressions.found(self._connection, digests)

    def sharing(self, wholes: Collection[bytes]) -> set[bytes]:
        """The digests of all suppressed items that share a digest with these, these among them."""
        return suppressions.sharing(self._connection, wholes)

    def held(self) -> list[str]:
        """All items that are in one of the states of HELD; reads through the whole table."""
        return suppressions.held(self._connection)

    def about(self, subjects: Collection[str]) -> list[str]:
        """All items about these subjects, whatever their state."""
        return suppressions.about(self._connection, subjects)

    def due(self, deadlines: Sequence[Deadline], limit: int) -> dict[str, ItemState]:
        """Items that are to be erased, with the reason why they are not public; at most `limit`."""
        return erasure.due(self._connection, deadlines, limit)

    def count_due(self, deadlines: Sequence[Deadline]) -> dict[ItemState, int]:
        """How many items are to be erased, by the reason why they are not public."""
        return erasure.count_due(self._connection, deadlines)

    def erased_ids(self) -> Iterator[str]:
        """All erased items, those first that were erased first."""
        return erasure.erased_ids(self._connection)

    def last_erased(self) -> datetime | None:
        """When something was last erased."""
        return erasure.last_erased(self._connection)

    def purged_at(self) -> datetime | None:
        """When nothing of what was erased was left in any file."""
        return erasure.purged_at(self._connection)

    def rows_of(self, ids: Collection[str]) -> list[Row]:
        """The rows of all sources that are about these items, without what they say."""
        return erasure.rows_of(self._connection, ids)

    def barred(self, source_id: str, hashes: Collection[bytes]) -> set[bytes]:
        """Those of a source's rows that tell of a suppressed item and are read no further; by hash."""
        return suppressions.rows(self._connection, source_id, hashes) if hashes else set()

    def told_longer(self, wholes: Collection[bytes]) -> dict[bytes, list[str]]:
        """The sources whose rows say of suppressed items that they are still public, by the item's digest."""
        return suppressions.longer(self._connection, wholes)
