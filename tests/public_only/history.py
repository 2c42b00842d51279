"""Histories of a store: what sources tell, take back and tell again, and what an index makes of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count, groupby
from random import Random

from publisher.ending import end, restore
from publisher.items import HELD, ItemState
from publisher.publish import publish, unlist
from search.model import Position
from tests.fixtures.store import ANNA, ZONE, World
from tests.public_only.oracle import KINDS, Oracle, Row

ITEMS, COMPANIES = 130, 36
RUNNING, DEAD, LOADING, REBUILDING = MODES = ("running", "dead", "loading", "rebuilding")
"""How the index stands when somebody looks: it follows the log; it has not followed since; within a load;
within the making of a new one."""

FATES = sorted(HELD)
"""What becomes of an item that people end, by its number."""

Look = Callable[[str], None]
"""Called at each moment at which all outputs must be right, with the mode."""


def around(last_day: date) -> Iterator[datetime]:
    """The moments around the end of a day."""
    yield datetime.combine(last_day, time(23, 59, 59), ZONE)
    yield datetime.combine(last_day + timedelta(days=1), time(), ZONE)
    yield datetime.combine(last_day + timedelta(days=1), time(0, 0, 1), ZONE)


class History:
    """One history, the same for the same number, lived by a world and told to an oracle."""

    def __init__(self, number: int, world: World, look: Look) -> None:
        self._random = Random(f"history {number}")
        self._mode = (RUNNING, DEAD, REBUILDING)[number % 3]
        self._world, self._look = world, look
        self.oracle = Oracle()
        first = date(2026, 11, 2) + timedelta(days=self._random.randrange(20))
        self._ends = (first, first + timedelta(days=self._random.randint(1, 9)))
        self._numbers = count()
        self.restored = 0
        self._following = True

    def live(self) -> None:
        """From the first load to the day after the last end."""
        self._at(self._ends[0] - timedelta(days=1), 12)
        self._follow()  # an index that has never followed says that it is being built
        self._load(self._first_rows())
        for day in self._ends:
            self._at(day, self._random.randint(1, 22))
            self._following = self._mode == RUNNING or (
                self._mode == REBUILDING and self._random.random() < 0.5
            )
            self._happen()
            for moment in around(day):
                self._world.clock.now = moment
                self._look(RUNNING if self._following else DEAD)

    def _at(self, day: date, hour: int) -> None:
        self._world.clock.now = datetime.combine(day, time(hour), ZONE)

    # what sources say

    def _first_rows(self) -> list[Row]:
        rows = []
        for _ in range(ITEMS):
            number, source = next(self._numbers), self._random.choice(tuple(KINDS))
            company = None if self._random.random() < 0.06 else self._random.randrange(COMPANIES)
            both = KINDS[source] == "penalty" and self._random.random() < 0.3
            rows.append(self._row(Row(source, number, company, None, "public_until"), alone=not both))
            if both:
                other = "tourism/city" if source == "tourism/penalties" else "tourism/penalties"
                rows.append(self._row(replace(rows[-1], source=other), alone=False))
        return rows

    def _row(self, row: Row, *, alone: bool) -> Row:
        """The row with an end: at one of the two midnights, a day beside them, far ahead, past, or none."""
        near = [day + timedelta(days=by) for day in self._ends for by in (0, 0, 0, 0, -1, 1)]
        last_day = self._random.choice([*near, *near, *near, date(2027, 6, 30), date(2026, 3, 8), None, None])
        ways = {"penalty": ["months"], "permit": ["valid_until"], "blacklist": ["removed_on"]}[row.kind]
        how = self._random.choice(["public_until", *ways]) if alone and last_day else "public_until"
        return replace(row, last_day=last_day, how=how)

    def _told(self) -> list[Row]:
        return [row for said in self.oracle.said.values() for row in said.rows]

    def _happen(self) -> None:
        """Something that changes what is public, or what is said of it, or both."""
        self._decide()
        told = self._told()
        gone = self._random.sample(told, k=len(told) // 10)
        self._vanish(gone)
        kept = [row for row in told if row not in gone]
        corrected = [self._corrected(row) for row in self._random.sample(kept, k=len(kept) // 6)]
        back = [row for row in gone if self._random.random() < 0.4]
        new = [self._row(replace(row, number=next(self._numbers)), alone=True) for row in gone[:3]]
        self._load([*corrected, *back, *new])
        self._decide()
        if self._mode == REBUILDING:
            self._rebuild()

    def _corrected(self, row: Row) -> Row:
        """Another text, half of the times another end too."""
        row = replace(row, version=row.version + 1)
        alone = len(self.oracle.said[row.number].rows) == 1
        if self._random.random() < 0.5 or row.how == "months":
            return row
        changed = self._row(row, alone=False)
        return replace(changed, how=row.how if alone else "public_until")

    # what becomes of it

    def _load(self, rows: Sequence[Row]) -> None:
        """Publishes rows in transactions; within one nothing of it is there yet, after one all of it."""
        batches = [
            list(batch)
            for _, batch in groupby(sorted(rows, key=lambda row: row.key), key=lambda row: row.source)
        ]
        watched = self._random.randrange(2 * len(batches))  # half of the times none is
        for number, batch in enumerate(batches):
            desk, now = self._world.desk, self._world.clock()
            with self._world.store.writing() as store:
                publish(store, (self._world.store.contents.written(row.draft()) for row in batch), desk, now)
                if number == watched:
                    self._look(LOADING)
            self.oracle.say(batch)
            if number == watched:
                self._follow()
                self._half_written()
        self._follow()

    def _vanish(self, rows: Iterable[Row]) -> None:
        for source, group in groupby(sorted(rows, key=lambda row: row.key), key=lambda row: row.source):
            dropped = list(group)
            desk, now = self._world.desk, self._world.clock()
            with self._world.store.writing() as store:
                known = store.sightings_by_key(source, [str(row.number) for row in dropped])
                unlist(
                    store, [one.id for one in known.values()], {one.item for one in known.values()}, desk, now
                )
            self.oracle.drop(dropped)
        self._follow()

    def _decide(self) -> None:
        """People end some items, restore some that were ended, and object to some."""
        known, held = sorted(self.oracle.known), sorted(self.oracle.held)
        ended = self._random.sample(known, k=len(known) // 12)
        back = self._random.sample(held, k=len(held) // 3)
        for state, numbers in groupby(sorted(ended, key=self._fate), key=self._fate):
            self._end(list(numbers), state)
        with self._world.store.writing() as store:
            restore(store, self._ids(back), ANNA, "", self._world.desk, self._world.clock())
        self.oracle.decide(restored=back)
        self.restored += len(back)
        for number in self._random.sample(known, k=len(known) // 12):
            [id] = self._ids([number])
            self._world.mark(id, objected=self.oracle.object(number))
        self._follow()

    def _end(self, numbers: list[int], state: ItemState) -> None:
        with self._world.store.writing() as store:
            end(store, self._ids(numbers), state, ANNA, "", self._world.desk, self._world.clock())
            if self._random.random() < 0.05:
                self._look(LOADING)
        self.oracle.decide(ended=numbers)

    @staticmethod
    def _fate(number: int) -> ItemState:
        return FATES[number % len(FATES)]

    def _ids(self, numbers: Iterable[int]) -> list[str]:
        return [self._world.identity.item(self.oracle.known[number].draft()) for number in numbers]

    def _follow(self) -> None:
        if self._following:
            self._world.index.follow()
            self.oracle.follow(self._world.clock())

    def _half_written(self) -> None:
        """A follower that dies before it commits: here after it took out everything."""
        with self._world.index.engine.writer() as writer:
            for collection in ("items", "subjects"):
                writer.remove(collection, list(self._world.index.engine.ids(collection)))
        assert isinstance(self._world.index.position(), Position)

    def _rebuild(self) -> None:
        """Makes a new index; somebody looks before it is filled, and before it takes the old one's place."""

        def clock() -> datetime:
            self._look(REBUILDING)
            return self._world.clock()

        replace(self._world.index, clock=clock).rebuild()
        self.oracle.follow(self._world.clock())
        self._following = True
