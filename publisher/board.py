"""The board of punctuality (双公示看板): authorities with their weeks, sources with what their rows are like.
Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from publisher.harvests import Counts
from publisher.names import comparable
from publisher.punctuality import Tally, Week, summed
from publisher.quality import compliance
from publisher.sources import Source
from publisher.store import Punctual

WEEKS = 12
"""How many weeks are shown, the current one the last."""


@dataclass(frozen=True, slots=True)
class AuthorityWeeks:
    """What all sources told of an authority's decisions: each week that has any, newest first."""

    authority: str
    total: Tally
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class SourceWeeks:
    """What a source told of all authorities' decisions; `last_run`: what became of the rows of its last
    complete run, None before the first."""

    source: Source
    total: Tally
    last_run: Counts | None

    @property
    def compliance(self) -> float | None:
        return compliance(self.last_run) if self.last_run else None


@dataclass(frozen=True, slots=True)
class Board:
    """All from the week that begins with `first` on. `rows` are newest first; the authorities that were late
    most often come first. A decision that two sources tell of counts for both."""

    first: date
    total: Tally
    authorities: tuple[AuthorityWeeks, ...]
    sources: tuple[SourceWeeks, ...]
    rows: tuple[Punctual, ...]


def board(
    first: date, rows: Sequence[Punctual], sources: Iterable[Source], last_runs: Mapping[str, Counts]
) -> Board:
    """The board of these sources, from rows that may be of others too."""
    chosen = {source.id: source for source in sources}
    kept = tuple(row for row in rows if row.source in chosen)
    own: dict[str, list[Tally]] = defaultdict(list)
    for row in kept:
        own[row.source].append(row.tally)
    return Board(
        first,
        summed(row.tally for row in kept),
        tuple(sorted(_authorities(kept), key=lambda one: (-one.total.late, one.authority))),
        tuple(SourceWeeks(source, summed(own[id]), last_runs.get(id)) for id, source in chosen.items()),
        kept,
    )


def _authorities(rows: Iterable[Punctual]) -> Iterable[AuthorityWeeks]:
    """One for all spellings of an authority's name; the newest is shown."""
    names: dict[str, str] = {}
    weeks: dict[str, dict[date, Tally]] = defaultdict(dict)
    same = lru_cache(None)(comparable)
    for row in rows:
        key = same(row.authority)
        names.setdefault(key, row.authority)
        weeks[key][row.week] = weeks[key].get(row.week, Tally()).plus(row.tally)
    for key, found in weeks.items():
        yield AuthorityWeeks(
            names[key], summed(found.values()), tuple(Week(day, tally) for day, tally in found.items())
        )
