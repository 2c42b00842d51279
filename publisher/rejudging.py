"""What a change of a rule set does to what is stored: told before, and done, batch by batch."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from publisher.errors import DefinitionError
from publisher.items import Item, ItemState
from publisher.judging import not_judged
from publisher.leases import Lease
from publisher.publish import Desk, merge, rejudge
from publisher.rulesets import RuleSet
from publisher.store import Store
from publisher.store.applied import Applied
from publisher.trail import Actor, ActorKind, Entry

BATCH = 500
"""Items judged in one transaction: some 200 ms."""


@dataclass(slots=True)
class Effect:
    """How many items would appear, vanish, or end on another day: counted by (kind, source), where an item
    counts for each source that lists it, and in all."""

    parts: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    total: Counter[str] = field(default_factory=Counter)

    def add(self, item: Item, what: str) -> None:
        self.total[what] += 1
        for source in item.sources:
            self.parts.setdefault((item.kind, source), Counter())[what] += 1


def preview(store: Store, desk: Desk, sets: Mapping[str, RuleSet], now: datetime) -> Effect:
    """What it would change at `now` if these sets were applied. Reads all that they judge, in batches."""
    effect = Effect()
    for batch in _judged(store, sets):
        with store.reading() as reading:
            judge = desk.laws.judge_with(reading, sets)
            said, items = reading.sightings_of(batch), reading.items(batch)
        for id, old in items.items():
            if old.state is ItemState.PUBLIC:
                new = merge(id, said[id], desk, judge, old, now)
                if what := _what(old, new, desk, now):
                    effect.add(old, what)
    return effect


def _judged(store: Store, sets: Mapping[str, RuleSet]) -> Iterator[list[str]]:
    after = ""
    while True:
        with store.reading() as reading:
            batch = reading.judged_by(sets.keys(), after, BATCH)
        if not batch:
            return
        yield batch
        after = batch[-1]


def _what(old: Item, new: Item, desk: Desk, now: datetime) -> str | None:
    before, after = old.public_at(now, desk.zone), new.public_at(now, desk.zone)
    if before != after:
        return "appear" if after else "vanish"
    return "change" if before and old.period.last_day != new.period.last_day else None


def apply(
    store: Store,
    desk: Desk,
    law: RuleSet,
    by: str,
    clock: Callable[[], datetime],
    lease: Lease,
    between: Callable[[int], None],
    size: int = BATCH,
) -> int:
    """Has the law hold from now on, and judges by it all that it judges; gives the number of changes.

    What is done stays done: the same call goes on where an interrupted one stopped, and does nothing after
    one that came to its end. Until then harvests and this call judge by the new text, and items that it has
    not reached stay as they were. `between` is told of the changes of each batch of at most `size` items.
    The caller holds the `lease`. Raises DefinitionError, and changes nothing, when an item is of a kind that
    the law does not judge.
    """
    state, done = _begin(store, law, by, clock, lease), 0
    while state.done_at is None:
        with store.writing() as writing:
            lease.keep(writing)
            writing.lock_items()
            batch = writing.judged_by([law.name], state.through, size)
            changes = rejudge(writing, batch, desk, clock())
            state = state._replace(
                through=batch[-1] if batch else state.through, done_at=None if batch else clock()
            )
            writing.move_applied(state.number, state.through, state.done_at)
        done += changes
        between(changes)
    return done


def _begin(store: Store, law: RuleSet, by: str, clock: Callable[[], datetime], lease: Lease) -> Applied:
    """The application to go on with: a new one where the law's text is not what holds."""
    with store.writing() as writing:
        lease.keep(writing)
        writing.lock_items()
        held = next((row for row in writing.applied_rules() if row.name == law.name), None)
        if held and held.text == law.raw:
            return held
        if other := sorted(writing.judged_kinds(law.name) - law.kinds.keys()):
            raise DefinitionError(not_judged(law.name, other[0]))
        applied = writing.add_applied(law.name, law.raw, by, clock(), done_at=None)
        actor, before = Actor(ActorKind.OPERATOR, by), {"number": held.number} if held else None
        after = {"rules": law.name, "number": applied.number}
        writing.record([Entry(actor, "rules.applied", "", before=before, after=after)], applied.at)
        return applied
