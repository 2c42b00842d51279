"""The public face of a source and of a named list; the definitions themselves are the harvesters'. Stdlib
only."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.kinds import Label


@dataclass(frozen=True, slots=True)
class NamedList:
    """A list that the law names: who keeps it, on what basis, what follows from standing on it."""

    id: str
    title: Label
    kind: str
    sector: str
    authority: str
    basis: str | None = None
    consequences: Label | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from. `every` is its own promise of freshness, or `cron` the times at which it is read;
    `sample` marks invented content. `within`: by how many working days after the decision rows must be
    public; None where nobody asks."""

    id: str
    title: Label
    authority: str
    kind: str
    sector: str
    region: str | None
    url: str | None = None
    licence: str | None = None
    every: timedelta | None = None
    cron: str | None = None
    list: str | None = None
    sample: bool = False
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a source was last read whole, and from when on that is later than it promises unless it is read
    whole before; `stale_from` is None for a source that promises nothing."""

    last_complete: datetime | None
    stale_from: datetime | None

    def stale_at(self, now: datetime) -> bool:
        return self.stale_from is not None and self.stale_from <= now


def may_feed(
    source: Source, limits: Mapping[str, Collection[str]], above: Callable[[str], Collection[str]]
) -> bool:
    """Whether items of a source may be among those that a search is limited to.

    `limits`: values that are looked for, by filter; `above` gives a region and all above it. What only rows
    can tell, such as the authority, excludes no source.
    """
    own = {"source": source.id, "kind": source.kind, "list": source.list, "sector": source.sector}
    if any(own[name] not in values for name, values in limits.items() if name in own):
        return False
    region, wanted = source.region, limits.get("region")
    if region is None or wanted is None:
        return True
    return any(region in above(one) or one in above(region) for one in wanted)
