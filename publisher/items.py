"""What is disclosed: drafts from sources, items, the sources' sightings of them. Pure; stdlib only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from publisher.periods import Period, Verdict
from publisher.rulesets import ANY
from publisher.subjects import Party, PartyType

Value = str | date | Decimal
"""A value of an item's content, by its field's type: str, but date for dates and Decimal for yuan."""

Content = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RowRef:
    """Where a row stands: the file or URL, and its row number as a person counts it in that file."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A source's row, checked, masked and mapped: what may be stored.

    `key` is the row's natural key within its source; `row_hash` tells an unchanged raw row (with the version
    of definition and mapping in it). `period` is what row and definition say of how long it is public,
    `rules` the law that has the last word on it (None: there is none). `record` is the row as the source
    wrote it, masked: a JSON object of header → text, for operators only.
    """

    source: str
    key: str
    where: RowRef
    row_hash: bytes
    kind: str
    list: str | None
    sector: str
    region: str | None
    party: Party
    content: Content
    period: Period
    rules: str | None = None
    record: str = "{}"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a source says of an item, and how that is known. `harvest` is the run that read it so; None for
    what no harvest brought. `missed`: how many complete runs of the source in a row have lacked it by now."""

    id: int
    draft: Draft
    harvest: int | None
    first_seen: datetime
    missed: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a sighting said before it was corrected at `until`, and the run that had read it so."""

    sighting: int
    draft: Draft
    harvest: int | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that may not be stored, with the reason.

    `excerpt` is masked and at most 500 characters; `key` is the row's natural key where that much of it could
    be read: what is known under it has not vanished. `record` is the row as its source wrote it, masked, as
    in `Draft`; "" where nobody can tell whose its cells are. `row_hash` is that of a row which is refused for
    what it says alone, and so again whenever it is read.
    """

    source: str
    where: RowRef
    column: str | None
    reason: str
    excerpt: str
    key: str | None = None
    record: str = ""
    row_hash: bytes | None = None


class ItemState(StrEnum):
    """PUBLIC items are public while their period lasts; the others are not, whatever their period."""

    PUBLIC = "public"
    UNLISTED = "unlisted"  # no source lists it any more
    WITHDRAWN = "withdrawn"  # an operator took it out
    SUSPENDED = "suspended"  # during a reorganisation; it may come back
    REPAIRED = "repaired"
    REVOKED = "revoked"  # the authority took the decision back
    EXPIRED = "expired"  # its period was over; said of what was erased since


HELD = frozenset({ItemState.WITHDRAWN, ItemState.SUSPENDED, ItemState.REPAIRED, ItemState.REVOKED})
"""What no row of a source brings back; what sources say of it is kept up to date all the same."""

FINAL = frozenset({ItemState.REPAIRED, ItemState.REVOKED})
"""What comes back only if the repair, or the revocation, should not have been."""


class What(StrEnum):
    """What a change did to an item."""

    PUBLISHED = "published"
    CORRECTED = "corrected"
    RESTORED = "restored"
    ENDED = "ended"
    ERASED = "erased"  # it had left the public before; now its content is gone too
    JOINED = "joined"  # the item's subject is another one now
    SIGHTED = "sighted"  # other sources list it now; it says the same
    OBJECTED = "objected"  # an objection to it is being examined, or no longer


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change log; holds no content."""

    seq: int
    item: str
    subject: str
    what: What
    moment: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """A decision or list entry, as all its sightings together say it.

    `subject` is the id of the subject's page; `party` is the subject as the deciding source names it.
    `sources` are the ids of the sources that list it now. `corrected_at`: when a source last said something
    else of it than before; `objected_at`: since when an objection to it is being examined. `erased_at`: when
    its content was erased; then only `id`, `kind`, `state` and `changed_at`, when it left the public, tell
    anything. Moments are aware UTC.
    """

    id: str
    kind: str
    list: str | None
    sector: str
    region: str | None
    subject: str
    party: Party
    content: Content
    period: Period
    state: ItemState
    sources: tuple[str, ...]
    published_at: datetime
    changed_at: datetime
    corrected_at: datetime | None = None
    objected_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def title(self) -> str:
        """The document's title, else what it was for, else the document number, else the subject's name."""
        for field in ("title", "listing_reason", "matter", "violation_type", "document_number"):
            if value := self.content.get(field):
                return str(value)
        return self.party.name

    @property
    def day(self) -> date | None:
        """The day it was decided or listed."""
        return self.period.start

    @property
    def severity(self) -> str | None:
        """How severe it is: as its source says, else as its law finds it; None where that is only assumed."""
        if told := self.content.get("severity"):
            return str(told)
        verdict = Verdict.of(self.period.rule)
        return verdict.severity if verdict and verdict.severity != ANY and not verdict.assumed else None

    @property
    def personal(self) -> bool:
        """Whether it is about a natural person."""
        return self.party.type is PartyType.PERSON

    def public_at(self, moment: datetime, zone: tzinfo) -> bool:
        """Whether it may be shown at `moment`; the one place that decides it (the store asks the same in
        SQL)."""
        ends = self.period.ends_at(zone)
        return self.state is ItemState.PUBLIC and (ends is None or moment < ends)

    def ended_by_time(self, moment: datetime, zone: tzinfo) -> bool:
        """Whether nothing but the end of its period keeps it from being public."""
        return self.state is ItemState.PUBLIC and not self.public_at(moment, zone)

    def left_at(self, zone: tzinfo) -> datetime:
        """When an item that is not public any more left the public (UTC): at its end, or before."""
        return left_at(self.state, self.period.ends_at(zone), self.changed_at)


def left_at(state: ItemState, ends_at: datetime | None, changed_at: datetime) -> datetime:
    """`Item.left_at`, of an item of which no more is known."""
    ends = ends_at or changed_at
    return ends if state is ItemState.PUBLIC else min(ends, changed_at)
