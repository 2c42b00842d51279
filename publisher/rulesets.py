"""How long a law lets an item be public: its rule set, and what it says of one item.

Pure; stdlib only. `ruleset_file` reads rule sets from their files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from publisher.periods import Period, Verdict, add_months

SEVERITIES = ("minor", "general", "serious")
"""The degrees that a rule set knows, mildest first."""

ANY = "any"
"""Stands for the severity of kinds that know none."""

DERIVED = "derived"
"""Stands for the severity of kinds whose items each have their own."""

UNFULFILLED, ENDED = "unfulfilled", "ended"
"""Why an item outlasts its end: its duties are not fulfilled; its validity alone has ended."""

MOST_MONTHS, MOST_DAYS = 1200, 36_500

_DECLARED = ("category", "licence_revoked")
_TELLING = ("title", "violation_type", "facts", "basis", "authority")


class Term(NamedTuple):
    """Months: before `shortest` no repair (None: this law knows none), after `longest` not public (None: only
    the row's own end, or its leaving the list, ends it)."""

    shortest: int | None
    longest: int | None


class Threshold(NamedTuple):
    """What a fine of a sector, and of a region with all below it (None: everywhere), weighs from a day on:
    minor below `general` yuan, serious from `serious` yuan on."""

    sector: str
    region: str | None
    since: date
    general: Decimal
    serious: Decimal


class Longer(NamedTuple):
    """A longer shortest period, for sectors or where a word stands in the row."""

    sectors: frozenset[str]
    words: tuple[str, ...]
    shortest: int


class Stays(NamedTuple):
    """In these sectors an item outlasts its longest period while a word stands in the field that tells how
    far its duties are fulfilled."""

    sectors: frozenset[str]
    field: str
    words: tuple[str, ...]


class Severity(NamedTuple):
    """How serious an item is. `assumed`: nothing in it says so, or nothing says what its fine weighs."""

    degree: str
    assumed: bool


class Retention(NamedTuple):
    """For how many days the content of an item is kept, for operators only, once it has left the public; by
    the reason why it did. What is suspended may come back, and is kept."""

    repaired: int = 0
    revoked: int = 0
    withdrawn: int = 30
    expired: int = 30
    unlisted: int = 30


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One law's periods, as a file under publisher/rules/periods has them; docs/periods.md says what its keys
    mean. `kinds` has the severity of each kind that it judges, or DERIVED. `raw` is the file's text.
    """

    name: str
    title: Mapping[str, str]
    source: str
    since: date
    until: date | None
    kinds: Mapping[str, str]
    terms: Mapping[str, Term]
    default: str
    counts_as: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    fine: str
    exceptions: Sequence[Longer]
    thresholds: Sequence[Threshold]
    replaces: str | None
    repaired_by: Mapping[str, str] | None
    from_publication: bool
    own_end_always: bool
    ended_stay: bool
    unfulfilled: Stays | None
    retention: Retention
    raw: str

    def severity(
        self, kind: str, content: Mapping[str, object], sector: str, regions: Sequence[str], day: date
    ) -> Severity:
        """How serious an item is: as its kind is; else by the first of these that says so: the row's own
        severity, its category and revoked licence and fine (the gravest counts), the decision's text, the
        default.

        `regions` is the item's region and all above it, nearest first.
        """
        if (fixed := self.kinds.get(kind, DERIVED)) != DERIVED:
            return Severity(fixed, False)
        told = content.get("severity")
        if isinstance(told, str) and (degree := self.counts_as.get(told, told)) in SEVERITIES:
            return Severity(degree, False)
        text, fine = _joined(content, _DECLARED), content.get("fine")
        sure = self._named(text)
        amount = fine if isinstance(fine, Decimal) and fine > 0 else None
        if not sure and amount is None and self.fine not in text:
            text = _joined(content, ("decision",))
            sure = self._named(text)
        weighed = self._weighed(amount, sector, regions, day) if amount is not None else None
        if weighed:
            sure.add(weighed)
        unknown = not sure or (weighed is None and (amount is not None or self.fine in text))
        degree = max(sure | {self.default} if unknown else sure, key=SEVERITIES.index)
        return Severity(degree, unknown and degree != SEVERITIES[-1])

    def judge(
        self,
        kind: str,
        content: Mapping[str, object],
        sector: str,
        regions: Sequence[str],
        period: Period,
        seen: date,
    ) -> Period:
        """The period under this law. What has no date is counted from the day it was first `seen`."""
        day = self._reference(content, period, seen)
        degree, assumed = self.severity(kind, content, sector, regions, day)
        shortest, longest = self._shortest(degree, content, sector), self.terms[degree].longest
        last_day = add_months(day, longest) if longest is not None else None
        own, own_end, stays = self._own_end(content, period), None, None
        if last_day and self._outlasts(content, sector):
            last_day, stays = None, UNFULFILLED
        if own and (last_day is None or own < last_day or self.own_end_always):
            last_day, own_end, stays = own, self._own_rule(period), None
        elif own is None and period.last_day and stays is None:
            stays = ENDED
        counted_from = None if day == period.start else day
        verdict = Verdict(self.name, degree, shortest, longest, assumed, own_end, counted_from, stays)
        return Period(period.start, last_day, str(verdict))

    def _reference(self, content: Mapping[str, object], period: Period, seen: date) -> date:
        """The day from which months are counted. Where a publication's day is not told, the decision's: of
        two readings the shorter."""
        published = content.get("disclosed_on") if self.from_publication else None
        if isinstance(published, date) and (period.start is None or published >= period.start):
            return published
        return period.start or seen

    def _own_end(self, content: Mapping[str, object], period: Period) -> date | None:
        """The end that the row itself names. That of its validity is none where what has ended stays."""
        if period.rule != "valid_until" or not self.ended_stay:
            return period.last_day
        until = content.get("public_until")
        return until if isinstance(until, date) and (period.start is None or until > period.start) else None

    def _own_rule(self, period: Period) -> str:
        return "public_until" if period.rule == "valid_until" and self.ended_stay else period.rule

    def _outlasts(self, content: Mapping[str, object], sector: str) -> bool:
        stays = self.unfulfilled
        if stays is None or sector not in stays.sectors:
            return False
        told = str(content.get(stays.field, ""))
        return any(word in told for word in stays.words)

    def _shortest(self, degree: str, content: Mapping[str, object], sector: str) -> int | None:
        """Months before repair: those of the severity, or of an exception that is longer; never more than the
        longest period has."""
        shortest, longest = self.terms[degree]
        if shortest is None or not self.exceptions:
            return shortest
        text = _joined(content, _TELLING)
        longer = [
            each.shortest
            for each in self.exceptions
            if sector in each.sectors or any(word in text for word in each.words)
        ]
        return min(max([shortest, *longer]), MOST_MONTHS if longest is None else longest)

    def _named(self, text: str) -> set[str]:
        return {degree for degree, words in self.words.items() if any(word in text for word in words)}

    def _weighed(self, fine: Decimal, sector: str, regions: Sequence[str], day: date) -> str | None:
        """What the amount weighs by the nearest region's newest threshold; None where none is set."""
        fitting = [
            row
            for row in self.thresholds
            if row.sector == sector and row.since <= day and (row.region is None or row.region in regions)
        ]
        if not fitting:
            return None
        nearest = min(
            fitting,
            key=lambda row: (
                regions.index(row.region) if row.region else len(regions),
                -row.since.toordinal(),
            ),
        )
        if fine >= nearest.serious:
            return "serious"
        return "general" if fine >= nearest.general else "minor"


def _joined(content: Mapping[str, object], names: Sequence[str]) -> str:
    return " ".join(str(content[name]) for name in names if name in content)
