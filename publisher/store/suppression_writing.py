"""How contents are erased, and what is written of what may not come back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from publisher.store import erasure, suppressions
from publisher.store.erasure import Row
from publisher.store.suppressions import Barred, Suppressed


class SuppressionWriting:
    """The part of `Writing` that is about suppression and erasure."""

    _connection: Connection

    def suppress(self, entries: Sequence[Suppressed]) -> None:
        """Keeps these; what is suppressed already stays so."""
        suppressions.add(self._connection, entries)

    def erase(self, ids: Collection[str], rows: Sequence[Row], now: datetime) -> None:
        """Erases the contents of these items, of which these are all rows; see `Item.erased_at`."""
        erasure.erase(self._connection, ids, rows, now)

    def readmit(self, ids: Collection[str]) -> None:
        """Has erased items be as those that no source lists."""
        erasure.readmit(self._connection, ids)

    def forget_subjects(self, after: int, before: datetime) -> None:
        """Takes the subjects out of a span of the change log; see erasure.forget_subjects."""
        erasure.forget_subjects(self._connection, after, before)

    def lift(self, wholes: Collection[bytes]) -> None:
        """Forgets all about these items and those that share a digest with them, and has the sources that
        tell of them read whole again."""
        suppressions.lift(self._connection, wholes)

    def bar(self, source_id: str, entries: Iterable[Barred], run: int | None) -> None:
        """Has these rows of a source not read any further."""
        suppressions.bar(self._connection, source_id, entries, run)

    def keep_barred(self, source_id: str, hashes: Collection[bytes], run: int) -> None:
        """Forgets the barred rows of a source, but neither these nor those that the run has barred."""
        suppressions.keep_only(self._connection, source_id, hashes, run)
