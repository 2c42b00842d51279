"""What a run notices that no single row shows: columns that nobody reads, fields that are filled less often,
values never seen before.

Only rows that are new or have changed are mapped, so only they can be counted. They are compared with the
rows that were new or had changed before; older ones weigh less and less.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from math import sqrt

from harvesters.formats import RawRow
from harvesters.mapping import Mapper
from harvesters.source import Definition
from harvesters.tally import MANY
from publisher.items import RowRef
from publisher.store import Store
from publisher.usual import Filled, Usual

FEWEST, FALL, CHANCE = 20, 0.2, 3
"""From so many rows on shares are compared; a fall is told that is greater than FALL and than CHANCE standard
errors."""

HEAVIEST = 1000
"""All rows of earlier runs weigh no more than so many, and half of that when others are added."""

FILLED_LATER = frozenset({"removed_on", "performance", "commitment_state"})
"""What a source adds to a row as time goes by. That new rows lack it means nothing."""


TOLD = 5
"""New values of a field that are told one by one."""


class Noticing:
    """What one run notices. Its `mapper` maps the rows; what the source's rows were like is in the store, and
    `next` what they are like with those of this run, once `sentences` has told; None without any."""

    def __init__(self, store: Store, definition: Definition, mapper: Mapper) -> None:
        self._store, self._definition, self._mapper = store, definition, mapper
        with store.reading() as reading:
            self._usual = reading.usual(definition.id)
        self.next: Usual | None = None

    def unmapped(self, row: RawRow) -> list[str]:
        """Warnings of columns that are neither mapped nor ignored."""
        columns = self._mapper.unmapped(row.cells.keys())
        return [f"{row.where.file}: column {name} is neither mapped nor ignored." for name in columns]

    def sentences(self) -> list[str]:
        """Warnings, once all rows are mapped."""
        tally = self._mapper.tally
        if not tally.rows:
            return []
        now, usual = Filled(tally.rows, tally.filled), self._usual
        values, strange = met(usual.values if usual else {}, tally.values)
        if usual is None or usual.reading != self._mapper.version:
            self.next = Usual(self._mapper.version, before=lighter(now), values=values)
            return []
        after, falls = compared(usual, now)
        self.next = replace(after, values=values)
        told = [self._fall(name, *pair) for name, pair in falls.items()]
        return told + [line for name, new in strange.items() for line in self._strange(name, new)]

    def first(self) -> Usual | None:
        """What the first rows of a source or of a changed definition are like; None for later runs."""
        return self.next if self._usual is None or self._usual.reading != self._mapper.version else None

    def _fall(self, name: str, before: Filled, now: Filled) -> str:
        return (
            f"{self._called(name)} is filled in {now.share(name):.0%} of {now.rows:.0f} new or changed rows, "
            f"in {before.share(name):.0%} of those before."
        )

    def _strange(self, name: str, values: Mapping[str, RowRef]) -> list[str]:
        called, more = self._called(name), len(values) - TOLD
        told = [
            f"{called} has “{value}”, never seen before; first: {where.file} row {where.row}."
            for value, where in islice(values.items(), TOLD)
        ]
        return [*told, f"{called} has {more} more values never seen before."] if more > 0 else told

    def _called(self, name: str) -> str:
        headers = " or ".join(self._definition.fields.get(name, ()))
        return f"{headers} ({name})" if headers else name


def met(
    known: Mapping[str, tuple[str, ...] | None], values: Mapping[str, Mapping[str, RowRef]]
) -> tuple[Mapping[str, tuple[str, ...] | None], Mapping[str, Mapping[str, RowRef]]]:
    """The values of each field after one more run, and those of them that are new. Pure.

    A field that has had more than MANY is watched no longer: whatever it is, it is not controlled.
    """
    after, new = dict(known), {}
    for name, found in values.items():
        if (seen := known.get(name, ())) is None:
            continue
        strange = {value: where for value, where in found.items() if value not in seen}
        after[name] = (*seen, *strange) if len(seen) + len(strange) <= MANY else None
        if strange and after[name]:
            new[name] = strange
    return after, new


def compared(usual: Usual, now: Filled) -> tuple[Usual, Mapping[str, tuple[Filled, Filled]]]:
    """What is usual after the rows of one more run, and the fields that fell: what they were before and are
    now. Rows that are too few wait for those of the next runs. Pure."""
    waiting = usual.waiting + now
    if waiting.rows < FEWEST:
        return replace(usual, waiting=waiting), {}
    before = usual.before
    falls = {
        name: (before, waiting)
        for name in sorted(before.fields)
        if name not in FILLED_LATER and fallen(name, before, waiting)
    }
    heavier = before.weighing(before.rows / 2) + waiting
    return replace(usual, before=lighter(heavier), waiting=Filled()), falls


def fallen(name: str, before: Filled, now: Filled) -> bool:
    """Whether a field is filled so much less often that it is no chance."""
    if before.rows < FEWEST:
        return False
    both = (before + now).share(name)
    chance = CHANCE * sqrt(both * (1 - both) * (1 / before.rows + 1 / now.rows))
    return before.share(name) - now.share(name) > max(FALL, chance)


def lighter(rows: Filled) -> Filled:
    return rows.weighing(min(rows.rows, HEAVIEST))
