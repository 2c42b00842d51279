"""Which of a source's known rows a full list lacks."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from harvesters.believing import OUTRUN
from harvesters.source import Definition
from publisher.harvests import Counts
from publisher.store import Reading


@dataclass(frozen=True, slots=True)
class Missing:
    """Of the `known` sightings of a source, those that a full list lacks (id, item, for how many runs before)
    and the ids of those that are back; `before`: the last complete run in which none was held."""

    known: int = 0
    before: Counts | None = None
    rows: list[tuple[int, str, int]] = field(default_factory=list)
    back: list[int] = field(default_factory=list)


def missing(
    store: Reading, definition: Definition, present: Collection[int], warn: Callable[[str], None]
) -> Missing:
    """What is known of a source that is listed in full beside the sightings that are `present`. Mostly
    nothing: then two numbers say so. Of other sources nobody can tell."""
    source = definition.id
    known, missed = store.sighting_count(source)
    if definition.mode == "window" and known and not present:
        warn(OUTRUN)
    if definition.mode != "full":
        return Missing()
    if known == len(present) and not missed:
        return Missing(known)
    found = Missing(known, store.last_unheld(source))
    for id, item, misses in store.sighting_ids(source):
        if id not in present:
            found.rows.append((id, item, misses))
        elif misses:
            found.back.append(id)
    return found
