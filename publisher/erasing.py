"""What has left the public is erased: what it said goes from the store, what remains is a tombstone.

How long contents are kept before is said by the rule set that judged an item; without one, `Retention` as it
is. Nothing is lost by stopping in between: what is due is found anew each time.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from publisher.errors import NotFound, Refused
from publisher.indexing import Index
from publisher.items import HELD, Item, ItemState, What
from publisher.joining import Identity
from publisher.publish import Desk, join
from publisher.rulesets import Retention
from publisher.store import NewChange, Store, Writing
from publisher.store.erasure import SPAN, Deadline
from publisher.store.suppressions import Barred
from publisher.suppression import lift, suppress
from publisher.trail import Actor, ActorKind, Entry

BATCH = 500
"""Items erased in one transaction: some 100 ms."""

ITSELF = Actor(ActorKind.SYSTEM, "retention")
"""Who erases what is due when nobody asks for it."""

LOG_KEPT = timedelta(days=1)
"""For so long the change log still names the subjects of erased items, for those who follow it."""


def deadlines(laws: Mapping[str, Retention], now: datetime) -> list[Deadline]:
    """What is due now, by the reason why it is not public. Pure."""
    return [
        Deadline(
            ItemState(reason),
            now - timedelta(days=days),
            {name: now - timedelta(days=getattr(law, reason)) for name, law in laws.items()},
        )
        for reason, days in Retention()._asdict().items()
    ]


def count_due(store: Store, desk: Desk, now: datetime) -> Counter[ItemState]:
    """How many items `erase_due` would erase now, by the reason why they are not public."""
    with store.reading() as reading:
        laws = desk.laws.judge(reading).retention
        return +Counter(reading.count_due(deadlines(laws, now)))


def erase_due(
    store: Store,
    desk: Desk,
    clock: Callable[[], datetime],
    actor: Actor = ITSELF,
    check: Callable[[], None] = lambda: None,
    size: int = BATCH,
) -> Counter[ItemState]:
    """Erases what is due, in batches, between which `check` is called; gives how many items, by the reason
    why they are not public."""
    done: Counter[ItemState] = Counter()
    while True:
        check()
        now = clock()
        with store.reading() as reading:  # mostly nothing is due, and nobody has to wait for that
            due = reading.due(deadlines(desk.laws.judge(reading).retention, now), size)
        if not due:
            return done
        with store.writing() as writing:
            writing.lock_items()
            due = writing.due(deadlines(desk.laws.judge(writing).retention, now), size)
            erase(writing, desk.identity, due, actor, now)
        done.update(due.values())


def erase(
    store: Writing, identity: Identity, due: Mapping[str, ItemState], actor: Actor, now: datetime
) -> None:
    """Erases the contents of items, given with the reason why they are not public. None of them comes back by
    itself, but what no source listed any more: if one lists it again, it is as it was. The caller has locked
    the items; this appends to the log."""
    items, rows = store.items(due), store.rows_of(due)
    for reason in set(due.values()) - {ItemState.UNLISTED}:
        suppress(store, identity, [id for id, why in due.items() if why is reason], reason, now)
    for source in sorted({row.source for row in rows}):
        told = [row for row in rows if row.source == source]
        store.bar(source, [Barred(row.row_hash, identity.item_digest(row.item), False) for row in told], None)
    store.erase(due.keys(), rows, now)
    store.erase_trail(due.keys())
    counts = {str(reason): count for reason, count in Counter(due.values()).items()}
    store.record([Entry(actor, "items.erased", "kept as long as it had to be", after=counts)], now)
    changes = [NewChange(id, item.subject, What.ERASED) for id, item in items.items()]
    store.append_changes(changes + join(store, items.values(), identity, now), now)


def readmit(
    store: Writing, identity: Identity, ids: Sequence[str], actor: Actor, why: str, now: datetime
) -> None:
    """Lets sources tell again of items whose contents were erased: each that does is read whole by its next
    run, and what it says then counts. Raises NotFound for what was not erased, Refused for what is HELD."""
    store.lock_items()
    items = store.items(ids)
    for id in ids:
        if id not in items or items[id].erased_at is None:
            raise NotFound(f"There is no item {id} whose content was erased.")
        if items[id].state in HELD:
            raise Refused(
                f"{id} is {items[id].state}: use `gongshi items restore`, "
                "with `--final` for a repair or revocation."
            )
    lift(store, identity, ids)
    store.readmit(ids)
    store.record([_readmitted(items[id], actor, why) for id in ids], now)


def _readmitted(item: Item, actor: Actor, why: str) -> Entry:
    states = {"state": item.state}, {"state": ItemState.UNLISTED}
    return Entry(actor, "item.readmitted", why, item=item.id, before=states[0], after=states[1])


def purge(store: Store, index: Index, now: datetime, *, whole: bool = False) -> bool:
    """Has nothing of what was erased be left in the files of index and database, and tells whether there was
    anything to do. Both engines keep the words of what was taken out for some time, so the index is filled
    anew; it serves meanwhile. `whole`: see Database.purge. Raises WriterBusy, SearchError, StoreError."""
    with store.reading() as reading:
        last, before = reading.last_erased(), reading.purged_at()
    if last is None or (before and last < before):
        return False
    index.rebuild(at_once=True)
    store.purge(whole=whole)
    with store.writing() as writing:
        writing.note_purged(now)
    return True


def forget_subjects(store: Store, now: datetime, check: Callable[[], None] = lambda: None) -> None:
    """Has the change log say no more whom erased items were about, once all have followed it."""
    with store.reading() as reading:
        last = reading.last_change()
    for after in range(0, last, SPAN):
        check()
        with store.writing() as writing:
            writing.forget_subjects(after, now - LOG_KEPT)
