"""A dry run: what the press would do, counted from what the store says now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harvesters.own_pages import OwnPages
from harvesters.scan import Scan
from harvesters.spool import Spool
from harvesters.terms import role
from publisher.harvests import Counts, RunState, Validators
from publisher.items import ItemState
from publisher.joining import Identity
from publisher.publish import foreseen
from publisher.store import Store, Written
from publisher.usual import Usual


@dataclass(slots=True)
class Proof:
    """Stands in place of a `Press`, and only reads. What it has foreseen of earlier steps counts in later
    ones: `_gone` are sightings that would be dropped or tell of another item, `_told` items that a row of
    this run would tell of that did not."""

    source: str
    store: Store
    identity: Identity
    check: Callable[[], None]
    _gone: set[int] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)

    @property
    def role(self) -> str:
        """Another than a run's: the pages that a killed one has left are for the next that publishes them."""
        return f"dry {role(self.source)}"

    def validators(self) -> Validators | None:
        with self.store.reading() as store:
            return store.validators(self.source)

    def learn(self, usual: Usual | None) -> None:
        """Nothing is learnt."""

    def publish(self, rows: Sequence[Written]) -> Counts:
        self.check()
        with self.store.reading() as store:
            given = {row.draft.key: row for row in rows}
            known, items, withheld, counts = foreseen(store, given, self.identity)
            moved = {key for key in items.keys() & known.keys() if known[key].item != items[key]}
            self._gone |= {known[key].id for key in moved | withheld.keys() & known.keys()}
            new = {item for key, item in items.items() if key in moved or key not in known}
            self._told |= store.codes(new).keys()  # items that nobody knows yet end for nobody
        return counts

    def unlist(self, rows: Mapping[int, str]) -> int:
        self.check()
        self._gone |= rows.keys()
        with self.store.reading() as store:
            items = store.items(set(rows.values()))
            tellers = store.sighting_ids_of(items)
        return sum(
            item.state is ItemState.PUBLIC and id not in self._told and tellers[id] <= self._gone
            for id, item in items.items()
        )

    def note_misses(self, misses: Mapping[int, Sequence[int]]) -> None:
        """Nothing is noted."""

    def follow(self, *, most: int, large: bool = False) -> str | None:
        """Nothing changes that the index would follow."""

    def keep(self, spool: Spool, scan: Scan, state: RunState, own_pages: OwnPages) -> None:
        """Nothing is kept."""

    def end(self, state: RunState, scan: Scan, message: str | None) -> None:
        """Nothing is written down."""
