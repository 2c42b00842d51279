"""Domain objects as JSON text, and back. The text is canonical: equal objects, equal text."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from publisher.items import Content, Draft, RowRef, Value
from publisher.kinds import Field, FieldType, Label
from publisher.periods import Period
from publisher.sources import NamedList, Source
from publisher.subjects import Party, PartyType


def dump(value: object) -> str:
    """Canonical JSON: sorted keys, dates as ISO, Decimals as text."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS).decode()


def party(value: Party) -> str:
    return dump(
        {"name": value.name, "type": value.type}
        | {
            name: part
            for name, part in (
                ("identifiers", dict(value.identifiers)),
                ("legal_representative", value.legal_representative),
                ("aliases", value.aliases),
                ("former_names", value.former_names),
                ("personal_key", value.personal_key),
                ("personal_number", value.personal_number),
            )
            if part
        }
    )


def load_party(text: str) -> Party:
    spec = orjson.loads(text)
    return Party(
        name=spec["name"],
        type=PartyType(spec["type"]),
        identifiers=spec.get("identifiers", {}),
        legal_representative=spec.get("legal_representative"),
        aliases=tuple(spec.get("aliases", ())),
        former_names=tuple(spec.get("former_names", ())),
        personal_key=spec.get("personal_key"),
        personal_number=spec.get("personal_number"),
    )


def source(value: Source) -> str:
    return dump(asdict(value) | {"every": value.every.total_seconds() if value.every else None})


def load_source(text: str) -> Source:
    spec = orjson.loads(text)
    spec["title"] = Label(*spec["title"])
    spec["every"] = timedelta(seconds=spec["every"]) if spec["every"] else None
    return Source(**spec)


def named_list(value: NamedList) -> str:
    return dump(asdict(value))


def load_named_list(text: str) -> NamedList:
    spec = orjson.loads(text)
    spec["title"] = Label(*spec["title"])
    spec["consequences"] = Label(*spec["consequences"]) if spec["consequences"] else None
    return NamedList(**spec)


class Written(NamedTuple):
    """A draft, what it says as text, and 16 bytes that tell equal texts."""

    draft: Draft
    text: str
    fingerprint: bytes


NOWHERE = RowRef("", 0)
"""The place of a row that is read without it."""


class ContentCodec:
    """Contents and drafts, whose values are typed by the registry's fields."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._dates = frozenset(name for name, field in fields.items() if field.type is FieldType.DATE)
        self._money = frozenset(name for name, field in fields.items() if field.type is FieldType.MONEY)

    def load(self, text: str) -> Content:
        return self._content(orjson.loads(text))

    def written(self, value: Draft) -> Written:
        """The text leaves out where the row stood and its hashes, which are not part of what it says."""
        law = {"rules": value.rules} if value.rules else {}
        text = dump(
            {
                "kind": value.kind,
                "list": value.list,
                "sector": value.sector,
                "region": value.region,
                "party": party(value.party),
                "content": dict(value.content),
                "period": (value.period.start, value.period.last_day, value.period.rule),
                **law,
            }
        )
        return Written(value, text, blake2b(text.encode(), digest_size=16).digest())

    def load_draft(
        self,
        text: str,
        source: str,
        key: str,
        row_hash: bytes,
        where: RowRef = NOWHERE,
        record: str = "{}",
    ) -> Draft:
        """Where it stood and its record only matter to who looks at the row itself."""
        spec = orjson.loads(text)
        start, last_day, rule = spec["period"]
        return Draft(
            source=source,
            key=key,
            where=where,
            row_hash=row_hash,
            kind=spec["kind"],
            list=spec["list"],
            sector=spec["sector"],
            region=spec["region"],
            party=load_party(spec["party"]),
            content=self._content(spec["content"]),
            period=Period(_day(start), _day(last_day), rule),
            rules=spec.get("rules"),
            record=record,
        )

    def load_said(self, text: str) -> Content:
        """Only the content of a draft: much faster than all of it."""
        return self._content(orjson.loads(text)["content"])

    def _content(self, spec: Mapping[str, str]) -> Content:
        return {name: self._typed(name, text) for name, text in spec.items()}

    def _typed(self, name: str, text: str) -> Value:
        if name in self._dates:
            return date.fromisoformat(text)
        return Decimal(text) if name in self._money else text


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"not for JSON: {value!r}")
