"""What has left the public for good does not come back: not with the next harvest, not by another source, nor
under another spelling of its subject's name.

Of such an item nothing readable is kept: two keyed digests, of its identity and, where an organisation's code
is known, of its decision with that code in place of the name. What is an item by its source's own key, for
want of a number, only that source can bring back; it is known again while that key stays what it is.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from publisher.items import Draft, Item, ItemState
from publisher.joining import Identity, sound
from publisher.store import Reading, Writing
from publisher.store.suppressions import Suppressed


class Sorted(NamedTuple):
    """Drafts by their keys: the item that each is about, and what keeps it from being told of."""

    items: Mapping[str, str]
    withheld: Mapping[str, Suppressed]


def suppress(store: Writing, identity: Identity, ids: Collection[str], why: ItemState, now: datetime) -> None:
    """Has no source bring these items back, until `lift`. To be called while their contents are there."""
    items, entries = store.items(ids), []
    decided = _decided(store, identity, items)
    for id, item in items.items():
        whole, coded = identity.item_digest(id), sound(item.party) is not None
        entries += [Suppressed(digest, whole, coded, why, now) for digest in (whole, *decided[id])]
    store.suppress(entries)


def same_decisions(store: Reading, identity: Identity, items: Mapping[str, Item]) -> dict[str, Item]:
    """The items, by id, that are about the same decisions of the same organisations as these, under other
    spellings of their names."""
    decisions = set().union(*_decided(store, identity, items).values())
    if not decisions:
        return {}
    others = store.items(store.about({item.subject for item in items.values() if item.subject}))
    return {
        id: item
        for id, item in others.items()
        if id not in items and identity.decision_digest(item) in decisions
    }


def _decided(store: Reading, identity: Identity, items: Mapping[str, Item]) -> dict[str, set[bytes]]:
    """By what the decision of each of the items is known again, as it and its sources have it."""
    said = store.sightings_of(items)
    return {
        id: {digest for told in (item, *said.get(id, ())) if (digest := identity.decision_digest(told))}
        for id, item in items.items()
    }


def lift(store: Writing, identity: Identity, ids: Collection[str]) -> None:
    """Lets sources tell again of these items, and of what is the same decision; each that does is read whole
    by its next run."""
    store.lift([identity.item_digest(id) for id in ids])


def held_with(store: Reading, identity: Identity, ids: Collection[str]) -> set[str]:
    """These items, and those of the states of HELD that are suppressed as the same decisions."""
    own = {identity.item_digest(id) for id in ids}
    others = store.sharing(own) - own
    also = {id for id in store.held() if identity.item_digest(id) in others} if others else set()
    return {*ids, *also}


def suppressed(store: Reading, identity: Identity, ids: Collection[str]) -> dict[str, Suppressed]:
    """Those of the items that are suppressed."""
    digests = {identity.item_digest(id): id for id in ids}
    return {digests[digest]: entry for digest, entry in store.suppressed(digests).items()}


def sort(store: Reading, identity: Identity, drafts: Sequence[Draft], items: Mapping[str, str]) -> Sorted:
    """Which of the drafts may not be told of, given the item of each by its key.

    A decision is a suppressed one if it has the same organisation's code or person's number, or the same name
    where one of both has none that is sound. With the same name and another's it is an item of its own.
    """
    if not store.has_suppressed():
        return Sorted(items, {})
    bases = {draft.key: identity.item(draft) for draft in drafts}
    decided = {draft.key: identity.decision_digest(draft) for draft in drafts}
    wholes = {id: identity.item_digest(id) for id in {*bases.values(), *items.values()}}
    entries = store.suppressed({*wholes.values(), *(digest for digest in decided.values() if digest)})
    if not entries:
        return Sorted(items, {})
    told, withheld = dict(items), {}
    for draft in drafts:
        key, whole, by_code = draft.key, wholes[bases[draft.key]], decided[draft.key]
        entry = entries.get(by_code or b"") or entries.get(wholes[items[key]]) or entries.get(whole)
        if entry and by_code and entry.digest == whole and entry.coded:
            told[key] = identity.contradicting(bases[key], draft.party.own or "")
        elif entry:
            withheld[key] = entry
    return Sorted(told, withheld)
