"""The public face of a source and of a named list; the definitions themselves are the harvesters'. Stdlib
only."""

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
    """Where rows come from. `every` is its own promise of freshness; `sample` marks invented content.
    `full_names`: the law has natural persons' names published in full; their pages carry noindex.
    `within`: by how many working days after the decision rows must be public; None where nobody asks."""

    id: str
    title: Label
    authority: str
    kind: str
    sector: str
    region: str | None
    url: str | None = None
    licence: str | None = None
    every: timedelta | None = None
    list: str | None = None
    sample: bool = False
    full_names: bool = False
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a source was last read whole, and whether that is later than it promises."""

    last_complete: datetime | None
    stale: bool
