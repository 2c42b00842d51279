"""Columns that have changed places in a source: their headers, or what stands under them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from harvesters.source import Definition
from harvesters.spool import Spool
from publisher.items import Draft
from publisher.store import Reading

SAMPLE = 2_000
"""Drafts that are looked at, the first ones."""
FEWEST = 3
"""So many rows tell of swapped columns, if they are more than half of those that changed."""


def swapped(store: Reading, definition: Definition, spool: Spool) -> str | None:
    """Why nothing of the spool is published, where its known rows have two fields in each other's place."""
    changed = 0
    swaps: Counter[tuple[str, str]] = Counter()
    for before, now in _changed(store, definition.id, _first(spool)):
        changed += 1
        swaps.update(swaps_of(before, now))
    if not swaps:
        return None
    (one, other), count = swaps.most_common(1)[0]
    if count < FEWEST or 2 * count <= changed:
        return None
    return (
        f"In {count} of {changed} changed rows {one} says what {other} said, and the other way round: two "
        "columns of the source may have changed places, and nothing was published. "
        f"If that is right: gongshi harvest {definition.id} --accept-removals"
    )


def swaps_of(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The pairs of fields of which each now says what the other said. Pure."""
    changed = [name for name in sorted(before.keys() & now.keys()) if before[name] != now[name]]
    for one, other in combinations(changed, 2):
        if now[one] == before[other] and now[other] == before[one]:
            yield one, other


def _first(spool: Spool) -> Iterator[Draft]:
    count = 0
    for batch in spool.drafts():
        yield from (row.draft for row in batch)
        count += len(batch)
        if count >= SAMPLE:
            return


def _changed(
    store: Reading, source: str, drafts: Iterable[Draft]
) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """What known rows said, and what they say now."""
    now = {draft.key: draft for draft in drafts}
    known = store.sightings_by_key(source, now.keys())
    for said in store.sightings_of({sighting.item for sighting in known.values()}).values():
        for draft in said:
            if draft.source == source and draft.key in now:
                yield _said(draft), _said(now[draft.key])


def _said(draft: Draft) -> dict[str, str]:
    return {"subject": draft.party.name} | {name: str(value) for name, value in draft.content.items()}
