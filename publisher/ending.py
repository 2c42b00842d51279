"""What people decide of an item: that it leaves the public or comes back, that an objection is examined.

| from \\ to   | withdrawn | suspended | repaired | revoked | restored             |
|-------------|-----------|-----------|----------|---------|----------------------|
| public      | yes       | yes       | yes      | yes     | –                    |
| unlisted    | yes       | yes       | yes      | yes     | –                    |
| withdrawn   | –         | yes       | yes      | yes     | public, or unlisted  |
| suspended   | yes       | –         | yes      | yes     | public, or unlisted  |
| repaired    | –         | –         | –        | –       | public, or unlisted  |
| revoked     | –         | –         | –        | –       | public, or unlisted  |
| expired     | –         | –         | –        | –       | –                    |

A dash changes nothing and is no error. Only sources move an item between public and unlisted; only its
erasure makes it expired. All is done within the caller's transaction.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from publisher.errors import NotFound
from publisher.items import FINAL, HELD, Item, ItemState, What
from publisher.publish import Desk, join, settle
from publisher.store import NewChange, Writing
from publisher.suppression import held_with, lift, same_decisions, suppress
from publisher.trail import Actor, Entry


def end(
    store: Writing,
    items: Collection[str],
    state: ItemState,
    actor: Actor,
    why: str,
    desk: Desk,
    now: datetime,
    *,
    case: str | None = None,
) -> int:
    """Takes items out of the public, or has those stay out that are, whatever their sources say from now on;
    gives how many are in that state since.

    `state` is one of HELD. When an item left the public is kept where it had left before, so that nobody sees
    what became of it since; except that a revocation, of which there is a notice, has its own moment. What is
    FINAL takes with it what is the same decision under another spelling of its subject's name. Raises
    NotFound, having changed nothing, for an unknown item.
    """
    store.lock_items()
    before = _known(store, items)
    if state in FINAL:
        before = {**before, **same_decisions(store, desk.identity, before)}
    public = store.public_items(before, now)
    moved = [item for item in before.values() if _may_become(item, state)]
    leaving = [each.id for each in moved if each.state is ItemState.PUBLIC or state is ItemState.REVOKED]
    store.set_states([item.id for item in moved], state)
    store.set_changed(leaving, now)
    if state in FINAL:
        suppress(store, desk.identity, [item.id for item in moved], state, now)
    store.record([_entry(item, state, actor, why, case) for item in moved], now)
    changes = [NewChange(item.id, item.subject, What.ENDED, overtakes=True) for item in public.values()]
    store.append_changes(changes + join(store, moved, desk.identity, now), now)
    return len(moved)


def restore(
    store: Writing,
    items: Collection[str],
    actor: Actor,
    why: str,
    desk: Desk,
    now: datetime,
    *,
    case: str | None = None,
    states: Collection[ItemState] = HELD,
) -> int:
    """Makes items that are in one of these `states`, all of HELD, what their sources say now, unlisted where
    none lists them; gives how many. That is public as long as its period lasts. One that was erased waits for
    the next harvest of a source that tells of it. What is the same decision under another spelling comes back
    with it, as it left with it. Raises NotFound, having changed nothing, for an unknown item."""
    store.lock_items()
    held = {id: item for id, item in _known(store, items).items() if item.state in states}
    alike = store.items(held_with(store, desk.identity, held))
    held = {id: item for id, item in alike.items() if item.state in states}
    lift(store, desk.identity, held)
    store.set_states(held, ItemState.UNLISTED)
    changes = settle(store, held, store.sightings_of(held), desk, now)
    after = store.items(held)
    store.record([_entry(item, after[item.id].state, actor, why, case) for item in held.values()], now)
    store.append_changes(changes, now)
    return len(held)


def mark(
    store: Writing,
    item: str,
    objected: bool,
    actor: Actor,
    why: str,
    now: datetime,
    *,
    case: str | None = None,
) -> bool:
    """Says of an item, to everybody, that an objection to it is being examined, or no longer; tells whether
    that is new. An item of which it is said already keeps the moment since when. Raises NotFound."""
    store.lock_items()
    known = _known(store, [item])[item]
    if (known.objected_at is not None) == objected:
        return False
    store.set_objected(item, now if objected else None)
    after = {"objected": objected}
    action = "item.objected" if objected else "item.objection_over"
    store.record([Entry(actor, action, why, item=item, case=case, after=after)], now)
    if store.public_items([item], now):
        store.set_changed([item], now)
        store.append_changes([NewChange(item, known.subject, What.OBJECTED)], now)
    return True


def _may_become(item: Item, state: ItemState) -> bool:
    return item.state not in (*FINAL, ItemState.EXPIRED, state)


def _known(store: Writing, ids: Collection[str]) -> Mapping[str, Item]:
    known = store.items(ids)
    if unknown := [id for id in ids if id not in known]:
        raise NotFound(f"There is no item {unknown[0]}.")
    return known


def _entry(item: Item, state: ItemState, actor: Actor, why: str, case: str | None) -> Entry:
    action = f"item.{state}" if state in HELD else "item.restored"
    return Entry(actor, action, why, item.id, case, before={"state": item.state}, after={"state": state})
