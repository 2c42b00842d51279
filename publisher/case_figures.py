"""What is public of decisions on cases: how many, of which kind, by whom, how they went, in how many days;
never on what. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import tzinfo
from statistics import median
from typing import NamedTuple

from publisher.case_rules import CaseKind
from publisher.cases import CaseState
from publisher.store.case_reading import Figure


class Decided(NamedTuple):
    """Decisions of one month ("2026-06", local), authority ("" where none is known) and kind. `days`: the
    median from the application to the decision; None where all were imported."""

    month: str
    authority: str
    kind: CaseKind
    granted: int
    refused: int
    days: float | None

    @property
    def total(self) -> int:
        return self.granted + self.refused


def decisions(figures: Iterable[Figure], zone: tzinfo) -> list[Decided]:
    """The list, the newest month first."""
    groups: dict[tuple[str, str, CaseKind], list[Figure]] = defaultdict(list)
    for one in figures:
        groups[f"{one.decided_at.astimezone(zone):%Y-%m}", one.authority, one.kind].append(one)
    found = [_decided(*key, group, zone) for key, group in groups.items()]
    found.sort(key=lambda one: (one.authority, one.kind))
    return sorted(found, key=lambda one: one.month, reverse=True)


def _decided(month: str, authority: str, kind: CaseKind, group: list[Figure], zone: tzinfo) -> Decided:
    refused = sum(one.state is CaseState.REFUSED for one in group)
    days = [_days(one, zone) for one in group if not one.imported]
    return Decided(month, authority, kind, len(group) - refused, refused, median(days) if days else None)


def _days(one: Figure, zone: tzinfo) -> int:
    return (one.decided_at.astimezone(zone).date() - one.opened_at.astimezone(zone).date()).days
