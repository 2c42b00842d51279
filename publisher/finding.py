"""How the gate asks an engine: whatever ended behind the index's back is kept out of the page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from publisher.indexing import ForeignIndex
from publisher.store import Reading
from search.engine import Engine, SearchError
from search.model import Like, Page, Position, Query, Similar

OVERTAKING = 10_000
"""More items than this that ended behind the index's back: search says that it is catching up."""

_TRIES = 4


class Finder:
    """An engine and how far it had followed the log when it last answered. One serves all requests.

    The store names what has left the public since a position. From a lower one than the index's it names
    more than is needed, which costs a little; from a higher one it would name less. So the last position seen
    is good enough to ask with, unless the page that comes back turns out to be of an older state: an index
    that was replaced by a copy of before. Then it is asked again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._last: Position | None = None

    def find(self, query: Query, store: Reading, now: datetime) -> Page:
        """The page for `query` without anything that is not public at `now`. Raises SearchError."""
        epoch = store.epoch()
        position, fresh = self._last, False
        for _ in range(_TRIES):
            if position is None or position.epoch != epoch:
                position, fresh = _own(self._engine.position(), epoch), True
            without = store.overtaking(position.seq, now, OVERTAKING + 1)
            if len(without) > OVERTAKING:
                if fresh:
                    raise SearchError("Search is catching up with many changes; try again in a minute.")
                position = None
                continue
            page = self._engine.search(replace(query, without=without))
            found = _own(page.position, epoch)
            self._last = found
            if found.seq >= position.seq:
                return page
            position, fresh = found, True
        raise SearchError("The search index is being replaced; try again in a minute.")

    def alike(self, asked: Sequence[Similar]) -> list[tuple[Like, ...]]:
        """Documents that are like something, as the index knows them: who shows any of it asks the store
        first. Raises SearchError."""
        return self._engine.similar(asked)


def _own(position: Position | None, epoch: str) -> Position:
    """The position, if it is one in the log of that epoch."""
    if position is None:
        raise SearchError("The search index is empty; it is being built.")
    if position.epoch != epoch:
        raise ForeignIndex()
    return position
