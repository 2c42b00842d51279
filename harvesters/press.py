"""Where the decisions of a run go: into the store. A dry run has a `Proof` in its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from harvesters.catching_up import catch_up
from harvesters.own_pages import OwnPages
from harvesters.promises import keep_promise
from harvesters.quarantining import renew
from harvesters.scan import Scan
from harvesters.source import Definition
from harvesters.spool import Spool
from harvesters.terms import role
from publisher.harvests import Counts, RunState, Validators
from publisher.indexing import Index
from publisher.leases import Lease
from publisher.publish import Desk, publish, unlist
from publisher.store import Store, Writing, Written
from publisher.trail import Actor, ActorKind, Entry
from publisher.usual import Usual


@dataclass(frozen=True, slots=True)
class Press:
    """Writes for the run `id` of a source, in transactions that only the holder of its lease can commit.

    `reading`: see harvests.Validators; `clock`, `beside`, `sleep` and `stop` (its `check`): see Harvester.
    """

    id: int
    definition: Definition
    reading: bytes
    store: Store
    index: Index
    desk: Desk
    lease: Lease
    clock: Callable[[], datetime]
    beside: Callable[[], bool]
    sleep: Callable[[float], None]
    stop: Callable[[], None]

    @property
    def role(self) -> str:
        """Whose pages it may go on with that a killed run has left."""
        return role(self.definition.id)

    def check(self) -> None:
        """Raises what ends the run, if anything does."""
        self.lease.check()
        self.stop()

    def validators(self) -> Validators | None:
        """What was kept of the source's file. It is forgotten, so that a run that ends otherwise is followed
        by one that reads everything."""
        with self._writing() as store:
            return store.take_validators(self.definition.id)

    def learn(self, usual: Usual | None) -> None:
        """Keeps at once what a first run is like: were it killed, the next would see but the rest."""
        if usual:
            with self._writing() as store:
                store.put_usual(self.definition.id, usual)

    def publish(self, rows: Sequence[Written]) -> Counts:
        """Publishes rows; see `publish`."""
        with self._writing() as store:
            return publish(store, rows, self.desk, self.clock())

    def unlist(self, rows: Mapping[int, str]) -> int:
        """Forgets sightings, sighting → item; gives how many items left the public because of that."""
        with self._writing() as store:
            return unlist(store, rows.keys(), set(rows.values()), self.desk, self.clock())

    def note_misses(self, misses: Mapping[int, Sequence[int]]) -> None:
        """Notes for how many complete runs sightings were missing: runs → sightings."""
        with self._writing() as store:
            for runs, ids in misses.items():
                store.set_misses(ids, runs)

    def follow(self, *, most: int, large: bool = False) -> str | None:
        """Waits until the index is at most `most` changes behind; see `catch_up`. Of a `large` harvest
        another process can bring it there."""
        return catch_up(self.index, self.sleep, most=most, helped=large and self.beside())

    def keep(self, spool: Spool, scan: Scan, state: RunState, own_pages: OwnPages) -> None:
        """Keeps what the next runs must know: the refused rows in place of those of earlier runs, by what to
        ask on, and which rows' own pages were read."""
        source = self.definition.id
        with self._writing() as store:
            if scan.whole:
                renew(store, self.definition, self.id, spool, scan.seen, self.clock())
            if state is RunState.COMPLETE:
                keep_promise(store, self.definition, self.reading, self.clock(), self.desk.zone)
                if scan.usual:
                    store.put_usual(source, scan.usual)
                own_pages.keep(store)
                if mark := scan.next_mark(self.definition):
                    store.set_read_until(source, self.reading, mark)
                if scan.validators and not scan.counts.vanished:
                    store.put_validators(source, scan.validators)

    def end(self, state: RunState, scan: Scan, message: str | None) -> None:
        """Writes down how the run ended."""
        now = self.clock()
        with self.store.writing() as store:
            said = scan.counts, scan.traffic, scan.warnings, message
            store.end_harvest(self.id, state, *said, now)
            store.keep_log(self.id, scan.log.lines)
            if scan.counts.changing:
                store.record([self._told(state, scan.counts)], now)

    def _told(self, state: RunState, counts: Counts) -> Entry:
        """The run, for the audit trail; what it did to each item is in the sightings and the change log."""
        after = {"harvest": self.id, "state": state, **counts.changing}
        return Entry(Actor(ActorKind.RUN, self.definition.id), "source.harvested", "", after=after)

    @contextmanager
    def _writing(self) -> Iterator[Writing]:
        """A transaction that fails with LeaseLost when another run of the source has taken over."""
        self.stop()
        with self.store.writing() as store:
            self.lease.keep(store)
            yield store
