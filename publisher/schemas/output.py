"""What leaves as JSON: items, subjects, facets. Only what is named here leaves."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, post_dump

from publisher.answers import Told
from publisher.items import Content, Item
from publisher.periods import Period, Verdict
from publisher.rulesets import SEVERITIES
from publisher.schemas.addresses import Addresses
from publisher.subjects import Party, Subject


def moment(value: datetime) -> str:
    """RFC 3339, in UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Moment(fields.Field[datetime]):
    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else moment(value)


class ContentField(fields.Field[Content]):
    """The values of an item's content: yuan as decimal strings, days in ISO form."""

    def _serialize(self, value: Content | None, *_: Any, **__: Any) -> dict[str, str]:
        return {name: _plain(part) for name, part in (value or {}).items()}


def _plain(value: str | date | Decimal) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


class PeriodSchema(Schema):
    """A period. `basis` is what gave its end: "law", "months" of the source's definition, or a field of the
    content; null where there is no end. `law` to `repair_from` are what a law says, also where the source's
    own end is the earlier one; null without one. `counted_from`: null where that is `start`."""

    start = fields.Date()
    last_day = fields.Date()
    rule = fields.String()
    basis = fields.Function(lambda period: _basis(period))
    law = fields.Function(lambda period: _of_verdict(period, "rules"))
    severity = fields.Function(lambda period: _severity(period))
    assumed = fields.Function(lambda period: _of_verdict(period, "assumed"))
    counted_from = fields.Function(lambda period: _iso(_of_verdict(period, "counted_from")))
    repair_from = fields.Method("_repair_from")

    def _repair_from(self, period: Period) -> str | None:
        verdict = Verdict.of(period.rule)
        return _iso(verdict.repair_from(period.start)) if verdict else None


def _basis(period: Period) -> str | None:
    if period.last_day is None:
        return None
    verdict = Verdict.of(period.rule)
    basis = verdict.own_end or "law" if verdict else period.rule
    return "months" if basis.startswith("months:") else basis


def _severity(period: Period) -> str | None:
    verdict = Verdict.of(period.rule)
    return verdict.severity if verdict and verdict.severity in SEVERITIES else None


def _of_verdict(period: Period, part: str) -> Any:
    return getattr(Verdict.of(period.rule), part, None)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


class SubjectSchema(Schema):
    """A subject, as its own page names it."""

    def __init__(self, addresses: Addresses, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._addresses = addresses

    id = fields.String()
    url = fields.Method("_url")
    type = fields.String()
    name = fields.String()
    names = fields.List(fields.String())
    identifiers = fields.Dict(keys=fields.String(), values=fields.String())
    legal_representative = fields.String()

    def _url(self, subject: Subject) -> str:
        return self._addresses.subject(subject.id)


class ItemSchema(Schema):
    """An item. `subject` is the party as the decision names it, with the id of its page; `public_until` the
    first moment at which it is public no more, null where it has no end, `objected_at` since when an
    objection to it is being examined."""

    def __init__(self, addresses: Addresses, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._addresses, self._zone = addresses, zone

    id = fields.String()
    url = fields.Method("_url")
    kind = fields.String()
    list = fields.String()
    sector = fields.String()
    region = fields.String()
    title = fields.String()
    day = fields.Date()
    subject = fields.Method("_subject")
    content = ContentField()
    period = fields.Nested(PeriodSchema)
    public_until = fields.Method("_public_until")
    sources = fields.List(fields.String())
    published_at = Moment()
    changed_at = Moment()
    corrected_at = Moment(allow_none=True)
    objected_at = Moment(allow_none=True)

    def _url(self, item: Item) -> str:
        return self._addresses.item(item.id)

    def _public_until(self, item: Item) -> str | None:
        end = item.period.ends_at(self._zone)
        return moment(end) if end else None

    def _subject(self, item: Item) -> Mapping[str, object]:
        party: Party = item.party
        return {
            "id": item.subject,
            "url": self._addresses.subject(item.subject),
            "type": str(party.type),
            "name": party.name,
            "names": [*party.aliases, *party.former_names],
            "identifiers": dict(party.identifiers),
            "legal_representative": party.legal_representative,
        }


class ChangeSchema(Schema):
    """What a follower of the log is told of an item: `item` is all of it, and not there once it has ended."""

    def __init__(self, addresses: Addresses, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._items = ItemSchema(addresses, zone)

    id = fields.String()
    kind = fields.String()
    what = fields.String()
    moment = Moment()

    @post_dump(pass_original=True)
    def _whole(self, dumped: dict[str, Any], told: Told, **_: object) -> dict[str, Any]:
        return dumped | {"item": self._items.dump(told.item)} if told.item else dumped


class WeekSchema(Schema):
    """A week that begins with the Monday `week`: its decisions by whether they were public in time, the share
    of those that were, and how many of all are provisional."""

    week = fields.Date(attribute="day")
    published = fields.Integer(attribute="tally.published")
    timely = fields.Integer(attribute="tally.timely")
    late = fields.Integer(attribute="tally.late")
    share = fields.Float(attribute="tally.share")
    provisional = fields.Integer(attribute="tally.provisional")


class GapsSchema(Schema):
    """Document numbers, as counted at a moment: those `seen` in so many `series`, those `missing` between
    them, which proves nothing, and those `left_out` that are in no series."""

    counted_at = Moment()
    series = fields.Integer()
    seen = fields.Integer()
    missing = fields.Integer()
    left_out = fields.Integer()


class SourceSchema(Schema):
    """A source with how fresh and how good it is. `every` is in seconds, or `cron` says when it is read;
    `read` and `refused` are the rows of its last complete run, `compliance` the share of these that meet the
    standard; `within` is by how many working days after the decision rows must be public, `punctuality` the
    last weeks that have any."""

    def __init__(self, addresses: Addresses, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._addresses = addresses

    id = fields.String(attribute="source.id")
    url = fields.Method("_url")
    title = fields.Function(lambda record: record.source.title._asdict())
    authority = fields.String(attribute="source.authority")
    kind = fields.String(attribute="source.kind")
    sector = fields.String(attribute="source.sector")
    region = fields.String(attribute="source.region")
    list = fields.String(attribute="source.list")
    source_url = fields.String(attribute="source.url")
    licence = fields.String(attribute="source.licence")
    sample = fields.Boolean(attribute="source.sample")
    every = fields.TimeDelta(attribute="source.every")
    cron = fields.String(attribute="source.cron")
    last_complete = Moment(attribute="freshness.last_complete")
    stale = fields.Boolean(attribute="stale")
    items = fields.Integer(attribute="count")
    read = fields.Integer(attribute="last_run.seen", dump_default=None)
    refused = fields.Integer(attribute="last_run.refused", dump_default=None)
    compliance = fields.Float()
    within = fields.Integer(attribute="source.within")
    punctuality = fields.List(fields.Nested(WeekSchema), attribute="weeks")
    gaps = fields.Nested(GapsSchema)

    def _url(self, record: Any) -> str:
        return self._addresses.source(record.source.id)


class FacetCountSchema(Schema):
    value = fields.String()
    count = fields.Integer()
