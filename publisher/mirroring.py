"""The change log as others may follow it: of each item that it names, what may be shown now."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from publisher.answers import Changes, Told
from publisher.errors import BadCursor, CursorGone
from publisher.items import Change, Item, What
from publisher.store import Left, Reading

_OF_THE_PUBLIC = frozenset(
    {What.PUBLISHED, What.CORRECTED, What.RESTORED, What.JOINED, What.SIGHTED, What.OBJECTED}
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where a log has been read: the log's epoch, and the last number that was."""

    epoch: str
    seq: int

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Raises BadCursor for what was never given out, or was broken on its way."""
        try:
            epoch, seq, check = urlsafe_b64decode(f"{text}==".encode()).decode().split(".")
            cursor = cls(epoch, int(seq))
        except (ValueError, binascii.Error) as error:
            raise BadCursor from error
        if cursor.seq < 0 or cursor._check() != check:
            raise BadCursor
        return cursor

    def text(self) -> str:
        """For others, who need not know what is in it."""
        plain = f"{self.epoch}.{self.seq}.{self._check()}"
        return urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def _check(self) -> str:
        return f"{crc32(f'{self.epoch}.{self.seq}'.encode()):08x}"


def changes(store: Reading, since: str | None, limit: int, now: datetime) -> Changes:
    """The next `limit` rows of the log after the cursor `since`; from its beginning where there is none.

    An item stands once, at its last row among these, as it is at `now` rather than as it was then: whoever
    applies entry after entry has what is public, and content that has ended since is nowhere. That an ended
    item was erased is not told: when that was would tell why it ended. Raises BadCursor, and CursorGone for a
    cursor of another log.
    """
    epoch = store.epoch()
    start = Cursor.read(since) if since else Cursor(epoch, 0)
    if start.epoch != epoch or start.seq > store.last_change():
        raise CursorGone
    rows = store.changes(start.seq, limit + 1)
    page = rows[:limit]
    newest = _newest(change for change in page if change.what is not What.ERASED)
    items = store.public_items(newest.keys(), now)
    left = store.left(newest.keys() - items.keys())
    return Changes(
        entries=tuple(_told(change, items, left) for change in newest.values()),
        next=Cursor(epoch, page[-1].seq).text() if page else start.text(),
        more=len(rows) > limit,
        as_of=now,
    )


def _newest(page: Iterable[Change]) -> dict[str, Change]:
    """The last change of each item, in their order."""
    newest: dict[str, Change] = {}
    for change in page:
        newest.pop(change.item, None)
        newest[change.item] = change
    return newest


def _told(change: Change, items: Mapping[str, Item], left: Mapping[str, Left]) -> Told:
    if item := items.get(change.item):
        what = change.what if change.what in _OF_THE_PUBLIC else What.RESTORED  # a row further on says so
        return Told(item.id, item.kind, what, change.moment, item)
    kind, moment = left[change.item]
    return Told(change.item, kind, What.ENDED, moment)
