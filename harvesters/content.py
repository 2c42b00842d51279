"""Texts of a row to the content of an item: every field by its type, what is personal in it masked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from harvesters import values
from harvesters.standard import spelling
from publisher import masking
from publisher.items import Value
from publisher.kinds import Field, FieldType

_SAYS_AMOUNTS = ("decision", "obligation", "title")
_MAX_URL = 2_000

DISCLOSED_ON = "disclosed_on"
"""The one field that a row does without when it cannot be read: nothing is decided by it."""


class BadField(ValueError):
    """A field's text cannot be what its type asks for; the text says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read content: the registry's fields, spellings of severities, the order of ambiguous dates."""

    fields: Mapping[str, Field]
    severities: Mapping[str, str]
    date_order: str
    zone: tzinfo

    def content(
        self, texts: Mapping[str, str], units: Mapping[str, Decimal], *, of_person: bool
    ) -> tuple[dict[str, Value], frozenset[str], frozenset[str]]:
        """The content, the date fields that are explicitly without end, and the fields left out as doubtful.
        Raises BadField.

        `texts`: our fields, not blank; those that are no content are passed over. `units`: field → yuan.
        `of_person`: the row's subject is a natural person.
        Doubtful is an amount that the decision's text names ten thousand times smaller or greater, and a
        DISCLOSED_ON that is no day.
        """
        content: dict[str, Value] = {}
        endless: list[str] = []
        unread: list[str] = []
        for name, text in texts.items():
            if (field := self.fields.get(name)) is None:
                continue
            try:
                value = self._value(field, text, units.get(name), of_person)
            except values.BadValue as error:
                if name != DISCLOSED_ON:
                    raise BadField(name, str(error)) from None
                unread.append(name)
                continue
            if value == values.NO_END and field.type is FieldType.DATE:
                endless.append(name)
            elif value is not None:
                content[name] = value
        doubtful = self._doubtful_amounts(content)
        for name in doubtful:
            del content[name]
        return content, frozenset(endless), doubtful.union(unread)

    def _value(self, field: Field, text: str, unit: Decimal | None, of_person: bool) -> Value | None:
        kind = field.type
        if kind is FieldType.TEXT:
            return masking.text(text, of_person=of_person)
        if kind is FieldType.DATE:
            return values.day(text, self.zone, self.date_order)
        if kind is FieldType.CODE:
            return masking.code(" ".join(text.split()))
        if kind is FieldType.MONEY:
            return values.yuan(text, unit or Decimal(1))
        if kind is FieldType.CHOICE:
            return self._choice(field, text)
        return _url(text)

    def _choice(self, field: Field, text: str) -> str | None:
        told = spelling(text)
        if field.name == "severity" and told in self.severities:
            return self.severities[told] or None
        for choice, label in (field.choices or {}).items():
            if told in (spelling(choice), spelling(label.zh), spelling(label.en)):
                return choice
        raise values.BadValue(f"known are {', '.join(field.choices or ())}")

    def _doubtful_amounts(self, content: Mapping[str, Value]) -> frozenset[str]:
        amounts = {name: value for name, value in content.items() if isinstance(value, Decimal)}
        said = "\n".join(str(content[name]) for name in _SAYS_AMOUNTS if name in content) if amounts else ""
        if not said:
            return frozenset()
        named = values.amounts_in(said)
        return frozenset(name for name, amount in amounts.items() if values.is_other_unit(amount, named))


def _url(text: str) -> str | None:
    """A web address that can be linked to, without anybody's number in it; others are left out."""
    if (
        not text.lower().startswith(("http://", "https://"))
        or len(text) > _MAX_URL
        or any(map(str.isspace, text))
    ):
        return None
    return text if masking.code(text) == text else None
