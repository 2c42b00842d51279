"""What became of an item, for operators: in one order of time, and why it is not public."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from publisher.errors import NotFound
from publisher.items import HELD, Draft, Item, ItemState
from publisher.store import Reading

STATES = {
    ItemState.WITHDRAWN: "it was withdrawn",
    ItemState.SUSPENDED: "it is suspended",
    ItemState.REPAIRED: "it was repaired",
    ItemState.REVOKED: "its authority took it back",
}
ALL = 1_000_000
"""More entries than anybody makes about one item."""


class Event(NamedTuple):
    """Something that happened to an item: `what`, `by` whom, and what there is to tell of it, masked."""

    at: datetime
    what: str
    by: str
    tells: Mapping[str, object]


def history(store: Reading, id: str) -> list[Event]:
    """All that is known of an item, the oldest first. Raises NotFound."""
    if store.item(id) is None:
        raise NotFound(f"There is no item {id}.")
    return sorted(_events(store, id), key=lambda event: event.at)


def _events(store: Reading, id: str) -> Iterator[Event]:
    earlier = store.earlier(id)
    for sighting in store.sightings(id):
        said = [sighting.draft, *(one.draft for one in earlier if one.sighting == sighting.id)]
        times = [one.until for one in earlier if one.sighting == sighting.id]  # newest first, as `said`
        for draft, at in zip(said, [*times, sighting.first_seen], strict=True):
            what = "source told" if at == sighting.first_seen else "source corrected"
            yield Event(at, what, f"source {draft.source}", _says(draft))
    for change in store.changes_of(id):
        yield Event(change.moment, f"public: {change.what}", "", {"change": change.seq})
    for number, at, entry in ((one.number, one.at, one.entry) for one in store.trail(item=id, limit=ALL)):
        told = {"why": entry.why, "case": entry.case, "before": entry.before, "after": entry.after}
        kept = {name: value for name, value in told.items() if value}
        yield Event(at, entry.action, str(entry.actor), {"entry": number, **kept})


def _says(draft: Draft) -> Mapping[str, object]:
    return {"file": draft.where.file, "row": draft.where.row, "says": dict(draft.content)}


def why_not_public(store: Reading, item: Item, now: datetime, zone: tzinfo) -> str | None:
    """In one sentence why an item is not public at `now`; None where it is."""
    if item.public_at(now, zone):
        return None
    left = item.left_at(zone).astimezone(zone)
    if item.state is ItemState.PUBLIC:
        return f"Its period ({item.period.rule}) was over with {(left - timedelta(days=1)).date()}."
    if item.state not in HELD:
        return f"No source lists it any more, since {left:%Y-%m-%d %H:%M}."
    entries = store.trail(item=item.id, limit=ALL)
    made = next((one for one in entries if one.entry.action == f"item.{item.state}"), None)
    if made is None:
        return f"{STATES[item.state].capitalize()}."
    at, entry = made.at.astimezone(zone), made.entry
    case = f" in case {entry.case}" if entry.case else ""
    return f"{STATES[item.state].capitalize()} on {at:%Y-%m-%d %H:%M} by {entry.actor}{case}: {entry.why}"
