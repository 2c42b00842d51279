"""How pages name and write things: labels, money, days, moments, and which words were found."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from importlib import resources
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from babel.dates import format_timedelta
from flask import Flask, g, url_for
from markupsafe import Markup, escape

from publisher.document_numbers import NO_PROOF
from publisher.items import Item, Value
from publisher.kinds import FieldType, Kind, Label, Registry
from publisher.punctuality import percent
from publisher.schemas.addresses import Addresses
from publisher.schemas.parameters import mark
from publisher.sources import Source
from publisher.subjects import PartyType
from publisher.web.language import LANGUAGE_NAMES, LANGUAGE_TAGS, alternates, day_in_words, gettext
from publisher.web.period_words import has_lapsed, period_in_words
from publisher.web.settings import WebSettings
from search.parse import Expression
from search.text import highlight

PARTY_TYPES = {
    PartyType.ORGANISATION: mark("Organisation"),
    PartyType.SELF_EMPLOYED: mark("Self-employed business"),
    PartyType.AUTHORITY: mark("Authority"),
    PartyType.PERSON: mark("Natural person"),
}
IDENTIFIER_LABELS = {
    "uscc": mark("Unified social credit code"),
    "registration_number": mark("Registration number"),
    "organisation_code": mark("Organisation code"),
    "tax_number": mark("Tax number"),
    "institution_number": mark("Public-institution number"),
    "social_organisation_number": mark("Social-organisation number"),
}

Unit = Literal["week", "day", "hour", "minute", "second"]

SHOWN_IN_LINE = ("document_number", "authority")
FILTERS = (
    *(
        "label",
        "sector",
        "region",
        "region_path",
        "choice",
        "field_label",
        "field_type",
        "written",
        "money",
        "amount_of",
    ),
    *(
        "day",
        "moment",
        "often",
        "number",
        "period",
        "standing",
        "heading",
        "excerpt",
        "party_type",
        "identifier_label",
    ),
)
UNITS: Mapping[Unit, int] = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
"""The units of a span, in seconds."""
EXCERPT = 90
"""Characters of an excerpt."""


class Standing(NamedTuple):
    """A subject's standing: how bad it is, and one sentence."""

    tone: str
    text: str


class Words:
    """Filters and functions of the templates."""

    def __init__(self, registry: Registry, settings: WebSettings) -> None:
        self._registry = registry
        self._settings = settings

    def label(self, label: Label) -> str:
        return label.get(g.language)

    def kind(self, name: str) -> Kind:
        return self._registry.kinds[name]

    def sector(self, name: str) -> str:
        known = self._registry.sectors.get(name)
        return self.label(known) if known else name

    def region(self, code: str) -> str:
        known = self._registry.regions.get(code)
        return self.label(known.label) if known else code

    def region_path(self, code: str) -> str:
        """The region after all above it: 海南省 · 海口市 · 美兰区."""
        return " · ".join(self.region(part) for part in reversed(self._registry.with_ancestors(code)))

    def choice(self, value: str, field: str) -> str:
        choices = self._registry.fields[field].choices or {}
        return self.label(choices[value]) if value in choices else value

    def field_label(self, name: str) -> str:
        return self.label(self._registry.fields[name].label)

    def field_type(self, name: str) -> str:
        return self._registry.fields[name].type.value

    def written(self, value: Value, field: str) -> str:
        """A value of an item's content, as people write it."""
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, Decimal):
            return self.money(value)
        if self._registry.fields[field].type is FieldType.CHOICE:
            return self.choice(value, field)
        return value

    def money(self, amount: Decimal) -> str:
        """Yuan with thousands apart; fen only where there are some."""
        digits = f"{amount:,.2f}".removesuffix(".00")
        return gettext("CNY %(amount)s", amount=digits)

    def day(self, day: date) -> str:
        return day_in_words(day)

    def moment(self, moment: datetime) -> str:
        """To the minute, in the zone of the site."""
        return f"{moment.astimezone(self._settings.zone):%Y-%m-%d %H:%M}"

    def number(self, number: int) -> str:
        return f"{number:,}"

    def amount_of(self, item: Item) -> Decimal | None:
        """The sum of money that matters most in an item, for one line about it."""
        for name in ("fine", "amount_owed", "confiscated"):
            if isinstance(amount := item.content.get(name), Decimal):
                return amount
        return None

    def period(self, item: Item) -> str:
        """Until when, and which rule says so, in plain sentences."""
        return period_in_words(item, self._registry)

    def heading(self, item: Item) -> str:
        """What an item is called above its subject: its title, or its kind and level where it has none."""
        if item.title != item.party.name:
            return item.title
        kind = self.label(self._registry.kinds[item.kind].label)
        level = item.content.get("rating_level")
        return f"{kind} {level}" if level else kind

    def excerpt(self, item: Item, expression: Expression | None) -> Markup:
        """What stands around the first words found in a field that a line about the item does not show, after
        the field's label. Empty when there is none."""
        if expression is None:
            return Markup("")
        for name in self._registry.kinds[item.kind].fields:
            value = item.content.get(name)
            if name in SHOWN_IN_LINE or not isinstance(value, str) or value == item.title:
                continue
            pieces = highlight(value, expression, EXCERPT)
            if self._registry.fields[name].searched and any(hit for _, hit in pieces):
                return escape(self.field_label(name) + gettext(": ")) + _marked(pieces)
        return Markup("")

    def often(self, every: timedelta) -> str:
        """How often, in the largest unit of which it is a whole number: every day, every 36 hours."""
        seconds = int(every.total_seconds())
        unit = next(unit for unit, length in UNITS.items() if seconds % length == 0)
        span = format_timedelta(seconds, granularity=unit, threshold=seconds, locale=g.language)
        return gettext("every %(span)s", span=re.sub(r"^1(?!\d)\s*", "", span))

    def standing(self, counts: Mapping[str, int]) -> Standing:
        """What is on record about a subject, from its number of public items of each kind."""
        bad, warn = self._counted(counts, "bad"), self._counted(counts, "warn")
        if bad:
            return Standing("bad", gettext("On public record now: %(listing)s.", listing=bad))
        if warn:
            text = gettext("Nothing adverse is on public record now; to be noted: %(listing)s.", listing=warn)
            return Standing("warn", text)
        return Standing("calm", gettext("Nothing adverse is on public record now."))

    def _counted(self, counts: Mapping[str, int], tone: str) -> str:
        """The kinds of a tone with their numbers; empty when there is none."""
        kinds = (
            kind for kind in self._registry.kinds.values() if kind.tone == tone and counts.get(kind.name)
        )
        return gettext(", ").join(
            gettext(
                "%(kind)s (%(count)s)", kind=self.label(kind.plural), count=self.number(counts[kind.name])
            )
            for kind in kinds
        )

    def party_type(self, type: PartyType) -> str:
        return gettext(PARTY_TYPES[type])

    def identifier_label(self, name: str) -> str:
        return gettext(IDENTIFIER_LABELS[name])


def found(text: str, expression: Expression | None) -> Markup:
    """The text with the words that the expression found marked."""
    pieces = highlight(text, expression)
    return _marked(pieces) if any(hit for _, hit in pieces) else escape(text)


def _marked(pieces: Iterable[tuple[str, bool]]) -> Markup:
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if hit else part for part, hit in pieces)


def is_sample(item: Item, sources: Mapping[str, Source]) -> bool:
    """Whether an item is invented: one of its sources says so."""
    return any(source in sources and sources[source].sample for source in item.sources)


def web_address(text: str) -> str | None:
    """The text when it is an http or https address that may stand in a link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.netloc else None


def install_words(app: Flask, registry: Registry, settings: WebSettings) -> None:
    """Makes all of it known to the templates."""
    words = Words(registry, settings)
    versions = _versions()

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=versions[name])

    for name in FILTERS:
        app.jinja_env.filters[name] = getattr(words, name)
    app.jinja_env.filters.update(found=found, percent=percent, web_address=web_address)
    app.jinja_env.tests["sample"] = is_sample
    app.jinja_env.tests["lapsed"] = lambda item, now: has_lapsed(item, now.astimezone(settings.zone).date())
    app.jinja_env.globals.update(
        kind=words.kind,
        kinds=tuple(registry.kinds.values()),
        asset=asset,
        settings=settings,
        addresses=Addresses(settings.base_url),
        alternates=lambda: alternates(settings.languages),
        language_names=LANGUAGE_NAMES,
        language_tags=LANGUAGE_TAGS,
        PERSON=PartyType.PERSON,
        NO_PROOF=NO_PROOF,
    )


def _versions() -> dict[str, str]:
    """A short hash of each static file, for addresses that change with it."""
    folder = resources.files("publisher.web") / "static"
    return {file.name: blake2b(file.read_bytes(), digest_size=6).hexdigest() for file in folder.iterdir()}
